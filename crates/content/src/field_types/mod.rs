//! The kinds of values that fields hold: one file each, with its tests.
//!
//! The crate's README says how to add one. A type that contains fields of its own does its work through `fields.rs`, rows through
//! `rows.rs`.

mod asset;
pub(crate) mod block_kinds;
mod blocks;
mod boolean;
mod code;
mod color;
mod date;
mod date_range;
mod datetime;
mod email;
mod field_type;
pub(crate) mod fields;
mod geo_point;
mod grid;
mod group;
pub(crate) mod held;
mod hijri;
mod ids;
mod integer;
mod items;
mod json;
mod key_value;
mod kind;
mod link;
mod list;
mod markdown;
mod members;
mod navigation;
mod number;
mod options;
mod phone;
mod range;
mod reference;
mod rich_text;
pub(crate) mod rows;
mod select;
mod table;
mod tags;
mod text;
pub(crate) mod text_rules;
mod textarea;
mod time;
mod url;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use self::block_kinds::MAX_KINDS;
pub(crate) use self::email::is_label;
pub(crate) use self::kind::{FieldKind, Found, Reading, UNREADABLE};
pub(crate) use self::text_rules::is_forbidden;
pub use self::{
    asset::AssetType,
    block_kinds::{BlockKind, BlockKinds},
    blocks::BlocksType,
    boolean::BooleanType,
    code::CodeType,
    color::ColorType,
    date::DateType,
    date_range::DateRangeType,
    datetime::DatetimeType,
    email::EmailType,
    field_type::FieldType,
    geo_point::GeoPointType,
    grid::GridType,
    group::GroupType,
    integer::IntegerType,
    items::Items,
    json::JsonType,
    key_value::KeyValueType,
    link::LinkType,
    list::ListType,
    markdown::MarkdownType,
    navigation::NavigationType,
    number::NumberType,
    options::SelectOption,
    phone::PhoneType,
    range::Range,
    reference::ReferenceType,
    rich_text::RichTextType,
    select::SelectType,
    table::TableType,
    tags::TagsType,
    text::TextType,
    text_rules::{Lines, Pattern, TextRules, find_refused},
    textarea::TextareaType,
    time::{NotATimeOfDay, TimeOfDay, TimeType},
    url::UrlType,
};
