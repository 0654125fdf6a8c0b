//! The values of a file, sorted into what fields take and what they do not.

use diwan_content::{
    Blueprint, Fault, FaultCode, Language, LocaleRole, Pointer,
    yaml::{Node, NodeKind},
};
use serde_json::{Map, Value};

use super::{
    Conversion, FitNote, Fitted, Given,
    aside::{Aside, Objection, Step, cut},
    base, fit,
};
use crate::{
    entry_file::{EntryFile, Written},
    problem::Note,
};

/// Longest value that a note repeats, in characters of JSON.
const QUOTED_CHARS: usize = 60;

/// Values as they are sorted into fields and others.
pub(super) struct Sorted<'a> {
    file: &'a EntryFile,
    pub(super) values: Map<String, Value>,
    /// Parts of values that do not fit, with the field that they are of.
    unfit: Vec<(String, Objection)>,
    pub(super) keys: Map<String, Value>,
    pub(super) set_aside: Map<String, Value>,
    pub(super) losses: Vec<String>,
    pub(super) notes: Vec<Note>,
}

impl<'a> Sorted<'a> {
    pub(super) fn new(file: &'a EntryFile, notes: Vec<Note>) -> Self {
        let (values, keys, set_aside) = (Map::new(), Map::new(), Map::new());
        Self { file, values, unfit: Vec::new(), keys, set_aside, losses: Vec::new(), notes }
    }

    /// Gives each key to its field; the others are kept beside the data.
    pub(super) fn sort(&mut self, blueprint: &Blueprint, conversion: &Conversion<'_>) {
        let file = self.file;
        for ((key, value), written) in file.values.iter().zip(&file.written) {
            let Some(field) = blueprint.find_field(key) else {
                self.keys.insert(key.clone(), value.clone());
                self.notes.push(Note::on_key(key, written.line, "is no field; kept beside the data"));
                continue;
            };
            match fit(&field.field_type, Given { node: &written.node, value }, conversion) {
                Ok(Fitted { value, notes }) => {
                    self.values.insert(key.clone(), value);
                    for FitNote { at, what, is_unfit } in notes {
                        if is_unfit {
                            let at = format!("{}{at}", Pointer::root().key(key));
                            self.unfit.push((key.clone(), Objection { at, why: what, is_loss: true }));
                        } else {
                            self.notes.push(Note::on_key(&format!("{key}{at}"), written.line, what));
                        }
                    }
                }
                Err(why) => self.refuse(key, written.line, &why, true),
            }
        }
    }

    /// Moves aside what fields refuse for a limit (too long, not an option …): the smallest part of a value.
    pub(super) fn check(&mut self, blueprint: &Blueprint, role: &LocaleRole) {
        let mut accepted = Map::new();
        for (name, value) in std::mem::take(&mut self.values) {
            let read = |value: &Value, is_cut: bool| {
                let alone = Map::from_iter([(name.clone(), value.clone())]);
                let mut faults = faults_of_publishing(blueprint, &name, &alone);
                // What the site left out is for its editors to add; what was cut out here leaves no torso.
                faults.retain(|fault| is_cut || fault.code != FaultCode::Required);
                let alone = Value::Object(alone);
                faults.extend(blueprint.read_keeping(&alone, role, &Pointer::root(), Some(&base(&alone))).1);
                faults.iter().map(objection).collect()
            };
            let unfit = self.unfit.extract_if(.., |(key, _)| *key == name).map(|(_, unfit)| unfit).collect();
            match cut(&name, value, unfit, read) {
                Ok((value, parts)) => {
                    accepted.insert(name.clone(), value);
                    for part in parts {
                        self.set_part_aside(&name, part);
                    }
                }
                Err(Objection { at: _, why, is_loss }) => {
                    let line = self.written(&name).map_or(self.file.body_start_line, |written| written.line);
                    self.refuse(&name, line, &why, is_loss);
                }
            }
        }
        self.values = accepted;
    }

    /// Keeps a whole value beside the data; the body is kept in the source.
    fn refuse(&mut self, name: &str, line: usize, why: &str, is_loss: bool) {
        let Some(original) = self.file.values.get(name) else {
            self.notes.push(Note::on_key(name, line, format!("{why}; kept beside the data")));
            self.losses.push(format!("{name}, which takes the body: {why}"));
            return;
        };
        match quoted(original) {
            Some(text) => self.notes.push(Note::on_key(name, line, format!("{why}: {text}; kept beside the data"))),
            None => {
                self.notes.push(Note::on_key(name, line, format!("{why}; kept beside the data")));
                self.losses.extend(is_loss.then(|| format!("{name}: {why}")));
            }
        }
        self.keys.insert(name.to_owned(), original.clone());
    }

    fn set_part_aside(&mut self, name: &str, part: Aside) {
        let Aside { at, steps, value, objection: Objection { at: _, why, is_loss } } = part;
        let line = self.written(name).map_or(self.file.body_start_line, |written| written.line_of(&steps));
        let place = at.as_str().trim_start_matches('/').to_owned();
        let text = quoted(&value);
        if text.is_none() && is_loss {
            self.losses.push(format!("{place}: {why}"));
        }
        let quoted = text.map(|text| format!(": {text}")).unwrap_or_default();
        self.notes.push(Note::on_key(&place, line, format!("{why}{quoted}; kept beside the data")));
        self.set_aside.insert(at.as_str().to_owned(), value);
    }

    fn written(&self, name: &str) -> Option<&'a Written> {
        let place = self.file.values.keys().position(|key| key == name)?;
        self.file.written.get(place)
    }
}

impl Written {
    /// The line of a part of the value, or of what holds it where the value was given another shape.
    fn line_of(&self, steps: &[Step]) -> usize {
        let mut at = &self.node;
        for step in steps {
            let next = match (step, &at.kind) {
                (Step::Index(index), NodeKind::Sequence(items)) => items.get(*index),
                (Step::Key(name), NodeKind::Mapping(pairs)) => {
                    pairs.iter().find(|(key, _)| Node::as_text(key) == Some(name.as_str())).map(|(_, value)| value)
                }
                (Step::Index(_) | Step::Key(_), _) => None,
            };
            let Some(next) = next else { break };
            at = next;
        }
        if steps.is_empty() { self.line } else { at.line + self.lines_before }
    }
}

/// A fault of the blueprint. What the origin holds for all locales is not missed, nor what no field declares.
/// What publishing would refuse in the value of one field: pages of a site are published as they come.
fn faults_of_publishing(blueprint: &Blueprint, name: &str, alone: &Map<String, Value>) -> Vec<Fault> {
    let place = Pointer::root().key(name);
    let inside = format!("{}/", place.as_str());
    let mut faults = blueprint.publish_faults(alone, &Pointer::root());
    faults.retain(|fault| {
        fault.pointer.as_str().starts_with(&inside) || (fault.pointer == place && fault.code != FaultCode::Required)
    });
    faults
}

fn objection(fault: &Fault) -> Objection {
    Objection {
        at: fault.pointer.as_str().to_owned(),
        why: fault.text(Language::En).trim_end_matches('.').to_owned(),
        is_loss: !matches!(fault.code, FaultCode::NotLocalizable | FaultCode::UnknownField),
    }
}

/// A value that is short enough for a note.
fn quoted(value: &Value) -> Option<String> {
    let text = value.to_string();
    (text.chars().count() <= QUOTED_CHARS).then_some(text)
}
