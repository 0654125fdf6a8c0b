//! What is kept beside the data of a revision and never delivered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::values::Pointer;

/// Members that this program adds to what an import keeps beside the data.
const KEPT_ASIDE: &str = "kept_aside";
const WRITTEN: &str = "written";

/// A value that was taken out of the data and is kept beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAside {
    /// Where it was in the data.
    pub pointer: Pointer,
    /// What it was.
    pub value: Value,
}

/// What is kept beside the data of a revision: keys of imported files that no field declares, values that today's blueprint
/// does not take, and how values were written that are stored in another spelling. A JSON object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foreign(Map<String, Value>);

impl Foreign {
    /// From the text of a stored revision; what cannot be read is nothing.
    pub fn from_stored(text: Option<&str>) -> Self {
        match text.map(serde_json::from_str) {
            Some(Ok(Value::Object(members))) => Self(members),
            Some(_) | None => Self::default(),
        }
    }

    /// The text that is stored; `None` where there is nothing.
    pub fn to_stored(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| Value::Object(self.0.clone()).to_string())
    }

    /// The part of a stored text that a revision's hash is of: not how values were written.
    pub(crate) fn hashed(text: &str) -> String {
        if !text.contains(WRITTEN) {
            return text.to_owned();
        }
        let mut foreign = Self::from_stored(Some(text));
        match foreign.0.shift_remove(WRITTEN) {
            Some(_) => foreign.to_stored().unwrap_or_default(),
            None => text.to_owned(),
        }
    }

    /// Keeps values beside the data; of two with one place the newer.
    pub fn keep_aside(&mut self, kept: &[KeptAside]) {
        for KeptAside { pointer, value } in kept {
            self.put(KEPT_ASIDE, pointer, value);
        }
    }

    /// The values that are kept beside the data, in the order of their places.
    pub fn kept_aside(&self) -> Vec<KeptAside> {
        let kept: BTreeMap<&String, &Value> =
            self.0.get(KEPT_ASIDE).and_then(Value::as_object).into_iter().flatten().collect();
        let of = |(pointer, value): (&String, &Value)| KeptAside {
            pointer: Pointer::from_stored(pointer.clone()),
            value: value.clone(),
        };
        kept.into_iter().map(of).collect()
    }

    /// Keeps how the values of this revision were written; those of an older one are dropped.
    pub fn set_written(&mut self, spellings: &[(Pointer, Value)]) {
        self.0.shift_remove(WRITTEN);
        for (pointer, value) in spellings {
            self.put(WRITTEN, pointer, value);
        }
    }

    fn put(&mut self, member: &str, pointer: &Pointer, value: &Value) {
        let held = self.0.entry(member.to_owned()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(held) = held {
            held.insert(pointer.to_string(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_import_kept_stays_and_spellings_are_no_part_of_the_hash() {
        let imported = r#"{"keys":{"written":1},"source":{}}"#;
        let mut foreign = Foreign::from_stored(Some(imported));
        assert_eq!((foreign.to_stored().as_deref(), Foreign::hashed(imported).as_str()), (Some(imported), imported));
        let place = Pointer::root().key("a").index(1);
        foreign.set_written(&[(place.clone(), json!(1.0))]);
        assert_eq!(Foreign::hashed(&foreign.to_stored().unwrap()), imported);
        let kept = KeptAside { pointer: place, value: json!("x") };
        foreign.keep_aside(std::slice::from_ref(&kept));
        foreign.set_written(&[]);
        let read = Foreign::from_stored(foreign.to_stored().as_deref());
        assert_eq!((read.kept_aside(), read), (vec![kept], foreign));
        assert_eq!(Foreign::default().to_stored(), None);
    }
}
