//! What the references of a new revision point to.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{Actor, AssetId, EntryId, Fault, Handle, Reference, ReferenceTarget};
use diwan_store::{Entry, KnownAsset, Queries};

use crate::{conforming::asset_kind, error::CmsError};

/// Most faults of one revision; a text can hold very many links.
const MAX_FAULTS: usize = 200;

/// A reference that is new must name something that is there, that the actor may know of, and that the field takes.
pub(super) async fn check_targets(
    queries: &Queries,
    actor: &Actor,
    old: &[Reference],
    new: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<(), CmsError> {
    let known_before: BTreeSet<(&Handle, &ReferenceTarget)> = old.iter().map(|r| (&r.field, &r.target)).collect();
    let fresh: Vec<&Reference> = new.iter().filter(|r| !known_before.contains(&(&r.field, &r.target))).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let targets = Targets::find(queries, actor, &fresh).await?;
    let found = fresh.iter().filter_map(|reference| match &reference.target {
        ReferenceTarget::Entry(id) => targets.entry_fault(reference, *id),
        ReferenceTarget::Asset(id) => targets.asset_fault(reference, *id),
    });
    faults.extend(found.take(MAX_FAULTS.saturating_sub(faults.len())));
    Ok(())
}

/// What there is of the things that references name, as far as the actor may know of it.
struct Targets {
    entries: BTreeMap<EntryId, Entry>,
    assets: BTreeMap<AssetId, KnownAsset>,
}

impl Targets {
    /// Looks each thing up once, many at a time.
    async fn find(queries: &Queries, actor: &Actor, references: &[&Reference]) -> Result<Self, CmsError> {
        let mut entries = BTreeSet::new();
        let mut assets = BTreeSet::new();
        for reference in references {
            match reference.target {
                ReferenceTarget::Entry(id) => entries.insert(id),
                ReferenceTarget::Asset(id) => assets.insert(id),
            };
        }
        let (entries, assets) = (Vec::from_iter(entries), Vec::from_iter(assets));
        let mut entries: BTreeMap<EntryId, Entry> =
            queries.find_entries(&entries).await?.into_iter().map(|entry| (entry.id, entry)).collect();
        let mut assets: BTreeMap<AssetId, KnownAsset> =
            queries.known_assets(&assets).await?.into_iter().map(|known| (known.asset.id, known)).collect();
        entries.retain(|_, entry| entry.trashed_at.is_none());
        let hierarchy = queries.hierarchy().await?;
        let scope = actor.scope(&hierarchy);
        let sees_entry =
            |entry: &Entry| scope.as_ref().is_ok_and(|scope| scope.contains_entry(entry.department, &entry.collection));
        let sees_asset = |known: &KnownAsset| scope.as_ref().is_ok_and(|scope| scope.contains(known.asset.department));
        // What the actor may not see they know of only where it is public.
        let unseen: Vec<EntryId> = entries.values().filter(|entry| !sees_entry(entry)).map(|entry| entry.id).collect();
        let public: BTreeSet<EntryId> =
            queries.live_localizations(&unseen).await?.into_iter().map(|live| live.entry).collect();
        entries.retain(|id, entry| sees_entry(entry) || public.contains(id));
        let unseen: Vec<AssetId> =
            assets.values().filter(|known| !sees_asset(known)).map(|known| known.asset.id).collect();
        let public = BTreeSet::from_iter(queries.public_assets(&unseen).await?);
        assets.retain(|id, known| sees_asset(known) || public.contains(id));
        Ok(Self { entries, assets })
    }

    fn entry_fault(&self, reference: &Reference, id: EntryId) -> Option<Fault> {
        let Some(entry) = self.entries.get(&id) else { return Some(reference.unknown_fault()) };
        reference.collection_fault(entry.collection.as_str())
    }

    fn asset_fault(&self, reference: &Reference, id: AssetId) -> Option<Fault> {
        let Some(known) = self.assets.get(&id) else { return Some(reference.unknown_fault()) };
        reference.asset_kind_fault(asset_kind(known))
    }
}
