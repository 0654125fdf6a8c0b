//! The kinds of values that fields hold: one file each, with its tests.
//!
//! How one adds a field type, say `mood`:
//! 1. `mood.rs`: a type `MoodType` with its constraints, `parse` that reads them from a blueprint, and its [`FieldKind`],
//!    whose methods say what each is for; most have a default. Its tests stand below, a table of values each.
//! 2. `field_type.rs`: one row of `field_types!`, such as `Mood(MoodType) = "mood";`.
//! 3. What the compiler then asks for: here `mod`, here and in `lib.rs` `pub use`; an arm in `testing/values.rs` that makes
//!    valid values for the property tests, and one where files of another system are read (`convert.rs` of `statamic`).
//! 4. What the tests then ask for: its keys in `format_schema.rs`, a run with `DIWAN_UPDATE_FORMAT=1` that writes them to
//!    `schemas/format/`, and its row in `schemas/README.md`. Where a field of the type cannot stand without some key: that key
//!    in `testing::needed_keys`.
//!
//! Then reading, presenting, answering, searching, comparing, JSON Schemas, OpenAPI, TypeScript and the description for form
//! builders know it. A type that holds fields of its own does its work through `fields.rs`, rows through `rows.rs`.

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
