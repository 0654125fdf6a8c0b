//! An installation on one of the databases, with what stories do to it again and again.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64},
};

use diwan_cms::{
    Cms, CmsError, CmsOptions, EntryRead, EventQuery, Expect, Keep, ListQuery, LocalizationState, Outcome,
    PublishedEntry, ReadLimits, RevisionInput, SearchInput, UploadAsset, WithdrawMode,
};
use diwan_content::{
    Actor, AssetId, DepartmentId, EntryId, Event, Locale, PublicPath, Registry, TimeZone,
    rights::{PublicScope, Role},
};
use futures_util::stream;
use serde_json::{Value, json};

use crate::{
    database::{Database, Kind},
    support::{
        CountingIds, START_MS, SteppingClock, ar, en, item, new_entry, options, public, service, shipped_registry,
        someone, system, withdrawal,
    },
};

/// An installation on one of the databases.
pub(crate) struct Bed {
    pub(crate) cms: Cms,
    pub(crate) clock: Arc<SteppingClock>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) ids: Arc<CountingIds>,
    pub(crate) registry: Registry,
    /// In force from the next opening on.
    pub(crate) limits: ReadLimits,
    pub(crate) database: Database,
}

/// Runs a story on one kind of database; not at all, with a visible line, where there is no server.
pub(crate) async fn on(kind: Kind, story: impl AsyncFnOnce(&Bed)) {
    let Some(bed) = Bed::open(kind, shipped_registry()).await else { return };
    story(&bed).await;
    bed.cms.close().await.unwrap();
}

impl Bed {
    pub(crate) async fn open(kind: Kind, registry: Registry) -> Option<Self> {
        Self::open_in(kind, registry, TimeZone::utc()).await
    }

    /// An installation of a time zone of its own.
    pub(crate) async fn open_in(kind: Kind, registry: Registry, time_zone: TimeZone) -> Option<Self> {
        let database = Database::create(kind)?;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SteppingClock(AtomicI64::new(START_MS)));
        let ids = Arc::new(CountingIds(AtomicU64::new(0)));
        let mut options = options(folder.path(), &database, registry.clone(), clock.clone(), ids.clone());
        options.time_zone = time_zone;
        let cms = Cms::open(options).await.unwrap();
        Some(Self { cms, clock, folder, ids, registry, limits: ReadLimits::default(), database })
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
        let Self { cms, clock, folder, ids, registry, limits, database } = self;
        cms.close().await.unwrap();
        drop(cms);
        happens();
        let options = options(folder.path(), &database, registry.clone(), clock.clone(), ids.clone());
        let cms = Cms::open(CmsOptions { limits, ..options }).await.unwrap();
        Self { cms, clock, folder, ids, registry, limits, database }
    }

    /// Why the same installation would not open under other declarations.
    pub(crate) async fn opening_under(&self, registry: Registry) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(self.folder.path(), &self.database, registry, self.clock.clone(), self.ids.clone());
        // Beside the open one, which holds the folder's index: only the database is shared.
        if options.database_url.is_none() {
            options.database_url = Some(format!("sqlite://{}", self.folder.path().join("diwan.db").display()));
        }
        options.data_dir = folder.path().to_owned();
        match Cms::open(options).await {
            Ok(cms) => {
                cms.close().await.unwrap();
                None
            }
            Err(error) => Some(error.to_string()),
        }
    }

    /// Address of its database; `None` for the one in the data folder.
    pub(crate) fn url(&self) -> Option<String> {
        self.database.url()
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

    /// The same, or the code of its refusal.
    pub(crate) async fn create_or_refusal(
        &self,
        collection: &str,
        owner: DepartmentId,
        data: Value,
    ) -> Result<LocalizationState, String> {
        let made = self.cms.create_entry(&system(), new_entry(collection, Some(owner), data)).await;
        made.map(|outcome| outcome.value).map_err(|error| error.refusal_code().unwrap_or("our own fault").to_owned())
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
    pub(crate) async fn live_page(
        &self,
        owner: DepartmentId,
        parent: Option<EntryId>,
        slug: &str,
    ) -> LocalizationState {
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
        self.save_as(state, RevisionInput { data, slug: slug.map(str::to_owned), parent, ..RevisionInput::default() })
            .await
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

    pub(crate) async fn publish_all(
        &self,
        states: &[&LocalizationState],
    ) -> Result<Outcome<Vec<LocalizationState>>, CmsError> {
        self.cms.publish(&system(), states.iter().map(|state| item(state)).collect()).await
    }

    pub(crate) async fn withdraw(&self, state: &LocalizationState, mode: WithdrawMode) -> LocalizationState {
        self.cms.withdraw(&system(), withdrawal(state, mode)).await.unwrap().value.value
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
            EntryRead::Entry(entry) => format!("{} {}", entry.locale, entry.data["title"].as_str().unwrap_or_default()),
            EntryRead::Moved { to, locale } => format!("{locale} -> {to}"),
            EntryRead::Gone { at } => format!("gone {at}"),
            EntryRead::Absent => "absent".to_owned(),
        }
    }

    /// The entry that lives at a path.
    pub(crate) async fn by_path_id(&self, path: &str) -> String {
        let path = PublicPath::from_request(path).unwrap();
        match self.cms.content(public(), None, &path).await.unwrap().value {
            EntryRead::Entry(entry) => entry.id.to_string(),
            other @ (EntryRead::Moved { .. } | EntryRead::Gone { .. } | EntryRead::Absent) => panic!("{other:?}"),
        }
    }

    /// What anybody reads of an entry that is public.
    pub(crate) async fn read(&self, collection: &str, id: EntryId, locale: &Locale) -> PublishedEntry {
        match self.cms.published_entry(public(), collection, id, Some(locale), None).await.unwrap().value {
            EntryRead::Entry(entry) => *entry,
            other @ (EntryRead::Moved { .. } | EntryRead::Gone { .. } | EntryRead::Absent) => {
                panic!("{id} in {locale} is not public: {other:?}")
            }
        }
    }

    /// What is known of an id in public, in a word.
    pub(crate) async fn by_id(&self, state: &LocalizationState) -> String {
        let collection = state.collection.as_str();
        let read = self.cms.published_entry(public(), collection, state.entry, Some(&state.locale), None).await;
        match read.unwrap().value {
            EntryRead::Entry(entry) => format!("revision {}", entry.revision),
            EntryRead::Moved { to, locale } => format!("{locale} -> {to}"),
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
        let page =
            self.cms.search(public(), SearchInput { query: words.to_owned(), ..SearchInput::default() }).await.unwrap();
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
            let query = EventQuery { before, size: Some(100), ..EventQuery::default() };
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
