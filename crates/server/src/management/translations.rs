//! Fresh, stale and missing translations.

use diwan_cms::{ManagedTranslation, TranslatedField, TranslationList, TranslationState, TranslationsPage};
use diwan_content::Handle;
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{PAGE_AFTER, PAGE_SIZE, entry_id, known_collection};
use crate::{
    delivery::views::Page,
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        query::{Parameter, ParameterKind},
        route::{Condition, Described, RequestBody, Route, Verb},
    },
};

pub(crate) const LIST: Route = Route {
    method: Verb::Get,
    path: "/translations",
    operation: "list_translations",
    summary: "Translations that the key may read, held against their origins. A page may be short of its size while `page.next` says that there is more",
    parameters: &[
        Parameter::optional("collection", ParameterKind::Text(Handle::MAX_BYTES), "of this collection"),
        Parameter::optional("locale", ParameterKind::Locale, "in this locale"),
        Parameter::optional("state", ParameterKind::OneOf(&["fresh", "stale", "missing"]), "that stand so"),
        PAGE_SIZE,
        PAGE_AFTER,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<TranslationListView>("a page")],
    handler: |call| Box::pin(list(call)),
};

pub(crate) const ENTRY: Route = Route {
    path: "/entries/{id}/translations",
    operation: "get_entry_translations",
    summary: "All locales of an entry but its origin, held against it",
    parameters: &[],
    answers: &[Described::ok::<EntryTranslations>("the translations, in the order of the collection's locales")],
    handler: |call| Box::pin(entry(call)),
    ..LIST
};

/// A page of translations.
#[derive(Serialize, Object)]
#[oai(rename = "TranslationList")]
pub(crate) struct TranslationListView {
    /// The translations, by entry.
    data: Vec<TranslationView>,
    /// How to go on.
    page: Page,
}

/// The translations of an entry.
#[derive(Serialize, Object)]
pub(crate) struct EntryTranslations {
    /// One for each locale but the origin's.
    data: Vec<TranslationView>,
}

/// A locale of an entry, held against the origin.
#[derive(Serialize, Object)]
#[oai(rename = "ManagedTranslation")]
pub(crate) struct TranslationView {
    /// The entry.
    entry: Uuid,
    /// Its collection.
    collection: String,
    /// Department that owns it.
    department: Uuid,
    /// Title of the origin's head.
    title: String,
    /// The locale.
    locale: String,
    /// The same as a value for HTML's `lang`.
    lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    dir: String,
    /// `fresh`, `stale` or `missing`.
    state: String,
    /// `draft`, `published`, `changed`, `withdrawn` or `trashed`; null while it is missing.
    status: Option<String>,
    /// Number of its newest revision.
    head: Option<i64>,
    /// Revision of the origin that it translates.
    translates: Option<i64>,
    /// Newest revision of the origin.
    origin_head: i64,
    /// Its localizable fields, in the order of the form.
    fields: Vec<TranslatedFieldView>,
}

/// A localizable field of a translation.
#[derive(Serialize, Object)]
#[oai(rename = "TranslatedField")]
pub(crate) struct TranslatedFieldView {
    /// The field.
    field: String,
    /// `own`, `inherited` or `emptied`.
    source: String,
    /// The origin's value has changed since the revision that is translated.
    origin_changed: bool,
}

async fn list(call: Call) -> Result<Response, Problem> {
    let collection = call.query.text("collection").map(|handle| known_collection(&call, handle)).transpose()?;
    let asked = call.query.text("state");
    let list = TranslationList {
        collection,
        locale: call.query.parsed("locale"),
        state: TranslationState::ALL.into_iter().find(|state| Some(state.as_str()) == asked),
        size: call.query.parsed("page[size]"),
        after: call.query.text("page[after]").map(str::to_owned),
    };
    let page = call.app.cms.translation_list(&call.actor, list).await?;
    private_json(StatusCode::OK, &TranslationListView::from(page))
}

async fn entry(call: Call) -> Result<Response, Problem> {
    let found = call.app.cms.translations(&call.actor, entry_id(&call)?).await?;
    private_json(StatusCode::OK, &EntryTranslations { data: found.into_iter().map(TranslationView::from).collect() })
}

impl From<TranslationsPage> for TranslationListView {
    fn from(TranslationsPage { items, next, size }: TranslationsPage) -> Self {
        Self { data: items.into_iter().map(TranslationView::from).collect(), page: Page { next, size, total: None } }
    }
}

impl From<ManagedTranslation> for TranslationView {
    fn from(translation: ManagedTranslation) -> Self {
        let ManagedTranslation {
            entry,
            collection,
            department,
            title,
            locale,
            state,
            status,
            head,
            translates,
            origin_head,
            fields,
        } = translation;
        let field = |TranslatedField { field, source, origin_changed }: TranslatedField| TranslatedFieldView {
            field: field.to_string(),
            source: source.as_str().to_owned(),
            origin_changed,
        };
        Self {
            entry: entry.0,
            collection: collection.to_string(),
            department: department.0,
            title,
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            state: state.as_str().to_owned(),
            status: status.map(|status| status.as_str().to_owned()),
            head: head.map(|head| head.0),
            translates: translates.map(|number| number.0),
            origin_head: origin_head.0,
            fields: fields.into_iter().map(field).collect(),
        }
    }
}
