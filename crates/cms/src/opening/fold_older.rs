//! What older versions stored unfolded: paths of publications and texts of assets, so that any spelling finds them.

use diwan_content::{Permit, rights::Action};
use diwan_store::{Asset, UnfoldedPath, WriteTx};

use crate::{cms::Cms, error::CmsError, frame::retry};

/// Rows that one transaction folds.
const BATCH: u32 = 500;

impl Cms {
    /// Folds the paths of publications that were stored before their folded form was. Runs before anything is served, and
    /// finds nothing to do ever after.
    pub(crate) async fn fold_older_paths(&self) -> Result<(), CmsError> {
        loop {
            let unfolded = self.store().snapshot().await?.unfolded_paths(BATCH).await?;
            if unfolded.is_empty() {
                return Ok(());
            }
            let permit = self.permit_system(Action::Publish).await?;
            retry(|| async {
                let mut tx = self.store().begin(self.now()).await?;
                let outcome = set_folded(&mut tx, &permit, &unfolded).await;
                tx.end(outcome).await
            })
            .await?;
        }
    }

    /// Folds the texts of assets that were stored before their folded form was. The same holds.
    pub(crate) async fn fold_older_asset_texts(&self) -> Result<(), CmsError> {
        loop {
            let unfolded = self.store().snapshot().await?.assets_without_folded_text(BATCH).await?;
            if unfolded.is_empty() {
                return Ok(());
            }
            let permit = self.permit_system(Action::SaveAsset).await?;
            retry(|| async {
                let mut tx = self.store().begin(self.now()).await?;
                let outcome = fold_texts(&mut tx, &permit, &unfolded).await;
                tx.end(outcome).await
            })
            .await?;
        }
    }
}

async fn fold_texts(tx: &mut WriteTx, permit: &Permit, unfolded: &[Asset]) -> Result<(), CmsError> {
    for asset in unfolded {
        tx.fold_asset_text(permit, asset).await?;
    }
    Ok(())
}

async fn set_folded(tx: &mut WriteTx, permit: &Permit, unfolded: &[UnfoldedPath]) -> Result<(), CmsError> {
    for row in unfolded {
        tx.set_folded_path(permit, row, &row.path.folded()).await?;
    }
    Ok(())
}
