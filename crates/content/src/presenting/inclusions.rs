//! What leads from an entry to others: its reference fields, and the names that reference fields of others give to the way back.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    field_types::{FieldType, ReferenceType},
    model::{Collection, Field, Registry},
    values::Handle,
};

/// A name that leads from entries to others.
#[derive(Debug, Clone)]
pub struct Inclusion {
    /// How.
    pub way: InclusionWay,
    /// Collections of those others, each once.
    pub leads_to: Vec<Arc<Collection>>,
}

/// How a name leads from an entry to others.
#[derive(Debug, Clone)]
pub enum InclusionWay {
    /// To what the field of that name refers to, itself or in the rows that it holds.
    Field,
    /// To those who refer to the entry.
    Reverse(Vec<ReverseSource>),
}

/// Entries of a collection that refer to others by a field.
#[derive(Debug, Clone)]
pub struct ReverseSource {
    /// The collection.
    pub collection: Arc<Collection>,
    /// The field.
    pub field: Handle,
}

impl Registry {
    /// What leads from entries of some collections to those of others, as far as these are `shown`, by name. A field goes
    /// before a way back of the same name. Private fields lead nowhere, in neither direction.
    pub fn inclusions(
        &self,
        from: &[Arc<Collection>],
        shown: impl Fn(&Collection) -> bool,
    ) -> BTreeMap<Handle, Inclusion> {
        let shown: Vec<&Arc<Collection>> = self.collections().filter(|collection| shown(collection)).collect();
        let mut inclusions: BTreeMap<Handle, Inclusion> = BTreeMap::new();
        for blueprint in from.iter().flat_map(|collection| self.blueprints_of(collection)) {
            for field in blueprint.public_fields() {
                for reference in references_in(field) {
                    let inclusion =
                        inclusions.entry(field.handle.clone()).or_insert_with(|| Inclusion::new(InclusionWay::Field));
                    shown.iter().filter(|target| names(reference, target)).for_each(|target| inclusion.lead_to(target));
                }
            }
        }
        for source in &shown {
            for field in self.blueprints_of(source).flat_map(|blueprint| blueprint.public_fields()) {
                let FieldType::Reference(reference) = &field.field_type else { continue };
                let Some(name) = &reference.reverse else { continue };
                if from.iter().any(|target| names(reference, target)) {
                    let inclusion = inclusions.entry(name.clone());
                    inclusion
                        .or_insert_with(|| Inclusion::new(InclusionWay::Reverse(Vec::new())))
                        .lead_back(source, &field.handle);
                }
            }
        }
        inclusions
    }
}

impl Inclusion {
    fn new(way: InclusionWay) -> Self {
        Self { way, leads_to: Vec::new() }
    }

    fn lead_to(&mut self, collection: &Arc<Collection>) {
        if self.leads_to.iter().all(|known| known.handle != collection.handle) {
            self.leads_to.push(collection.clone());
        }
    }

    fn lead_back(&mut self, collection: &Arc<Collection>, field: &Handle) {
        if let InclusionWay::Reverse(sources) = &mut self.way {
            if sources.iter().all(|known| known.collection.handle != collection.handle || known.field != *field) {
                sources.push(ReverseSource { collection: collection.clone(), field: field.clone() });
            }
            self.lead_to(collection);
        }
    }
}

impl Field {
    /// Whether it names assets, itself or in the rows that it holds.
    pub fn holds_assets(&self) -> bool {
        if matches!(self.field_type, FieldType::Asset(_)) {
            return true;
        }
        let inner = self.field_type.inner_fields();
        inner.iter().any(|(_, fields)| fields.iter().any(|field| !field.private && field.holds_assets()))
    }
}

/// The references that a field names, itself or in the rows that it holds; how deep those go, the loader bounds.
fn references_in(field: &Field) -> Vec<&ReferenceType> {
    if let FieldType::Reference(reference) = &field.field_type {
        return vec![reference];
    }
    let inner = field.field_type.inner_fields().into_iter().flat_map(|(_, fields)| fields);
    inner.filter(|field| !field.private).flat_map(references_in).collect()
}

/// Whether a reference may name entries of a collection.
fn names(reference: &ReferenceType, collection: &Collection) -> bool {
    reference.collections.as_ref().is_none_or(|named| named.contains(&collection.handle))
}
