//! What lists of a collection may be asked: the names of filters and orders that it allows, and no others.

use serde_json::{Map, Value};

use super::{
    expression::{comment, indent, literals},
    names::type_name,
};
use crate::{
    lists::{FilterName, filter_names, names_behind, sort_names},
    model::{Blueprint, Collection, Filtering, Operator, Registry},
    values::Handle,
};

/// Filters by kind of value: name, parameters, values, what is said of it, and a kind that has its operators.
static KINDS: [(&str, &str, &str, &str, Filtering); 8] = [
    ("TextFilter", "", "string", "Asks of a text; spellings that readers take for one are one.", Filtering::Text),
    ("NumberFilter", "", "number", "Asks of a number.", Filtering::Number),
    ("BooleanFilter", "", "boolean", "Asks of yes or no.", Filtering::Boolean),
    ("DateFilter", "", "string", "Asks of a day, written `2026-01-31`.", Filtering::Date),
    ("TimeFilter", "", "string", "Asks of a point in time, written `2026-01-31T09:00:00Z`.", Filtering::Time),
    ("TimeOfDayFilter", "", "string", "Asks of a time of day, written `09:30`.", Filtering::TimeOfDay),
    ("OptionFilter", "<V extends string>", "V", "Asks of declared options.", Filtering::Option(Vec::new())),
    ("IdFilter", "", "string", "Asks of an identity.", Filtering::Id),
];

/// What filters ask of values of each kind.
pub(super) fn kinds() -> String {
    let interfaces = KINDS.iter().map(|(name, parameters, value, said, filtering)| {
        let lines: String = filtering.operators().iter().map(|operator| operator_line(*operator, value)).collect();
        format!("{}export interface {name}{parameters} {{\n{lines}}}\n", comment(said, 0))
    });
    interfaces.collect::<Vec<_>>().join("\n")
}

fn operator_line(operator: Operator, value: &str) -> String {
    let taken = match operator {
        Operator::Exists => "boolean".to_owned(),
        Operator::In | Operator::Nin => format!("{value}[]"),
        Operator::Eq
        | Operator::Ne
        | Operator::Lt
        | Operator::Lte
        | Operator::Gt
        | Operator::Gte
        | Operator::Contains
        | Operator::StartsWith => value.to_owned(),
    };
    format!("{}{}?: {taken};\n", indent(1), operator.as_str())
}

/// The type of conditions on entries of a collection. No component has that name, nor a filter by kind.
pub(super) fn filter_name(collection: &Handle, components: &Map<String, Value>) -> String {
    free_name(collection, "Filter", components)
}

/// The type of a step of a collection's order.
pub(super) fn sort_name(collection: &Handle, components: &Map<String, Value>) -> String {
    free_name(collection, "Sort", components)
}

fn free_name(collection: &Handle, suffix: &str, components: &Map<String, Value>) -> String {
    let name = type_name(collection);
    let plain = format!("{name}{suffix}");
    let is_taken = KINDS.iter().any(|(kind, ..)| *kind == plain) || components.contains_key(&plain);
    if is_taken { format!("{name}_{suffix}") } else { plain }
}

/// Conditions and orders of one collection.
pub(super) fn of_collection(collection: &Collection, registry: &Registry, components: &Map<String, Value>) -> String {
    let handle = &collection.handle;
    let (filter, sort) = (filter_name(handle, components), sort_name(handle, components));
    let blueprints = blueprints_of(collection, registry);
    let members: String = filter_names(collection, &blueprints).iter().map(|name| member(name, registry)).collect();
    let mut steps = Vec::new();
    for by in sort_names(collection, &blueprints) {
        steps.extend([by.as_str().to_owned(), format!("-{}", by.as_str())]);
    }
    let steps = literals(steps.iter().map(String::as_str));
    format!(
        "/** Conditions on entries of {handle}, all of which must hold: `filter[name][operator]=value`. */\n\
         export interface {filter} {{\n  and?: {filter}[];\n  or?: {filter}[];\n{members}}}\n\n\
         /** A step of the order of {handle}; `-` puts the largest first. */\n\
         export type {sort} = {steps};\n"
    )
}

fn blueprints_of<'a>(collection: &'a Collection, registry: &'a Registry) -> Vec<&'a Blueprint> {
    registry.blueprints_of(collection).map(AsRef::as_ref).collect()
}

/// A condition: a value to be equal to, or comparisons; over a reference also conditions on what it points to.
fn member(name: &FilterName, registry: &Registry) -> String {
    let mut conditions = condition(&name.filtering);
    if let Filtering::Reference(named) = &name.filtering {
        let is_target = |one: &&Collection| named.as_ref().is_none_or(|named| named.contains(&one.handle));
        let targets = registry.collections().map(AsRef::as_ref).filter(is_target);
        let behind = names_behind(targets.map(|target| (target, blueprints_of(target, registry))));
        let lines =
            behind.iter().map(|name| format!("{}{}?: {};\n", indent(2), name.by.as_str(), condition(&name.filtering)));
        conditions.push_str(&format!(" | {{\n{}{}}}", lines.collect::<String>(), indent(1)));
    }
    format!("{}{}?: {conditions};\n", indent(1), name.by.as_str())
}

fn condition(filtering: &Filtering) -> String {
    match filtering {
        Filtering::None => "never".to_owned(),
        Filtering::Text => "string | TextFilter".to_owned(),
        Filtering::Integer | Filtering::Number => "number | NumberFilter".to_owned(),
        Filtering::Boolean => "boolean | BooleanFilter".to_owned(),
        Filtering::Date => "string | DateFilter".to_owned(),
        Filtering::Time => "string | TimeFilter".to_owned(),
        Filtering::TimeOfDay => "string | TimeOfDayFilter".to_owned(),
        Filtering::Option(values) => {
            let values = literals(values.iter().map(String::as_str));
            format!("{values} | OptionFilter<{values}>")
        }
        Filtering::Id | Filtering::Reference(_) => "string | IdFilter".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_of_a_collection_take_no_name_of_another_type() {
        let components = json!({"NewsSort": {}});
        let components = components.as_object().unwrap();
        let named = |handle: &str| {
            let handle: Handle = handle.parse().unwrap();
            [filter_name(&handle, components), sort_name(&handle, components)]
        };
        assert_eq!(named("news"), ["NewsFilter", "News_Sort"]);
        assert_eq!(named("text"), ["Text_Filter", "TextSort"]);
    }
}
