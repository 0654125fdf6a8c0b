//! Which bytes of a picture the public gets: those without metadata, a blob of their own beside the original.

use std::collections::BTreeMap;

use diwan_content::{ContentHash, Permit};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    RelationTrait as _, Set,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query},
};

use crate::{
    access::permits::{self, check_action},
    assets::blobs::Blob,
    connection::{Queries, padded, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash, asset_revisions, blobs,
        public_pictures::{ActiveModel, Column, Entity, Relation},
    },
};

/// A picture with its public form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPicture {
    /// The original, with width and height as it is shown.
    pub original: Blob,
    /// What the public gets; the same where nothing was left out.
    pub public: Blob,
    /// Which version of the rules made it.
    pub version: u32,
}

impl Queries {
    /// What the public gets of a picture; `None` where these rules have not made it yet.
    pub async fn find_public_picture(&self, blob: &ContentHash, version: u32) -> Result<Option<Blob>, StoreError> {
        let row = blobs::Entity::find()
            .join_rev(JoinType::InnerJoin, Relation::Public.def())
            .filter(Column::Blob.eq(Hash::from(*blob)))
            .filter(Column::Version.eq(i64::from(version)))
            .one(&self.connection)
            .await?;
        row.map(Blob::try_from).transpose()
    }

    /// The public forms of these pictures, by their hash; those that these rules have not made yet are left out.
    pub async fn public_pictures(
        &self,
        blobs: &[ContentHash],
        version: u32,
    ) -> Result<BTreeMap<ContentHash, Blob>, StoreError> {
        let mut pictures = BTreeMap::new();
        for chunk in blobs.chunks(256) {
            let hashes = padded(chunk.iter().map(|hash| Hash::from(*hash)).collect());
            let rows = Entity::find()
                .find_also_related(blobs::Entity)
                .filter(Column::Blob.is_in(hashes))
                .filter(Column::Version.eq(i64::from(version)))
                .all(&self.connection)
                .await?;
            for (picture, public) in rows {
                if let Some(public) = public {
                    pictures.insert(picture.blob.try_into()?, public.try_into()?);
                }
            }
        }
        Ok(pictures)
    }

    /// Uploaded blobs of a type whose public form these rules have not made yet, in the order of their hashes after the given
    /// one.
    pub async fn pictures_to_make(
        &self,
        media_type: &str,
        version: u32,
        after: Option<&ContentHash>,
        limit: u32,
    ) -> Result<Vec<Blob>, StoreError> {
        let uploaded = Query::select()
            .expr(Expr::val(1))
            .from(asset_revisions::Entity)
            .and_where(asset_revisions::Column::Blob.into_expr().equals(blobs::Column::Hash.as_column_ref()))
            .to_owned();
        let made = Query::select()
            .expr(Expr::val(1))
            .from(Entity)
            .and_where(Column::Blob.into_expr().equals(blobs::Column::Hash.as_column_ref()))
            .and_where(Column::Version.eq(i64::from(version)))
            .to_owned();
        let rows = blobs::Entity::find()
            .filter(blobs::Column::MediaType.eq(media_type))
            .filter(blobs::Column::Hash.gt(Hash::or_least(after)))
            .filter(Expr::exists(uploaded))
            .filter(Expr::not_exists(made))
            .order_by_asc(blobs::Column::Hash)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(Blob::try_from).collect()
    }

    /// Whether any rules made a public form of a picture, and so its width and height are those that are shown.
    pub async fn has_public_picture(&self, blob: &ContentHash) -> Result<bool, StoreError> {
        Ok(Entity::find_by_id(Hash::from(*blob)).one(&self.connection).await?.is_some())
    }
}

impl WriteTx {
    /// Keeps what the public gets of a picture, and the picture's width and height as it is shown.
    pub async fn put_public_picture(&mut self, permit: &Permit, picture: &PublicPicture) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping the public form of a picture")?;
        let PublicPicture { original, public, version } = picture;
        self.insert_blob(permit, original).await?;
        self.insert_blob(permit, public).await?;
        let shown = blobs::ActiveModel {
            width: Set(original.width.map(i64::from)),
            height: Set(original.height.map(i64::from)),
            ..Default::default()
        };
        let same = blobs::Column::Hash.eq(Hash::from(original.hash));
        blobs::Entity::update_many().set(shown).filter(same).exec(&self.connection).await?;
        let row = ActiveModel {
            blob: Set(original.hash.into()),
            version: Set((*version).into()),
            public_blob: Set(public.hash.into()),
        };
        let replace = OnConflict::column(Column::Blob).update_columns([Column::Version, Column::PublicBlob]).to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}
