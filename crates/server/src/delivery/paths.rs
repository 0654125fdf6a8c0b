//! `GET /v1/paths`: all live paths, for static builds and site maps.

use diwan_content::Locale;
use poem::Response;

use super::{
    common::{AsOf, in_turn, least_max_age},
    list_views::PathList,
};
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

const LOCALE: Parameter<Locale> = Parameter::new("locale", "locale of the paths; absent: the first configured one");

pub(super) fn route() -> Route {
    Route::get("/paths", "list_paths", "All live paths of a locale, for static builds and site maps")
        .ok::<PathList>("a page")
        .to(|call, paths| in_turn(call, 0, |call| list(call, paths)))
}

struct ListPaths {
    locale: Option<Locale>,
    size: Option<u32>,
    after: Option<String>,
    as_of: AsOf,
}

impl Parameters for ListPaths {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            locale: request.optional(&LOCALE),
            size: request.optional(&PAGE_SIZE),
            after: request.optional(&PAGE_AFTER),
            as_of: AsOf::read(request),
        }
    }
}

async fn list(call: Call, paths: ListPaths) -> Result<Response, Problem> {
    let ListPaths { locale, size, after, as_of } = paths;
    let request = as_of.read_request(&call).await?;
    let found = call.app.cms.published_paths(request.clone(), locale.as_ref(), size, after).await?;
    let max_age_seconds = least_max_age(call.app.cms.registry());
    let caching = Caching { max_age_seconds, tags: &found.tags, language: None, moment: &request.moment };
    public_json(&call, &PathList::from(found.value), &caching)
}
