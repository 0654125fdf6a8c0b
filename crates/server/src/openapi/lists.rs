//! What the lists of one collection can be asked for, so that generated clients know the names.

use diwan_content::{
    Blueprint, Collection, FilterName, Filtering, Operator, Registry, filter_names, names_behind, sort_names,
};
use serde_json::{Map, Value, json};

use super::{collections::reference, shown::Shown};
use crate::delivery::{FILTER, SORT};

/// Puts the fields and operators of a collection into the parameters `filter` and `sort` of its list.
pub(super) fn describe_list(parameters: &mut [Value], shown: Shown<'_>, collection: &Collection) {
    let blueprints = blueprints_of(shown.registry, collection);
    for parameter in parameters {
        match parameter["name"].as_str() {
            Some(name) if name == FILTER.name() => {
                parameter["schema"] = filter_schema(shown, &filter_names(collection, &blueprints));
                parameter["schema"]["example"] = json!({});
            }
            Some(name) if name == SORT.name() => {
                let names: Vec<String> =
                    sort_names(collection, &blueprints).iter().map(|by| by.as_str().to_owned()).collect();
                let step = format!("-?({})", names.join("|"));
                parameter["schema"] = json!({ "type": "string", "pattern": format!("^{step}(,{step}){{0,3}}$") });
            }
            Some(_) | None => {}
        }
    }
}

fn blueprints_of<'a>(registry: &'a Registry, collection: &'a Collection) -> Vec<&'a Blueprint> {
    registry.blueprints_of(collection).map(|blueprint| &**blueprint).collect()
}

/// The components that filters refer to, by name: what can be asked of each kind of values.
pub(super) fn condition_components() -> impl Iterator<Item = (String, Value)> {
    let kinds = [
        Filtering::Text,
        Filtering::Integer,
        Filtering::Number,
        Filtering::Boolean,
        Filtering::Date,
        Filtering::Time,
        Filtering::TimeOfDay,
        Filtering::Id,
    ];
    kinds.into_iter().filter_map(|kind| Some((component(&kind)?.to_owned(), closed(operator_schemas(&kind)))))
}

fn filter_schema(shown: Shown<'_>, names: &[FilterName]) -> Value {
    let mut properties = Map::new();
    for name in names {
        properties.insert(name.by.as_str().to_owned(), conditions(shown, &name.filtering));
    }
    for (group, help) in [("and", "all of these hold, by their place"), ("or", "one of these holds, by its place")] {
        let members =
            json!({ "type": "object", "description": "conditions that hold together", "additionalProperties": true });
        let schema = json!({ "type": "object", "description": help, "additionalProperties": members });
        properties.insert(group.to_owned(), schema);
    }
    closed(properties)
}

/// What can be asked of a field, and, of a reference, of the fields behind it.
fn conditions(shown: Shown<'_>, filtering: &Filtering) -> Value {
    if let Some(name) = component(filtering) {
        return reference(name);
    }
    let mut operators = operator_schemas(filtering);
    if let Filtering::Reference(declared) = filtering {
        let targets = shown
            .collections()
            .filter(|target| declared.as_ref().is_none_or(|declared| declared.contains(&target.handle)))
            .map(|target| (&**target, blueprints_of(shown.registry, target)));
        for behind in names_behind(targets) {
            // A name of an operator is the operator.
            if Operator::find(behind.by.as_str()).is_none() {
                let schema = match component(&behind.filtering) {
                    Some(name) => reference(name),
                    None => closed(operator_schemas(&behind.filtering)),
                };
                operators.insert(behind.by.as_str().to_owned(), schema);
            }
        }
    }
    closed(operators)
}

/// The component of a kind of values, where all fields of the kind can be asked the same.
fn component(filtering: &Filtering) -> Option<&'static str> {
    match filtering {
        Filtering::Text => Some("TextConditions"),
        Filtering::Integer => Some("IntegerConditions"),
        Filtering::Number => Some("NumberConditions"),
        Filtering::Boolean => Some("BooleanConditions"),
        Filtering::Date => Some("DateConditions"),
        Filtering::Time => Some("TimeConditions"),
        Filtering::TimeOfDay => Some("TimeOfDayConditions"),
        Filtering::Id => Some("IdConditions"),
        Filtering::None | Filtering::Option(_) | Filtering::Reference(_) => None,
    }
}

fn closed(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn operator_schemas(filtering: &Filtering) -> Map<String, Value> {
    let schema = |operator: Operator| {
        if operator == Operator::Exists {
            json!({ "type": "boolean" })
        } else if operator.takes_many() {
            json!({ "type": "string", "description": "values separated by commas" })
        } else {
            value_schema(filtering)
        }
    };
    filtering.operators().iter().map(|operator| (operator.as_str().to_owned(), schema(*operator))).collect()
}

fn value_schema(filtering: &Filtering) -> Value {
    match filtering {
        Filtering::None => json!({}),
        Filtering::Text => json!({ "type": "string", "minLength": 1, "maxLength": 500 }),
        Filtering::Integer => json!({ "type": "integer", "format": "int64" }),
        Filtering::Number => json!({ "type": "number" }),
        Filtering::Boolean => json!({ "type": "boolean" }),
        Filtering::Date => json!({ "type": "string", "format": "date" }),
        Filtering::Time => json!({ "type": "string", "format": "date-time" }),
        Filtering::TimeOfDay => json!({ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$" }),
        Filtering::Option(values) => json!({ "type": "string", "enum": values }),
        Filtering::Id | Filtering::Reference(_) => json!({ "type": "string", "format": "uuid" }),
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::Actor;

    use super::*;
    use crate::schemas::embedded_registry;

    #[test]
    fn a_list_names_what_it_can_be_filtered_and_sorted_by_and_nothing_private() {
        let registry = embedded_registry().unwrap();
        let news = registry.find_collection("news").unwrap();
        let mut parameters = [json!({ "name": "filter" }), json!({ "name": "sort" }), json!({ "name": "locale" })];
        let scope = Actor::anonymous().public_scope();
        describe_list(&mut parameters, Shown { registry: &registry, scope }, news);
        let filter = &parameters[0]["schema"];
        let components: Map<String, Value> = condition_components().collect();
        assert_eq!(filter["properties"]["date"], reference("DateConditions"));
        assert_eq!(components["DateConditions"]["properties"]["gte"], json!({ "type": "string", "format": "date" }));
        assert_eq!(components["TextConditions"]["properties"]["contains"]["maxLength"], 500);
        assert_eq!(filter["properties"]["kind"]["properties"]["eq"]["type"], "string");
        assert!(filter["properties"]["editor_notes"].is_null());
        assert_eq!(filter["additionalProperties"], false);
        let sort = parameters[1]["schema"]["pattern"].as_str().unwrap();
        assert!(sort.contains("published_at") && sort.contains("title") && !sort.contains("editor_notes"), "{sort}");
        assert_eq!(parameters[2], json!({ "name": "locale" }));
    }
}
