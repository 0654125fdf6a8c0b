//! Lists of entries, and an entry by its id.

use diwan_cms::{EntryRead, ListQuery, Thing};
use diwan_content::{EntryId, Locale};
use poem::Response;

use super::{
    common::{LOCALE, ReadOptions, gone, kept, max_age, moved, page_or_turn, scope},
    views::{Entry, EntryList},
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    request::{
        forms::Word,
        parameters::{COLLECTION, ENTRY, PAGE_AFTER, PAGE_SIZE, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

/// Conditions of a list.
pub(crate) const FILTER: Parameter<String> = Parameter::conditions(
    "filter",
    "conditions such as `filter[date][gte]=2026-01-01`, joined by `filter[or][0][…]` and `filter[and][0][…]`",
);
/// Order of a list.
pub(crate) const SORT: Parameter<String> = Parameter::text(
    "sort",
    300,
    "fields separated by commas, descending with a hyphen before; absent: the collection's order",
);
const COUNT: Parameter<Count> = Parameter::new("count", "count all entries of the list");
/// Locale for entries that are not public in the wanted one.
pub(crate) const FALLBACK: Parameter<Locale> =
    Parameter::new("fallback", "locale to answer when the entry is not public in the first");

pub(super) fn list_route() -> Route {
    Route::get("/collections/{collection}/entries", "list_entries", "A page of the published entries of a collection")
        .ok::<EntryList>("a page")
        .to(list)
}

pub(super) fn get_route() -> Route {
    Route::get("/collections/{collection}/entries/{id}", "get_entry", "A published entry by its id")
        .ok::<Entry>("the entry")
        .to(|call, entry: ReadEntry| page_or_turn(call, entry.options.included_names(), |call| get(call, entry)))
}

/// Whether the entries of a list are counted.
#[derive(Clone, Copy)]
enum Count {
    /// All of them.
    Exact,
}

impl Word for Count {
    const ALL: &'static [Self] = &[Self::Exact];

    fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
        }
    }
}

struct ListEntries {
    collection: String,
    locale: Option<Locale>,
    filter: Vec<(String, String)>,
    sort: Option<String>,
    size: Option<u32>,
    after: Option<String>,
    count: Option<Count>,
    options: ReadOptions,
}

impl Parameters for ListEntries {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.path(&COLLECTION),
            locale: request.optional(&LOCALE),
            filter: request.conditions(&FILTER),
            sort: request.optional(&SORT),
            size: request.optional(&PAGE_SIZE),
            after: request.optional(&PAGE_AFTER),
            count: request.optional(&COUNT),
            options: ReadOptions::read(request),
        }
    }
}

struct ReadEntry {
    collection: String,
    id: EntryId,
    locale: Option<Locale>,
    fallback: Option<Locale>,
    options: ReadOptions,
}

impl Parameters for ReadEntry {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.path(&COLLECTION),
            id: request.path(&ENTRY),
            locale: request.optional(&LOCALE),
            fallback: request.optional(&FALLBACK),
            options: ReadOptions::read(request),
        }
    }
}

async fn list(mut call: Call, asked: ListEntries) -> Result<Response, Problem> {
    let ListEntries { collection: handle, locale, filter, sort, size, after, count, options } = asked;
    call.spend(1 + filter.len() + options.included_names())?;
    let query = ListQuery {
        filter,
        sort,
        size,
        after,
        locale,
        count_exact: matches!(count, Some(Count::Exact)),
        moment: options.as_of.moment(&call).await?,
        selection: options.selection,
        client: call.token(),
    };
    let (cms, scope, moment) = (call.app.cms.clone(), scope(&call), query.moment.clone());
    let checked = cms.check_list(scope, &handle, query)?;
    call.refuse_faults()?;
    cms.answer_list(checked, move |found| {
        let locale = found.value.locale.clone();
        let max_age_seconds = max_age(call.app.cms.registry(), &handle);
        let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
        Ok(kept(public_json(&call, &EntryList::from(found.value), &caching)?, &moment))
    })
    .await?
}

async fn get(call: Call, entry: ReadEntry) -> Result<Response, Problem> {
    let ReadEntry { collection: handle, id, locale, fallback, options } = entry;
    let request = options.read_request(&call).await?;
    let found = call.app.cms.published_entry(request.clone(), &handle, id, locale.as_ref(), fallback.as_ref()).await?;
    match found.value {
        EntryRead::Entry(entry) => {
            let (locale, max_age_seconds) = (entry.locale.clone(), max_age(call.app.cms.registry(), &handle));
            let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
            Ok(kept(public_json(&call, &Entry::from(*entry), &caching)?, &request.moment))
        }
        EntryRead::Moved { to, locale } => Err(moved(to.as_str(), &locale)),
        EntryRead::Gone { at } => Err(gone(&call, at)),
        EntryRead::Absent => Err(Problem::not_found(Thing::Entry(id))),
    }
}
