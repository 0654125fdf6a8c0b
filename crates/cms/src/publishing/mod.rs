//! The plan of a publish: what becomes public (`plan.rs`), with which revisions of assets (`pins.rs`), where, and which pages
//! move with it (`paths.rs`).
//!
//! The plan is made twice by the same code: on a snapshot, where rendering is allowed, and again inside the transaction on
//! locked rows, where what was rendered is only looked up. Where the second plan needs more than the first one prepared or
//! locked, others were quicker: the verb starts again.

mod paths;
mod pins;
mod plan;

pub(crate) use self::{
    paths::{Asker, path_reserved, path_taken, wanted_paths},
    plan::{Change, Content, Plan, PlanItem, Planner, RenderCache, Rendering, title_of},
};
