//! `GET /v1/paths`: all live paths, for static builds and site maps.

use diwan_content::Locale;
use poem::Response;

use super::{
    entry::{AsOf, in_turn},
    list_views::PathList,
};
use crate::http::{
    answer::{Caching, least_max_age, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{Paging, Parameter, Parameters},
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
    page: Paging,
    as_of: AsOf,
}

impl Parameters for ListPaths {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { locale: request.optional(&LOCALE), page: Paging::read(request), as_of: AsOf::read(request) }
    }
}

async fn list(call: Call, paths: ListPaths) -> Result<Response, Problem> {
    let ListPaths { locale, page: Paging { size, after }, as_of } = paths;
    let request = as_of.read_request(&call).await?;
    let found = call.app.cms.published_paths(request.clone(), locale.as_ref(), size, after).await?;
    let max_age_seconds = least_max_age(call.app.cms.registry());
    let caching = Caching { max_age_seconds, tags: &found.tags, language: None, moment: &request.moment };
    public_json(&call, &PathList::from(found.value), &caching)
}
