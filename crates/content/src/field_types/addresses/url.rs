//! Full addresses of pages elsewhere.

use serde_json::{Map, Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::TextRules,
    model::{FieldKind, Filtering, Reading, schema},
    values::is_url,
    yaml::Keys,
};

/// A full URL of one of the declared schemes, kept as it is written; host and path may hold letters of any script. It names
/// no user and holds no white space, quotes, control characters or invisible ones.
#[derive(Debug, Clone)]
pub struct UrlType {
    /// Schemes, in lower case; never empty.
    pub schemes: Vec<String>,
}

impl UrlType {
    /// Longest URL in characters.
    const MAX_CHARS: usize = 2_000;
    /// Schemes where the blueprint does not say.
    const DEFAULT_SCHEMES: [&str; 2] = ["https", "http"];
    /// Schemes that run code or read what lies on the reader's machine.
    const HARMFUL_SCHEMES: [&str; 6] = ["javascript", "vbscript", "data", "blob", "file", "about"];
    /// Most schemes of a blueprint.
    const MAX_SCHEMES: usize = 10;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let Some(schemes) = keys.texts("schemes") else {
            return Self { schemes: Self::DEFAULT_SCHEMES.map(str::to_owned).to_vec() };
        };
        for (place, scheme) in schemes.iter().enumerate() {
            if !is_scheme(scheme) {
                keys.problem("schemes", format!("{scheme:?} is no scheme in small letters, such as https"));
            }
            if Self::HARMFUL_SCHEMES.contains(&scheme.as_str()) {
                keys.problem("schemes", format!("{scheme} is not allowed: it can harm who follows it"));
            }
            if schemes[..place].contains(scheme) {
                keys.problem("schemes", format!("{scheme} stands twice"));
            }
        }
        if !(1..=Self::MAX_SCHEMES).contains(&schemes.len()) {
            keys.problem("schemes", format!("must name 1 to {} schemes", Self::MAX_SCHEMES));
        }
        Self { schemes }
    }

    fn allows(&self, text: &str) -> bool {
        is_url(text, &self.schemes)
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-".contains(c))
}

impl FieldKind for UrlType {
    fn name(&self) -> &'static str {
        "url"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let value = TextRules::of_length(Self::MAX_CHARS).read(value, reading)?;
        if !value.as_str().is_some_and(|text| self.allows(text)) {
            reading.fault_with(FaultCode::InvalidWebAddress, "allowed", self.schemes.clone());
            return None;
        }
        Some(value)
    }

    fn present(&self, value: &Value) -> Value {
        json!(value.as_str().filter(|text| self.allows(text)))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Text
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("string", [("maxLength", json!(Self::MAX_CHARS)), ("pattern", json!("^[A-Za-z][A-Za-z0-9+.-]*:"))])
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "string"})
    }

    fn describe(&self) -> Map<String, Value> {
        Map::from_iter([("schemes".to_owned(), json!(self.schemes))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn urls_are_kept_as_they_are_written() {
        let field = field("type: url");
        for good in [
            "https://finance.example",
            "HTTPS://Finance.Example:8443/a?b=c#d",
            "http://وزارة.مثال/الموازنة العامة".split(' ').next().unwrap(),
            "https://a.example/%D8%A7?q=@x",
            "http://127.0.0.1:8080/",
            "http://[2001:db8::1]:80/x",
            "http://localhost./",
        ] {
            check_read(&field, json!(good), json!(good));
            check_present(&field, json!(good), json!(good));
        }
    }

    #[test]
    fn what_deceives_or_leads_nowhere_is_refused() {
        let field = field("type: url");
        for bad in [
            "",
            "finance.example",
            "//finance.example",
            "/page",
            "https:",
            "https:finance.example",
            "https://",
            "https:///x",
            "https://a b",
            "https://user@a.example",
            "https://user:pass@a.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:8x",
            "https://a.example:",
            "https://-a.example",
            "https://a..example",
            "https://[::g]",
            "https://a.example/\u{202e}gpj.exe",
            "https://a.example/\u{200b}",
            "https://a.example/\n",
            "https://a.example\\@b.example",
            "https://a.example/\"",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "ftp://a.example",
            " https://a.example",
        ] {
            check_faults(&field, json!(bad), &["/f invalid_web_address"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!("https://a.example/\u{1}"), &["/f forbidden_character"]);
        check_faults(&field, json!(format!("https://a.example/{}", "a".repeat(2_000))), &["/f too_long"]);
        check_faults(&field, json!({}), &["/f wrong_type"]);
    }

    #[test]
    fn other_schemes_may_be_declared() {
        let field = field("type: url\nschemes: [https, geo, ftp]");
        check_read(&field, json!("geo:24.7,46.7"), json!("geo:24.7,46.7"));
        check_read(&field, json!("ftp://a.example/x"), json!("ftp://a.example/x"));
        check_faults(&field, json!("http://a.example"), &["/f invalid_web_address"]);
        check_faults(&field, json!("geo:"), &["/f invalid_web_address"]);
        check_faults(&field, json!("geo://user@host"), &["/f invalid_web_address"]);
        check_problem("type: url\nschemes: [javascript]", "javascript is not allowed: it can harm who follows it");
        check_problem("type: url\nschemes: [HTTP]", "\"HTTP\" is no scheme in small letters, such as https");
        check_problem("type: url\nschemes: []", "must name 1 to 10 schemes");
        check_problem("type: url\nschemes: [https, https]", "https stands twice");
    }
}
