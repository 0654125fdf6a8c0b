//! Withdraw: what is public is taken back as gone, as a redirect, or as if it had never been.

use std::collections::BTreeSet;

use diwan_content::{
    Collection, EntryId, EventKind, EventSubject, Fault, FaultCode, Locale, Permit, Pointer, Version, rights::Action,
};
use diwan_store::{Publication, Queries, WithdrawMode, WriteTx};

use super::trash::refuse_owner;
use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::{permit_below, permit_on_entry},
        states::{LocalizationState, localization_state},
    },
    manage::{Left, left},
};

/// One localization to take back.
#[derive(Debug, Clone, PartialEq)]
pub struct WithdrawItem {
    /// The entry.
    pub entry: EntryId,
    /// The localization.
    pub locale: Locale,
    /// The version that the caller saw.
    pub version: Version,
    /// What its path answers from now on.
    pub mode: WithdrawMode,
    /// Public children are withdrawn with it, in the same mode.
    pub with_children: bool,
}

/// Most public pages that stand below one withdrawn page.
const MAX_CHILDREN: usize = 10_000;

impl Cms {
    /// Takes one localization back; tells what still points to it.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch; not public; public children that are not withdrawn with it; a department
    /// that owns something, unless it stays public in its origin; a redirect to something that is not public.
    pub async fn withdraw(
        &self,
        ctx: &WriteContext,
        item: WithdrawItem,
    ) -> Result<Outcome<Left<LocalizationState>>, CmsError> {
        self.verb(ctx, "withdraw", Some(item.entry), || self.withdraw_once(ctx, &item)).await
    }

    async fn withdraw_once(
        &self,
        ctx: &WriteContext,
        item: &WithdrawItem,
    ) -> Result<Outcome<Left<LocalizationState>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (permit, entry) =
            permit_on_entry(self.registry(), &snapshot, &ctx.actor, Action::Withdraw, item.entry, Some(&item.locale))
                .await?;
        let collection = self.collection(entry.collection.as_str())?;
        let below = public_below(&snapshot, item.entry, &item.locale).await?;
        let mut involved: BTreeSet<(EntryId, Locale)> =
            below.iter().map(|child| (child.entry, child.locale.clone())).collect();
        involved.insert((item.entry, item.locale.clone()));
        if let WithdrawMode::Redirect(to) = item.mode {
            involved.insert((to, item.locale.clone()));
        }
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = withdraw_in(&mut tx, &collection, item, &permit, &involved, &ctx.actor).await;
        tx.end(outcome).await
    }
}

async fn withdraw_in(
    tx: &mut WriteTx,
    collection: &Collection,
    item: &WithdrawItem,
    permit: &Permit,
    involved: &BTreeSet<(EntryId, Locale)>,
    actor: &diwan_content::Actor,
) -> Result<Left<LocalizationState>, CmsError> {
    let WithdrawItem { entry, locale, version, mode, with_children } = item;
    tx.lock_localizations(&involved.iter().cloned().collect::<Vec<_>>()).await?;
    let found = tx.find_localization(*entry, locale).await?;
    let found = found.ok_or_else(|| CmsError::NotFound(Thing::Localization(*entry, locale.clone())))?;
    if found.version != *version {
        return Err(CmsError::VersionMismatch { current: found.version });
    }
    let live = tx.find_live(*entry, locale).await?.ok_or(CmsError::Conflict(Conflict::NotPublic))?;
    let below = public_below(tx, *entry, locale).await?;
    if below.iter().any(|child| !involved.contains(&(child.entry, child.locale.clone()))) {
        return Err(CmsError::Conflict(Conflict::Busy));
    }
    if !below.is_empty() && !with_children {
        let children = below.into_iter().map(|child| (child.entry, child.path)).collect();
        return Err(CmsError::Conflict(Conflict::PublicChildren(children)));
    }
    // Others show the title of a department in any locale that it is public in.
    let stays_public = *locale != *collection.origin()
        && tx.localizations(*entry).await?.iter().any(|other| other.locale != *locale && other.published.is_some());
    if !stays_public {
        refuse_owner(tx, collection, *entry).await?;
    }
    if let WithdrawMode::Redirect(to) = mode {
        check_redirect(tx, *to, *entry, locale, &below).await?;
    }
    // From the leaves up: at no step does a public page stand below one that is not public.
    for child in below.iter().rev() {
        let (permit, _) = permit_below(tx, actor, Action::Withdraw, child.entry, Some(locale)).await?;
        take_back(tx, &permit, child, *mode).await?;
    }
    take_back(tx, permit, &live.publication, *mode).await?;
    let gone: Vec<EntryId> = below.iter().map(|child| child.entry).chain([*entry]).collect();
    let state = localization_state(tx, *entry, locale).await?;
    left(tx, actor, &gone, state).await
}

/// Public pages below a page, parents before children.
async fn public_below(queries: &Queries, entry: EntryId, locale: &Locale) -> Result<Vec<Publication>, CmsError> {
    let mut below: Vec<Publication> = queries.live_children(entry, locale).await?;
    let mut at = 0;
    while at < below.len() && below.len() <= MAX_CHILDREN {
        let children = queries.live_children(below[at].entry, locale).await?;
        below.extend(children);
        at += 1;
    }
    Ok(below)
}

/// A redirect leads to another page that is and stays public and has a path.
async fn check_redirect(
    queries: &Queries,
    to: EntryId,
    from: EntryId,
    locale: &Locale,
    below: &[Publication],
) -> Result<(), CmsError> {
    let leads_away = to != from && below.iter().all(|child| child.entry != to);
    let target = queries.find_live(to, locale).await?;
    if leads_away && target.is_some_and(|live| live.path.is_some()) {
        return Ok(());
    }
    Err(CmsError::Faults(vec![Fault::new(Pointer::root().key("to"), FaultCode::InvalidRedirect)]))
}

async fn take_back(tx: &mut WriteTx, permit: &Permit, live: &Publication, mode: WithdrawMode) -> Result<(), CmsError> {
    let subject = EventSubject {
        entry: Some(live.entry),
        locale: Some(live.locale.clone()),
        revision: Some(live.revision),
        department: Some(live.department),
        ..EventSubject::default()
    };
    let event = tx.record(permit, EventKind::Withdrawn, subject);
    Ok(tx.withdraw(permit, live, mode, event).await?)
}
