//! Whether what older revisions refer to is what the fields of today take: a field may refer to other collections or kinds
//! of assets than before, or to assets instead of entries.

use std::collections::{BTreeMap, BTreeSet};

use diwan_assets::MediaType;
use diwan_content::{AssetId, AssetKind, EntryId, Fault, Handle, Reference, ReferenceTarget};
use diwan_store::{KnownAsset, Queries, StoreError};
use uuid::Uuid;

/// What is known of the things that references name; not of what is in the trash.
#[derive(Debug, Default)]
pub(crate) struct OlderTargets {
    /// Entries with their collections.
    entries: BTreeMap<EntryId, Handle>,
    /// Assets with their kinds, where the type is known.
    assets: BTreeMap<AssetId, Option<AssetKind>>,
}

impl OlderTargets {
    /// Looks every target up, as an entry and as an asset.
    pub(crate) async fn find(queries: &Queries, references: &[&Reference]) -> Result<Self, StoreError> {
        let mut ids: BTreeSet<Uuid> = BTreeSet::new();
        for reference in references {
            ids.insert(match reference.target {
                ReferenceTarget::Entry(EntryId(id)) | ReferenceTarget::Asset(AssetId(id)) => id,
            });
        }
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let entries: Vec<EntryId> = ids.iter().copied().map(EntryId).collect();
        let assets: Vec<AssetId> = ids.iter().copied().map(AssetId).collect();
        let entries = queries.known_entries(&entries).await?.into_iter().collect();
        let known = queries.known_assets(&assets).await?.into_iter();
        let assets = known.map(|known| (known.asset.id, asset_kind(&known))).collect();
        Ok(Self { entries, assets })
    }

    /// Why the field does not take the target. A target that is not there is no fault: it only is not public.
    pub(crate) fn fault(&self, reference: &Reference) -> Option<Fault> {
        match reference.target {
            ReferenceTarget::Entry(id) => {
                let Some(collection) = self.entries.get(&id) else {
                    return self.assets.contains_key(&AssetId(id.0)).then(|| reference.unknown_fault());
                };
                reference.collection_fault(collection.as_str())
            }
            ReferenceTarget::Asset(id) => {
                let Some(kind) = self.assets.get(&id) else {
                    return self.entries.contains_key(&EntryId(id.0)).then(|| reference.unknown_fault());
                };
                reference.asset_kind_fault(*kind)
            }
        }
    }
}

/// What an asset is, if its type is known.
pub(crate) fn asset_kind(known: &KnownAsset) -> Option<AssetKind> {
    AssetKind::find(MediaType::parse(&known.blob.media_type)?.kind().as_str())
}
