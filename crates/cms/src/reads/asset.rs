//! Public assets: those that something public refers to.

use std::{collections::BTreeMap, collections::BTreeSet, ops::Range};

use diwan_assets::{BlobHash, BlobRead, PICTURE_VERSION};
use diwan_content::{AssetId, ContentHash, Handle, Locale, RevisionNumber, Tag, rights::PublicScope};
use diwan_store::{KnownAsset, Queries};

use super::view::Tagged;
use crate::{cms::Cms, error::CmsError};

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

/// What there is of an asset under a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHash {
    /// Bytes that something public shows.
    Shown(PublicAsset),
    /// Bytes that it has or had, and that nothing public shows now.
    Earlier,
    /// Nothing.
    Unknown,
}

/// An asset's bytes on their way.
pub struct AssetBytes {
    /// What it is.
    pub asset: PublicAsset,
    /// The bytes, or the part that was asked for.
    pub read: BlobRead,
}

impl Cms {
    /// An asset with the bytes that were published last, if something that the scope shows refers to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_asset(&self, scope: PublicScope, id: AssetId) -> Result<Tagged<Option<PublicAsset>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let collections = self.shown_collections(scope);
        let known = match snapshot.find_shown(id, None, &collections).await? {
            Some(known) => Some(known),
            None => unpinned(&snapshot, id, &collections).await?,
        };
        let value = match known {
            Some(known) => Some(self.publicly(&snapshot, known).await?),
            None => None,
        };
        Ok(Tagged { value, tags: BTreeSet::from([Tag::Asset(id)]) })
    }

    /// An asset by the hash of bytes, if something that the scope shows shows these.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_asset_by_hash(
        &self,
        scope: PublicScope,
        id: AssetId,
        hash: ContentHash,
    ) -> Result<Tagged<ByHash>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let collections = self.shown_collections(scope);
        let tags = BTreeSet::from([Tag::Asset(id)]);
        let all = snapshot.bytes_of_asset(id).await?;
        let hashes: Vec<ContentHash> = all.iter().map(|bytes| bytes.blob).collect();
        let public = snapshot.public_pictures(&hashes, PICTURE_VERSION).await?;
        let mut had_these = false;
        for bytes in all {
            if public.get(&bytes.blob).map_or(bytes.blob, |public| public.hash) != hash {
                continue;
            }
            let known = match snapshot.find_shown(id, Some(bytes.since), &collections).await? {
                None if bytes.since == RevisionNumber(1) => unpinned(&snapshot, id, &collections).await?,
                found => found,
            };
            if let Some(known) = known {
                let asset = self.publicly(&snapshot, known).await?;
                if asset.hash == hash {
                    return Ok(Tagged { value: ByHash::Shown(asset), tags });
                }
            }
            had_these = true;
        }
        let value = if had_these { ByHash::Earlier } else { ByHash::Unknown };
        Ok(Tagged { value, tags })
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
        let read = self.open_shown(&asset, range).await?;
        Ok(Some(AssetBytes { asset, read }))
    }

    /// The bytes of an asset that was just found to be public, or a part of them.
    ///
    /// # Errors
    /// When the blobs fail.
    pub async fn open_shown(&self, asset: &PublicAsset, range: Option<Range<u64>>) -> Result<BlobRead, CmsError> {
        self.open_blob(&asset.hash, range).await
    }

    pub(crate) async fn open_blob(&self, hash: &ContentHash, range: Option<Range<u64>>) -> Result<BlobRead, CmsError> {
        Ok(self.parts().blobs.get(&BlobHash::from_digest(*hash.as_bytes()), range).await?)
    }

    /// The asset with the bytes that the public gets: the original may say where and by whom a picture was taken.
    async fn publicly(&self, queries: &Queries, known: KnownAsset) -> Result<PublicAsset, CmsError> {
        let KnownAsset { asset, blob } = known;
        let blob = self.public_blob(queries, blob).await?;
        Ok(asset_view(KnownAsset { asset, blob }))
    }

    /// The collections of which a scope shows what is published.
    fn shown_collections(&self, scope: PublicScope) -> Vec<Handle> {
        let shown = self.registry().collections().filter(|collection| scope.allows(collection));
        shown.map(|collection| collection.handle.clone()).collect()
    }
}

/// What is shown of an asset by what pins none of its revisions.
async fn unpinned(queries: &Queries, id: AssetId, collections: &[Handle]) -> Result<Option<KnownAsset>, CmsError> {
    if !queries.is_shown_unpinned(id, collections).await? {
        return Ok(None);
    }
    Ok(queries.unpinned_assets(&[id], None).await?.pop())
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
