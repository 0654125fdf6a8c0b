//! From named revisions to one transaction: plan (what becomes public, where, with what in tow), then apply.
//!
//! The plan is made twice by the same code: on a snapshot, where rendering is allowed, and again inside the transaction on
//! locked rows, where what was rendered is only looked up. Where the second plan needs more than the first one prepared or
//! locked, others were quicker: the verb starts again.

mod apply;
mod paths;
mod plan;
mod render;

pub(crate) use self::{
    apply::apply_plan,
    paths::path_reserved,
    plan::{PlanItem, Planner},
    render::{RenderCache, Rendering, blueprint_of, data_pointer, default_list, keys_of, stored_data, title_of},
};
