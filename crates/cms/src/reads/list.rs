//! Lists of published entries: a scan over stored keys where an index is declared, else a sort of few candidates.

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{
    Blueprint, Collection, ContentHash, EntryId, Fault, FaultCode, Locale, Pointer, SortKey, Tag, open_cursor,
    rights::{Moment, PublicScope},
    seal_cursor,
};
use diwan_store::Live;

use super::{
    include::Expansion,
    order::read_order,
    published::PublishedEntry,
    request::{Selection, moment_bytes},
    tagged::Tagged,
    window::Window,
};
use crate::{
    cms::Cms,
    error::CmsError,
    publishing::{SortFacts, blueprint_of, list_name, order_name, sort_key},
    rebuild::stored_presented,
};

/// Most entries that a list sorts without an index.
const MAX_CANDIDATES: u32 = 5_000;
/// Largest page.
const MAX_SIZE: u32 = 100;
/// Page size when none is asked for.
const DEFAULT_SIZE: u32 = 20;
/// Live publications fetched at once.
const BATCH: usize = 200;

/// A list as asked for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// The order, as sent; the collection's own when absent.
    pub sort: Option<String>,
    /// At most so many, 1 to 100; 20 when absent.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// In this locale; the collection's origin when absent.
    pub locale: Option<Locale>,
    /// Count all.
    pub count_exact: bool,
    /// As it is now, or as it was.
    pub moment: Moment,
    /// Which fields, and what beside them.
    pub selection: Selection,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct PublishedPage {
    /// The entries in order.
    pub items: Vec<PublishedEntry>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
    /// How many there are in all, when asked for.
    pub total: Option<u64>,
    /// The locale of the list.
    pub locale: Locale,
}

struct Checked {
    collection: Arc<Collection>,
    locale: Locale,
    order: Vec<SortKey>,
    size: u32,
    after: Option<Vec<u8>>,
    query: ContentHash,
    expansion: Expansion,
}

impl Cms {
    /// A page of what is published in a collection.
    ///
    /// # Errors
    /// An unknown collection; parameters that cannot be read; an order that no index serves over too many entries; a past
    /// that is not open to the asker, or that had too many entries.
    pub async fn published_list(
        &self,
        scope: PublicScope,
        collection: &str,
        query: ListQuery,
    ) -> Result<Tagged<PublishedPage>, CmsError> {
        let collection = self.public_collection(scope, collection)?;
        let (count_exact, moment) = (query.count_exact, query.moment.clone());
        let checked = self.check_list(scope, collection, query)?;
        let Checked { collection, locale, size, query, expansion, .. } = &checked;
        let window = self.window(scope, &moment).await?;
        window.check_enters(collection)?;
        let mut keys = self.page_keys(&window, &checked).await?;
        let more = keys.len() > *size as usize;
        keys.truncate(*size as usize);
        let next = keys.last().filter(|_| more).map(|(key, _)| seal_cursor(&self.parts().cursor_secret, query, key));
        let ids: Vec<EntryId> = keys.into_iter().map(|(_, id)| id).collect();
        let lives = in_order(&ids, window.lives(&ids, locale).await?);
        let mut tags = BTreeSet::from([Tag::List(collection.handle.clone(), locale.clone())]);
        let items = self.assemble(&window, lives, expansion, &mut tags).await?;
        let total = if count_exact { Some(self.count_all(&window, collection, locale).await?) } else { None };
        let page = PublishedPage { items, next, size: *size, total, locale: locale.clone() };
        Ok(Tagged { value: page, tags })
    }

    /// All parameters, or every fault in them.
    fn check_list(
        &self,
        scope: PublicScope,
        collection: Arc<Collection>,
        query: ListQuery,
    ) -> Result<Checked, CmsError> {
        let ListQuery { sort, size, after, locale, count_exact: _, moment, selection } = query;
        let mut faults = Vec::new();
        let names = selection.read_into(&mut faults);
        let expansion = self.expansion_into(scope, &collection, &names, &mut faults);
        let locale = locale.unwrap_or_else(|| collection.origin().clone());
        if !collection.has_locale(&locale) {
            let allowed: Vec<String> = collection.locales.iter().map(ToString::to_string).collect();
            faults.push(Fault::new(Pointer::root().key("locale"), FaultCode::NotAllowedHere).with("allowed", allowed));
        }
        let blueprints: Vec<&Blueprint> = self.registry().blueprints_of(&collection).map(|found| &**found).collect();
        let order = match sort.map(|sort| read_order(&sort, &collection, &blueprints)) {
            None => collection.sort.clone(),
            Some(Ok(order)) => order,
            Some(Err(fault)) => {
                faults.push(fault);
                collection.sort.clone()
            }
        };
        let size = check_size(size, &mut faults);
        let keyed = [u8::from(scope.is_keyed())];
        let query = ContentHash::of_parts(&[
            b"list",
            collection.handle.as_str().as_bytes(),
            locale.as_str().as_bytes(),
            order_name(&order).as_bytes(),
            &keyed,
            &moment_bytes(&moment),
        ]);
        let after = self.check_cursor(&query, after, &mut faults);
        if faults.is_empty() {
            Ok(Checked { collection, locale, order, size, after, query, expansion })
        } else {
            Err(CmsError::BadParameters(faults))
        }
    }

    /// The position of a cursor, or a fault where it is not one of this query.
    pub(crate) fn check_cursor(
        &self,
        query: &ContentHash,
        cursor: Option<String>,
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<u8>> {
        let cursor = cursor?;
        let position = open_cursor(&self.parts().cursor_secret, query, &cursor);
        if position.is_none() {
            let fault = Fault::new(Pointer::root().key("page[after]"), FaultCode::InvalidParameter);
            faults.push(fault.with("expected", "page.next of the same query"));
        }
        position
    }

    /// One key more than the page holds.
    async fn page_keys(&self, window: &Window<'_>, checked: &Checked) -> Result<Vec<(Vec<u8>, EntryId)>, CmsError> {
        let Checked { collection, locale, order, size, after, .. } = checked;
        if window.past().is_none() && collection.indexes.contains(order) {
            let list = list_name(collection, locale, order);
            return Ok(window.queries().scan_keys(&list, &[], after.as_deref(), size + 1).await?);
        }
        let mut keys = self.sort_candidates(window, checked).await?;
        if let Some(after) = after {
            keys.retain(|(key, _)| key > after);
        }
        keys.truncate(*size as usize + 1);
        Ok(keys)
    }

    /// Keys of all entries in an order that no index serves, if they are few. No index serves a look back.
    async fn sort_candidates(
        &self,
        window: &Window<'_>,
        checked: &Checked,
    ) -> Result<Vec<(Vec<u8>, EntryId)>, CmsError> {
        let Checked { collection, locale, order, .. } = checked;
        let ids = self.candidates(window, collection, locale).await?;
        if ids.len() > MAX_CANDIDATES as usize {
            return Err(CmsError::NeedsIndex { needed: format!("[{}]", order_name(order).replace(',', ", ")) });
        }
        let mut keys = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            for live in window.lives(batch, locale).await? {
                let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
                let facts = SortFacts {
                    entry: live.entry,
                    locale,
                    department: live.department,
                    rank: live.rank.as_ref(),
                    date: live.date,
                    published_at: live.published_at,
                    first_published_at: live.first_published_at,
                };
                keys.push((sort_key(blueprint, &stored_presented(&live)?, facts, order), live.entry));
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// All entries of a list, or one more than are looked through.
    async fn candidates(
        &self,
        window: &Window<'_>,
        collection: &Collection,
        locale: &Locale,
    ) -> Result<Vec<EntryId>, CmsError> {
        if let Some(past) = window.past() {
            return window.entries_then(past, collection, locale, MAX_CANDIDATES + 1).await;
        }
        let list = list_name(collection, locale, &collection.indexes[0]);
        let keys = window.queries().scan_keys(&list, &[], None, MAX_CANDIDATES + 1).await?;
        Ok(keys.into_iter().map(|(_, id)| id).collect())
    }

    async fn count_all(&self, window: &Window<'_>, collection: &Collection, locale: &Locale) -> Result<u64, CmsError> {
        if window.past().is_some() {
            return Ok(self.candidates(window, collection, locale).await?.len() as u64);
        }
        let list = list_name(collection, locale, &collection.indexes[0]);
        Ok(u64::from(window.queries().count_keys(&list, &[], u32::MAX).await?))
    }
}

/// The page size, or a fault.
pub(crate) fn check_size(size: Option<u32>, faults: &mut Vec<Fault>) -> u32 {
    let size = size.unwrap_or(DEFAULT_SIZE);
    if !(1..=MAX_SIZE).contains(&size) {
        let fault = Fault::new(Pointer::root().key("page[size]"), FaultCode::InvalidParameter);
        faults.push(fault.with("expected", format!("a whole number from 1 to {MAX_SIZE}")));
    }
    size.clamp(1, MAX_SIZE)
}

fn in_order(ids: &[EntryId], mut lives: Vec<Live>) -> Vec<Live> {
    lives.sort_by_key(|live| ids.iter().position(|id| *id == live.entry));
    lives
}
