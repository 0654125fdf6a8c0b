//! Blueprints with their fields, collections, and the registry of both.

mod blueprint;
mod collection;
mod conditions;
mod field;
mod registry;
mod shape;
mod visibility;

pub use self::{
    blueprint::{Blueprint, Group},
    collection::{Access, Collection, CollectionKind, Owner, Review, SearchRole, SearchRules, SortBy, SortKey},
    conditions::{Condition, ConditionOperator, Conditions},
    field::Field,
    registry::Registry,
};
pub(crate) use self::{
    conditions::MAX_CONDITIONS,
    shape::{have_one_shape, shape_of},
    visibility::{fields_in_circles, visible_fields},
};
