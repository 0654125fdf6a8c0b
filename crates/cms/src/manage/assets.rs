//! Assets as editors see them.

use std::{collections::BTreeMap, ops::Range};

use diwan_assets::{BlobRead, MediaType, TextFailure, has_text};
use diwan_content::{
    Actor, AssetId, AssetKind, ContentHash, DepartmentId, Timestamp, Version, fold_text,
    rights::{Action, ActorRef},
    seal_cursor,
};
use diwan_store::{AssetFilter, KnownAsset};

use crate::{
    cms::Cms,
    conforming::kind_of_type,
    error::{CmsError, Thing},
    frame::authority::permit,
    reads::{PublicAsset, asset_view, check_size},
};

/// An asset with what editors need to know.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedAsset {
    /// What the public sees of it.
    pub asset: PublicAsset,
    /// Its owner.
    pub department: DepartmentId,
    /// What the next `If-Match` must name.
    pub version: Version,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRef,
    /// When its name or alternative text last changed.
    pub changed_at: Timestamp,
    /// Something public refers to it.
    pub public: bool,
    /// What search knows of the text that stands in it.
    pub text: AssetText,
}

/// What search knows of the text of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetText {
    /// Its type holds none, or nothing public refers to it.
    None,
    /// It will be read soon.
    Pending,
    /// It was read.
    Done {
        /// How many characters it has.
        characters: u64,
    },
    /// It was read without success.
    Failed {
        /// Why.
        reason: TextFailure,
    },
}

/// Which assets a list shows, as sent.
#[derive(Debug, Clone, Default)]
pub struct AssetList {
    /// Whose name contains this, in any spelling.
    pub name: Option<String>,
    /// Whose name or alternative text contains this, in any spelling.
    pub text: Option<String>,
    /// Of this kind.
    pub kind: Option<AssetKind>,
    /// Whether something public refers to it.
    pub used: Option<bool>,
    /// Owned by this department.
    pub department: Option<DepartmentId>,
    /// Size of a page, 1 to 100.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
}

/// A page of assets.
#[derive(Debug, Clone)]
pub struct ManagedAssets {
    /// Assets, the last changed first.
    pub items: Vec<ManagedAsset>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
}

impl Cms {
    /// An asset.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn manage_asset(&self, actor: &Actor, id: AssetId) -> Result<ManagedAsset, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let known = snapshot.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
        permit(actor, Action::Read, known.asset.department, &snapshot.hierarchy().await?, Thing::Asset(id))?;
        let public = snapshot.asset_is_public(id).await?;
        let texts = snapshot.text_summaries(&[known.blob.hash]).await?;
        Ok(managed(known, public, &texts))
    }

    /// The bytes of an asset, or a part of them.
    ///
    /// # Errors
    /// Not found, or not to be seen; the blobs fail.
    pub async fn open_managed_asset(
        &self,
        actor: &Actor,
        id: AssetId,
        range: Option<Range<u64>>,
    ) -> Result<(ManagedAsset, BlobRead), CmsError> {
        let found = self.manage_asset(actor, id).await?;
        let read = self.open_blob(&found.asset.hash, range).await?;
        Ok((found, read))
    }

    /// Assets within the actor's scope, the last changed first.
    ///
    /// # Errors
    /// No right to read anywhere; parameters that cannot be read.
    pub async fn manage_assets(&self, actor: &Actor, list: AssetList) -> Result<ManagedAssets, CmsError> {
        let AssetList { name, text, kind, used, department, size, after } = list;
        let snapshot = self.store().snapshot().await?;
        let scope = actor.scope(&snapshot.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        let folded = |text: Option<String>| text.map(|text| fold_text(&text)).filter(|text| !text.is_empty());
        let media_types = kind.map(|kind| {
            let of_kind = MediaType::ALL.into_iter().filter(|media_type| kind_of_type(*media_type) == Some(kind));
            of_kind.flat_map(MediaType::stored_names).collect()
        });
        let filter =
            AssetFilter { name_folded: folded(name), text_folded: folded(text), media_types, used, department };
        let query = ContentHash::of(format!("assets {} {filter:?}", actor.reference).as_bytes());
        let place = self.check_cursor(&query, after, &mut faults).and_then(|bytes| read_place(&bytes));
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let mut rows = snapshot.list_assets(&scope, &filter, place, size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = rows.last().filter(|_| more).map(|last| {
            let place = format!("{}|{}", last.asset.changed_at.unix_ms(), last.asset.id);
            seal_cursor(&self.parts().cursor_secret, &query, place.as_bytes())
        });
        let hashes: Vec<ContentHash> = rows.iter().map(|known| known.blob.hash).collect();
        let texts = snapshot.text_summaries(&hashes).await?;
        let mut items = Vec::with_capacity(rows.len());
        for known in rows {
            let public = snapshot.asset_is_public(known.asset.id).await?;
            items.push(managed(known, public, &texts));
        }
        Ok(ManagedAssets { items, next, size })
    }
}

type Summaries = BTreeMap<ContentHash, (u32, Result<u64, String>)>;

fn managed(known: KnownAsset, public: bool, texts: &Summaries) -> ManagedAsset {
    ManagedAsset {
        text: text_of(&known, public, texts),
        department: known.asset.department,
        version: known.asset.version,
        created_at: known.asset.created_at,
        created_by: known.asset.created_by,
        changed_at: known.asset.changed_at,
        public,
        asset: asset_view(known),
    }
}

/// A text of an older version answers until it is read anew.
fn text_of(known: &KnownAsset, public: bool, texts: &Summaries) -> AssetText {
    if !public || !MediaType::parse(&known.blob.media_type).is_some_and(has_text) {
        return AssetText::None;
    }
    match texts.get(&known.blob.hash) {
        None => AssetText::Pending,
        Some((_, Ok(characters))) => AssetText::Done { characters: *characters },
        Some((_, Err(reason))) => {
            TextFailure::parse(reason).map_or(AssetText::Pending, |reason| AssetText::Failed { reason })
        }
    }
}

fn read_place(bytes: &[u8]) -> Option<(Timestamp, AssetId)> {
    let (at, id) = std::str::from_utf8(bytes).ok()?.split_once('|')?;
    Some((Timestamp::from_unix_ms(at.parse().ok()?).ok()?, id.parse().ok()?))
}
