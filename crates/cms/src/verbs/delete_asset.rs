//! Delete an asset that nothing uses. Its rows and bytes stay for what was public; a redaction removes bytes.

use std::collections::BTreeSet;

use diwan_content::{AssetId, EntryId, EventKind, EventSubject, Locale, Permit, Scope, Version, rights::Action};
use diwan_store::{PublishedTarget, Queries, WriteTx};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{Outcome, WriteContext, authority::permit, states::AssetState},
};

/// Most places of use that a refusal names.
const MAX_NAMED: u32 = 50;

/// Who uses an asset that shall be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetUsers {
    /// Localizations that the actor may see, at most 50.
    pub seen: Vec<(EntryId, Locale)>,
    /// How many more there are.
    pub more: u64,
}

impl Cms {
    /// Deletes an asset to which nothing public and no newest revision outside the trash refers.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch; in use, with who uses it.
    pub async fn delete_asset(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        version: Version,
    ) -> Result<Outcome<AssetState>, CmsError> {
        self.verb(ctx, "delete_asset", None, || self.delete_asset_once(ctx, id, version)).await
    }

    async fn delete_asset_once(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        version: Version,
    ) -> Result<Outcome<AssetState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let known = snapshot.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
        let hierarchy = snapshot.hierarchy().await?;
        let permit = permit(&ctx.actor, Action::DeleteAsset, known.asset.department, &hierarchy, Thing::Asset(id))?;
        let scope = ctx.actor.scope(&hierarchy).map_err(|_| CmsError::Forbidden(Action::Read))?;
        // All newest revisions are looked through: not while others wait for the writer.
        refuse_used(&snapshot, &scope, id, Looked::Drafts).await?;
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = delete_in(&mut tx, &permit, &scope, id, version).await;
        tx.end(outcome).await
    }
}

/// Where uses are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looked {
    /// Among what is public.
    Public,
    /// In newest revisions too.
    Drafts,
}

async fn delete_in(
    tx: &mut WriteTx,
    permit: &Permit,
    scope: &Scope,
    id: AssetId,
    version: Version,
) -> Result<AssetState, CmsError> {
    let known = tx.lock_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
    if known.asset.version != version {
        return Err(CmsError::VersionMismatch { current: known.asset.version });
    }
    refuse_used(tx, scope, id, Looked::Public).await?;
    tx.delete_asset(permit, &known.asset).await?;
    let subject = EventSubject { asset: Some(id), department: Some(known.asset.department), ..EventSubject::default() };
    tx.record(permit, EventKind::AssetDeleted, subject);
    Ok(AssetState::new(id, version))
}

async fn refuse_used(queries: &Queries, scope: &Scope, id: AssetId, looked: Looked) -> Result<(), CmsError> {
    let target = PublishedTarget::Asset(id);
    let uses = queries.live_uses(scope, target, None, MAX_NAMED).await?;
    let mut seen: BTreeSet<(EntryId, Locale)> = uses.into_iter().map(|used| (used.entry, used.locale)).collect();
    let (all, of_scope) = queries.count_live_uses(scope, target).await?;
    let mut more = all - of_scope;
    if looked == Looked::Drafts {
        for (entry, locale) in queries.drafts_naming(id, MAX_NAMED).await? {
            match scope.contains_entry(entry.department, &entry.collection) {
                true => {
                    seen.insert((entry.id, locale));
                }
                // What hides there may be public too: it is counted once.
                false if more == 0 => more = 1,
                false => {}
            }
        }
    }
    if seen.is_empty() && more == 0 {
        return Ok(());
    }
    Err(CmsError::Conflict(Conflict::AssetInUse(AssetUsers { seen: seen.into_iter().collect(), more })))
}
