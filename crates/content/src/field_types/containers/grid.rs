//! A list of rows, all of the same fields.

use serde_json::{Map, Value, json};

use super::{
    description::describe_inner,
    fields::{
        collect_presented, collect_search_texts, collect_stored, compare_fields, convert_fields, deliver_fields,
        present_fields, publish_faults, read_fields,
    },
    object_schemas::{answer_object, input_object},
    row_differences::{Rows, compare_rows},
    rows::{
        FIELDS, ID, id_answer_schema, id_input_schema, items_of, read_rows, row_ids, rows_answer_schema,
        rows_input_schema, rows_of, with_id, written_id,
    },
};
use crate::{
    faults::Fault,
    field_types::{
        holding::{GridType, Held, HoldsFields},
        rules::Items,
    },
    model::{Delivery, Field, FieldKind, Found, InnerDifference, Reading},
    values::Pointer,
    yaml::Keys,
};

impl GridType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { fields: keys.inner_fields(&[ID]), items: Items::parse(keys) }
    }
}

impl FieldKind for GridType {
    fn name(&self) -> &'static str {
        "grid"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        read_rows(&self.items, value, reading, |row, reading| Some(read_fields(&self.fields, &[ID], row, reading)))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
        for (place, row) in rows_of(value) {
            publish_faults(&self.fields, row, &at.index(place), faults);
        }
    }

    fn present(&self, value: &Value) -> Value {
        let ids = row_ids(items_of(value));
        rows_of(value).map(|(place, row)| with_id(ids[place].clone(), present_fields(&self.fields, row))).collect()
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, row) in rows_of(presented) {
            collect_presented(&self.fields, row, &at.index(place), found);
        }
    }

    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, row) in rows_of(value) {
            collect_stored(&self.fields, row, &at.index(place), found);
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        let ids = row_ids(items_of(presented));
        *presented = rows_of(presented)
            .map(|(place, row)| {
                with_id(ids[place].clone(), deliver_fields(&self.fields, row.clone(), &at.index(place), delivery))
            })
            .collect();
    }

    fn collect_search_texts(&self, presented: &Value, _weight: Option<u8>, texts: &mut Vec<(u8, String)>) {
        for (_, row) in rows_of(presented) {
            collect_search_texts(&self.fields, row, texts);
        }
    }

    fn compare(&self, from: &Value, to: &Value, at: &Pointer, differences: &mut Vec<InnerDifference>) -> bool {
        if !from.is_array() || !to.is_array() {
            return false;
        }
        compare_rows(&Rows::of(from, at), &Rows::of(to, at), differences, |from, to, at, differences| {
            compare_fields(&self.fields, from, to, at, differences);
        });
        true
    }

    fn input_schema(&self) -> Value {
        let row = input_object(&self.fields, [(ID, id_input_schema())], &[]);
        rows_input_schema(&self.items, Value::Object(row))
    }

    fn answer_schema(&self) -> Value {
        rows_answer_schema(Value::Object(answer_object(&self.fields, [(ID, id_answer_schema())])))
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.insert("fields".to_owned(), json!(describe_inner(&self.fields)));
        described
    }
}

impl HoldsFields for GridType {
    fn convert_inside(&self, mut value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        for row in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            convert_fields(&self.fields, row, convert);
        }
        value
    }

    fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>> {
        let held = |(place, values)| Held {
            at: Pointer::root().index(place),
            id: written_id(values),
            way: FIELDS.to_owned(),
            fields: &self.fields,
            values,
        };
        rows_of(value).map(held).collect()
    }

    fn inner_fields(&self) -> Vec<(String, &[Field])> {
        vec![(FIELDS.to_owned(), &self.fields)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::FieldKind as _};

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";

    const TARIFF: &str = "type: grid
max_items: 3
min_items: 1
fields:
  - { handle: service, type: text, label: { ar: الخدمة, en: Service }, required: true }
  - { handle: page, type: reference, label: { ar: الصفحة, en: Page }, max_items: 1 }
  - { handle: cost, type: integer, label: { ar: الكلفة, en: Cost }, private: true }
";

    #[test]
    fn rows_keep_their_ids_and_get_one_where_they_have_none() {
        let field = field(TARIFF);
        check_read(&field, json!([{"id": "a", "service": "أ"}]), json!([{"id": "a", "service": "أ"}]));
        let read = read_value(&field, json!([{"service": "أ"}, {"service": "أ"}]));
        assert!(read[0]["id"].is_string() && read[0]["id"] != read[1]["id"]);
        check_read(&field, read.clone(), read);
    }

    #[test]
    fn faults_name_the_row_and_the_field() {
        let field = field(TARIFF);
        check_faults(&field, json!({}), &["/f wrong_type"]);
        check_read(&field, json!([]), json!([]));
        check_faults(&field, json!([{}, {}, {}, {}]), &["/f too_many_items"]);
        check_faults(
            &field,
            json!([{"id": "a b"}, {"id": "x", "service": 1}, 7]),
            &["/f/0/id pattern_mismatch", "/f/1/service wrong_type", "/f/2 wrong_type"],
        );
        check_faults(
            &field,
            json!([{"id": "x"}, {"id": "x"}, {"id": 5}]),
            &["/f/1/id duplicate_item", "/f/2/id wrong_type"],
        );
        assert_eq!(publish_faults_of(&field, json!([{"service": "أ"}, {"cost": 1}])), ["/f/1/service required"]);
        let two = super::GridType { items: crate::field_types::rules::Items { min: 2, max: 3 }, fields: Vec::new() };
        let mut faults = Vec::new();
        two.publish_faults(&json!([{}]), &crate::values::Pointer::root(), &mut faults);
        assert_eq!(short_faults(&faults), [" too_few_items"]);
    }

    #[test]
    fn an_imported_value_stays_with_its_row_wherever_that_moves() {
        let field = field(TARIFF);
        let before = json!([{"id": "a", "page": "old.md"}, {"id": "b", "page": LIVE}]);
        assert_eq!(faults_after(&field, json!([{"id": "b"}, {"id": "a", "page": "old.md"}]), &before), [""; 0]);
        assert_eq!(faults_after(&field, json!([{"id": "b", "page": "old.md"}]), &before), ["/f/0/page invalid_id"]);
    }

    #[test]
    fn rows_are_answered_without_what_is_private_or_not_public() {
        let field = field(TARIFF);
        let stored = json!([{"id": "a", "service": "أ", "cost": 5, "page": LIVE}, 7, {"id": "b", "page": DEAD}]);
        let answer = json!([{"id": "a", "service": "أ", "page": LIVE}, {"id": "b", "service": null, "page": null}]);
        check_deliver(&field, stored.clone(), answer, &["/f/1/page not_public"]);
        check_present(&field, json!(null), json!([]));
        assert_eq!(
            stored_references(&field, stored),
            [format!("/f/0/page entry {LIVE}"), format!("/f/2/page entry {DEAD}")]
        );
    }

    #[test]
    fn no_field_of_a_row_is_named_as_the_row_is() {
        check_problem(
            "type: grid\nfields: [{ handle: id, type: text, label: { ar: أ, en: A } }]",
            "f.fields.id.handle: must not be one of the row's own names: id",
        );
    }
}
