//! `GET /v1/collections/{collection}/entries`: a page of entries.

use diwan_cms::{ListQuery, PublishedPage};
use diwan_content::Locale;
use poem::Response;
use poem_openapi::Object;
use serde::Serialize;

use super::{
    entry::{Entry, LOCALE, ReadOptions},
    list_views::{ListMeta, Page},
};
use crate::http::{
    answer::{Caching, max_age, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{COLLECTION, Paging, Parameter, Parameters, Word},
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
pub(super) fn route() -> Route {
    Route::get("/collections/{collection}/entries", "list_entries", "A page of the published entries of a collection")
        .ok::<EntryList>("a page")
        .to(list)
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

/// One page of a list of entries.
#[derive(Serialize, Object)]
pub(crate) struct EntryList {
    /// The entries.
    pub(crate) data: Vec<Entry>,
    /// How to go on.
    pub(crate) page: Page,
    /// Notes about the answer.
    pub(crate) meta: ListMeta,
}

struct ListEntries {
    collection: String,
    locale: Option<Locale>,
    filter: Vec<(String, String)>,
    sort: Option<String>,
    page: Paging,
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
            page: Paging::read(request),
            count: request.optional(&COUNT),
            options: ReadOptions::read(request),
        }
    }
}

async fn list(mut call: Call, asked: ListEntries) -> Result<Response, Problem> {
    let ListEntries { collection: handle, locale, filter, sort, page: Paging { size, after }, count, options } = asked;
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
    let (cms, scope, moment) = (call.app.cms.clone(), call.actor.public_scope(), query.moment.clone());
    let checked = cms.check_list(scope, &handle, query)?;
    call.refuse_faults()?;
    cms.answer_list(checked, move |found| {
        let locale = found.value.locale.clone();
        let max_age_seconds = max_age(call.app.cms.registry(), &handle);
        let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale), moment: &moment };
        public_json(&call, &EntryList::from(found.value), &caching)
    })
    .await?
}

impl From<PublishedPage> for EntryList {
    fn from(page: PublishedPage) -> Self {
        let PublishedPage { items, next, size, total, locale, looked_at: _ } = page;
        let meta = ListMeta::of(&locale);
        Self { data: items.into_iter().map(Entry::from).collect(), page: Page { next, size, total }, meta }
    }
}
