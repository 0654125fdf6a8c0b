//! Addresses of electronic mail.

use diwan_arabic::tidy;

use crate::values::is_label;

/// Longest address (RFC 5321 4.5.3.1.3, less the angle brackets) and longest local part, in bytes.
pub(super) const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;

/// The address as it is stored, if the text is one: of the common form `local@domain` (RFC 5321's dot-string), also in Arabic
/// letters (RFC 6531). White space around it is taken off and the domain is in lower case.
pub(super) fn normalise(text: &str) -> Option<String> {
    let text = tidy(text);
    let (local, domain) = text.rsplit_once('@')?;
    let domain = tidy(&domain.to_lowercase());
    let is_local = local.len() <= MAX_LOCAL_BYTES && local.split('.').all(is_atom);
    let labels: Vec<&str> = domain.split('.').collect();
    let is_domain = labels.len() >= 2
        && labels.iter().all(|label| is_label(label))
        && labels.last().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
    let address = format!("{local}@{domain}");
    (is_local && is_domain && address.len() <= MAX_BYTES).then_some(address)
}

/// Letters and digits of any script, and the signs of RFC 5321's `atext`.
fn is_atom(atom: &str) -> bool {
    !atom.is_empty() && atom.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn addresses_are_stored_in_one_form() {
        let field = field("type: email");
        check_read(&field, json!(" Info@Finance.Example\n"), json!("Info@finance.example"));
        check_read(&field, json!("a.b+c_d@x-y.example.org"), json!("a.b+c_d@x-y.example.org"));
        check_read(&field, json!("بريد@مالية.مثال"), json!("بريد@مالية.مثال"));
        check_present(&field, json!("A@B.Example"), json!("A@b.example"));
        check_present(&field, json!("nobody"), json!(null));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let field = field("type: email");
        for bad in [
            "",
            "@",
            "a@",
            "@b.example",
            "a@b",
            "a b@c.example",
            "a@b..example",
            ".a@b.example",
            "a.@b.example",
            "a@-b.example",
            "a@b.example.",
            "a@1.2.3.4",
            "a@[1.2.3.4]",
            "\"a\"@b.example",
            "a@b.example, c@d.example",
            "a<b@c.example>",
            "mailto:a@b.example",
            "a@b.exa\u{200f}mple",
            "a@b@c.example",
            "a@İ.example",
        ] {
            check_faults(&field, json!(bad), &["/f invalid_email"]);
        }
        check_faults(&field, json!(format!("{}@b.example", "a".repeat(65))), &["/f invalid_email"]);
        check_faults(&field, json!(format!("a@b.example{}", "a".repeat(250))), &["/f too_long"]);
        check_faults(&field, json!(["a@b.example"]), &["/f wrong_type"]);
    }
}
