//! What imported localizations were read from.

use diwan_content::{ContentHash, EntryId, Locale, Permit, RevisionNumber};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
};

/// The file that a localization came from, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    /// Where it stood, such as `statamic:<site>:collections/departments/x.md`.
    pub source: String,
    /// Which entry it became.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// Which revision it became last.
    pub revision: RevisionNumber,
    /// Hash of the bytes.
    pub source_hash: ContentHash,
    /// The bytes.
    pub source_bytes: Vec<u8>,
}

#[derive(Debug, FromQueryResult)]
struct SourceRow {
    source: String,
    entry: Uuid,
    locale: String,
    revision: i64,
    source_hash: Vec<u8>,
    source_bytes: Vec<u8>,
}

const COLUMNS: &str = "source, entry, locale, revision, source_hash, source_bytes";

impl Queries {
    /// What was imported from there.
    pub async fn find_import_source(&self, source: &str) -> Result<Option<ImportSource>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM import_sources WHERE source = $1");
        self.connection.find::<SourceRow>(&sql, [source.into()]).await?.map(ImportSource::try_from).transpose()
    }
}

impl WriteTx {
    /// Keeps what was imported, in place of what was imported from there before.
    pub async fn put_import_source(&mut self, permit: &Permit, source: &ImportSource) -> Result<(), StoreError> {
        check_action(permit, permits::IMPORTS, "keeping an imported file")?;
        let ImportSource { source, entry, locale, revision, source_hash, source_bytes } = source;
        let sql = format!(
            "INSERT INTO import_sources ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (source) DO UPDATE \
             SET entry = excluded.entry, locale = excluded.locale, revision = excluded.revision, \
             source_hash = excluded.source_hash, source_bytes = excluded.source_bytes"
        );
        let values: [Value; 6] = [
            source.as_str().into(),
            entry.0.into(),
            locale.as_str().into(),
            revision.0.into(),
            source_hash.as_bytes().to_vec().into(),
            source_bytes.clone().into(),
        ];
        self.connection.run(&sql, values).await?;
        Ok(())
    }
}

impl TryFrom<SourceRow> for ImportSource {
    type Error = StoreError;

    fn try_from(row: SourceRow) -> Result<Self, StoreError> {
        let SourceRow { source, entry, locale, revision, source_hash, source_bytes } = row;
        Ok(Self {
            source,
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            revision: RevisionNumber(revision),
            source_hash: stored::hash(&source_hash)?,
            source_bytes,
        })
    }
}
