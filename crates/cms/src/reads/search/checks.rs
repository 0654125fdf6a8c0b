//! What a search asks for: its parameters, checked against what the asker may know of; all mistakes at once.

use diwan_content::{
    CalendarDate, ContentHash, DepartmentId, Expected, Fault, FaultCode, Handle, Locale, Pointer, rights::PublicScope,
};
use diwan_search::{
    Facet, FieldFilter, Order, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchError, SearchPosition, SearchRequest,
    check_query, day_number,
};

use super::{
    super::{list::check_size, view::check_locale},
    log::ClientToken,
};
use crate::{cms::Cms, error::CmsError};

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

/// A search as asked for.
#[derive(Debug, Clone, Default)]
pub struct SearchInput {
    /// The words, as typed.
    pub query: String,
    /// Hits of this locale alone.
    pub locale: Option<Locale>,
    /// Hits of these collections alone.
    pub collections: Vec<String>,
    /// Hits of these departments and those below them alone.
    pub departments: Vec<DepartmentId>,
    /// Hits of this day and later ones alone, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Hits of this day and earlier ones alone.
    pub to: Option<String>,
    /// Hits alone that have one of the values in the field; several fields must all fit.
    pub fields: Vec<(String, Vec<String>)>,
    /// How hits are counted: `collection`, `department`, `locale`, `month` and fields that collections declare for it, or
    /// `none` alone; absent: by all of them.
    pub facets: Option<Vec<String>>,
    /// What stands first.
    pub order: Order,
    /// Size of a page, 1 to 100; 20 when absent.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// Who asks, as a number that is kept nowhere.
    pub client: ClientToken,
}

/// A search whose parameters were checked; see [`Cms::check_search`].
pub struct CheckedSearch {
    pub(super) scope: PublicScope,
    pub(super) client: ClientToken,
    pub(super) locale: Option<Locale>,
    pub(super) request: SearchRequest,
    pub(super) query: ContentHash,
    pub(super) size: u32,
}

impl Cms {
    /// Checks the parameters of a search. The index is not asked.
    ///
    /// # Errors
    /// All parameters that cannot be read, a query without words or with too many; the database fails.
    pub async fn check_search(&self, scope: PublicScope, input: SearchInput) -> Result<CheckedSearch, CmsError> {
        let SearchInput {
            query: words,
            locale,
            collections,
            departments,
            from,
            to,
            fields,
            facets,
            order,
            size,
            after,
            client,
        } = input;
        let mut faults = Vec::new();
        faults.extend(check_query(&words).err().as_ref().and_then(query_fault));
        let shown: Vec<_> =
            self.registry().collections().filter(|found| found.search.enabled && scope.allows(found)).collect();
        let allowed: Vec<Handle> = shown.iter().map(|found| found.handle.clone()).collect();
        let mut facet_fields: Vec<Handle> = shown.iter().flat_map(|found| found.search.facets.clone()).collect();
        facet_fields.sort();
        facet_fields.dedup();
        let wanted = check_names(&collections, &allowed, "collection", &mut faults);
        check_locale("locale", locale.as_ref(), &self.locales(scope), &mut faults);
        let (from_day, to_day) = (check_day(from, "from", &mut faults), check_day(to, "to", &mut faults));
        let values = check_fields(fields, &facet_fields, &mut faults);
        let facets = check_facets(facets, &facet_fields, &mut faults);
        let size = check_size(size, &mut faults);
        let departments = self.with_those_below(departments).await?;
        let said = self.search_words();
        // Pins say what answers best, which other orders do not ask.
        let pinned = match order {
            Order::Relevance => said.pinned(&words, locale.as_ref(), &self.locales(scope)),
            Order::NewestFirst | Order::OldestFirst => Vec::new(),
        };
        let mut request = SearchRequest {
            synonyms: said.synonyms.clone(),
            pinned,
            query: words,
            scope,
            locale,
            collections: wanted,
            departments,
            from_day,
            to_day,
            values,
            facet_fields,
            facets,
            order,
            newer_first: shown.iter().filter(|c| c.search.newer_first).map(|found| found.handle.clone()).collect(),
            size: size as usize,
            after: None,
            allowed_collections: allowed,
        };
        let query = query_hash(&request);
        let after = self.check_cursor(&query, after, &mut faults);
        request.after = after.and_then(|bytes| SearchPosition::from_bytes(&bytes));
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let locale = request.locale.clone();
        Ok(CheckedSearch { scope, client, locale, request, query, size })
    }
}

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
fn check_fields(fields: Vec<(String, Vec<String>)>, allowed: &[Handle], faults: &mut Vec<Fault>) -> Vec<FieldFilter> {
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
fn check_facets(names: Option<Vec<String>>, fields: &[Handle], faults: &mut Vec<Fault>) -> Vec<Facet> {
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
fn query_hash(request: &SearchRequest) -> ContentHash {
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
fn query_fault(error: &SearchError) -> Option<Fault> {
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
