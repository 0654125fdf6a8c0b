//! What an installation consists of: schemas, content, events, and what every field type must be able to do.

mod content;
mod event;
mod kind;
mod schemas;
mod tags;

pub use self::{
    content::{DamagedContent, Data, Foreign, KeptAside, LocaleRole, RevisionContent, Status},
    event::{Event, EventKind, EventSubject},
    kind::{
        Comparable, FieldChange, FieldDifference, Filtering, InnerChange, InnerDifference, LiveAsset, LiveEntry,
        Lookup, Operator, Reference, ReferenceKind, ReferenceTarget, Unresolved, UnresolvedReason,
    },
    schemas::{
        Access, Blueprint, Collection, CollectionKind, Condition, ConditionOperator, Conditions, Field, Group, Owner,
        Registry, Review, SearchRole, SearchRules, SortBy, SortKey,
    },
    tags::{Tag, TagSecret},
};
pub(crate) use self::{
    kind::{Delivery, FieldKind, Found, Reading, UNREADABLE, constraints, schema, takes_collection, takes_kind},
    schemas::{MAX_CONDITIONS, fields_in_circles, have_one_shape, shape_of, visible_fields},
};
