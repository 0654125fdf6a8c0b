//! Keys of lists, rebuilt when the code, the declarations of indexes or the shape of values have changed, or when an entry
//! changes hands.

use diwan_content::{Blueprint, Collection, DepartmentId, EntryId, Locale, Permit, Subject, Timestamp, rights::Action};
use diwan_store::{Live, PublicationKind, Queries, Store, StoreError, WriteTx};
use serde_json::{Map, Value};

use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_presented,
    error::CmsError,
    frame::retry,
    opening::lists_stamp,
};

/// Localizations whose keys one transaction replaces; few, since their public and stored data are in memory meanwhile.
const BATCH: u32 = 50;

impl Cms {
    /// Rebuilds the keys of the lists whose values are shaped by other rules than those that made them: declared indexes,
    /// types and options of fields, the code; not labels or limits. Runs before anything is served.
    pub(crate) async fn rebuild_lists_if_changed(&self) -> Result<(), CmsError> {
        let snapshot = self.store().snapshot().await?;
        let mut outdated = Vec::new();
        for collection in self.registry().collections() {
            if !self.lists_are_current(&snapshot, collection).await? {
                let (name, stamp) = (stamp_name(collection), lists_stamp(self.registry(), collection));
                outdated.push((collection.handle.clone(), name, stamp));
            }
        }
        drop(snapshot);
        if outdated.is_empty() {
            return Ok(());
        }
        let permit = self.permit_system(Action::Publish).await?;
        let mut stamps_without_lists = Vec::new();
        for (handle, name, stamp) in outdated {
            let mut after: Option<(EntryId, Locale)> = None;
            let mut rebuilt = 0;
            loop {
                let snapshot = self.store().snapshot().await?;
                let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
                let mut lives = snapshot.live_in_collection(&handle, from, BATCH).await?;
                let same = self.bring_to_today(&snapshot, &mut lives).await?;
                drop(snapshot);
                let Some(last) = lives.last() else { break };
                after = Some((last.entry, last.locale.clone()));
                rebuilt += lives.len();
                self.rebuild_batch(&permit, &lives, &same).await?;
            }
            if rebuilt > 0 {
                tracing::info!(collection = %handle, rebuilt, "the keys of lists were rebuilt");
                // At once, so that what is done stays done where a later collection fails.
                self.replace_settings(&[(name, stamp)]).await?;
            } else {
                stamps_without_lists.push((name, stamp));
            }
        }
        self.replace_settings(&stamps_without_lists).await
    }

    /// Whether the keys of a collection's lists were made by today's rules.
    pub(crate) async fn lists_are_current(&self, queries: &Queries, collection: &Collection) -> Result<bool, CmsError> {
        let stored = queries.find_setting(&stamp_name(collection)).await?;
        Ok(stored.as_deref() == Some(&lists_stamp(self.registry(), collection)))
    }

    /// Replaces the keys of publications; notes of those in `same` that their stored data are as today's blueprint makes
    /// them.
    async fn rebuild_batch(&self, permit: &Permit, lives: &[Live], same: &[usize]) -> Result<(), CmsError> {
        retry(|| async {
            let mut tx = self.store().begin(self.now()).await?;
            let outcome = self.replace_stale(&mut tx, permit, lives, same).await;
            tx.end(outcome).await.map(|committed| committed.value)
        })
        .await
    }

    async fn replace_stale(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        lives: &[Live],
        same: &[usize],
    ) -> Result<(), CmsError> {
        for live in lives {
            let keys = self.keys_of(live, live.department)?;
            tx.replace_keys(permit, live.entry, &live.locale, &keys).await?;
        }
        for place in same {
            let live = &lives[*place];
            let shape = blueprint_of(self.registry(), live.blueprint.as_str())?.shape;
            tx.set_presented_under(permit, live.entry, &live.locale, &shape).await?;
        }
        Ok(())
    }

    /// Replaces settings, each with its name and value, in one transaction.
    pub(crate) async fn replace_settings(&self, settings: &[(String, String)]) -> Result<(), CmsError> {
        Ok(replace_settings(self.store(), self.now(), settings).await?)
    }

    /// Publications and keys of an entry under its new owner, in the transaction that gives it away.
    pub(crate) async fn reown_publications(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        entry: EntryId,
        owner: DepartmentId,
        event: diwan_store::EventIndex,
    ) -> Result<(), CmsError> {
        let locales: Vec<Locale> = tx.live_localizations(&[entry]).await?.into_iter().map(|live| live.locale).collect();
        for locale in locales {
            let Some(live) = tx.find_live(entry, &locale).await? else { continue };
            let mut live = [live];
            self.bring_to_today(tx, &mut live).await?;
            let [live] = live;
            let keys = self.keys_of(&live, owner)?;
            let mut publication = live.publication.clone();
            publication.department = owner;
            let pins = tx.live_pins(entry, &locale).await?;
            tx.close_publication(permit, entry, &locale, event).await?;
            tx.open_publication(permit, &publication, PublicationKind::Live, event).await?;
            tx.insert_pins(permit, entry, &locale, event, &pins).await?;
            tx.replace_keys(permit, entry, &locale, &keys).await?;
        }
        Ok(())
    }

    /// Places in lists of what is public.
    pub(crate) fn keys_of(&self, live: &Live, department: DepartmentId) -> Result<Vec<(String, Vec<u8>)>, CmsError> {
        let collection = self.collection(live.collection.as_str())?;
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let presented = stored_presented(live)?;
        let subject = Subject { department, ..subject_of(live, blueprint, &presented) };
        Ok(self.keys_in_lists(&collection, &subject))
    }
}

/// Replaces settings, each with its name and value, in one transaction; begins none where there are none.
pub(crate) async fn replace_settings(
    store: &Store,
    now: Timestamp,
    settings: &[(String, String)],
) -> Result<(), StoreError> {
    if settings.is_empty() {
        return Ok(());
    }
    retry(|| async {
        let mut tx = store.begin(now).await?;
        let outcome = replace_all(&mut tx, settings).await;
        tx.end(outcome).await.map(|committed| committed.value)
    })
    .await
}

async fn replace_all(tx: &mut WriteTx, settings: &[(String, String)]) -> Result<(), StoreError> {
    for (name, value) in settings {
        tx.replace_setting(name, value).await?;
    }
    Ok(())
}

/// The setting that says by which rules the keys of a collection's lists were made.
fn stamp_name(collection: &Collection) -> String {
    format!("lists_stamp:{}", collection.handle)
}

/// A live publication as lists see it.
pub(crate) fn subject_of<'a>(
    live: &'a Live,
    blueprint: &'a Blueprint,
    presented: &'a Map<String, Value>,
) -> Subject<'a> {
    Subject {
        entry: live.entry,
        locale: &live.locale,
        blueprint,
        presented,
        department: live.department,
        parent: live.parent,
        slug: &live.slug,
        rank: live.rank.as_ref(),
        date: live.date,
        published_at: live.published_at,
        first_published_at: live.first_published_at,
    }
}
