//! Carries a plan out, inside one transaction on locked rows.

use std::collections::BTreeMap;

use diwan_content::{Actor, EventKind, EventSubject, Permit, Subject};
use diwan_store::{EventIndex, PathTaken, Publication, PublicationKind, WriteTx};

use super::{
    paths::{Asker, path_taken, wanted_paths},
    plan::{Change, Content, Plan, PlanItem},
    render::{blueprint_of, keys_of},
};
use crate::{cms::Cms, error::CmsError};

/// Closes, opens, moves paths, replaces keys and references, records events. Close all, then open: two pages may swap paths.
pub(crate) async fn apply_plan(
    cms: &Cms,
    tx: &mut WriteTx,
    plan: &Plan,
    items: &[PlanItem],
    permits: &[Permit],
    actor: &Actor,
    kind: EventKind,
) -> Result<(), CmsError> {
    let needed: Vec<&Change> = plan.changes.iter().filter(|change| change.is_needed()).collect();
    let permits: Vec<Permit> =
        needed.iter().map(|change| permits[change.item].for_consequence(change.entry.department)).collect();
    for (change, permit) in needed.iter().zip(&permits) {
        if change.live.as_ref().is_some_and(|live| live.path != change.path) {
            tx.release_path(permit, change.entry.id, &change.locale).await?;
        }
    }
    for (change, permit) in needed.iter().zip(&permits) {
        claim(cms, tx, change, permit, actor, (&items[change.item], &needed[..])).await?;
    }
    for (change, permit) in needed.iter().zip(&permits) {
        if let Some(old) = change.live.as_ref().and_then(|live| live.path.as_ref())
            && change.path.as_ref() != Some(old)
        {
            tx.leave_redirect(permit, &change.locale, old, change.entry.id).await?;
        }
    }
    let mut causes: BTreeMap<usize, EventIndex> = BTreeMap::new();
    for (change, permit) in needed.iter().zip(&permits) {
        let event = record(tx, change, permit, kind, causes.get(&change.item).copied());
        if !change.represented {
            causes.insert(change.item, event);
        }
        open(cms, tx, change, permit, event).await?;
    }
    Ok(())
}

async fn claim(
    cms: &Cms,
    tx: &mut WriteTx,
    change: &Change,
    permit: &Permit,
    actor: &Actor,
    (item, needed): (&PlanItem, &[&Change]),
) -> Result<(), CmsError> {
    let Some(path) = &change.path else { return Ok(()) };
    if change.live.as_ref().is_some_and(|live| live.path.as_ref() == Some(path)) {
        return Ok(());
    }
    match tx.claim_path(permit, &change.locale, path, change.entry.id).await? {
        Ok(()) => Ok(()),
        Err(PathTaken { by }) => {
            let wanted = wanted_paths(needed.iter().copied());
            let asker = Asker { queries: tx, registry: cms.registry(), actor };
            Err(CmsError::Faults(vec![path_taken(asker, change, path, by, item, &wanted).await?]))
        }
    }
}

fn record(
    tx: &mut WriteTx,
    change: &Change,
    permit: &Permit,
    kind: EventKind,
    cause: Option<EventIndex>,
) -> EventIndex {
    let content_hash = match (&change.content, &change.live) {
        (Content::Rendered(rendered), _) => Some(rendered.hash),
        (Content::Unchanged, live) => live.as_ref().map(|live| live.data_hash),
    };
    let subject = EventSubject {
        entry: Some(change.entry.id),
        locale: Some(change.locale.clone()),
        revision: Some(change.revision),
        department: Some(change.entry.department),
        content_hash,
        ..EventSubject::default()
    };
    match cause {
        Some(cause) if change.represented => tx.record_caused(permit, EventKind::Represented, subject, cause),
        Some(_) | None => tx.record(permit, kind, subject),
    }
}

async fn open(
    cms: &Cms,
    tx: &mut WriteTx,
    change: &Change,
    permit: &Permit,
    event: EventIndex,
) -> Result<(), CmsError> {
    let (entry, locale) = (change.entry.id, &change.locale);
    // Also where nothing is public now: a withdrawal holds an open publication of another kind.
    if change.was_public {
        tx.close_publication(permit, entry, locale, event).await?;
    }
    let data_hash = match (&change.content, &change.live) {
        (Content::Rendered(rendered), _) => {
            tx.put_presented(&rendered.hash, &rendered.text).await?;
            rendered.hash
        }
        (Content::Unchanged, Some(live)) => live.data_hash,
        (Content::Unchanged, None) => return Err(CmsError::internal("a page that is not public cannot move")),
    };
    tx.open_publication(permit, &publication(change, data_hash), PublicationKind::Live, event).await?;
    if let Content::Rendered(rendered) = &change.content {
        let blueprint = blueprint_of(cms.registry(), change.entry.blueprint.as_str())?;
        let subject = Subject {
            entry,
            locale,
            blueprint,
            presented: &rendered.presented,
            slug: &change.slug,
            parent: change.parent,
            department: change.entry.department,
            rank: change.rank.as_ref(),
            date: change.date,
            published_at: change.published_at,
            first_published_at: change.first_published_at,
        };
        let keys = keys_of(cms.registry(), &change.collection, &subject);
        if change.was_public {
            tx.replace_keys(permit, entry, locale, &keys).await?;
        } else {
            tx.insert_keys(permit, entry, locale, &keys).await?;
        }
        if change.was_public || !rendered.references.is_empty() {
            tx.replace_references(permit, entry, locale, &rendered.references).await?;
        }
    }
    tx.set_published(permit, entry, locale, Some(change.revision)).await?;
    Ok(())
}

fn publication(change: &Change, data_hash: diwan_content::ContentHash) -> Publication {
    let presented_under = match (&change.content, &change.live) {
        (Content::Rendered(rendered), _) => rendered.presented_under,
        (Content::Unchanged, live) => live.as_ref().and_then(|live| live.presented_under),
    };
    Publication {
        entry: change.entry.id,
        locale: change.locale.clone(),
        collection: change.collection.handle.clone(),
        blueprint: change.entry.blueprint.clone(),
        department: change.entry.department,
        revision: change.revision,
        origin_revision: change.origin_revision,
        slug: change.slug.clone(),
        path: change.path.clone(),
        parent: change.parent,
        rank: change.rank.clone(),
        date: change.date,
        title: change.title(),
        data_hash,
        first_published_at: change.first_published_at,
        published_at: change.published_at,
        presented_under,
    }
}
