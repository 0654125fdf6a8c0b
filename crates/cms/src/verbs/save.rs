//! Save: what an editor sends becomes a new revision and the head. Never publishes.

use diwan_content::{
    Collection, EntryId, EventKind, EventSubject, Fault, FaultCode, Foreign, KeptAside, Locale, Permit, Pointer,
    RevisionContent, RevisionNumber, Slug, Version,
};
use diwan_store::{Localization, Queries, Revision, Title, WriteTx};

use super::revision::{Draft, Drafted, RevisionInput};
use crate::{
    cms::{Cms, blueprint_of},
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::permit_to_save,
        states::{LocalizationState, localization_state, origin_head},
    },
};

/// The state that a change to a localization expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The localization is at this version.
    Version(Version),
    /// The localization does not exist yet.
    Absent,
}

/// A revision that is ready to be stored, and the state that it expects.
pub(super) struct Ready {
    pub(super) permit: Permit,
    pub(super) revision: Revision,
    pub(super) title: String,
    pub(super) expect: Expect,
    pub(super) kind: EventKind,
    /// Whether it differs from the head. Where it does not, nothing is stored: the state is answered as it is.
    pub(super) changes: bool,
    pub(super) wanted_slug: Option<Slug>,
}

impl Cms {
    /// Saves the whole own content of a localization as a new revision; with [`Expect::Absent`] makes the localization.
    /// Content that is the head's already changes nothing.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch, localization there already, entry in the trash; faults.
    pub async fn save(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        locale: Locale,
        input: RevisionInput,
        expect: Expect,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        self.verb(ctx, "save", Some(entry), || self.save_once(ctx, entry, &locale, &input, expect)).await
    }

    async fn save_once(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        locale: &Locale,
        input: &RevisionInput,
        expect: Expect,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let ready = self.ready_to_save(&snapshot, ctx, entry, locale, input, expect).await?;
        drop(snapshot);
        self.store_revision(ctx, &ready).await
    }

    /// The same as a part of a larger transaction.
    pub(crate) async fn save_in(
        &self,
        tx: &mut WriteTx,
        ctx: &WriteContext,
        (entry, locale): (EntryId, &Locale),
        input: &RevisionInput,
        expect: Expect,
    ) -> Result<LocalizationState, CmsError> {
        let ready = self.ready_to_save(tx, ctx, entry, locale, input, expect).await?;
        append(tx, &ready).await
    }

    async fn ready_to_save(
        &self,
        queries: &Queries,
        ctx: &WriteContext,
        id: EntryId,
        locale: &Locale,
        input: &RevisionInput,
        expect: Expect,
    ) -> Result<Ready, CmsError> {
        let (permit, entry) = permit_to_save(self.registry(), queries, &ctx.actor, id, locale).await?;
        let collection = self.collection(entry.collection.as_str())?;
        if entry.trashed_at.is_some() {
            return Err(CmsError::Conflict(Conflict::Trashed));
        }
        let localization = queries.find_localization(id, locale).await?;
        check_expected(&collection, (id, locale), localization.as_ref(), expect)?;
        let base = match &localization {
            Some(found) => queries.find_revision(id, locale, found.head).await?,
            None => None,
        };
        let origin = origin_head(queries, id, &collection, locale).await?;
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?;
        let draft = Draft {
            queries,
            actor: &ctx.actor,
            entry: id,
            collection: &collection,
            blueprint,
            locale,
            base: base.as_ref(),
            origin: origin.as_ref(),
            at: Pointer::root(),
        };
        let Drafted { content, title, note, wanted_slug } = self.draft(draft, input).await?;
        let translates = translates(input.translates, origin.as_ref(), base.as_ref(), &content)?;
        let hash = content.hash();
        let retranslates = |base: &Revision| input.translates.is_some() && base.translates != translates;
        let changes = base.as_ref().is_none_or(|base| !base.content.says_the_same(&content) || retranslates(base));
        let based_on = base.map(|base| base.number);
        let revision = Revision {
            entry: id,
            locale: locale.clone(),
            number: based_on.map_or(RevisionNumber(1), RevisionNumber::next),
            content,
            hash,
            at: self.now(),
            author: permit.author(),
            note,
            based_on,
            translates,
        };
        let kind = if based_on.is_some() { EventKind::RevisionSaved } else { EventKind::LocalizationCreated };
        Ok(Ready { permit, revision, title, expect, kind, changes, wanted_slug })
    }

    /// Stores a revision in its transaction if the localization is still as expected.
    pub(super) async fn store_revision(
        &self,
        ctx: &WriteContext,
        ready: &Ready,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let mut tx = self.begin(ctx).await?;
        let outcome = append(&mut tx, ready).await;
        tx.end(outcome).await
    }
}

/// Which revision of the origin is translated: the one that the editor names; else, where only slug or note change, the one
/// that was; else the origin's head, which is what an editor sees beside the text.
fn translates(
    named: Option<RevisionNumber>,
    origin: Option<&Revision>,
    base: Option<&Revision>,
    content: &RevisionContent,
) -> Result<Option<RevisionNumber>, CmsError> {
    let at = Pointer::root().key("translates");
    match (named, origin) {
        (None, None) => Ok(None),
        (Some(_), None) => {
            let fault = Fault::new(at, FaultCode::UnknownField).with("allowed", Vec::<String>::new());
            Err(CmsError::Faults(vec![fault]))
        }
        (Some(named), Some(origin)) if named > origin.number => {
            let fault = Fault::new(at, FaultCode::TooLarge).with("max", origin.number.0);
            Err(CmsError::Faults(vec![fault]))
        }
        (Some(named), Some(_)) => Ok(Some(named)),
        (None, Some(origin)) => {
            let unchanged = base.filter(|base| base.content.data_text == content.data_text);
            Ok(unchanged.and_then(|base| base.translates).or(Some(origin.number)))
        }
    }
}

fn check_expected(
    collection: &Collection,
    (entry, locale): (EntryId, &Locale),
    found: Option<&Localization>,
    expect: Expect,
) -> Result<(), CmsError> {
    let missing = || CmsError::NotFound(Thing::Localization(entry, locale.clone()));
    match (found, expect) {
        (None, _) if !collection.has_locale(locale) => {
            Err(CmsError::NotFound(Thing::UnknownLocale(entry, locale.clone(), collection.locales.clone())))
        }
        (None, Expect::Absent) => Ok(()),
        (None, Expect::Version(_)) => Err(missing()),
        (Some(_), Expect::Absent) => Err(CmsError::Conflict(Conflict::LocalizationExists)),
        (Some(found), Expect::Version(version)) if found.version != version => {
            Err(CmsError::VersionMismatch { current: found.version })
        }
        (Some(_), Expect::Version(_)) => Ok(()),
    }
}

async fn append(tx: &mut WriteTx, ready: &Ready) -> Result<LocalizationState, CmsError> {
    let Ready { permit, revision, title, expect, kind, changes, wanted_slug } = ready;
    let folded = diwan_content::fold_text(title);
    let title = Title { text: title, folded: &folded };
    match expect {
        Expect::Version(version) => {
            let checked = tx.check_version(revision.entry, &revision.locale, *version).await?;
            checked.map_err(|mismatch| match mismatch.found {
                Some(current) => CmsError::VersionMismatch { current },
                None => CmsError::NotFound(Thing::Localization(revision.entry, revision.locale.clone())),
            })?;
            if !changes {
                let state = localization_state(tx, revision.entry, &revision.locale).await?;
                return Ok(LocalizationState { kept_aside: kept_aside(revision), ..state });
            }
            tx.append_revision(permit, revision, title).await?;
        }
        Expect::Absent => {
            if tx.find_localization(revision.entry, &revision.locale).await?.is_some() {
                return Err(CmsError::Conflict(Conflict::LocalizationExists));
            }
            tx.insert_localization(permit, revision, title).await?;
        }
    }
    let subject = EventSubject {
        entry: Some(revision.entry),
        locale: Some(revision.locale.clone()),
        revision: Some(revision.number),
        department: Some(permit.department()),
        content_hash: Some(revision.hash),
        ..EventSubject::default()
    };
    tx.record(permit, *kind, subject);
    let state = localization_state(tx, revision.entry, &revision.locale).await?;
    let state = LocalizationState { kept_aside: kept_aside(revision), ..state };
    Ok(state.wanting(wanted_slug.as_ref()))
}

/// The values that a revision keeps beside its data.
fn kept_aside(revision: &Revision) -> Vec<KeptAside> {
    Foreign::from_stored(revision.content.foreign_text.as_deref()).kept_aside()
}
