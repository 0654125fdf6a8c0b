//! Search over what is public, across all departments.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{
    AssetId, DepartmentId, EntryId, Handle, Label, Locale, PublicPath, Timestamp, rights::PublicScope, seal_cursor,
};
use diwan_search::{
    AttachmentHit, Facet, Facets, Highlights, Hit, Month, SearchAnswer, SearchError, SearchIndex, SearchRequest,
};
use diwan_store::{LiveTarget, Queries};

use crate::{cms::Cms, error::CmsError, following::attachments::attached_now};

mod checks;
pub(crate) mod log;
mod suggest;
pub(crate) mod words;

pub(crate) use self::checks::check_day;
pub use self::{
    checks::{CheckedSearch, SearchInput},
    suggest::{SuggestInput, SuggestedTitle},
};

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
        let still = found.into_iter().filter(|hit| attached.contains(&hit.asset));
        let shown = |AttachmentHit { asset, name, fragments }: AttachmentHit| {
            let url = self.asset_url(asset);
            FoundAttachment { asset, name, url, fragments }
        };
        Ok(still.map(shown).collect())
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
