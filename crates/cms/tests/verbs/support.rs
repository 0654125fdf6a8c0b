//! An installation in a temporary folder, with a clock that tests turn and ids in order.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use diwan_cms::{Cms, CmsOptions, ProcessRole};
use diwan_content::{Clock, IdSource, Registry, SchemaFile, Timestamp};
use uuid::Uuid;

/// 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;

/// A clock that moves by a second at each look.
pub(crate) struct SteppingClock(AtomicI64);

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

/// The schemas of the repo.
pub(crate) fn shipped_registry() -> Registry {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for folder in ["blueprints", "fieldsets", "collections"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            files.push(SchemaFile { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
    Registry::load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Opens an installation in a folder, on SQLite there or on the database given.
pub(crate) async fn open(folder: &Path, database_url: Option<String>) -> Cms {
    Cms::open(CmsOptions {
        data_dir: folder.to_owned(),
        database_url,
        registry: shipped_registry(),
        clock: Arc::new(SteppingClock(AtomicI64::new(START_MS))),
        ids: Arc::new(CountingIds(AtomicU64::new(0))),
        max_upload_bytes: 10_000_000,
        asset_url_prefix: "/v1/assets/".to_owned(),
        durable: false,
        role: ProcessRole::Holder,
    })
    .await
    .unwrap()
}
