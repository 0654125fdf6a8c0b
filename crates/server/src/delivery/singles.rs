//! Globals and navigations: `/v1/globals`, `/v1/navigations`, and each by its handle.

use diwan_content::{CollectionKind, Locale};
use poem::Response;

use super::{
    entry::{Entry, LOCALE, ReadOptions, page_or_turn},
    list_views::{CollectionList, CollectionView},
};
use crate::http::{
    answer::{Caching, least_max_age, max_age, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{COLLECTION, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const FALLBACK: Parameter<Locale> = Parameter::new("fallback", "locale to answer when it is not public in the first");

pub(super) fn navigations_route() -> Route {
    Route::get("/navigations", "list_navigations", "Navigations that may be read")
        .ok::<CollectionList>("the navigations")
        .to(|call, ()| list(call, CollectionKind::Navigation))
}

pub(super) fn navigation_route() -> Route {
    let summary = "A navigation with its items resolved to titles and paths as they are public now";
    Route::get("/navigations/{collection}", "get_navigation", summary)
        .ok::<Entry>("the navigation")
        .to(|call, single| answer(call, single, CollectionKind::Navigation))
}

pub(super) fn globals_route() -> Route {
    Route::get("/globals", "list_globals", "Globals that may be read")
        .ok::<CollectionList>("the globals")
        .to(|call, ()| list(call, CollectionKind::Global))
}

pub(super) fn global_route() -> Route {
    Route::get("/globals/{collection}", "get_global", "A global, such as the ministry's contact details")
        .ok::<Entry>("the global")
        .to(|call, single| answer(call, single, CollectionKind::Global))
}

struct ReadSingle {
    collection: String,
    locale: Option<Locale>,
    fallback: Option<Locale>,
    options: ReadOptions,
}

impl Parameters for ReadSingle {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.path(&COLLECTION),
            locale: request.optional(&LOCALE),
            fallback: request.optional(&FALLBACK),
            options: ReadOptions::read(request),
        }
    }
}

async fn list(call: Call, kind: CollectionKind) -> Result<Response, Problem> {
    let shown = call.app.cms.public_collections(call.actor.public_scope(), kind);
    let view = CollectionList {
        data: shown.iter().map(|collection| CollectionView::of(call.app.cms.registry(), collection)).collect(),
    };
    let max_age_seconds = least_max_age(call.app.cms.registry());
    public_json(&call, &view, &Caching::untagged(max_age_seconds))
}

async fn answer(call: Call, single: ReadSingle, kind: CollectionKind) -> Result<Response, Problem> {
    page_or_turn(call, single.options.included_names(), move |call| get(call, single, kind)).await
}

async fn get(call: Call, single: ReadSingle, kind: CollectionKind) -> Result<Response, Problem> {
    let ReadSingle { collection: handle, locale, fallback, options } = single;
    let request = options.read_request(&call).await?;
    let found =
        call.app.cms.published_single(request.clone(), kind, &handle, locale.as_ref(), fallback.as_ref()).await?;
    let Some(entry) = found.value else { return Err(Problem::nowhere(&call.path)) };
    let (locale, max_age_seconds) = (entry.locale.clone(), max_age(call.app.cms.registry(), &handle));
    let (tags, moment) = (&found.tags, &request.moment);
    let caching = Caching { max_age_seconds, tags, language: Some(&locale), moment };
    public_json(&call, &Entry::from(entry), &caching)
}
