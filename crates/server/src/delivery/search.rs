//! `GET /v1/search`: Arabic search over what is public.

use std::collections::BTreeSet;

use diwan_cms::{Order, QUERY_MAX_CHARS, SearchInput};
use diwan_content::{Handle, Locale};
use poem::Response;

use super::{
    common::{PAGE_AFTER, PAGE_SIZE, scope},
    search_views::SearchAnswer,
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Get,
    path: "/search",
    operation: "search",
    summary: "Published entries that hold the words, however they are spelt, with facets",
    parameters: &[
        Parameter::required("q", ParameterKind::Text(QUERY_MAX_CHARS), "the words"),
        Parameter::optional("locale", ParameterKind::Locale, "only this locale; absent: all"),
        Parameter::many(
            "collection",
            ParameterKind::Text(Handle::MAX_BYTES),
            "only these collections; several with commas between them",
        ),
        Parameter::many("department", ParameterKind::Id, "only these departments; several with commas between them"),
        Parameter::optional("from", ParameterKind::Text(10), "only of this day and later ones, such as 2026-11-23"),
        Parameter::optional("to", ParameterKind::Text(10), "only of this day and earlier ones"),
        Parameter::many(
            "filter[]",
            ParameterKind::Text(100),
            "only with one of these values of a field that facets count; several with commas between them",
        ),
        Parameter::many(
            "facets",
            ParameterKind::Text(Handle::MAX_BYTES),
            "how hits are counted: collection, department, locale, month and fields that collections declare for it, or none; several with commas between them; absent: by all of them, which takes the longest",
        ),
        Parameter::optional(
            "sort",
            ParameterKind::OneOf(&["relevance", "-date", "date"]),
            "what stands first: the best answers (when absent), the latest or the earliest day",
        ),
        PAGE_SIZE,
        PAGE_AFTER,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<SearchAnswer>("a page of hits")],
    handler: |call| Box::pin(search(call)),
};

async fn search(mut call: Call) -> Result<Response, Problem> {
    call.spend(1 + call.query.text("q").unwrap_or_default().split_whitespace().count())?;
    let locale: Option<Locale> = call.query.parsed("locale");
    let input = SearchInput {
        query: call.query.text("q").unwrap_or_default().to_owned(),
        locale,
        collections: call.query.texts("collection").into_iter().map(str::to_owned).collect(),
        departments: call.query.texts("department").into_iter().filter_map(|id| id.parse().ok()).collect(),
        from: call.query.text("from").map(str::to_owned),
        to: call.query.text("to").map(str::to_owned),
        fields: fields(&call),
        facets: facets(&call),
        order: match call.query.text("sort") {
            Some("-date") => Order::NewestFirst,
            Some("date") => Order::OldestFirst,
            Some(_) | None => Order::Relevance,
        },
        size: call.query.parsed("page[size]"),
        after: call.query.text("page[after]").map(str::to_owned),
        client: call.token(),
        faults: call.query.faults().to_vec(),
    };
    let page = call.app.cms.search(scope(&call), input).await?;
    // Any publish may change a search: caches ask again each time.
    public_json(
        &call,
        &SearchAnswer::from(page),
        &Caching { max_age_seconds: 0, tags: &BTreeSet::new(), language: None },
    )
}

/// What hits are counted by, if anything is said of it.
fn facets(call: &Call) -> Option<Vec<String>> {
    let facets: Vec<String> = call.query.texts("facets").into_iter().map(str::to_owned).collect();
    (!facets.is_empty()).then_some(facets)
}

/// The filters on fields, each field once with all its values.
fn fields(call: &Call) -> Vec<(String, Vec<String>)> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for (field, value) in call.query.bracketed("filter[]") {
        match fields.iter_mut().find(|(known, _)| known == field) {
            Some((_, values)) => values.push(value.to_owned()),
            None => fields.push((field.to_owned(), vec![value.to_owned()])),
        }
    }
    fields
}
