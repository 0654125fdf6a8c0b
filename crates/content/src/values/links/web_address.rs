//! The one rule of URLs: for `url` and `link` fields, menus, and addresses inside Markdown, rich text and HTML.

use std::borrow::Cow;

use diwan_arabic::is_default_ignorable;

use crate::values::{
    characters::{is_forbidden, is_label},
    paths::percent_decode,
};

/// Whether a text is a full URL of one of the schemes (in lower case): it names a host where the scheme has one, but no
/// user, and holds no character of [`is_unseen`]. Host and path may hold letters of any script.
pub(crate) fn is_url(text: &str, schemes: &[impl AsRef<str>]) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme = scheme.to_ascii_lowercase();
    schemes.iter().any(|known| known.as_ref() == scheme) && !rest.contains(is_unseen) && leads_somewhere(&scheme, rest)
}

/// Whether a text is an address on the same site: a path, query or fragment, or a path from where the text is shown.
pub(crate) fn is_relative(text: &str) -> bool {
    let first_segment = text.split(['/', '?', '#']).next().unwrap_or_default();
    // Two slashes name another host.
    !text.starts_with("//") && !first_segment.contains(':') && !text.contains(is_unseen)
}

/// Characters that a URL must have percent-encoded: those that nobody sees, that turn the direction of what is seen, or that
/// end a URL where it stands in a text.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_forbidden(c)
        || is_default_ignorable(c)
        || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Whether what follows the scheme names something: a host where there is `//`, as there must be for the web.
fn leads_somewhere(scheme: &str, rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else {
        return !matches!(scheme, "http" | "https" | "ftp" | "ftps" | "ws" | "wss") && !rest.is_empty();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // After the last `]`, since addresses of version 6 hold colons.
    let (host, port) = match authority.rfind(':').filter(|colon| *colon > authority.rfind(']').unwrap_or(0)) {
        Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
        None => (authority, None),
    };
    let is_port = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    is_port && is_host(host)
}

/// Letters of a host may be percent-encoded, as renderers of Markdown write them.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let decoded = if host.contains('%') { percent_decode(host).map(Cow::Owned) } else { Some(Cow::Borrowed(host)) };
    let Some(host) = decoded else { return false };
    let host = host.strip_suffix('.').unwrap_or(&host);
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_address_names_a_host_and_no_user() {
        let good = [
            "https://a.example",
            "HTTPS://مالية.مثال/خدمات?أ=ب#ج",
            "https://%D9%85%D8%A7%D9%84%D9%8A%D8%A9.example/a%20b",
            "http://[::1]:8080/",
            "mailto:a@b.example?subject=%D8%A3",
            "tel:+966501234567",
        ];
        for text in good {
            assert!(is_url(text, &["https", "http", "mailto", "tel"]), "{text}");
        }
        let bad = [
            "https://user@a.example",
            "https://user:secret@a.example/",
            "https://user%40a.example",
            "https:a.example",
            "https://",
            "https://a.example:0/",
            "https://a b.example",
            "https://a.example/\u{202e}gpj",
            "https://a.example/\u{200b}",
            "https://a.example/\u{3164}",
            "https://a.example/a\\b",
            "mailto:",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
        ];
        for text in bad {
            assert!(!is_url(text, &["https", "http", "mailto", "tel"]), "{text}");
            assert!(!is_relative(text) || !text.contains(':'), "{text}");
        }
    }

    #[test]
    fn an_address_on_the_site_names_neither_scheme_nor_host() {
        for text in ["", "/a", "#b", "?c=d:e", "a/b:c", "../الموازنة", "."] {
            assert!(is_relative(text), "{text}");
        }
        for text in ["//evil.example", "a:b", "/a b", "/a\\b", "/\u{200b}", "java\nscript:x", "\u{1}javascript:x"] {
            assert!(!is_relative(text), "{text}");
        }
    }
}
