//! Where things will live: the paths of what changes and of all pages below it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use diwan_content::{
    Access, Actor, Collection, EntryId, Fault, FaultCode, FoldedPath, Locale, PathParts, Pointer, PublicPath, Registry,
    Slug,
};
use diwan_store::{PathKind, Publication, Queries};

use super::{
    pins::Pins,
    plan::{Change, Content, Plan, PlanItem, Rendering},
};
use crate::error::CmsError;

/// Most pages that one publish moves.
const MAX_MOVED: usize = 10_000;

/// Largest number of a suggested slug.
const MAX_SUGGESTED: u32 = 100;

type Place = (EntryId, Locale);

/// Gives every change its path, adds the moves of pages below, and reports paths that are taken. Where the plan is made the
/// second time, taking the paths reports them.
pub(super) async fn plan_paths(
    asker: Asker<'_>,
    items: &[PlanItem],
    plan: &mut Plan,
    rendering: Rendering,
) -> Result<(), CmsError> {
    let (queries, registry) = (asker.queries, asker.registry);
    let mut places: BTreeMap<Place, usize> = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        places.insert((change.entry.id, change.locale.clone()), at);
    }
    for at in 0..plan.changes.len() {
        let path = path_of(queries, plan, &places, items, at).await?;
        plan.changes[at].path = path;
    }
    if plan.faults.is_empty() {
        plan_moves(queries, items, plan, &mut places).await?;
    }
    if plan.faults.is_empty() {
        check_reserved(registry, items, plan);
    }
    if plan.faults.is_empty() && rendering == Rendering::Allowed {
        check_free(asker, items, plan).await?;
    }
    Ok(())
}

/// The path of one change, or a fault in the plan.
async fn path_of(
    queries: &Queries,
    plan: &mut Plan,
    places: &BTreeMap<Place, usize>,
    items: &[PlanItem],
    at: usize,
) -> Result<Option<PublicPath>, CmsError> {
    let (collection, locale, item) = {
        let change = &plan.changes[at];
        (change.collection.clone(), change.locale.clone(), change.item)
    };
    // Also where there are no paths: what is public hangs together.
    let parents = if collection.is_tree() {
        match parent_slugs(queries, plan, places, at, items[item].at.key("parent")).await? {
            Ok(parents) => parents,
            Err(fault) => {
                plan.faults.push(fault);
                return Ok(None);
            }
        }
    } else {
        Vec::new()
    };
    let Some(pattern) = collection.path.get(&locale) else { return Ok(None) };
    let change = &plan.changes[at];
    let path = pattern.fill(PathParts { slug: &change.slug, parents: &parents, date: change.date });
    let Some(path) = path else {
        plan.faults.push(Fault::new(items[item].at.key("date"), FaultCode::Required));
        return Ok(None);
    };
    if path.as_str().len() > PublicPath::MAX_BYTES {
        let fault = Fault::new(items[item].at.key("slug"), FaultCode::PathTooLong);
        plan.faults.push(fault.with("max", PublicPath::MAX_BYTES));
        return Ok(None);
    }
    Ok(Some(path))
}

/// Slugs of the pages above, from the root down, with the plan's own changes laid over what is public.
async fn parent_slugs(
    queries: &Queries,
    plan: &mut Plan,
    places: &BTreeMap<Place, usize>,
    at: usize,
    pointer: Pointer,
) -> Result<Result<Vec<Slug>, Fault>, CmsError> {
    let locale = plan.changes[at].locale.clone();
    let max_depth = plan.changes[at].collection.max_depth;
    let mut above = plan.changes[at].parent;
    let mut slugs = Vec::new();
    let mut seen = BTreeSet::from([plan.changes[at].entry.id]);
    while let Some(id) = above {
        if !seen.insert(id) {
            return Ok(Err(Fault::new(pointer, FaultCode::InvalidParent)));
        }
        // The page itself is one level, too.
        if seen.len() > max_depth {
            return Ok(Err(Fault::new(pointer, FaultCode::TooDeep).with("max", max_depth)));
        }
        plan.involved.insert((id, locale.clone()));
        if let Some(place) = places.get(&(id, locale.clone())) {
            let parent = &plan.changes[*place];
            slugs.push(parent.slug.clone());
            above = parent.parent;
        } else if let Some(live) = queries.find_live(id, &locale).await? {
            slugs.push(live.slug.clone());
            above = live.parent;
        } else {
            let fault = Fault::new(pointer, FaultCode::ParentNotPublic).with("locale", locale.as_str());
            return Ok(Err(fault.with("parent", id.to_string())));
        }
    }
    slugs.reverse();
    Ok(Ok(slugs))
}

/// Pages below a page that moves move with it.
async fn plan_moves(
    queries: &Queries,
    items: &[PlanItem],
    plan: &mut Plan,
    places: &mut BTreeMap<Place, usize>,
) -> Result<(), CmsError> {
    let mut queue: VecDeque<usize> = (0..plan.changes.len()).filter(|at| has_moved(&plan.changes[*at])).collect();
    let mut moved = 0;
    while let Some(at) = queue.pop_front() {
        let (entry, collection, locale, item) = {
            let change = &plan.changes[at];
            (change.entry.id, change.collection.clone(), change.locale.clone(), change.item)
        };
        for child in queries.live_children(entry, &locale).await? {
            let place = (child.entry, child.locale.clone());
            if places.contains_key(&place) {
                continue;
            }
            moved += 1;
            if moved > MAX_MOVED {
                plan.faults.push(Fault::new(items[item].at.clone(), FaultCode::TooManyItems).with("max", MAX_MOVED));
                return Ok(());
            }
            plan.involved.insert(place.clone());
            let change = moved_child(queries, collection.clone(), child, item).await?;
            places.insert(place, plan.changes.len());
            plan.changes.push(change);
            let index = plan.changes.len() - 1;
            let path = path_of(queries, plan, places, items, index).await?;
            plan.changes[index].path = path;
            queue.push_back(index);
        }
    }
    Ok(())
}

/// Also another parent where there are no paths: what stands below may stand too deep then.
fn has_moved(change: &Change) -> bool {
    let elsewhere = |live: &Publication| live.path != change.path || live.parent != change.parent;
    change.collection.is_tree() && change.live.as_ref().is_some_and(elsewhere)
}

async fn moved_child(
    queries: &Queries,
    collection: Arc<Collection>,
    child: Publication,
    item: usize,
) -> Result<Change, CmsError> {
    let entry = queries.find_entry(child.entry).await?;
    let entry = entry.ok_or_else(|| CmsError::damaged("a public page has no entry"))?;
    Ok(Change {
        entry,
        collection,
        locale: child.locale.clone(),
        revision: child.revision,
        origin_revision: child.origin_revision,
        slug: child.slug.clone(),
        parent: child.parent,
        rank: child.rank.clone(),
        date: child.date,
        path: None,
        content: Content::Unchanged,
        pins: Pins::kept(queries, &child).await?,
        item,
        represented: true,
        published_at: child.published_at,
        first_published_at: child.first_published_at,
        was_public: true,
        live: Some(child),
    })
}

/// Reports paths that no entry may take. What lives at one already may stay there.
fn check_reserved(registry: &Registry, items: &[PlanItem], plan: &mut Plan) {
    for change in &plan.changes {
        let Some(path) = &change.path else { continue };
        let stays = change.live.as_ref().is_some_and(|live| live.path.as_ref() == Some(path));
        if !stays && registry.reserves(&change.collection, &change.locale, path) {
            plan.faults.push(path_reserved(&items[change.item].at, path));
        }
    }
}

/// The fault of a path that no entry may take, reported at the slug.
pub(crate) fn path_reserved(at: &Pointer, path: &PublicPath) -> Fault {
    Fault::new(at.key("slug"), FaultCode::PathReserved).with("path", path.as_str())
}

/// Reports paths that two changes want, or that somebody else has.
async fn check_free(asker: Asker<'_>, items: &[PlanItem], plan: &mut Plan) -> Result<(), CmsError> {
    let all_wanted = wanted_paths(&plan.changes);
    let mut wanted: BTreeMap<(Locale, FoldedPath), EntryId> = BTreeMap::new();
    let mut faults = Vec::new();
    for change in &plan.changes {
        let Some(path) = &change.path else { continue };
        let folded = path.folded();
        let rival = wanted.insert((change.locale.clone(), folded.clone()), change.entry.id);
        let stays = change.live.as_ref().is_some_and(|live| live.path.as_ref() == Some(path));
        let row = if stays { None } else { asker.queries.find_path(&change.locale, &folded).await? };
        let is_rival = |other: &EntryId| *other != change.entry.id && !frees(plan, *other, &change.locale, &folded);
        let holder = match row {
            None => None,
            Some(row) => match row.kind {
                PathKind::Redirect | PathKind::Gone => None,
                PathKind::Reserved => Some(None),
                PathKind::Live => row.entry.filter(is_rival).map(Some),
            },
        };
        if let Some(holder) = holder.or(rival.map(|_| None)) {
            faults.push(path_taken(asker, change, path, holder, &items[change.item], &all_wanted).await?);
        }
    }
    plan.faults.extend(faults);
    Ok(())
}

/// Whether another entry leaves that path in the same plan.
fn frees(plan: &Plan, other: EntryId, locale: &Locale, folded: &FoldedPath) -> bool {
    plan.changes.iter().any(|change| {
        change.entry.id == other
            && change.locale == *locale
            && change.path.as_ref().map(PublicPath::folded).as_ref() != Some(folded)
    })
}

/// What faults about paths are made with.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) queries: &'a Queries,
    pub(crate) registry: &'a Registry,
    pub(crate) actor: &'a Actor,
}

/// The paths that the changes of a plan lead to.
pub(crate) fn wanted_paths<'c>(changes: impl IntoIterator<Item = &'c Change>) -> BTreeSet<(Locale, FoldedPath)> {
    let place = |change: &Change| Some((change.locale.clone(), change.path.as_ref()?.folded()));
    changes.into_iter().filter_map(place).collect()
}

/// The fault of a path that is taken, reported at the slug. It names the entry that has the path where the asker may know of
/// it, and a slug whose path is free and not among those `wanted`. A page that moves with the item has its slug elsewhere:
/// none is suggested for it.
pub(crate) async fn path_taken(
    asker: Asker<'_>,
    change: &Change,
    path: &PublicPath,
    holder: Option<EntryId>,
    item: &PlanItem,
    wanted: &BTreeSet<(Locale, FoldedPath)>,
) -> Result<Fault, CmsError> {
    let mut fault = Fault::new(item.at.key("slug"), FaultCode::PathTaken).with("path", path.as_str());
    let is_of_item = change.entry.id == item.entry && change.locale == item.locale;
    if is_of_item && let Some(suggestion) = free_slug(asker, change, path, wanted).await? {
        fault = fault.with("suggestion", suggestion.as_str());
    }
    let Some(holder) = holder else { return Ok(fault) };
    let Some(live) = asker.queries.find_live(holder, &change.locale).await? else { return Ok(fault) };
    let is_public =
        asker.registry.find_collection(live.collection.as_str()).is_some_and(|found| found.access == Access::Public);
    let hierarchy = asker.queries.hierarchy().await?;
    let is_in_scope =
        asker.actor.scope(&hierarchy).is_ok_and(|scope| scope.contains_entry(live.department, &live.collection));
    if is_public || is_in_scope {
        fault = fault.with("entry", holder.to_string()).with("title", live.publication.title);
    }
    Ok(fault)
}

/// The slug with the smallest number after it whose path nobody has beside this one; a home page gets one of its title.
async fn free_slug(
    asker: Asker<'_>,
    change: &Change,
    path: &PublicPath,
    wanted: &BTreeSet<(Locale, FoldedPath)>,
) -> Result<Option<Slug>, CmsError> {
    let base = if change.slug.is_home() {
        Slug::from_title(&change.title(), change.collection.slugs)
    } else {
        Some(change.slug.clone())
    };
    let Some(base) = base else { return Ok(None) };
    let above = path.as_str().strip_suffix(change.slug.as_str()).unwrap_or_default().trim_end_matches('/');
    for number in 2..MAX_SUGGESTED {
        let slug = base.numbered(number);
        let path = PublicPath::from_stored(format!("{above}/{slug}"));
        let folded = path.folded();
        let is_taken = asker.registry.reserves(&change.collection, &change.locale, &path)
            || wanted.contains(&(change.locale.clone(), folded.clone()))
            || asker.queries.find_path(&change.locale, &folded).await?.is_some();
        if !is_taken {
            return Ok(Some(slug));
        }
    }
    Ok(None)
}
