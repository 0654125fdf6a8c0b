//! Conditions: when a field is shown, by the values of fields beside it.

use serde_json::{Map, Value, json};
use strum::{EnumCount, VariantArray};

use crate::{
    values::{Handle, variants},
    yaml::Keys,
};

/// When a field is shown. While it is hidden its stored value stays, it is presented as empty, and `required` does not bind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// It is hidden unless all of these hold.
    pub when: Vec<Condition>,
    /// It is hidden while all of these hold, if there are any.
    pub unless: Vec<Condition>,
}

/// One comparison of a field beside with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field beside: of the same blueprint, group or row. While that one is hidden it counts as empty.
    pub field: Handle,
    /// How they are compared.
    pub operator: ConditionOperator,
    /// With what; a list for `in` and `nin`, a boolean for `exists`.
    pub value: Value,
}

/// How a field is compared with the value of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumCount, VariantArray)]
pub enum ConditionOperator {
    /// It has that value.
    Eq,
    /// It has another value, or none.
    Ne,
    /// It has one of those values.
    In,
    /// It has none of those values.
    Nin,
    /// It has any value (`true`) or none (`false`).
    Exists,
    /// It is above the value; an empty field is neither above nor below.
    Gt,
    /// It is not below the value.
    Gte,
    /// It is below the value.
    Lt,
    /// It is not above the value.
    Lte,
    /// A list has the value as an item; a text has it as a part, as search spells it.
    Contains,
}

/// Most comparisons under one key of a field.
pub(crate) const MAX_CONDITIONS: usize = 20;

impl ConditionOperator {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in blueprints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Exists => "exists",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Contains => "contains",
        }
    }
}

impl Conditions {
    /// Reads the keys `if` and `unless`.
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { when: parse_list(keys, "if"), unless: parse_list(keys, "unless") }
    }

    /// Whether the field is always shown.
    pub fn is_empty(&self) -> bool {
        self.when.is_empty() && self.unless.is_empty()
    }

    /// All comparisons with the key that they stand under.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Condition)> {
        let when = self.when.iter().map(|condition| ("if", condition));
        when.chain(self.unless.iter().map(|condition| ("unless", condition)))
    }

    /// `{field: {operator: value}}` of what must hold; null where nothing must.
    pub(crate) fn describe_when(&self) -> Value {
        describe_list(&self.when)
    }

    /// `{field: {operator: value}}` of what must not hold all together; null where there is nothing.
    pub(crate) fn describe_unless(&self) -> Value {
        describe_list(&self.unless)
    }
}

fn parse_list(keys: &mut Keys<'_>, key: &str) -> Vec<Condition> {
    let told = keys.count_problems();
    let entries = keys.mapping_node(key);
    let mut conditions = Vec::new();
    if !keys.has(key) || keys.count_problems() > told {
        return conditions;
    }
    if !(1..=MAX_CONDITIONS).contains(&entries.len()) {
        keys.problem(key, format!("must compare 1 to {MAX_CONDITIONS} fields"));
        return conditions;
    }
    for (name, value) in entries {
        let text = name.as_text().unwrap_or_default();
        let Ok(field) = text.parse::<Handle>() else {
            keys.problem_at(name, key, "", format!("{text:?} is no handle of a field"));
            continue;
        };
        let compared = keys.json_at(value, key, &format!(".{field}"));
        match compared {
            Value::Object(operators) => conditions.extend(parse_operators(keys, key, &field, (name, operators))),
            Value::Null | Value::Array(_) => {
                keys.problem_at(name, key, &format!(".{field}"), "must be a value or a mapping such as { in: [a, b] }");
            }
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                conditions.push(Condition { field, operator: ConditionOperator::Eq, value });
            }
        }
    }
    conditions
}

fn parse_operators(
    keys: &Keys<'_>,
    key: &str,
    field: &Handle,
    (line, operators): (&crate::yaml::Node, Map<String, Value>),
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let place = format!(".{field}");
    if operators.is_empty() {
        keys.problem_at(line, key, &place, "must compare with something");
    }
    for (name, value) in operators {
        match ConditionOperator::ALL.into_iter().find(|known| known.as_str() == name) {
            Some(operator) => conditions.push(Condition { field: field.clone(), operator, value }),
            None => {
                let allowed = ConditionOperator::ALL.map(ConditionOperator::as_str).join(", ");
                keys.problem_at(line, key, &format!("{place}.{name}"), format!("is no comparison; allowed: {allowed}"));
            }
        }
    }
    conditions
}

fn describe_list(conditions: &[Condition]) -> Value {
    let mut described = Map::new();
    for Condition { field, operator, value } in conditions {
        let of_field = described.entry(field.to_string()).or_insert_with(|| json!({}));
        of_field[operator.as_str()] = value.clone();
    }
    if described.is_empty() { Value::Null } else { Value::Object(described) }
}
