//! `GET /v1/paths`: all live paths, for static builds and site maps.

use diwan_content::Locale;
use poem::Response;

use super::{
    common::{AS_OF, PAGE_AFTER, PAGE_SIZE, in_turn, kept, least_max_age, read_request},
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
        AS_OF,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<PathList>("a page")],
    handler: |call| Box::pin(in_turn(call, |call| Box::pin(list(call)))),
};

async fn list(call: Call) -> Result<Response, Problem> {
    let locale: Option<Locale> = call.query.parsed("locale");
    let after = call.query.text("page[after]").map(str::to_owned);
    let request = read_request(&call).await?;
    let found =
        call.app.cms.published_paths(request.clone(), locale.as_ref(), call.query.parsed("page[size]"), after).await?;
    let max_age_seconds = least_max_age(call.app.cms.registry());
    let caching = Caching { max_age_seconds, tags: &found.tags, language: None };
    Ok(kept(public_json(&call, &PathList::from(found.value), &caching)?, &request.moment))
}
