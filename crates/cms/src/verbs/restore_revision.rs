//! Restore: an old revision's content becomes a new revision and the head.

use diwan_content::{
    EntryId, EventKind, Foreign, Limits, Locale, Pointer, RevisionNumber, Version, resolve, rights::Action,
};
use diwan_store::{Queries, Revision};

use super::{
    revision::parent_fault,
    save::{Expect, Ready},
};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_data,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::permit_on_entry,
        states::{LocalizationState, origin_head},
    },
    publishing::title_of,
};

impl Cms {
    /// Makes an old revision the head again, as a new revision with the same content; changes nothing where that is the
    /// head's content. What today's blueprint does not take of it is kept beside the data and reported. Never publishes.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch; in the trash; a fault, where the old parent no longer can be one.
    pub async fn restore_revision(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        locale: Locale,
        number: RevisionNumber,
        note: Option<String>,
        version: Version,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let attempt = || self.restore_revision_once(ctx, entry, &locale, number, note.as_deref(), version);
        self.verb(ctx, "restore_revision", Some(entry), attempt).await
    }

    async fn restore_revision_once(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        locale: &Locale,
        number: RevisionNumber,
        note: Option<&str>,
        version: Version,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let note = note.map(str::to_owned);
        let ready = self.ready_to_restore(&snapshot, ctx, entry, locale, number, note, version).await?;
        drop(snapshot);
        self.store_revision(ctx, &ready).await
    }

    #[expect(clippy::too_many_arguments, reason = "what the verb takes, and the snapshot")]
    async fn ready_to_restore(
        &self,
        queries: &Queries,
        ctx: &WriteContext,
        id: EntryId,
        locale: &Locale,
        number: RevisionNumber,
        note: Option<String>,
        version: Version,
    ) -> Result<Ready, CmsError> {
        let (permit, entry) =
            permit_on_entry(self.registry(), queries, &ctx.actor, Action::RestoreRevision, id, Some(locale)).await?;
        if entry.trashed_at.is_some() {
            return Err(CmsError::Conflict(Conflict::Trashed));
        }
        let localization = queries.find_localization(id, locale).await?;
        let localization = localization.ok_or_else(|| CmsError::NotFound(Thing::Localization(id, locale.clone())))?;
        if localization.version != version {
            return Err(CmsError::VersionMismatch { current: localization.version });
        }
        let old = queries.find_revision(id, locale, number).await?;
        let old = old.ok_or_else(|| CmsError::NotFound(Thing::Revision(id, locale.clone(), number)))?;
        let collection = self.collection(entry.collection.as_str())?;
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?;
        let origin = origin_head(queries, id, &collection, locale).await?;
        let role = collection.role(locale);
        // What the blueprint of today does not take is kept beside the data.
        let (data, aside) = self.conformed(&old, blueprint, &role)?.editable(blueprint, &role, Limits::Bind);
        let mut faults = Vec::new();
        if let Some(parent) = old.content.parent
            && let Some(fault) = parent_fault(queries, &collection, id, parent, Pointer::root().key("parent")).await?
        {
            faults.push(fault);
        }
        if !faults.is_empty() {
            return Err(CmsError::Faults(faults));
        }
        let origin_data = origin.as_ref().map(stored_data).transpose()?;
        let title = title_of(&collection, &resolve(blueprint, &data, origin_data.as_ref()));
        let mut content = old.content.clone();
        content.data_text = data.to_stored();
        content.blueprint_hash = blueprint.hash;
        let mut foreign = Foreign::from_stored(old.content.foreign_text.as_deref());
        foreign.keep_aside(&aside);
        content.foreign_text = foreign.to_stored();
        let hash = content.hash();
        let head = queries.find_revision(id, locale, localization.head).await?;
        let changes =
            head.is_none_or(|head| !head.content.says_the_same(&content) || head.translates != old.translates);
        let revision = Revision {
            entry: id,
            locale: locale.clone(),
            number: localization.head.next(),
            content,
            hash,
            at: self.now(),
            author: permit.author(),
            note,
            based_on: Some(number),
            // What was written then translates what stood there then.
            translates: old.translates,
        };
        let (expect, kind) = (Expect::Version(version), EventKind::RevisionRestored);
        Ok(Ready { permit, revision, title, expect, kind, changes, wanted_slug: None })
    }
}
