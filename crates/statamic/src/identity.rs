//! Identities that stay the same from import to import.

use diwan_content::Handle;
use uuid::Uuid;

/// Namespace of ids that are no UUID; made once for this purpose, never to be changed.
const NAMESPACE: Uuid = Uuid::from_u128(0x5e1f_9a3c_70b4_4d0e_9c56_2ab8_d14e_63f7);

/// The UUID of an imported thing. An id that is a hyphenated UUID is kept; any other gets a version 5 UUID (RFC 9562,
/// section 5.5) of its text, within its site where that has a name. The nil UUID is not kept: in many places it means
/// "nothing".
pub fn stable_id(site: Option<&Handle>, foreign_id: &str) -> Uuid {
    find_uuid(foreign_id).unwrap_or_else(|| {
        // A name of a site is no id of an entry: NUL is in neither.
        let of_site = |site: &Handle| Uuid::new_v5(&NAMESPACE, format!("site\0{site}").as_bytes());
        Uuid::new_v5(&site.map_or(NAMESPACE, of_site), foreign_id.as_bytes())
    })
}

/// The id as a UUID, where it is one.
pub(crate) fn find_uuid(foreign_id: &str) -> Option<Uuid> {
    const HYPHENATED_BYTES: usize = 36;
    if foreign_id.len() != HYPHENATED_BYTES {
        return None;
    }
    Uuid::try_parse(foreign_id).ok().filter(|id| !id.is_nil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_kept_and_other_ids_get_a_fixed_one() {
        let cases = [
            ("6c5a7ac3-546c-4172-947a-231133096268", "6c5a7ac3-546c-4172-947a-231133096268"),
            ("6C5A7AC3-546C-4172-947A-231133096268", "6c5a7ac3-546c-4172-947a-231133096268"),
            // Written down when the namespace was chosen: another answer would make every import a second copy.
            ("home", "c6253ea3-dd34-5c87-b414-c862c319cc68"),
            ("", "0bce1c6d-9623-5865-86fb-c0fb24904944"),
            ("عن الوزارة", "6c0b38bd-c9db-5f32-9ac5-66c89f91043f"),
            ("00000000-0000-0000-0000-000000000000", "755a4bda-66c8-5f02-8b2b-aaa17408dfbe"),
        ];
        for (foreign, id) in cases {
            assert_eq!(stable_id(None, foreign).to_string(), id, "{foreign}");
        }
        let site: Handle = "customs".parse().unwrap();
        let other: Handle = "budget".parse().unwrap();
        assert_eq!(stable_id(Some(&site), "home").to_string(), "84823fa5-e218-5337-97a2-087167ca34c8");
        assert_ne!(stable_id(Some(&site), "home"), stable_id(Some(&other), "home"));
        let uuid = "6c5a7ac3-546c-4172-947a-231133096268";
        assert_eq!(stable_id(Some(&site), uuid).to_string(), uuid);
    }
}
