//! What publications show of assets: each the revision that it pins.

use std::collections::{BTreeMap, BTreeSet};

use diwan_assets::{MediaType, PICTURE_VERSION, has_public_form};
use diwan_content::{AssetId, ContentHash, EntryId, Locale, rights::Past};
use diwan_store::{Blob, KnownAsset, Queries};

use crate::{cms::Cms, error::CmsError};

/// An asset in a publication: entry, locale, asset.
pub(crate) type ShownPlace = (EntryId, Locale, AssetId);

/// What a publication shows of an asset.
#[derive(Debug, Clone)]
pub(crate) struct ShownAsset {
    /// Name, texts and bytes as uploaded.
    pub(crate) known: KnownAsset,
    /// The bytes that the public gets.
    pub(crate) blob: Blob,
    /// Where these bytes are.
    pub(crate) url: String,
}

impl Cms {
    /// What publications show of assets that they refer to, now or at a time. What there is not is left out.
    pub(crate) async fn shown_assets(
        &self,
        queries: &Queries,
        past: Option<&Past>,
        wanted: &BTreeSet<ShownPlace>,
    ) -> Result<BTreeMap<ShownPlace, ShownAsset>, CmsError> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let entries: BTreeSet<EntryId> = wanted.iter().map(|(entry, ..)| *entry).collect();
        let entries: Vec<EntryId> = entries.into_iter().collect();
        let pinned = match past {
            None => queries.pinned_assets(&entries).await?,
            Some(past) => queries.pinned_assets_at(past, &entries).await?,
        };
        let mut known: BTreeMap<ShownPlace, KnownAsset> = pinned
            .into_iter()
            .map(|pinned| ((pinned.entry, pinned.locale, pinned.known.asset.id), pinned.known))
            .filter(|(place, _)| wanted.contains(place))
            .collect();
        let unpinned: BTreeSet<AssetId> =
            wanted.iter().filter(|place| !known.contains_key(place)).map(|(.., asset)| *asset).collect();
        let unpinned: Vec<AssetId> = unpinned.into_iter().collect();
        for asset in queries.unpinned_assets(&unpinned, past.map(Past::at)).await? {
            let id = asset.asset.id;
            for place in wanted.iter().filter(|(.., wanted)| *wanted == id) {
                known.entry(place.clone()).or_insert_with(|| asset.clone());
            }
        }
        self.with_public_form(queries, known).await
    }

    async fn with_public_form(
        &self,
        queries: &Queries,
        known: BTreeMap<ShownPlace, KnownAsset>,
    ) -> Result<BTreeMap<ShownPlace, ShownAsset>, CmsError> {
        let pictures: BTreeSet<ContentHash> =
            known.values().filter(|known| is_picture(&known.blob)).map(|known| known.blob.hash).collect();
        let public = queries.public_pictures(&pictures.into_iter().collect::<Vec<_>>(), PICTURE_VERSION).await?;
        let mut shown = BTreeMap::new();
        for (place, known) in known {
            let id = known.asset.id;
            let (blob, url) = match public.get(&known.blob.hash) {
                Some(public) => (public.clone(), self.hashed_asset_url(id, &public.hash)),
                // Its public form is made soon; until then nobody knows its hash.
                None if is_picture(&known.blob) => (known.blob.clone(), self.asset_url(id)),
                None => (known.blob.clone(), self.hashed_asset_url(id, &known.blob.hash)),
            };
            shown.insert(place, ShownAsset { known, blob, url });
        }
        Ok(shown)
    }

    /// Where the bytes of an asset are that were published last.
    pub(crate) fn asset_url(&self, id: AssetId) -> String {
        format!("{}{id}", self.parts().asset_url_prefix)
    }

    /// Where bytes of an asset are that never change.
    fn hashed_asset_url(&self, id: AssetId, hash: &ContentHash) -> String {
        format!("{}{id}/{hash}", self.parts().asset_url_prefix)
    }
}

/// Whether the public gets other bytes than those that were uploaded.
pub(crate) fn is_picture(blob: &Blob) -> bool {
    MediaType::parse(&blob.media_type).is_some_and(has_public_form)
}
