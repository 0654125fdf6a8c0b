//! What the public gets of pictures: the same pictures without place, owner and serial number.
//!
//! The public form is made with the upload. For what was uploaded before there were such forms it is made by a task at the
//! start, and by the first read that finds none.

use diwan_assets::{BlobHash, MediaType, PICTURE_VERSION, PublicBlob, has_public_form};
use diwan_content::{Actor, ContentHash, DepartmentId, rights::Action};
use diwan_store::{Blob, PublicPicture, Queries};

use crate::{cms::Cms, error::CmsError, frame::retry};

/// Pictures that are looked up at once.
const BATCH: u32 = 50;

impl Cms {
    /// The bytes that the public gets of an asset's blob.
    pub(crate) async fn public_blob(&self, queries: &Queries, blob: Blob) -> Result<Blob, CmsError> {
        let Some(media_type) = MediaType::parse(&blob.media_type).filter(|found| has_public_form(*found)) else {
            return Ok(blob);
        };
        match queries.find_public_picture(&blob.hash, PICTURE_VERSION).await? {
            Some(public) => Ok(public),
            None => self.make_public(blob, media_type).await,
        }
    }

    /// Makes the public forms of pictures that have none yet, and says how many. One that cannot be made is logged and
    /// passed over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn make_public_pictures(&self) -> Result<u64, CmsError> {
        let mut made = 0;
        for media_type in MediaType::ALL.into_iter().filter(|media_type| has_public_form(*media_type)) {
            let mut after = None;
            loop {
                let snapshot = self.store().snapshot().await?;
                let name = media_type.as_str();
                let blobs = snapshot.pictures_to_make(name, PICTURE_VERSION, after.as_ref(), BATCH).await?;
                drop(snapshot);
                let Some(last) = blobs.last() else { break };
                after = Some(last.hash);
                for blob in blobs {
                    let hash = blob.hash;
                    match self.make_public(blob, media_type).await {
                        Ok(_) => made += 1,
                        Err(error) => {
                            tracing::error!(blob = %hash, error = &error as &dyn std::error::Error, "a picture has no public form");
                        }
                    }
                }
            }
        }
        Ok(made)
    }

    async fn make_public(&self, blob: Blob, media_type: MediaType) -> Result<Blob, CmsError> {
        let made = self.parts().blobs.make_public(&BlobHash::from_digest(*blob.hash.as_bytes()), media_type).await?;
        let Some(made) = made else { return Ok(blob) };
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        // Rows of older versions have width and height as they are stored in the file.
        let is_shown = snapshot.has_public_picture(&blob.hash).await?;
        drop(snapshot);
        let permit = Actor::system().permit(Action::SaveAsset, DepartmentId::MINISTRY, &hierarchy);
        let permit = permit.map_err(|_| CmsError::Forbidden(Action::SaveAsset))?;
        let original = match (blob.width, blob.height) {
            (width, height) if made.is_turned && !is_shown => Blob { width: height, height: width, ..blob },
            _ => blob,
        };
        let picture = public_picture(original, &made);
        retry(|| async {
            let mut tx = self.store().begin(self.now()).await?;
            let outcome = tx.put_public_picture(&permit, &picture).await.map_err(CmsError::from);
            tx.end(outcome).await
        })
        .await?;
        Ok(picture.public)
    }
}

/// A picture whose width and height are those that are shown, with its public form.
pub(crate) fn public_picture(original: Blob, made: &PublicBlob) -> PublicPicture {
    let hash = ContentHash::from_bytes(*made.hash.as_bytes());
    let public = Blob { hash, size_bytes: made.size_bytes, ..original.clone() };
    PublicPicture { original, public, version: PICTURE_VERSION }
}
