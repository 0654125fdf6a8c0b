//! Publish: named revisions become public in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{
    Actor, AssetId, ContentHash, EntryId, EventKind, EventSubject, Locale, Permit, Pointer, RevisionNumber, Subject,
    Version,
    rights::{Action, Target},
};
use diwan_store::{Entry, EventIndex, Localization, PathTaken, Presented, Publication, Publish, Queries, WriteTx};

use crate::{
    cms::{Cms, blueprint_of},
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::{check_internal, permit},
        states::{LocalizationState, localization_state},
    },
    publishing::{Asker, Change, Content, Plan, PlanItem, Planner, RenderCache, Rendering, path_taken, wanted_paths},
};

/// One revision to make public.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishItem {
    /// The entry.
    pub entry: EntryId,
    /// The localization.
    pub locale: Locale,
    /// The revision.
    pub revision: RevisionNumber,
    /// Its hash: what was read is what becomes public.
    pub hash: ContentHash,
    /// The version that the caller saw.
    pub version: Version,
}

impl Cms {
    /// Makes one named revision public.
    ///
    /// # Errors
    /// Not found or not allowed; version or hash mismatch; trashed; faults (required values, origin or parent not public,
    /// path taken). Nothing has changed then.
    pub async fn publish_one(
        &self,
        ctx: &WriteContext,
        item: PublishItem,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let entry = item.entry;
        let items = vec![plan_item(item, Pointer::root())];
        // Kept under an idempotency key is what `publish_once` answers: a list.
        let published = self.verb(ctx, "publish", Some(entry), || self.publish_once(ctx, &items)).await?;
        let Outcome { mut value, sequence } = published;
        let value = value.pop().ok_or_else(|| CmsError::internal("a publish of one answers one"))?;
        Ok(Outcome { value, sequence })
    }

    /// Makes several named revisions public, all or none; they count as public for one another.
    ///
    /// # Errors
    /// As [`Cms::publish_one`], with faults at `/items/<place>`.
    pub async fn publish(
        &self,
        ctx: &WriteContext,
        items: Vec<PublishItem>,
    ) -> Result<Outcome<Vec<LocalizationState>>, CmsError> {
        let at = Pointer::root().key("items");
        let items: Vec<PlanItem> =
            items.into_iter().enumerate().map(|(i, item)| plan_item(item, at.index(i))).collect();
        self.verb(ctx, "publish", None, || self.publish_once(ctx, &items)).await
    }

    /// Plans on a snapshot, then plans again and applies inside a transaction on locked rows.
    async fn publish_once(
        &self,
        ctx: &WriteContext,
        items: &[PlanItem],
    ) -> Result<Outcome<Vec<LocalizationState>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let permits = self.permits(&snapshot, ctx, items).await?;
        let mut cache = RenderCache::default();
        let planner = Planner {
            queries: &snapshot,
            cms: self,
            actor: &ctx.actor,
            cache: &mut cache,
            rendering: Rendering::Allowed,
            locked: BTreeMap::new(),
        };
        let plan = planner.plan(items).await?;
        if !plan.faults.is_empty() {
            return Err(CmsError::Faults(plan.faults));
        }
        drop(snapshot);
        let prepared = Prepared { involved: plan.involved, cache, permits };
        let mut tx = self.begin(ctx).await?;
        let outcome = publish_prepared(self, &mut tx, items, prepared, &ctx.actor).await;
        tx.end(outcome).await
    }

    /// Publishes as a part of a larger transaction, which made all that it publishes: nobody else can change that.
    pub(crate) async fn publish_in(
        &self,
        tx: &mut WriteTx,
        ctx: &WriteContext,
        items: Vec<PublishItem>,
    ) -> Result<Vec<LocalizationState>, CmsError> {
        let items: Vec<PlanItem> = items.into_iter().map(|item| plan_item(item, Pointer::root())).collect();
        let permits = self.permits(tx, ctx, &items).await?;
        let planner = Planner {
            queries: tx,
            cms: self,
            actor: &ctx.actor,
            cache: &mut RenderCache::default(),
            rendering: Rendering::Allowed,
            locked: BTreeMap::new(),
        };
        let plan = planner.plan(&items).await?;
        if !plan.faults.is_empty() {
            return Err(CmsError::Faults(plan.faults));
        }
        apply_plan(self, tx, &plan, &items, &permits, &ctx.actor, EventKind::Published).await?;
        states_of(tx, &items).await
    }

    async fn permits(
        &self,
        queries: &Queries,
        ctx: &WriteContext,
        items: &[PlanItem],
    ) -> Result<Vec<Permit>, CmsError> {
        let hierarchy = queries.hierarchy().await?;
        let mut permits = Vec::with_capacity(items.len());
        for item in items {
            let thing = Thing::Entry(item.entry);
            let entry = queries.find_entry(item.entry).await?.ok_or(CmsError::NotFound(thing.clone()));
            let permit = entry.and_then(|entry| {
                let target = Target::Localization(entry.department, &entry.collection, &item.locale);
                let permit = permit(&ctx.actor, Action::Publish, target, &hierarchy, thing)?;
                check_internal(self.registry(), &ctx.actor, Action::Publish, &entry.collection, &hierarchy)?;
                Ok(permit)
            });
            permits.push(permit.map_err(|error| error.in_item(&item.at))?);
        }
        Ok(permits)
    }
}

/// What was made outside the transaction.
struct Prepared {
    involved: BTreeSet<(EntryId, Locale)>,
    cache: RenderCache,
    permits: Vec<Permit>,
}

async fn publish_prepared(
    cms: &Cms,
    tx: &mut WriteTx,
    items: &[PlanItem],
    prepared: Prepared,
    actor: &Actor,
) -> Result<Vec<LocalizationState>, CmsError> {
    let Prepared { involved, mut cache, permits } = prepared;
    let locked = tx.lock_localizations(&involved.iter().cloned().collect::<Vec<_>>()).await?;
    let place = |(entry, found): &(Entry, Localization)| (entry.id, found.locale.clone());
    let locked = locked.into_iter().map(|row| (place(&row), row)).collect();
    let planner = Planner { queries: tx, cms, actor, cache: &mut cache, rendering: Rendering::Done, locked };
    let plan = planner.plan(items).await?;
    if plan.incomplete || !plan.involved.is_subset(&involved) {
        return Err(CmsError::Conflict(Conflict::Busy));
    }
    if !plan.faults.is_empty() {
        return Err(CmsError::Faults(plan.faults));
    }
    apply_plan(cms, tx, &plan, items, &permits, actor, EventKind::Published).await?;
    states_of(tx, items).await
}

/// Carries a plan out on locked rows: its events, and all that is public from then on.
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
    let assets: BTreeSet<AssetId> = needed.iter().flat_map(|change| &change.pins.all).map(|pin| pin.asset).collect();
    if !tx.hold_assets(&assets.into_iter().collect::<Vec<_>>()).await? {
        return Err(CmsError::Conflict(Conflict::Busy));
    }
    let mut causes: BTreeMap<usize, EventIndex> = BTreeMap::new();
    let mut all = Vec::with_capacity(needed.len());
    for change in &needed {
        let permit = permits[change.item].for_consequence(change.entry.department);
        let event = record(tx, change, &permit, kind, causes.get(&change.item).copied());
        if !change.represented {
            causes.insert(change.item, event);
        }
        all.push(to_publish(cms, change, permit, event)?);
    }
    let Err((place, PathTaken { by })) = tx.publish(&all).await? else { return Ok(()) };
    let change = needed[place];
    let path = change.path.as_ref().ok_or_else(|| CmsError::internal("a page without a path has found it taken"))?;
    let asker = Asker { queries: tx, registry: cms.registry(), actor };
    let wanted = wanted_paths(needed.iter().copied());
    Err(CmsError::Faults(vec![path_taken(asker, change, path, by, &items[change.item], &wanted).await?]))
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

fn to_publish<'c>(cms: &Cms, change: &'c Change, permit: Permit, event: EventIndex) -> Result<Publish<'c>, CmsError> {
    let presented = match &change.content {
        Content::Unchanged => None,
        Content::Rendered(rendered) => {
            let subject = Subject {
                entry: change.entry.id,
                locale: &change.locale,
                blueprint: blueprint_of(cms.registry(), change.entry.blueprint.as_str())?,
                presented: &rendered.presented,
                slug: &change.slug,
                parent: change.parent,
                department: change.entry.department,
                rank: change.rank.as_ref(),
                date: change.date,
                published_at: change.published_at,
                first_published_at: change.first_published_at,
            };
            let keys = cms.keys_in_lists(&change.collection, &subject);
            Some(Presented { data_text: &rendered.text, keys, references: &rendered.references })
        }
    };
    Ok(Publish {
        permit,
        event,
        publication: publication(change)?,
        old_path: change.live.as_ref().and_then(|live| live.path.as_ref()),
        was_public: change.was_public,
        pins: &change.pins.all,
        presented,
    })
}

fn publication(change: &Change) -> Result<Publication, CmsError> {
    let (data_hash, presented_under) = match (&change.content, &change.live) {
        (Content::Rendered(rendered), _) => (rendered.hash, rendered.presented_under),
        (Content::Unchanged, Some(live)) => (live.data_hash, live.presented_under),
        (Content::Unchanged, None) => return Err(CmsError::internal("a page that is not public cannot move")),
    };
    Ok(Publication {
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
    })
}

async fn states_of(tx: &WriteTx, items: &[PlanItem]) -> Result<Vec<LocalizationState>, CmsError> {
    let mut states = Vec::with_capacity(items.len());
    for item in items {
        states.push(localization_state(tx, item.entry, &item.locale).await?);
    }
    Ok(states)
}

fn plan_item(item: PublishItem, at: Pointer) -> PlanItem {
    let PublishItem { entry, locale, revision, hash, version } = item;
    PlanItem { entry, locale, revision, hash, version, at, published_at: None, first_published_at: None }
}
