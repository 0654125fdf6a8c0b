//! Reads blueprints and fieldsets.

mod alone;
mod blueprint;
mod conditions;
mod drafts;
mod examples;
mod fields;
mod fieldsets;
mod inner;

pub(crate) use self::{
    blueprint::load_blueprints,
    drafts::{BlueprintDraft, BlueprintDrafts},
    fields::RESERVED,
    fieldsets::load_fieldsets,
};
