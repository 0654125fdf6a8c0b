//! `GET /v1/search`: Arabic search over what is public.

use diwan_cms::{Order, QUERY_MAX_CHARS, SearchInput};
use diwan_content::{DepartmentId, Handle, Locale};
use poem::Response;

use super::{common::scope, search_views::SearchAnswer};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{PAGE_AFTER, PAGE_SIZE, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const Q: Parameter<String> = Parameter::text("q", QUERY_MAX_CHARS, "the words");
const LOCALE: Parameter<Locale> = Parameter::new("locale", "only this locale; absent: all");
const COLLECTION: Parameter<String> =
    Parameter::text("collection", Handle::MAX_BYTES, "only these collections; several with commas between them");
const DEPARTMENT: Parameter<DepartmentId> =
    Parameter::new("department", "only these departments; several with commas between them");
const FROM: Parameter<String> = Parameter::text("from", 10, "only of this day and later ones, such as 2026-11-23");
const TO: Parameter<String> = Parameter::text("to", 10, "only of this day and earlier ones");
const FILTER: Parameter<String> = Parameter::text(
    "filter",
    100,
    "only with one of these values of a field that facets count; several with commas between them",
);
const FACETS: Parameter<String> = Parameter::text(
    "facets",
    Handle::MAX_BYTES,
    "how hits are counted: collection, department, locale, month and fields that collections declare for it, or none; several with commas between them; absent: by all of them, which takes the longest",
);
const SORT: Parameter<Order> =
    Parameter::new("sort", "what stands first: the best answers (when absent), the latest or the earliest day");

pub(super) fn route() -> Route {
    Route::get("/search", "search", "Published entries that hold the words, however they are spelt, with facets")
        .ok::<SearchAnswer>("a page of hits")
        .to(search)
}

struct Search {
    query: String,
    locale: Option<Locale>,
    collections: Vec<String>,
    departments: Vec<DepartmentId>,
    from: Option<String>,
    to: Option<String>,
    fields: Vec<(String, Vec<String>)>,
    facets: Vec<String>,
    order: Option<Order>,
    size: Option<u32>,
    after: Option<String>,
}

impl Parameters for Search {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            query: request.required(&Q),
            locale: request.optional(&LOCALE),
            collections: request.many(&COLLECTION),
            departments: request.many(&DEPARTMENT),
            from: request.optional(&FROM),
            to: request.optional(&TO),
            fields: request.many_bracketed(&FILTER),
            facets: request.many(&FACETS),
            order: request.optional(&SORT),
            size: request.optional(&PAGE_SIZE),
            after: request.optional(&PAGE_AFTER),
        }
    }
}

async fn search(mut call: Call, search: Search) -> Result<Response, Problem> {
    let Search { query, locale, collections, departments, from, to, fields, facets, order, size, after } = search;
    call.spend(1 + query.split_whitespace().count())?;
    let input = SearchInput {
        query,
        locale,
        collections,
        departments,
        from,
        to,
        fields,
        facets: Some(facets).filter(|facets| !facets.is_empty()),
        order: order.unwrap_or_default(),
        size,
        after,
        client: call.token(),
    };
    let checked = call.app.cms.check_search(scope(&call), input).await?;
    call.refuse_faults()?;
    let page = call.app.cms.search_checked(checked).await?;
    // Any publish may change a search: caches ask again each time.
    public_json(&call, &SearchAnswer::from(page), &Caching::untagged(0))
}
