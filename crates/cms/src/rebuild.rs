//! Keys of lists, built anew when the code or the declarations of indexes have moved on, or when an entry changes hands.

use diwan_content::{Actor, Blueprint, DepartmentId, EntryId, Locale, Permit, Subject, rights::Action};
use diwan_store::{Live, PublicationKind, WriteTx};
use serde_json::{Map, Value};

use crate::{
    authority::permit,
    cms::Cms,
    error::{CmsError, Thing},
    open::lists_stamp,
    publishing::{blueprint_of, keys_of},
};

/// Localizations whose keys one transaction replaces.
const BATCH: u32 = 200;

impl Cms {
    /// Builds the keys of all lists anew if they were made by other rules. Runs before anything is served.
    pub(crate) async fn rebuild_lists_if_changed(&self) -> Result<(), CmsError> {
        let stamp = lists_stamp(self.registry());
        let snapshot = self.store().snapshot().await?;
        let stored = snapshot.find_setting("lists_stamp").await?;
        let hierarchy = snapshot.hierarchy().await?;
        drop(snapshot);
        if stored.as_deref() == Some(&stamp) {
            return Ok(());
        }
        let permit = permit(
            &Actor::system(),
            Action::Publish,
            DepartmentId::MINISTRY,
            &hierarchy,
            Thing::Department(DepartmentId::MINISTRY),
        )?;
        let handles: Vec<_> = self.registry().collections().map(|collection| collection.handle.clone()).collect();
        for handle in handles {
            let mut after: Option<(EntryId, Locale)> = None;
            loop {
                let snapshot = self.store().snapshot().await?;
                let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
                let lives = snapshot.live_in_collection(&handle, from, BATCH).await?;
                drop(snapshot);
                let Some(last) = lives.last() else { break };
                after = Some((last.entry, last.locale.clone()));
                self.rebuild_batch(&permit, lives).await?;
            }
        }
        self.replace_setting("lists_stamp", stamp).await
    }

    async fn rebuild_batch(&self, permit: &Permit, lives: Vec<Live>) -> Result<(), CmsError> {
        let (cms, permit) = (self.clone(), permit.clone());
        self.store()
            .write(self.now(), move |tx| {
                let (cms, permit, lives) = (cms.clone(), permit.clone(), lives.clone());
                Box::pin(async move {
                    for live in &lives {
                        let keys = cms.keys_of(live, live.department)?;
                        tx.replace_keys(&permit, live.entry, &live.locale, &keys).await?;
                    }
                    Ok::<(), CmsError>(())
                })
            })
            .await?;
        Ok(())
    }

    async fn replace_setting(&self, name: &'static str, value: String) -> Result<(), CmsError> {
        self.store()
            .write(self.now(), move |tx| {
                let value = value.clone();
                Box::pin(async move { Ok::<(), CmsError>(tx.replace_setting(name, &value).await?) })
            })
            .await?;
        Ok(())
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
            let keys = self.keys_of(&live, owner)?;
            let mut publication = live.publication.clone();
            publication.department = owner;
            tx.close_publication(permit, entry, &locale, event).await?;
            tx.open_publication(permit, &publication, PublicationKind::Live, event).await?;
            tx.replace_keys(permit, entry, &locale, &keys).await?;
        }
        Ok(())
    }

    fn keys_of(&self, live: &Live, department: DepartmentId) -> Result<Vec<(String, Vec<u8>)>, CmsError> {
        let collection = self.collection(live.collection.as_str())?;
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let presented = stored_presented(live)?;
        let subject = Subject { department, ..subject_of(live, blueprint, &presented) };
        Ok(keys_of(self.registry(), &collection, &subject))
    }
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

/// Presented data as stored.
pub(crate) fn stored_presented(live: &Live) -> Result<Map<String, Value>, CmsError> {
    serde_json::from_str(&live.data_text).map_err(|error| CmsError::Internal {
        what: format!("presented data of {} in {} cannot be read", live.entry, live.locale),
        source: Some(Box::new(error)),
    })
}
