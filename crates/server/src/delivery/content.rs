//! `GET /v1/content/{path}`: what is at a path.

use diwan_cms::{EntryRead, REDIRECT_STATUS, Thing};
use diwan_content::{Locale, PublicPath};
use poem::Response;
use poem_openapi::{Object, Union};
use serde::Serialize;

use super::entry::{Entry, ReadOptions, gone, page_or_turn};
use crate::http::{
    answer::{Caching, max_age, public_json},
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

/// What lives at a path.
#[derive(Serialize, Union)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[oai(discriminator_name = "kind")]
#[expect(clippy::large_enum_variant, reason = "made once for an answer and written at once")]
pub(crate) enum AtPath {
    /// The entry that lives there.
    #[oai(mapping = "entry")]
    Entry(Entry),
    /// Where it lives now.
    #[oai(mapping = "redirect")]
    Redirect(Redirect),
}

/// The page lives elsewhere, or its path is written otherwise.
#[derive(Serialize, Object)]
pub(crate) struct Redirect {
    /// The path that it leads to.
    pub(crate) to: String,
    /// Status that a front end should answer.
    pub(crate) status: u16,
    /// Locale of that path.
    pub(crate) locale: String,
}

async fn answer(call: Call, page: Page) -> Result<Response, Problem> {
    page_or_turn(call, page.options.included_names(), move |call| get(call, page)).await
}

async fn get(call: Call, Page { locale, options }: Page) -> Result<Response, Problem> {
    let raw = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let path = PublicPath::from_request(raw).map_err(|_| Problem::nowhere(&call.path))?;
    let request = options.read_request(&call).await?;
    let found = call.app.cms.content(request.clone(), locale.as_ref(), &path).await?;
    let (registry, tags, moment) = (call.app.cms.registry(), &found.tags, &request.moment);
    match found.value {
        EntryRead::Entry(entry) => {
            let seconds = max_age(registry, entry.collection.as_str());
            let locale = entry.locale.clone();
            let caching = Caching { max_age_seconds: seconds, tags, language: Some(&locale), moment };
            public_json(&call, &AtPath::Entry((*entry).into()), &caching)
        }
        EntryRead::Moved { to, locale } => {
            let caching = Caching { max_age_seconds: 0, tags, language: None, moment };
            let redirect = Redirect { to: to.to_string(), status: REDIRECT_STATUS, locale: locale.to_string() };
            public_json(&call, &AtPath::Redirect(redirect), &caching)
        }
        EntryRead::Gone { at } => Err(gone(&call, at)),
        EntryRead::Absent => Err(Problem::not_found(Thing::Path(path.to_string()))),
    }
}
