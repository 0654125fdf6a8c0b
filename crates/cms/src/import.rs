//! Import of entry files from a Statamic site: ids, authors, times, unknown keys and exact bytes are kept.
//!
//! Each file is one transaction. Running it again changes nothing; what was edited here since is a conflict, never
//! overwritten; a broken file is reported and does not stop the rest.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use diwan_content::{
    Actor, Collection, Data, DepartmentId, EntryId, EventKind, EventSubject, Fault, Language, Locale, LocaleRole,
    Owner, Permit, Pointer, Rank, RevisionContent, RevisionNumber, Slug, fold_text, resolve,
    rights::{Action, ActorRef, Hierarchy},
};
use diwan_statamic::{
    Conversion, Converted, EntryFile, FoundFile, Note, TimeZone, choose_collection, convert, find_entry_files,
    read_entry_file, read_found_file,
};
use diwan_store::{Department, Entry, ImportSource, Localization, Person, Revision, Title, WriteTx};

use crate::{
    authority::action_name,
    cms::Cms,
    context::WriteContext,
    error::CmsError,
    frame::{Step, until_done},
    publishing::{
        PlanItem, Planner, RenderCache, Rendering, apply_plan, blueprint_of, data_pointer, stored_data, title_of,
    },
};

/// What to import and how.
#[derive(Debug, Clone)]
pub struct ImportStatamic {
    /// A site, its `content` or `collections` folder, a collection's folder, or one file.
    pub folder: PathBuf,
    /// The site's time zone, which its content does not name.
    pub time_zone: TimeZone,
    /// Collection of files whose place does not tell it.
    pub collection: Option<String>,
    /// Owner of entries in collections with `owner: required`; for departments, the department above.
    pub department: Option<DepartmentId>,
}

/// What an import did, file by file.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Every file, in order.
    pub files: Vec<FileReport>,
}

/// What became of one file.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Its name within the site.
    pub file: String,
    /// What became of it.
    pub result: FileResult,
    /// What was converted or left aside, by line.
    pub notes: Vec<String>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileResult {
    /// A new entry, published.
    Published,
    /// A new entry that stays a draft, with the reason.
    Draft(String),
    /// The file changed there since the last import; a new revision was published.
    Updated,
    /// Nothing has changed since the last import.
    Unchanged,
    /// The entry was changed here; nothing was overwritten.
    Conflict(String),
    /// Not an entry file of a known collection.
    Skipped(String),
    /// The file cannot be read or taken; each problem by line.
    Broken(Vec<String>),
}

/// A file that is ready to be stored.
#[derive(Clone)]
struct Ready {
    converted: Arc<Converted>,
    collection: Arc<Collection>,
    source: String,
    raw: Arc<String>,
    owner: DepartmentId,
    above: DepartmentId,
    permit: Permit,
    data: Data,
    slug: Slug,
}

impl Cms {
    /// Imports the entry files of a site.
    ///
    /// # Errors
    /// Not allowed; the folder cannot be read at all; the database fails. What is wrong with a file stands in the report.
    pub async fn import_statamic(&self, ctx: &WriteContext, input: ImportStatamic) -> Result<ImportReport, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        permit_import(&ctx.actor, &hierarchy)?;
        if let Some(department) = input.department
            && !hierarchy.contains(department)
        {
            let at = Pointer::root().key("department");
            let fault = Fault::new(at, diwan_content::FaultCode::UnknownTarget).with("id", department.to_string());
            return Err(CmsError::Faults(vec![fault]));
        }
        let folder = input.folder.clone();
        let found = tokio::task::spawn_blocking(move || find_entry_files(&folder)).await;
        let found = found.map_err(|error| CmsError::internal(error.to_string()))?;
        let found =
            found.map_err(|error| CmsError::Unavailable { what: "the folder", source: Some(Box::new(error)) })?;
        let mut report = ImportReport::default();
        for skipped in found.skipped {
            let result = FileResult::Skipped(skipped.why.to_string());
            report.files.push(FileReport { file: skipped.relative, result, notes: Vec::new() });
        }
        // What localizes another entry comes after all that do not.
        let (mut origins, mut others) = (Vec::new(), Vec::new());
        for file in found.entries {
            match read_file(&file).await {
                Err(result) => report.files.push(FileReport { file: file.relative, result, notes: Vec::new() }),
                Ok(read) if read.origin.is_none() => origins.push(read),
                Ok(read) => others.push(read),
            }
        }
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for file in origins.into_iter().chain(others) {
            let done = self.import_file(ctx, &input, &file, &mut read).await?;
            report.files.push(done);
        }
        report.files.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(report)
    }

    async fn import_file(
        &self,
        ctx: &WriteContext,
        input: &ImportStatamic,
        file: &EntryFile,
        read: &mut BTreeMap<String, String>,
    ) -> Result<FileReport, CmsError> {
        let name = file.source.clone();
        let report = |result, notes: &[Note]| FileReport {
            file: name.clone(),
            result,
            notes: notes.iter().map(note_line).collect(),
        };
        let (collection, blueprint) = match choose_collection(file, self.registry(), input.collection.as_deref()) {
            Ok(chosen) => chosen,
            Err(why) => return Ok(report(FileResult::Skipped(why.to_string()), &[])),
        };
        let converted = Arc::new(convert(file, collection, blueprint, &Conversion::new(input.time_zone)));
        let notes = converted.notes.clone();
        let ready = match self.ready_to_import(ctx, input, file, collection, converted).await? {
            Ok(ready) => ready,
            Err(problems) => return Ok(report(FileResult::Broken(problems), &notes)),
        };
        // Else the two would overwrite each other, at every import again.
        if let Some(first) = read.get(&ready.source) {
            return Ok(report(FileResult::Conflict(format!("the file {first} has the same id")), &notes));
        }
        read.insert(ready.source.clone(), file.source.clone());
        let stored = until_done!({
            let (cms, ready) = (self.clone(), ready.clone());
            self.transact(&WriteContext::of(ctx.actor.clone()), move |tx| {
                let (cms, ready) = (cms.clone(), ready.clone());
                Box::pin(async move { store_file(&cms, tx, &ready).await })
            })
            .await
        });
        match stored {
            Ok(outcome) => Ok(report(outcome.value.into(), &notes)),
            Err(CmsError::Faults(faults)) => Ok(report(FileResult::Broken(fault_lines(&faults)), &notes)),
            Err(error) => Err(error),
        }
    }

    /// Everything that can be wrong with a file before the database is asked.
    async fn ready_to_import(
        &self,
        ctx: &WriteContext,
        input: &ImportStatamic,
        file: &EntryFile,
        collection: &Arc<Collection>,
        converted: Arc<Converted>,
    ) -> Result<Result<Ready, Vec<String>>, CmsError> {
        let mut problems = Vec::new();
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let above = input.department.unwrap_or(DepartmentId::MINISTRY);
        let owner = match collection.owner {
            Owner::Itself => DepartmentId::from(converted.origin.unwrap_or(converted.entry)),
            Owner::Required => above,
        };
        if collection.owner == Owner::Required && input.department.is_none() {
            problems.push(format!("entries of {} need an owner: name one with --department", collection.handle));
        }
        let blueprint = blueprint_of(self.registry(), converted.blueprint.as_str())?;
        let role = if converted.locale == *collection.origin() {
            LocaleRole::Origin
        } else {
            LocaleRole::Localization { origin: collection.origin().clone() }
        };
        let at = data_pointer(&Pointer::root());
        let (data, faults) = blueprint.read_keeping(&converted.values, &role, &at, Some(&converted.base()));
        problems.extend(fault_lines(&faults));
        if converted.locale != *collection.origin() && converted.origin.is_none() {
            problems.push(format!(
                "is in {} alone: entries of {} start in {}, so it needs an `origin`, or a collection whose first locale is {}",
                converted.locale,
                collection.handle,
                collection.origin(),
                converted.locale
            ));
        }
        let title = converted.values.get(collection.title_field.as_str()).and_then(serde_json::Value::as_str);
        let slug = converted.slug.clone().or_else(|| Slug::from_title(title.unwrap_or_default()));
        let slug = slug.map(|slug| converted.suffix.map_or(slug.clone(), |number| slug.numbered(number)));
        let Some(slug) = slug.filter(|_| problems.is_empty()) else {
            if problems.is_empty() {
                problems.push("neither the file's name nor its title leaves anything of a slug".to_owned());
            }
            return Ok(Err(problems));
        };
        let permit = permit_import(&ctx.actor, &hierarchy)?;
        let entry = converted.origin.unwrap_or(converted.entry);
        let source = format!("statamic:{}:{entry}:{}", converted.foreign_id, converted.locale);
        let raw = Arc::new(file.raw.clone());
        Ok(Ok(Ready { collection: collection.clone(), source, raw, owner, above, permit, data, slug, converted }))
    }
}

/// An import is about no entry that could be hidden: who may not do it is told so.
fn permit_import(actor: &Actor, hierarchy: &Hierarchy) -> Result<Permit, CmsError> {
    let permit = actor.permit(Action::Import, DepartmentId::MINISTRY, hierarchy);
    permit.map_err(|_| CmsError::Forbidden(action_name(Action::Import)))
}

async fn read_file(found: &FoundFile) -> Result<EntryFile, FileResult> {
    let file = found.clone();
    let read = tokio::task::spawn_blocking(move || match read_found_file(&file) {
        Ok(bytes) => read_entry_file(&file.relative, &bytes).map_err(|problems| {
            FileResult::Broken(
                problems.iter().map(|problem| format!("line {}: {}", problem.line, problem.what)).collect(),
            )
        }),
        Err(why) => Err(FileResult::Skipped(why.to_string())),
    });
    read.await.unwrap_or_else(|error| Err(FileResult::Broken(vec![error.to_string()])))
}

/// What a transaction did; kept apart from [`FileResult`] so that it can be written as JSON.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
enum Stored {
    Published,
    Draft(String),
    Updated,
    Unchanged,
    Conflict(String),
}

impl From<Stored> for FileResult {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Published => Self::Published,
            Stored::Draft(why) => Self::Draft(why),
            Stored::Updated => Self::Updated,
            Stored::Unchanged => Self::Unchanged,
            Stored::Conflict(why) => Self::Conflict(why),
        }
    }
}

async fn store_file(cms: &Cms, tx: &mut WriteTx, ready: &Ready) -> Result<Step<Stored>, CmsError> {
    let Ready { converted, collection, source, .. } = ready;
    let id = converted.origin.unwrap_or(converted.entry);
    let locale = &converted.locale;
    let entry = tx.find_entry(id).await?;
    let localization = tx.find_localization(id, locale).await?;
    let before = tx.find_import_source(source).await?;
    let is_update = match (&localization, &before) {
        (None, _) => false,
        (Some(_), None) => {
            return Ok(Step::Done(Stored::Conflict("an entry of that id was made here".to_owned())));
        }
        (Some(here), Some(before)) if here.head != before.revision => {
            let why = format!("revision {} was saved here since revision {} was imported", here.head, before.revision);
            return Ok(Step::Done(Stored::Conflict(why)));
        }
        (Some(_), Some(before)) if before.source_hash == converted.source_hash => {
            return Ok(Step::Done(Stored::Unchanged));
        }
        (Some(_), Some(_)) => true,
    };
    if let Some(found) = &entry {
        if found.trashed_at.is_some() {
            return Ok(Step::Done(Stored::Conflict("the entry is in the trash here".to_owned())));
        }
        if found.collection != collection.handle {
            let why = format!("the entry belongs to {} here", found.collection);
            return Ok(Step::Done(Stored::Conflict(why)));
        }
    }
    let origin = match (&converted.origin, locale == collection.origin()) {
        (Some(_), false) => {
            let Some(origin) = tx.find_localization(id, collection.origin()).await? else {
                return Ok(Step::Done(Stored::Conflict("its origin was not imported".to_owned())));
            };
            tx.find_revision(id, collection.origin(), origin.head).await?
        }
        (Some(_) | None, _) => None,
    };
    if entry.is_none() {
        insert_entry(tx, ready, id).await?;
    }
    let revision = revision_of(cms, tx, ready, id, localization.as_ref(), origin.as_ref());
    let title = title_text(cms, ready, origin.as_ref())?;
    let folded = fold_text(&title);
    let title = Title { text: &title, folded: &folded };
    let permit = &ready.permit;
    put_author(tx, ready).await?;
    match localization {
        Some(_) => tx.append_revision(permit, &revision, title).await?,
        None => tx.insert_localization(permit, &revision, title).await?,
    };
    record_saved(tx, ready, &revision, entry.is_none(), is_update);
    put_source(tx, ready, &revision).await?;
    let unpublished = if converted.published {
        publish_imported(cms, tx, ready, &revision).await?
    } else {
        Some("it is a draft there".to_owned())
    };
    Ok(Step::Done(match unpublished {
        Some(why) => Stored::Draft(why),
        None if is_update => Stored::Updated,
        None => Stored::Published,
    }))
}

async fn insert_entry(tx: &mut WriteTx, ready: &Ready, id: EntryId) -> Result<(), CmsError> {
    let Ready { converted, collection, owner, above, permit, .. } = ready;
    if collection.owner == Owner::Itself && !tx.hierarchy().await?.contains(*owner) {
        let department = Department { id: *owner, parent: *above, created_at: tx.now() };
        tx.insert_department(permit, &department).await?;
        let subject = EventSubject { department: Some(*owner), ..EventSubject::default() };
        tx.record(permit, EventKind::DepartmentCreated, subject);
    }
    let is_alias = converted.foreign_id != id.to_string();
    let entry = Entry {
        id,
        collection: collection.handle.clone(),
        blueprint: converted.blueprint.clone(),
        department: *owner,
        foreign_id: is_alias.then(|| converted.foreign_id.clone()),
        trashed_at: None,
        created_at: converted.first_published_at.or(converted.updated_at).unwrap_or_else(|| tx.now()),
        created_by: author_of(ready),
    };
    Ok(tx.insert_entry(permit, &entry).await?)
}

fn author_of(ready: &Ready) -> ActorRef {
    ready.converted.author.as_ref().map_or_else(|| ready.permit.author(), |author| ActorRef::Person(author.person))
}

/// The author becomes a nameless row in `people`.
async fn put_author(tx: &mut WriteTx, ready: &Ready) -> Result<(), CmsError> {
    if let Some(author) = &ready.converted.author {
        let person = Person { id: author.person, name: None, created_at: tx.now() };
        tx.put_person(&ready.permit, &person).await?;
    }
    Ok(())
}

fn revision_of(
    cms: &Cms,
    tx: &WriteTx,
    ready: &Ready,
    id: EntryId,
    localization: Option<&Localization>,
    origin: Option<&Revision>,
) -> Revision {
    let Ready { converted, collection, data, slug, .. } = ready;
    let is_origin = origin.is_none();
    let blueprint_hash = cms.registry().find_blueprint(converted.blueprint.as_str()).map(|blueprint| blueprint.hash);
    let content = RevisionContent {
        data_text: data.to_stored(),
        slug: slug.clone(),
        parent: None,
        rank: (is_origin && collection.is_tree()).then(Rank::first),
        date: converted.date.filter(|_| is_origin && collection.dated),
        foreign_text: Some(serde_json::Value::Object(converted.foreign.clone()).to_string()),
        blueprint: converted.blueprint.clone(),
        blueprint_hash: blueprint_hash.unwrap_or_else(|| diwan_content::ContentHash::of(b"")),
    };
    let hash = content.hash();
    let based_on = localization.map(|found| found.head);
    Revision {
        entry: id,
        locale: converted.locale.clone(),
        number: based_on.map_or(RevisionNumber(1), RevisionNumber::next),
        content,
        hash,
        at: converted.updated_at.unwrap_or_else(|| tx.now()),
        author: author_of(ready),
        note: None,
        based_on,
        translates: origin.map(|origin| origin.number),
    }
}

fn title_text(cms: &Cms, ready: &Ready, origin: Option<&Revision>) -> Result<String, CmsError> {
    let blueprint = blueprint_of(cms.registry(), ready.converted.blueprint.as_str())?;
    let origin = origin.map(stored_data).transpose()?;
    Ok(title_of(&ready.collection, &resolve(blueprint, &ready.data, origin.as_ref())))
}

fn record_saved(tx: &mut WriteTx, ready: &Ready, revision: &Revision, new_entry: bool, is_update: bool) {
    let kind = match (new_entry, is_update) {
        (true, _) => EventKind::EntryCreated,
        (false, true) => EventKind::RevisionSaved,
        (false, false) => EventKind::LocalizationCreated,
    };
    let subject = EventSubject {
        entry: Some(revision.entry),
        locale: Some(revision.locale.clone()),
        revision: Some(revision.number),
        department: Some(ready.owner),
        content_hash: Some(revision.hash),
        ..EventSubject::default()
    };
    tx.record(&ready.permit, kind, subject);
}

async fn put_source(tx: &mut WriteTx, ready: &Ready, revision: &Revision) -> Result<(), CmsError> {
    let source = ImportSource {
        source: ready.source.clone(),
        entry: revision.entry,
        locale: revision.locale.clone(),
        revision: revision.number,
        source_hash: ready.converted.source_hash,
        source_bytes: ready.raw.as_bytes().to_vec(),
    };
    Ok(tx.put_import_source(&ready.permit, &source).await?)
}

/// Publishes what was just saved, with the original times; tells why it stays a draft where it cannot be public.
async fn publish_imported(
    cms: &Cms,
    tx: &mut WriteTx,
    ready: &Ready,
    revision: &Revision,
) -> Result<Option<String>, CmsError> {
    let locale: &Locale = &revision.locale;
    let localization = tx.find_localization(revision.entry, locale).await?;
    let localization = localization.ok_or_else(|| CmsError::internal("what was just saved is not there"))?;
    let item = PlanItem {
        entry: revision.entry,
        locale: locale.clone(),
        revision: revision.number,
        hash: revision.hash,
        version: localization.version,
        at: Pointer::root(),
        published_at: Some(revision.at),
        first_published_at: ready.converted.first_published_at,
    };
    let items = [item];
    let mut cache = RenderCache::default();
    let planner =
        Planner { queries: tx, cms, cache: &mut cache, rendering: Rendering::Allowed, locked: BTreeMap::new() };
    let plan = planner.plan(&items).await?;
    if !plan.faults.is_empty() {
        return Ok(Some(fault_lines(&plan.faults).join("; ")));
    }
    apply_plan(cms, tx, &plan, &items, std::slice::from_ref(&ready.permit), EventKind::Imported).await?;
    Ok(None)
}

fn note_line(note: &Note) -> String {
    match &note.key {
        Some(key) => format!("line {}: {key}: {}", note.line, note.what),
        None => format!("line {}: {}", note.line, note.what),
    }
}

fn fault_lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.text(Language::En))).collect()
}

impl ImportReport {
    /// How many files there were of each result, in the order of [`FileResult::WORDS`].
    pub fn counts(&self) -> [(&'static str, usize); 7] {
        FileResult::WORDS.map(|word| (word, self.files.iter().filter(|file| file.result.word() == word).count()))
    }
}

impl FileResult {
    /// The results, as reports name them.
    pub const WORDS: [&'static str; 7] =
        ["published", "draft", "updated", "unchanged", "conflict", "skipped", "broken"];

    /// The result, as reports name it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft(_) => "draft",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Conflict(_) => "conflict",
            Self::Skipped(_) => "skipped",
            Self::Broken(_) => "broken",
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for FileReport { file, result, notes } in &self.files {
            writeln!(f, "{:<10} {file}", result.word())?;
            match result {
                FileResult::Draft(why) | FileResult::Conflict(why) | FileResult::Skipped(why) => {
                    writeln!(f, "           {why}")?;
                }
                FileResult::Broken(problems) => {
                    for problem in problems {
                        writeln!(f, "           {problem}")?;
                    }
                }
                FileResult::Published | FileResult::Updated | FileResult::Unchanged => {}
            }
            for note in notes {
                writeln!(f, "           note: {note}")?;
            }
        }
        let counts: Vec<String> = self.counts().iter().map(|(word, count)| format!("{count} {word}")).collect();
        writeln!(f, "{}", counts.join(", "))
    }
}
