//! What writers were told, and whether a server that was killed still knows it.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::rights::Role;
use serde_json::{Value, json};

use super::child::ChildServer;
use crate::harness::{
    Keys,
    client::{Answer, Client, etag_of, send},
    picture, settle,
};

/// A word that stands in each title and in no sample.
const WORD: &str = "الزمردة";
/// Most writes of one writer in one round.
const MAX_WRITES: usize = 500;

/// All pages that were written, to one server after another on the same data.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) pages: Vec<Page>,
}

/// A news page with a picture of its own: what was tried, and what was acknowledged.
#[derive(Default)]
pub(super) struct Page {
    slug: String,
    picture: Vec<u8>,
    asset: Option<String>,
    entry: Option<String>,
    saved: Tried,
    public: Tried,
}

/// Numbers of revisions; 0 for none.
#[derive(Default, Clone, Copy)]
struct Tried {
    tried: i64,
    acknowledged: i64,
}

/// Who writes pages.
#[derive(Clone)]
pub(super) struct Writers {
    publisher: String,
    department: String,
}

impl Page {
    pub(super) fn new(slug: &str) -> Self {
        Self { slug: slug.to_owned(), picture: picture(slug), ..Self::default() }
    }

    pub(super) fn picture(&self) -> &[u8] {
        &self.picture
    }

    pub(super) fn is_acknowledged_public(&self) -> bool {
        self.public.acknowledged > 0
    }

    /// The data of a revision: long, and another one each time, so that a mixture of two would show.
    fn data(&self, revision: i64) -> Value {
        let mark = format!("{} {revision}", self.slug);
        json!({
            "title": format!("خبر {WORD} {mark}"),
            "kind": "news",
            "summary": mark,
            "body": format!("{mark}\n\n").repeat(300),
            "image": self.asset,
        })
    }
}

impl Writers {
    /// Makes the department whose news are written.
    pub(super) async fn prepare(client: &Client, keys: &Keys) -> Self {
        let admin = client.with_token(keys.of(Role::SystemAdmin));
        let body = json!({ "collection": "departments", "locale": "ar", "data": { "title": "إدارة الكتابة" } });
        let made = admin.post("/manage/v1/entries", &body).await.of(201).json();
        Self { publisher: keys.of(Role::Publisher).to_owned(), department: made["entry"].as_str().unwrap().to_owned() }
    }

    /// Uploads, creates, publishes, saves and publishes again; the page knows how far it came when the server dies.
    pub(super) async fn write(&self, client: &Client, page: &mut Page) -> reqwest::Result<()> {
        let client = client.with_token(&self.publisher);
        let upload = format!("/manage/v1/assets?name={}.gif&department={}", page.slug, self.department);
        let upload = client.request(reqwest::Method::POST, &upload).header("content-type", "image/gif");
        let uploaded = send(upload.body(page.picture.clone())).await?.of(201).json();
        page.asset = Some(uploaded["id"].as_str().unwrap().to_owned());

        page.saved.tried = 1;
        let body = json!({ "collection": "news", "locale": "ar", "department": self.department, "slug": page.slug, "data": page.data(1) });
        let created = send(client.request(reqwest::Method::POST, "/manage/v1/entries").json(&body)).await?.of(201);
        page.entry = Some(created.json()["entry"].as_str().unwrap().to_owned());
        page.saved.acknowledged = 1;
        let published = publish(&client, page, &created, 1).await?;

        page.saved.tried = 2;
        let path = format!("/manage/v1/entries/{}/ar", page.entry.as_ref().unwrap());
        let save = client.request(reqwest::Method::PUT, &path).header("if-match", published.header("etag").unwrap());
        let saved = send(save.json(&json!({ "data": page.data(2) }))).await?.of(200);
        page.saved.acknowledged = 2;
        publish(&client, page, &saved, 2).await?;
        Ok(())
    }

    /// Writes page after page until the server is gone.
    pub(super) fn write_until_killed(
        self,
        client: &Client,
        round: u32,
        writer: usize,
    ) -> impl Future<Output = Vec<Page>> + use<> {
        let client = client.clone();
        async move {
            let mut pages = Vec::new();
            for number in 0..MAX_WRITES {
                let mut page = Page::new(&format!("load-{round}-{writer}-{number}"));
                let written = self.write(&client, &mut page).await;
                pages.push(page);
                if written.is_err() {
                    break;
                }
            }
            pages
        }
    }
}

async fn publish(client: &Client, page: &mut Page, saved: &Answer, revision: i64) -> reqwest::Result<Answer> {
    page.public.tried = revision;
    let state = saved.json();
    let path = format!("/manage/v1/entries/{}/ar/publish", page.entry.as_ref().unwrap());
    let body = json!({ "revision": state["head"], "hash": state["hash"] });
    let publish = client.request(reqwest::Method::POST, &path).header("if-match", etag_of(&state["version"]));
    let published = send(publish.json(&body)).await?.of(200);
    page.public.acknowledged = revision;
    Ok(published)
}

impl Ledger {
    /// Every acknowledged write is there, none is half there, and lists, paths and search agree with the database.
    pub(super) async fn check(&self, server: &ChildServer, keys: &Keys) {
        let reader = server.client.with_token(keys.of(Role::Publisher));
        let mut stored = BTreeMap::new();
        for item in all(&reader, "/manage/v1/entries?collection=news&").await {
            stored.insert(item["slug"].as_str().unwrap().to_owned(), item);
        }
        let known: BTreeSet<&String> = self.pages.iter().map(|page| &page.slug).collect();
        assert!(stored.keys().all(|slug| known.contains(slug)), "pages that nobody wrote: {:?}", stored.keys());
        let mut live = BTreeSet::new();
        for page in &self.pages {
            if let Some(path) = self.check_page(&reader, page, stored.get(&page.slug)).await {
                live.insert(path);
            }
        }
        let listed = all(&server.client, "/v1/collections/news/entries?").await;
        assert_eq!(paths_of(&listed), live, "the public list");
        let mut paths = paths_of(&all(&server.client, "/v1/paths?locale=ar&").await);
        paths.retain(|path| path.starts_with("/news/"));
        assert_eq!(paths, live, "the public paths");
        settle(&server.client).await;
        let query = percent(WORD);
        assert_eq!(paths_of(&all(&server.client, &format!("/v1/search?q={query}&")).await), live, "search");
        check_events(&server.client.with_token(keys.of(Role::Auditor))).await;
    }

    /// One page; answers its path when it is public.
    async fn check_page(&self, reader: &Client, page: &Page, stored: Option<&Value>) -> Option<String> {
        if let Some(asset) = &page.asset {
            let bytes = reader.get(&format!("/manage/v1/assets/{asset}/content")).await.of(200);
            assert_eq!(bytes.body, page.picture, "the picture of {}", page.slug);
        }
        let Some(stored) = stored else {
            assert_eq!(page.saved.acknowledged, 0, "{} was acknowledged and is lost", page.slug);
            return None;
        };
        let (head, public) = (stored["head"].as_i64().unwrap(), stored["published"].as_i64().unwrap_or(0));
        page.saved.assert_holds(head, &format!("head of {}", page.slug));
        page.public.assert_holds(public, &format!("public revision of {}", page.slug));
        let localization = format!("/manage/v1/entries/{}/ar", stored["entry"].as_str().unwrap());
        for number in 1..=head {
            let revision = reader.get(&format!("{localization}/revisions/{number}")).await.of(200).json();
            // Beside what was sent stand the blueprint's defaults.
            for (field, value) in page.data(number).as_object().unwrap() {
                assert_eq!(revision["data"][field], *value, "{field} of revision {number} of {}", page.slug);
            }
        }
        if public == 0 {
            assert_eq!(stored["path"], Value::Null);
            return None;
        }
        let path = stored["path"].as_str().unwrap();
        let answer = reader.get(&format!("/v1/content{path}")).await.of(200).json();
        let expected = page.data(public);
        assert_eq!((&answer["revision"], &answer["data"]["title"]), (&json!(public), &expected["title"]));
        let html = answer["data"]["body"]["html"].as_str().unwrap();
        assert_eq!(html.matches(expected["summary"].as_str().unwrap()).count(), 300, "{}", page.slug);
        assert_eq!(answer["included"]["image"][0]["id"], expected["image"]);
        let asset = reader.get(&format!("/v1/assets/{}", page.asset.as_ref().unwrap())).await.of(200);
        assert_eq!(asset.body, page.picture, "the public picture of {}", page.slug);
        Some(path.to_owned())
    }
}

impl Tried {
    /// What stands there is at least what was acknowledged, and nothing that nobody tried.
    fn assert_holds(self, found: i64, what: &str) {
        let Self { tried, acknowledged } = self;
        assert!((acknowledged..=tried).contains(&found), "{what}: {found} is not within {acknowledged}..={tried}");
    }
}

/// Events are numbered without a gap, from the first on.
async fn check_events(auditor: &Client) {
    let mut expected = None;
    for event in all(auditor, "/manage/v1/events?").await {
        let sequence = event["sequence"].as_i64().unwrap();
        assert_eq!(sequence, expected.unwrap_or(sequence), "a gap in the log");
        expected = Some(sequence - 1);
    }
    assert_eq!(expected, Some(0), "the log has no beginning");
}

/// All items of a list, page by page. `path` ends where parameters go on.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = client.get(&format!("{path}page[size]=100{after}")).await.of(200).json();
        items.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(next) = page["page"]["next"].as_str() else { return items };
        after = format!("&page[after]={}", percent(next));
    }
}

fn paths_of(items: &[Value]) -> BTreeSet<String> {
    let paths: Vec<String> = items.iter().map(|item| item["path"].as_str().unwrap().to_owned()).collect();
    let unique: BTreeSet<String> = paths.iter().cloned().collect();
    assert_eq!(unique.len(), paths.len(), "something stands there twice: {paths:?}");
    unique
}

/// Percent-encodes all but unreserved ASCII.
fn percent(text: &str) -> String {
    let encode =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}
