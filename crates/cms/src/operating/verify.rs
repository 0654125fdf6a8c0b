//! Looks for damage in everything that is stored, while the server may go on.

use std::{collections::BTreeSet, error::Error as _};

use diwan_assets::BlobHash;
use diwan_content::{Collection, ContentHash, EntryId, Locale, Sequence};
use diwan_store::{CheckedRevision, KeptBlueprint, Live, PathKind, Queries};

use crate::{
    backup::{Damage, DamagedBlob},
    cms::Cms,
    error::CmsError,
    opening::{CURSOR_SECRET, FOLD_SETTING, TAG_SECRET, read_secret},
};

/// Rows that are looked at on one view of the database.
const BATCH: u32 = 200;
/// Revisions of one view, each of which may have megabytes.
const REVISIONS_BATCH: u32 = 50;
/// Events of one view that are compared with the revisions they name.
const EVENTS_BATCH: i64 = 10_000;
/// Wrong things that are named; more are only counted.
const NAMED_MAX: usize = 100;

/// What was looked at and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Events of the log.
    pub events: i64,
    /// The first event that does not follow from the one before.
    pub broken_chain: Option<Sequence>,
    /// Blobs.
    pub blobs: u64,
    /// Blobs that are not as they were stored.
    pub damaged_blobs: Vec<DamagedBlob>,
    /// Revisions whose content was compared with its hash and with the event of its saving.
    pub revisions: u64,
    /// Triggers by which the database refuses changes that are missing, switched off or not as they were made.
    pub faulty_guards: Vec<String>,
    /// Publications whose paths and keys of lists were compared.
    pub publications: u64,
    /// Keys of some lists were not compared: the schemas have changed since they were made, and the next start makes them again.
    pub lists_outdated: bool,
    /// What is wrong with revisions, paths and keys of lists, and what cannot be read at all: the first hundred.
    pub mismatches: Vec<String>,
    /// How many of those there are.
    pub mismatch_count: u64,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.broken_chain.is_none()
            && self.damaged_blobs.is_empty()
            && self.mismatch_count == 0
            && self.faulty_guards.is_empty()
    }

    /// What was read; nothing where it cannot be read, which is one more thing that is wrong.
    fn read<T>(&mut self, what: &str, read: Result<T, CmsError>) -> Result<Option<T>, CmsError> {
        match read {
            Ok(found) => Ok(Some(found)),
            Err(error) if matches!(error, CmsError::Damaged { .. } | CmsError::Internal { .. }) => {
                let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                self.mismatch(format!("{what} cannot be read: {why}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn mismatch(&mut self, what: String) {
        self.mismatch_count += 1;
        if self.mismatches.len() < NAMED_MAX {
            self.mismatches.push(what);
        }
    }
}

impl Cms {
    /// Checks the chain of events, the content of all revisions, the bytes of all blobs, the paths and keys of lists of all
    /// that is public, and whether the database still refuses to change what never changes. What cannot be read is named, and
    /// the rest looked at.
    ///
    /// # Errors
    /// When the database fails; damage is no error.
    pub async fn verify(&self) -> Result<VerifyReport, CmsError> {
        let mut report = VerifyReport::default();
        let events = self.last_sequence().await;
        report.events = report.read("the number of events", events)?.map_or(0, |last| last.0);
        let chain = self.verify_events().await;
        report.broken_chain = report.read("the chain of events", chain)?.flatten().map(|broken| broken.sequence);
        let guards = self.faulty_guards().await;
        report.faulty_guards = report.read("the triggers", guards)?.unwrap_or_default();
        self.verify_settings(&mut report).await?;
        let done = self.verify_blueprints(&mut report).await;
        report.read("the blueprints that data was written under", done)?;
        let done = self.verify_revisions(&mut report).await;
        report.read(&format!("what follows the first {} revisions", report.revisions), done)?;
        let done = self.verify_saved(&mut report).await;
        report.read("what was saved, as the events say", done)?;
        let done = self.verify_blobs(&mut report).await;
        report.read(&format!("what follows the first {} files", report.blobs), done)?;
        for collection in self.registry().collections() {
            let done = self.verify_collection(collection, &mut report).await;
            report.read(&format!("publications of {}", collection.handle), done)?;
        }
        let left = self.rows_of_nothing().await;
        for left in report.read("the paths and lists", left)?.unwrap_or_default() {
            report.mismatch(left);
        }
        Ok(report)
    }

    async fn rows_of_nothing(&self) -> Result<Vec<String>, CmsError> {
        Ok(self.store().snapshot().await?.rows_of_nothing(BATCH).await?)
    }

    async fn verify_settings(&self, report: &mut VerifyReport) -> Result<(), CmsError> {
        let snapshot = self.store().snapshot().await?;
        for name in [CURSOR_SECRET, TAG_SECRET, FOLD_SETTING] {
            let found = snapshot.find_setting(name).await.map_err(CmsError::from);
            let found = report.read(&format!("the setting {name}"), found)?.flatten();
            if found.is_some_and(|stored| name != FOLD_SETTING && read_secret(&stored).is_err()) {
                report.mismatch(format!("the setting {name} is no secret"));
            }
        }
        Ok(())
    }

    async fn verify_blueprints(&self, report: &mut VerifyReport) -> Result<(), CmsError> {
        for KeptBlueprint { hash, handle, text } in self.store().snapshot().await?.kept_blueprints().await? {
            report.read(&format!("the text {hash} of the blueprint {handle}"), text.map_err(CmsError::from))?;
        }
        Ok(())
    }

    /// The triggers by which the database refuses changes that are missing or switched off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn faulty_guards(&self) -> Result<Vec<String>, CmsError> {
        Ok(self.store().faulty_guards().await?)
    }

    async fn verify_revisions(&self, report: &mut VerifyReport) -> Result<(), CmsError> {
        let mut after: Option<CheckedRevision> = None;
        loop {
            let checked = self.store().snapshot().await?.check_revisions(after.as_ref(), REVISIONS_BATCH).await?;
            let Some(last) = checked.last() else { break };
            after = Some(last.clone());
            report.revisions += checked.len() as u64;
            for CheckedRevision { entry, locale, number, .. } in checked.iter().filter(|checked| !checked.is_sound) {
                report.mismatch(format!("revision {number} of {entry} in {locale} is not as it was saved"));
            }
        }
        Ok(())
    }

    /// Compares the revisions with the events of their saving.
    async fn verify_saved(&self, report: &mut VerifyReport) -> Result<(), CmsError> {
        let mut after = Sequence(0);
        while after.0 < report.events {
            let up_to = Sequence(report.events.min(after.0 + EVENTS_BATCH));
            for unlike in self.store().snapshot().await?.revisions_unlike_events(after, up_to, BATCH).await? {
                report.mismatch(unlike);
            }
            after = up_to;
        }
        Ok(())
    }

    async fn verify_collection(&self, collection: &Collection, report: &mut VerifyReport) -> Result<(), CmsError> {
        let current = self.lists_are_current(&*self.store().snapshot().await?, collection).await?;
        report.lists_outdated |= !current;
        let mut after: Option<(EntryId, Locale)> = None;
        loop {
            let snapshot = self.store().snapshot().await?;
            let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
            let mut lives = snapshot.live_in_collection(&collection.handle, from, BATCH).await?;
            self.bring_to_today(&snapshot, &mut lives).await?;
            let Some(last) = lives.last() else { return Ok(()) };
            after = Some((last.entry, last.locale.clone()));
            for live in &lives {
                self.verify_live(&snapshot, live, current, report).await?;
            }
        }
    }

    async fn verify_blobs(&self, report: &mut VerifyReport) -> Result<(), CmsError> {
        let mut after: Option<ContentHash> = None;
        loop {
            let hashes = self.store().snapshot().await?.blob_hashes(after.as_ref(), BATCH).await?;
            let Some(last) = hashes.last() else { return Ok(()) };
            after = Some(*last);
            for hash in hashes {
                report.blobs += 1;
                if let Err(error) = self.parts().blobs.verify(&BlobHash::from_digest(*hash.as_bytes())).await {
                    report.damaged_blobs.push(DamagedBlob { hash, damage: Damage::of(&error) });
                }
            }
        }
    }

    async fn verify_live(
        &self,
        queries: &Queries,
        live: &Live,
        lists_current: bool,
        report: &mut VerifyReport,
    ) -> Result<(), CmsError> {
        report.publications += 1;
        let name = format!("{} {} in {}", live.collection, live.entry, live.locale);
        if let Some(path) = &live.path {
            let row = queries.find_path(&live.locale, &path.folded()).await?;
            let leads =
                row.is_some_and(|row| row.kind == PathKind::Live && row.entry == Some(live.entry) && row.path == *path);
            if !leads {
                report.mismatch(format!("{name}: its path {path} does not lead to it"));
            }
        }
        if !lists_current {
            return Ok(());
        }
        match self.keys_of(live, live.department) {
            Ok(expected) => {
                let stored = queries.stored_keys(live.entry, &live.locale).await?;
                // Each key once, as they are stored.
                let expected: BTreeSet<(String, Vec<u8>)> = expected.into_iter().collect();
                if expected != stored.into_iter().collect() {
                    report.mismatch(format!("{name}: its places in lists are wrong"));
                }
            }
            Err(error) => report.mismatch(format!("{name}: {error}")),
        }
        Ok(())
    }
}
