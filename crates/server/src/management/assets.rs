//! Assets: upload, list, look at, name.

use std::collections::BTreeMap;

use diwan_cms::{
    AssetList, AssetState, AssetText, MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS, ManagedAsset, ManagedAssets,
    PublicAsset, SaveAsset,
};
use diwan_content::{AssetId, Fault, FaultCode, Pointer};
use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{PAGE_AFTER, PAGE_SIZE};
use crate::{
    delivery::views::Page,
    http::{
        answer::{private_json, versioned_json, with_sequence},
        bytes::{File, Wanted},
        call::Call,
        envelope::{Member, MemberKind},
        problem::Problem,
        problem_codes::ProblemCode,
        query::{Parameter, ParameterKind},
        route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
    },
    openapi::scalars::Time,
};

pub(crate) const LIST: Route = Route {
    method: Verb::Get,
    path: "/assets",
    operation: "list_assets",
    summary: "Assets that the key may read, the last changed first",
    parameters: &[
        Parameter::optional("name", ParameterKind::Text(200), "whose name holds this, in any spelling"),
        Parameter::optional("department", ParameterKind::Id, "owned by this department"),
        PAGE_SIZE,
        PAGE_AFTER,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<AssetListView>("a page")],
    handler: |call| Box::pin(list(call)),
};

pub(crate) const GET: Route = Route {
    path: "/assets/{id}",
    operation: "get_managed_asset",
    summary: "An asset with its names and texts",
    parameters: &[],
    answers: &[Described::ok::<AssetView>("the asset; its version is the ETag")],
    handler: |call| Box::pin(get(call)),
    ..LIST
};

pub(crate) const CONTENT: Route = Route {
    path: "/assets/{id}/content",
    operation: "get_asset_content",
    summary: "The bytes of an asset, public or not; takes Range",
    parameters: &[],
    answers: &[Described::bytes("*/*", "the bytes, under their own media type")],
    handler: |call| Box::pin(content(call)),
    ..LIST
};

pub(crate) const SAVE: Route = Route {
    method: Verb::Put,
    path: "/assets/{id}",
    operation: "save_asset",
    summary: "Changes the name and the alternative text of an asset; what is left out stays",
    parameters: &[],
    body: RequestBody::Json {
        name: "SaveAsset",
        max: MaxBody::Content,
        members: &[
            Member::optional("name", MemberKind::Text(MAX_ASSET_NAME_CHARS), "file name"),
            Member::optional("alternative_text", MemberKind::Texts, "the whole alternative text, by locale"),
        ],
    },
    condition: Condition::Version,
    answers: &[Described::ok::<ChangedAsset>("it was saved")],
    handler: |call| Box::pin(save(call)),
};

pub(crate) const UPLOAD: Route = Route {
    method: Verb::Post,
    path: "/assets",
    operation: "upload_asset",
    summary: "Takes the bytes of the body as a new asset. It is not public until something public refers to it",
    parameters: &[
        Parameter::required("name", ParameterKind::Text(MAX_ASSET_NAME_CHARS), "file name"),
        Parameter::required("department", ParameterKind::Id, "department that owns it"),
        Parameter::optional("id", ParameterKind::Id, "its id, where you bring one"),
        Parameter::optional(
            "alternative_text[]",
            ParameterKind::Text(MAX_ALTERNATIVE_TEXT_CHARS),
            "alternative text by locale, such as alternative_text[ar]=…",
        ),
    ],
    body: RequestBody::Bytes,
    condition: Condition::None,
    answers: &[Described::json::<ChangedAsset>(201, "it was taken")],
    handler: |call| Box::pin(super::upload::upload(call)),
};

/// An asset as editors see it.
#[derive(Serialize, Object)]
#[oai(rename = "Asset")]
pub(crate) struct AssetView {
    /// The asset.
    id: Uuid,
    /// File name.
    name: String,
    /// Department that owns it.
    department: Uuid,
    /// Media type, as recognised from the bytes.
    media_type: String,
    /// Size in bytes.
    size_bytes: u64,
    /// SHA-256 of the bytes.
    hash: String,
    /// Width of a picture in pixels.
    width: Option<u32>,
    /// Height of a picture in pixels.
    height: Option<u32>,
    /// Alternative text by locale.
    alternative_text: BTreeMap<String, String>,
    /// What the next `If-Match` must name, in quotes.
    version: i64,
    /// Something public refers to it, so the delivery API answers it.
    public: bool,
    /// What search knows of the text that stands in it.
    text: AssetTextView,
    /// When it was uploaded.
    created_at: Time,
    /// By whom.
    created_by: String,
    /// When its name or texts last changed.
    changed_at: Time,
}

/// What search knows of the text of an asset.
#[derive(Serialize, Object)]
#[oai(rename = "AssetText")]
pub(crate) struct AssetTextView {
    /// `none` (its type holds no text, or nothing public refers to it), `pending`, `done` or `failed`.
    status: String,
    /// Why it failed: `unreadable`, `encrypted`, `too_large`, `timed_out` or `no_text`.
    reason: Option<String>,
    /// How many characters were read.
    characters: Option<u64>,
}

/// A page of assets.
#[derive(Serialize, Object)]
#[oai(rename = "AssetList")]
pub(crate) struct AssetListView {
    /// Assets, the last changed first.
    data: Vec<AssetView>,
    /// How to go on.
    page: Page,
}

/// An asset after a change.
#[derive(Serialize, Object)]
pub(crate) struct ChangedAsset {
    /// Place of the change in the log; null when nothing had to change.
    pub(crate) sequence: Option<i64>,
    /// The asset.
    pub(crate) id: Uuid,
    /// What the next `If-Match` must name, in quotes.
    pub(crate) version: i64,
}

impl From<ManagedAsset> for AssetView {
    fn from(managed: ManagedAsset) -> Self {
        let ManagedAsset { asset, department, version, created_at, created_by, changed_at, public, text } = managed;
        let PublicAsset { id, name, media_type, size_bytes, width, height, alternative_text, hash } = asset;
        Self {
            id: id.0,
            name,
            department: department.0,
            media_type,
            size_bytes,
            hash: hash.to_string(),
            width,
            height,
            alternative_text: alternative_text.into_iter().map(|(locale, text)| (locale.to_string(), text)).collect(),
            version: version.0,
            public,
            text: text.into(),
            created_at: Time(created_at),
            created_by: created_by.to_string(),
            changed_at: Time(changed_at),
        }
    }
}

impl From<AssetText> for AssetTextView {
    fn from(text: AssetText) -> Self {
        let (status, reason, characters) = match text {
            AssetText::None => ("none", None, None),
            AssetText::Pending => ("pending", None, None),
            AssetText::Done { characters } => ("done", None, Some(characters)),
            AssetText::Failed { reason } => ("failed", Some(reason.as_str().to_owned()), None),
        };
        Self { status: status.to_owned(), reason, characters }
    }
}

async fn list(call: Call) -> Result<Response, Problem> {
    let list = AssetList {
        name: call.query.text("name").map(str::to_owned),
        department: call.query.parsed("department"),
        size: call.query.parsed("page[size]"),
        after: call.query.text("page[after]").map(str::to_owned),
    };
    let ManagedAssets { items, next, size } = call.app.cms.manage_assets(&call.actor, list).await?;
    let view = AssetListView {
        data: items.into_iter().map(AssetView::from).collect(),
        page: Page { next, size, total: None },
    };
    private_json(StatusCode::OK, &view)
}

async fn get(call: Call) -> Result<Response, Problem> {
    let found = call.app.cms.manage_asset(&call.actor, call.path_value("id")?).await?;
    let version = found.version;
    versioned_json(StatusCode::OK, &AssetView::from(found), version)
}

async fn content(call: Call) -> Result<Response, Problem> {
    let id: AssetId = call.path_value("id")?;
    let found = call.app.cms.manage_asset(&call.actor, id).await?.asset;
    let file =
        File { name: &found.name, media_type: &found.media_type, size_bytes: found.size_bytes, hash: found.hash };
    let builder = Response::builder().header(header::CACHE_CONTROL, "no-store");
    let part = match file.wanted(&call.headers)? {
        Wanted::Known => return Ok(file.headers(builder).status(StatusCode::NOT_MODIFIED).finish()),
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
    };
    let (_, read) = call.app.cms.open_managed_asset(&call.actor, id, part.clone()).await?;
    Ok(file.respond(builder, part.as_ref(), read.stream))
}

async fn save(mut call: Call) -> Result<Response, Problem> {
    let id: AssetId = call.path_value("id")?;
    let (version, ctx) = (call.version()?, call.context()?);
    let envelope = call.members()?;
    let input = SaveAsset { name: envelope.text("name"), alternative_text: envelope.texts("alternative_text") };
    if input.name.is_none() && input.alternative_text.is_none() {
        return Err(Problem::faults(vec![Fault::new(Pointer::root().key("name"), FaultCode::Required)]));
    }
    let outcome = call.app.cms.save_asset(&ctx, id, input, version).await?;
    let AssetState { asset, version } = outcome.value;
    let view = ChangedAsset { sequence: outcome.sequence.map(|sequence| sequence.0), id: asset.0, version: version.0 };
    Ok(with_sequence(versioned_json(StatusCode::OK, &view, version)?, outcome.sequence))
}

/// What the table of parameters requires is there.
pub(crate) fn required_text(call: &Call, name: &str) -> Result<String, Problem> {
    let text = call.query.text(name).map(str::to_owned);
    text.ok_or_else(|| Problem::new(ProblemCode::Internal).because("a required parameter is missing"))
}
