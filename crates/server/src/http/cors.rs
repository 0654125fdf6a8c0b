//! Cross-origin requests: any origin without credentials on delivery, exact origins from the configuration on management.

use poem::http::{HeaderMap, HeaderValue, header};

/// What pages may send beside the simple headers.
const REQUEST_HEADERS: &str =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Accept-Language, Range, X-Request-Id";
/// What pages may read of answers.
const ANSWER_HEADERS: &str =
    "ETag, Location, Content-Range, Content-Language, Retry-After, X-Request-Id, X-Sequence, Cache-Tag";
/// How long browsers may remember a preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "600";

/// Adds what lets pages of other origins read an answer.
pub(crate) fn add_headers(path: &str, management_origins: &[String], request: &HeaderMap, answer: &mut HeaderMap) {
    let allowed = if path == "/v1" || path.starts_with("/v1/") {
        Some(HeaderValue::from_static("*"))
    } else if path == "/manage/v1" || path.starts_with("/manage/v1/") {
        answer.append(header::VARY, HeaderValue::from_static("Origin"));
        let origin = request.get(header::ORIGIN);
        origin.filter(|origin| management_origins.iter().any(|known| known.as_bytes() == origin.as_bytes())).cloned()
    } else {
        None
    };
    let Some(allowed) = allowed else { return };
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
}

/// Adds what a preflight asks for; the methods are those that the answer allows.
pub(crate) fn add_preflight_headers(answer: &mut HeaderMap) {
    if !answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    let Some(methods) = answer.get(header::ALLOW).cloned() else { return };
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(path: &str, origin: &str) -> Option<String> {
        let request = [(header::ORIGIN, origin.parse().unwrap())].into_iter().collect();
        let mut answer = HeaderMap::new();
        add_headers(path, &["https://admin.example.org".to_owned()], &request, &mut answer);
        assert!(!answer.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        answer.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn delivery_is_open_and_management_is_exact() {
        assert_eq!(allowed("/v1/search", "https://any.example").as_deref(), Some("*"));
        assert_eq!(
            allowed("/manage/v1/entries", "https://admin.example.org").as_deref(),
            Some("https://admin.example.org")
        );
        for other in
            ["https://admin.example.org.evil.example", "http://admin.example.org", "https://ADMIN.example.org", "null"]
        {
            assert_eq!(allowed("/manage/v1/entries", other), None, "{other}");
        }
        assert_eq!(allowed("/v1x", "https://any.example"), None);
        assert_eq!(allowed("/readyz", "https://any.example"), None);
    }
}
