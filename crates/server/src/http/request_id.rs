//! Ids of requests: the caller's own when it is sane, else a new one.

use diwan_content::IdSource;
use poem::http::{HeaderMap, HeaderName};

/// The header in requests and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken over, in bytes.
const MAX_BYTES: usize = 100;

/// The id of a request. Ids go to logs and records, so only letters, digits and a few signs are taken over.
pub(crate) fn request_id(headers: &HeaderMap, ids: &dyn IdSource) -> String {
    let sent = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let sane = |text: &&str| {
        !text.is_empty()
            && text.len() <= MAX_BYTES
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    match sent.filter(sane) {
        Some(text) => text.to_owned(),
        None => ids.next_id().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Fixed;

    impl IdSource for Fixed {
        fn next_id(&self) -> Uuid {
            Uuid::nil()
        }
    }

    #[test]
    fn only_sane_ids_are_taken_over() {
        let new = Uuid::nil().to_string();
        let long = "a".repeat(101);
        for (sent, wanted) in
            [("abc-1.2:3_x", "abc-1.2:3_x"), ("", &new), ("a b", &new), ("<script>", &new), (&long, &new)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, sent.parse().unwrap());
            assert_eq!(request_id(&headers, &Fixed), wanted, "{sent}");
        }
    }
}
