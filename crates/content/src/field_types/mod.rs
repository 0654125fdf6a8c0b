//! The kinds of values that fields hold: one file each, with its tests.
//!
//! The crate's README says how to add one. A type that contains fields does its work through `containers/fields.rs`, rows
//! through `containers/rows.rs`.

mod addresses;
mod choices;
mod containers;
mod field_type;
mod holding;
mod numbers;
mod objects;
mod references;
mod rich_text;
mod rules;
mod texts;
mod times;

#[cfg(test)]
mod properties;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use self::containers::{
    FieldAt, MAX_KINDS, answer_object, collect_presented, collect_stored, describe_field, fields_at, input_object,
    present_fields, present_some, publish_faults,
};
pub use self::{
    addresses::{ContactType, UrlType},
    choices::{ColorType, ListType, SelectType, TagsType},
    field_type::FieldType,
    holding::{BlockKind, BlockKinds, BlocksType, GridType, GroupType},
    numbers::{BooleanType, IntegerType, NumberType},
    objects::{GeoPointType, JsonType, KeyValueType, TableType},
    references::{AssetType, LinkType, NavigationType, ReferenceType},
    rich_text::RichTextType,
    rules::{Items, Lines, Pattern, Range, SelectOption, TextRules},
    texts::{CodeType, MarkdownType, TextType},
    times::{DateRangeType, DateType, DatetimeType, TimeType},
};
pub(crate) use self::{holding::fields_by_way, texts::refers_in_markdown};
