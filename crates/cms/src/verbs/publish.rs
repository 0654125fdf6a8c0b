//! Publish: named revisions become public in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{Actor, EntryId, EventKind, Locale, Permit, Pointer, rights::Action};
use diwan_store::{Entry, Localization, Queries, WriteTx};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        authority::{check_internal, permit},
        context::WriteContext,
        input::PublishItem,
        outcome::{LocalizationState, Outcome},
        states::localization_state,
    },
    publishing::{PlanItem, Planner, RenderCache, Rendering, apply_plan},
};

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
                let permit = permit(&ctx.actor, Action::Publish, entry.department, &hierarchy, thing)?;
                check_internal(self.registry(), &ctx.actor, Action::Publish, entry.collection.as_str(), &hierarchy)?;
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
