//! `POST /manage/v1/assets` and `PUT /manage/v1/assets/{id}/content`: the bytes of the body become an asset, or other bytes of
//! one.

use std::{collections::BTreeMap, io, path::Path};

use bytes::Bytes;
use diwan_cms::{
    AssetState, CmsError, MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS, Outcome, ReplaceAsset, UploadAsset,
    WriteContext,
};
use diwan_content::{AssetId, ContentHash, DepartmentId, Locale, Version};
use futures_util::{Stream, StreamExt as _};
use poem::{
    Body, Response,
    http::{StatusCode, header},
};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::assets::ChangedAsset;
use crate::http::{
    answer::{versioned_json, with_header, with_sequence},
    call::Call,
    problem::{Problem, ProblemCode},
    request::{
        body,
        conditions::AtVersion,
        parameters::{Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

/// Bytes read from a spooled upload at once.
const PIECE_BYTES: usize = 64 * 1024;

const NAME: Parameter<String> = Parameter::text("name", MAX_ASSET_NAME_CHARS, "file name");
const NEW_NAME: Parameter<String> =
    Parameter::text("name", MAX_ASSET_NAME_CHARS, "new file name; the old one stays where it is absent");
const DEPARTMENT: Parameter<DepartmentId> = Parameter::new("department", "department that owns it");
const ID: Parameter<AssetId> = Parameter::new("id", "its id, where you bring one");
const ALTERNATIVE_TEXT: Parameter<String> = Parameter::text(
    "alternative_text",
    MAX_ALTERNATIVE_TEXT_CHARS,
    "alternative text by locale, such as alternative_text[ar]=…",
);

pub(super) fn route() -> Route {
    let summary = "Takes the bytes of the body as a new asset. It is not public until something public refers to it";
    Route::post("/assets", "upload_asset", summary).created::<ChangedAsset>("it was taken").with_bytes(upload)
}

pub(super) fn replace_route() -> Route {
    let summary =
        "Gives an asset the bytes of the body. The public sees the old ones until what shows it is published again";
    Route::put("/assets/{id}/content", "replace_asset", summary)
        .ok::<ChangedAsset>("it was replaced")
        .with_bytes(replace)
}

struct Upload {
    name: String,
    department: DepartmentId,
    id: Option<AssetId>,
    alternative_text: BTreeMap<Locale, String>,
}

impl Parameters for Upload {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            name: request.required(&NAME),
            department: request.required(&DEPARTMENT),
            id: request.optional(&ID),
            alternative_text: request.by_locale(&ALTERNATIVE_TEXT),
        }
    }
}

struct Replace {
    id: AssetId,
    version: Version,
    name: Option<String>,
}

impl Parameters for Replace {
    fn read(request: &mut RequestReader<'_>) -> Self {
        let AtVersion { of: id, version } = AtVersion::read(request);
        Self { id, version, name: request.optional(&NEW_NAME) }
    }
}

/// What becomes of the bytes.
enum Taken {
    New(UploadAsset),
    Replacement(AssetId, Version, ReplaceAsset),
}

async fn upload(call: Call, upload: Upload, sent: Body) -> Result<Response, Problem> {
    let Upload { name, department, id, alternative_text } = upload;
    let input = UploadAsset { id, name, media_type: media_type(&call), department: Some(department), alternative_text };
    let outcome = take(call, Taken::New(input), sent).await?;
    answer(StatusCode::CREATED, outcome)
}

async fn replace(call: Call, Replace { id, version, name }: Replace, sent: Body) -> Result<Response, Problem> {
    let input = ReplaceAsset { name, media_type: media_type(&call) };
    let outcome = take(call, Taken::Replacement(id, version, input), sent).await?;
    answer(StatusCode::OK, outcome)
}

/// Streams the body to the verb. With an idempotency key it is spooled first: a repeat is known by all of its bytes.
async fn take(mut call: Call, taken: Taken, sent: Body) -> Result<Outcome<AssetState>, Problem> {
    let max_bytes = call.app.max_upload_bytes;
    if body::announced_bytes(&call.headers).is_some_and(|length| length > max_bytes) {
        return Err(Problem::too_large(max_bytes));
    }
    if let Some(hold) = &mut call.body_hold {
        hold.grow_for_upload()?;
    }
    let limits = &call.app.limits;
    let (pieces, trouble) = body::stream(sent, limits.body_timeout, limits.upload_timeout);
    let told = |problem: Problem| match (problem.code, trouble.find()) {
        // The verb only knows that the stream broke off; here it is known why.
        (ProblemCode::UploadBrokeOff, Some(code)) => Problem::new(code),
        (_, _) => problem,
    };
    let outcome = match call.idempotency_key()? {
        None => store(&call, &call.context()?, taken, pieces).await,
        Some(_) => {
            let (file, hash) = spool(pieces, max_bytes, &call.app.data_folder).await.map_err(told)?;
            store(&call, &call.context_with(&hash)?, taken, file).await
        }
    };
    outcome.map_err(|error| told(error.into()))
}

/// The media type that the client declares.
fn media_type(call: &Call) -> Option<String> {
    let declared = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    // What clients send when they know nothing says nothing.
    let generic = ["application/octet-stream", "application/x-www-form-urlencoded"];
    declared.filter(|declared| !generic.contains(&declared.as_str()))
}

async fn store(
    call: &Call,
    ctx: &WriteContext,
    taken: Taken,
    pieces: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Outcome<AssetState>, CmsError> {
    match taken {
        Taken::New(input) => call.app.cms.upload_asset(ctx, input, pieces).await,
        Taken::Replacement(id, version, input) => call.app.cms.replace_asset(ctx, id, input, version, pieces).await,
    }
}

/// Writes an upload to a file without a name beside the blobs, with its hash.
async fn spool(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send,
    max_bytes: u64,
    folder: &Path,
) -> Result<(impl Stream<Item = io::Result<Bytes>> + Send, ContentHash), Problem> {
    let failed = |error: io::Error| {
        Problem::from(spool_error(&error)).because(format!("an upload could not be spooled: {error}"))
    };
    let mut file = tokio::fs::File::from_std(tempfile::tempfile_in(folder).map_err(failed)?);
    let (mut hasher, mut size_bytes) = (Sha256::new(), 0_u64);
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::new(ProblemCode::UploadBrokeOff))?;
        size_bytes += piece.len() as u64;
        if size_bytes > max_bytes {
            return Err(Problem::too_large(max_bytes));
        }
        hasher.update(&piece);
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    file.rewind().await.map_err(failed)?;
    let stream = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE_BYTES];
        let count = file.read(&mut piece).await?;
        piece.truncate(count);
        Ok::<_, io::Error>((count > 0).then(|| (Bytes::from(piece), file)))
    });
    Ok((stream, ContentHash::from_bytes(hasher.finalize().into())))
}

fn spool_error(error: &io::Error) -> CmsError {
    if [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind()) {
        return CmsError::NoSpace;
    }
    CmsError::Unavailable { what: "the data folder", source: None }
}

fn answer(status: StatusCode, outcome: Outcome<AssetState>) -> Result<Response, Problem> {
    let (asset, version, sequence) = (outcome.value.asset, outcome.value.version, outcome.sequence);
    let response = with_sequence(versioned_json(status, &ChangedAsset::from(outcome), version)?, sequence);
    if status != StatusCode::CREATED {
        return Ok(response);
    }
    Ok(with_header(response, header::LOCATION, &format!("/manage/v1/assets/{asset}")))
}
