//! From a file to what can be stored, and what is wrong with it before the database is asked.

use std::sync::Arc;

use diwan_content::{Blueprint, Collection, Data, DepartmentId, Owner, Permit, Pointer, Slug, Timestamp};
use diwan_statamic::{
    Conversion, Converted, DateBehavior, EntryFile, FoundFile, Note, choose_collection, convert, date_of_file,
    read_entry_file, read_found_file,
};

use super::{FileResult, ImportStatamic, fault_lines};
use crate::{
    cms::{Cms, blueprint_of},
    error::CmsError,
};

/// A file that was read and converted.
pub(super) struct ConvertedFile {
    pub(super) converted: Arc<Converted>,
    pub(super) collection: Arc<Collection>,
    pub(super) slug: Option<Slug>,
    /// What it is there; see [`diwan_store::ImportSource`].
    pub(super) source: String,
    /// The entry's date there.
    pub(super) date: Option<Timestamp>,
    pub(super) behavior: DateBehavior,
    place: String,
    raw: Arc<String>,
}

/// A file that is ready to be stored.
pub(super) struct Ready {
    pub(super) converted: Arc<Converted>,
    pub(super) collection: Arc<Collection>,
    pub(super) source: String,
    pub(super) site: Option<String>,
    pub(super) place: String,
    pub(super) raw: Arc<String>,
    pub(super) owner: DepartmentId,
    pub(super) above: DepartmentId,
    pub(super) permit: Permit,
    pub(super) data: Data,
    pub(super) slug: Slug,
    /// Why its date keeps it from being public there.
    pub(super) hidden: Option<String>,
}

impl Ready {
    /// Why it is not public there; `None` where it is.
    pub(super) fn why_not_public(&self) -> Option<&str> {
        if self.converted.published { self.hidden.as_deref() } else { Some("it is a draft there") }
    }
}

impl Cms {
    /// Reads a file and converts it for the blueprint of its collection.
    pub(super) async fn convert_found(
        &self,
        input: &ImportStatamic,
        found: &FoundFile,
    ) -> Result<ConvertedFile, FileResult> {
        let (cms, input, found) = (self.clone(), input.clone(), found.clone());
        let done = tokio::task::spawn_blocking(move || {
            let file = read(&found)?;
            let chosen = choose_collection(&file, cms.registry(), input.collection.as_deref());
            let (collection, blueprint) = chosen.map_err(|why| FileResult::Skipped(why.to_string()))?;
            let behavior = found.settings.as_deref().map_or(Ok(DateBehavior::default()), |settings| {
                DateBehavior::read(settings).map_err(|what| {
                    let line = format!("the settings of its collection, {}: {what}", settings.display());
                    FileResult::Broken(vec![line])
                })
            })?;
            Ok(converted_file(&cms, &input, &file, collection, blueprint, behavior))
        });
        done.await.unwrap_or_else(|error| Err(FileResult::Broken(vec![error.to_string()])))
    }

    /// Everything that can be wrong with a file before the database is asked.
    pub(super) fn ready_to_import(
        &self,
        permit: &Permit,
        input: &ImportStatamic,
        file: ConvertedFile,
        date_of_origin: Option<Timestamp>,
    ) -> Result<Result<Ready, Vec<String>>, CmsError> {
        let ConvertedFile { converted, collection, slug, source, date, behavior, place, raw } = file;
        let hidden = date.or(date_of_origin).and_then(|date| behavior.why_hidden(date, self.now()));
        let mut problems = Vec::new();
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
        let at = Pointer::root().key("data");
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
        let Some(slug) = slug.filter(|_| problems.is_empty()) else {
            if problems.is_empty() {
                problems.push("neither the file's name nor its title leaves anything of a slug".to_owned());
            }
            return Ok(Err(problems));
        };
        let (site, permit) = (input.site.as_ref().map(ToString::to_string), permit.clone());
        Ok(Ok(Ready { converted, collection, source, site, place, raw, owner, above, permit, data, slug, hidden }))
    }
}

fn read(found: &FoundFile) -> Result<EntryFile, FileResult> {
    let bytes = read_found_file(found).map_err(|why| FileResult::Skipped(why.to_string()))?;
    read_entry_file(&found.relative, &bytes).map_err(|problems| {
        FileResult::Broken(problems.iter().map(|problem| format!("line {}: {}", problem.line, problem.what)).collect())
    })
}

fn converted_file(
    cms: &Cms,
    input: &ImportStatamic,
    file: &EntryFile,
    collection: &Arc<Collection>,
    blueprint: &Blueprint,
    behavior: DateBehavior,
) -> ConvertedFile {
    let time_zone = input.time_zone.as_ref().unwrap_or(cms.time_zone());
    let conversion = Conversion { site: input.site.as_ref(), ..Conversion::new(time_zone) };
    let converted = convert(file, collection, blueprint, &conversion);
    let title = converted.values.get(collection.title_field.as_str()).and_then(serde_json::Value::as_str);
    let slug = converted.slug.clone().or_else(|| Slug::from_title(title.unwrap_or_default(), collection.slugs));
    let slug = slug.map(|slug| converted.suffix.map_or(slug.clone(), |number| slug.numbered(number)));
    let entry = converted.origin.unwrap_or(converted.entry);
    // Without a name as in older versions, whose records are compared.
    let system = input.site.as_ref().map_or("statamic".to_owned(), |site| format!("statamic@{site}"));
    let source = format!("{system}:{}:{entry}:{}", converted.foreign_id, converted.locale);
    ConvertedFile {
        converted: Arc::new(converted),
        collection: collection.clone(),
        slug,
        source,
        date: date_of_file(file, time_zone),
        behavior,
        place: file.place().to_owned(),
        raw: Arc::new(file.raw.clone()),
    }
}

/// Notes as reports have them.
pub(super) fn note_lines(notes: &[Note]) -> Vec<String> {
    let line = |note: &Note| match &note.key {
        Some(key) => format!("line {}: {key}: {}", note.line, note.what),
        None => format!("line {}: {}", note.line, note.what),
    };
    notes.iter().map(line).collect()
}
