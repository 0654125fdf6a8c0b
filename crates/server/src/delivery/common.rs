//! What routes of the delivery API share.

use diwan_content::{Registry, rights::PublicScope};

use crate::http::{
    call::Call,
    query::{Parameter, ParameterKind},
};

/// Longest cursor in characters.
const MAX_CURSOR_CHARS: usize = 4_096;

/// Locale of the answer.
pub(crate) const LOCALE: Parameter =
    Parameter::optional("locale", ParameterKind::Locale, "locale of the answer; absent: the collection's origin");
/// Size of a page.
pub(crate) const PAGE_SIZE: Parameter =
    Parameter::optional("page[size]", ParameterKind::Number(1, 100), "at most so many; 20 when absent");
/// Place of a page.
pub(crate) const PAGE_AFTER: Parameter = Parameter::optional(
    "page[after]",
    ParameterKind::Text(MAX_CURSOR_CHARS),
    "cursor from `page.next` of the answer before",
);

/// What the caller may be shown.
pub(crate) fn scope(call: &Call) -> PublicScope {
    call.actor.public_scope()
}

/// How long caches may keep answers about a collection.
pub(crate) fn max_age(registry: &Registry, collection: &str) -> u32 {
    registry.find_collection(collection).map_or(0, |collection| collection.max_age_seconds)
}

/// How long caches may keep answers about all collections.
pub(crate) fn least_max_age(registry: &Registry) -> u32 {
    registry.collections().map(|collection| collection.max_age_seconds).min().unwrap_or(0)
}
