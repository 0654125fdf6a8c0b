//! From the values of a localization to what is published, and to what is answered and searched at the time of a read.

mod disclosure;
mod inclusions;
mod present;
mod represent;
mod search_text;

pub use self::{
    disclosure::disclosed_fields,
    inclusions::{Inclusion, InclusionWay, ReverseSource},
    present::{Delivered, deliver, present, presented_references, resolve},
    represent::{Outdated, Represented},
    search_text::{SearchText, facet_values, search_texts},
};
