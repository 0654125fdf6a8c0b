//! Assets: upload, list, look at, name.

use std::collections::BTreeMap;

use diwan_cms::{
    AssetList, AssetState, AssetText, MAX_ASSET_NAME_CHARS, ManagedAsset, ManagedAssets, Outcome, PublicAsset,
    SaveAsset,
};
use diwan_content::{AssetId, AssetKind, DepartmentId, Fault, FaultCode, Locale};
use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    delivery::list_views::Page,
    http::{
        answer::{
            file::{File, Wanted},
            private_json,
            scalars::Time,
            versioned_json, with_sequence,
        },
        call::Call,
        problem::Problem,
        request::{
            conditions::AtVersion,
            members::{FromMembers, JsonBody, MaxBody, Member, Members},
            parameters::{Paging, Parameter, Parameters, Word},
            reader::RequestReader,
        },
        route::Route,
    },
};

const NAME_PART: Parameter<String> = Parameter::text("name", 200, "whose name holds this, in any spelling");
const TEXT_PART: Parameter<String> =
    Parameter::text("text", 200, "whose name or alternative text holds this, in any spelling");
const KIND: Parameter<AssetKind> = Parameter::new("kind", "of this kind");
const USED: Parameter<Used> = Parameter::new("used", "whether something public refers to it");
const DEPARTMENT: Parameter<DepartmentId> = Parameter::new("department", "owned by this department");
const NAME: Member<String> = Member::text("name", MAX_ASSET_NAME_CHARS, "file name");
const ALTERNATIVE_TEXT: Member<BTreeMap<Locale, String>> =
    Member::texts("alternative_text", "the whole alternative text, by locale");

pub(super) fn list_route() -> Route {
    Route::get("/assets", "list_assets", "Assets that the key may read, the last changed first")
        .ok::<AssetListView>("a page")
        .to(list)
}

pub(super) fn get_route() -> Route {
    Route::get("/assets/{id}", "get_managed_asset", "An asset with its names and texts")
        .ok::<AssetView>("the asset; its version is the ETag")
        .to(get)
}

pub(super) fn content_route() -> Route {
    Route::get("/assets/{id}/content", "get_asset_content", "The bytes of an asset, public or not; takes Range")
        .bytes("*/*", "the bytes, under their own media type")
        .to(content)
}

pub(super) fn delete_route() -> Route {
    let summary = "Deletes an asset to which nothing public and no draft refers";
    Route::post("/assets/{id}/delete", "delete_asset", summary).ok::<ChangedAsset>("it was deleted").to(delete)
}

pub(super) fn save_route() -> Route {
    let summary = "Changes the name and the alternative text of an asset; what is left out stays";
    Route::put("/assets/{id}", "save_asset", summary).ok::<ChangedAsset>("it was saved").with_body(save)
}

/// Whether something public refers to an asset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Used {
    True,
    False,
}

impl Word for Used {
    const ALL: &'static [Self] = &[Self::True, Self::False];

    fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
        }
    }
}

impl Word for AssetKind {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

struct ListAssets(AssetList);

impl Parameters for ListAssets {
    fn read(request: &mut RequestReader<'_>) -> Self {
        let (name, text) = (request.optional(&NAME_PART), request.optional(&TEXT_PART));
        let (kind, department) = (request.optional(&KIND), request.optional(&DEPARTMENT));
        let used = request.optional(&USED).map(|used| used == Used::True);
        let Paging { size, after } = Paging::read(request);
        Self(AssetList { name, text, kind, used, department, size, after })
    }
}

struct Save(SaveAsset);

impl FromMembers for Save {
    fn read(members: &mut Members) -> Self {
        let input = SaveAsset { name: members.optional(&NAME), alternative_text: members.texts(&ALTERNATIVE_TEXT) };
        if input.name.is_none() && input.alternative_text.is_none() {
            members.refuse(&NAME, |at| Fault::new(at, FaultCode::Required));
        }
        Self(input)
    }
}

impl JsonBody for Save {
    const NAME: &'static str = "SaveAsset";
    const MAX: MaxBody = MaxBody::Content;
}

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
    /// After an upload or a replacement: other assets with the same bytes that you may see, at most 10.
    pub(crate) duplicates: Vec<Uuid>,
}

impl From<Outcome<AssetState>> for ChangedAsset {
    fn from(outcome: Outcome<AssetState>) -> Self {
        let AssetState { asset, version, duplicates } = outcome.value;
        Self {
            sequence: outcome.sequence.map(|sequence| sequence.0),
            id: asset.0,
            version: version.0,
            duplicates: duplicates.into_iter().map(|asset| asset.0).collect(),
        }
    }
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

async fn list(call: Call, ListAssets(list): ListAssets) -> Result<Response, Problem> {
    let ManagedAssets { items, next, size } = call.app.cms.manage_assets(&call.actor, list).await?;
    let view = AssetListView {
        data: items.into_iter().map(AssetView::from).collect(),
        page: Page { next, size, total: None },
    };
    private_json(StatusCode::OK, &view)
}

async fn get(call: Call, id: AssetId) -> Result<Response, Problem> {
    let found = call.app.cms.manage_asset(&call.actor, id).await?;
    let version = found.version;
    versioned_json(StatusCode::OK, &AssetView::from(found), version)
}

async fn content(call: Call, id: AssetId) -> Result<Response, Problem> {
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

async fn save(
    call: Call,
    AtVersion { of: id, version }: AtVersion<AssetId>,
    Save(input): Save,
) -> Result<Response, Problem> {
    let ctx = call.context()?;
    let outcome = call.app.cms.save_asset(&ctx, id, input, version).await?;
    changed(outcome)
}

async fn delete(call: Call, AtVersion { of: id, version }: AtVersion<AssetId>) -> Result<Response, Problem> {
    let outcome = call.app.cms.delete_asset(&call.context()?, id, version).await?;
    changed(outcome)
}

fn changed(outcome: Outcome<AssetState>) -> Result<Response, Problem> {
    let (version, sequence) = (outcome.value.version, outcome.sequence);
    Ok(with_sequence(versioned_json(StatusCode::OK, &ChangedAsset::from(outcome), version)?, sequence))
}
