//! A list of rows of declared kinds, each kind with its own fields.

use serde_json::{Map, Value, json};

use super::{
    row_differences::{Rows, compare_rows},
    rows::{items_of, read_rows, row_ids, rows_answer_schema, rows_input_schema, rows_of, with_id, written_id},
};
use crate::{
    faults::Fault,
    field_types::{
        holding::{BlockKinds, BlocksType, Held, HoldsFields},
        rules::Items,
    },
    model::{Delivery, Field, FieldKind, Found, InnerDifference, Reading},
    values::Pointer,
    yaml::Keys,
};

impl BlocksType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        keys.expect("blocks");
        Self { blocks: BlockKinds::parse(keys), items: Items::parse(keys) }
    }
}

impl FieldKind for BlocksType {
    fn name(&self) -> &'static str {
        "blocks"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        read_rows(&self.items, value, reading, |row, reading| self.blocks.read(row, reading))
    }

    fn is_empty(&self, value: &Value) -> bool {
        !rows_of(value).any(|(_, row)| self.blocks.is_presented(row))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
        for (place, row) in rows_of(value) {
            self.blocks.publish_faults(row, &at.index(place), faults);
        }
    }

    fn present(&self, value: &Value) -> Value {
        let ids = row_ids(items_of(value));
        rows_of(value).filter_map(|(place, row)| Some(with_id(ids[place].clone(), self.blocks.present(row)?))).collect()
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, row) in rows_of(presented) {
            self.blocks.collect_presented(row, &at.index(place), found);
        }
    }

    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, row) in rows_of(value) {
            self.blocks.collect_stored(row, &at.index(place), found);
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        let ids = row_ids(items_of(presented));
        let mut delivered = Vec::new();
        for (place, row) in rows_of(presented) {
            let values = self.blocks.deliver(row, &at.index(place), delivery);
            delivered.extend(values.map(|values| with_id(ids[place].clone(), values)));
        }
        *presented = Value::Array(delivered);
    }

    fn collect_search_texts(&self, presented: &Value, _weight: Option<u8>, texts: &mut Vec<(u8, String)>) {
        for (_, row) in rows_of(presented) {
            self.blocks.collect_search_texts(row, texts);
        }
    }

    fn compare(&self, from: &Value, to: &Value, at: &Pointer, differences: &mut Vec<InnerDifference>) -> bool {
        if !from.is_array() || !to.is_array() {
            return false;
        }
        compare_rows(&Rows::of(from, at), &Rows::of(to, at), differences, |from, to, at, differences| {
            self.blocks.compare(from, to, at, differences);
        });
        true
    }

    fn input_schema(&self) -> Value {
        rows_input_schema(&self.items, self.blocks.input_schema(true))
    }

    fn answer_schema(&self) -> Value {
        rows_answer_schema(self.blocks.answer_schema(true))
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.insert("blocks".to_owned(), json!(self.blocks.describe()));
        described
    }
}

impl HoldsFields for BlocksType {
    fn convert_inside(&self, mut value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        for row in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            self.blocks.convert_inside(row, convert);
        }
        value
    }

    fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>> {
        let held = |(place, row)| self.blocks.held(row, Pointer::root().index(place), written_id(row));
        rows_of(value).filter_map(held).collect()
    }

    fn inner_fields(&self) -> Vec<(String, &[Field])> {
        self.blocks.inner_fields()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const ASSET: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f11";

    const BODY: &str = "type: blocks
max_items: 3
blocks:
  - handle: quote
    label: { ar: اقتباس, en: Quote }
    fields:
      - { handle: text, type: textarea, label: { ar: النص, en: Text }, required: true, searchable: 1 }
      - { handle: by, type: reference, label: { ar: القائل, en: By }, max_items: 1 }
  - handle: picture
    label: { ar: صورة, en: Picture }
    fields:
      - { handle: file, type: asset, label: { ar: الملف, en: File }, max_items: 1, required: true }
      - { handle: source, type: text, label: { ar: المصدر, en: Source }, private: true }
";

    #[test]
    fn each_row_is_checked_by_its_kind() {
        let field = field(BODY);
        let written = json!([{"id": "a", "type": "quote", "text": "أ"}, {"id": "b", "type": "picture", "enabled": false, "file": ASSET}]);
        check_read(&field, written.clone(), written);
        check_faults(
            &field,
            json!([{"text": "أ"}, {"type": "video"}, {"type": "quote", "file": ASSET, "enabled": "no"}]),
            &["/f/0/type required", "/f/1/type not_an_option", "/f/2/file unknown_field", "/f/2/enabled wrong_type"],
        );
        check_faults(&field, json!([{"type": 5}, null]), &["/f/0/type wrong_type", "/f/1 wrong_type"]);
    }

    #[test]
    fn what_is_not_enabled_is_never_presented_and_needs_nothing() {
        let field = field(BODY);
        let stored = json!([
            {"id": "a", "type": "picture", "enabled": false},
            {"id": "b", "type": "gone", "text": "أ"},
            {"id": "c", "type": "quote", "enabled": true, "text": "ب", "by": LIVE},
            {"id": "d", "type": "picture", "file": ASSET, "source": "سر"},
        ]);
        let answer = json!([
            {"id": "c", "type": "quote", "text": "ب", "by": LIVE},
            {"id": "d", "type": "picture", "file": ASSET},
        ]);
        check_deliver(&field, stored.clone(), answer, &[]);
        assert_eq!(publish_faults_of(&field, stored.clone()), [""; 0]);
        assert_eq!(
            publish_faults_of(&field, json!([{"type": "quote"}, {"type": "picture"}])),
            ["/f/0/text required", "/f/1/file required"]
        );
        assert_eq!(references(&field, stored), [format!("/f/0/by entry {LIVE}"), format!("/f/1/file asset {ASSET}")]);
        assert!(field.kind().is_empty(&json!([{"type": "picture", "enabled": false}])));
        assert_eq!(search_texts_of(&field, json!([{"type": "quote", "text": "ب"}])), [(1, "ب".to_owned())]);
    }

    #[test]
    fn references_of_what_is_not_enabled_are_known_where_they_are_written() {
        let stored = json!([{"id": "a", "type": "quote", "enabled": false, "by": LIVE}]);
        assert_eq!(stored_references(&field(BODY), stored), [format!("/f/0/by entry {LIVE}")]);
    }

    #[test]
    fn kinds_are_declared_once_and_leave_the_row_its_names() {
        check_problem("type: blocks", "f.blocks: is missing");
        check_problem("type: blocks\nblocks: []", "must be a list of 1 to 50 items");
        let kind =
            "{ handle: a, label: { ar: أ, en: A }, fields: [{ handle: x, type: text, label: { ar: أ, en: A } }] }";
        check_problem(&format!("type: blocks\nblocks: [{kind}, {kind}]"), "f.blocks.a.handle: a stands twice");
        for name in ["id", "type", "enabled"] {
            check_problem(
                &format!("type: blocks\nblocks: [{}]", kind.replace("handle: x", &format!("handle: {name}"))),
                "must not be one of the row's own names: id, type, enabled",
            );
        }
    }
}
