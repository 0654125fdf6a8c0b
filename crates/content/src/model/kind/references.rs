//! What values point to.

use crate::{
    faults::{Fault, FaultCode},
    values::{AssetId, AssetKind, EntryId, Handle, Pointer},
};

/// A pointer from a value to an entry or an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place.
    pub pointer: Pointer,
    /// The field of the blueprint that holds it.
    pub field: Handle,
    /// What it names.
    pub target: ReferenceTarget,
    /// Collections that the target must be of, where the field says so.
    pub collections: Option<Vec<Handle>>,
    /// Kinds of assets that the target must be of, where the field says so.
    pub accept: Option<Vec<AssetKind>>,
    /// How it points.
    pub kind: ReferenceKind,
}

/// How a value points to an entry or an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// By the id in a reference or asset field: what `included` expands.
    Field,
    /// By a link.
    Link,
    /// By a link or picture inside a text; the pointer names the text.
    Text,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceTarget {
    /// An entry.
    Entry(EntryId),
    /// An asset.
    Asset(AssetId),
}

/// References found in the values of one field.
pub(crate) struct Found<'a> {
    /// The field of the blueprint, also for what stands deeper.
    pub(crate) field: &'a Handle,
    /// What was found.
    pub(crate) references: &'a mut Vec<Reference>,
}

impl Reference {
    /// Whether its field takes entries of this collection today.
    pub fn takes_entries_of(&self, collection: &str) -> bool {
        takes_collection(self.collections.as_deref(), collection)
    }

    /// Whether its field takes assets of this kind today.
    pub fn takes_assets_of(&self, kind: Option<AssetKind>) -> bool {
        takes_kind(self.accept.as_deref(), kind)
    }

    /// The fault where its field does not take entries of this collection.
    pub fn collection_fault(&self, collection: &str) -> Option<Fault> {
        let taken: Vec<&str> = self.collections.iter().flatten().map(Handle::as_str).collect();
        let fault = || Fault::new(self.pointer.clone(), FaultCode::WrongCollection).with("allowed", taken);
        (!self.takes_entries_of(collection)).then(fault)
    }

    /// The fault where its field does not take assets of this kind.
    pub fn asset_kind_fault(&self, kind: Option<AssetKind>) -> Option<Fault> {
        let taken: Vec<&str> = self.accept.iter().flatten().map(|kind| kind.as_str()).collect();
        let fault = || Fault::new(self.pointer.clone(), FaultCode::WrongAssetKind).with("allowed", taken);
        (!self.takes_assets_of(kind)).then(fault)
    }

    /// The fault where its target is not there.
    pub fn unknown_fault(&self) -> Fault {
        let (ReferenceTarget::Entry(EntryId(id)) | ReferenceTarget::Asset(AssetId(id))) = self.target;
        Fault::new(self.pointer.clone(), FaultCode::UnknownTarget).with("id", id.to_string())
    }
}

/// Whether a collection is one of those that are named; all are where none is.
pub(crate) fn takes_collection(named: Option<&[Handle]>, collection: &str) -> bool {
    named.is_none_or(|named| named.iter().any(|handle| handle.as_str() == collection))
}

/// Whether a kind is one of those that are named; all are where none is.
pub(crate) fn takes_kind(named: Option<&[AssetKind]>, kind: Option<AssetKind>) -> bool {
    named.is_none_or(|named| kind.is_some_and(|kind| named.contains(&kind)))
}
