//! What every field type must be able to do.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use crate::{
    compare::InnerDifference,
    deliver::Delivery,
    fault::{Fault, FaultCode},
    field::Field,
    field_types::held::Held,
    handle::Handle,
    keys::KeyPart,
    locale::Locale,
    pointer::Pointer,
    query::{Comparable, Filtering},
    references::Reference,
};

/// Stands in presented data for a stored reference or link that cannot be read (imported as it came). It keeps the stored
/// text out of everything public, and lets the read list the place as unresolved.
pub(crate) const UNREADABLE: &str = "";

/// A kind of values. Three forms of a value meet here: as an editor writes and a revision stores it (`value`), as it is
/// published (`presented`), and as it is answered (after [`FieldKind::deliver`]).
///
/// Types that hold fields of their own call the same methods of those, one pointer step deeper.
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

    /// A stored value in which `convert` made other values of those of the fields that it holds.
    fn convert_inside(&self, value: Value, _convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        value
    }

    /// The values of those fields in a stored or presented value.
    fn held<'f, 'v>(&'f self, _value: &'v Value) -> Vec<Held<'f, 'v>> {
        Vec::new()
    }

    /// Fields that it holds, each list with the way to it in the blueprint, such as `blocks.quote.fields`.
    fn inner_fields(&self) -> Vec<(String, &[Field])> {
        Vec::new()
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

/// Where a value stands while it is read, what stood there in the revision before, and where faults go.
pub(crate) struct Reading<'a> {
    at: Pointer,
    base: Option<&'a Value>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Reading<'a> {
    /// Most faults that one reading tells; the first are enough to mend a document by.
    pub(crate) const MAX_FAULTS: usize = 200;

    pub(crate) fn new(at: Pointer, base: Option<&'a Value>, faults: &'a mut Vec<Fault>) -> Self {
        Self { at, base, faults }
    }

    /// The reading of one item. What stood before is still the whole list, for items may move.
    pub(crate) fn item(&mut self, place: usize) -> Reading<'_> {
        Reading { at: self.at.index(place), base: self.base, faults: self.faults }
    }

    /// The reading of one row, with what that row was before, wherever it stood.
    pub(crate) fn row<'r>(&'r mut self, place: usize, base: Option<&'r Value>) -> Reading<'r> {
        Reading { at: self.at.index(place), base, faults: self.faults }
    }

    /// The reading of one member of an object.
    pub(crate) fn member(&mut self, name: &str) -> Reading<'_> {
        Reading { at: self.at.key(name), base: self.base.and_then(|base| base.get(name)), faults: self.faults }
    }

    /// The same place, with something else that stood here before.
    pub(crate) fn based_on<'r>(&'r mut self, base: Option<&'r Value>) -> Reading<'r> {
        Reading { at: self.at.clone(), base, faults: self.faults }
    }

    /// The place.
    pub(crate) fn at(&self) -> &Pointer {
        &self.at
    }

    /// What stood here before.
    pub(crate) fn base(&self) -> Option<&'a Value> {
        self.base
    }

    /// Whether that value stood here before, alone or as an item.
    pub(crate) fn keeps(&self, value: &Value) -> bool {
        match self.base {
            None => false,
            Some(Value::Array(items)) if items.contains(value) => true,
            Some(base) => base == value,
        }
    }

    /// A fault at this place.
    pub(crate) fn fault(&mut self, code: FaultCode) {
        self.tell(Fault::new(self.at.clone(), code));
    }

    /// A fault at this place with one parameter.
    pub(crate) fn fault_with(&mut self, code: FaultCode, name: &str, value: impl Into<Value>) {
        self.tell(Fault::new(self.at.clone(), code).with(name, value));
    }

    /// A value of another JSON type.
    pub(crate) fn wrong_type(&mut self, expected: &str) {
        self.fault_with(FaultCode::WrongType, "expected", expected);
    }

    /// A character that may not be here.
    pub(crate) fn forbidden(&mut self, character: char) {
        self.tell(Fault::forbidden(self.at.clone(), character));
    }

    /// A fault that was made elsewhere.
    pub(crate) fn tell(&mut self, fault: Fault) {
        if self.faults.len() < Self::MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// References found in the values of one field.
pub(crate) struct Found<'a> {
    /// The field of the blueprint, also for what stands deeper.
    pub(crate) field: &'a Handle,
    /// What was found.
    pub(crate) references: &'a mut Vec<Reference>,
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
