//! Links to anywhere: a URL, an entry's page, an asset.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::TextRules,
    model::{
        Delivery, FieldKind, Found, Reading, Reference, ReferenceKind, ReferenceTarget, UNREADABLE, UnresolvedReason,
    },
    values::{LinkTarget, Pointer},
    yaml::Keys,
};

/// A link, written as a URL (`http`, `https`, `mailto`, `tel`) or as `entry:<id>` or `asset:<id>`; published as
/// `{kind, href, id}`.
#[derive(Debug, Clone, Copy)]
pub struct LinkType;

impl LinkType {
    /// Longest link in characters.
    const MAX_CHARS: usize = 2_000;

    pub(crate) fn parse(_keys: &mut Keys<'_>) -> Self {
        Self
    }
}

/// The target of a presented link.
fn target_of(presented: &Value) -> Option<ReferenceTarget> {
    let id = presented.get("id")?.as_str()?;
    match presented.get("kind")?.as_str()? {
        "entry" => id.parse().ok().map(ReferenceTarget::Entry),
        "asset" => id.parse().ok().map(ReferenceTarget::Asset),
        _ => None,
    }
}

impl FieldKind for LinkType {
    fn name(&self) -> &'static str {
        "link"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        if reading.keeps(value) {
            return Some(value.clone());
        }
        let value = TextRules::of_length(Self::MAX_CHARS).read(value, reading)?;
        if value.as_str().and_then(LinkTarget::parse).is_none() {
            reading.fault(FaultCode::InvalidUrl);
            return None;
        }
        Some(value)
    }

    fn present(&self, value: &Value) -> Value {
        let Value::String(text) = value else { return Value::Null };
        if is_blank(text) {
            return Value::Null;
        }
        match LinkTarget::parse(text) {
            Some(LinkTarget::Url) => json!({"kind": "url", "href": text, "id": null}),
            Some(LinkTarget::Entry(id)) => json!({"kind": "entry", "href": null, "id": id}),
            Some(LinkTarget::Asset(id)) => json!({"kind": "asset", "href": null, "id": id}),
            None => Value::String(UNREADABLE.to_owned()),
        }
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        let Some(target) = target_of(presented) else { return };
        found.references.push(Reference {
            pointer: at.clone(),
            field: found.field.clone(),
            target,
            collections: None,
            accept: None,
            kind: ReferenceKind::Link,
        });
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        if presented.is_string() {
            delivery.unresolved(at.clone(), UnresolvedReason::Unreadable);
            *presented = Value::Null;
            return;
        }
        let Some(target) = target_of(presented) else { return };
        match delivery.href(target) {
            Ok(href) => presented["href"] = json!(href),
            Err(reason) => {
                delivery.unresolved(at.clone(), reason);
                *presented = Value::Null;
            }
        }
    }

    fn input_schema(&self) -> Value {
        json!({
            "type": "string",
            "maxLength": Self::MAX_CHARS,
            "pattern": "^([hH][tT][tT][pP][sS]?://|[mM][aA][iI][lL][tT][oO]:|[tT][eE][lL]:|entry:|asset:)",
        })
    }

    fn answer_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": ["url", "entry", "asset"]},
                "href": {"type": ["string", "null"]},
                "id": {"type": ["string", "null"], "format": "uuid"},
            },
            "required": ["kind", "href", "id"],
            "additionalProperties": false,
        })
    }

    fn describe(&self) -> Map<String, Value> {
        Map::from_iter([("max_chars".to_owned(), json!(Self::MAX_CHARS))])
    }

    /// All links have the same limits.
    fn declared(&self) -> Map<String, Value> {
        Map::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";
    const ASSET: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f11";

    #[test]
    fn links_are_answered_with_their_place() {
        let field = field("type: link");
        check_deliver(
            &field,
            json!("https://a.example/ب"),
            json!({"kind": "url", "href": "https://a.example/ب", "id": null}),
            &[],
        );
        let entry = json!({"kind": "entry", "href": "/department/الموازنة", "id": LIVE});
        check_deliver(&field, json!(format!("entry:{LIVE}")), entry, &[]);
        let asset = json!({"kind": "asset", "href": "/v1/assets/a/file", "id": ASSET});
        check_deliver(&field, json!(format!("asset:{ASSET}")), asset, &[]);
        check_deliver(&field, json!(format!("entry:{DEAD}")), json!(null), &["/f not_public"]);
        check_deliver(&field, json!("javascript:alert(1)"), json!(null), &["/f unreadable"]);
        check_deliver(&field, json!(""), json!(null), &[]);
        assert_eq!(references(&field, json!(format!("entry:{DEAD}"))), [format!("/f entry {DEAD}")]);
    }

    #[test]
    fn only_known_schemes_are_taken() {
        let field = field("type: link");
        check_read(&field, json!("mailto:a@b.example"), json!("mailto:a@b.example"));
        for bad in [
            "",
            "javascript:alert(1)",
            "//evil.example",
            "entry:x",
            "data:text/html,x",
            "http://",
            "https://a b",
            "https://user@a.example",
            "https://a.example/\u{202e}",
            "https://a.example/\u{200f}",
            "mailto:a\u{200b}@b.example",
        ] {
            check_faults(&field, json!(bad), &["/f invalid_url"]);
        }
        check_faults(&field, json!(1), &["/f wrong_type"]);
        check_faults(&field, json!(format!("https://{}", "a".repeat(2_000))), &["/f too_long"]);
        assert_eq!(faults_after(&field, json!("/old/page"), &json!("/old/page")), Vec::<String>::new());
    }
}
