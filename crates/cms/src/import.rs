//! Import of entry files from a Statamic site: ids, authors, times, unknown keys and exact bytes are kept.
//!
//! Each file is one transaction. Running it again changes nothing; what was edited here since is a conflict, never
//! overwritten; a broken file is reported and does not stop the rest.

mod report;
mod store;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use diwan_content::{
    Actor, Collection, Data, DepartmentId, Fault, Language, Owner, Permit, Pointer, Slug,
    rights::{Action, Hierarchy},
};
use diwan_statamic::{
    Conversion, Converted, EntryFile, FoundFile, Note, TimeZone, choose_collection, convert, find_entry_files,
    read_entry_file, read_found_file,
};

use self::store::store_file;
use crate::{
    cms::Cms,
    context::WriteContext,
    error::CmsError,
    frame::until_done,
    publishing::{blueprint_of, data_pointer},
};

pub use self::report::{FileReport, FileResult, ImportReport};

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
        let role = collection.role(&converted.locale);
        let at = data_pointer(&Pointer::root());
        let (data, faults) = blueprint.read_keeping(&converted.values, &role, &at, Some(&converted.base()));
        problems.extend(fault_lines(&faults));
        if !role.is_origin() && converted.origin.is_none() {
            problems.push(format!(
                "is in {} alone: entries of {} start in {}, so it needs an `origin`, or a collection whose first locale is {}",
                converted.locale,
                collection.handle,
                collection.origin(),
                converted.locale
            ));
        }
        let title = converted.values.get(collection.title_field.as_str()).and_then(serde_json::Value::as_str);
        let slug = converted.slug.clone().or_else(|| Slug::from_title(title.unwrap_or_default(), collection.slugs));
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
    permit.map_err(|_| CmsError::Forbidden(Action::Import))
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

fn note_line(note: &Note) -> String {
    match &note.key {
        Some(key) => format!("line {}: {key}: {}", note.line, note.what),
        None => format!("line {}: {}", note.line, note.what),
    }
}

fn fault_lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.text(Language::En))).collect()
}
