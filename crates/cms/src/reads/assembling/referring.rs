//! Who refers to entries, in the default order of those that do.

use std::collections::BTreeMap;

use diwan_content::{Bounds, EntryId, Locale, ReferenceTarget, ReverseSource, presented_references, rights::Past};
use diwan_store::Live;

use super::super::view::PublicView;
use crate::{
    cms::{Cms, blueprint_of},
    conforming::{some_values, stored_presented},
    error::CmsError,
    opening::rebuild::subject_of,
};

/// Most publications that are looked through for who referred to something at a time.
const MAX_CANDIDATES: u32 = 5_000;
/// Publications fetched at once.
const BATCH: usize = 200;

/// Entries that refer to others.
#[derive(Debug)]
pub(in crate::reads) struct Referring {
    /// Those who refer to it, by what they refer to.
    pub(in crate::reads) by_target: BTreeMap<EntryId, Vec<EntryId>>,
    /// False where there was too much to look through, or some of it is closed to the asker.
    pub(in crate::reads) whole: bool,
}

impl Cms {
    /// Who refers to entries by a field, in the same locale; at most so many for each. Of a look back, what was public then
    /// is looked through, where that is not too much: references are kept of what is public now alone.
    pub(in crate::reads) async fn referring(
        &self,
        view: &PublicView<'_>,
        source: &ReverseSource,
        locale: &Locale,
        targets: &[EntryId],
        most: usize,
    ) -> Result<Referring, CmsError> {
        if !source.collection.has_locale(locale) {
            return Ok(Referring { by_target: BTreeMap::new(), whole: true });
        }
        if let Some(past) = view.past() {
            return self.referring_then(view, past, source, locale, targets, most).await;
        }
        let list = self.default_list(&source.collection, locale);
        let limit = u32::try_from(most).unwrap_or(u32::MAX);
        let rows = view.queries().referring_entries(source.field.as_str(), locale, &list, targets, limit).await?;
        let mut by_target: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
        for (target, entry) in rows {
            by_target.entry(target).or_default().push(entry);
        }
        Ok(Referring { by_target, whole: true })
    }

    async fn referring_then(
        &self,
        view: &PublicView<'_>,
        past: &Past,
        source: &ReverseSource,
        locale: &Locale,
        targets: &[EntryId],
        most: usize,
    ) -> Result<Referring, CmsError> {
        let all = Bounds::default();
        let candidates = view.entries_then(past, &source.collection, locale, &all, MAX_CANDIDATES + 1).await?;
        if candidates.len() > MAX_CANDIDATES as usize {
            return Ok(Referring { by_target: BTreeMap::new(), whole: false });
        }
        let mut found: BTreeMap<EntryId, Vec<(Vec<u8>, EntryId)>> = BTreeMap::new();
        for batch in candidates.chunks(BATCH) {
            for live in view.lives(batch, locale).await? {
                let referred = self.referred(&live, source)?;
                if referred.iter().any(|target| targets.contains(target)) {
                    let key = self.default_key(&live, source)?;
                    for target in referred.into_iter().filter(|target| targets.contains(target)) {
                        found.entry(target).or_default().push((key.clone(), live.entry));
                    }
                }
            }
        }
        let ordered = |mut entries: Vec<(Vec<u8>, EntryId)>| {
            entries.sort();
            entries.dedup();
            entries.into_iter().take(most).map(|(_, entry)| entry).collect()
        };
        let by_target = found.into_iter().map(|(target, entries)| (target, ordered(entries))).collect();
        Ok(Referring { by_target, whole: view.enters_whole(&source.collection) })
    }

    /// What a publication refers to by the source's field.
    fn referred(&self, live: &Live, source: &ReverseSource) -> Result<Vec<EntryId>, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let values = some_values(live, |name| name == source.field.as_str())?;
        let references = presented_references(blueprint, &values);
        let entries = references.into_iter().filter_map(|reference| match reference.target {
            ReferenceTarget::Entry(id) => Some(id),
            ReferenceTarget::Asset(_) => None,
        });
        Ok(entries.collect())
    }

    /// The place of a publication in its collection's default order.
    fn default_key(&self, live: &Live, source: &ReverseSource) -> Result<Vec<u8>, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let presented = stored_presented(live)?;
        Ok(subject_of(live, blueprint, &presented).sort_key(&source.collection.indexes[0]))
    }
}
