//! What several types share: limits of texts, numbers and lists, options, and objects of fixed members.

mod items;
mod members;
mod options;
mod range;
mod text_rules;

pub use self::{
    items::Items,
    options::SelectOption,
    range::Range,
    text_rules::{Lines, Pattern, TextRules},
};
pub(crate) use self::{
    members::{answered_object, has_no_members, or_null, read_members, written_object},
    options::{describe_options, parse_options, values_of},
    text_rules::present_text,
};
