//! Clock, ids and registry of tests, actors, inputs, and refusals in words.

use std::{
    fmt::Debug,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use diwan_cms::{
    CmsError, CmsOptions, Conflict, CreateEntry, IdempotencyKey, IndexOptions, LocalizationState, ProcessRole,
    PublishItem, ReadLimits, RevisionInput, WithdrawItem, WithdrawMode, WriteContext,
};
use diwan_content::{
    Actor, Clock, ContentHash, DepartmentId, Fault, IdSource, KeyId, Locale, Registry, SchemaFile, TimeZone, Timestamp,
    rights::{ActorRef, Grant, PublicScope, Role},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bed::Bed,
    database::{Database, Kind},
};

/// 2026-01-01T00:00:00Z.
pub(crate) const START_MS: i64 = 1_767_225_600_000;

/// A clock that moves by a second at each look.
pub(crate) struct SteppingClock(pub(crate) AtomicI64);

impl SteppingClock {
    pub(crate) fn move_on(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.fetch_add(1_000, Ordering::SeqCst)).unwrap()
    }
}

/// Ids in order.
pub(crate) struct CountingIds(pub(crate) AtomicU64);

impl IdSource for CountingIds {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(0x1000_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}

pub(crate) fn options(
    folder: &Path,
    database: &Database,
    registry: Registry,
    clock: Arc<SteppingClock>,
    ids: Arc<CountingIds>,
) -> CmsOptions {
    CmsOptions {
        data_dir: folder.to_owned(),
        database_url: database.url(),
        registry,
        clock,
        ids,
        time_zone: TimeZone::utc(),
        max_upload_bytes: 10_000_000,
        asset_url_prefix: "/v1/assets/".to_owned(),
        durable: false,
        limits: ReadLimits::default(),
        index: IndexOptions::default(),
        role: ProcessRole::Holder,
    }
}

/// The schemas of the repo.
pub(crate) fn shipped_registry() -> Registry {
    registry_with(|_, text| text)
}

/// The schemas of the repo, changed file by file.
pub(crate) fn registry_with(change: impl Fn(&str, String) -> String) -> Registry {
    loaded(&shipped_files(change))
}

/// The schemas of the repo, with reserved paths of the story's own.
pub(crate) fn registry_with_paths(text: &str) -> Registry {
    let mut files = shipped_files(|_, text| text);
    files.push(SchemaFile { path: "paths.yaml".to_owned(), text: text.to_owned() });
    loaded(&files)
}

fn loaded(files: &[SchemaFile]) -> Registry {
    Registry::load(files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub(crate) fn shipped_files(change: impl Fn(&str, String) -> String) -> Vec<SchemaFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for folder in ["blueprints", "fieldsets", "collections"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            let text = change(&name, std::fs::read_to_string(&path).unwrap());
            files.push(SchemaFile { path: name, text });
        }
    }
    files
}

/// The departments of the repo alone, and one more collection of the same blueprint.
pub(crate) fn departments_and(collection: &str) -> Registry {
    let keep = |file: &SchemaFile| file.path.contains("departments") || file.path.contains("fieldsets");
    let mut files: Vec<SchemaFile> = shipped_files(|_, text| text).into_iter().filter(keep).collect();
    let text = format!(
        "handle: {collection}\nkind: list\nlabel: {{ ar: أ, en: A }}\nblueprints: [departments]\nlocales: [ar]\n\
         title_field: title\nowner: required\nsort: [title]\n"
    );
    files.push(SchemaFile { path: format!("collections/{collection}.yaml"), text });
    loaded(&files)
}

/// Collections of the kinds, texts and rules that a story is about: their blueprint has a `title`, a localizable `note`
/// and a menu of `items`.
pub(crate) fn small_registry(collections: &[(&str, &str)]) -> Registry {
    let label = "label: { ar: أ, en: A }";
    let blueprint = format!(
        "handle: small\n{label}\nfields:\n  - {{ handle: title, type: text, required: true, localizable: true, {label} }}\n  \
         - {{ handle: note, type: text, localizable: true, {label} }}\n  - {{ handle: number, type: integer, {label} }}\n  \
         - {{ handle: items, type: navigation, localizable: true, {label} }}\n"
    );
    let mut files = vec![SchemaFile { path: "blueprints/small.yaml".to_owned(), text: blueprint }];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for name in ["blueprints/departments.yaml", "collections/departments.yaml", "fieldsets/seo.yaml"] {
        files.push(SchemaFile { path: name.to_owned(), text: std::fs::read_to_string(root.join(name)).unwrap() });
    }
    for (handle, more) in collections {
        let text =
            format!("handle: {handle}\n{label}\nblueprints: [small]\ntitle_field: title\nowner: required\n{more}\n");
        files.push(SchemaFile { path: format!("collections/{handle}.yaml"), text });
    }
    loaded(&files)
}

/// The departments of the repo, and a collection `offers` with a title and fields of the story's own, in which `LABEL` stands
/// for a label.
pub(crate) fn registry_of(fields: &str, rules: &str) -> Registry {
    let label = "label: { ar: أ, en: A }";
    let fields = fields.replace("LABEL", label);
    let blueprint = format!(
        "handle: offers\n{label}\nfields:\n  - {{ handle: title, type: text, required: true, {label} }}{fields}"
    );
    let collection =
        format!("handle: offers\n{label}\nblueprints: [offers]\ntitle_field: title\nowner: required\n{rules}\n");
    let own = |path: &str, text: String| SchemaFile { path: path.to_owned(), text };
    let mut files = vec![own("blueprints/offers.yaml", blueprint), own("collections/offers.yaml", collection)];
    let keep = |file: &SchemaFile| file.path.contains("departments") || file.path.contains("fieldsets/seo");
    files.extend(shipped_files(|_, text| text).into_iter().filter(keep));
    loaded(&files)
}

/// How the database of a bed is opened beside it under other declarations.
pub(crate) fn options_for(bed: &Bed, registry: Registry) -> CmsOptions {
    let mut options = options(bed.folder.path(), &bed.database, registry, bed.clock.clone(), bed.ids.clone());
    options.role = diwan_cms::ProcessRole::Beside;
    options
}

/// What a refusal says, in a line.
pub(crate) fn refusal<T: Debug>(result: Result<T, CmsError>) -> String {
    match result {
        Ok(done) => panic!("was not refused: {done:?}"),
        Err(CmsError::Faults(faults)) => format!("faults {}", told(&faults)),
        Err(CmsError::BadParameters(faults)) => format!("parameters {}", told(&faults)),
        Err(CmsError::NotFound(thing)) => format!("no {thing}"),
        Err(CmsError::Forbidden(action) | CmsError::SiteWide(action)) => format!("{} is forbidden", action.as_str()),
        Err(CmsError::VersionMismatch { current }) => format!("version is {current}"),
        Err(CmsError::Conflict(Conflict::PublicChildren(children))) => {
            let paths: Vec<String> = children.iter().map(|(_, path)| path.as_ref().unwrap().to_string()).collect();
            format!("public children {}", paths.join(" "))
        }
        Err(CmsError::Conflict(conflict)) => conflict.code().to_owned(),
        Err(error) => error.refusal_code().unwrap_or_else(|| panic!("our own fault: {error:?}")).to_owned(),
    }
}

fn told(faults: &[Fault]) -> String {
    let faults: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.as_str())).collect();
    faults.join(", ")
}

pub(crate) fn new_entry(collection: &str, department: Option<DepartmentId>, data: Value) -> CreateEntry {
    let revision = RevisionInput { data, ..RevisionInput::default() };
    CreateEntry { collection: collection.to_owned(), department, revision, ..CreateEntry::default() }
}

/// Whole data of a service, as little as can be published.
pub(crate) fn service(title: &str) -> Value {
    json!({ "title": title, "summary": "خلاصة", "body": "شرح", "audience": ["individuals"] })
}

pub(crate) fn item(state: &LocalizationState) -> PublishItem {
    let LocalizationState { entry, locale, version, head, hash, .. } = state.clone();
    PublishItem { entry, locale, revision: head, hash, version }
}

pub(crate) fn withdrawal(state: &LocalizationState, mode: WithdrawMode) -> WithdrawItem {
    let LocalizationState { entry, locale, version, .. } = state.clone();
    WithdrawItem { entry, locale, version, mode, with_children: false }
}

pub(crate) fn system() -> WriteContext {
    WriteContext::system()
}

/// A key with one role.
pub(crate) fn someone(number: u128, role: Role, department: DepartmentId) -> WriteContext {
    let reference = ActorRef::Key(KeyId(Uuid::from_u128(number)));
    WriteContext::of(Actor { reference, on_behalf_of: None, grants: vec![Grant::new(role, department)] })
}

/// The same context with a name for the request.
pub(crate) fn keyed(ctx: WriteContext, key: &str, request: &str) -> WriteContext {
    let request_hash = ContentHash::of(request.as_bytes());
    WriteContext { idempotency: Some(IdempotencyKey { key: key.to_owned(), request_hash }), ..ctx }
}

pub(crate) fn public() -> PublicScope {
    Actor::anonymous().public_scope()
}

/// What a delivery key may read.
pub(crate) fn with_key() -> PublicScope {
    someone(2, Role::Delivery, DepartmentId::MINISTRY).actor.public_scope()
}

pub(crate) fn ar() -> Locale {
    "ar".parse().unwrap()
}

pub(crate) fn en() -> Locale {
    "en".parse().unwrap()
}

/// The smallest PNG there is, in a colour of its own so that no two are equal.
pub(crate) fn png(red: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], body: &[u8]| {
        let typed = [name.as_slice(), body].concat();
        bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(&typed);
        bytes.extend(crc(&typed).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
    let raw = [0, red, 0, 0];
    let mut zlib = vec![0x78, 1, 1, 4, 0, 0xFB, 0xFF];
    zlib.extend(raw);
    zlib.extend(adler(&raw).to_be_bytes());
    chunk(b"IDAT", &zlib);
    chunk(b"IEND", &[]);
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

fn adler(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.expect("it comes");
}

/// For what takes a moment, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// The rows of one table, as a backup writes them.
pub(crate) async fn tables(bed: &Bed, table: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    bed.cms.backup(&folder.path().join("backup")).await.unwrap();
    let text = std::fs::read_to_string(folder.path().join(format!("backup/tables/{table}.jsonl"))).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An empty place for another installation.
pub(crate) struct Spare {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) options: Box<dyn Fn() -> CmsOptions>,
    _database: Arc<Database>,
}

pub(crate) fn spare(bed: &Bed, kind: Kind) -> Option<Spare> {
    let database = Arc::new(Database::create(kind)?);
    let folder = tempfile::tempdir().unwrap();
    let (path, kept, registry) = (folder.path().to_owned(), database.clone(), bed.registry.clone());
    let (clock, ids) = (bed.clock.clone(), bed.ids.clone());
    let options = move || options(&path, &kept, registry.clone(), clock.clone(), ids.clone());
    Some(Spare { folder, options: Box::new(options), _database: database })
}
