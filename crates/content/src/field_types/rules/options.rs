//! Declared options, of which a value is one.

use serde_json::{Value, json};

use crate::{values::Label, yaml::Keys};

/// What may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What data holds.
    pub value: String,
    /// What people read.
    pub label: Label,
}

/// Most options of a field.
const MAX_OPTIONS: usize = 500;

/// Reads the key `options`: values with their labels, each value once and such as `check` takes; `check` answers what is
/// wrong with one.
pub(crate) fn parse_options(keys: &mut Keys<'_>, check: impl Fn(&str) -> Result<(), String>) -> Vec<SelectOption> {
    let mut options: Vec<SelectOption> = Vec::new();
    for mut keys in keys.mappings("options").unwrap_or_default() {
        keys.expect("value");
        keys.expect("label");
        let value = keys.text("value").filter(|value| {
            let taken = options.iter().any(|option| option.value == *value);
            if taken {
                keys.problem("value", format!("stands twice: {value}"));
            }
            let checked = check(value);
            if let Err(what) = &checked {
                keys.problem("value", what);
            }
            !taken && checked.is_ok()
        });
        let label = keys.label("label");
        keys.finish();
        options.extend(value.zip(label).map(|(value, label)| SelectOption { value, label }));
    }
    if keys.has("options") && options.is_empty() {
        keys.problem("options", "must hold at least one option");
    }
    if options.len() > MAX_OPTIONS {
        keys.problem("options", format!("must hold at most {MAX_OPTIONS} options"));
    }
    options
}

/// The values of options, in order.
pub(crate) fn values_of(options: &[SelectOption]) -> Vec<&str> {
    options.iter().map(|option| option.value.as_str()).collect()
}

/// Options for form builders.
pub(crate) fn describe_options(options: &[SelectOption]) -> Value {
    options.iter().map(|SelectOption { value, label }| json!({"value": value, "label": label})).collect()
}
