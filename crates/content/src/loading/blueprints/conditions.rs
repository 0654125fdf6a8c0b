//! Checks conditions against the fields that they compare.

use super::drafts::FieldDraft;
use crate::{
    model::{Condition, Field, fields_in_circles},
    values::Handle,
    yaml::Problems,
};

/// Checks the conditions of fields that stand beside one another. `declared` are the names of all of them; `None` where
/// some name could not be read, so that a missing one is no mistake for sure.
pub(crate) fn check_conditions(drafts: &[FieldDraft], declared: Option<&[Handle]>, problems: &Problems) {
    for draft in drafts {
        for (key, condition) in draft.field.conditions.iter() {
            let Some(what) = what_is_wrong(draft, condition, drafts, declared) else { continue };
            let line = if key == "if" { draft.if_line } else { draft.unless_line };
            let place = format!("{}.{key}.{}", draft.place, condition.field);
            problems.add(line, place, what);
        }
    }
    let fields: Vec<&Field> = drafts.iter().map(|draft| &draft.field).collect();
    let circle = fields_in_circles(&fields);
    for draft in drafts.iter().filter(|draft| circle.contains(&draft.field.handle)) {
        if draft.field.conditions.iter().any(|(_, condition)| condition.field == draft.field.handle) {
            continue;
        }
        let names: Vec<&str> = circle.iter().map(Handle::as_str).collect();
        let line = draft.if_line.max(draft.unless_line);
        problems.add(
            line,
            draft.place.clone(),
            format!("is shown by fields that hang on it in a circle: {}", names.join(", ")),
        );
    }
}

fn what_is_wrong(
    draft: &FieldDraft,
    condition: &Condition,
    drafts: &[FieldDraft],
    declared: Option<&[Handle]>,
) -> Option<String> {
    if condition.field == draft.field.handle {
        return Some("compares the field with itself".to_owned());
    }
    let beside = drafts.iter().find(|draft| draft.field.handle == condition.field);
    match (beside, declared) {
        (Some(beside), _) => condition.check(&beside.field).err(),
        (None, Some(declared)) if !declared.contains(&condition.field) => {
            let names: Vec<&str> = declared.iter().map(Handle::as_str).collect();
            Some(format!("there is no field {} beside it; there are: {}", condition.field, names.join(", ")))
        }
        (None, Some(_) | None) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, told};

    const AROUND: &str = "  - { handle: kind, type: select, label: { ar: أ, en: A }, max_items: 1, options: [{ value: a, label: { ar: أ, en: A } }] }
  - { handle: seats, type: integer, label: { ar: أ, en: A } }
  - { handle: tags, type: list, label: { ar: أ, en: A } }
  - { handle: note, type: textarea, label: { ar: أ, en: A } }
";

    fn told_of(conditions: &str) -> Vec<String> {
        let field = format!("  - handle: place\n    type: text\n    label: {{ ar: أ, en: A }}\n    {conditions}\n");
        let lines = told(&[("blueprints/news.yaml", &blueprint("news", &format!("{AROUND}{field}")))]);
        lines.iter().map(|line| line.replace("blueprints/news.yaml:", "").replace("fields.place.", "")).collect()
    }

    #[test]
    fn comparisons_that_make_sense_are_taken() {
        for good in [
            "if: { kind: a }",
            "unless: { kind: { in: [a] }, seats: { gte: 5, lt: 10 } }",
            "if: { tags: { contains: أ }, note: { exists: true } }",
            "if: { note: { contains: أ }, title: { ne: أ } }",
        ] {
            assert_eq!(told_of(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let cases = [
            ("if: [kind]", "12: if: must be a mapping of keys to values"),
            ("if: {}", "12: if: must compare 1 to 20 fields"),
            (
                "if: { kin: a }",
                "12: if.kin: there is no field kin beside it; there are: title, kind, seats, tags, note, place",
            ),
            ("if: { Kind: a }", "12: if: \"Kind\" is no handle of a field"),
            ("if: { kind: [a] }", "12: if.kind: must be a value or a mapping such as { in: [a, b] }"),
            ("if: { kind: ~ }", "12: if.kind: must be a value or a mapping such as { in: [a, b] }"),
            ("if: { kind: {} }", "12: if.kind: must compare with something"),
            (
                "if: { kind: { is: a } }",
                "12: if.kind.is: is no comparison; allowed: eq, ne, in, nin, exists, gt, gte, lt, lte, contains",
            ),
            ("if: { kind: b }", "12: if.kind: The value is not one of the options. Options: a."),
            ("if: { seats: many }", "12: if.seats: The value must be a whole number, such as 2026."),
            (
                "if: { kind: { gt: a } }",
                "12: if.kind: kind is neither a number nor a time; only those are above or below",
            ),
            (
                "if: { tags: أ }",
                "12: if.tags: tags is a list, which has no one short value; compare it by exists or contains",
            ),
            ("if: { kind: { in: a } }", "12: if.kind: must be a list of values"),
            ("if: { seats: { contains: 1 } }", "12: if.seats: seats holds neither a list nor plain text"),
            ("if: { note: { exists: 1 } }", "12: if.note: must be true or false"),
            ("unless: { place: a }", "12: unless.place: compares the field with itself"),
        ];
        for (conditions, expected) in cases {
            assert_eq!(told_of(conditions), [expected], "{conditions}");
        }
    }

    #[test]
    fn fields_do_not_hang_on_one_another_in_a_circle() {
        let fields = "  - { handle: a, type: text, label: { ar: أ, en: A }, if: { b: x } }
  - { handle: b, type: text, label: { ar: أ, en: A },
      unless: { a: x } }
  - { handle: c, type: text, label: { ar: أ, en: A }, if: { title: x } }
";
        assert_eq!(
            told(&[("blueprints/news.yaml", &blueprint("news", fields))]),
            [
                "blueprints/news.yaml:5: fields.a: is shown by fields that hang on it in a circle: a, b",
                "blueprints/news.yaml:7: fields.b: is shown by fields that hang on it in a circle: a, b",
            ]
        );
    }
}
