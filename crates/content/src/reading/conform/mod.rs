//! Data that was written under another blueprint, as today's takes it.
//!
//! A value is converted where that loses nothing and can be read in one way only: `"150"` is 150 for a number, a number is
//! its digits for a text, one value is a list of one, a list of one is its value, an empty text is none. Texts of all kinds (`text`, `textarea`,
//! `markdown`) are stored alike and need no conversion. A reference or link to an entry or asset is not converted into a type
//! that shows it as it is written. What fits no more is a misfit: a fault for who publishes it, empty for who reads it, and
//! kept beside the data for who edits it.

mod withheld;

use std::collections::{BTreeMap, BTreeSet};

use diwan_arabic::is_blank;
use serde_json::{Map, Number, Value, json};

use self::withheld::{Withheld, withheld};
use crate::{
    faults::{Fault, FaultCode},
    field_types::{FieldAt, FieldType, fields_at, fields_by_way},
    model::{Blueprint, Data, Field, KeptAside, LocaleRole},
    values::{ContentHash, Pointer, canonical},
};

/// Data as far as today's blueprint takes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conformed {
    /// All values, converted where that is certain; misfits are in it as they were written.
    data: Data,
    misfits: Vec<Misfit>,
    /// Fields of the types that they had when the data were written: what they hold and names nothing was imported so.
    unchanged: BTreeSet<String>,
}

/// A value that today's blueprint does not take.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// Where it is in the data.
    pub pointer: Pointer,
    /// What is wrong with it; points to the same place.
    pub fault: Fault,
    answer: MisfitAnswer,
}

/// What readers are shown of a misfit.
#[derive(Debug, Clone, PartialEq)]
enum MisfitAnswer {
    /// Nothing, as of every field that was removed.
    Undeclared,
    /// The value, which exceeds a limit: answers have no limits.
    Whole,
    /// What of the value can be answered, which is not all.
    Part,
    /// Nothing: that place is emptied.
    Emptied(Pointer),
}

/// Which misfits stay in the data that an editor is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// What exceeds a limit stays: the editor sees it and mends it.
    Stay,
    /// It is taken out too: the data can be saved as they are.
    Bind,
}

/// What data were written under.
#[derive(Debug, Clone, Copy)]
pub struct WrittenUnder<'a> {
    /// Hash of the blueprint.
    pub hash: ContentHash,
    /// The blueprint, where its text is kept.
    pub blueprint: Option<&'a Blueprint>,
}

/// What today's blueprint takes of data. Data of today's blueprint have no misfits.
pub fn conform(data: &Data, written_under: WrittenUnder<'_>, today: &Blueprint, role: &LocaleRole) -> Conformed {
    if written_under.hash == today.hash {
        return Conformed { data: data.clone(), ..Conformed::default() };
    }
    let mut unchanged = BTreeSet::new();
    let find_withheld = |values: &Map<String, Value>| withheld(written_under.blueprint, today, role, values);
    let mut withheld = find_withheld(data.as_map());
    let mut values = data.as_map().clone();
    for field in &today.fields {
        let name = field.handle.as_str();
        let before = written_under.blueprint.and_then(|before| before.find_field(name));
        let keeps = before.is_some_and(|before| have_one_type(before, field));
        if let Some(value) = values.get_mut(name) {
            *value = convert(&field.field_type, value.take(), keeps);
        }
        if keeps {
            unchanged.insert(name.to_owned());
        }
    }
    for Withheld { at, value } in &withheld {
        replace(&mut values, at, value.clone());
    }
    // What an unknown blueprint held may have rows and members only now.
    for found in find_withheld(&values) {
        if !withheld.iter().any(|known| found.at.is_within(&known.at)) {
            withheld.push(found);
        }
    }
    let data = Data::from_checked(values);
    let mut faults = faults_of(&data, &unchanged, today, role);
    let is_withheld = |fault: &Fault| withheld.iter().any(|withheld| fault.pointer.is_within(&withheld.at));
    faults.retain(|fault| !is_withheld(fault));
    faults.extend(withheld.iter().map(|withheld| Fault::new(withheld.at.clone(), FaultCode::WasReference)));
    let place =
        |fault: &Fault| fault.pointer.steps().next().and_then(|name| data.as_map().keys().position(|key| *key == name));
    faults.sort_by_cached_key(place);
    let mut answers = Answers { before: written_under.blueprint, presents_nothing: BTreeMap::new() };
    let misfit = |fault: Fault| {
        let fields = fields_at(&today.fields, data.as_map(), &fault.pointer);
        let answer = answers.answer(&fault, &fields);
        Misfit { pointer: fault.pointer.clone(), fault, answer }
    };
    let misfits = faults.into_iter().map(misfit).collect();
    Conformed { data, misfits, unchanged }
}

/// Finds out what of misfits can be answered.
struct Answers<'a> {
    /// What the data were written under, where it is known.
    before: Option<&'a Blueprint>,
    /// For fields that hold a misfit, by their places: whether nothing of the whole value can be answered.
    presents_nothing: BTreeMap<Pointer, bool>,
}

impl Answers<'_> {
    /// For a fault in these fields, the outermost first.
    fn answer(&mut self, fault: &Fault, fields: &[FieldAt<'_, '_>]) -> MisfitAnswer {
        let here = || MisfitAnswer::Emptied(fault.pointer.clone());
        if fault.code == FaultCode::WasReference {
            return here();
        }
        if fault.code == FaultCode::UnknownField {
            return if self.had_field(fields) { MisfitAnswer::Undeclared } else { here() };
        }
        let Some(FieldAt { field, value, at, .. }) = fields.last() else {
            return if fault.code.is_limit() { MisfitAnswer::Whole } else { here() };
        };
        let kind = field.field_type.kind();
        let nothing = self.presents_nothing.entry(at.clone()).or_insert_with(|| {
            let presented = kind.present(value);
            !kind.is_empty(value) && (presented.is_null() || presented.as_array().is_some_and(Vec::is_empty))
        });
        if *nothing {
            // All of it: a part of it would say something else.
            return MisfitAnswer::Emptied(at.clone());
        }
        if !fault.code.is_limit() {
            return here();
        }
        let count = |value: &Value| value.as_array().map_or(0, Vec::len);
        let is_cut =
            fault.code == FaultCode::TooManyItems && fault.pointer == *at && count(value) > count(&kind.present(value));
        // Of two pairs with one key the first is answered; other equal items say nothing twice.
        let is_second = fault.code == FaultCode::DuplicateItem && matches!(field.field_type, FieldType::KeyValue(_));
        if is_cut || is_second { MisfitAnswer::Part } else { MisfitAnswer::Whole }
    }

    /// Whether what is unknown today was a field of values that the same type held before: it was removed. Elsewhere the
    /// type has changed around it.
    fn had_field(&self, fields: &[FieldAt<'_, '_>]) -> bool {
        let mut before = self.before.map(|before| before.fields.as_slice());
        fields.iter().all(|FieldAt { field, way, .. }| {
            let older = before.and_then(|before| before.iter().find(|older| older.handle == field.handle));
            let older = older.filter(|older| older.field_type.name() == field.field_type.name());
            let held = older.map(|older| older.field_type.inner_fields()).unwrap_or_default();
            before = held.into_iter().find(|(name, _)| Some(name) == way.as_ref()).map(|(_, fields)| fields);
            before.is_some()
        })
    }
}

/// Whether two fields and all that they hold under the same names are of the same types.
fn have_one_type(before: &Field, today: &Field) -> bool {
    let (before_holds, today_holds) = (before.field_type.inner_fields(), today.field_type.inner_fields());
    let same_inside = |(place, fields): &(String, &[Field])| {
        let older = fields_by_way(&before_holds, place);
        fields.iter().all(|field| {
            older.iter().find(|older| older.handle == field.handle).is_none_or(|older| have_one_type(older, field))
        })
    };
    before.field_type.name() == today.field_type.name() && today_holds.iter().all(same_inside)
}

impl Conformed {
    /// All values, those that do not fit among them.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// What does not fit, in order.
    pub fn misfits(&self) -> &[Misfit] {
        &self.misfits
    }

    /// The faults of who publishes these data, below `at`. Fields that are no longer declared are none: nothing shows them.
    pub fn publish_faults(&self, at: &Pointer) -> Vec<Fault> {
        let binding = self.misfits.iter().filter(|misfit| !misfit.is_undeclared());
        binding.map(|misfit| Fault { pointer: misfit.pointer.under(at), ..misfit.fault.clone() }).collect()
    }

    /// The data that readers are shown: what cannot be answered is empty. What only exceeds a limit can be answered.
    pub fn shown(&self) -> Data {
        let mut values = self.data.as_map().clone();
        for misfit in &self.misfits {
            if misfit.fault.code == FaultCode::NotLocalizable {
                // Another locale holds the value: absent, it is inherited.
                remove(&mut values, &misfit.pointer);
            } else if let MisfitAnswer::Emptied(at) = &misfit.answer {
                replace(&mut values, at, Value::Null);
            }
        }
        Data::from_checked(values)
    }

    /// The data that an editor is given or that is saved again, and what was taken out of them.
    pub fn editable(self, today: &Blueprint, role: &LocaleRole, limits: Limits) -> (Data, Vec<KeptAside>) {
        /// Rows within one another, and what a value consists of: far deeper than what holds a fault usually.
        const ROUNDS: usize = 6;
        let binds = |fault: &Fault| limits == Limits::Bind || !fault.code.is_limit();
        let mut aside: Vec<KeptAside> = Vec::new();
        let mut values = self.data.as_map().clone();
        let mut faults: Vec<Fault> =
            self.misfits.into_iter().map(|misfit| misfit.fault).filter(|fault| binds(fault)).collect();
        for round in 0..=ROUNDS {
            if faults.is_empty() {
                break;
            }
            // From the last one on, so that places of items that are still to be taken out stay.
            let mut seen = BTreeSet::new();
            for fault in faults.iter().rev() {
                let pointer = fault.pointer.above(if round == ROUNDS { usize::MAX } else { round });
                if seen.insert(pointer.clone())
                    && let Some(value) = take_out(&mut values, &pointer, today, role)
                {
                    aside.push(KeptAside { pointer, value });
                }
            }
            let data = Data::from_checked(values);
            faults = faults_of(&data, &self.unchanged, today, role).into_iter().filter(|fault| binds(fault)).collect();
            values = data.into_map();
        }
        aside.reverse();
        (Data::from_checked(values), aside)
    }
}

impl Misfit {
    /// The name of the field of the blueprint that it is in.
    pub fn field(&self) -> Option<String> {
        self.pointer.steps().next()
    }

    /// Whether it was the value of a field that was removed.
    pub fn is_undeclared(&self) -> bool {
        self.answer == MisfitAnswer::Undeclared
    }

    /// Whether a reader is shown nothing in its place, or only a part of it.
    pub fn is_unanswerable(&self) -> bool {
        matches!(self.answer, MisfitAnswer::Part | MisfitAnswer::Emptied(_))
    }
}

/// All faults of stored data. What names nothing and was imported is none.
fn faults_of(data: &Data, unchanged: &BTreeSet<String>, today: &Blueprint, role: &LocaleRole) -> Vec<Fault> {
    let sent = Value::Object(data.as_map().clone());
    let kept = data.iter().filter(|(name, _)| unchanged.contains(*name));
    let kept = Data::from_checked(kept.map(|(name, value)| (name.clone(), value.clone())).collect());
    today.read_keeping(&sent, role, &Pointer::root(), Some(&kept)).1
}

/// The value as the type takes it, or as it was. Goes as deep as types hold fields, which is bounded.
fn convert(field_type: &FieldType, value: Value, keeps: bool) -> Value {
    if value.is_null() {
        return value;
    }
    let value = if has_form(field_type, &value, keeps) {
        value
    } else {
        spellings(&value).into_iter().find(|candidate| has_form(field_type, candidate, keeps)).unwrap_or(value)
    };
    field_type.convert_inside(value, &|field: &Field, inner| convert(&field.field_type, inner, keeps))
}

/// Whether nothing but limits stands against the value as a whole; what it holds inside is looked at on its own.
fn has_form(field_type: &FieldType, value: &Value, keeps: bool) -> bool {
    if value.is_null() {
        return true;
    }
    let mut faults = Vec::new();
    let at = Pointer::root();
    let holds_fields = !field_type.inner_fields().is_empty();
    let canonical = canonical(value);
    let read = field_type.read(&canonical, keeps.then_some(&canonical), at.clone(), &mut faults);
    let against = |fault: &Fault| !fault.code.is_limit() && (!holds_fields || fault.pointer == at);
    (read.is_some() || !holds_fields) && !faults.iter().any(against)
}

/// Other spellings of a value, each of which loses nothing.
fn spellings(value: &Value) -> Vec<Value> {
    let mut spellings = Vec::new();
    match value {
        Value::String(text) if is_blank(text) => spellings.push(Value::Null),
        Value::String(text) => spellings.extend(number_of(text)),
        Value::Number(_) => spellings.push(json!(canonical(value).to_string())),
        Value::Array(items) => match items.as_slice() {
            [] => return vec![Value::Null],
            [only] => return vec![only.clone()],
            _ => return Vec::new(),
        },
        Value::Null | Value::Bool(_) | Value::Object(_) => {}
    }
    let lists: Vec<Value> = std::iter::once(value).chain(&spellings).map(|one| json!([one])).collect();
    spellings.extend(lists);
    spellings
}

/// The number that a text is the one spelling of: `150`, not `0150`, `150.0` or `+150`.
fn number_of(text: &str) -> Option<Value> {
    let number: Number = serde_json::from_str(text).ok()?;
    let value = canonical(&Value::Number(number));
    let spelled = value.to_string();
    (spelled == text).then_some(value)
}

fn find_mut<'a>(values: &'a mut Map<String, Value>, steps: &[String]) -> Option<&'a mut Value> {
    let (first, rest) = steps.split_first()?;
    rest.iter().try_fold(values.get_mut(first)?, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Object(members) => members.get_mut(step),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

fn replace(values: &mut Map<String, Value>, pointer: &Pointer, by: Value) {
    let steps: Vec<String> = pointer.steps().collect();
    if let Some(value) = find_mut(values, &steps) {
        *value = by;
    }
}

fn remove(values: &mut Map<String, Value>, pointer: &Pointer) -> Option<Value> {
    let steps: Vec<String> = pointer.steps().collect();
    let (last, around) = steps.split_last()?;
    if around.is_empty() {
        return values.shift_remove(last);
    }
    match find_mut(values, around)? {
        Value::Array(items) => {
            let place = last.parse::<usize>().ok().filter(|place| *place < items.len())?;
            Some(items.remove(place))
        }
        Value::Object(members) => members.shift_remove(last),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Takes a value out. A field that this locale may hold stays empty rather than absent: absent would inherit.
fn take_out(values: &mut Map<String, Value>, pointer: &Pointer, today: &Blueprint, role: &LocaleRole) -> Option<Value> {
    let mut steps = pointer.steps();
    let (first, deeper) = (steps.next()?, steps.next());
    let is_held = |field: &Field| role.is_origin() || field.localizable;
    let value = if deeper.is_none() && today.find_field(&first).is_some_and(is_held) {
        values.get_mut(&first).map(Value::take)
    } else {
        remove(values, pointer)
    };
    value.filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests;
