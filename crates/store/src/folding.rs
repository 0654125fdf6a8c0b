//! Folded paths of publications that were stored before there was a column for them.

use diwan_content::{EntryId, FoldedPath, Locale, Permit, PublicPath};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
};

/// A publication whose path is not stored in its folded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfoldedPath {
    /// Of which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// The path as it is shown.
    pub path: PublicPath,
}

#[derive(Debug, FromQueryResult)]
struct UnfoldedRow {
    entry: Uuid,
    locale: String,
    path: String,
}

impl Queries {
    /// Paths whose folded form is missing, each once; none where all are there.
    pub async fn unfolded_paths(&self, limit: u32) -> Result<Vec<UnfoldedPath>, StoreError> {
        let sql = "SELECT DISTINCT entry, locale, path FROM publications \
                   WHERE folded_path IS NULL AND path IS NOT NULL LIMIT $1";
        let rows: Vec<UnfoldedRow> = self.connection.list(sql, [stored::bounded(limit).into()]).await?;
        let read = |UnfoldedRow { entry, locale, path }| {
            let (locale, path) = (stored::locale(&locale)?, PublicPath::from_stored(path));
            Ok(UnfoldedPath { entry: EntryId(entry), locale, path })
        };
        rows.into_iter().map(read).collect()
    }
}

impl WriteTx {
    /// Stores the folded form of a path with all publications of a localization there.
    pub async fn set_folded_path(
        &mut self,
        permit: &Permit,
        unfolded: &UnfoldedPath,
        folded: &FoldedPath,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "folding a path")?;
        let UnfoldedPath { entry, locale, path } = unfolded;
        let sql = "UPDATE publications SET folded_path = $4 WHERE entry = $1 AND locale = $2 AND path = $3";
        let values: [Value; 4] = [entry.0.into(), locale.as_str().into(), path.as_str().into(), folded.as_str().into()];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}
