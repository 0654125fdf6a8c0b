//! Fields as JSON for those who build forms.

use serde_json::{Value, json};

use crate::model::Field;

/// A field with its rules and constraints.
pub(crate) fn describe_field(field: &Field) -> Value {
    let Field {
        handle,
        field_type,
        group: _,
        label,
        help,
        required,
        localizable,
        filterable,
        searchable,
        private,
        default,
        conditions,
    } = field;
    json!({
        "handle": handle,
        "type": field_type.name(),
        "label": label,
        "help": help,
        "required": required,
        "localizable": localizable,
        "filterable": filterable,
        "searchable": searchable,
        "sortable": field_type.sortable() && !private,
        "private": private,
        "default": default,
        "constraints": field_type.describe(),
        "if": conditions.describe_when(),
        "unless": conditions.describe_unless(),
    })
}

/// Fields that stand inside another, in the same form. Lists cannot be sorted by them.
pub(crate) fn describe_inner(fields: &[Field]) -> Vec<Value> {
    let describe = |field| {
        let mut described = describe_field(field);
        described["sortable"] = json!(false);
        described
    };
    fields.iter().map(describe).collect()
}
