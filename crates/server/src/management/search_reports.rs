//! `GET /manage/v1/search/reports/…`: what people search for, and what they do not find.

use diwan_cms::{ReportedQuery, SearchReport, SearchReportInput};
use diwan_content::Locale;
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use crate::http::{
    answer::private_json,
    call::Call,
    problem::Problem,
    request::{
        parameters::{PAGE_SIZE, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const FROM: Parameter<String> = Parameter::text("from", 10, "first day, such as 2026-11-01; absent: all that is kept");
const TO: Parameter<String> = Parameter::text("to", 10, "last day; absent: today");
const LOCALE: Parameter<Locale> = Parameter::new("locale", "only searches in this locale");

pub(super) fn empty_route() -> Route {
    let summary = "Queries that found nothing, the most frequent first";
    Route::get("/search/reports/empty", "report_empty_searches", summary)
        .ok::<SearchReportView>("the queries")
        .to(|call, queries| report(call, queries, SearchReport::Empty))
}

pub(super) fn frequent_route() -> Route {
    Route::get("/search/reports/frequent", "report_frequent_searches", "The most frequent queries")
        .ok::<SearchReportView>("the queries")
        .to(|call, queries| report(call, queries, SearchReport::Frequent))
}

struct ListQueries {
    from: Option<String>,
    to: Option<String>,
    locale: Option<Locale>,
    size: Option<u32>,
}

impl Parameters for ListQueries {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            from: request.optional(&FROM),
            to: request.optional(&TO),
            locale: request.optional(&LOCALE),
            size: request.optional(&PAGE_SIZE),
        }
    }
}

/// Queries with their counts.
#[derive(Serialize, Object)]
#[oai(rename = "SearchReport")]
struct SearchReportView {
    /// The queries.
    data: Vec<ReportedQueryView>,
}

/// A query with its counts.
#[derive(Serialize, Object)]
#[oai(rename = "ReportedQuery")]
struct ReportedQueryView {
    /// Locale that was searched; null for all.
    locale: Option<String>,
    /// The query, folded.
    query: String,
    /// How often it was asked.
    searches: u64,
    /// How often nothing was found.
    empty_searches: u64,
    /// How often a hit was followed.
    clicks: u64,
}

async fn report(call: Call, queries: ListQueries, report: SearchReport) -> Result<Response, Problem> {
    let ListQueries { from, to, locale, size } = queries;
    let queries = call.app.cms.search_report(&call.actor, SearchReportInput { report, from, to, locale, size }).await?;
    let data = queries.into_iter().map(ReportedQueryView::from).collect();
    private_json(StatusCode::OK, &SearchReportView { data })
}

impl From<ReportedQuery> for ReportedQueryView {
    fn from(reported: ReportedQuery) -> Self {
        let ReportedQuery { locale, query, searches, empty_searches, clicks } = reported;
        Self { locale: Some(locale).filter(|locale| !locale.is_empty()), query, searches, empty_searches, clicks }
    }
}
