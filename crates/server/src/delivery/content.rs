//! `GET /v1/content/{path}`: what is at a path.

use diwan_cms::{Content, REDIRECT_STATUS, Thing};
use diwan_content::{Locale, PublicPath};
use poem::Response;

use super::{
    common::{ReadOptions, gone, kept, max_age, page_or_turn},
    views::{AtPath, Redirect},
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{Parameter, Parameters, PathParameter},
        reader::RequestReader,
    },
    route::Route,
};

/// The prefix before the path, as it is sent.
const PREFIX: &str = "/v1/content";

const PATH: PathParameter<String> = PathParameter::text("path");
const LOCALE: Parameter<Locale> =
    Parameter::new("locale", "locale of the path; absent: all are tried, the first configured one first");

pub(super) fn route() -> Route {
    Route::get(
        "/content/{path*}",
        "get_content",
        "What lives at a public path: an entry, or a redirect to where it lives now. Spelling variants of a path are told the right one",
    )
    .ok::<AtPath>("an entry or a redirect")
    .to(|call, AnyPath(page)| answer(call, page))
}

pub(super) fn home_route() -> Route {
    Route::get("/content", "get_home", "What lives at the root: the home page of a tree")
        .ok::<AtPath>("an entry or a redirect")
        .to(answer)
}

/// Which page of a path.
struct Page {
    locale: Option<Locale>,
    options: ReadOptions,
}

impl Parameters for Page {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { locale: request.optional(&LOCALE), options: ReadOptions::read(request) }
    }
}

/// A page of any path. The path itself is read as it was sent: poem has decoded its segment, and loosely.
struct AnyPath(Page);

impl Parameters for AnyPath {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&PATH);
        Self(Page::read(request))
    }
}

async fn answer(call: Call, page: Page) -> Result<Response, Problem> {
    page_or_turn(call, page.options.included_names(), move |call| get(call, page)).await
}

async fn get(call: Call, Page { locale, options }: Page) -> Result<Response, Problem> {
    let raw = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let path = PublicPath::from_request(raw).map_err(|_| Problem::nowhere(&call.path))?;
    let request = options.read_request(&call).await?;
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
