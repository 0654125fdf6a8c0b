//! Small tables of texts: tariffs, dates, contacts.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::{
        containers::items_of,
        rules::{TextRules, answered_object, or_null, read_members, written_object},
    },
    model::{FieldKind, Reading},
    values::Pointer,
    yaml::Keys,
};

/// A table `{columns: [text…], rows: [[text…]…]}`; answered as it is written. No row has more cells than there are columns,
/// and when it is published, none has fewer.
#[derive(Debug, Clone, Copy)]
pub struct TableType {
    /// Most columns.
    pub max_columns: usize,
    /// Most rows.
    pub max_rows: usize,
    /// Most characters of a cell or of a column's name.
    pub max_chars: usize,
}

const MEMBERS: [&str; 2] = ["columns", "rows"];

impl TableType {
    /// Limits where the blueprint does not say, and at all.
    const DEFAULT_MAX_COLUMNS: usize = 20;
    const DEFAULT_MAX_ROWS: usize = 200;
    const DEFAULT_MAX_CHARS: usize = 1_000;
    const MAX_COLUMNS: usize = 50;
    const MAX_ROWS: usize = 1_000;
    const MAX_CHARS: usize = 10_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let mut limit = |key: &str, max: usize, default: usize| keys.count(key, 1, max).unwrap_or(default);
        Self {
            max_columns: limit("max_columns", Self::MAX_COLUMNS, Self::DEFAULT_MAX_COLUMNS),
            max_rows: limit("max_rows", Self::MAX_ROWS, Self::DEFAULT_MAX_ROWS),
            max_chars: limit("max_chars", Self::MAX_CHARS, Self::DEFAULT_MAX_CHARS),
        }
    }

    fn rules(&self) -> TextRules {
        TextRules::of_length(self.max_chars)
    }

    /// Reads columns, or the cells of a row: texts, at most that many.
    fn read_cells(&self, value: &Value, most: usize, reading: &mut Reading<'_>) -> Option<usize> {
        let Value::Array(cells) = value else {
            reading.wrong_type("array");
            return None;
        };
        if cells.len() > most {
            reading.fault_with(FaultCode::TooManyItems, "max", most);
            return None;
        }
        let rules = self.rules();
        let mut sound = true;
        for (place, cell) in cells.iter().enumerate() {
            sound &= rules.read(cell, &mut reading.item(place)).is_some();
        }
        sound.then_some(cells.len())
    }
}

/// The texts of a list of texts; `None` for anything else.
fn texts_of(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Every text of a table, the columns' names first; `None` for what is no table.
fn all_texts(value: &Value) -> Option<Vec<&str>> {
    let mut texts = texts_of(value.get("columns")?)?;
    let columns = texts.len();
    for row in value.get("rows")?.as_array()? {
        let cells = texts_of(row).filter(|cells| cells.len() == columns)?;
        texts.extend(cells);
    }
    (columns > 0).then_some(texts)
}

impl FieldKind for TableType {
    fn name(&self) -> &'static str {
        "table"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let none = json!([]);
        let [columns, rows] =
            read_members(value, MEMBERS, reading)?.map(|list| if list.is_null() { &none } else { list });
        let width = self.read_cells(columns, self.max_columns, &mut reading.member("columns"));
        let mut reading = reading.member("rows");
        let Value::Array(rows) = rows else {
            reading.wrong_type("array");
            return None;
        };
        if rows.len() > self.max_rows {
            reading.fault_with(FaultCode::TooManyItems, "max", self.max_rows);
            return None;
        }
        let most = width.unwrap_or(self.max_columns);
        let mut sound = width.is_some();
        for (place, row) in rows.iter().enumerate() {
            sound &= self.read_cells(row, most, &mut reading.item(place)).is_some();
        }
        sound.then(|| json!({"columns": columns, "rows": rows}))
    }

    /// A table of empty cells is empty.
    fn is_empty(&self, value: &Value) -> bool {
        let is_blank_cell = |cell: &Value| cell.as_str().is_none_or(is_blank);
        let rows = items_of(&value["rows"]).iter().map(items_of);
        rows.chain([items_of(&value["columns"])]).flatten().all(is_blank_cell)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        let width = items_of(&value["columns"]).len();
        let too_few = |at: Pointer, min: usize| Fault::new(at, FaultCode::TooFewItems).with("min", min);
        if width == 0 {
            faults.push(too_few(at.key("columns"), 1));
        }
        for (place, row) in items_of(&value["rows"]).iter().enumerate() {
            if items_of(row).len() < width {
                faults.push(too_few(at.key("rows").index(place), width));
            }
        }
    }

    fn present(&self, value: &Value) -> Value {
        if self.is_empty(value) || all_texts(value).is_none() {
            return Value::Null;
        }
        json!({"columns": value["columns"], "rows": value["rows"]})
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        all_texts(presented).map(|texts| texts.join("\n"))
    }

    fn input_schema(&self) -> Value {
        let cell = self.rules().input_schema();
        let columns = or_null(json!({"type": "array", "items": cell, "maxItems": self.max_columns}));
        let row = json!({"type": "array", "items": cell, "maxItems": self.max_columns});
        let rows = or_null(json!({"type": "array", "items": row, "maxItems": self.max_rows}));
        written_object([("columns", columns), ("rows", rows)], &[])
    }

    fn answer_schema(&self) -> Value {
        let texts = json!({"type": "array", "items": {"type": "string"}});
        answered_object([("columns", texts.clone()), ("rows", json!({"type": "array", "items": texts}))])
    }

    fn describe(&self) -> Map<String, Value> {
        let Self { max_columns, max_rows, max_chars } = self;
        let limits = [("max_columns", max_columns), ("max_rows", max_rows), ("max_chars", max_chars)];
        limits.into_iter().map(|(name, limit)| (name.to_owned(), json!(limit))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn a_table_is_kept_and_answered_as_it_is_written() {
        let field = field("type: table");
        let table = json!({"columns": ["الخدمة", "الرسم"], "rows": [["رخصة", "100"], ["", "50"]]});
        check_read(&field, table.clone(), table.clone());
        check_present(&field, table.clone(), table.clone());
        assert_eq!(field.kind().search_text(&table).as_deref(), Some("الخدمة\nالرسم\nرخصة\n100\n\n50"));
        assert!(!field.kind().is_empty(&table));
    }

    #[test]
    fn each_row_has_a_cell_for_each_column() {
        let field = field("type: table\nmax_columns: 2\nmax_rows: 3\nmax_chars: 3");
        let columns = json!(["a", "b"]);
        check_faults(
            &field,
            json!({"columns": columns, "rows": [["1"], ["1", "2", "3"], "x"]}),
            &["/f/rows/1 too_many_items", "/f/rows/2 wrong_type"],
        );
        check_faults(
            &field,
            json!({"columns": ["a", 5], "rows": [["1", "long"], ["\0"]]}),
            &["/f/columns/1 wrong_type", "/f/rows/0/1 too_long", "/f/rows/1/0 forbidden_character"],
        );
        let started = json!({"columns": columns, "rows": [["1"], []]});
        check_read(&field, started.clone(), started.clone());
        check_read(&field, json!({"rows": []}), json!({"columns": [], "rows": []}));
        assert_eq!(publish_faults_of(&field, started), ["/f/rows/0 too_few_items", "/f/rows/1 too_few_items"]);
        assert_eq!(publish_faults_of(&field, json!({"columns": [], "rows": [["a"]]})), ["/f/columns too_few_items"]);
        check_faults(
            &field,
            json!({"columns": ["a", "b", "c"], "rows": {}}),
            &["/f/columns too_many_items", "/f/rows wrong_type"],
        );
        check_faults(&field, json!({"columns": columns, "rows": vec![["1", "2"]; 4]}), &["/f/rows too_many_items"]);
        check_faults(&field, json!({"columns": columns, "rows": [], "footer": []}), &["/f/footer unknown_field"]);
        check_faults(&field, json!([["a"]]), &["/f wrong_type"]);
        check_problem("type: table\nmax_rows: 0", "must be a whole number from 1 to 1000");
    }

    #[test]
    fn what_is_no_table_is_empty() {
        let field = field("type: table");
        for empty in [
            json!(null),
            json!({"columns": [" "], "rows": [[""]]}),
            json!({"columns": ["a"], "rows": [[]]}),
            json!({"columns": ["a"]}),
            json!({"columns": [], "rows": []}),
            json!("a"),
        ] {
            check_present(&field, empty.clone(), json!(null));
            assert_eq!(field.kind().is_empty(&empty), empty["columns"] != json!(["a"]), "{empty}");
        }
    }
}
