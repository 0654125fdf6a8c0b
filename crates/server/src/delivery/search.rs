//! `GET /v1/search`: Arabic search over what is public, and how hits are answered.

use diwan_cms::{
    CollectionCount, DepartmentCount, FoundAttachment, Month, Order, QUERY_MAX_CHARS, SearchHit, SearchInput,
    SearchPage,
};
use diwan_content::{DepartmentId, Handle, Locale};
use poem::Response;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::list_views::{LabelView, Page};
use crate::http::{
    answer::{Caching, public_json, scalars::Time},
    call::Call,
    problem::Problem,
    request::{
        parameters::{Paging, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const Q: Parameter<String> = Parameter::text("q", QUERY_MAX_CHARS, "the words");
const LOCALE: Parameter<Locale> = Parameter::new("locale", "only this locale; absent: all");
const COLLECTION: Parameter<String> =
    Parameter::text("collection", Handle::MAX_BYTES, "only these collections; several with commas between them");
const DEPARTMENT: Parameter<DepartmentId> =
    Parameter::new("department", "only these departments; several with commas between them");
const FROM: Parameter<String> = Parameter::text("from", 10, "only of this day and later ones, such as 2026-11-23");
const TO: Parameter<String> = Parameter::text("to", 10, "only of this day and earlier ones");
const FILTER: Parameter<String> = Parameter::text(
    "filter",
    100,
    "only with one of these values of a field that facets count; several with commas between them",
);
const FACETS: Parameter<String> = Parameter::text(
    "facets",
    Handle::MAX_BYTES,
    "how hits are counted: collection, department, locale, month and fields that collections declare for it, or none; several with commas between them; absent: by all of them, which takes the longest",
);
const SORT: Parameter<Order> =
    Parameter::new("sort", "what stands first: the best answers (when absent), the latest or the earliest day");

pub(super) fn route() -> Route {
    Route::get("/search", "search", "Published entries that hold the words, however they are spelt, with facets")
        .ok::<SearchAnswer>("a page of hits")
        .to(search)
}

struct Search {
    query: String,
    locale: Option<Locale>,
    collections: Vec<String>,
    departments: Vec<DepartmentId>,
    from: Option<String>,
    to: Option<String>,
    fields: Vec<(String, Vec<String>)>,
    facets: Vec<String>,
    order: Option<Order>,
    page: Paging,
}

impl Parameters for Search {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            query: request.required(&Q),
            locale: request.optional(&LOCALE),
            collections: request.many(&COLLECTION),
            departments: request.many(&DEPARTMENT),
            from: request.optional(&FROM),
            to: request.optional(&TO),
            fields: request.many_bracketed(&FILTER),
            facets: request.many(&FACETS),
            order: request.optional(&SORT),
            page: Paging::read(request),
        }
    }
}

async fn search(mut call: Call, search: Search) -> Result<Response, Problem> {
    let Search { query, locale, collections, departments, from, to, fields, facets, order, page } = search;
    call.spend(1 + query.split_whitespace().count())?;
    let Paging { size, after } = page;
    let input = SearchInput {
        query,
        locale,
        collections,
        departments,
        from,
        to,
        fields,
        facets: Some(facets).filter(|facets| !facets.is_empty()),
        order: order.unwrap_or_default(),
        size,
        after,
        client: call.token(),
    };
    let checked = call.app.cms.check_search(call.actor.public_scope(), input).await?;
    call.refuse_faults()?;
    let page = call.app.cms.search_checked(checked).await?;
    // Any publish may change a search: caches ask again each time.
    public_json(&call, &SearchAnswer::from(page), &Caching::untagged(0))
}

/// Hits of a search.
#[derive(Serialize, Object)]
pub(crate) struct SearchAnswer {
    /// The hits, best first.
    pub(crate) data: Vec<HitView>,
    /// How to go on; `total` counts all hits.
    pub(crate) page: Page,
    /// How the hits are spread.
    pub(crate) facets: Facets,
    /// Notes about the answer.
    pub(crate) meta: SearchMeta,
}

/// A hit.
#[derive(Serialize, Object)]
#[oai(rename = "SearchHit")]
pub(crate) struct HitView {
    /// The entry.
    pub(crate) id: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// Department that owns it.
    pub(crate) department: Uuid,
    /// Its locale.
    pub(crate) locale: String,
    /// Writing direction: `rtl` or `ltr`.
    pub(crate) dir: String,
    /// Public path.
    pub(crate) path: Option<String>,
    /// Its title, plain.
    pub(crate) title: String,
    /// What was found, as safe HTML with `<mark>`.
    pub(crate) highlights: HighlightsView,
    /// When this revision became public.
    pub(crate) published_at: Time,
    /// It stands first because the ministry wants it so.
    pub(crate) pinned: bool,
    /// It lacks a word of the query: such hits come after those with all words.
    pub(crate) fewer_words: bool,
    /// Documents that it refers to and in which words stand that its own texts lack.
    pub(crate) attachments: Vec<FoundAttachmentView>,
}

/// A document in which words of the query were found.
#[derive(Serialize, Object)]
#[oai(rename = "FoundAttachment")]
pub(crate) struct FoundAttachmentView {
    /// The asset.
    pub(crate) id: Uuid,
    /// File name.
    pub(crate) name: String,
    /// Address of its bytes.
    pub(crate) url: String,
    /// What was found in it, as safe HTML with `<mark>`; empty where the words stand far inside.
    pub(crate) fragments: Vec<String>,
}

/// What was found, as safe HTML with `<mark>`.
#[derive(Serialize, Object)]
#[oai(rename = "Highlights")]
pub(crate) struct HighlightsView {
    /// The title, where something was found in it.
    pub(crate) title: Option<String>,
    /// Fragments of the texts.
    pub(crate) fragments: Vec<String>,
}

/// How hits are spread; a list that was not asked for is empty. A facet leaves out the filter on its own field and heeds all others.
#[derive(Serialize, Object)]
pub(crate) struct Facets {
    /// By collection.
    pub(crate) collections: Vec<CollectionFacet>,
    /// By department.
    pub(crate) departments: Vec<DepartmentFacet>,
    /// By locale.
    pub(crate) locales: Vec<LocaleFacet>,
    /// By month, the latest first.
    pub(crate) months: Vec<MonthFacet>,
    /// By values of fields.
    pub(crate) fields: Vec<FieldFacet>,
}

/// Hits of one locale.
#[derive(Serialize, Object)]
pub(crate) struct LocaleFacet {
    /// The locale.
    pub(crate) locale: String,
    /// How many.
    pub(crate) count: u64,
}

/// Hits of one month.
#[derive(Serialize, Object)]
pub(crate) struct MonthFacet {
    /// The year.
    pub(crate) year: u64,
    /// The month, 1 to 12.
    pub(crate) month: u64,
    /// How many.
    pub(crate) count: u64,
}

/// Hits by the values of one field.
#[derive(Serialize, Object)]
pub(crate) struct FieldFacet {
    /// The field.
    pub(crate) field: String,
    /// The values, the most frequent first.
    pub(crate) values: Vec<ValueFacet>,
}

/// Hits with one value.
#[derive(Serialize, Object)]
pub(crate) struct ValueFacet {
    /// The value.
    pub(crate) value: String,
    /// How many.
    pub(crate) count: u64,
}

/// Hits of one collection.
#[derive(Serialize, Object)]
pub(crate) struct CollectionFacet {
    /// Its handle.
    pub(crate) handle: String,
    /// Its label in both languages.
    pub(crate) label: LabelView,
    /// How many.
    pub(crate) count: u64,
}

/// Hits of one department.
#[derive(Serialize, Object)]
pub(crate) struct DepartmentFacet {
    /// The department.
    pub(crate) id: Uuid,
    /// Its title, where it is public.
    pub(crate) title: Option<String>,
    /// How many.
    pub(crate) count: u64,
}

/// Notes about a search.
#[derive(Serialize, Object)]
pub(crate) struct SearchMeta {
    /// The first hit lacks a word of the query.
    pub(crate) relaxed: bool,
    /// The query without slips, where words of it are in no text but words like them are.
    pub(crate) did_you_mean: Option<String>,
    /// Hits in other locales, where the one that was asked for has none.
    pub(crate) other_locales: Vec<LocaleFacet>,
}

impl From<SearchPage> for SearchAnswer {
    fn from(page: SearchPage) -> Self {
        let SearchPage {
            hits,
            total,
            collections,
            departments,
            locales,
            months,
            fields,
            relaxed,
            did_you_mean,
            other_locales,
            next,
            size,
        } = page;
        let collections = collections
            .into_iter()
            .map(|CollectionCount { handle, label, count }| CollectionFacet {
                handle: handle.to_string(),
                label: LabelView { ar: label.ar, en: label.en },
                count,
            })
            .collect();
        let departments = departments
            .into_iter()
            .map(|DepartmentCount { id, title, count }| DepartmentFacet { id: id.0, title, count })
            .collect();
        Self {
            data: hits.into_iter().map(HitView::from).collect(),
            page: Page { next, size, total: Some(total) },
            facets: Facets {
                collections,
                departments,
                locales: locales.into_iter().map(LocaleFacet::from).collect(),
                months: months.into_iter().map(MonthFacet::from).collect(),
                fields: fields.into_iter().map(FieldFacet::from).collect(),
            },
            meta: SearchMeta {
                relaxed,
                did_you_mean,
                other_locales: other_locales.into_iter().map(LocaleFacet::from).collect(),
            },
        }
    }
}

impl From<SearchHit> for HitView {
    fn from(hit: SearchHit) -> Self {
        let SearchHit {
            id,
            collection,
            department,
            locale,
            path,
            title,
            highlights,
            published_at,
            pinned,
            fewer_words,
            attachments,
        } = hit;
        Self {
            id: id.0,
            collection: collection.to_string(),
            department: department.0,
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            path: path.map(|path| path.to_string()),
            title,
            highlights: HighlightsView { title: highlights.title, fragments: highlights.fragments },
            published_at: Time(published_at),
            pinned,
            fewer_words,
            attachments: attachments.into_iter().map(FoundAttachmentView::from).collect(),
        }
    }
}

impl From<FoundAttachment> for FoundAttachmentView {
    fn from(found: FoundAttachment) -> Self {
        let FoundAttachment { asset, name, url, fragments } = found;
        Self { id: asset.0, name, url, fragments }
    }
}

impl From<(Locale, u64)> for LocaleFacet {
    fn from((locale, count): (Locale, u64)) -> Self {
        Self { locale: locale.to_string(), count }
    }
}

impl From<(Month, u64)> for MonthFacet {
    fn from((month, count): (Month, u64)) -> Self {
        Self { year: month.year(), month: month.month(), count }
    }
}

impl From<(Handle, Vec<(String, u64)>)> for FieldFacet {
    fn from((field, values): (Handle, Vec<(String, u64)>)) -> Self {
        let values = values.into_iter().map(|(value, count)| ValueFacet { value, count }).collect();
        Self { field: field.to_string(), values }
    }
}
