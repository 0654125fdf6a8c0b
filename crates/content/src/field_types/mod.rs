//! The kinds of values that fields hold: one file each, with its tests.

mod asset;
mod boolean;
mod date;
mod datetime;
mod field_type;
mod integer;
mod items;
mod kind;
mod link;
mod list;
mod markdown;
mod number;
mod reference;
mod select;
mod text;
mod text_rules;
mod textarea;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use self::kind::{FieldKind, Found, Reading, UNREADABLE};
pub use self::{
    asset::AssetType,
    boolean::BooleanType,
    date::DateType,
    datetime::DatetimeType,
    field_type::FieldType,
    integer::IntegerType,
    items::Items,
    link::LinkType,
    list::ListType,
    markdown::MarkdownType,
    number::NumberType,
    reference::ReferenceType,
    select::{SelectOption, SelectType},
    text::TextType,
    text_rules::{Pattern, TextRules},
    textarea::TextareaType,
};
