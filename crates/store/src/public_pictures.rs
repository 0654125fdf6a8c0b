//! Which bytes of a picture the public gets: those without metadata, a blob of their own beside the original.

use diwan_content::{ContentHash, Permit};
use sea_orm::Value;

use crate::{
    blobs::{self, Blob, BlobRow},
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
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
        let sql = format!(
            "SELECT {} FROM public_pictures p JOIN blobs b ON b.hash = p.public_blob WHERE p.blob = $1 AND p.version = $2",
            blobs::COLUMNS
        );
        let values: [Value; 2] = [blob.as_bytes().to_vec().into(), i64::from(version).into()];
        self.connection.find::<BlobRow>(&sql, values).await?.map(Blob::try_from).transpose()
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
        let sql = format!(
            "SELECT {} FROM blobs b WHERE b.media_type = $1 AND b.hash > $2 \
             AND EXISTS (SELECT 1 FROM assets a WHERE a.blob = b.hash) \
             AND NOT EXISTS (SELECT 1 FROM public_pictures p WHERE p.blob = b.hash AND p.version = $3) \
             ORDER BY b.hash LIMIT $4",
            blobs::COLUMNS
        );
        let after = after.map_or_else(Vec::new, |hash| hash.as_bytes().to_vec());
        let values: [Value; 4] =
            [media_type.into(), after.into(), i64::from(version).into(), stored::bounded(limit).into()];
        let rows: Vec<BlobRow> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(Blob::try_from).collect()
    }

    /// Whether any rules made a public form of a picture, and so its width and height are those that are shown.
    pub async fn has_public_picture(&self, blob: &ContentHash) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT {} FROM public_pictures p JOIN blobs b ON b.hash = p.blob WHERE p.blob = $1",
            blobs::COLUMNS
        );
        Ok(self.connection.find::<BlobRow>(&sql, [blob.as_bytes().to_vec().into()]).await?.is_some())
    }
}

impl WriteTx {
    /// Keeps what the public gets of a picture, and the picture's width and height as it is shown.
    pub async fn put_public_picture(&mut self, permit: &Permit, picture: &PublicPicture) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping the public form of a picture")?;
        let PublicPicture { original, public, version } = picture;
        self.insert_blob(permit, original).await?;
        self.insert_blob(permit, public).await?;
        let shown = "UPDATE blobs SET width = $1, height = $2 WHERE hash = $3";
        let values: [Value; 3] = [
            original.width.map(i64::from).into(),
            original.height.map(i64::from).into(),
            original.hash.as_bytes().to_vec().into(),
        ];
        self.connection.run(shown, values).await?;
        let sql = "INSERT INTO public_pictures (blob, version, public_blob) VALUES ($1, $2, $3) \
                   ON CONFLICT (blob) DO UPDATE SET version = excluded.version, public_blob = excluded.public_blob";
        let values: [Value; 3] = [
            original.hash.as_bytes().to_vec().into(),
            i64::from(*version).into(),
            public.hash.as_bytes().to_vec().into(),
        ];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}
