//! Globals and navigations: `/v1/globals`, `/v1/navigations`, and each by its handle.

use std::collections::BTreeSet;

use diwan_content::{CollectionKind, Locale};
use poem::Response;

use super::{
    common::{
        AS_OF, FIELDS, INCLUDE, INCLUDED_FIELDS, LOCALE, kept, least_max_age, max_age, page_or_turn, read_request,
        scope,
    },
    list_views::{CollectionList, CollectionView},
    views::Entry,
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const NAVIGATIONS: Route = Route {
    method: Verb::Get,
    path: "/navigations",
    operation: "list_navigations",
    summary: "Navigations that may be read",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<CollectionList>("the navigations")],
    handler: |call| Box::pin(list(call, CollectionKind::Navigation)),
};

pub(crate) const NAVIGATION: Route = Route {
    path: "/navigations/{collection}",
    operation: "get_navigation",
    summary: "A navigation with its items resolved to titles and paths as they are public now",
    parameters: &[
        LOCALE,
        Parameter::optional("fallback", ParameterKind::Locale, "locale to answer when it is not public in the first"),
        INCLUDE,
        FIELDS,
        INCLUDED_FIELDS,
        AS_OF,
    ],
    answers: &[Described::ok::<Entry>("the navigation")],
    handler: |call| Box::pin(page_or_turn(call, |call| Box::pin(get(call, CollectionKind::Navigation)))),
    ..NAVIGATIONS
};

pub(crate) const GLOBALS: Route = Route {
    path: "/globals",
    operation: "list_globals",
    summary: "Globals that may be read",
    answers: &[Described::ok::<CollectionList>("the globals")],
    handler: |call| Box::pin(list(call, CollectionKind::Global)),
    ..NAVIGATIONS
};

pub(crate) const GLOBAL: Route = Route {
    path: "/globals/{collection}",
    operation: "get_global",
    summary: "A global, such as the ministry's contact details",
    answers: &[Described::ok::<Entry>("the global")],
    handler: |call| Box::pin(page_or_turn(call, |call| Box::pin(get(call, CollectionKind::Global)))),
    ..NAVIGATION
};

async fn list(call: Call, kind: CollectionKind) -> Result<Response, Problem> {
    let shown = call.app.cms.public_collections(scope(&call), kind);
    let view = CollectionList {
        data: shown.iter().map(|collection| CollectionView::of(call.app.cms.registry(), collection)).collect(),
    };
    let max_age_seconds = least_max_age(call.app.cms.registry());
    public_json(&call, &view, &Caching { max_age_seconds, tags: &BTreeSet::new(), language: None })
}

async fn get(call: Call, kind: CollectionKind) -> Result<Response, Problem> {
    let handle = call.path_text("collection").to_owned();
    let (locale, fallback): (Option<Locale>, Option<Locale>) =
        (call.query.parsed("locale"), call.query.parsed("fallback"));
    let request = read_request(&call).await?;
    let found =
        call.app.cms.published_single(request.clone(), kind, &handle, locale.as_ref(), fallback.as_ref()).await?;
    let Some(entry) = found.value else { return Err(Problem::nowhere(&call.path)) };
    let (locale, max_age_seconds) = (entry.locale.clone(), max_age(call.app.cms.registry(), &handle));
    let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
    Ok(kept(public_json(&call, &Entry::from(entry), &caching)?, &request.moment))
}
