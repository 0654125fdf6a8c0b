//! A running server for each story, and somebody to talk to it.

pub(crate) mod browser;
pub(crate) mod client;
mod database;
mod reading;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use diwan_cms::{
    Cms, CmsOptions, CreateKey, DataFolderLock, IndexOptions, ProcessRole, ReadLimits, RestoredKeys, WriteContext,
};
use diwan_content::{
    DepartmentId,
    rights::{Grant, Role},
};
use diwan_server::{
    RunningServer, Surroundings, SystemClock, TimeOrderedIds,
    config::{Config, Sources},
    embedded_registry, load_registry, open_installation, start,
};
use serde_json::json;
use tempfile::TempDir;

use self::{client::Client, database::FreshDatabase};

/// How long anything may take that a story waits for, on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often it looks.
const POLL: Duration = Duration::from_millis(5);

/// Where a story's content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// An installation of its own that serves in this process, with keys; all of it is gone when dropped.
pub(crate) struct App {
    /// Somebody anonymous.
    pub(crate) anyone: Client,
    /// The system behind the server, for what has no route.
    pub(crate) cms: Cms,
    keys: Keys,
    server: RunningServer,
    lock: DataFolderLock,
    data: TempDir,
    database: Option<FreshDatabase>,
}

/// A key of each role on the whole ministry.
pub(crate) struct Keys {
    tokens: BTreeMap<Role, String>,
}

impl Backend {
    /// The databases that are to be had; says so when one is left out.
    pub(crate) fn available() -> Vec<Self> {
        if database::postgres_server().is_some() {
            return vec![Self::Sqlite, Self::Postgres];
        }
        skipped("DIWAN_TEST_POSTGRES is not set: without PostgreSQL");
        vec![Self::Sqlite]
    }
}

impl App {
    /// On SQLite.
    pub(crate) async fn start() -> Self {
        Self::on(Backend::Sqlite).await
    }

    /// On a database of its own.
    pub(crate) async fn on(backend: Backend) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(FreshDatabase::create(&database::postgres_server().unwrap())),
        };
        Self::serve(data, database, &[]).await
    }

    /// On SQLite with settings of its own, named as in the environment.
    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Self {
        Self::serve(tempfile::tempdir().unwrap(), None, settings).await
    }

    /// On a data folder that is there already.
    pub(crate) async fn on_folder(data: TempDir) -> Self {
        Self::serve(data, None, &[]).await
    }

    /// On a backup, restored.
    pub(crate) async fn on_backup(backup: &Path, backend: Backend) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(FreshDatabase::create(&database::postgres_server().unwrap())),
        };
        let Surroundings { clock, ids, durable, text_reader: _ } = surroundings();
        let options = CmsOptions {
            data_dir: data.path().to_owned(),
            database_url: database.as_ref().map(FreshDatabase::url),
            registry: embedded_registry().unwrap(),
            clock,
            ids,
            time_zone: diwan_content::TimeZone::utc(),
            max_upload_bytes: 1_000_000,
            asset_url_prefix: "/v1/assets/".to_owned(),
            durable,
            limits: ReadLimits::default(),
            index: IndexOptions::default(),
            role: ProcessRole::Holder,
        };
        diwan_cms::restore(backup, options, RestoredKeys::Keep).await.unwrap();
        Self::serve(data, database, &[]).await
    }

    /// Ends the server in order and gives its data folder, with nothing left in memory.
    pub(crate) async fn stop(self) -> TempDir {
        let Self { anyone: _, cms, keys: _, server, lock, data, database: _ } = self;
        server.shutdown().await;
        drop((cms, lock));
        data
    }

    /// Ends the server in order and starts another one on the same installation.
    pub(crate) async fn restart(self) -> Self {
        let Self { anyone: _, cms, keys: _, server, lock, data, database } = self;
        server.shutdown().await;
        // The index stays taken while anybody has it.
        drop((cms, lock));
        Self::serve(data, database, &[]).await
    }

    /// Somebody with a key of a role on the whole ministry.
    pub(crate) fn with(&self, role: Role) -> Client {
        self.anyone.with_token(self.keys.of(role))
    }

    /// The key itself, for what sends it in a way of its own.
    pub(crate) fn key(&self, role: Role) -> &str {
        self.keys.of(role)
    }

    /// Somebody with a new key of a role on a department.
    pub(crate) async fn with_on(&self, role: Role, department: &str) -> Client {
        self.anyone.with_token(&make_key(&self.cms, role, department.parse().unwrap()).await)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Waits until search has seen all changes.
    pub(crate) async fn settle(&self) {
        settle(&self.anyone).await;
    }

    async fn serve(data: TempDir, database: Option<FreshDatabase>, settings: &[(&str, &str)]) -> Self {
        let config = config(data.path(), database.as_ref().map(FreshDatabase::url), settings);
        let lock = DataFolderLock::acquire(data.path(), None, "a story").unwrap();
        let cms = open(&config, ProcessRole::Holder).await;
        let keys = Keys::make(&cms).await;
        let server = start(&config, cms.clone(), &surroundings()).await.unwrap();
        let anyone = Client::new(format!("http://{}", server.address));
        Self { anyone, cms, keys, server, lock, data, database }
    }
}

impl Keys {
    /// Makes them by the side of a running server, as an operator would.
    pub(crate) async fn make_beside(data: &Path) -> Self {
        let cms = open(&config(data, None, &[]), ProcessRole::Beside).await;
        let keys = Self::make(&cms).await;
        cms.close().await.unwrap();
        keys
    }

    async fn make(cms: &Cms) -> Self {
        let mut tokens = BTreeMap::new();
        for role in Role::ALL {
            tokens.insert(role, make_key(cms, role, DepartmentId::MINISTRY).await);
        }
        Self { tokens }
    }

    /// The key of a role.
    pub(crate) fn of(&self, role: Role) -> &str {
        &self.tokens[&role]
    }
}

/// Says on the terminal why a story was left out; what tests print is otherwise hidden when they pass.
pub(crate) fn skipped(reason: &str) {
    note(&format!("skipped: {reason}"));
}

/// Says something on the terminal.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Waits until an answer is as it is wanted.
pub(crate) async fn eventually<T>(mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begun_at = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) => assert!(begun_at.elapsed() < DEADLINE, "it does not come: {seen}"),
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Waits until search has seen the whole log. On a busy machine the database may give no sign of life in time; then it is
/// asked again.
pub(crate) async fn settle(client: &Client) {
    eventually(async || {
        let ready = client.get("/readyz").await;
        let is_current = ready.status == 200 && ready.json()["search"]["state"] == "current";
        if is_current { Ok(()) } else { Err(ready.json().to_string()) }
    })
    .await;
}

/// A small picture that no other name has: a GIF of one pixel with the name in a comment.
pub(crate) fn picture(name: &str) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bytes.extend(b"\x21\xfe");
    for piece in name.as_bytes().chunks(255) {
        bytes.push(u8::try_from(piece.len()).unwrap());
        bytes.extend(piece);
    }
    bytes.extend(b"\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    bytes
}

async fn make_key(cms: &Cms, role: Role, department: DepartmentId) -> String {
    let key = CreateKey {
        label: Some(role.as_str().to_owned()),
        grants: vec![Grant::new(role, department)],
        on_behalf_of: None,
        expires_at: None,
    };
    cms.create_key(&WriteContext::system(), key).await.unwrap().value.token
}

async fn open(config: &Config, role: ProcessRole) -> Cms {
    let registry = load_registry(config.schemas.as_deref()).unwrap();
    open_installation(config, registry, &surroundings(), role).await.unwrap()
}

/// Real time and ids; what is written need not survive a power loss.
fn surroundings() -> Surroundings {
    let text_reader = Some(reading::reader());
    Surroundings { clock: Arc::new(SystemClock), ids: Arc::new(TimeOrderedIds), durable: false, text_reader }
}

fn config(data: &Path, database_url: Option<String>, settings: &[(&str, &str)]) -> Config {
    let mut environment = vec![
        ("DIWAN_DATA".to_owned(), data.to_str().unwrap().to_owned()),
        ("DIWAN_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
        // A story is one client that asks for a whole town. Budgets have tests of their own.
        ("DIWAN_READS_CLIENT_UNITS_PER_SECOND".to_owned(), "0".to_owned()),
    ];
    environment.extend(database_url.map(|url| ("DIWAN_DATABASE_URL".to_owned(), url)));
    environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Config::load(&Sources { file: None, environment, flags: Vec::new() }).unwrap()
}

#[tokio::test]
async fn a_story_has_a_server_and_keys_of_its_own() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        let admin = app.with(Role::SystemAdmin);
        let department = json!({ "collection": "departments", "locale": "ar", "data": { "title": "إدارة الوثائق" } });
        let made = admin.post("/manage/v1/entries", &department).await.of(201).json();
        let path = format!("/manage/v1/entries/{}/ar", made["entry"].as_str().unwrap());
        assert_eq!(app.anyone.get(&path).await.status, 401, "{backend:?}");
        assert_eq!(app.with_on(Role::Reader, made["entry"].as_str().unwrap()).await.get(&path).await.status, 200);

        let app = app.restart().await;
        assert!(app.data().join("index").is_dir());
        assert_eq!(app.with(Role::Reader).get(&path).await.of(200).json()["version"], made["version"]);
        app.settle().await;
    }
}

#[tokio::test]
async fn a_story_may_set_its_server_otherwise() {
    let app = App::with_settings(&[("DIWAN_HTTP_MAX_BODY_BYTES", "1024")]).await;
    let long = json!({ "collection": "x".repeat(2_000) });
    assert_eq!(app.with(Role::Editor).post("/manage/v1/entries", &long).await.status, 413);
}
