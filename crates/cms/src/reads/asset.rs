//! Public assets: those that something public refers to.

use std::{collections::BTreeMap, collections::BTreeSet, ops::Range};

use diwan_assets::{BlobHash, BlobRead};
use diwan_content::{AssetId, ContentHash, Locale, Tag, rights::PublicScope};
use diwan_store::{KnownAsset, PublishedTarget, Queries};

use super::view::Tagged;
use crate::{cms::Cms, error::CmsError};

/// Most references looked at to find one that makes an asset public.
const MAX_REFERENCES: u32 = 100;

/// An asset that is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAsset {
    /// The asset.
    pub id: AssetId,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Alternative text by locale.
    pub alternative_text: BTreeMap<Locale, String>,
    /// Hash of the bytes.
    pub hash: ContentHash,
}

/// An asset's bytes on their way.
pub struct AssetBytes {
    /// What it is.
    pub asset: PublicAsset,
    /// The bytes, or the part that was asked for.
    pub read: BlobRead,
}

impl Cms {
    /// An asset, if something that the scope shows refers to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_asset(&self, scope: PublicScope, id: AssetId) -> Result<Tagged<Option<PublicAsset>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let tags = BTreeSet::from([Tag::Asset(id)]);
        let Some(known) = snapshot.find_asset(id).await? else { return Ok(Tagged { value: None, tags }) };
        if !self.is_public(&snapshot, scope, id).await? {
            return Ok(Tagged { value: None, tags });
        }
        // The original may say where and by whom a picture was taken: the public gets another blob.
        let KnownAsset { asset, blob } = known;
        let blob = self.public_blob(&snapshot, blob).await?;
        Ok(Tagged { value: Some(asset_view(KnownAsset { asset, blob })), tags })
    }

    /// The bytes of a public asset, or a part of them.
    ///
    /// # Errors
    /// When the database or the blobs fail.
    pub async fn open_public_asset(
        &self,
        scope: PublicScope,
        id: AssetId,
        range: Option<Range<u64>>,
    ) -> Result<Option<AssetBytes>, CmsError> {
        let Some(asset) = self.public_asset(scope, id).await?.value else { return Ok(None) };
        let read = self.open_blob(&asset.hash, range).await?;
        Ok(Some(AssetBytes { asset, read }))
    }

    pub(crate) async fn open_blob(&self, hash: &ContentHash, range: Option<Range<u64>>) -> Result<BlobRead, CmsError> {
        Ok(self.parts().blobs.get(&BlobHash::from_digest(*hash.as_bytes()), range).await?)
    }

    async fn is_public(&self, queries: &Queries, scope: PublicScope, id: AssetId) -> Result<bool, CmsError> {
        for reference in queries.published_references_to(PublishedTarget::Asset(id), MAX_REFERENCES).await? {
            let entry = queries.find_entry(reference.entry).await?;
            if entry.is_some_and(|entry| self.shows(scope, entry.collection.as_str())) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

pub(crate) fn asset_view(known: KnownAsset) -> PublicAsset {
    let KnownAsset { asset, blob } = known;
    PublicAsset {
        id: asset.id,
        name: asset.name,
        media_type: blob.media_type,
        size_bytes: blob.size_bytes,
        width: blob.width,
        height: blob.height,
        alternative_text: asset.alternative_text,
        hash: blob.hash,
    }
}
