//! Authenticated cursors: a place in one list of one query, which nobody can forge or carry to another query.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::values::ContentHash;

/// Secret of an installation under which cursors are sealed.
#[derive(Clone)]
pub struct CursorSecret([u8; 32]);

impl CursorSecret {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for CursorSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorSecret(…)")
    }
}

/// Longest cursor that is looked at, in characters, all of them ASCII.
pub const CURSOR_MAX_CHARS: usize = 4_096;
/// 128 bits of the HMAC are kept: beyond guessing, and cursors stay short.
const TAG_BYTES: usize = 16;

/// A cursor that stands behind `position` in the list that `query` describes (the hash of all that selects and orders it, scope included).
pub fn seal_cursor(secret: &CursorSecret, query: &ContentHash, position: &[u8]) -> String {
    let mut sealed = mac(secret, query, position)[..TAG_BYTES].to_vec();
    sealed.extend_from_slice(position);
    URL_SAFE_NO_PAD.encode(sealed)
}

/// The position of a cursor; `None` when it is forged, damaged or of another query.
pub fn open_cursor(secret: &CursorSecret, query: &ContentHash, cursor: &str) -> Option<Vec<u8>> {
    if cursor.len() > CURSOR_MAX_CHARS {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (tag, position) = sealed.split_at_checked(TAG_BYTES)?;
    let expected = mac(secret, query, position);
    let genuine: bool = subtle::ConstantTimeEq::ct_eq(&expected[..TAG_BYTES], tag).into();
    genuine.then(|| position.to_vec())
}

fn mac(secret: &CursorSecret, query: &ContentHash, position: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(b"cursor-1");
    mac.update(query.as_bytes());
    mac.update(position);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_for_its_own_query_and_unchanged() {
        let secret = CursorSecret::new([7; 32]);
        let (query, other) = (ContentHash::of(b"news by date"), ContentHash::of(b"news by title"));
        let cursor = seal_cursor(&secret, &query, b"position");
        assert_eq!(open_cursor(&secret, &query, &cursor).as_deref(), Some(b"position".as_slice()));
        assert_eq!(open_cursor(&secret, &other, &cursor), None);
        assert_eq!(open_cursor(&CursorSecret::new([8; 32]), &query, &cursor), None);
        for at in 0..cursor.len() {
            let mut forged: Vec<char> = cursor.chars().collect();
            forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
            assert_eq!(open_cursor(&secret, &query, &forged.iter().collect::<String>()), None, "changed at {at}");
        }
        for bad in ["", "AAAA", "عربي", &"A".repeat(10_000)] {
            assert_eq!(open_cursor(&secret, &query, bad), None);
        }
    }
}
