//! A running server with generated entries, and what is asked of it.

use std::{net::SocketAddr, time::Duration};

use diwan_cms::{
    Cms, CreateEntry, DataFolderLock, LocalizationState, ProcessRole, PublishItem, RevisionInput, WriteContext,
};
use diwan_content::DepartmentId;
use diwan_server::{
    RunningServer, Surroundings,
    config::{Config, Sources},
    embedded_registry, open_installation, start,
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    Case,
    client::{get, one_answer},
    text::Random,
};

pub(crate) const ENTRIES: usize = 1_000;
const BODY_BYTES: usize = 4_096;
const SEED: u64 = 20_261_123;
/// Entries published in one transaction.
const BATCH: usize = 100;

pub(crate) struct Site {
    server: RunningServer,
    states: Vec<LocalizationState>,
    words: Vec<String>,
    _lock: DataFolderLock,
    _folder: TempDir,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let environment = vec![
            ("DIWAN_DATA".to_owned(), folder.path().to_str().unwrap().to_owned()),
            ("DIWAN_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            // All clients of the benchmark have one address.
            ("DIWAN_READS_CLIENT_UNITS_PER_SECOND".to_owned(), "0".to_owned()),
        ];
        let config = Config::load(&Sources { file: None, environment, flags: Vec::new() }).unwrap();
        let lock = DataFolderLock::acquire(folder.path(), None, "a benchmark").unwrap();
        // Writes are not what is measured here.
        let surroundings = Surroundings { durable: false, ..Surroundings::default() };
        let cms =
            open_installation(&config, embedded_registry().unwrap(), &surroundings, ProcessRole::Holder).await.unwrap();
        let (states, words) = fill(&cms).await;
        let server = start(&config, cms.clone(), &surroundings).await.unwrap();
        let last = cms.last_sequence().await.unwrap();
        while cms.search_mark() != Some(last) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { server, states, words, _lock: lock, _folder: folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    pub(crate) async fn cases(&self) -> Vec<Case> {
        let of_entries = |make: &dyn Fn(&LocalizationState) -> Vec<u8>| self.states.iter().map(make).collect();
        let by_path: Vec<String> = self.states.iter().map(content_target).collect();
        let by_id =
            |state: &LocalizationState| get(&format!("/v1/collections/news/entries/{}?locale=ar", state.entry), "");
        let lists = vec![get("/v1/collections/news/entries?locale=ar&page%5Bsize%5D=20", "")];
        let searches = self.words.iter().map(|word| get(&format!("/v1/search?locale=ar&q={}", encoded(word)), ""));
        let mut unchanged = Vec::new();
        for target in &by_path {
            let known = one_answer(self.address(), &get(target, "")).await;
            unchanged.push(get(target, &format!("If-None-Match: {}\r\n", known.etag.unwrap())));
        }
        vec![
            Case {
                name: "entry by path",
                requests: by_path.iter().map(|target| get(target, "")).collect(),
                status: 200,
            },
            Case { name: "entry by path, unchanged", requests: unchanged, status: 304 },
            Case { name: "entry by id", requests: of_entries(&by_id), status: 200 },
            Case { name: "list of 20", requests: lists, status: 200 },
            Case { name: "search of one word", requests: searches.collect(), status: 200 },
        ]
    }

    pub(crate) async fn stop(self) {
        self.server.shutdown().await;
    }
}

/// Publishes generated news; answers their states and a word of each title.
async fn fill(cms: &Cms) -> (Vec<LocalizationState>, Vec<String>) {
    let ctx = WriteContext::system();
    let mut random = Random::new(SEED);
    let (mut states, mut words, mut batch) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ENTRIES {
        let title = random.words(6);
        words.push(title.split(' ').max_by_key(|word| word.len()).unwrap().to_owned());
        let data =
            json!({ "title": title, "kind": "news", "summary": random.words(25), "body": random.markdown(BODY_BYTES) });
        let input = CreateEntry {
            collection: "news".to_owned(),
            department: Some(DepartmentId::MINISTRY),
            revision: RevisionInput { data, ..RevisionInput::default() },
            ..CreateEntry::default()
        };
        let LocalizationState { entry, locale, version, head, hash, .. } =
            cms.create_entry(&ctx, input).await.unwrap().value;
        batch.push(PublishItem { entry, locale, revision: head, hash, version });
        if batch.len() == BATCH {
            states.extend(cms.publish(&ctx, std::mem::take(&mut batch)).await.unwrap().value);
        }
    }
    (states, words)
}

fn content_target(state: &LocalizationState) -> String {
    format!("/v1/content{}", encoded(state.path.as_ref().unwrap().as_str()))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
