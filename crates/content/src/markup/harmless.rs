//! The proof that HTML is safe to show, apart from the code that makes it so: read by our own scanner, not by the sanitiser.

use super::{
    allowed::{GLOBAL_ATTRIBUTES, URL_SCHEMES, find_element},
    scan::{Scanner, Token},
};

/// Nothing is left but allowed elements with allowed attributes and schemes.
///
/// # Panics
/// Where something else is left.
pub(crate) fn check_harmless(html: &str) {
    for token in Scanner::new(html) {
        let Token::Start { name, attributes, source: _ } = token else {
            assert_ne!(token, Token::Hidden, "{html}");
            continue;
        };
        let Some(element) = find_element(name) else { panic!("{name} in {html}") };
        for attribute in attributes {
            let known = element.attributes.contains(&attribute.name) || GLOBAL_ATTRIBUTES.contains(&attribute.name);
            assert!(known || attribute.name == "rel", "{} in {html}", attribute.name);
            if matches!(attribute.name, "href" | "src" | "cite") {
                assert!(!attribute.value.starts_with("//"), "another host in {html}");
                let scheme = attribute.value.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
                let is_scheme = |text: &String| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
                assert!(scheme.filter(is_scheme).is_none_or(|scheme| URL_SCHEMES.contains(&scheme.as_str())), "{html}");
            }
        }
    }
}
