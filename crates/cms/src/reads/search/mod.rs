//! Search over what is public, across all departments.

use std::collections::BTreeSet;

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Expected, Fault, FaultCode, Handle, Label, Locale, Pointer,
    PublicPath, Timestamp, rights::PublicScope, seal_cursor,
};
use diwan_search::{
    Facet, Facets, FieldFilter, Highlights, Month, Order, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchAnswer, SearchError,
    SearchIndex, SearchPosition, SearchRequest, check_query,
};
use diwan_store::Queries;

use self::{
    checks::{check_facets, check_fields, check_names},
    log::ClientToken,
};
use super::{lanes::Lane, list::check_size, locales::check_locale};
use crate::{cms::Cms, error::CmsError};

mod checks;
pub(crate) mod log;
mod still_public;
mod suggest;
pub(crate) mod words;

pub(crate) use self::checks::check_day;
pub use self::suggest::{SuggestInput, SuggestedTitle};

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
    /// At most so many, 1 to 100; 20 when absent.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// Who asks, as a number that is kept nowhere.
    pub client: ClientToken,
}

/// A page of hits.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// Hits, best first.
    pub hits: Vec<SearchHit>,
    /// How many there are on all pages, as far as the index knows; what this page turned out to have lost is taken off.
    pub total: u64,
    /// Hits by collection.
    pub collections: Vec<CollectionCount>,
    /// Hits by department.
    pub departments: Vec<DepartmentCount>,
    /// Hits by locale.
    pub locales: Vec<(Locale, u64)>,
    /// Hits by month, the latest first.
    pub months: Vec<(Month, u64)>,
    /// Hits by values of the fields that collections declare for it.
    pub fields: Vec<(Handle, Vec<(String, u64)>)>,
    /// The first hit lacks a word as typed; this is what comes near.
    pub relaxed: bool,
    /// The query without slips, where words of it are in no text but words like them are.
    pub did_you_mean: Option<String>,
    /// Where nothing was found in the locale that was asked for: hits in the others.
    pub other_locales: Vec<(Locale, u64)>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
}

/// One hit.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// The locale that was found.
    pub locale: Locale,
    /// Where it lives now.
    pub path: Option<PublicPath>,
    /// What names it.
    pub title: String,
    /// Where the words stand.
    pub highlights: Highlights,
    /// When its revision became public.
    pub published_at: Timestamp,
    /// It stands first because the ministry wants it so.
    pub pinned: bool,
    /// It lacks a word of the query.
    pub fewer_words: bool,
    /// Documents that it refers to and in which words stand that its own texts lack.
    pub attachments: Vec<FoundAttachment>,
}

/// A document in which words of the query were found.
#[derive(Debug, Clone)]
pub struct FoundAttachment {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Where its bytes are.
    pub url: String,
    /// Where the words stand.
    pub fragments: Vec<String>,
}

/// Hits in a collection.
#[derive(Debug, Clone)]
pub struct CollectionCount {
    /// The collection.
    pub handle: Handle,
    /// What people call it.
    pub label: Label,
    /// How many.
    pub count: u64,
}

/// Hits in a department.
#[derive(Debug, Clone)]
pub struct DepartmentCount {
    /// The department.
    pub id: DepartmentId,
    /// Its public name, if it has one.
    pub title: Option<String>,
    /// How many.
    pub count: u64,
}

/// A search whose parameters were checked; see [`Cms::check_search`].
pub struct CheckedSearch {
    scope: PublicScope,
    client: ClientToken,
    locale: Option<Locale>,
    request: SearchRequest,
    query: ContentHash,
    size: u32,
}

impl Cms {
    /// A page of hits. No SQL but one batched check that each hit is still public (and the names of departments).
    ///
    /// # Errors
    /// Parameters that cannot be read, a query without words or with too many; the index fails.
    pub async fn search(&self, scope: PublicScope, input: SearchInput) -> Result<SearchPage, CmsError> {
        self.search_checked(self.check_search(scope, input).await?).await
    }

    /// The same for parameters that were checked.
    ///
    /// # Errors
    /// The index or the database fails.
    pub async fn search_checked(&self, search: CheckedSearch) -> Result<SearchPage, CmsError> {
        let CheckedSearch { scope, client, locale, request, query, size } = search;
        let first_page = request.after.is_none();
        let words = request.query.clone();
        let (answer, other_locales) = self
            .ask_index(&self.parts().search_lane, client, move |index| {
                let answer = index.search(&request)?;
                let others = if answer.total == 0 { other_locales(index, request)? } else { Vec::new() };
                Ok((answer, others))
            })
            .await?;
        let SearchAnswer { hits, total, facets, relaxed, did_you_mean, more } = answer;
        let snapshot = self.store().snapshot().await?;
        let next = hits
            .last()
            .filter(|_| more)
            .map(|hit| seal_cursor(&self.parts().cursor_secret, &query, &hit.position.to_bytes()));
        if first_page {
            self.log_search(&words, locale.as_ref(), total > 0, client);
        }
        let found = hits.len();
        let hits = self.still_public(&snapshot, hits).await?;
        let total = total.saturating_sub((found - hits.len()) as u64);
        let Facets { collections, departments, locales, months, fields } = facets;
        let collections = collections.into_iter().filter_map(|(handle, count)| {
            let label = self.registry().find_collection(handle.as_str())?.label.clone();
            Some(CollectionCount { handle, label, count })
        });
        let collections = collections.collect();
        let departments = self.department_counts(&snapshot, scope, departments, locale.as_ref()).await?;
        Ok(SearchPage {
            hits,
            total,
            collections,
            departments,
            locales,
            months,
            fields,
            relaxed,
            did_you_mean,
            other_locales,
            next,
            size,
        })
    }

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

    /// These departments and those below them. One that does not exist is kept: a filter on it matches no entry, and without
    /// it the filter would match all.
    async fn with_those_below(&self, departments: Vec<DepartmentId>) -> Result<Vec<DepartmentId>, CmsError> {
        if departments.is_empty() {
            return Ok(departments);
        }
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let mut all: BTreeSet<DepartmentId> = departments.iter().flat_map(|id| hierarchy.subtree(*id)).collect();
        all.extend(departments);
        Ok(all.into_iter().collect())
    }

    /// Asks the index something in a lane: without a snapshot of the database, which others would lack.
    pub(super) async fn ask_index<T: Send + 'static>(
        &self,
        lane: &Lane,
        client: ClientToken,
        question: impl FnOnce(&SearchIndex) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, CmsError> {
        let index = self.index()?.clone();
        lane.ask_index(client, move || question(&index)).await
    }

    /// Counts with the names of departments, as far as the scope shows them.
    async fn department_counts(
        &self,
        queries: &Queries,
        scope: PublicScope,
        counts: Vec<(DepartmentId, u64)>,
        locale: Option<&Locale>,
    ) -> Result<Vec<DepartmentCount>, CmsError> {
        let ids: Vec<EntryId> = counts.iter().map(|(id, _)| EntryId(id.0)).collect();
        let mut names = queries.live_localizations(&ids).await?;
        names.retain(|name| self.shows(scope, name.collection.as_str()));
        let title = |id: DepartmentId| {
            let mut of_it = names.iter().filter(|name| name.entry.0 == id.0);
            let first = of_it.clone().next();
            of_it.find(|name| Some(&name.locale) == locale).or(first).map(|name| name.title.clone())
        };
        Ok(counts.into_iter().map(|(id, count)| DepartmentCount { id, title: title(id), count }).collect())
    }
}

/// The hits in other locales than the one that was asked for.
fn other_locales(index: &SearchIndex, request: SearchRequest) -> Result<Vec<(Locale, u64)>, SearchError> {
    if request.locale.is_none() || request.after.is_some() {
        return Ok(Vec::new());
    }
    let everywhere = SearchRequest { locale: None, facets: vec![Facet::Locale], size: 0, ..request };
    Ok(index.search(&everywhere)?.facets.locales)
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
