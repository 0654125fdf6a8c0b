//! Small values with their rules, such as handles, dates and paths. They know no blueprint.

mod asset_kind;
mod characters;
mod closed_set;
mod identity;
mod json;
mod keys;
mod languages;
mod links;
mod paths;
mod times;

pub use self::{
    asset_kind::AssetKind,
    characters::find_refused,
    closed_set::variants,
    identity::{
        AssetId, ContentHash, DepartmentId, EntryId, Handle, IdSource, KeyId, NotAHandle, NotAHash, NotAnId, PersonId,
        RevisionNumber, Sequence, Version,
    },
    json::{Pointer, is_same_value, other_spellings},
    keys::{EQUALITY_PREFIX_MAX_BYTES, KEY_VERSION, KeyPart, encode_key, encode_prefix, equality_key, option_key},
    languages::{Direction, Label, Language, Locale, NotALocale},
    paths::{
        FoldedPath, NotAPath, NotAPattern, NotARank, NotASlug, PathParts, PathPattern, PublicPath, Rank, Slug,
        SlugStyle,
    },
    times::{
        CalendarDate, Clock, NotADate, NotATimeOfDay, NotATimeZone, NotATimestamp, TimeOfDay, TimeZone, Timestamp,
    },
};
pub(crate) use self::{
    characters::{is_forbidden, is_label},
    json::{EXACT_BELOW, MAX_EXACT, Step, Way, canonical, canonical_members, is_deeper},
    keys::encode_beginning,
    links::{LinkTarget, is_inner_link, is_relative, is_url},
};
