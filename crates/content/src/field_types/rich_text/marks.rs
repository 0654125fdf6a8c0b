//! Reads the marks and attributes of a document.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    attributes::{Attribute, OF_LINKS, PASSED_OVER},
    declared::RichTextType,
    normal::for_each_address,
    read::{Purpose, Reader, refuse_others},
    spelling::MarkKind,
};
use crate::{
    faults::FaultCode,
    model::Reading,
    values::{Pointer, is_inner_link},
};

impl Reader<'_> {
    /// The marks of a text in their order, each once.
    pub(super) fn marks(&mut self, marks: Option<&Value>, reading: &mut Reading<'_>) -> Vec<Value> {
        let marks = match marks {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(marks)) => marks,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                reading.wrong_type("array");
                return Vec::new();
            }
        };
        let mut read: Vec<(MarkKind, Value)> = Vec::new();
        for (index, mark) in marks.iter().enumerate() {
            self.nodes += 1;
            if self.nodes > RichTextType::MAX_NODES {
                break;
            }
            let mut reading = reading.item(index);
            let Some((kind, mark)) = self.mark(mark, &mut reading) else { continue };
            if read.iter().any(|(earlier, _)| *earlier == kind) {
                reading.fault(FaultCode::DuplicateItem);
                continue;
            }
            read.push((kind, mark));
        }
        read.sort_by_key(|(kind, _)| *kind);
        read.into_iter().map(|(_, mark)| mark).collect()
    }

    fn mark(&mut self, mark: &Value, reading: &mut Reading<'_>) -> Option<(MarkKind, Value)> {
        let Value::Object(mark) = mark else {
            reading.wrong_type("object");
            return None;
        };
        refuse_others(mark, &["type", "attrs"], reading);
        let name = mark.get("type").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = MarkKind::find(name).filter(|kind| self.field.marks.contains(kind)) else {
            let allowed: Vec<&str> = self.field.marks.iter().map(|mark| mark.name()).collect();
            reading.member("type").fault_with(FaultCode::NotAnOption, "allowed", allowed);
            return None;
        };
        let allowed: &[Attribute] = if kind == MarkKind::Link { OF_LINKS } else { &[] };
        let attributes = self.attributes(mark.get("attrs"), allowed, &mut reading.member("attrs"))?;
        let mut read = json!({"type": kind.name()});
        if !attributes.is_empty() {
            read["attrs"] = Value::Object(attributes);
        }
        Some((kind, read))
    }

    /// The attributes that are kept; `None` where one that is needed is missing or wrong.
    pub(super) fn attributes(
        &self,
        written: Option<&Value>,
        allowed: &[Attribute],
        reading: &mut Reading<'_>,
    ) -> Option<Map<String, Value>> {
        let mut kept = Map::new();
        let none = Map::new();
        let written = match written {
            None | Some(Value::Null) => &none,
            Some(Value::Object(written)) => written,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                reading.wrong_type("object");
                &none
            }
        };
        for (name, value) in written.iter().filter(|(_, value)| !value.is_null()) {
            let mut reading = reading.member(name);
            match allowed.iter().find(|attribute| attribute.is_named(name)) {
                Some(attribute) if self.keeps(*attribute, value, &mut reading) => {
                    kept.insert(attribute.name().to_owned(), value.clone());
                }
                Some(_) => {}
                None if PASSED_OVER.contains(&name.as_str()) => {}
                None => {
                    let names: Vec<&str> = allowed.iter().map(|attribute| attribute.name()).collect();
                    reading.fault_with(FaultCode::UnknownField, "allowed", names);
                }
            }
        }
        let missing = |attribute: &&Attribute| attribute.is_needed() && !kept.contains_key(attribute.name());
        let Some(missing) = allowed.iter().find(missing) else { return Some(kept) };
        if written.get(missing.name()).is_none_or(Value::is_null) {
            reading.member(missing.name()).fault(FaultCode::Required);
        }
        None
    }

    fn keeps(&self, attribute: Attribute, value: &Value, reading: &mut Reading<'_>) -> bool {
        let Err(fault) = attribute.check(value, reading.at()) else { return true };
        let address = value.as_str().filter(|_| matches!(attribute, Attribute::Href | Attribute::Src));
        let stays = match self.purpose {
            Purpose::Check => address.is_some_and(|address| self.is_known(address)),
            // Told as unreadable when it is answered.
            Purpose::Use => address.is_some_and(is_inner_link),
        };
        if !stays {
            reading.tell(fault);
        }
        stays
    }

    fn is_known(&self, address: &str) -> bool {
        self.known_addresses.get_or_init(|| self.base.map(addresses).unwrap_or_default()).contains(address)
    }
}

/// All addresses in a document.
fn addresses(doc: &Value) -> HashSet<&str> {
    let mut found = HashSet::new();
    for_each_address(doc, &Pointer::root(), &mut |address, _| {
        found.insert(address);
    });
    found
}
