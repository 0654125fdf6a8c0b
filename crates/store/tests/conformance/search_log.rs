//! What was searched for, by day and query.

use diwan_content::EntryId;
use diwan_store::{ClickCount, QueryCount, ReportedQuery, SearchReport, Store};

use crate::fixture::entry_id;

fn query(day: u32, locale: &str, query: &str, searches: u64, empty_searches: u64) -> QueryCount {
    QueryCount { day, locale: locale.to_owned(), query: query.to_owned(), searches, empty_searches, clients: 3 }
}

fn click(day: u32, locale: &str, query: &str, entry: EntryId, clicks: u64) -> ClickCount {
    ClickCount { day, locale: locale.to_owned(), query: query.to_owned(), entry, clicks, positions: clicks * 2 }
}

/// A report in short: locale, query, searches, empty searches, clicks.
async fn report(
    store: &Store,
    report: SearchReport,
    days: (u32, u32),
    locale: Option<&str>,
    limit: u32,
) -> Vec<String> {
    let snapshot = store.snapshot().await.unwrap();
    let rows = snapshot.report_searches(report, days, locale, limit).await.unwrap();
    let told = rows.into_iter().map(|row| {
        let ReportedQuery { locale, query, searches, empty_searches, clicks } = row;
        format!("{locale}:{query} {searches} {empty_searches} {clicks}")
    });
    told.collect()
}

const ALL_DAYS: (u32, u32) = (0, 99_991_231);

pub(crate) async fn searches_and_clicks_of_a_day_add_up(store: &Store) {
    let first = [query(20_261_122, "ar", "موازنه", 3, 1), query(20_261_122, "", "موازنه", 1, 0)];
    let clicks = [click(20_261_122, "ar", "موازنه", entry_id(1), 2), click(20_261_122, "ar", "موازنه", entry_id(2), 1)];
    store.record_searches(&first, &clicks, 0).await.unwrap();
    let again = [query(20_261_122, "ar", "موازنه", 4, 0), query(20_261_123, "ar", "موازنه", 10, 10)];
    store.record_searches(&again, &[click(20_261_122, "ar", "موازنه", entry_id(1), 5)], 0).await.unwrap();
    let frequent = async |days| report(store, SearchReport::Frequent, days, None, 10).await;
    assert_eq!(frequent((20_261_122, 20_261_122)).await, ["ar:موازنه 7 1 8", ":موازنه 1 0 0"]);
    assert_eq!(frequent(ALL_DAYS).await, ["ar:موازنه 17 11 8", ":موازنه 1 0 0"]);
    assert_eq!(frequent((20_261_123, 20_261_123)).await, ["ar:موازنه 10 10 0"], "clicks of other days are not counted");
    assert_eq!(frequent((20_261_124, 20_261_130)).await, Vec::<String>::new());
}

pub(crate) async fn a_query_is_reported_once_three_clients_asked_it_or_on_three_days(store: &Store) {
    let by = |day, text: &str, clients| QueryCount { clients, ..query(day, "ar", text, 5, 0) };
    let told = async || report(store, SearchReport::Frequent, ALL_DAYS, None, 10).await;
    store.record_searches(&[by(20_261_121, "اسم", 1), by(20_261_121, "رسوم", 2)], &[], 0).await.unwrap();
    store.record_searches(&[by(20_261_122, "اسم", 2), by(20_261_121, "رسوم", 0)], &[], 0).await.unwrap();
    assert_eq!(told().await, Vec::<String>::new());
    store.record_searches(&[by(20_261_121, "رسوم", 1)], &[], 0).await.unwrap();
    assert_eq!(told().await, ["ar:رسوم 15 0 0"]);
    store.record_searches(&[by(20_261_123, "اسم", 1)], &[], 0).await.unwrap();
    assert_eq!(told().await, ["ar:اسم 15 0 0", "ar:رسوم 15 0 0"]);
    assert_eq!(report(store, SearchReport::Frequent, (20_261_122, 20_261_123), None, 10).await, Vec::<String>::new());
}

pub(crate) async fn reports_of_searches_are_in_one_order_everywhere(store: &Store) {
    let day = 20_261_123;
    let queries = [
        query(day, "ar", "رسوم", 9, 0),
        query(day, "ar", "ضريبه", 5, 5),
        query(day, "ar", "ؤ", 5, 5),
        query(day, "ar", "Zeta", 5, 5),
        query(day, "ar", "alpha", 5, 5),
        query(day, "en", "tax", 7, 6),
        query(day, "ar", "'; DROP TABLE search_queries; --%_", 1, 1),
    ];
    store.record_searches(&queries, &[], 0).await.unwrap();
    let equals = ["ar:Zeta 5 5 0", "ar:alpha 5 5 0", "ar:ؤ 5 5 0", "ar:ضريبه 5 5 0"];
    let empty = report(store, SearchReport::Empty, ALL_DAYS, None, 10).await;
    assert_eq!(empty[0], "en:tax 7 6 0");
    assert_eq!(empty[1..5], equals, "by the bytes of the texts");
    assert_eq!(empty[5..], ["ar:'; DROP TABLE search_queries; --%_ 1 1 0"]);
    let frequent = report(store, SearchReport::Frequent, ALL_DAYS, Some("ar"), 3).await;
    assert_eq!(frequent, ["ar:رسوم 9 0 0", equals[0], equals[1]]);
    assert_eq!(report(store, SearchReport::Empty, ALL_DAYS, Some("en"), 10).await, ["en:tax 7 6 0"]);
    assert_eq!(report(store, SearchReport::Frequent, ALL_DAYS, Some("fr"), 10).await, Vec::<String>::new());
}

pub(crate) async fn searches_are_forgotten_after_their_days(store: &Store) {
    let counts = [query(20_260_101, "ar", "قديم", 1, 0), query(20_261_123, "ar", "جديد", 1, 0)];
    let clicks = [click(20_260_101, "ar", "جديد", entry_id(1), 3), click(20_261_123, "ar", "جديد", entry_id(1), 4)];
    store.record_searches(&counts, &clicks, 0).await.unwrap();
    let told = async || report(store, SearchReport::Frequent, ALL_DAYS, None, 10).await;
    assert_eq!(told().await, ["ar:جديد 1 0 7", "ar:قديم 1 0 0"]);
    store.record_searches(&[], &[], 20_260_102).await.unwrap();
    assert_eq!(told().await, ["ar:جديد 1 0 4"]);
}

pub(crate) async fn a_day_holds_only_so_many_different_searches(store: &Store) {
    let many: Vec<QueryCount> =
        (0..20_003).map(|number| query(20_261_123, "ar", &format!("س{number:05}"), 1, 0)).collect();
    store.record_searches(&many, &[], 0).await.unwrap();
    // What is known goes on counting, and another day has room of its own.
    let more = [
        query(20_261_123, "ar", "س00000", 5, 0),
        query(20_261_123, "ar", "س20002", 9, 0),
        query(20_261_124, "ar", "س20002", 2, 0),
    ];
    store.record_searches(&more, &[], 0).await.unwrap();
    let told = report(store, SearchReport::Frequent, ALL_DAYS, None, 3).await;
    assert_eq!(told, ["ar:س00000 6 0 0", "ar:س20002 2 0 0", "ar:س00001 1 0 0"]);
}
