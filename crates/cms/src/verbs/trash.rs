//! Trash and untrash: an entry that is not public disappears from sight, and comes back.

use std::collections::BTreeSet;

use diwan_content::{
    Actor, Collection, DepartmentId, EntryId, EventKind, EventSubject, Locale, Owner, Permit, Registry, rights::Action,
};
use diwan_store::{Entry, Queries, WriteTx};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::permit_on_entry,
        states::{EntryState, entry_state},
    },
    manage::{Left, left},
};

impl Cms {
    /// Puts an entry into the trash. Its paths answer as if it had never been.
    ///
    /// # Errors
    /// Not found or not allowed; still public; has children outside the trash; a department that owns something; in the
    /// trash already.
    pub async fn trash(&self, ctx: &WriteContext, entry: EntryId) -> Result<Outcome<Left<EntryState>>, CmsError> {
        self.set_trashed(ctx, entry, "trash", EventKind::Trashed).await
    }

    /// Takes an entry out of the trash, as it was but for its paths.
    ///
    /// # Errors
    /// Not found or not allowed; not in the trash; its department is, or the department above it.
    pub async fn untrash(&self, ctx: &WriteContext, entry: EntryId) -> Result<Outcome<EntryState>, CmsError> {
        let Outcome { value, sequence } = self.set_trashed(ctx, entry, "untrash", EventKind::Untrashed).await?;
        Ok(Outcome { value: value.value, sequence })
    }

    async fn set_trashed(
        &self,
        ctx: &WriteContext,
        id: EntryId,
        action: &'static str,
        kind: EventKind,
    ) -> Result<Outcome<Left<EntryState>>, CmsError> {
        self.verb(ctx, action, Some(id), || self.set_trashed_once(ctx, id, kind)).await
    }

    async fn set_trashed_once(
        &self,
        ctx: &WriteContext,
        id: EntryId,
        kind: EventKind,
    ) -> Result<Outcome<Left<EntryState>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let permit = trash_permit(self.registry(), &snapshot, ctx, id).await?;
        let is_back = kind == EventKind::Untrashed;
        let holder = if is_back { Some(holder(&snapshot, &permit, id).await?) } else { None };
        let places: BTreeSet<(EntryId, Locale)> =
            snapshot.localizations(id).await?.into_iter().map(|found| (id, found.locale)).collect();
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = set_trashed_in(self, &mut tx, &permit, &ctx.actor, id, &places, holder).await;
        tx.end(outcome).await
    }
}

/// Whoever may edit may trash what was never public; the rest is for publishers.
async fn trash_permit(
    registry: &Registry,
    queries: &Queries,
    ctx: &WriteContext,
    id: EntryId,
) -> Result<Permit, CmsError> {
    let localizations = queries.localizations(id).await?;
    let was_public = localizations.iter().any(|localization| localization.was_public);
    let action = if was_public { Action::TrashPublished } else { Action::Trash };
    Ok(permit_on_entry(registry, queries, &ctx.actor, action, id, None).await?.0)
}

async fn set_trashed_in(
    cms: &Cms,
    tx: &mut WriteTx,
    permit: &Permit,
    actor: &Actor,
    id: EntryId,
    places: &BTreeSet<(EntryId, Locale)>,
    back_to: Option<DepartmentId>,
) -> Result<Left<EntryState>, CmsError> {
    // Locks are taken in the order of ids.
    let first = back_to.filter(|department| EntryId(department.0) < id);
    if let Some(department) = first {
        hold_department(tx, department).await?;
    }
    tx.lock_localizations(&places.iter().cloned().collect::<Vec<_>>()).await?;
    let entry = tx.lock_entry(id).await?.ok_or(CmsError::NotFound(Thing::Entry(id)))?;
    let localizations = tx.localizations(id).await?;
    let was_public = localizations.iter().any(|localization| localization.was_public);
    if localizations.iter().any(|found| !places.contains(&(id, found.locale.clone())))
        || (was_public && permit.action() == Action::Trash)
        || entry.department != permit.department()
    {
        return Err(CmsError::Conflict(Conflict::Busy));
    }
    if let Some(department) = back_to.filter(|_| first.is_none()) {
        hold_department(tx, department).await?;
    }
    if back_to.is_none() {
        check_may_go(tx, &entry, &localizations).await?;
        let collection = cms.collection(entry.collection.as_str())?;
        refuse_owner(tx, &collection, id).await?;
        for localization in &localizations {
            tx.forget_paths(permit, id, &localization.locale).await?;
        }
        tx.set_trashed(permit, id, Some(tx.now())).await?;
    } else {
        if entry.trashed_at.is_none() {
            return Err(CmsError::Conflict(Conflict::NotTrashed));
        }
        tx.set_trashed(permit, id, None).await?;
    }
    let kind = if back_to.is_some() { EventKind::Untrashed } else { EventKind::Trashed };
    let subject = EventSubject { entry: Some(id), department: Some(entry.department), ..EventSubject::default() };
    tx.record(permit, kind, subject);
    let gone = if kind == EventKind::Trashed { vec![id] } else { Vec::new() };
    left(tx, actor, &gone, entry_state(tx, id).await?).await
}

/// What owns an entry: its department, of a department the one above.
async fn holder(queries: &Queries, permit: &Permit, id: EntryId) -> Result<DepartmentId, CmsError> {
    let department = permit.department();
    if department == DepartmentId::from(id) { Ok(queries.department_above(department).await?) } else { Ok(department) }
}

/// Keeps a department out of the trash until the transaction ends, so that it may own what the transaction makes. Refuses one
/// that is in the trash.
pub(crate) async fn hold_department(tx: &mut WriteTx, department: DepartmentId) -> Result<(), CmsError> {
    if tx.hold_department(department).await? {
        return Err(CmsError::Conflict(Conflict::DepartmentTrashed(department)));
    }
    Ok(())
}

/// Refuses to let a department go while something is its own: that would be nobody's, and its title would be missing
/// wherever it is shown. Its row must be locked: what gives it something holds the row too.
pub(super) async fn refuse_owner(queries: &Queries, collection: &Collection, id: EntryId) -> Result<(), CmsError> {
    if collection.owner != Owner::Itself {
        return Ok(());
    }
    let owned = queries.owned_by(DepartmentId::from(id)).await?;
    if owned.is_nothing() { Ok(()) } else { Err(CmsError::Conflict(Conflict::OwnsSomething(owned))) }
}

async fn check_may_go(
    queries: &Queries,
    entry: &Entry,
    localizations: &[diwan_store::Localization],
) -> Result<(), CmsError> {
    if entry.trashed_at.is_some() {
        return Err(CmsError::Conflict(Conflict::Trashed));
    }
    let public: Vec<Locale> =
        localizations.iter().filter(|found| found.published.is_some()).map(|found| found.locale.clone()).collect();
    if !public.is_empty() {
        return Err(CmsError::Conflict(Conflict::StillPublic(public)));
    }
    let children = queries.children_of_heads(entry.id).await?;
    if !children.is_empty() {
        return Err(CmsError::Conflict(Conflict::Children(children)));
    }
    Ok(())
}
