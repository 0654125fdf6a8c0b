//! `GET /manage/v1/search/reports/…`: what people search for, and what they do not find.

use diwan_cms::{MAX_PAGE_SIZE, ReportedQuery, SearchReport, SearchReportInput};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use crate::http::{
    answer::private_json,
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const EMPTY: Route = Route {
    method: Verb::Get,
    path: "/search/reports/empty",
    operation: "report_empty_searches",
    summary: "Queries that found nothing, the most frequent first",
    parameters: &[
        Parameter::optional("from", ParameterKind::Text(10), "first day, such as 2026-11-01; absent: all that is kept"),
        Parameter::optional("to", ParameterKind::Text(10), "last day; absent: today"),
        Parameter::optional("locale", ParameterKind::Locale, "only searches in this locale"),
        Parameter::optional(
            "page[size]",
            ParameterKind::Number(1, MAX_PAGE_SIZE as i64),
            "at most so many; 20 when absent",
        ),
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<SearchReportView>("the queries")],
    handler: |call| Box::pin(report(call, SearchReport::Empty)),
};

pub(crate) const FREQUENT: Route = Route {
    path: "/search/reports/frequent",
    operation: "report_frequent_searches",
    summary: "The most frequent queries",
    handler: |call| Box::pin(report(call, SearchReport::Frequent)),
    ..EMPTY
};

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

async fn report(call: Call, report: SearchReport) -> Result<Response, Problem> {
    let input = SearchReportInput {
        report,
        from: call.query.text("from").map(str::to_owned),
        to: call.query.text("to").map(str::to_owned),
        locale: call.query.parsed("locale"),
        size: call.query.parsed("page[size]"),
    };
    let queries = call.app.cms.search_report(&call.actor, input).await?;
    let data = queries.into_iter().map(ReportedQueryView::from).collect();
    private_json(StatusCode::OK, &SearchReportView { data })
}

impl From<ReportedQuery> for ReportedQueryView {
    fn from(reported: ReportedQuery) -> Self {
        let ReportedQuery { locale, query, searches, empty_searches, clicks } = reported;
        Self { locale: Some(locale).filter(|locale| !locale.is_empty()), query, searches, empty_searches, clicks }
    }
}
