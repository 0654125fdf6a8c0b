//! What is public, as today's blueprint answers it.
//!
//! A change of a blueprint publishes nothing. Values are presented again only in places that showed something when they were
//! published: what was private or hidden then stays empty until it is published again.

mod disclosure;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use self::disclosure::Disclosure;
use crate::{
    faults::FaultCode,
    field_types::{fields_at, present_some},
    model::{Blueprint, Unresolved, UnresolvedReason, have_one_shape},
    presenting::resolve,
    reading::{Conformed, Misfit},
    values::Pointer,
};

/// What is public of a localization, as it was presented under another blueprint.
#[derive(Debug)]
pub struct Outdated<'a> {
    today: &'a Blueprint,
    before: Option<&'a Blueprint>,
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
    pub fn new(today: &'a Blueprint, before: Option<&'a Blueprint>, presented: Map<String, Value>) -> Self {
        let again = today
            .public_fields()
            .filter(|field| presented.contains_key(field.handle.as_str()))
            .filter(|field| {
                let old = before.and_then(|before| before.find_field(field.handle.as_str()));
                old.is_none_or(|old| !have_one_shape(old, field))
            })
            .map(|field| field.handle.as_str())
            .collect();
        Self { today, before, presented, again }
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

    /// The values of which some are presented again from the public revisions, as far as they were shown.
    pub fn with_data(mut self, own: &Conformed, origin: Option<&Conformed>) -> Represented {
        let inherited = origin.map(Conformed::shown);
        let mut resolved = resolve(self.today, &own.shown(), inherited.as_ref());
        let mut disclosure = Disclosure::default();
        for field in self.today.public_fields().filter(|field| self.again.contains(field.handle.as_str())) {
            let name = field.handle.as_str();
            let before = self.before.and_then(|before| before.find_field(name));
            if let Some(value) = resolved.get_mut(name) {
                disclosure.close(field, before, self.presented.get(name), value, &Pointer::root().key(name));
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
        let unresolved = self.unresolved(own, origin, &disclosure);
        Represented { presented, unresolved }
    }

    /// What is empty of what was shown. Places that showed nothing are not listed: that would say that there is something.
    fn unresolved(&self, own: &Conformed, origin: Option<&Conformed>, disclosure: &Disclosure) -> Vec<Unresolved> {
        let mut unresolved: Vec<Unresolved> = Vec::new();
        for field in self.today.public_fields().filter(|field| self.again.contains(field.handle.as_str())) {
            let source = match origin {
                Some(origin) if !field.localizable || own.data().find(field.handle.as_str()).is_none() => origin,
                Some(_) | None => own,
            };
            let at = Pointer::root().key(field.handle.as_str());
            let is_private = |place: &Pointer| {
                let fields = fields_at(std::slice::from_ref(field), source.data().as_map(), place);
                fields.iter().any(|found| found.field.private)
            };
            let is_listed = |misfit: &&Misfit| {
                let place = &misfit.pointer;
                misfit.is_unanswerable() && place.is_within(&at) && !disclosure.is_closed(place) && !is_private(place)
            };
            let misfits = source.misfits().iter().filter(is_listed).map(place_of);
            for pointer in disclosure.lost_within(&at).chain(misfits) {
                let pointer = pointer.under(&Pointer::root().key("data"));
                let place = Unresolved { pointer, reason: UnresolvedReason::DoesNotFit };
                if !unresolved.contains(&place) {
                    unresolved.push(place);
                }
            }
        }
        unresolved
    }
}

/// Where it is in answers. A member that no answer has is listed as what it is a member of.
fn place_of(misfit: &Misfit) -> Pointer {
    misfit.pointer.above(usize::from(misfit.fault.code == FaultCode::UnknownField))
}
