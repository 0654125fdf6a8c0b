//! `GET /v1/paths`: all live paths, for static builds and site maps.

use diwan_content::Locale;
use poem::Response;

use super::{
    common::{PAGE_AFTER, PAGE_SIZE, least_max_age, scope},
    list_views::PathList,
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
    path: "/paths",
    operation: "list_paths",
    summary: "All live paths of a locale, for static builds and site maps",
    parameters: &[
        Parameter::optional("locale", ParameterKind::Locale, "locale of the paths; absent: the first configured one"),
        PAGE_SIZE,
        PAGE_AFTER,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<PathList>("a page")],
    handler: |call| Box::pin(list(call)),
};

async fn list(call: Call) -> Result<Response, Problem> {
    let locale: Option<Locale> = call.query.parsed("locale");
    let after = call.query.text("page[after]").map(str::to_owned);
    let found =
        call.app.cms.published_paths(scope(&call), locale.as_ref(), call.query.parsed("page[size]"), after).await?;
    let max_age_seconds = least_max_age(call.app.cms.registry());
    public_json(&call, &PathList::from(found.value), &Caching { max_age_seconds, tags: &found.tags, language: None })
}
