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
    /// What it is there, such as `statamic:<id>:<entry>:<locale>`.
    pub source: String,
    /// The name of its site; `None` for the one without a name.
    pub site: Option<String>,
    /// Where it was there, such as `collections/departments/x.md`; `None` in rows of older versions.
    pub place: Option<String>,
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

/// An imported file without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPlace {
    /// As in [`ImportSource`].
    pub source: String,
    /// As in [`ImportSource`].
    pub place: Option<String>,
    /// Which entry it became.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// Which revision it became last.
    pub revision: RevisionNumber,
}

#[derive(Debug, FromQueryResult)]
struct PlaceRow {
    source: String,
    place: Option<String>,
    entry: Uuid,
    locale: String,
    revision: i64,
}

#[derive(Debug, FromQueryResult)]
struct SourceRow {
    source: String,
    site: Option<String>,
    place: Option<String>,
    entry: Uuid,
    locale: String,
    revision: i64,
    source_hash: Vec<u8>,
    source_bytes: Vec<u8>,
}

const COLUMNS: &str = "source, site, place, entry, locale, revision, source_hash, source_bytes";

impl Queries {
    /// What was imported from there.
    pub async fn find_import_source(&self, source: &str) -> Result<Option<ImportSource>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM import_sources WHERE source = $1");
        self.connection.find::<SourceRow>(&sql, [source.into()]).await?.map(ImportSource::try_from).transpose()
    }

    /// Everything that was imported from a site, without the bytes.
    pub async fn imported_places(&self, site: Option<&str>) -> Result<Vec<ImportedPlace>, StoreError> {
        let sql = "SELECT source, place, entry, locale, revision FROM import_sources \
                   WHERE COALESCE(site, '') = $1 ORDER BY source";
        let rows = self.connection.list::<PlaceRow>(sql, [site.unwrap_or_default().into()]).await?;
        rows.into_iter().map(ImportedPlace::try_from).collect()
    }
}

impl WriteTx {
    /// Keeps what was imported, in place of what was imported from there before.
    pub async fn put_import_source(&mut self, permit: &Permit, source: &ImportSource) -> Result<(), StoreError> {
        check_action(permit, permits::IMPORTS, "keeping an imported file")?;
        let ImportSource { source, site, place, entry, locale, revision, source_hash, source_bytes } = source;
        let sql = format!(
            "INSERT INTO import_sources ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source) DO UPDATE \
             SET site = excluded.site, place = excluded.place, entry = excluded.entry, locale = excluded.locale, revision = excluded.revision, \
             source_hash = excluded.source_hash, source_bytes = excluded.source_bytes"
        );
        let values: [Value; 8] = [
            source.as_str().into(),
            site.clone().into(),
            place.clone().into(),
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
        let SourceRow { source, site, place, entry, locale, revision, source_hash, source_bytes } = row;
        Ok(Self {
            source,
            site,
            place,
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            revision: RevisionNumber(revision),
            source_hash: stored::hash(&source_hash)?,
            source_bytes,
        })
    }
}

impl TryFrom<PlaceRow> for ImportedPlace {
    type Error = StoreError;

    fn try_from(row: PlaceRow) -> Result<Self, StoreError> {
        let PlaceRow { source, place, entry, locale, revision } = row;
        let (entry, locale) = (EntryId(entry), stored::locale(&locale)?);
        Ok(Self { source, place, entry, locale, revision: RevisionNumber(revision) })
    }
}
