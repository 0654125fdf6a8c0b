//! What is searched for, never by whom: gathered in memory, written in batches, forgotten after half a year.
//!
//! Who asks counts only as a number that this process makes of a client and forgets: it tells whether several clients asked
//! the same, without which a query is in no report, and bounds what one client can put into the log.
//! A query that may name a person or a thing of his (a long number, an address of mail, a whole sentence) is not kept. Losing
//! what was gathered when the process dies is allowed, and a flood fills neither memory nor the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use diwan_content::{CalendarDate, EntryId, Handle, Locale, Timestamp, fold_text, rights::PublicScope};
use diwan_search::day_number;
use diwan_store::{ClickCount, QueryCount};

use crate::{cms::Cms, error::CmsError};

/// Most different queries, and most different clicks, that wait to be written.
const GATHERED_MAX: usize = 2_000;
/// Most queries of today that clicks are taken for.
const KNOWN_MAX: usize = 20_000;
/// Different queries of one client that are kept of a day.
const QUERIES_OF_CLIENT_MAX: u32 = 200;
/// Clients that are told apart on a day; all others count as one.
const CLIENTS_MAX: usize = 20_000;
/// Clients of one query that are told apart: reports ask for no more.
const CLIENTS_OF_QUERY_MAX: usize = 3;
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

/// A client as a number that means nothing outside of this process.
pub type ClientToken = u64;

/// How often a query was asked since the last writing.
#[derive(Debug, Default, Clone, Copy)]
struct Asked {
    searches: u64,
    empty: u64,
    /// Clients that had not asked it today.
    clients: u64,
}

#[derive(Debug, Default)]
struct Gathered {
    queries: BTreeMap<Key, Asked>,
    /// Clicks by what their senders may read, and the sum of their places. Whether the entry is public is still to be seen.
    clicks: BTreeMap<(Key, EntryId, PublicScope), (u64, u64)>,
    /// Queries of this day that were asked here, with some of those who asked.
    known: BTreeMap<Key, Vec<ClientToken>>,
    /// How many different queries each client brought in today.
    brought: BTreeMap<ClientToken, u32>,
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
    fn record(&self, today: CalendarDate, query: &str, locale: Option<&Locale>, found: bool, client: ClientToken) {
        let Some(key) = key(today, query, locale) else { return };
        let mut gathered = self.lock();
        if gathered.known.first_key_value().is_some_and(|((day, ..), _)| *day != key.0) {
            gathered.known.clear();
            gathered.brought.clear();
        }
        let Some(clients) = gathered.know(&key, client) else { return };
        if gathered.queries.len() >= GATHERED_MAX && !gathered.queries.contains_key(&key) {
            return;
        }
        let asked = gathered.queries.entry(key).or_default();
        asked.searches += 1;
        asked.empty += u64::from(!found);
        asked.clients += clients;
    }

    /// Takes the click if its query was asked here today and there is room.
    fn record_click(&self, today: CalendarDate, scope: PublicScope, click: &SearchClick) {
        let SearchClick { query, locale, entry, position } = click;
        let Some(key) = key(today, query, locale.as_ref()) else { return };
        let mut gathered = self.lock();
        let place = (key, *entry, scope);
        let room = gathered.clicks.len() < GATHERED_MAX || gathered.clicks.contains_key(&place);
        if !room || !gathered.known.contains_key(&place.0) {
            return;
        }
        let (clicks, positions) = gathered.clicks.entry(place).or_default();
        *clicks += 1;
        *positions += u64::from((*position).min(POSITION_MAX));
    }

    /// Whether nothing was forgotten yet today; that it is now is taken note of.
    fn is_to_forget(&self, today: u32) -> bool {
        std::mem::replace(&mut self.lock().forgotten_on, today) != today
    }

    fn take(&self) -> (Vec<QueryCount>, Vec<(PublicScope, ClickCount)>) {
        let mut gathered = self.lock();
        let queries = std::mem::take(&mut gathered.queries).into_iter().map(|(key, asked)| {
            let ((day, locale, query), Asked { searches, empty, clients }) = (key, asked);
            QueryCount { day, locale, query, searches, empty_searches: empty, clients }
        });
        let queries = queries.collect();
        let clicks = std::mem::take(&mut gathered.clicks).into_iter().map(|((key, entry, scope), counts)| {
            let ((day, locale, query), (clicks, positions)) = (key, counts);
            (scope, ClickCount { day, locale, query, entry, clicks, positions })
        });
        (queries, clicks.collect())
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    /// How many clients a query has gained by this one, 0 or 1; `None` where it is not kept, for the client has brought in
    /// too many, or all together have.
    fn know(&mut self, key: &Key, client: ClientToken) -> Option<u64> {
        if let Some(clients) = self.known.get_mut(key) {
            if clients.len() >= CLIENTS_OF_QUERY_MAX || clients.contains(&client) {
                return Some(0);
            }
            clients.push(client);
            return Some(1);
        }
        let told_apart = self.brought.len() < CLIENTS_MAX || self.brought.contains_key(&client);
        let brought = self.brought.entry(if told_apart { client } else { ClientToken::MAX }).or_default();
        if *brought >= QUERIES_OF_CLIENT_MAX || self.known.len() >= KNOWN_MAX {
            return None;
        }
        *brought += 1;
        self.known.insert(key.clone(), vec![client]);
        Some(1)
    }
}

impl Cms {
    /// Counts a search.
    pub(crate) fn log_search(&self, query: &str, locale: Option<&Locale>, found: bool, client: ClientToken) {
        self.parts().search_log.record(self.today(), query, locale, found, client);
    }

    /// Counts that somebody followed a hit of a query that was asked here today. Whether the entry is public to them is looked
    /// up when the count is written: neither answer nor time says anything about queries or entries.
    pub fn record_click(&self, scope: PublicScope, click: &SearchClick) {
        self.parts().search_log.record_click(self.today(), scope, click);
    }

    /// Those clicks that lead to what their senders may read.
    async fn public_clicks(&self, clicks: Vec<(PublicScope, ClickCount)>) -> Result<Vec<ClickCount>, CmsError> {
        let entries: BTreeSet<EntryId> = clicks.iter().map(|(_, click)| click.entry).collect();
        let entries: Vec<EntryId> = entries.into_iter().collect();
        let mut collections: BTreeMap<EntryId, Handle> = BTreeMap::new();
        for live in self.store().snapshot().await?.live_localizations(&entries).await? {
            collections.insert(live.entry, live.collection);
        }
        let is_public = |scope: PublicScope, entry: EntryId| {
            let collection =
                collections.get(&entry).and_then(|handle| self.registry().find_collection(handle.as_str()));
            collection.is_some_and(|collection| scope.allows(collection))
        };
        Ok(clicks.into_iter().filter(|(scope, click)| is_public(*scope, click.entry)).map(|(_, click)| click).collect())
    }

    /// Writes what was gathered and forgets what is old.
    pub(crate) async fn flush_search_log(&self) -> Result<(), CmsError> {
        let (queries, clicks) = self.parts().search_log.take();
        if queries.is_empty() && clicks.is_empty() {
            return Ok(());
        }
        let clicks = self.public_clicks(clicks).await?;
        Ok(self.store().record_searches(&queries, &clicks, self.oldest_day()).await?)
    }

    /// Forgets what is old, once a day, though nobody searches.
    pub(crate) async fn forget_old_searches(&self) -> Result<(), CmsError> {
        if !self.parts().search_log.is_to_forget(day_number(self.today())) {
            return Ok(());
        }
        Ok(self.store().record_searches(&[], &[], self.oldest_day()).await?)
    }

    /// The first day whose counts are kept.
    fn oldest_day(&self) -> u32 {
        let oldest = Timestamp::from_unix_ms(self.now().unix_ms().saturating_sub(KEPT_DAYS * DAY_MS));
        oldest.map_or(0, |oldest| day_number(self.time_zone().day_at(oldest)))
    }
}

/// What a query is counted under; `None` for one that is not kept.
fn key(today: CalendarDate, query: &str, locale: Option<&Locale>) -> Option<Key> {
    let folded = fold_text(query);
    let names_somebody = folded.contains(|c: char| c == '@' || c.is_control()) || holds_long_number(&folded);
    let kept = !names_somebody && !folded.is_empty() && folded.chars().count() <= QUERY_MAX_CHARS;
    kept.then(|| (day_number(today), locale.map(Locale::to_string).unwrap_or_default(), folded))
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
    use diwan_content::Actor;

    use super::*;

    fn at(day: i64) -> CalendarDate {
        Timestamp::from_unix_ms(day * DAY_MS).unwrap().day()
    }

    #[test]
    fn queries_are_counted_by_their_folded_form_and_those_that_may_name_somebody_are_not_kept() {
        let log = SearchLog::default();
        for query in ["الموازنة", "الموازنه ", "المُوازنة"] {
            log.record(at(20_000), query, None, query != "الموازنة", 1);
        }
        for query in ["هوية 901234567", "a@example.org", &"كلمة ".repeat(20), " "] {
            log.record(at(20_000), query, None, false, 1);
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
        let scope = Actor::anonymous().public_scope();
        log.record_click(at(20_000), scope, &click);
        assert_eq!(log.take().1, []);
        log.record(at(20_000), "الموازنه", None, true, 1);
        // Nobody can search in a locale that there is not.
        log.record_click(at(20_000), scope, &SearchClick { locale: Some("xx".parse().unwrap()), ..click.clone() });
        for day in [20_000, 20_000, 20_001] {
            log.record_click(at(day), scope, &click);
        }
        let (_, clicks) = log.take();
        let [(_, counted)] = clicks.as_slice() else { panic!("{clicks:?}") };
        assert_eq!((counted.clicks, counted.positions), (2, 2_000));
    }

    #[test]
    fn a_flood_is_bounded() {
        let log = SearchLog::default();
        for number in 0..GATHERED_MAX * 2 {
            let letters: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            log.record(at(20_000), &letters, None, true, number as u64 / 100);
        }
        assert_eq!(log.take().0.len(), GATHERED_MAX);
    }

    #[test]
    fn one_client_fills_no_log_and_counts_once_for_each_query_of_a_day() {
        let log = SearchLog::default();
        for number in 0..38_000_u32 {
            let letters: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            log.record(at(20_000), &letters, None, true, 1);
        }
        assert_eq!(log.take().0.len(), QUERIES_OF_CLIENT_MAX as usize);
        let clients = |asking: &[ClientToken], day| {
            asking.iter().for_each(|client| log.record(at(day), "موازنة", None, true, *client));
            log.take().0.iter().map(|count| (count.searches, count.clients)).collect::<Vec<_>>()
        };
        assert_eq!(clients(&[2, 2, 3], 20_000), [(3, 2)]);
        assert_eq!(clients(&[3, 2, 4, 5, 6], 20_000), [(5, 1)], "more than three are not told apart");
        assert_eq!(clients(&[2], 20_001), [(1, 1)], "the next day");
    }
}
