//! From what somebody sent to [`Data`]: all faults at once.

use serde_json::{Map, Value};

use crate::{
    faults::{Fault, FaultCode},
    model::{Blueprint, Data, LocaleRole, Reading},
    values::{Pointer, canonical, is_deeper},
};

impl Blueprint {
    /// Most bytes of text in the data of one revision.
    pub const MAX_TEXT_BYTES: usize = 2 << 20;

    /// Lists and objects within one another in data. What is answered is a little deeper, and what reads JSON again takes
    /// 128 levels.
    pub const MAX_DEPTH: usize = 100;

    /// Checks types, upper limits, options and characters of own values, and keeps them in one spelling: numbers without a
    /// fraction as whole ones, texts in NFC ([`crate::other_spellings`] returns which were written otherwise). `null` is
    /// allowed everywhere. What is wrong is left out of the data and reported; with any fault the data must not be saved. A
    /// draft may be incomplete: `required` and lower limits bind when publishing, see [`Blueprint::publish_faults`].
    pub fn read(&self, json: &Value, role: &LocaleRole, at: &Pointer) -> (Data, Vec<Fault>) {
        self.read_keeping(json, role, at, None)
    }

    /// Like [`Blueprint::read`], but accepts unchanged what a reference, asset or link field held in `base` (the revision
    /// that this one is based on), also when it names nothing, and characters that a text of one line held there: imported
    /// content keeps them.
    pub fn read_keeping(
        &self,
        json: &Value,
        role: &LocaleRole,
        at: &Pointer,
        base: Option<&Data>,
    ) -> (Data, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut values = Map::new();
        if is_deeper(json, Self::MAX_DEPTH) {
            Reading::new(at.clone(), None, &mut faults).fault_with(FaultCode::TooDeep, "max", Self::MAX_DEPTH);
            return (Data::default(), faults);
        }
        let json = canonical(json);
        let Value::Object(written) = &json else {
            Reading::new(at.clone(), None, &mut faults).wrong_type("object");
            return (Data::default(), faults);
        };
        for (name, value) in written {
            let at = at.key(name);
            let Some(field) = self.find_field(name) else {
                let handles: Vec<&str> = self.fields.iter().map(|field| field.handle.as_str()).collect();
                Reading::new(at, None, &mut faults).fault_with(FaultCode::UnknownField, "allowed", handles);
                continue;
            };
            match role {
                LocaleRole::Localization { origin } if !field.localizable => {
                    let mut reading = Reading::new(at, None, &mut faults);
                    reading.fault_with(FaultCode::NotLocalizable, "origin", origin.as_str());
                }
                LocaleRole::Origin | LocaleRole::Localization { .. } => {
                    let base = base.and_then(|base| base.find(name)).map(canonical);
                    let read = field.field_type.read(value, base.as_ref(), at, &mut faults);
                    values.extend(read.map(|value| (name.clone(), value)));
                }
            }
        }
        if values.values().map(text_bytes).fold(0, usize::saturating_add) > Self::MAX_TEXT_BYTES {
            let mut reading = Reading::new(at.clone(), None, &mut faults);
            reading.fault_with(FaultCode::TooManyBytes, "max", Self::MAX_TEXT_BYTES);
        }
        (Data::from_checked(values), faults)
    }

    /// The data of a new origin: with the defaults of the fields that it does not name, behind those that it names.
    #[must_use]
    pub fn with_defaults(&self, data: Data) -> Data {
        let mut values = data.as_map().clone();
        for field in &self.fields {
            if let Some(default) = &field.default
                && !values.contains_key(field.handle.as_str())
            {
                values.insert(field.handle.to_string(), default.clone());
            }
        }
        Data::from_checked(values)
    }
}

/// Bytes of all texts in a value. As deep as the value, which is bounded before.
fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(text_bytes).fold(0, usize::saturating_add),
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() + text_bytes(value)).fold(0, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::{blueprint, data, short_faults};

    fn sample() -> Blueprint {
        blueprint(
            "- { handle: title, type: text, required: true, localizable: true, max_chars: 10 }
- { handle: body, type: markdown, localizable: true, max_chars: 500000 }
- { handle: more, type: markdown, max_chars: 500000 }
- { handle: tags, type: list, required: true }
- { handle: kind, type: text, default: news }
- { handle: order, type: integer, default: 100 }
- { handle: file, type: asset, max_items: 1 }",
        )
    }

    #[test]
    fn all_faults_come_at_once_with_their_places() {
        let at = Pointer::root().key("data");
        let written = json!({"title": "أطول من عشرة", "x/y": 1, "tags": ["a", 5], "order": "1", "kind": null});
        let (data, faults) = sample().read(&written, &LocaleRole::Origin, &at);
        assert_eq!(
            short_faults(&faults),
            ["/data/title too_long", "/data/x~1y unknown_field", "/data/tags/1 wrong_type", "/data/order wrong_type"]
        );
        assert_eq!(data.to_stored(), r#"{"tags":["a"],"kind":null}"#);
        let (_, faults) = sample().read(&json!([]), &LocaleRole::Origin, &at);
        assert_eq!(short_faults(&faults), ["/data wrong_type"]);
    }

    #[test]
    fn the_order_of_keys_is_kept() {
        let (data, faults) = sample().read(&json!({"order": 1, "title": "أ"}), &LocaleRole::Origin, &Pointer::root());
        assert_eq!((data.to_stored().as_str(), faults.len()), (r#"{"order":1,"title":"أ"}"#, 0));
    }

    #[test]
    fn a_localization_holds_only_what_is_localizable() {
        let role = LocaleRole::Localization { origin: "ar".parse().unwrap() };
        let (_, faults) = sample().read(&json!({"title": "a", "order": 1, "kind": null}), &role, &Pointer::root());
        assert_eq!(short_faults(&faults), ["/order not_localizable", "/kind not_localizable"]);
        assert_eq!(faults[0].params["origin"], "ar");
    }

    #[test]
    fn an_imported_file_name_is_accepted_only_unchanged() {
        let base = data(json!({"file": "tab-image.jpeg"}));
        let read = |name: &str| {
            let (_, faults) =
                sample().read_keeping(&json!({"file": name}), &LocaleRole::Origin, &Pointer::root(), Some(&base));
            short_faults(&faults)
        };
        assert_eq!(read("tab-image.jpeg"), Vec::<String>::new());
        assert_eq!(read("other.jpeg"), ["/file invalid_id"]);
    }

    #[test]
    fn too_much_text_is_refused_as_a_whole() {
        let text = "ا".repeat(490_000);
        let written = json!({"body": text, "more": text, "tags": vec!["ا".repeat(999); 150]});
        let (_, faults) = sample().read(&written, &LocaleRole::Origin, &Pointer::root());
        assert_eq!(short_faults(&faults), [" too_many_bytes"]);
    }

    #[test]
    fn what_is_too_deep_is_refused_as_a_whole() {
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "body": inner }));
        let read = |levels| short_faults(&sample().read(&nested(levels), &LocaleRole::Origin, &Pointer::root()).1);
        assert_eq!(read(Blueprint::MAX_DEPTH), ["/body wrong_type"]);
        assert_eq!(read(Blueprint::MAX_DEPTH + 1), [" too_deep"]);
        assert_eq!(read(500), [" too_deep"]);
    }

    #[test]
    fn the_number_of_faults_is_bounded() {
        let written: Map<String, Value> = (0..5_000).map(|n| (format!("x{n}"), Value::Null)).collect();
        let (_, faults) = sample().read(&Value::Object(written), &LocaleRole::Origin, &Pointer::root());
        assert_eq!(faults.len(), Reading::MAX_FAULTS);
    }

    #[test]
    fn defaults_fill_what_a_new_origin_does_not_name() {
        let data = sample().with_defaults(data(json!({"order": null, "title": "أ"})));
        assert_eq!(data.to_stored(), r#"{"order":null,"title":"أ","kind":"news"}"#);
    }
}
