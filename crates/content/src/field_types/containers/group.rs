//! Fields under one name.

use serde_json::{Map, Value, json};

use super::{
    description::describe_inner,
    fields::{
        all_empty, collect_presented, collect_search_texts, collect_stored, compare_fields, convert_fields,
        deliver_fields, present_fields, publish_faults, read_fields,
    },
    object_schemas::{answer_object, input_object},
    rows::FIELDS,
};
use crate::{
    faults::Fault,
    field_types::holding::{GroupType, Held, HoldsFields},
    model::{Delivery, Field, FieldKind, Found, InnerDifference, Reading},
    values::Pointer,
    yaml::Keys,
};

impl GroupType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { fields: keys.inner_fields(&[]) }
    }
}

impl FieldKind for GroupType {
    fn name(&self) -> &'static str {
        "group"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::Object(written) = value else {
            reading.wrong_type("object");
            return None;
        };
        Some(Value::Object(read_fields(&self.fields, &[], written, reading)))
    }

    fn is_empty(&self, value: &Value) -> bool {
        value.as_object().is_none_or(|values| all_empty(&self.fields, values))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        if let Value::Object(values) = value {
            publish_faults(&self.fields, values, at, faults);
        }
    }

    fn present(&self, value: &Value) -> Value {
        match value.as_object().filter(|values| !all_empty(&self.fields, values)) {
            Some(values) => Value::Object(present_fields(&self.fields, values)),
            None => Value::Null,
        }
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        if let Value::Object(values) = presented {
            collect_presented(&self.fields, values, at, found);
        }
    }

    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        if let Value::Object(values) = value {
            collect_stored(&self.fields, values, at, found);
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        *presented = match presented.take() {
            Value::Object(values) => Value::Object(deliver_fields(&self.fields, values, at, delivery)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Value::Null,
        };
    }

    fn collect_search_texts(&self, presented: &Value, _weight: Option<u8>, texts: &mut Vec<(u8, String)>) {
        if let Value::Object(values) = presented {
            collect_search_texts(&self.fields, values, texts);
        }
    }

    fn compare(&self, from: &Value, to: &Value, at: &Pointer, differences: &mut Vec<InnerDifference>) -> bool {
        let (Value::Object(from), Value::Object(to)) = (from, to) else { return false };
        compare_fields(&self.fields, from, to, at, differences);
        true
    }

    fn input_schema(&self) -> Value {
        Value::Object(input_object(&self.fields, [], &[]))
    }

    fn answer_schema(&self) -> Value {
        Value::Object(answer_object(&self.fields, []))
    }

    fn describe(&self) -> Map<String, Value> {
        Map::from_iter([("fields".to_owned(), json!(describe_inner(&self.fields)))])
    }
}

impl HoldsFields for GroupType {
    fn convert_inside(&self, mut value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        if let Value::Object(values) = &mut value {
            convert_fields(&self.fields, values, convert);
        }
        value
    }

    fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>> {
        let held = |values| Held { at: Pointer::root(), id: "", way: FIELDS.to_owned(), fields: &self.fields, values };
        value.as_object().map(held).into_iter().collect()
    }

    fn inner_fields(&self) -> Vec<(String, &[Field])> {
        vec![(FIELDS.to_owned(), &self.fields)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";

    const CONTACT: &str = "type: group
fields:
  - { handle: name, type: text, label: { ar: الاسم, en: Name }, required: true, searchable: 2 }
  - { handle: phone, type: text, label: { ar: الهاتف, en: Phone }, max_chars: 5 }
  - { handle: office, type: reference, label: { ar: المكتب, en: Office }, max_items: 1 }
  - { handle: tags, type: list, label: { ar: وسوم, en: Tags } }
  - { handle: notes, type: text, label: { ar: ملاحظات, en: Notes }, private: true }
";

    #[test]
    fn values_are_checked_field_by_field() {
        let field = field(CONTACT);
        check_read(
            &field,
            json!({"name": "أ", "phone": null, "notes": "سر"}),
            json!({"name": "أ", "phone": null, "notes": "سر"}),
        );
        check_read(&field, json!({}), json!({}));
        check_faults(&field, json!("أ"), &["/f wrong_type"]);
        check_faults(
            &field,
            json!({"name": 5, "phone": "123456", "office": "x", "fax": 1}),
            &["/f/name wrong_type", "/f/phone too_long", "/f/office invalid_id", "/f/fax unknown_field"],
        );
        let before = json!({"office": "old.jpeg"});
        assert_eq!(faults_after(&field, json!({"office": "old.jpeg"}), &before), Vec::<String>::new());
        assert_eq!(faults_after(&field, json!({"phone": "old.jpeg"}), &before), ["/f/phone too_long"]);
    }

    #[test]
    fn it_is_answered_with_all_its_public_fields_or_not_at_all() {
        let field = field(CONTACT);
        let answer = json!({"name": "أ", "phone": null, "office": null, "tags": []});
        check_deliver(&field, json!({"name": "أ", "notes": "سر", "office": DEAD}), answer, &["/f/office not_public"]);
        for empty in [json!(null), json!({}), json!({"name": " ", "tags": []}), json!([1]), json!("أ")] {
            check_present(&field, empty, json!(null));
        }
        assert_eq!(references(&field, json!({"office": LIVE})), [format!("/f/office entry {LIVE}")]);
    }

    #[test]
    fn required_fields_bind_once_anything_is_filled_in() {
        let field = field(CONTACT);
        assert_eq!(publish_faults_of(&field, json!({"phone": "1"})), ["/f/name required"]);
        assert_eq!(publish_faults_of(&field, json!({"name": "أ"})), [""; 0]);
        assert_eq!(publish_faults_of(&field, json!({})), [""; 0]);
    }

    #[test]
    fn fields_inside_have_bounds_of_their_own() {
        let inner =
            |more: &str| format!("type: group\nfields: [{{ handle: a, type: text, label: {{ ar: أ, en: A }}{more} }}]");
        check_problem("type: group", "fields: is missing");
        check_problem("type: group\nfields: []", "fields: must be a list of 1 to 200 items");
        check_problem(
            &inner(", localizable: true"),
            "f.fields.a.localizable: belongs to the field of the blueprint that holds this one",
        );
        check_problem(
            &inner(", filterable: true"),
            "f.fields.a.filterable: belongs to the field of the blueprint that holds this one",
        );
        check_problem(
            &inner(", zzz: 1").replace("zzz", "group"),
            "f.fields.a.group: belongs to the field of the blueprint that holds this one",
        );
        let mut deep = inner("");
        for _ in 0..6 {
            deep = format!(
                "type: group\nfields:\n- handle: g\n  label: {{ ar: أ, en: A }}\n  {}",
                deep.replace('\n', "\n  ")
            );
        }
        check_problem(&deep, "stands too deep: fields hold fields to 6 levels");
    }
}
