//! Search over what is public, across all departments: check, ask the index, keep what is still public.
//!
//! | file | contains |
//! |---|---|
//! | `page.rs` | what a search takes and what it answers |
//! | `checks.rs` | the parameters of a search, each checked |
//! | `words.rs` | synonyms and pins, as editors last published them |
//! | `log.rs` | what was searched for, counted without naming anybody |
//! | `suggest.rs` | titles while people type, and related entries |

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{AssetId, DepartmentId, EntryId, Handle, Locale, rights::PublicScope, seal_cursor};
use diwan_search::{
    AttachmentHit, Facet, Facets, Hit, Order, SearchAnswer, SearchError, SearchIndex, SearchPosition, SearchRequest,
    check_query,
};
use diwan_store::{LiveTarget, Queries};

use self::checks::{check_facets, check_fields, check_names, query_fault, query_hash};
use super::{list::check_size, view::check_locale};
use crate::{cms::Cms, error::CmsError, following::attachments::attached_now};

mod checks;
pub(crate) mod log;
mod page;
mod suggest;
pub(crate) mod words;

pub(crate) use self::checks::check_day;
pub use self::{
    page::{CheckedSearch, CollectionCount, DepartmentCount, FoundAttachment, SearchHit, SearchInput, SearchPage},
    suggest::{SuggestInput, SuggestedTitle},
};

impl Cms {
    /// A page of hits. No SQL but one batched check that each hit is still public (and the names of departments).
    ///
    /// # Errors
    /// Parameters that cannot be read, a query without words or with too many; the index fails.
    pub async fn search(&self, scope: PublicScope, input: SearchInput) -> Result<SearchPage, CmsError> {
        self.search_checked(self.check_search(scope, input).await?).await
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

    /// The same for parameters that were checked.
    ///
    /// # Errors
    /// The index or the database fails.
    pub async fn search_checked(&self, search: CheckedSearch) -> Result<SearchPage, CmsError> {
        let CheckedSearch { scope, client, locale, request, query, size } = search;
        let first_page = request.after.is_none();
        let words = request.query.clone();
        let (lane, index) = (&self.parts().search_lane, self.index()?.clone());
        let (answer, other_locales) = lane
            .ask_index(client, move || {
                let answer = index.search(&request)?;
                let others = if answer.total == 0 { other_locales(&index, request)? } else { Vec::new() };
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

    /// Drops hits that were taken back since the index last looked, and shows the others where they live now, with the
    /// attachments that they still refer to.
    async fn still_public(&self, queries: &Queries, hits: Vec<Hit>) -> Result<Vec<SearchHit>, CmsError> {
        let ids: Vec<EntryId> = hits.iter().map(|hit| hit.entry).collect();
        let lives = queries.live_localizations(&ids).await?;
        let mut live: BTreeMap<(EntryId, Locale), LiveTarget> = BTreeMap::new();
        for target in lives {
            live.insert((target.entry, target.locale.clone()), target);
        }
        let mut shown = Vec::with_capacity(hits.len());
        for hit in hits {
            let Hit {
                entry,
                locale,
                collection,
                department,
                path: _,
                title,
                highlights,
                score: _,
                published_at,
                pinned,
                attachments,
                fewer_words,
                position: _,
            } = hit;
            let Some(target) = live.get(&(entry, locale.clone())) else { continue };
            let path = target.path.clone();
            let attachments = self.still_attached(queries, entry, &locale, attachments).await?;
            shown.push(SearchHit {
                id: entry,
                collection,
                department,
                locale,
                path,
                title,
                highlights,
                published_at,
                pinned,
                fewer_words,
                attachments,
            });
        }
        Ok(shown)
    }

    async fn still_attached(
        &self,
        queries: &Queries,
        entry: EntryId,
        locale: &Locale,
        found: Vec<AttachmentHit>,
    ) -> Result<Vec<FoundAttachment>, CmsError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let attached = attached_now(queries, entry, locale).await?;
        let place = |asset: AssetId| (entry, locale.clone(), asset);
        let wanted = found.iter().map(|hit| hit.asset).filter(|asset| attached.contains(asset)).map(place).collect();
        let mut shown = self.shown_assets(queries, None, &wanted).await?;
        let found = found.into_iter().filter_map(|AttachmentHit { asset, name, fragments }| {
            let url = shown.remove(&place(asset))?.url;
            Some(FoundAttachment { asset, name, url, fragments })
        });
        Ok(found.collect())
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
