//! `GET /v1/search/suggest` and `GET /v1/collections/{collection}/entries/{id}/related`.

use diwan_cms::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SuggestInput, SuggestedTitle};
use diwan_content::{DepartmentId, EntryId, Handle, Locale};
use poem::Response;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::{entry::LOCALE, search::HitView};
use crate::http::{
    answer::{Caching, max_age, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{self, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const Q: Parameter<String> = Parameter::text("q", SUGGEST_MAX_CHARS, "what was typed so far; one letter is enough");
const ONLY_LOCALE: Parameter<Locale> = Parameter::new("locale", "only titles in this locale; absent: all");
const COLLECTION: Parameter<String> =
    Parameter::text("collection", Handle::MAX_BYTES, "only of these collections; several with commas between them");
const DEPARTMENT: Parameter<DepartmentId> =
    Parameter::new("department", "only of these departments and those below them; several with commas between them");
const SUGGEST_SIZE: Parameter<u32> =
    Parameter::number("page[size]", 1, SUGGESTIONS_MAX as i64, "at most so many; 10 when absent");
const RELATED_SIZE: Parameter<u32> =
    Parameter::number("page[size]", 1, SUGGESTIONS_MAX as i64, "at most so many; 5 when absent");

/// What related entries cost of a client's budget: a search for the words of an entry.
const RELATED_UNITS: usize = 5;

pub(super) fn suggest_route() -> Route {
    let summary = "Titles as one types, with and without the article, however they are spelt";
    Route::get("/search/suggest", "suggest_titles", summary).ok::<Suggestions>("titles, the best first").to(suggest)
}

pub(super) fn related_route() -> Route {
    let path = "/collections/{collection}/entries/{id}/related";
    Route::get(path, "list_related", "Public entries in the same locale about the same things")
        .ok::<RelatedEntries>("entries, the nearest first")
        .to(related)
}

struct Suggest {
    beginning: String,
    locale: Option<Locale>,
    collections: Vec<String>,
    departments: Vec<DepartmentId>,
    size: Option<u32>,
}

impl Parameters for Suggest {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            beginning: request.required(&Q),
            locale: request.optional(&ONLY_LOCALE),
            collections: request.many(&COLLECTION),
            departments: request.many(&DEPARTMENT),
            size: request.optional(&SUGGEST_SIZE),
        }
    }
}

struct ListRelated {
    collection: String,
    id: EntryId,
    locale: Option<Locale>,
    size: Option<u32>,
}

impl Parameters for ListRelated {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.path(&parameters::COLLECTION),
            id: request.path(&parameters::ENTRY),
            locale: request.optional(&LOCALE),
            size: request.optional(&RELATED_SIZE),
        }
    }
}

/// Titles that begin as typed.
#[derive(Serialize, Object)]
struct Suggestions {
    /// The titles, the best first.
    data: Vec<SuggestionView>,
}

/// A title that begins as typed.
#[derive(Serialize, Object)]
#[oai(rename = "Suggestion")]
struct SuggestionView {
    /// The entry.
    id: Uuid,
    /// Its collection.
    collection: String,
    /// Department that owns it.
    department: Uuid,
    /// The title's locale.
    locale: String,
    /// Writing direction: `rtl` or `ltr`.
    dir: String,
    /// Public path.
    path: Option<String>,
    /// The title, plain.
    title: String,
}

/// Entries about the same things.
#[derive(Serialize, Object)]
struct RelatedEntries {
    /// The entries, the nearest first.
    data: Vec<HitView>,
}

async fn suggest(mut call: Call, suggest: Suggest) -> Result<Response, Problem> {
    call.spend(1)?;
    let Suggest { beginning, locale, collections, departments, size } = suggest;
    let input = SuggestInput { beginning, locale, collections, departments, size, client: call.token() };
    let titles = call.app.cms.suggest(call.actor.public_scope(), input).await?;
    let answer = Suggestions { data: titles.into_iter().map(SuggestionView::from).collect() };
    public_json(&call, &answer, &Caching::untagged(0))
}

async fn related(mut call: Call, related: ListRelated) -> Result<Response, Problem> {
    call.spend(RELATED_UNITS)?;
    let ListRelated { collection: handle, id, locale, size } = related;
    let hits =
        call.app.cms.related(call.actor.public_scope(), &handle, id, locale.as_ref(), size, call.token()).await?;
    let answer = RelatedEntries { data: hits.into_iter().map(HitView::from).collect() };
    let max_age_seconds = max_age(call.app.cms.registry(), &handle);
    public_json(&call, &answer, &Caching::untagged(max_age_seconds))
}

impl From<SuggestedTitle> for SuggestionView {
    fn from(title: SuggestedTitle) -> Self {
        let SuggestedTitle { id, collection, department, locale, path, title } = title;
        Self {
            id: id.0,
            collection: collection.to_string(),
            department: department.0,
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            path: path.map(|path| path.to_string()),
            title,
        }
    }
}
