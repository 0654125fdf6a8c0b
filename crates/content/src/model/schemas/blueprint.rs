//! A blueprint: the fields of one kind of entry.

use serde_json::Value;

use super::field::Field;
use crate::values::{ContentHash, Handle, Label};

/// The fields of one kind of entry, in the order of the form.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// Machine name.
    pub handle: Handle,
    /// What editors call it.
    pub label: Label,
    /// Groups of the form, in order.
    pub groups: Vec<Group>,
    /// Fields with fieldsets put in, in order. Handles are unique.
    pub fields: Vec<Field>,
    /// Curated examples of `data`, checked by the tests.
    pub examples: Vec<Value>,
    /// Hash of the blueprint's meaning (its normalised form, not its comments); stored with each revision.
    pub hash: ContentHash,
    /// Hash of what decides how values are answered: types, options, what is private; not labels, not limits.
    pub shape: ContentHash,
}

/// A group of fields in the form.
#[derive(Debug, Clone)]
pub struct Group {
    /// Machine name.
    pub handle: Handle,
    /// What editors call it.
    pub label: Label,
}

impl Blueprint {
    /// The field of that name, if there is one.
    pub fn find_field(&self, handle: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.handle == handle)
    }

    /// Fields that public answers hold, in order.
    pub fn public_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.private)
    }
}
