//! Upload: bytes first, then the row. Nothing is public until something public refers to it.

use std::{collections::BTreeMap, io};

use bytes::Bytes;
use diwan_assets::{Declared, StoredBlob, UploadLimits};
use diwan_content::{
    AssetId, ContentHash, DepartmentId, EventKind, EventSubject, Fault, FaultCode, Locale, Permit, Pointer,
    RevisionNumber, Scope, Version, find_refused, fold_text, is_blank, rights::Action,
};
use diwan_store::{Asset, Blob, Queries, WriteTx};
use futures_util::Stream;

use super::trash::hold_department;
use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{Outcome, WriteContext, authority::permit, states::AssetState},
    operating::public_pictures::public_picture,
};

/// Longest file name in characters.
pub const MAX_ASSET_NAME_CHARS: usize = 200;
/// Most other assets with the same bytes that an upload names.
const MAX_DUPLICATES: u32 = 10;
/// Longest alternative text in characters.
pub const MAX_ALTERNATIVE_TEXT_CHARS: usize = 1_000;

/// What is said of an upload beside its bytes.
#[derive(Debug, Clone)]
pub struct UploadAsset {
    /// Its id, where the caller brings one.
    pub id: Option<AssetId>,
    /// File name, as sent.
    pub name: String,
    /// Declared media type, as sent.
    pub media_type: Option<String>,
    /// Its owner.
    pub department: Option<DepartmentId>,
    /// Alternative text by locale.
    pub alternative_text: BTreeMap<Locale, String>,
}

impl Cms {
    /// Takes an upload into a department's assets.
    ///
    /// # Errors
    /// Not allowed; faults in name, department or alternative text; the id is taken; the department is in the trash;
    /// larger than the limit; not a type that
    /// is taken, or not what it says it is; the stream broke off.
    pub async fn upload_asset(
        &self,
        ctx: &WriteContext,
        input: UploadAsset,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Outcome<AssetState>, CmsError> {
        // A stream is read only once, so a retry begins after it.
        let work = || async {
            let new = self.take_upload(ctx, input, bytes).await?;
            self.retry_unless_answered(ctx, || self.store_upload_once(ctx, &new)).await
        };
        self.answer_or_refuse(ctx, "upload_asset", None, work).await
    }

    async fn store_upload_once(&self, ctx: &WriteContext, new: &NewAsset) -> Result<Outcome<AssetState>, CmsError> {
        let mut tx = self.begin(ctx).await?;
        let outcome = store_upload(&mut tx, new).await;
        tx.end(outcome).await
    }

    /// Takes the bytes; the asset is there once it is stored by [`store_upload`].
    pub(crate) async fn take_upload(
        &self,
        ctx: &WriteContext,
        input: UploadAsset,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<NewAsset, CmsError> {
        let (permit, scope) = self.permit_upload(ctx, &input).await?;
        check_texts(Some(&input.name), Some(&input.alternative_text))?;
        let blob = self.take_bytes(&input.name, input.media_type.as_deref(), bytes).await?;
        Ok(NewAsset { id: input.id.unwrap_or_else(|| AssetId(self.parts().ids.next_id())), permit, scope, input, blob })
    }

    /// Stores bytes that a client sends, if they are what it says.
    pub(super) async fn take_bytes(
        &self,
        name: &str,
        media_type: Option<&str>,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<StoredBlob, CmsError> {
        let limits = UploadLimits { max_bytes: self.parts().max_upload_bytes, ..UploadLimits::default() };
        let declared = Declared { name: Some(name), media_type };
        Ok(self.parts().blobs.put(bytes, declared, &limits).await?)
    }

    async fn permit_upload(&self, ctx: &WriteContext, input: &UploadAsset) -> Result<(Permit, Scope), CmsError> {
        let at = Pointer::root().key("department");
        let Some(department) = input.department else {
            return Err(CmsError::Faults(vec![Fault::new(at, FaultCode::Required)]));
        };
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        if ctx.actor.scope_for(Action::SaveAsset, &hierarchy).is_err() {
            return Err(CmsError::Forbidden(Action::SaveAsset));
        }
        let scope = ctx.actor.scope(&hierarchy).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let allowed = permit(&ctx.actor, Action::SaveAsset, department, &hierarchy, Thing::Department(department));
        match allowed {
            // Asked again with the row: an upload takes long.
            Ok(_) if snapshot.department_is_trashed(department).await? => {
                Err(CmsError::Conflict(Conflict::DepartmentTrashed(department)))
            }
            Ok(permit) if hierarchy.contains(department) => Ok((permit, scope)),
            Err(error @ CmsError::Forbidden(_)) => Err(error),
            Ok(_) | Err(_) => {
                let fault = Fault::new(at, FaultCode::UnknownTarget).with("id", department.to_string());
                Err(CmsError::Faults(vec![fault]))
            }
        }
    }
}

/// An asset whose bytes are taken.
pub(crate) struct NewAsset {
    id: AssetId,
    permit: Permit,
    scope: Scope,
    input: UploadAsset,
    blob: StoredBlob,
}

/// Makes the asset whose bytes were taken.
pub(crate) async fn store_upload(tx: &mut WriteTx, new: &NewAsset) -> Result<AssetState, CmsError> {
    let NewAsset { id, permit, scope, input, blob } = new;
    hold_department(tx, permit.department()).await?;
    if tx.is_asset_id_taken(*id).await? {
        return Err(CmsError::Conflict(Conflict::IdTaken));
    }
    let hash = insert_bytes(tx, permit, blob).await?;
    let now = tx.now();
    let asset = Asset {
        id: *id,
        department: permit.department(),
        name: input.name.clone(),
        blob: hash,
        bytes_since: RevisionNumber(1),
        alternative_text: input.alternative_text.clone(),
        version: Version(1),
        created_at: now,
        created_by: permit.author(),
        changed_at: now,
    };
    tx.insert_asset(permit, &asset, &fold_text(&asset.name)).await?;
    let subject = EventSubject {
        asset: Some(*id),
        department: Some(asset.department),
        content_hash: Some(hash),
        ..EventSubject::default()
    };
    tx.record(permit, EventKind::AssetUploaded, subject);
    let duplicates = duplicates(tx, scope, hash, *id).await?;
    Ok(AssetState { asset: *id, version: asset.version, duplicates })
}

/// Other assets with these bytes that the actor may see, the last changed first.
pub(super) async fn duplicates(
    queries: &Queries,
    scope: &Scope,
    hash: ContentHash,
    id: AssetId,
) -> Result<Vec<AssetId>, CmsError> {
    let mut same = queries.assets_with_blob(scope, &hash, MAX_DUPLICATES + 1).await?;
    same.retain(|other| *other != id);
    same.truncate(MAX_DUPLICATES as usize);
    Ok(same)
}

/// Says what bytes are that were taken.
pub(super) async fn insert_bytes(
    tx: &mut WriteTx,
    permit: &Permit,
    blob: &StoredBlob,
) -> Result<ContentHash, CmsError> {
    let StoredBlob { hash, size_bytes, media_type, charset, width, height, public } = blob;
    let row = Blob {
        hash: ContentHash::from_bytes(*hash.as_bytes()),
        size_bytes: *size_bytes,
        media_type: media_type.stored_name(*charset),
        width: *width,
        height: *height,
    };
    let hash = row.hash;
    match public {
        Some(public) => tx.put_public_picture(permit, &public_picture(row, public)).await?,
        None => tx.insert_blob(permit, &row).await?,
    }
    Ok(hash)
}

/// Every fault in a name and in alternative texts.
pub(super) fn check_texts(
    name: Option<&String>,
    alternative_text: Option<&std::collections::BTreeMap<diwan_content::Locale, String>>,
) -> Result<(), CmsError> {
    let mut faults = Vec::new();
    if let Some(name) = name {
        let at = Pointer::root().key("name");
        if is_blank(name) {
            faults.push(Fault::new(at, FaultCode::Required));
        } else {
            check_text(name, MAX_ASSET_NAME_CHARS, at, &mut faults);
        }
    }
    for (locale, text) in alternative_text.into_iter().flatten() {
        let at = Pointer::root().key("alternative_text").key(locale.as_str());
        check_text(text, MAX_ALTERNATIVE_TEXT_CHARS, at, &mut faults);
    }
    if faults.is_empty() { Ok(()) } else { Err(CmsError::Faults(faults)) }
}

fn check_text(text: &str, max_chars: usize, at: Pointer, faults: &mut Vec<Fault>) {
    if text.chars().count() > max_chars {
        faults.push(Fault::new(at.clone(), FaultCode::TooLong).with("max", max_chars));
    }
    if let Some(bad) = find_refused(text) {
        faults
            .push(Fault::new(at, FaultCode::ForbiddenCharacter).with("character", format!("U+{:04X}", u32::from(bad))));
    }
}
