//! Assets: identity, department, name, alternative text with revisions. Their bytes are blobs.

use std::collections::BTreeMap;

use diwan_content::{
    AssetId, ContentHash, DepartmentId, Locale, Permit, RevisionNumber, Scope, Timestamp, Version, fold_text,
    rights::ActorRef,
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    RelationTrait as _, Set,
    sea_query::{Expr, ExprTrait as _, LockType, Query},
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action, check_department},
    assets::blobs::Blob,
    conditions::{before, contains, within},
    connection::{Queries, padded, write::WriteTx},
    content::{entries::Entry as ContentEntry, localizations::VersionMismatch},
    error::StoreError,
    stored,
    tables::{
        Hash, asset_revisions,
        assets::{ActiveModel, Column, Entity, Model},
        blobs, entries, localizations, published_references, revisions,
    },
};

/// An uploaded thing as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its identity.
    pub id: AssetId,
    /// Whose it is.
    pub department: DepartmentId,
    /// Its file name.
    pub name: String,
    /// Its bytes.
    pub blob: ContentHash,
    /// The revision that brought these bytes.
    pub bytes_since: RevisionNumber,
    /// What it shows, in words, by locale.
    pub alternative_text: BTreeMap<Locale, String>,
    /// Raised by every change; the number of its newest revision.
    pub version: Version,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRef,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// What a new revision of an asset says; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetChange {
    /// The file name with its folded form.
    pub name: Option<(String, String)>,
    /// The whole alternative text.
    pub alternative_text: Option<BTreeMap<Locale, String>>,
    /// Other bytes, which are stored already.
    pub blob: Option<ContentHash>,
}

/// One state of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRevision {
    /// Its number, from 1 without gaps.
    pub number: RevisionNumber,
    /// The file name.
    pub name: String,
    /// What it shows.
    pub alternative_text: BTreeMap<Locale, String>,
    /// Its bytes.
    pub blob: ContentHash,
    /// The revision that brought these bytes.
    pub bytes_since: RevisionNumber,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom.
    pub author: ActorRef,
}

/// An asset with what is known of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAsset {
    /// The asset.
    pub asset: Asset,
    /// Its bytes.
    pub blob: Blob,
}

/// Which assets a list holds; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    /// Whose folded name contains this folded text.
    pub name_folded: Option<String>,
    /// Whose name or alternative text contains this folded text.
    pub text_folded: Option<String>,
    /// Of one of these media types.
    pub media_types: Option<Vec<String>>,
    /// Whether something public refers to it.
    pub used: Option<bool>,
    /// Of that department alone.
    pub department: Option<DepartmentId>,
}

impl Queries {
    /// The asset with what is known of its bytes.
    pub async fn find_asset(&self, id: AssetId) -> Result<Option<KnownAsset>, StoreError> {
        Ok(self.known_assets(&[id]).await?.into_iter().next())
    }

    /// Those of these assets that there are, in no order.
    pub async fn known_assets(&self, ids: &[AssetId]) -> Result<Vec<KnownAsset>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| id.0).collect());
            let assets = Entity::find().find_both_related(blobs::Entity).filter(Column::Id.is_in(ids));
            let assets = assets.filter(Column::DeletedAt.is_null());
            for rows in assets.all(&self.connection).await? {
                known.push(with_blob(rows)?);
            }
        }
        Ok(known)
    }

    /// Media types of those of some assets that there are, also of deleted ones. Reads only what tables of older versions
    /// have: `upgrade --check` looks at them before they are migrated.
    pub async fn media_types_of_assets(&self, ids: &[AssetId]) -> Result<Vec<(AssetId, String)>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| id.0).collect());
            let rows: Vec<(Uuid, String)> = Entity::find()
                .inner_join(blobs::Entity)
                .select_only()
                .column(Column::Id)
                .column(blobs::Column::MediaType)
                .filter(Column::Id.is_in(ids))
                .into_tuple()
                .all(&self.connection)
                .await?;
            known.extend(rows.into_iter().map(|(id, media_type)| (AssetId(id), media_type)));
        }
        Ok(known)
    }

    /// Assets that a scope may see, the newest change first, behind the place that is given.
    pub async fn list_assets(
        &self,
        scope: &Scope,
        filter: &AssetFilter,
        after: Option<(Timestamp, AssetId)>,
        limit: u32,
    ) -> Result<Vec<KnownAsset>, StoreError> {
        let AssetFilter { name_folded, text_folded, media_types, used, department } = filter;
        let referred = Query::select()
            .expr(Expr::val(1))
            .from(published_references::Entity)
            .and_where(published_references::Column::Target.into_expr().equals(Column::Id.as_column_ref()))
            .and_where(published_references::Column::TargetKind.eq("asset"))
            .to_owned();
        let matching = Condition::all()
            .add(Column::DeletedAt.is_null())
            .add_option(text_folded.as_ref().map(|text| contains(Column::TextFolded, text)))
            .add_option(media_types.as_ref().map(|types| blobs::Column::MediaType.is_in(types)))
            .add_option(used.map(|used| match used {
                true => Expr::exists(referred),
                false => Expr::not_exists(referred),
            }))
            .add_option(within(scope, Column::Department))
            .add_option(department.map(|department| Column::Department.eq(department.0)))
            .add_option(name_folded.as_ref().map(|text| contains(Column::NameFolded, text)))
            .add_option(after.map(|(changed_at, id)| {
                before([Column::ChangedAt, Column::Id], [changed_at.unix_ms().into(), id.0.into()])
            }));
        let rows = Entity::find()
            .find_both_related(blobs::Entity)
            .filter(matching)
            .order_by_desc(Column::ChangedAt)
            .order_by_desc(Column::Id)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(with_blob).collect()
    }

    /// Assets whose text was not folded yet: those of older versions and of their backups.
    pub async fn assets_without_folded_text(&self, limit: u32) -> Result<Vec<Asset>, StoreError> {
        let unfolded = Entity::find().filter(Column::TextFolded.is_null()).order_by_asc(Column::Id);
        let rows = unfolded.limit(stored::bounded(limit)).all(&self.connection).await?;
        rows.into_iter().map(Asset::try_from).collect()
    }

    /// Whether an asset has this id or had it.
    pub async fn is_asset_id_taken(&self, id: AssetId) -> Result<bool, StoreError> {
        Ok(Entity::find_by_id(id.0).one(&self.connection).await?.is_some())
    }

    /// Assets with these bytes that a scope may see, the newest change first.
    pub async fn assets_with_blob(
        &self,
        scope: &Scope,
        blob: &ContentHash,
        limit: u32,
    ) -> Result<Vec<AssetId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Blob.eq(Hash::from(*blob)))
            .filter(Column::DeletedAt.is_null())
            .filter(Condition::all().add_option(within(scope, Column::Department)))
            .order_by_desc(Column::ChangedAt)
            .order_by_desc(Column::Id)
            .limit(stored::bounded(limit))
            .into_tuple()
            .all(&self.connection)
            .await?;
        Ok(ids.into_iter().map(AssetId).collect())
    }

    /// Localizations outside the trash whose newest revision names an asset, with their entries. Looks through all newest
    /// revisions.
    pub async fn drafts_naming(&self, asset: AssetId, limit: u32) -> Result<Vec<(ContentEntry, Locale)>, StoreError> {
        let naming = Condition::all()
            .add(entries::Column::TrashedAt.is_null())
            .add(contains(revisions::Column::DataText, &asset.to_string()));
        let rows = localizations::Entity::find()
            .join(JoinType::InnerJoin, localizations::Relation::Head.def())
            .find_both_related(entries::Entity)
            .filter(naming)
            .order_by_asc(localizations::Column::Entry)
            .order_by_asc(localizations::Column::Locale)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(|(row, entry)| Ok((entry.try_into()?, stored::locale(&row.locale)?))).collect()
    }

    /// States of an asset, the newest first, those below `before` where it is given.
    pub async fn asset_revisions(
        &self,
        id: AssetId,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<AssetRevision>, StoreError> {
        use asset_revisions::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::Asset.eq(id.0))
            .filter(Column::Number.lt(before.map_or(i64::MAX, |number| number.0)))
            .order_by_desc(Column::Number)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(AssetRevision::try_from).collect()
    }

    /// Whether anything that is public points to the asset.
    pub async fn asset_is_public(&self, id: AssetId) -> Result<bool, StoreError> {
        use published_references::{Column, Entity};
        let reference: Option<Uuid> = Entity::find()
            .select_only()
            .column(Column::Target)
            .filter(Column::Target.eq(id.0))
            .filter(Column::TargetKind.eq("asset"))
            .into_tuple()
            .one(&self.connection)
            .await?;
        Ok(reference.is_some())
    }

    /// Those of these assets that something public refers to, in no order.
    pub async fn public_assets(&self, ids: &[AssetId]) -> Result<Vec<AssetId>, StoreError> {
        let mut public = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            use published_references::{Column, Entity};
            let targets: Vec<Uuid> = Entity::find()
                .select_only()
                .column(Column::Target)
                .distinct()
                .filter(Column::TargetKind.eq("asset"))
                .filter(Column::Target.is_in(padded(chunk.iter().map(|id| id.0).collect())))
                .into_tuple()
                .all(&self.connection)
                .await?;
            public.extend(targets.into_iter().map(AssetId));
        }
        Ok(public)
    }
}

impl WriteTx {
    /// Makes an asset with its first revision. Its blob has to be there.
    pub async fn insert_asset(&mut self, permit: &Permit, asset: &Asset, name_folded: &str) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "making an asset")?;
        check_department(permit, asset.department, "making an asset of that department")?;
        let Asset {
            id,
            department,
            name,
            blob,
            bytes_since,
            alternative_text,
            version,
            created_at,
            created_by,
            changed_at,
        } = asset;
        let row = ActiveModel {
            id: Set(id.0),
            department: Set(department.0),
            name: Set(name.clone()),
            name_folded: Set(name_folded.to_owned()),
            blob: Set((*blob).into()),
            alternative_text: Set(stored::alternative_text_json(alternative_text)),
            version: Set(version.0),
            created_at: Set(created_at.unix_ms()),
            created_by: Set(created_by.to_string()),
            changed_at: Set(changed_at.unix_ms()),
            bytes_since: Set(Some(bytes_since.0)),
            text_folded: Set(Some(text_folded(asset))),
            deleted_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&self.connection).await?;
        self.insert_asset_revision(asset, *created_by).await
    }

    /// Changes an asset as a new revision, if nobody else was faster.
    pub async fn append_asset_revision(
        &mut self,
        permit: &Permit,
        id: AssetId,
        expected: Version,
        change: AssetChange,
    ) -> Result<Result<Asset, VersionMismatch>, StoreError> {
        check_action(permit, permits::ASSETS, "changing an asset")?;
        let Some(known) = self.find_asset(id).await? else {
            return Ok(Err(VersionMismatch { expected, found: None }));
        };
        let asset = known.asset;
        check_department(permit, asset.department, "changing an asset of that department")?;
        let AssetChange { name, alternative_text, blob } = change;
        let mut row = ActiveModel { changed_at: Set(self.now().unix_ms()), ..Default::default() };
        let mut changed = Asset { version: expected.next(), changed_at: self.now(), ..asset };
        if let Some((name, folded)) = name {
            (row.name, row.name_folded) = (Set(name.clone()), Set(folded));
            changed.name = name;
        }
        if let Some(texts) = alternative_text {
            row.alternative_text = Set(stored::alternative_text_json(&texts));
            changed.alternative_text = texts;
        }
        row.text_folded = Set(Some(text_folded(&changed)));
        if let Some(blob) = blob {
            changed.blob = blob;
            changed.bytes_since = RevisionNumber(changed.version.0);
            (row.blob, row.bytes_since) = (Set(blob.into()), Set(Some(changed.bytes_since.0)));
        }
        let updated = Entity::update_many()
            .set(row)
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Id.eq(id.0))
            .filter(Column::Version.eq(expected.0))
            .exec(&self.connection)
            .await?;
        if updated.rows_affected == 0 {
            let found = self.find_asset(id).await?.map(|known| known.asset.version);
            return Ok(Err(VersionMismatch { expected, found }));
        }
        self.insert_asset_revision(&changed, permit.author()).await?;
        Ok(Ok(changed))
    }

    /// An asset that nobody else changes or begins to show until the transaction ends.
    pub async fn lock_asset(&mut self, id: AssetId) -> Result<Option<KnownAsset>, StoreError> {
        if Entity::find_by_id(id.0).lock(LockType::Update).one(&self.connection).await?.is_none() {
            return Ok(None);
        }
        self.find_asset(id).await
    }

    /// Deletes an asset that was locked: it is in no list and no reference finds it any more. Its rows and bytes stay for
    /// what was public.
    pub async fn delete_asset(&mut self, permit: &Permit, asset: &Asset) -> Result<(), StoreError> {
        check_action(permit, permits::DELETED_ASSETS, "deleting an asset")?;
        check_department(permit, asset.department, "deleting an asset of that department")?;
        let row = ActiveModel { deleted_at: Set(Some(self.now().unix_ms())), ..Default::default() };
        Entity::update_many().set(row).filter(Column::Id.eq(asset.id.0)).exec(&self.connection).await?;
        Ok(())
    }

    /// Folds the text of an asset of an older version. Its version stays.
    pub async fn fold_asset_text(&mut self, permit: &Permit, asset: &Asset) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "folding the text of an asset")?;
        let row = ActiveModel { text_folded: Set(Some(text_folded(asset))), ..Default::default() };
        let unfolded = Entity::update_many().set(row).filter(Column::Id.eq(asset.id.0));
        unfolded.filter(Column::TextFolded.is_null()).exec(&self.connection).await?;
        Ok(())
    }

    async fn insert_asset_revision(&mut self, asset: &Asset, author: ActorRef) -> Result<(), StoreError> {
        let row = asset_revisions::ActiveModel {
            asset: Set(asset.id.0),
            number: Set(asset.version.0),
            name: Set(asset.name.clone()),
            alternative_text: Set(stored::alternative_text_json(&asset.alternative_text)),
            saved_at: Set(asset.changed_at.unix_ms()),
            author: Set(author.to_string()),
            blob: Set(Some(asset.blob.into())),
            bytes_since: Set(Some(asset.bytes_since.0)),
        };
        asset_revisions::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

/// Everything by whose words editors find an asset.
fn text_folded(asset: &Asset) -> String {
    let texts = std::iter::once(&asset.name).chain(asset.alternative_text.values());
    fold_text(&texts.map(String::as_str).collect::<Vec<_>>().join("\n"))
}

fn with_blob(rows: (Model, blobs::Model)) -> Result<KnownAsset, StoreError> {
    let (asset, blob) = rows;
    Ok(KnownAsset { asset: asset.try_into()?, blob: blob.try_into()? })
}

impl TryFrom<asset_revisions::Model> for AssetRevision {
    type Error = StoreError;

    fn try_from(row: asset_revisions::Model) -> Result<Self, StoreError> {
        let asset_revisions::Model { asset: _, number, name, alternative_text, saved_at, author, blob, bytes_since } =
            row;
        let (Some(blob), Some(bytes_since)) = (blob, bytes_since) else {
            return Err(stored::damaged("revision of an asset", &name));
        };
        Ok(Self {
            number: RevisionNumber(number),
            name,
            alternative_text: stored::alternative_text(&alternative_text)?,
            blob: blob.try_into()?,
            bytes_since: RevisionNumber(bytes_since),
            at: stored::time(saved_at)?,
            author: stored::actor(&author)?,
        })
    }
}

impl TryFrom<Model> for Asset {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            department,
            name,
            name_folded: _,
            blob,
            alternative_text,
            version,
            created_at,
            created_by,
            changed_at,
            bytes_since,
            text_folded: _,
            deleted_at: _,
        } = row;
        let bytes_since = bytes_since.ok_or_else(|| stored::damaged("asset", &name))?;
        Ok(Self {
            id: AssetId(id),
            department: DepartmentId(department),
            name,
            blob: blob.try_into()?,
            bytes_since: RevisionNumber(bytes_since),
            alternative_text: stored::alternative_text(&alternative_text)?,
            version: Version(version),
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
            changed_at: stored::time(changed_at)?,
        })
    }
}
