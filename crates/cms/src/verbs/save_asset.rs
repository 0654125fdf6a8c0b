//! Save an asset: its name and alternative text, as a new revision of it. The bytes stay.

use std::collections::BTreeMap;

use diwan_content::{AssetId, EventKind, EventSubject, Locale, Permit, Version, fold_text, rights::Action};
use diwan_store::{Asset, AssetChange, WriteTx};

use super::upload_asset::check_texts;
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
    frame::{Outcome, WriteContext, authority::permit, states::AssetState},
};

/// A change to an asset.
#[derive(Debug, Clone, Default)]
pub struct SaveAsset {
    /// New file name.
    pub name: Option<String>,
    /// The whole alternative text by locale.
    pub alternative_text: Option<BTreeMap<Locale, String>>,
}

impl Cms {
    /// Changes the name and the alternative text of an asset. Answers about public entries show it at once. Texts that are
    /// there already change nothing.
    ///
    /// # Errors
    /// Not found or not allowed; version mismatch; faults in the texts.
    pub async fn save_asset(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        input: SaveAsset,
        version: Version,
    ) -> Result<Outcome<AssetState>, CmsError> {
        self.verb(ctx, "save_asset", None, || self.save_asset_once(ctx, id, &input, version)).await
    }

    async fn save_asset_once(
        &self,
        ctx: &WriteContext,
        id: AssetId,
        input: &SaveAsset,
        version: Version,
    ) -> Result<Outcome<AssetState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let known = snapshot.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
        let hierarchy = snapshot.hierarchy().await?;
        let permit = permit(&ctx.actor, Action::SaveAsset, known.asset.department, &hierarchy, Thing::Asset(id))?;
        drop(snapshot);
        check_texts(input.name.as_ref(), input.alternative_text.as_ref())?;
        let mut tx = self.begin(ctx).await?;
        let outcome = save_in(&mut tx, &permit, id, input.clone(), version).await;
        tx.end(outcome).await
    }
}

async fn save_in(
    tx: &mut WriteTx,
    permit: &Permit,
    id: AssetId,
    input: SaveAsset,
    version: Version,
) -> Result<AssetState, CmsError> {
    let known = tx.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
    let Asset { name: old_name, alternative_text: old_text, version: current, .. } = known.asset;
    let SaveAsset { name, alternative_text } = input;
    let is_same = name.as_ref().is_none_or(|name| *name == old_name)
        && alternative_text.as_ref().is_none_or(|texts| *texts == old_text);
    if current == version && is_same {
        return Ok(AssetState::new(id, version));
    }
    let name = name.map(|name| (fold_text(&name), name)).map(|(folded, name)| (name, folded));
    let change = AssetChange { name, alternative_text, ..AssetChange::default() };
    let saved = tx.append_asset_revision(permit, id, version, change).await?;
    let asset = saved.map_err(|mismatch| match mismatch.found {
        Some(current) => CmsError::VersionMismatch { current },
        None => CmsError::NotFound(Thing::Asset(id)),
    })?;
    let subject = EventSubject { asset: Some(id), department: Some(asset.department), ..EventSubject::default() };
    tx.record(permit, EventKind::AssetSaved, subject);
    Ok(AssetState::new(id, asset.version))
}
