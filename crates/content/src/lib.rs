#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for"))]

mod describing;
mod faults;
mod field_types;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod lists;
mod loading;
mod markup;
mod model;
mod presenting;
mod reading;
pub mod rights;
mod values;
pub mod yaml;

pub use diwan_arabic::{FOLD_VERSION, fold_text, is_blank};

pub use self::{
    describing::{blueprint_format, collection_format, fieldset_format, to_openapi30, type_name, typescript},
    faults::{Expected, Fault, FaultCode, Sentences, fill_message},
    field_types::{
        AssetType, BlockKind, BlockKinds, BlocksType, BooleanType, CodeType, ColorType, ContactType, DateRangeType,
        DateType, DatetimeType, FieldType, GeoPointType, GridType, GroupType, IntegerType, Items, JsonType,
        KeyValueType, Lines, LinkType, ListType, MarkdownType, NavigationType, NumberType, Pattern, Range,
        ReferenceType, RichTextType, SelectOption, SelectType, TableType, TagsType, TextRules, TextType, TimeType,
        UrlType,
    },
    lists::{
        Bounds, CURSOR_MAX_CHARS, CursorSecret, Filter, FilterBy, FilterName, Hop, KeyList, KeyPlan, ListPart,
        NamesBehind, PartKind, Plan, Span, Subject, Term, Test, Vocabulary, effective_order, filter_names, key_lists,
        list_keys, names_behind, needed_index, open_cursor, order_name, parse_filter, plan, seal_cursor, sort_names,
    },
    loading::SchemaFile,
    markup::markdown_to_html,
    model::{
        Access, Blueprint, Collection, CollectionKind, Comparable, Condition, ConditionOperator, Conditions,
        DamagedContent, Data, Event, EventKind, EventSubject, Field, FieldChange, FieldDifference, Filtering, Foreign,
        Group, InnerChange, InnerDifference, KeptAside, LiveAsset, LiveEntry, LocaleRole, Lookup, Operator, Owner,
        Reference, ReferenceKind, ReferenceTarget, Registry, Review, RevisionContent, SearchRole, SearchRules, SortBy,
        SortKey, Status, Tag, TagSecret, Unresolved, UnresolvedReason,
    },
    presenting::{
        Delivered, Inclusion, InclusionWay, Outdated, Represented, ReverseSource, SearchText, deliver,
        disclosed_fields, facet_values, present, presented_references, resolve, search_texts,
    },
    reading::{Conformed, Limits, Misfit, WrittenUnder, compare, conform},
    rights::{Actor, Permit, Scope},
    values::{
        AssetId, AssetKind, CalendarDate, Clock, ContentHash, DepartmentId, Direction, EQUALITY_PREFIX_MAX_BYTES,
        EntryId, FoldedPath, Handle, IdSource, KEY_VERSION, KeyId, KeyPart, Label, Language, Locale, NotADate,
        NotAHandle, NotAHash, NotALocale, NotAPath, NotAPattern, NotARank, NotASlug, NotATimeOfDay, NotATimeZone,
        NotATimestamp, NotAnId, PathParts, PathPattern, PersonId, Pointer, PublicPath, Rank, RevisionNumber, Sequence,
        Slug, SlugStyle, TimeOfDay, TimeZone, Timestamp, Version, encode_key, encode_prefix, equality_key,
        find_refused, is_same_value, option_key, other_spellings, variants,
    },
    yaml::SchemaProblem,
};
