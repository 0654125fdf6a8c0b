//! Import of entry files from a Statamic site: ids, authors, times, unknown keys and exact bytes are kept.
//!
//! All files are looked at first, so that two that claim one id or one address are noticed. Then each is one transaction.
//! Running it again changes nothing; what was edited here since is never overwritten; a broken file is reported and does
//! not stop the rest; what was deleted there is reported and left alone.

mod candidates;
mod deleted;
mod ready;
mod report;
mod store;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use diwan_content::{
    Actor, DepartmentId, EntryId, Fault, Handle, Language, Permit, Pointer, TimeZone, Timestamp,
    rights::{Action, Hierarchy},
};
use diwan_statamic::{Found, find_entry_files, place_of};
use serde::{Deserialize, Serialize};

use self::{
    candidates::{Candidate, clashes},
    ready::{ConvertedFile, note_lines},
};
use crate::{
    cms::Cms,
    error::CmsError,
    frame::{WriteContext, retry},
};

pub use self::report::{FileReport, FileResult, ImportReport};

/// What to import and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportStatamic {
    /// A site, its `content` or `collections` folder, a collection's folder, or one file.
    pub folder: PathBuf,
    /// The name of the site, where several are imported: ids that are no UUID (such as `home`) belong to their site. The
    /// same name at each import of a site; absent for a site without a name.
    pub site: Option<Handle>,
    /// The site's time zone, which its content does not name; absent: that of the installation.
    pub time_zone: Option<TimeZone>,
    /// Collection of files whose place does not tell it.
    pub collection: Option<String>,
    /// Owner of entries in collections with `owner: required`; for departments, the department above.
    pub department: Option<DepartmentId>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// Files that are done with.
    pub done: usize,
    /// All files.
    pub all: usize,
}

impl Cms {
    /// Imports the entry files of a site, and tells after each how far it is.
    ///
    /// # Errors
    /// Not allowed; the folder cannot be read at all; the database fails. What is wrong with a file is in the report.
    pub async fn import_statamic(
        &self,
        ctx: &WriteContext,
        input: ImportStatamic,
        progress: impl Fn(ImportProgress) + Send + Sync,
    ) -> Result<ImportReport, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let permit = permit_import(&ctx.actor, &hierarchy)?;
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
        let places: BTreeSet<String> = places(&found);
        let (entries, scope) = (found.entries, found.scope);
        for skipped in found.skipped {
            report.add(skipped.relative, skipped.why.into(), Vec::new());
        }
        let (mut candidates, mut dates) = (Vec::new(), BTreeMap::new());
        for file in entries {
            match self.convert_found(&input, &file).await {
                Err(result) => report.add(file.relative, result, Vec::new()),
                Ok(ConvertedFile { converted, collection, slug, source, date, .. }) => {
                    if let (None, Some(date)) = (converted.origin, date) {
                        dates.insert(converted.entry, date);
                    }
                    candidates.push(Candidate::new(file, &converted, &collection, slug.as_ref(), source));
                }
            }
        }
        for (at, result) in clashes(&candidates) {
            report.add(candidates[at].file.relative.clone(), result, Vec::new());
        }
        let clashing = report.names();
        let all = report.files.len() + candidates.iter().filter(|file| !clashing.contains(&file.file.relative)).count();
        // What localizes another entry comes after all that do not.
        candidates.sort_by_key(|candidate| candidate.origin.is_some());
        for candidate in candidates.iter().filter(|candidate| !clashing.contains(&candidate.file.relative)) {
            let (result, notes) = self.import_file(&permit, &input, candidate, &dates).await?;
            report.add(candidate.file.relative.clone(), result, notes);
            progress(ImportProgress { done: report.files.len(), all });
        }
        let sources = candidates.iter().map(|candidate| candidate.source.as_str()).collect();
        self.report_deleted(&input, scope.as_deref(), &places, &sources, &mut report).await?;
        report.files.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(report)
    }

    async fn import_file(
        &self,
        permit: &Permit,
        input: &ImportStatamic,
        candidate: &Candidate,
        dates: &BTreeMap<EntryId, Timestamp>,
    ) -> Result<(FileResult, Vec<String>), CmsError> {
        let file = match self.convert_found(input, &candidate.file).await {
            Ok(file) if file.converted.source_hash == candidate.hash => file,
            Ok(_) => {
                let why = "was changed while the import read it: import it again".to_owned();
                return Ok((FileResult::Broken(vec![why]), Vec::new()));
            }
            Err(result) => return Ok((result, Vec::new())),
        };
        let notes = note_lines(&file.converted.notes);
        let date_of_origin = candidate.origin.and_then(|origin| dates.get(&origin).copied());
        let ready = match self.ready_to_import(permit, input, file, date_of_origin)? {
            Ok(ready) => ready,
            Err(problems) => return Ok((FileResult::Broken(problems), notes)),
        };
        match retry(|| self.store_file_once(&ready)).await {
            Ok(stored) => Ok((stored.into(), notes)),
            Err(CmsError::Faults(faults)) => Ok((FileResult::Broken(fault_lines(&faults)), notes)),
            Err(error) => Err(error),
        }
    }
}

/// The places of all files, of those too that are no entries.
fn places(found: &Found) -> BTreeSet<String> {
    let entries = found.entries.iter().map(|file| &file.relative);
    let skipped = found.skipped.iter().map(|file| &file.relative);
    entries.chain(skipped).map(|name| place_of(name).to_owned()).collect()
}

/// An import is about no entry that could be hidden: who may not do it is told so.
fn permit_import(actor: &Actor, hierarchy: &Hierarchy) -> Result<Permit, CmsError> {
    let permit = actor.permit(Action::Import, DepartmentId::MINISTRY, hierarchy);
    permit.map_err(|_| CmsError::Forbidden(Action::Import))
}

fn fault_lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.text(Language::En))).collect()
}
