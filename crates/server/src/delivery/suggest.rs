//! `GET /v1/search/suggest` and `GET /v1/collections/{collection}/entries/{id}/related`.

use std::collections::BTreeSet;

use diwan_cms::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SuggestInput, SuggestedTitle};
use diwan_content::{EntryId, Handle, Locale};
use poem::Response;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::{
    common::{LOCALE, max_age, scope},
    search_views::HitView,
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const SUGGEST: Route = Route {
    method: Verb::Get,
    path: "/search/suggest",
    operation: "suggest_titles",
    summary: "Titles as one types, with and without the article, however they are spelt",
    parameters: &[
        Parameter::required("q", ParameterKind::Text(SUGGEST_MAX_CHARS), "what was typed so far; one letter is enough"),
        Parameter::optional("locale", ParameterKind::Locale, "only titles in this locale; absent: all"),
        Parameter::many(
            "collection",
            ParameterKind::Text(Handle::MAX_BYTES),
            "only of these collections; several with commas between them",
        ),
        Parameter::many(
            "department",
            ParameterKind::Id,
            "only of these departments and those below them; several with commas between them",
        ),
        Parameter::optional(
            "page[size]",
            ParameterKind::Number(1, SUGGESTIONS_MAX as i64),
            "at most so many; 10 when absent",
        ),
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<Suggestions>("titles, the best first")],
    handler: |call| Box::pin(suggest(call)),
};

pub(crate) const RELATED: Route = Route {
    path: "/collections/{collection}/entries/{id}/related",
    operation: "list_related",
    summary: "Public entries in the same locale about the same things",
    parameters: &[
        LOCALE,
        Parameter::optional(
            "page[size]",
            ParameterKind::Number(1, SUGGESTIONS_MAX as i64),
            "at most so many; 5 when absent",
        ),
    ],
    answers: &[Described::ok::<RelatedEntries>("entries, the nearest first")],
    handler: |call| Box::pin(related(call)),
    ..SUGGEST
};

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

/// What related entries cost of a client's budget: a search for the words of an entry.
const RELATED_UNITS: usize = 5;

async fn suggest(mut call: Call) -> Result<Response, Problem> {
    call.spend(1)?;
    let input = SuggestInput {
        beginning: call.query.text("q").unwrap_or_default().to_owned(),
        locale: call.query.parsed("locale"),
        collections: call.query.texts("collection").into_iter().map(str::to_owned).collect(),
        departments: call.query.texts("department").into_iter().filter_map(|id| id.parse().ok()).collect(),
        size: call.query.parsed("page[size]"),
        client: call.token(),
    };
    let titles = call.app.cms.suggest(scope(&call), input).await?;
    let answer = Suggestions { data: titles.into_iter().map(SuggestionView::from).collect() };
    public_json(&call, &answer, &Caching { max_age_seconds: 0, tags: &BTreeSet::new(), language: None })
}

async fn related(mut call: Call) -> Result<Response, Problem> {
    call.spend(RELATED_UNITS)?;
    let handle = call.path_text("collection").to_owned();
    let id: Uuid = call.path_value("id")?;
    let locale: Option<Locale> = call.query.parsed("locale");
    let size = call.query.parsed("page[size]");
    let (cms, id) = (&call.app.cms, EntryId(id));
    let hits = cms.related(scope(&call), &handle, id, locale.as_ref(), size, call.token()).await?;
    let answer = RelatedEntries { data: hits.into_iter().map(HitView::from).collect() };
    let max_age_seconds = max_age(call.app.cms.registry(), &handle);
    public_json(&call, &answer, &Caching { max_age_seconds, tags: &BTreeSet::new(), language: None })
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
