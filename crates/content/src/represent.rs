//! What is public, as today's blueprint answers it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    blueprint::Blueprint,
    conform::{Conformed, Misfit},
    deliver::{Unresolved, UnresolvedReason},
    field::Field,
    field_types::fields::present_some,
    pointer::Pointer,
    resolve::resolve,
    shape::have_one_shape,
};

/// What is public of a localization, as it was presented under another blueprint.
#[derive(Debug)]
pub struct Outdated<'a> {
    today: &'a Blueprint,
    presented: Map<String, Value>,
    /// Public fields whose values may be answered otherwise today.
    again: BTreeSet<&'a str>,
}

/// Presented values and what of them could not be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Represented {
    /// Presented values of today's public fields, in their order.
    pub presented: Map<String, Value>,
    /// Places that are empty because what stands there does not fit today's blueprint.
    pub unresolved: Vec<Unresolved>,
}

impl<'a> Outdated<'a> {
    /// Compares the blueprint that the values were presented under, if it is known, with today's.
    pub fn new(today: &'a Blueprint, before: Option<&Blueprint>, presented: Map<String, Value>) -> Self {
        let again = today
            .public_fields()
            .filter(|field| presented.contains_key(field.handle.as_str()))
            .filter(|field| {
                let old = before.and_then(|before| before.find_field(field.handle.as_str()));
                old.is_none_or(|old| !have_one_shape(old, field))
            })
            .map(|field| field.handle.as_str())
            .collect();
        Self { today, presented, again }
    }

    /// Whether the revisions are needed: some values must be presented again from what was written.
    pub fn needs_data(&self) -> bool {
        !self.again.is_empty()
    }

    /// The values as they are, where none has to be presented again. A field that was not public then is empty.
    pub fn as_it_is(self) -> Represented {
        let none = Conformed::default();
        self.with_data(&none, None)
    }

    /// The values of which some are presented again from the public revisions. Nothing is shown that was private when they
    /// became public.
    pub fn with_data(mut self, own: &Conformed, origin: Option<&Conformed>) -> Represented {
        let inherited = origin.map(Conformed::shown);
        let mut resolved = resolve(self.today, &own.shown(), inherited.as_ref());
        for field in self.today.public_fields().filter(|field| self.again.contains(field.handle.as_str())) {
            let name = field.handle.as_str();
            if let (Some(value), Some(shown)) = (resolved.get_mut(name), self.presented.get(name)) {
                hide_undisclosed(field, value, shown);
            }
        }
        let mut fresh =
            present_some(&self.today.fields, &resolved, &|field| self.again.contains(field.handle.as_str()));
        let mut presented = Map::new();
        for field in self.today.public_fields() {
            let name = field.handle.as_str();
            let kept = self.presented.remove(name);
            let value = fresh.remove(name).or(kept).unwrap_or_else(|| field.presented_empty());
            presented.insert(name.to_owned(), value);
        }
        let unresolved = self.unresolved(own, origin);
        Represented { presented, unresolved }
    }

    fn unresolved(&self, own: &Conformed, origin: Option<&Conformed>) -> Vec<Unresolved> {
        let mut unresolved = Vec::new();
        for field in self.today.public_fields().filter(|field| self.again.contains(field.handle.as_str())) {
            let source = match origin {
                Some(origin) if !field.localizable || own.data().find(field.handle.as_str()).is_none() => origin,
                Some(_) | None => own,
            };
            let mut hidden = BTreeSet::new();
            inner_names(field, true, &mut hidden);
            for misfit in source.misfits().iter().filter(|misfit| misfit.is_unanswerable()) {
                let mut steps = misfit.pointer.steps();
                if steps.next().as_deref() == Some(field.handle.as_str())
                    && !steps.any(|step| hidden.contains(step.as_str()))
                {
                    unresolved.push(place_of(misfit));
                }
            }
        }
        unresolved
    }
}

fn place_of(misfit: &Misfit) -> Unresolved {
    let pointer = misfit.pointer.under(&Pointer::root().key("data"));
    Unresolved { pointer, reason: UnresolvedReason::DoesNotFit }
}

/// Takes out of a stored value what stands in fields inside it that were not public when `shown` was presented.
fn hide_undisclosed(field: &Field, value: &mut Value, shown: &Value) {
    let mut names = BTreeSet::new();
    inner_names(field, false, &mut names);
    if names.is_empty() {
        return;
    }
    let mut known = BTreeSet::new();
    member_names(shown, &mut known);
    names.retain(|name| !known.contains(name));
    if !names.is_empty() {
        drop_members(value, &names);
    }
}

/// The names of the private or public fields inside a field, at any depth.
fn inner_names<'a>(field: &'a Field, private: bool, names: &mut BTreeSet<&'a str>) {
    for (_, fields) in field.field_type.kind().inner_fields() {
        for field in fields {
            if field.private == private {
                names.insert(field.handle.as_str());
            }
            inner_names(field, private, names);
        }
    }
}

fn member_names<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| member_names(item, names)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            names.insert(name);
            member_names(member, names);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn drop_members(value: &mut Value, names: &BTreeSet<&str>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| drop_members(item, names)),
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(name.as_str()));
            members.values_mut().for_each(|member| drop_members(member, names));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
