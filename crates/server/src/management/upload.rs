//! `POST /manage/v1/assets`: the bytes of the body become an asset.

use std::{collections::BTreeMap, io, path::Path};

use bytes::Bytes;
use diwan_cms::{AssetState, CmsError, Outcome, UploadAsset, WriteContext};
use diwan_content::{ContentHash, Expected, Fault, FaultCode, Locale, Pointer};
use futures_util::{Stream, StreamExt as _};
use poem::{
    Body, Response,
    http::{StatusCode, header},
};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::assets::{ChangedAsset, required_text};
use crate::http::{
    answer::{versioned_json, with_header, with_sequence},
    body,
    call::Call,
    problem::Problem,
    problem_codes::ProblemCode,
};

/// Bytes read from a spooled upload at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Streams the body to the verb. With an idempotency key it is spooled first: a repeat is known by all of its bytes.
pub(crate) async fn upload(mut call: Call) -> Result<Response, Problem> {
    let input = input(&call)?;
    let max_bytes = call.app.max_upload_bytes;
    if body::announced_bytes(&call.headers).is_some_and(|length| length > max_bytes) {
        return Err(Problem::new(ProblemCode::TooLarge).with("max_bytes", max_bytes));
    }
    if let Some(hold) = &mut call.body_hold {
        hold.grow_for_upload()?;
    }
    let sent = call.stream.take().unwrap_or_else(Body::empty);
    let limits = &call.app.limits;
    let (pieces, trouble) = body::stream(sent, limits.body_timeout, limits.upload_timeout);
    let told = |problem: Problem| match (problem.code, trouble.find()) {
        // The verb only knows that the stream broke off; here it is known why.
        (ProblemCode::UploadBrokeOff, Some(code)) => Problem::new(code),
        (_, _) => problem,
    };
    let outcome = match call.idempotency_key()? {
        None => store(&call, &call.context()?, input, pieces).await,
        Some(_) => {
            let (file, hash) = spool(pieces, max_bytes, &call.app.data_folder).await.map_err(told)?;
            store(&call, &call.context_with(&hash)?, input, file).await
        }
    };
    answer(outcome.map_err(|error| told(error.into()))?)
}

fn input(call: &Call) -> Result<UploadAsset, Problem> {
    let mut alternative_text = BTreeMap::new();
    let mut faults = Vec::new();
    for (locale, text) in call.query.bracketed("alternative_text[]") {
        match locale.parse::<Locale>() {
            Ok(locale) => {
                alternative_text.insert(locale, text.to_owned());
            }
            Err(_) => {
                let at = Pointer::root().key(&format!("alternative_text[{locale}]"));
                faults.push(Fault::new(at, FaultCode::InvalidParameter).expecting(Expected::LocaleInBrackets));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::parameters(faults));
    }
    let declared = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    // What clients send when they know nothing says nothing.
    let generic = ["application/octet-stream", "application/x-www-form-urlencoded"];
    let media_type = declared.filter(|declared| !generic.contains(&declared.as_str()));
    Ok(UploadAsset {
        id: call.query.parsed("id"),
        name: required_text(call, "name")?,
        media_type,
        department: call.query.parsed("department"),
        alternative_text,
    })
}

async fn store(
    call: &Call,
    ctx: &WriteContext,
    input: UploadAsset,
    pieces: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Outcome<AssetState>, CmsError> {
    call.app.cms.upload_asset(ctx, input, pieces).await
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
            return Err(Problem::new(ProblemCode::TooLarge).with("max_bytes", max_bytes));
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

fn answer(outcome: Outcome<AssetState>) -> Result<Response, Problem> {
    let AssetState { asset, version } = outcome.value;
    let view = ChangedAsset { sequence: outcome.sequence.map(|sequence| sequence.0), id: asset.0, version: version.0 };
    let response = with_sequence(versioned_json(StatusCode::CREATED, &view, version)?, outcome.sequence);
    Ok(with_header(response, header::LOCATION, &format!("/manage/v1/assets/{asset}")))
}
