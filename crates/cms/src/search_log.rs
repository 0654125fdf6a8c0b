//! What is searched for, without whoever asks: gathered in memory, written in batches, forgotten after half a year.
//!
//! A query that may name a person or a thing of his (a long number, an address of mail, a whole sentence) is not kept. Losing
//! what was gathered when the process dies is allowed, and a flood fills neither memory nor the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use diwan_content::{EntryId, Locale, Timestamp, fold_text};
use diwan_search::day_number;
use diwan_store::{ClickCount, QueryCount};

use crate::{cms::Cms, error::CmsError};

/// Most different queries, and most different clicks, that wait to be written.
const GATHERED_MAX: usize = 2_000;
/// Most queries of today that clicks are taken for.
const KNOWN_MAX: usize = 20_000;
/// Longest query that is kept, in characters.
const QUERY_MAX_CHARS: usize = 60;
/// A number of so many digits may be somebody's.
const DIGITS_MAX: usize = 4;
/// How long counts are kept, in days.
const KEPT_DAYS: i64 = 180;
const DAY_MS: i64 = 86_400_000;
/// Places further down are counted as this one.
const POSITION_MAX: u32 = 1_000;

/// What was gathered and is still to be written.
#[derive(Debug, Default)]
pub(crate) struct SearchLog(Mutex<Gathered>);

/// Day, locale (empty for all) and folded query.
type Key = (u32, String, String);

#[derive(Debug, Default)]
struct Gathered {
    /// Searches, and those without a hit.
    queries: BTreeMap<Key, (u64, u64)>,
    /// Clicks, and the sum of their places.
    clicks: BTreeMap<(Key, EntryId), (u64, u64)>,
    /// Queries of this day that were asked here.
    known: BTreeSet<Key>,
    /// The day on which old counts were last forgotten.
    forgotten_on: u32,
}

/// A hit that somebody followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchClick {
    /// The query as it was asked.
    pub query: String,
    /// The locale that was searched; absent: all.
    pub locale: Option<Locale>,
    /// Where he went.
    pub entry: EntryId,
    /// The place of the hit, from 1.
    pub position: u32,
}

impl SearchLog {
    fn record(&self, now: Timestamp, query: &str, locale: Option<&Locale>, found: bool) {
        let Some(key) = key(now, query, locale) else { return };
        let mut gathered = self.lock();
        if gathered.known.first().is_some_and(|(day, ..)| *day != key.0) {
            gathered.known.clear();
        }
        if gathered.known.len() < KNOWN_MAX {
            gathered.known.insert(key.clone());
        }
        if gathered.queries.len() >= GATHERED_MAX && !gathered.queries.contains_key(&key) {
            return;
        }
        let (searches, empty) = gathered.queries.entry(key).or_default();
        *searches += 1;
        *empty += u64::from(!found);
    }

    /// Whether the click was taken: its query was asked here today, and there is room.
    fn record_click(&self, now: Timestamp, click: &SearchClick) -> bool {
        let SearchClick { query, locale, entry, position } = click;
        let Some(key) = key(now, query, locale.as_ref()) else { return false };
        let mut gathered = self.lock();
        let place = (key, *entry);
        let room = gathered.clicks.len() < GATHERED_MAX || gathered.clicks.contains_key(&place);
        if !room || !gathered.known.contains(&place.0) {
            return false;
        }
        let (clicks, positions) = gathered.clicks.entry(place).or_default();
        *clicks += 1;
        *positions += u64::from((*position).min(POSITION_MAX));
        true
    }

    /// Whether nothing was forgotten yet today; that it is now is taken note of.
    fn is_to_forget(&self, today: u32) -> bool {
        std::mem::replace(&mut self.lock().forgotten_on, today) != today
    }

    fn take(&self) -> (Vec<QueryCount>, Vec<ClickCount>) {
        let mut gathered = self.lock();
        let queries = std::mem::take(&mut gathered.queries).into_iter().map(|(key, (searches, empty_searches))| {
            let (day, locale, query) = key;
            QueryCount { day, locale, query, searches, empty_searches }
        });
        let queries = queries.collect();
        let clicks = std::mem::take(&mut gathered.clicks).into_iter().map(|((key, entry), (clicks, positions))| {
            let (day, locale, query) = key;
            ClickCount { day, locale, query, entry, clicks, positions }
        });
        (queries, clicks.collect())
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cms {
    /// Counts a search.
    pub(crate) fn log_search(&self, query: &str, locale: Option<&Locale>, found: bool) {
        self.parts().search_log.record(self.now(), query, locale, found);
    }

    /// Counts that somebody followed a hit of a query that was asked here today. An entry that is not public is not counted.
    ///
    /// # Errors
    /// The database fails.
    pub async fn record_click(&self, click: &SearchClick) -> Result<bool, CmsError> {
        let live = self.store().snapshot().await?.live_localizations(&[click.entry]).await?;
        Ok(!live.is_empty() && self.parts().search_log.record_click(self.now(), click))
    }

    /// Writes what was gathered and forgets what is old.
    pub(crate) async fn flush_search_log(&self) -> Result<(), CmsError> {
        let (queries, clicks) = self.parts().search_log.take();
        if queries.is_empty() && clicks.is_empty() {
            return Ok(());
        }
        Ok(self.store().record_searches(&queries, &clicks, oldest_day(self.now())).await?)
    }

    /// Forgets what is old, once a day, though nobody searches.
    pub(crate) async fn forget_old_searches(&self) -> Result<(), CmsError> {
        let now = self.now();
        if !self.parts().search_log.is_to_forget(day_number(now.day())) {
            return Ok(());
        }
        Ok(self.store().record_searches(&[], &[], oldest_day(now)).await?)
    }
}

/// The first day whose counts are kept.
fn oldest_day(now: Timestamp) -> u32 {
    let oldest = Timestamp::from_unix_ms(now.unix_ms().saturating_sub(KEPT_DAYS * DAY_MS));
    oldest.map_or(0, |oldest| day_number(oldest.day()))
}

/// What a query is counted under; `None` for one that is not kept.
fn key(now: Timestamp, query: &str, locale: Option<&Locale>) -> Option<Key> {
    let folded = fold_text(query);
    let names_somebody = folded.contains(|c: char| c == '@' || c.is_control()) || holds_long_number(&folded);
    let kept = !names_somebody && !folded.is_empty() && folded.chars().count() <= QUERY_MAX_CHARS;
    kept.then(|| (day_number(now.day()), locale.map(Locale::to_string).unwrap_or_default(), folded))
}

/// Groups of digits are one number unless letters stand between them: so telephones and identity cards are written. Years
/// count for nothing.
fn holds_long_number(folded: &str) -> bool {
    folded.split(char::is_alphabetic).any(|number| {
        let groups = number.split(|c: char| !c.is_numeric()).filter(|group| !is_year(group));
        groups.map(|group| group.chars().count()).sum::<usize>() > DIGITS_MAX
    })
}

/// A year of either calendar that people write of.
fn is_year(group: &str) -> bool {
    group.len() == 4
        && group.parse().is_ok_and(|year: u32| (1300..1500).contains(&year) || (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_unix_ms(day * DAY_MS).unwrap()
    }

    #[test]
    fn queries_are_counted_by_their_folded_form_and_those_that_may_name_somebody_are_not_kept() {
        let log = SearchLog::default();
        for query in ["الموازنة", "الموازنه ", "المُوازنة"] {
            log.record(at(20_000), query, None, query != "الموازنة");
        }
        for query in ["هوية 901234567", "a@example.org", &"كلمة ".repeat(20), " "] {
            log.record(at(20_000), query, None, false);
        }
        let (queries, clicks) = log.take();
        assert_eq!(clicks, []);
        let [count] = queries.as_slice() else { panic!("{queries:?}") };
        assert_eq!((count.query.as_str(), count.searches, count.empty_searches), ("الموازنه", 3, 1));
        assert_eq!(log.take(), (vec![], vec![]));
    }

    #[test]
    fn a_number_in_groups_is_as_long_as_its_digits_but_years_are_no_number_of_anybody() {
        let kept = |query: &str| key(at(20_000), query, None).is_some();
        for query in ["050-123-4567", "جوال ٠٥٠ ١٢٣ ٤٥٦٧", "هوية 1012 3456 78", "(011) 405.0000", "1445 6789 01"]
        {
            assert!(!kept(query), "{query}");
        }
        for query in
            ["موازنة 2025-2026", "عام ١٤٤٥/١٤٤٦ هـ", "المادة 12 من نظام 1999", "نموذج 7 لعام 2024 ونموذج 12", "2030"]
        {
            assert!(kept(query), "{query}");
        }
    }

    #[test]
    fn clicks_are_taken_for_queries_of_today_alone() {
        let log = SearchLog::default();
        let click = SearchClick {
            query: "الموازنة".into(),
            locale: None,
            entry: EntryId(uuid::Uuid::from_u128(1)),
            position: 4_000_000,
        };
        assert!(!log.record_click(at(20_000), &click));
        log.record(at(20_000), "الموازنه", None, true);
        assert!(log.record_click(at(20_000), &click) && log.record_click(at(20_000), &click));
        assert!(!log.record_click(at(20_001), &click));
        let (_, clicks) = log.take();
        assert_eq!((clicks[0].clicks, clicks[0].positions), (2, 2_000));
    }

    #[test]
    fn a_flood_is_bounded() {
        let log = SearchLog::default();
        for number in 0..GATHERED_MAX * 2 {
            let letters: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            log.record(at(20_000), &letters, None, true);
        }
        assert_eq!(log.take().0.len(), GATHERED_MAX);
    }
}
