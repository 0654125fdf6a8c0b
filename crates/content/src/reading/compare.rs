//! What changed from one revision to another.

use crate::{
    model::{Blueprint, Data, FieldChange, FieldDifference, InnerDifference},
    values::{Pointer, canonical_members},
};

/// The fields whose own values differ: those of the blueprint in its order, then others in the order of their names.
/// Other spellings of the same value are no difference.
pub fn compare(blueprint: &Blueprint, from: &Data, to: &Data) -> Vec<FieldDifference> {
    let [from, to] = &[from, to].map(|data| Data::from_checked(canonical_members(data.as_map())));
    let mut others: Vec<&str> = from.iter().chain(to.iter()).map(|(name, _)| name.as_str()).collect();
    others.retain(|name| blueprint.find_field(name).is_none());
    others.sort_unstable();
    others.dedup();
    let mut differences = Vec::new();
    for field in &blueprint.fields {
        let name = field.handle.as_str();
        let Some(mut difference) = difference(name, from, to) else { continue };
        difference.label = Some(field.label.clone());
        if let (Some(from), Some(to)) = (&difference.from, &difference.to) {
            let at = Pointer::root().key(name);
            field.field_type.kind().compare(from, to, &at, &mut difference.inside);
            difference.inside.truncate(InnerDifference::MAX);
        }
        differences.push(difference);
    }
    differences.extend(others.into_iter().filter_map(|name| difference(name, from, to)));
    differences
}

fn difference(name: &str, from: &Data, to: &Data) -> Option<FieldDifference> {
    let (from, to) = (from.find(name).cloned(), to.find(name).cloned());
    let change = match (&from, &to) {
        (None, None) => return None,
        (None, Some(_)) => FieldChange::Added,
        (Some(_), None) => FieldChange::Removed,
        (Some(before), Some(after)) if before == after => return None,
        (Some(_), Some(_)) => FieldChange::Changed,
    };
    Some(FieldDifference { field: name.to_owned(), label: None, change, from, to, inside: Vec::new() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::{blueprint, data};

    #[test]
    fn differences_come_field_by_field() {
        let blueprint = blueprint(
            "- { handle: b, type: text }\n- { handle: a, type: text }\n- { handle: c, type: text }\n- { handle: d, type: text }",
        );
        let from = data(json!({"zz": 1, "a": "1", "c": "same", "d": null}));
        let to = data(json!({"yy": 2, "a": "2", "b": "new", "c": "same"}));
        let differences = compare(&blueprint, &from, &to);
        let short: Vec<_> =
            differences.iter().map(|d| (d.field.as_str(), d.change.as_str(), d.label.is_some())).collect();
        assert_eq!(
            short,
            [
                ("b", "added", true),
                ("a", "changed", true),
                ("d", "removed", true),
                ("yy", "added", false),
                ("zz", "removed", false)
            ]
        );
        assert_eq!((differences[1].from.clone(), differences[1].to.clone()), (Some(json!("1")), Some(json!("2"))));
        assert_eq!(compare(&blueprint, &from, &from), []);
    }

    #[test]
    fn differences_of_rows_come_by_their_ids() {
        let blueprint = blueprint(
            "- handle: offices
  type: grid
  fields:
    - { handle: city, type: text, label: { ar: أ, en: A } }
    - { handle: hours, type: group, label: { ar: أ, en: A }, fields: [{ handle: opens, type: text, label: { ar: أ, en: A } }] }",
        );
        let row = |id: &str, city: &str| json!({"id": id, "city": city, "hours": {"opens": "8"}});
        let from = data(json!({"offices": [row("a", "1"), row("b", "2"), row("c", "3"), row("d", "4")]}));
        let mut changed = row("a", "1");
        changed["hours"]["opens"] = json!("9");
        changed["city"] = json!(null);
        let to = data(json!({"offices": [row("d", "4"), changed, row("e", "5"), row("b", "2")]}));
        let [offices] = &compare(&blueprint, &from, &to)[..] else { panic!("one field differs") };
        let short: Vec<String> = offices
            .inside
            .iter()
            .map(|d| format!("{} {} {} {}", d.pointer, d.change.as_str(), json!(d.from), json!(d.to)))
            .collect();
        assert_eq!(
            short,
            [
                format!("/offices/2 removed {} null", row("c", "3")),
                "/offices/0 moved 3 0".to_owned(),
                "/offices/1/city changed \"1\" null".to_owned(),
                "/offices/1/hours/opens changed \"8\" \"9\"".to_owned(),
                format!("/offices/2 added null {}", row("e", "5")),
            ]
        );
    }
}
