//! `GET /v1/content/{path}`: what lives at a path.

use diwan_cms::{Content, REDIRECT_STATUS, Thing};
use diwan_content::{Locale, PublicPath};
use poem::Response;

use super::{
    common::{AS_OF, FIELDS, INCLUDE, INCLUDED_FIELDS, gone, kept, max_age, page_or_turn, read_request},
    views::{AtPath, Redirect},
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

/// The prefix before the path, as it is sent.
const PREFIX: &str = "/v1/content";

pub(crate) const ROUTE: Route = Route {
    method: Verb::Get,
    path: "/content/{path*}",
    operation: "get_content",
    summary: "What lives at a public path: an entry, or a redirect to where it lives now. Spelling variants of a path are told the right one",
    parameters: &[
        Parameter::optional(
            "locale",
            ParameterKind::Locale,
            "locale of the path; absent: all are tried, the first configured one first",
        ),
        INCLUDE,
        FIELDS,
        INCLUDED_FIELDS,
        AS_OF,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<AtPath>("an entry or a redirect")],
    handler: |call| Box::pin(page_or_turn(call, |call| Box::pin(get(call)))),
};

/// The home page.
pub(crate) const HOME: Route = Route {
    path: "/content",
    operation: "get_home",
    summary: "What lives at the root: the home page of a tree",
    ..ROUTE
};

async fn get(call: Call) -> Result<Response, Problem> {
    let raw = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let path = PublicPath::from_request(raw).map_err(|_| Problem::nowhere(&call.path))?;
    let locale: Option<Locale> = call.query.parsed("locale");
    let request = read_request(&call).await?;
    let found = call.app.cms.content(request.clone(), locale.as_ref(), &path).await?;
    let registry = call.app.cms.registry();
    match found.value {
        Content::Entry(entry) => {
            let seconds = max_age(registry, entry.collection.as_str());
            let locale = entry.locale.clone();
            let caching = Caching { max_age_seconds: seconds, tags: &found.tags, language: Some(&locale) };
            Ok(kept(public_json(&call, &AtPath::Entry((*entry).into()), &caching)?, &request.moment))
        }
        Content::Redirect { to, locale } => {
            let caching = Caching { max_age_seconds: 0, tags: &found.tags, language: None };
            let redirect = Redirect { to: to.to_string(), status: REDIRECT_STATUS, locale: locale.to_string() };
            Ok(kept(public_json(&call, &AtPath::Redirect(redirect), &caching)?, &request.moment))
        }
        Content::Gone { at } => Err(gone(&call, at)),
        Content::Absent => Err(Problem::not_found(Thing::Path(path.to_string()))),
    }
}
