//! An installation in a temporary folder, with a clock that tests turn and ids in order.

use std::{
    fmt::Debug,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use diwan_cms::{
    Cms, CmsError, CmsOptions, Conflict, Content, CreateEntry, EntryRead, Expect, IdempotencyKey, Keep, ListQuery,
    LocalizationState, Outcome, ProcessRole, PublishItem, PublishedEntry, RevisionInput, SearchInput, UploadAsset,
    WithdrawItem, WithdrawMode, WriteContext,
};
use diwan_content::{
    Actor, AssetId, Clock, ContentHash, DepartmentId, EntryId, Event, Fault, IdSource, KeyId, Locale, PublicPath, Registry,
    SchemaFile, Timestamp,
    rights::{ActorRef, Grant, PublicScope, Role},
};
use futures_util::stream;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::{Database, Kind};

/// 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;

/// A clock that moves by a second at each look.
pub(crate) struct SteppingClock(AtomicI64);

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
pub(crate) struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(0x1000_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}

/// An installation on one of the databases.
pub(crate) struct Bed {
    pub(crate) cms: Cms,
    pub(crate) clock: Arc<SteppingClock>,
    pub(crate) folder: tempfile::TempDir,
    ids: Arc<CountingIds>,
    registry: Registry,
    database: Database,
}

/// Runs a story on one kind of database; not at all, with a visible line, where there is no server.
pub(crate) async fn on(kind: Kind, story: impl AsyncFnOnce(&Bed)) {
    let Some(bed) = Bed::open(kind, shipped_registry()).await else { return };
    story(&bed).await;
    bed.cms.close().await.unwrap();
}

impl Bed {
    pub(crate) async fn open(kind: Kind, registry: Registry) -> Option<Self> {
        let database = Database::create(kind)?;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SteppingClock(AtomicI64::new(START_MS)));
        let ids = Arc::new(CountingIds(AtomicU64::new(0)));
        let options = options(folder.path(), &database, registry.clone(), clock.clone(), ids.clone());
        let cms = Cms::open(options).await.unwrap();
        Some(Self { cms, clock, folder, ids, registry, database })
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.database {
            Database::Sqlite => Kind::Sqlite,
            Database::Postgres { .. } => Kind::Postgres,
        }
    }

    /// The same installation under other declarations, once it was closed.
    pub(crate) async fn reopen(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self.reopen_after(|| ()).await
    }

    /// The same installation, after something happened to its folder while it was closed.
    pub(crate) async fn reopen_after(self, happens: impl FnOnce()) -> Self {
        let Self { cms, clock, folder, ids, registry, database } = self;
        cms.close().await.unwrap();
        drop(cms);
        happens();
        let options = options(folder.path(), &database, registry.clone(), clock.clone(), ids.clone());
        let cms = Cms::open(options).await.unwrap();
        Self { cms, clock, folder, ids, registry, database }
    }

    pub(crate) async fn department(&self, title: &str, above: Option<DepartmentId>) -> DepartmentId {
        let input = new_entry("departments", above, json!({ "title": title }));
        DepartmentId::from(self.cms.create_entry(&system(), input).await.unwrap().value.entry)
    }

    /// A department with its own page made public, for entries that are about something else.
    pub(crate) async fn owner(&self) -> DepartmentId {
        self.department("وزارة المالية", None).await
    }

    pub(crate) async fn create(&self, collection: &str, owner: DepartmentId, data: Value) -> LocalizationState {
        self.cms.create_entry(&system(), new_entry(collection, Some(owner), data)).await.unwrap().value
    }

    pub(crate) async fn service(&self, owner: DepartmentId, title: &str) -> LocalizationState {
        self.create("services", owner, service(title)).await
    }

    /// A page of the tree, by slug; also its title.
    pub(crate) async fn page(&self, owner: DepartmentId, parent: Option<EntryId>, slug: &str) -> LocalizationState {
        let title = if slug.is_empty() { "الرئيسية" } else { slug };
        let mut input = new_entry("pages", Some(owner), json!({ "title": format!("{title} {title}") }));
        input.revision.slug = Some(slug.to_owned());
        input.revision.parent = parent.map_or(Keep::Keep, Keep::Set);
        self.cms.create_entry(&system(), input).await.unwrap().value
    }

    /// A page that is public.
    pub(crate) async fn live_page(&self, owner: DepartmentId, parent: Option<EntryId>, slug: &str) -> LocalizationState {
        let page = self.page(owner, parent, slug).await;
        self.publish(&page).await
    }

    pub(crate) async fn save(&self, state: &LocalizationState, data: Value) -> LocalizationState {
        self.save_as(state, RevisionInput { data, ..RevisionInput::default() }).await.unwrap().value
    }

    pub(crate) async fn save_as(
        &self,
        state: &LocalizationState,
        input: RevisionInput,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        self.cms.save(&system(), state.entry, state.locale.clone(), input, Expect::Version(state.version)).await
    }

    /// Saves the head's own data with another slug.
    pub(crate) async fn rename(&self, state: &LocalizationState, slug: &str) -> LocalizationState {
        self.save_place(state, Some(slug), Keep::Keep).await.unwrap().value
    }

    /// Saves the head's own data under another parent.
    pub(crate) async fn move_to(&self, state: &LocalizationState, parent: Option<EntryId>) -> LocalizationState {
        self.save_place(state, None, parent.map_or(Keep::Clear, Keep::Set)).await.unwrap().value
    }

    pub(crate) async fn save_place(
        &self,
        state: &LocalizationState,
        slug: Option<&str>,
        parent: Keep<EntryId>,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let head = self.cms.manage_localization(&Actor::system(), state.entry, &state.locale).await.unwrap();
        let data = Value::Object(head.data);
        self.save_as(state, RevisionInput { data, slug: slug.map(str::to_owned), parent, ..RevisionInput::default() }).await
    }

    /// The English localization of an entry.
    pub(crate) async fn translate(&self, entry: EntryId, slug: &str, data: Value) -> LocalizationState {
        let input = RevisionInput { data, slug: Some(slug.to_owned()), ..RevisionInput::default() };
        self.cms.save(&system(), entry, en(), input, Expect::Absent).await.unwrap().value
    }

    /// Publishes the head.
    pub(crate) async fn publish(&self, state: &LocalizationState) -> LocalizationState {
        self.cms.publish_one(&system(), item(state)).await.unwrap().value
    }

    pub(crate) async fn publish_all(&self, states: &[&LocalizationState]) -> Result<Outcome<Vec<LocalizationState>>, CmsError> {
        self.cms.publish(&system(), states.iter().map(|state| item(state)).collect()).await
    }

    pub(crate) async fn withdraw(&self, state: &LocalizationState, mode: WithdrawMode) -> LocalizationState {
        self.cms.withdraw(&system(), withdrawal(state, mode)).await.unwrap().value
    }

    /// The state as it is now.
    pub(crate) async fn now(&self, state: &LocalizationState) -> LocalizationState {
        self.cms.manage_localization(&Actor::system(), state.entry, &state.locale).await.unwrap().state
    }

    /// What anybody reads at a path, in a few words.
    pub(crate) async fn at(&self, path: &str) -> String {
        self.at_as(public(), path).await
    }

    pub(crate) async fn at_as(&self, scope: PublicScope, path: &str) -> String {
        let path = PublicPath::from_request(path).unwrap();
        match self.cms.content(scope, None, &path).await.unwrap().value {
            Content::Entry(entry) => format!("{} {}", entry.locale, entry.data["title"].as_str().unwrap_or_default()),
            Content::Redirect { to, locale } => format!("{locale} -> {to}"),
            Content::Gone { at } => format!("gone {at}"),
            Content::Absent => "absent".to_owned(),
        }
    }

    /// What anybody reads of an entry that is public.
    pub(crate) async fn read(&self, collection: &str, id: EntryId, locale: &Locale) -> PublishedEntry {
        match self.cms.published_entry(public(), collection, id, Some(locale), None).await.unwrap().value {
            EntryRead::Entry(entry) => *entry,
            other @ (EntryRead::Gone { .. } | EntryRead::Absent) => panic!("{id} in {locale} is not public: {other:?}"),
        }
    }

    /// What is known of an id in public, in a word.
    pub(crate) async fn by_id(&self, state: &LocalizationState) -> String {
        let collection = state.collection.as_str();
        let read = self.cms.published_entry(public(), collection, state.entry, Some(&state.locale), None).await;
        match read.unwrap().value {
            EntryRead::Entry(entry) => format!("revision {}", entry.revision),
            EntryRead::Gone { at } => format!("gone {at}"),
            EntryRead::Absent => "absent".to_owned(),
        }
    }

    /// Titles of a whole list in its order.
    pub(crate) async fn titles(&self, collection: &str, sort: Option<&str>) -> Vec<String> {
        let query = ListQuery { sort: sort.map(str::to_owned), size: Some(100), ..ListQuery::default() };
        let page = self.cms.published_list(public(), collection, query).await.unwrap().value;
        page.items.iter().map(|entry| entry.data["title"].as_str().unwrap().to_owned()).collect()
    }

    /// All live paths of a locale.
    pub(crate) async fn paths(&self, locale: &Locale) -> Vec<String> {
        let page = self.cms.published_paths(public(), Some(locale), Some(100), None).await.unwrap().value;
        page.items.iter().map(|row| row.path.to_string()).collect()
    }

    /// Titles of the hits, sorted, by an index built anew.
    pub(crate) async fn found(&self, words: &str) -> Vec<String> {
        self.cms.reindex().await.unwrap();
        self.hits(words).await
    }

    pub(crate) async fn hits(&self, words: &str) -> Vec<String> {
        let page = self.cms.search(public(), SearchInput { query: words.to_owned(), ..SearchInput::default() }).await.unwrap();
        let mut titles: Vec<String> = page.hits.into_iter().map(|hit| hit.title).collect();
        titles.sort();
        titles
    }

    pub(crate) async fn upload(&self, owner: DepartmentId, name: &str, bytes: Vec<u8>) -> AssetId {
        let input = UploadAsset {
            id: None,
            name: name.to_owned(),
            media_type: None,
            department: Some(owner),
            alternative_text: [(ar(), "صورة".to_owned())].into(),
        };
        self.cms.upload_asset(&system(), input, stream::iter([Ok(bytes.into())])).await.unwrap().value.asset
    }

    /// The log of events from the first one on.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let auditor = someone(1, Role::Auditor, DepartmentId::MINISTRY).actor;
        let mut events = Vec::new();
        let mut before = None;
        loop {
            let query = diwan_cms::EventQuery { before, size: Some(100), ..diwan_cms::EventQuery::default() };
            let page = self.cms.events(&auditor, query).await.unwrap();
            events.extend(page.items);
            before = page.next;
            if before.is_none() {
                events.reverse();
                return events;
            }
        }
    }

    /// Kinds of the events behind a place, each with its locale and whether it has a cause.
    pub(crate) async fn events_after(&self, sequence: i64) -> Vec<String> {
        let events = self.events().await;
        let after = events.iter().filter(|event| event.sequence.0 > sequence);
        after
            .map(|event| {
                let locale = event.subject.locale.as_ref().map(|locale| format!(" {locale}")).unwrap_or_default();
                let cause = event.subject.cause.map(|cause| format!(" by {}", cause.0 - sequence)).unwrap_or_default();
                format!("{}{locale}{cause}", event.kind.as_str())
            })
            .collect()
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
        max_upload_bytes: 10_000_000,
        asset_url_prefix: "/v1/assets/".to_owned(),
        durable: false,
        role: ProcessRole::Holder,
    }
}

/// The schemas of the repo.
pub(crate) fn shipped_registry() -> Registry {
    registry_with(|_, text| text)
}

/// The schemas of the repo, changed file by file.
pub(crate) fn registry_with(change: impl Fn(&str, String) -> String) -> Registry {
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
    Registry::load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What a refusal says, in a line.
pub(crate) fn refusal<T: Debug>(result: Result<T, CmsError>) -> String {
    match result {
        Ok(done) => panic!("was not refused: {done:?}"),
        Err(CmsError::Faults(faults)) => format!("faults {}", told(&faults)),
        Err(CmsError::BadParameters(faults)) => format!("parameters {}", told(&faults)),
        Err(CmsError::NotFound(thing)) => format!("no {thing}"),
        Err(CmsError::Forbidden(action)) => format!("{action} is forbidden"),
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
    WriteContext::of(Actor { reference, on_behalf_of: None, grants: vec![Grant { role, department }] })
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
