//! An installation as `diwan serve` opens it, and a second store on the same database for the raw commits.

use std::{path::Path, process::Command, sync::Arc, time::Duration};

use diwan_cms::{
    Cms, CmsOptions, CreateEntry, Followers, IndexOptions, ProcessRole, ReadLimits, RevisionInput, WriteContext,
};
use diwan_content::{
    Actor, Clock, DepartmentId, IdSource, KeyId, Registry, SchemaFile, TimeZone, Timestamp,
    rights::{ActorRef, Grant, Role},
};
use diwan_store::{DatabaseUrl, Store, StoreOptions, SyncMode};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// Names the server: the URL of a role that may make databases.
const SERVER: &str = "DIWAN_BENCH_POSTGRES";
/// A ministry has a few dozen departments; rights are looked up among them.
const DEPARTMENTS: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Whether the index follows while editors write, as in a server, and shares processors and disk with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    Resting,
    Following,
}

pub(crate) struct Installation {
    pub(crate) cms: Cms,
    /// Opened with the same options as the installation's own.
    pub(crate) raw: Store,
    pub(crate) departments: Vec<DepartmentId>,
    follower: Option<Followers>,
    kind: Kind,
    /// Server and name of a database that is to be dropped.
    database: Option<(String, String)>,
    _folder: TempDir,
}

struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has nobody who tells it the time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap()).unwrap()
    }
}

struct RealIds;

impl IdSource for RealIds {
    #[expect(clippy::disallowed_methods, reason = "ids grow with time, as in a server")]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

impl Installation {
    /// `None`, with a line that says why, where the database cannot be measured.
    pub(crate) async fn open(kind: Kind, search: Search) -> Option<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (database, url) = match kind {
            Kind::Sqlite => (None, DatabaseUrl::sqlite(&folder.path().join("diwan.db")).unwrap()),
            Kind::Postgres => {
                let (database, address) = postgres()?;
                (Some((database, address.clone())), DatabaseUrl::parse(&address).unwrap())
            }
        };
        let cms = Cms::open(CmsOptions {
            data_dir: folder.path().to_owned(),
            database_url: database.as_ref().map(|(_, address)| address.clone()),
            registry: shipped_registry(),
            clock: Arc::new(RealClock),
            ids: Arc::new(RealIds),
            time_zone: TimeZone::utc(),
            max_upload_bytes: 1_000_000,
            asset_url_prefix: "/v1/assets/".to_owned(),
            durable: true,
            limits: ReadLimits::default(),
            index: IndexOptions::default(),
            role: ProcessRole::Holder,
        })
        .await
        .unwrap();
        let raw = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Full }).await.unwrap();
        let departments = departments(&cms).await;
        let follower = match search {
            Search::Resting => None,
            Search::Following => Some(cms.start_followers(None).unwrap()),
        };
        Some(Self { cms, raw, departments, follower, kind, database, _folder: folder })
    }

    pub(crate) async fn describe(&self) -> String {
        let pragmas = self.raw.writer_pragmas().await.unwrap().values;
        let pragmas: Vec<String> = pragmas.into_iter().map(|(name, value)| format!("{name} {value}")).collect();
        let search = if self.follower.is_some() { "search follows" } else { "search rests" };
        format!("{:?} ({}), {search}", self.kind, pragmas.join(", "))
    }

    /// Until the index has taken in all that was published: its work is not to fall on what is measured next.
    pub(crate) async fn wait_for_search(&self) {
        if self.follower.is_none() {
            return;
        }
        let last = self.cms.last_sequence().await.unwrap();
        while self.cms.search_mark() != Some(last) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn close(self) {
        let Self { cms, raw, follower, database, departments: _, kind: _, _folder } = self;
        if let Some(follower) = follower {
            follower.stop().await;
        }
        raw.close().await.unwrap();
        cms.close().await.unwrap();
        if let Some((server, address)) = database {
            let name = address.rsplit_once('/').unwrap().1;
            psql(&server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A key's actor, so that rights are looked up as for any request.
pub(crate) fn publisher() -> WriteContext {
    WriteContext::of(Actor {
        reference: ActorRef::Key(KeyId(Uuid::from_u128(1))),
        on_behalf_of: None,
        grants: vec![Grant::new(Role::Publisher, DepartmentId::MINISTRY)],
    })
}

async fn departments(cms: &Cms) -> Vec<DepartmentId> {
    let mut departments = Vec::new();
    for number in 0..DEPARTMENTS {
        let revision =
            RevisionInput { data: json!({ "title": format!("إدارة {number}") }), ..RevisionInput::default() };
        let input = CreateEntry { collection: "departments".to_owned(), revision, ..CreateEntry::default() };
        let made = cms.create_entry(&WriteContext::system(), input).await.unwrap();
        departments.push(made.value.department);
    }
    departments
}

/// A new database: the server's address and its own.
fn postgres() -> Option<(String, String)> {
    let Some(server) = std::env::var(SERVER).ok().filter(|url| !url.is_empty()) else {
        println!("\nPostgres: skipped: {SERVER} is not set");
        return None;
    };
    let fsync = psql(&server, "SHOW fsync");
    if fsync.trim() != "on" {
        println!("\nPostgres: skipped: that server runs with fsync {}", fsync.trim());
        return None;
    }
    let name = format!("diwan_bench_{}", RealIds.next_id().simple());
    psql(&server, &format!("CREATE DATABASE {name}"));
    let address = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    Some((server, address))
}

fn psql(server: &str, statement: &str) -> String {
    let arguments = ["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", statement, server];
    let output = Command::new("psql").args(arguments).output().unwrap();
    assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn shipped_registry() -> Registry {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for folder in ["blueprints", "fieldsets", "collections"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            files.push(SchemaFile { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
    Registry::load(&files).unwrap()
}
