//! Assets: identity, department, name, alternative text with revisions. Their bytes are blobs.

use std::collections::BTreeMap;

use diwan_content::{
    AssetId, ContentHash, DepartmentId, Locale, Permit, RevisionNumber, Scope, Timestamp, Version, rights::ActorRef,
};
use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::{
    blobs::{self, Blob, BlobRow},
    conditions::Conditions,
    connection::{padded, placeholders},
    error::StoreError,
    localizations::VersionMismatch,
    permits::{self, check_action, check_department},
    snapshot::Queries,
    stored,
    write::WriteTx,
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

/// One state of an asset's name and alternative text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRevision {
    /// Its number, from 1 without gaps.
    pub number: RevisionNumber,
    /// The file name.
    pub name: String,
    /// What it shows.
    pub alternative_text: BTreeMap<Locale, String>,
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
    /// Of that department alone.
    pub department: Option<DepartmentId>,
}

#[derive(Debug, FromQueryResult)]
struct AssetRow {
    id: Uuid,
    department: Uuid,
    name: String,
    blob: Vec<u8>,
    alternative_text: String,
    version: i64,
    created_at: i64,
    created_by: String,
    changed_at: i64,
}

#[derive(Debug)]
struct KnownRow {
    asset: AssetRow,
    blob: BlobRow,
}

#[derive(Debug, FromQueryResult)]
struct AssetRevisionRow {
    number: i64,
    name: String,
    alternative_text: String,
    saved_at: i64,
    author: String,
}

#[derive(Debug, FromQueryResult)]
struct TargetRow {
    target: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct OneRow {
    #[expect(dead_code, reason = "only whether there is a row counts")]
    one: i64,
}

const COLUMNS: &str =
    "a.id, a.department, a.name, a.blob, a.alternative_text, a.version, a.created_at, a.created_by, a.changed_at";

impl Queries {
    /// The asset with what is known of its bytes.
    pub async fn find_asset(&self, id: AssetId) -> Result<Option<KnownAsset>, StoreError> {
        Ok(self.known_assets(&[id]).await?.into_iter().next())
    }

    /// Those of these assets that there are, in no order.
    pub async fn known_assets(&self, ids: &[AssetId]) -> Result<Vec<KnownAsset>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let list = placeholders(1, ids.len());
            let sql = format!(
                "SELECT {COLUMNS}, {} FROM assets a JOIN blobs b ON b.hash = a.blob WHERE a.id IN ({list})",
                blobs::COLUMNS
            );
            for row in self.connection.list::<KnownRow>(&sql, ids).await? {
                known.push(row.try_into()?);
            }
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
        let AssetFilter { name_folded, department } = filter;
        let mut conditions = Conditions::default();
        conditions.within(scope, "a.department");
        if let Some(department) = department {
            conditions.add("a.department =", department.0);
        }
        if let Some(text) = name_folded {
            conditions.contains("a.name_folded", text);
        }
        if let Some((changed_at, id)) = after {
            conditions.below("(a.changed_at, a.id)", [changed_at.unix_ms().into(), id.0.into()]);
        }
        let (filter, limit_at) = (conditions.sql(), conditions.values.len() + 1);
        conditions.values.push(stored::bounded(limit).into());
        let sql = format!(
            "SELECT {COLUMNS}, {} FROM assets a JOIN blobs b ON b.hash = a.blob {filter} \
             ORDER BY a.changed_at DESC, a.id DESC LIMIT ${limit_at}",
            blobs::COLUMNS
        );
        let rows: Vec<KnownRow> = self.connection.list(&sql, conditions.values).await?;
        rows.into_iter().map(KnownAsset::try_from).collect()
    }

    /// States of an asset, the newest first, those below `before` where it is given.
    pub async fn asset_revisions(
        &self,
        id: AssetId,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<AssetRevision>, StoreError> {
        let sql = "SELECT number, name, alternative_text, saved_at, author FROM asset_revisions \
                   WHERE asset = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
        let before = before.map_or(i64::MAX, |number| number.0);
        let values: [Value; 3] = [id.0.into(), before.into(), stored::bounded(limit).into()];
        let rows: Vec<AssetRevisionRow> = self.connection.list(sql, values).await?;
        rows.into_iter().map(AssetRevision::try_from).collect()
    }

    /// Whether anything that is public points to the asset.
    pub async fn asset_is_public(&self, id: AssetId) -> Result<bool, StoreError> {
        let sql = "SELECT CAST(1 AS BIGINT) AS one FROM published_references \
                   WHERE target = $1 AND target_kind = 'asset' LIMIT 1";
        Ok(self.connection.find::<OneRow>(sql, [id.0.into()]).await?.is_some())
    }

    /// Those of these assets that something public refers to, in no order.
    pub async fn public_assets(&self, ids: &[AssetId]) -> Result<Vec<AssetId>, StoreError> {
        let mut public = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let list = placeholders(1, ids.len());
            let sql = format!(
                "SELECT DISTINCT target FROM published_references WHERE target_kind = 'asset' AND target IN ({list})"
            );
            let rows: Vec<TargetRow> = self.connection.list(&sql, ids).await?;
            public.extend(rows.into_iter().map(|TargetRow { target }| AssetId(target)));
        }
        Ok(public)
    }
}

impl WriteTx {
    /// Makes an asset with its first revision. Its blob has to be there.
    pub async fn insert_asset(&mut self, permit: &Permit, asset: &Asset, name_folded: &str) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "making an asset")?;
        check_department(permit, asset.department, "making an asset of that department")?;
        let Asset { id, department, name, blob, alternative_text, version, created_at, created_by, changed_at } = asset;
        let sql = "INSERT INTO assets (id, department, name, name_folded, blob, alternative_text, version, created_at, \
                   created_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values: [Value; 10] = [
            id.0.into(),
            department.0.into(),
            name.as_str().into(),
            name_folded.into(),
            blob.as_bytes().to_vec().into(),
            stored::alternative_text_json(alternative_text).into(),
            version.0.into(),
            created_at.unix_ms().into(),
            created_by.to_string().into(),
            changed_at.unix_ms().into(),
        ];
        self.connection.run(sql, values).await?;
        self.insert_asset_revision(asset, *created_by).await
    }

    /// Changes an asset's name and alternative text as a new revision, if nobody else was faster.
    pub async fn append_asset_revision(
        &mut self,
        permit: &Permit,
        id: AssetId,
        expected: Version,
        name: &str,
        name_folded: &str,
        alternative_text: &BTreeMap<Locale, String>,
    ) -> Result<Result<Asset, VersionMismatch>, StoreError> {
        check_action(permit, permits::ASSETS, "changing an asset")?;
        let Some(known) = self.find_asset(id).await? else {
            return Ok(Err(VersionMismatch { expected, found: None }));
        };
        let asset = known.asset;
        check_department(permit, asset.department, "changing an asset of that department")?;
        let changed = Asset {
            name: name.to_owned(),
            alternative_text: alternative_text.clone(),
            version: expected.next(),
            changed_at: self.now(),
            ..asset
        };
        let sql = "UPDATE assets SET name = $3, name_folded = $4, alternative_text = $5, version = version + 1, \
                   changed_at = $6 WHERE id = $1 AND version = $2";
        let values: [Value; 6] = [
            id.0.into(),
            expected.0.into(),
            name.into(),
            name_folded.into(),
            stored::alternative_text_json(alternative_text).into(),
            self.now().unix_ms().into(),
        ];
        if self.connection.run(sql, values).await? == 0 {
            let found = self.find_asset(id).await?.map(|known| known.asset.version);
            return Ok(Err(VersionMismatch { expected, found }));
        }
        self.insert_asset_revision(&changed, permit.author()).await?;
        Ok(Ok(changed))
    }

    async fn insert_asset_revision(&mut self, asset: &Asset, author: ActorRef) -> Result<(), StoreError> {
        let sql = "INSERT INTO asset_revisions (asset, number, name, alternative_text, saved_at, author) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values: [Value; 6] = [
            asset.id.0.into(),
            asset.version.0.into(),
            asset.name.as_str().into(),
            stored::alternative_text_json(&asset.alternative_text).into(),
            asset.changed_at.unix_ms().into(),
            author.to_string().into(),
        ];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl FromQueryResult for KnownRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self { asset: AssetRow::from_query_result(row, prefix)?, blob: BlobRow::from_query_result(row, prefix)? })
    }
}

impl TryFrom<KnownRow> for KnownAsset {
    type Error = StoreError;

    fn try_from(row: KnownRow) -> Result<Self, StoreError> {
        let KnownRow { asset, blob } = row;
        Ok(Self { asset: asset.try_into()?, blob: blob.try_into()? })
    }
}

impl TryFrom<AssetRow> for Asset {
    type Error = StoreError;

    fn try_from(row: AssetRow) -> Result<Self, StoreError> {
        let AssetRow { id, department, name, blob, alternative_text, version, created_at, created_by, changed_at } =
            row;
        Ok(Self {
            id: AssetId(id),
            department: DepartmentId(department),
            name,
            blob: stored::hash(&blob)?,
            alternative_text: stored::alternative_text(&alternative_text)?,
            version: Version(version),
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
            changed_at: stored::time(changed_at)?,
        })
    }
}

impl TryFrom<AssetRevisionRow> for AssetRevision {
    type Error = StoreError;

    fn try_from(row: AssetRevisionRow) -> Result<Self, StoreError> {
        let AssetRevisionRow { number, name, alternative_text, saved_at, author } = row;
        Ok(Self {
            number: RevisionNumber(number),
            name,
            alternative_text: stored::alternative_text(&alternative_text)?,
            at: stored::time(saved_at)?,
            author: stored::actor(&author)?,
        })
    }
}
