//! What tests of several files share.

use poem::http::HeaderMap;

/// Headers of one name, one for each value.
pub(super) fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, value.parse().unwrap());
    }
    headers
}
