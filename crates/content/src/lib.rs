#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for"))]

mod asset_kind;
mod blueprint;
mod blueprint_text;
mod calendar_date;
mod canonical;
mod collection;
mod compare;
mod condition;
mod conform;
mod cursor;
mod data;
mod deliver;
mod describe;
mod disclosure;
mod event;
mod fault;
mod field;
mod field_types;
mod foreign;
mod format_schema;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod handle;
mod hash;
mod ids;
mod inclusions;
mod json_schema;
mod keys;
mod language;
mod link_target;
mod loading;
mod locale;
mod markup;
mod message;
mod path;
mod path_pattern;
mod pointer;
mod present;
mod query;
mod rank;
mod read;
mod references;
mod registry;
mod represent;
mod resolve;
pub mod rights;
mod search_text;
mod shape;
mod slug;
mod status;
mod tags;
mod time_zone;
mod timestamp;
mod typescript;
mod web_address;
pub mod yaml;

pub use diwan_arabic::{FOLD_VERSION, fold_text, forget_exceptions, is_blank};

pub use self::{
    asset_kind::AssetKind,
    blueprint::{Blueprint, Group},
    calendar_date::{CalendarDate, NotADate},
    canonical::{is_same_value, other_spellings},
    collection::{Access, Collection, CollectionKind, Owner, Review, SearchRole, SearchRules, SortBy, SortKey},
    compare::{FieldChange, FieldDifference, InnerChange, InnerDifference, compare},
    condition::{Condition, ConditionOperator, Conditions},
    conform::{Conformed, KeptAside, Limits, Misfit, WrittenUnder, conform},
    cursor::{CURSOR_MAX_CHARS, CursorSecret, open_cursor, seal_cursor},
    data::{DamagedContent, Data, RevisionContent},
    deliver::{Delivered, LiveAsset, LiveEntry, Lookup, Unresolved, UnresolvedReason, deliver},
    disclosure::disclosed_fields,
    event::{Event, EventKind, EventSubject},
    fault::{Fault, FaultCode},
    field::Field,
    field_types::{
        AssetType, BlockKind, BlockKinds, BlocksType, BooleanType, CodeType, ColorType, DateRangeType, DateType,
        DatetimeType, EmailType, FieldType, GeoPointType, GridType, GroupType, IntegerType, Items, JsonType,
        KeyValueType, Lines, LinkType, ListType, MarkdownType, NavigationType, NotATimeOfDay, NumberType, Pattern,
        PhoneType, Range, ReferenceType, RichTextType, SelectOption, SelectType, TableType, TagsType, TextRules,
        TextType, TextareaType, TimeOfDay, TimeType, UrlType, find_refused,
    },
    foreign::Foreign,
    format_schema::{blueprint_format, collection_format, fieldset_format},
    handle::{Handle, NotAHandle},
    hash::{ContentHash, NotAHash},
    ids::{AssetId, DepartmentId, EntryId, IdSource, KeyId, NotAnId, PersonId, RevisionNumber, Sequence, Version},
    inclusions::{Inclusion, InclusionWay, ReverseSource},
    json_schema::to_openapi30,
    keys::{EQUALITY_PREFIX_MAX_BYTES, KEY_VERSION, KeyPart, encode_key, encode_prefix, equality_key, option_key},
    language::{Label, Language},
    loading::{SchemaFile, SchemaProblem},
    locale::{Direction, Locale, NotALocale},
    markup::markdown_to_html,
    message::{Expected, Sentences, fill_message},
    path::{FoldedPath, NotAPath, PublicPath},
    path_pattern::{NotAPattern, PathParts, PathPattern},
    pointer::Pointer,
    present::present,
    query::{
        Bounds, Comparable, Filter, FilterBy, FilterName, Filtering, Hop, KeyList, KeyPlan, ListPart, NamesBehind,
        Operator, PartKind, Plan, Span, Subject, Term, Test, Vocabulary, effective_order, filter_names, key_lists,
        list_keys, names_behind, needed_index, order_name, parse_filter, plan, sort_names,
    },
    rank::{NotARank, Rank},
    read::LocaleRole,
    references::{Reference, ReferenceKind, ReferenceTarget, presented_references},
    registry::Registry,
    represent::{Outdated, Represented},
    resolve::resolve,
    rights::{Actor, Permit, Scope},
    search_text::{SearchText, facet_values, search_texts},
    slug::{NotASlug, Slug, SlugStyle},
    status::Status,
    tags::{Tag, TagSecret},
    time_zone::{NotATimeZone, TimeZone},
    timestamp::{Clock, NotATimestamp, Timestamp},
    typescript::{type_name, typescript},
};
