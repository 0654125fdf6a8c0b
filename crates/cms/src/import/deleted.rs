//! What was imported and is not there any more.

use std::collections::BTreeSet;

use diwan_statamic::place_of;
use diwan_store::{ImportedPlace, Queries};

use super::{FileResult, ImportReport, ImportStatamic};
use crate::{cms::Cms, error::CmsError};

impl Cms {
    /// Reports what was imported from the same folder and is not there any more, until somebody withdraws it here or puts it
    /// into the trash.
    pub(super) async fn report_deleted(
        &self,
        input: &ImportStatamic,
        scope: Option<&str>,
        places: &BTreeSet<String>,
        sources: &BTreeSet<&str>,
        report: &mut ImportReport,
    ) -> Result<(), CmsError> {
        let Some(scope) = scope else { return Ok(()) };
        let snapshot = self.store().snapshot().await?;
        let site = input.site.as_ref().map(|site| site.as_str());
        for imported in snapshot.imported_places(site).await? {
            if sources.contains(imported.source.as_str()) {
                continue;
            }
            let Some(place) = place_then(&snapshot, &imported).await? else { continue };
            if !place.starts_with(scope) || places.contains(&place) {
                continue;
            }
            let ImportedPlace { entry, locale, .. } = &imported;
            let is_in_trash = snapshot.find_entry(*entry).await?.is_none_or(|found| found.trashed_at.is_some());
            let here = snapshot.find_localization(*entry, locale).await?;
            let is_withdrawn = here.as_ref().is_none_or(|here| here.was_public && here.published.is_none());
            if is_in_trash || is_withdrawn {
                continue;
            }
            let state = match here.and_then(|here| here.published) {
                Some(public) => format!("revision {public} stays public here until somebody withdraws it"),
                None => "it stays a draft here".to_owned(),
            };
            let why = format!("it is not there any more; entry {entry} in {locale}: {state}");
            report.add(place, FileResult::DeletedThere(why), Vec::new());
        }
        Ok(())
    }
}

/// Where a file was; in rows of older versions their revision says so.
pub(super) async fn place_then(queries: &Queries, imported: &ImportedPlace) -> Result<Option<String>, CmsError> {
    let ImportedPlace { source: _, place, entry, locale, revision } = imported;
    if place.is_some() {
        return Ok(place.clone());
    }
    let revision = queries.find_revision(*entry, locale, *revision).await?;
    let foreign = revision.and_then(|revision| revision.content.foreign_text);
    let foreign: Option<serde_json::Value> = foreign.and_then(|text| serde_json::from_str(&text).ok());
    Ok(foreign.and_then(|foreign| foreign.pointer("/source/path")?.as_str().map(|path| place_of(path).to_owned())))
}
