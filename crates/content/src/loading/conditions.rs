//! Checks conditions against the fields that they compare.

use super::{fields::FieldDraft, problems::Problems};
use crate::{
    condition::{Condition, fields_in_circles},
    field::Field,
    handle::Handle,
};

/// Checks the conditions of fields that stand beside one another. `declared` are the names of all of them; `None` where
/// some name could not be read, so that a missing one is no mistake for sure.
pub(super) fn check_conditions(drafts: &[FieldDraft], declared: Option<&[Handle]>, problems: &Problems) {
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
