//! What every field type must be able to do.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use super::{
    comparable::Comparable, delivery::Delivery, differences::InnerDifference, filtering::Filtering, reading::Reading,
    references::Found,
};
use crate::{
    faults::Fault,
    values::{KeyPart, Locale, Pointer},
};

/// Stands in presented data for a stored reference or link that cannot be read (imported as it came). It keeps the stored
/// text out of everything public, and lets the read list the place as unresolved.
pub(crate) const UNREADABLE: &str = "";

/// A kind of values. Three forms of a value meet here: as an editor writes and a revision stores it (`value`), as it is
/// published (`presented`), and as it is answered (after [`FieldKind::deliver`]).
///
/// Types that hold fields of their own call the same methods of those, one pointer step deeper, and are `HoldsFields` too.
pub(crate) trait FieldKind {
    /// The name in blueprints.
    fn name(&self) -> &'static str;

    /// Checks type, upper limits, options and characters of what somebody wrote; never given `null`. It may be incomplete:
    /// see [`FieldKind::publish_faults`]. Faults go to the reading; `None` after one that leaves nothing to keep.
    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value>;

    /// Whether `required` would object.
    fn is_empty(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::String(text) => is_blank(text),
            Value::Array(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        }
    }

    /// The faults of publishing a stored value that is not empty: lower limits, members that must be there, and required
    /// fields inside that are empty. None of them binds a draft.
    fn publish_faults(&self, _value: &Value, _at: &Pointer, _faults: &mut Vec<Fault>) {}

    /// The published form of any stored value, also of one that was stored under another blueprint or imported: what does
    /// not fit becomes empty. Follows [`FieldKind::answer_schema`], but for [`UNREADABLE`].
    fn present(&self, value: &Value) -> Value;

    /// Entries and assets that a presented value points to.
    fn collect_references(&self, _presented: &Value, _at: &Pointer, _found: &mut Found<'_>) {}

    /// Entries and assets that a stored value points to, also where it is not presented; places are those of the stored
    /// value.
    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        self.collect_references(&self.present(value), at, found);
    }

    /// Turns a presented value into the answered one: what is not public now becomes empty and is listed.
    fn deliver(&self, _presented: &mut Value, _at: &Pointer, _delivery: &mut Delivery<'_>) {}

    /// Whether search can read it.
    fn holds_words(&self) -> bool {
        false
    }

    /// Plain text for search, of types that hold words.
    fn search_text(&self, _presented: &Value) -> Option<String> {
        None
    }

    /// Plain texts for search with their weights; `weight` is that of the field, if it is searched.
    fn collect_search_texts(&self, presented: &Value, weight: Option<u8>, texts: &mut Vec<(u8, String)>) {
        if let Some(weight) = weight
            && let Some(text) = self.search_text(presented).filter(|text| !is_blank(text))
        {
            texts.push((weight, text));
        }
    }

    /// Tells how two stored values differ inside, place by place in the value that is now; false where it cannot.
    fn compare(&self, _from: &Value, _to: &Value, _at: &Pointer, _differences: &mut Vec<InnerDifference>) -> bool {
        false
    }

    /// Whether lists can be sorted by it: one short value an entry.
    fn sortable(&self) -> bool {
        false
    }

    /// The part of a sort key; [`KeyPart::Null`] where there is none. That of what filters compare, but for texts, which
    /// have the order of their language.
    fn key_part(&self, presented: &Value, locale: &Locale) -> KeyPart {
        if self.filtering() == Filtering::Text {
            let key = |text| KeyPart::Text(diwan_arabic::collation_key(text, locale.as_str()));
            return presented.as_str().map_or(KeyPart::Null, key);
        }
        self.comparables(presented).first().map_or(KeyPart::Null, |value| value.key_part(locale))
    }

    /// How filters compare its values; decides whether a field of it may be `filterable`.
    fn filtering(&self) -> Filtering {
        Filtering::None
    }

    /// Whether it holds many values, of which each has a key in an index.
    fn many_valued(&self) -> bool {
        false
    }

    /// What filters compare of a presented value: each of its values that fits [`FieldKind::filtering`].
    fn comparables(&self, presented: &Value) -> Vec<Comparable> {
        let filtering = self.filtering();
        match presented {
            Value::Array(items) => items.iter().filter_map(|item| filtering.comparable(item)).collect(),
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                filtering.comparable(one).into_iter().collect()
            }
        }
    }

    /// The parts of keys of an index: just one for a type with one value, one for each distinct value of a type with
    /// many. The latter serve equality alone.
    fn key_parts(&self, presented: &Value, locale: &Locale) -> Vec<KeyPart> {
        if !self.many_valued() {
            return vec![self.key_part(presented, locale)];
        }
        let mut parts: Vec<KeyPart> = Vec::new();
        for part in self.comparables(presented).iter().map(|value| value.key_part(locale)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts
    }

    /// JSON Schema of a value that is written, `null` aside.
    fn input_schema(&self) -> Value;

    /// JSON Schema of a value that is answered, `null` aside. Arrays are never null in answers.
    fn answer_schema(&self) -> Value;

    /// The constraints, by the keys of the blueprint, for form builders.
    fn describe(&self) -> Map<String, Value>;

    /// Those of the constraints that a blueprint can declare.
    fn declared(&self) -> Map<String, Value> {
        self.describe()
    }
}

/// A JSON object of the given constraints without those that are not set.
pub(crate) fn constraints<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A JSON Schema of a type and further keywords; those that are `null` are left out.
pub(crate) fn schema<const N: usize>(json_type: &str, keywords: [(&str, Value); N]) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!(json_type))]);
    schema.extend(constraints(keywords));
    Value::Object(schema)
}
