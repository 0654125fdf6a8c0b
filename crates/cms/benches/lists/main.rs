//! Lists over 10,000 and over 100,000 entries, side by side: `cargo bench -p diwan-cms --bench lists`.
//!
//! No cache of answers stands between: every list is selected, read and put together anew. Both installations are asked
//! in turns, so that what else the machine does falls on both. What is printed for each kind of list: the median of both,
//! their ratio, and the keys that were looked at for each result.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod seed;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use diwan_cms::{Cms, CmsOptions, IndexOptions, ListQuery, ProcessRole, ReadLimits};
use diwan_content::{Actor, Clock, IdSource, Registry, SchemaFile, TimeZone, Timestamp};
use diwan_store::{DatabaseUrl, Store, StoreOptions, SyncMode};
use tempfile::TempDir;
use uuid::Uuid;

use crate::seed::{ARTICLE_BLUEPRINT, ARTICLES, CATEGORY_BLUEPRINT, DEPARTMENT, Seed};

const SIZES: [u128; 2] = [10_000, 100_000];
/// Requests of one kind to each installation.
const REQUESTS: usize = 200;
/// Text of an entry, in bytes: that of a news item.
const BODY_BYTES: usize = 2_000;
/// Pages that a deep list is read on before it is measured.
const DEEP: usize = 40;
/// The larger installation may take so many times as long.
const MOST: f64 = 2.0;

struct Installation {
    cms: Cms,
    _folder: TempDir,
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_800_000_000_000).unwrap()
    }
}

struct NoIds;

impl IdSource for NoIds {
    fn next_id(&self) -> Uuid {
        Uuid::nil()
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let mut installations = Vec::new();
    for size in SIZES {
        let since = Instant::now();
        installations.push(Installation::open(size).await);
        println!("{size} entries written in {:.1?}", since.elapsed());
    }
    println!("{:<44}{:>12}{:>12}{:>8}{:>16}", "list", "10,000", "100,000", "ratio", "keys a result");
    let mut worst: f64 = 0.0;
    for (name, text) in [
        ("first page", "size=20"),
        ("by title", "size=20&sort=title"),
        ("of a kind", "size=20&filter[kind]=event"),
        ("of two kinds", "size=20&filter[kind][in]=event,news"),
        ("of three topics", "size=20&filter[topics][in]=موضوع 3,موضوع 9,موضوع 12"),
        (
            "of a kind within three years",
            "size=20&filter[kind]=news&filter[date][gte]=2010-01-01&filter[date][lt]=2013-01-01",
        ),
        ("whose category has a code", "size=20&filter[category][code]=1"),
        ("a hundred", "size=100"),
    ] {
        for depth in [0, DEEP] {
            let mut after = Vec::new();
            for installation in &installations {
                after.push(installation.cursor(text, depth).await);
            }
            let mut times: [Vec<Duration>; 2] = Default::default();
            let mut keys = 0.0_f64;
            for _ in 0..REQUESTS {
                for (place, installation) in installations.iter().enumerate() {
                    let since = Instant::now();
                    let (looked_at, results) = installation.list(text, after[place].clone()).await;
                    times[place].push(since.elapsed());
                    keys = keys.max(looked_at as f64 / results as f64);
                }
            }
            let [small, large] = times.map(median);
            let ratio = large.as_secs_f64() / small.as_secs_f64();
            worst = worst.max(ratio);
            let name = if depth == 0 { name.to_owned() } else { format!("{name}, page {}", depth + 1) };
            println!("{name:<44}{small:>12.1?}{large:>12.1?}{ratio:>8.2}{keys:>16.1}");
        }
    }
    println!("worst ratio {worst:.2}, allowed {MOST:.2}");
    for installation in installations {
        installation.cms.close().await.unwrap();
    }
    assert!(worst <= MOST, "lists grow with their collection");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

impl Installation {
    async fn open(size: u128) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let registry = registry();
        let cms = Cms::open(CmsOptions {
            data_dir: folder.path().to_owned(),
            database_url: None,
            registry: registry.clone(),
            clock: Arc::new(FixedClock),
            ids: Arc::new(NoIds),
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
        let url = DatabaseUrl::sqlite(&folder.path().join("diwan.db")).unwrap();
        let store = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap();
        let category = |number: u128| Seed {
            id: seed::CATEGORY + number,
            department: diwan_content::DepartmentId(Uuid::from_u128(DEPARTMENT)),
            date: String::new(),
            data: serde_json::json!({ "title": format!("تصنيف {number}"), "code": number % 3 }),
        };
        seed::publish(&store, &registry, "categories", &(0..20).map(category).collect::<Vec<_>>()).await;
        let body = "متن الخبر ".repeat(BODY_BYTES / 18);
        for first in (0..size).step_by(5_000) {
            let seeds: Vec<Seed> =
                (first..(first + 5_000).min(size)).map(|number| seed::article(number, &body)).collect();
            seed::publish(&store, &registry, "articles", &seeds).await;
        }
        store.close().await.unwrap();
        Self { cms, _folder: folder }
    }

    /// The cursor behind so many pages, or as many as there are.
    async fn cursor(&self, text: &str, pages: usize) -> Option<String> {
        let mut after = None;
        for _ in 0..pages {
            let query = ListQuery { after: after.clone(), ..query(text) };
            let page = self.cms.published_list(Actor::anonymous().public_scope(), "articles", query).await.unwrap();
            match page.value.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        after
    }

    async fn list(&self, text: &str, after: Option<String>) -> (u64, usize) {
        let query = ListQuery { after, ..query(text) };
        let page = self.cms.published_list(Actor::anonymous().public_scope(), "articles", query).await.unwrap().value;
        (page.looked_at, page.items.len().max(1))
    }
}

fn query(text: &str) -> ListQuery {
    let mut query = ListQuery::default();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "sort" => query.sort = Some(value.to_owned()),
            "size" => query.size = value.parse().ok(),
            _ => query.filter.push((name.to_owned(), value.to_owned())),
        }
    }
    query
}

fn registry() -> Registry {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for path in ["blueprints/departments.yaml", "fieldsets/seo.yaml", "collections/departments.yaml"] {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        files.push(SchemaFile { path: path.to_owned(), text });
    }
    for (path, text) in [
        ("blueprints/articles.yaml", ARTICLE_BLUEPRINT.to_owned()),
        ("blueprints/categories.yaml", CATEGORY_BLUEPRINT.to_owned()),
        ("collections/articles.yaml", ARTICLES.to_owned()),
        ("collections/categories.yaml", seed::categories("categories", "public")),
        ("collections/hidden.yaml", seed::categories("hidden", "key")),
    ] {
        files.push(SchemaFile { path: path.to_owned(), text });
    }
    Registry::load(&files).unwrap()
}
