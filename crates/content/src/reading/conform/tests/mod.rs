mod any_change;
mod disclosed;
mod types;
mod values;
mod withheld;

use serde_json::json;

use super::*;
use crate::{
    field_types::testing::{blueprint, data, short_faults},
    presenting::{Outdated, present},
};

fn unknown<'a>() -> WrittenUnder<'a> {
    WrittenUnder { hash: ContentHash::from_bytes([1; 32]), blueprint: None }
}

fn under(blueprint: &Blueprint) -> WrittenUnder<'_> {
    WrittenUnder { hash: blueprint.hash, blueprint: Some(blueprint) }
}

fn conformed(today: &Blueprint, values: Value) -> Conformed {
    conform(&data(values), unknown(), today, &LocaleRole::Origin)
}

fn short_misfits(conformed: &Conformed) -> Vec<String> {
    short_faults(&conformed.misfits().iter().map(|misfit| misfit.fault.clone()).collect::<Vec<_>>())
}

const GROUP: &str = "type: group\nfields: [{ handle: latitude, type: number, label: { ar: أ, en: A } }]";
const GRID: &str = "type: grid\nfields: [{ handle: a, type: text, label: { ar: أ, en: A } }]";

/// One field before and today.
fn changed_type(before: &str, today: &str) -> (Blueprint, Blueprint) {
    let of = |keys: &str| {
        let keys: String = keys.lines().map(|line| format!("  {line}\n")).collect();
        blueprint(&format!("- handle: f\n{keys}"))
    };
    (of(before), of(today))
}

/// What stands against publishing a value of a type that is another one today, and what readers are shown of it with the
/// places that are listed.
fn after_change(before: &str, today: &str, value: Value) -> (Vec<String>, Value, Vec<String>) {
    let (before, today) = changed_type(before, today);
    let values = data(json!({ "f": value }));
    let conformed = conform(&values, under(&before), &today, &LocaleRole::Origin);
    let faults = short_faults(&conformed.publish_faults(&Pointer::root()));
    let presented = present(&before, values.as_map());
    let mut shown = Outdated::new(&today, Some(&before), presented).with_data(&conformed, None);
    let listed = shown.unresolved.iter().map(|place| place.pointer.to_string()).collect();
    (faults, shown.presented["f"].take(), listed)
}
