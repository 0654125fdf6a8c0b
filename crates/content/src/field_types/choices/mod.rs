//! Options, colours, tags and lists of short texts.

mod color;
mod list;
mod select;
mod tags;

pub use self::{color::ColorType, list::ListType, select::SelectType, tags::TagsType};
