//! Characters that no new text may hold, kept as they came.

use diwan_content::{Blueprint, FaultCode, LocaleRole, Pointer};
use serde_json::{Map, Value};

use crate::{entry_file::EntryFile, problem::Note};

/// Notes each text that holds a character which an editor could not save (see [`diwan_content::find_refused`]).
pub(super) fn note_kept_characters(
    values: &Map<String, Value>,
    file: &EntryFile,
    blueprint: &Blueprint,
    role: &LocaleRole,
    notes: &mut Vec<Note>,
) {
    let (_, faults) = blueprint.read(&Value::Object(values.clone()), role, &Pointer::root());
    for fault in faults.iter().filter(|fault| fault.code == FaultCode::ForbiddenCharacter) {
        let key = fault.pointer.as_str().split('/').nth(1).unwrap_or_default();
        let place = file.values.keys().position(|known| known == key).and_then(|place| file.written.get(place));
        let line = place.map_or(file.body_start_line, |written| written.line);
        let character = fault.params.get("character").and_then(Value::as_str).unwrap_or_default();
        notes.push(Note::on_key(
            key,
            line,
            format!("the character {character} in {} is kept as it came", fault.pointer),
        ));
    }
}
