//! Which revisions of assets a publish pins.
//!
//! What is published pins the newest revisions. What inherits takes those of its origin and keeps its own for other assets. A
//! page that only moves keeps all.

use std::collections::BTreeSet;

use diwan_content::{AssetId, RevisionNumber};
use diwan_store::{AssetPin, Publication, PublishedReference, PublishedTarget, Queries};

use crate::error::CmsError;

/// The pins of a change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pins {
    /// For each asset that it shows, in the order of their ids.
    pub(crate) all: Vec<AssetPin>,
    /// The public sees other bytes by them than now.
    pub(crate) new_bytes: bool,
}

impl Pins {
    /// Of a revision that is published: the newest revision of each asset.
    pub(crate) async fn newest(
        queries: &Queries,
        references: &[PublishedReference],
        live: Option<&Publication>,
    ) -> Result<Self, CmsError> {
        let all = newest(queries, references).await?;
        let live = match live {
            Some(live) if !all.is_empty() => queries.live_pins(live.entry, &live.locale).await?,
            Some(_) | None => return Ok(Self { all, new_bytes: false }),
        };
        let new_bytes = all.iter().any(|pin| pin.bytes_since != pin_of(&live, pin.asset).bytes_since);
        Ok(Self { all, new_bytes })
    }

    /// Of a public localization whose origin is published with these pins.
    pub(crate) async fn inherited(
        queries: &Queries,
        references: &[PublishedReference],
        live: &Publication,
        origin: &[AssetPin],
    ) -> Result<Self, CmsError> {
        let mut all = newest(queries, references).await?;
        if all.is_empty() {
            return Ok(Self::default());
        }
        let live = queries.live_pins(live.entry, &live.locale).await?;
        let mut new_bytes = false;
        for pin in &mut all {
            let own = pin_of(&live, pin.asset);
            match origin.iter().find(|of_origin| of_origin.asset == pin.asset) {
                Some(of_origin) => *pin = *of_origin,
                None => *pin = own,
            }
            new_bytes |= pin.bytes_since != own.bytes_since;
        }
        Ok(Self { all, new_bytes })
    }

    /// Of a page that keeps what it shows.
    pub(crate) async fn kept(queries: &Queries, live: &Publication) -> Result<Self, CmsError> {
        Ok(Self { all: queries.live_pins(live.entry, &live.locale).await?, new_bytes: false })
    }
}

/// The newest revision of each asset that is referred to; what there is not is left out.
async fn newest(queries: &Queries, references: &[PublishedReference]) -> Result<Vec<AssetPin>, CmsError> {
    let assets: BTreeSet<AssetId> = references.iter().filter_map(asset_of).collect();
    if assets.is_empty() {
        return Ok(Vec::new());
    }
    let known = queries.known_assets(&assets.into_iter().collect::<Vec<_>>()).await?;
    let mut pins: Vec<AssetPin> = known
        .into_iter()
        .map(|known| AssetPin {
            asset: known.asset.id,
            revision: RevisionNumber(known.asset.version.0),
            bytes_since: known.asset.bytes_since,
        })
        .collect();
    pins.sort_unstable_by_key(|pin| pin.asset);
    Ok(pins)
}

fn asset_of(reference: &PublishedReference) -> Option<AssetId> {
    match reference.target {
        PublishedTarget::Asset(id) => Some(id),
        PublishedTarget::Entry(_) => None,
    }
}

/// The pin of a publication. Without one, it shows the bytes that the asset was uploaded with.
fn pin_of(pins: &[AssetPin], asset: AssetId) -> AssetPin {
    let first = AssetPin { asset, revision: RevisionNumber(1), bytes_since: RevisionNumber(1) };
    pins.iter().find(|pin| pin.asset == asset).copied().unwrap_or(first)
}
