//! The parameters of a search, each checked against what the asker may know of; and what a cursor belongs to.

use diwan_content::{CalendarDate, ContentHash, Expected, Fault, FaultCode, Handle, Locale, Pointer};
use diwan_search::{Facet, FieldFilter, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchError, SearchRequest, day_number};

/// Facets that need no field, by the names that filters have.
const OWN_FACETS: [(&str, Facet); 4] = [
    ("collection", Facet::Collection),
    ("department", Facet::Department),
    ("locale", Facet::Locale),
    ("month", Facet::Month),
];
/// Asks for no facet at all.
const NO_FACETS: &str = "none";
/// Most values that one filter names.
const FILTER_MAX_VALUES: usize = 50;

/// Names that must be among those that the asker may know.
pub(super) fn check_names(
    names: &[String],
    allowed: &[Handle],
    parameter: &str,
    faults: &mut Vec<Fault>,
) -> Vec<Handle> {
    let mut found = Vec::new();
    for name in names {
        match allowed.iter().find(|handle| handle.as_str() == name) {
            Some(handle) => found.push(handle.clone()),
            None => {
                let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                let fault = Fault::new(Pointer::root().key(parameter), FaultCode::NotAllowedHere);
                push_once(fault.with("allowed", names), faults);
            }
        }
    }
    found
}

/// A day as a number.
pub(crate) fn check_day(day: Option<String>, parameter: &str, faults: &mut Vec<Fault>) -> Option<u32> {
    let parsed = day?.parse::<CalendarDate>().ok();
    if parsed.is_none() {
        let fault = Fault::new(Pointer::root().key(parameter), FaultCode::InvalidParameter);
        faults.push(fault.expecting(Expected::Date));
    }
    parsed.map(day_number)
}

/// Filters on fields that search counts by; a private field is told like one that does not exist.
pub(super) fn check_fields(
    fields: Vec<(String, Vec<String>)>,
    allowed: &[Handle],
    faults: &mut Vec<Fault>,
) -> Vec<FieldFilter> {
    let mut filters = Vec::new();
    for (name, values) in fields {
        let parameter = format!("filter[{name}]");
        let found = check_names(std::slice::from_ref(&name), allowed, &parameter, faults);
        if values.len() > FILTER_MAX_VALUES {
            let fault = Fault::new(Pointer::root().key(&parameter), FaultCode::InvalidParameter);
            faults.push(fault.expecting(Expected::ValuesUpTo).with("max", FILTER_MAX_VALUES));
        }
        filters.extend(found.into_iter().next().map(|field| FieldFilter { field, values }));
    }
    filters
}

/// What hits are counted by.
pub(super) fn check_facets(names: Option<Vec<String>>, fields: &[Handle], faults: &mut Vec<Fault>) -> Vec<Facet> {
    let own = OWN_FACETS.map(|(name, facet)| (name.to_owned(), facet));
    let fields = fields.iter().map(|field| (field.to_string(), Facet::Field(field.clone())));
    let all: Vec<(String, Facet)> = own.into_iter().chain(fields).collect();
    let Some(names) = names else { return all.into_iter().map(|(_, facet)| facet).collect() };
    if names == [NO_FACETS] {
        return Vec::new();
    }
    let mut facets = Vec::new();
    for name in &names {
        match all.iter().find(|(known, _)| known == name) {
            Some((_, facet)) if facets.contains(facet) => {}
            Some((_, facet)) => facets.push(facet.clone()),
            None => {
                let allowed = [NO_FACETS.to_owned()].into_iter().chain(all.iter().map(|(name, _)| name.clone()));
                let fault = Fault::new(Pointer::root().key("facets"), FaultCode::NotAllowedHere);
                push_once(fault.with("allowed", allowed.collect::<Vec<_>>()), faults);
            }
        }
    }
    facets
}

/// A parameter of a thousand wrong names has one fault.
fn push_once(fault: Fault, faults: &mut Vec<Fault>) {
    if faults.last() != Some(&fault) {
        faults.push(fault);
    }
}

/// What a cursor belongs to: all that decides which hits there are and in which order.
pub(super) fn query_hash(request: &SearchRequest) -> ContentHash {
    let SearchRequest {
        query,
        scope,
        locale,
        collections,
        departments,
        from_day,
        to_day,
        values,
        facet_fields: _,
        facets: _,
        order,
        newer_first: _,
        size: _,
        after: _,
        synonyms: _,
        pinned: _,
        allowed_collections: _,
    } = request;
    let collections: Vec<&str> = collections.iter().map(Handle::as_str).collect();
    let departments: Vec<String> = departments.iter().map(ToString::to_string).collect();
    let values: Vec<String> =
        values.iter().map(|FieldFilter { field, values }| format!("{field}={}", values.join(","))).collect();
    ContentHash::of_parts(&[
        b"search",
        query.as_bytes(),
        locale.as_ref().map(Locale::as_str).unwrap_or_default().as_bytes(),
        collections.join(",").as_bytes(),
        departments.join(",").as_bytes(),
        format!("{from_day:?} {to_day:?} {order:?}").as_bytes(),
        values.join("&").as_bytes(),
        &[u8::from(scope.is_keyed())],
    ])
}

/// What is wrong with the words of a query; `None` for other errors.
pub(super) fn query_fault(error: &SearchError) -> Option<Fault> {
    let fault = Fault::new(Pointer::root().key("q"), FaultCode::InvalidParameter);
    match error {
        SearchError::QueryTooLong => {
            let fault = fault.expecting(Expected::QueryWords).with("max", QUERY_MAX_CHARS);
            Some(fault.with("max_words", QUERY_MAX_WORDS))
        }
        SearchError::NoWords => Some(fault.expecting(Expected::Word)),
        SearchError::TooCostly
        | SearchError::NotReady
        | SearchError::InUse { .. }
        | SearchError::StaleChanges { .. }
        | SearchError::DamagedDocument { .. }
        | SearchError::Folder { .. }
        | SearchError::Engine { .. } => None,
    }
}
