//! Replace an asset: other bytes under the same identity, as a new revision of it. The public sees the old ones until what
//! shows them is published again.

use std::io;

use bytes::Bytes;
use diwan_assets::{MediaType, StoredBlob};
use diwan_content::{
    AssetId, ContentHash, EventKind, EventSubject, Fault, FaultCode, Permit, Pointer, Scope, Version, fold_text,
    rights::Action,
};
use diwan_store::{AssetChange, KnownAsset, Queries, WriteTx};
use futures_util::Stream;

use super::upload_asset::{check_texts, duplicates, insert_bytes};
use crate::{
    cms::Cms,
    conforming::{asset_kind, kind_of_type},
    error::{CmsError, Thing},
    frame::{Outcome, WriteContext, authority::permit, states::AssetState},
};

/// What is said of a replacement beside its bytes.
#[derive(Debug, Clone, Default)]
pub struct ReplaceAsset {
    /// New file name; the old one stays where it is absent.
    pub name: Option<String>,
    /// Declared media type, as sent.
    pub media_type: Option<String>,
}

/// A replacement whose bytes are taken.
struct Replacement {
    id: AssetId,
    version: Version,
    name: Option<String>,
    blob: StoredBlob,
}

impl Cms {
    /// Gives an asset other bytes of the same kind. The same bytes and name change nothing.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch; faults in the name; another kind of file; larger than the limit; not a
    /// type that is taken, or not what it says it is; the stream broke off.
    pub async fn replace_asset(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        input: ReplaceAsset,
        version: Version,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Outcome<AssetState>, CmsError> {
        // A stream is read only once, so a retry begins after it.
        let work = || async {
            let replacement = self.take_replacement(ctx, id, input, version, bytes).await?;
            self.retry_unless_answered(ctx, || self.replace_asset_once(ctx, &replacement)).await
        };
        self.answer_or_refuse(ctx, "replace_asset", None, work).await
    }

    async fn take_replacement(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        input: ReplaceAsset,
        version: Version,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Replacement, CmsError> {
        let ReplaceAsset { name, media_type } = input;
        let snapshot = self.store().snapshot().await?;
        let (_, known) = permitted(&snapshot, ctx, id).await?;
        drop(snapshot);
        // Before the bytes, which take long.
        check_version(&known, version)?;
        check_texts(name.as_ref(), None)?;
        let blob = self.take_bytes(name.as_deref().unwrap_or(&known.asset.name), media_type.as_deref(), bytes).await?;
        Ok(Replacement { id, version, name, blob })
    }

    async fn replace_asset_once(
        &self,
        ctx: &WriteContext,
        replacement: &Replacement,
    ) -> Result<Outcome<AssetState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (permit, _) = permitted(&snapshot, ctx, replacement.id).await?;
        let scope = ctx.actor.scope(&snapshot.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = replace(&mut tx, &permit, &scope, replacement).await;
        tx.end(outcome).await
    }
}

async fn permitted(queries: &Queries, ctx: &WriteContext, id: AssetId) -> Result<(Permit, KnownAsset), CmsError> {
    let known = queries.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
    let (owner, hierarchy) = (known.asset.department, queries.hierarchy().await?);
    let permit = permit(&ctx.actor, Action::SaveAsset, owner, &hierarchy, Thing::Asset(id))?;
    Ok((permit, known))
}

async fn replace(
    tx: &mut WriteTx,
    permit: &Permit,
    scope: &Scope,
    replacement: &Replacement,
) -> Result<AssetState, CmsError> {
    let Replacement { id, version, name, blob } = replacement;
    let known = tx.find_asset(*id).await?.ok_or(CmsError::NotFound(Thing::Asset(*id)))?;
    check_version(&known, *version)?;
    check_kind(&known, blob.media_type)?;
    let name = name.clone().filter(|name| *name != known.asset.name);
    let hash = ContentHash::from_bytes(*blob.hash.as_bytes());
    if hash == known.blob.hash && name.is_none() {
        return Ok(AssetState::new(*id, *version));
    }
    insert_bytes(tx, permit, blob).await?;
    let change = AssetChange {
        name: name.map(|name| (name.clone(), fold_text(&name))),
        blob: (hash != known.blob.hash).then_some(hash),
        ..AssetChange::default()
    };
    let saved = tx.append_asset_revision(permit, *id, *version, change).await?;
    let asset = saved.map_err(|mismatch| match mismatch.found {
        Some(current) => CmsError::VersionMismatch { current },
        None => CmsError::NotFound(Thing::Asset(*id)),
    })?;
    let subject = EventSubject {
        asset: Some(*id),
        department: Some(asset.department),
        content_hash: Some(hash),
        ..EventSubject::default()
    };
    tx.record(permit, EventKind::AssetReplaced, subject);
    let duplicates = duplicates(tx, scope, hash, *id).await?;
    Ok(AssetState { asset: *id, version: asset.version, duplicates })
}

fn check_version(known: &KnownAsset, version: Version) -> Result<(), CmsError> {
    let current = known.asset.version;
    if current == version { Ok(()) } else { Err(CmsError::VersionMismatch { current }) }
}

/// Fields that show an asset may take only its kind.
fn check_kind(known: &KnownAsset, media_type: MediaType) -> Result<(), CmsError> {
    let (was, is) = (asset_kind(known), kind_of_type(media_type));
    if was.is_none() || was == is {
        return Ok(());
    }
    let allowed: Vec<&str> = was.iter().map(|kind| kind.as_str()).collect();
    let fault = Fault::new(Pointer::root(), FaultCode::WrongAssetKind).with("allowed", allowed);
    Err(CmsError::Faults(vec![fault]))
}
