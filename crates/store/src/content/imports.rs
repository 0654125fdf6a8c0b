//! What imported localizations were read from.

use diwan_content::{ContentHash, EntryId, Locale, Permit, RevisionNumber};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, Iterable as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
    sea_query::{ExprTrait as _, OnConflict},
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::import_sources::{ActiveModel, Column, Entity, Model},
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

impl Queries {
    /// What was imported from there.
    pub async fn find_import_source(&self, source: &str) -> Result<Option<ImportSource>, StoreError> {
        let row = Entity::find_by_id(source).one(&self.connection).await?;
        row.map(ImportSource::try_from).transpose()
    }

    /// Everything that was imported from a site, without the bytes.
    pub async fn imported_places(&self, site: Option<&str>) -> Result<Vec<ImportedPlace>, StoreError> {
        let rows = Entity::find()
            .select_only()
            .columns([Column::Source, Column::Place, Column::Entry, Column::Locale, Column::Revision])
            .filter(Column::Site.if_null("").eq(site.unwrap_or_default()))
            .order_by_asc(Column::Source)
            .into_model::<PlaceRow>()
            .all(&self.connection)
            .await?;
        rows.into_iter().map(ImportedPlace::try_from).collect()
    }
}

impl WriteTx {
    /// Keeps what was imported, in place of what was imported from there before.
    pub async fn put_import_source(&mut self, permit: &Permit, source: &ImportSource) -> Result<(), StoreError> {
        check_action(permit, permits::IMPORTS, "keeping an imported file")?;
        let replace = OnConflict::column(Column::Source)
            .update_columns(Column::iter().filter(|column| !matches!(column, Column::Source)))
            .to_owned();
        Entity::insert(ActiveModel::from(source)).on_conflict(replace).exec_without_returning(&self.connection).await?;
        Ok(())
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

impl From<&ImportSource> for ActiveModel {
    fn from(imported: &ImportSource) -> Self {
        let ImportSource { source, site, place, entry, locale, revision, source_hash, source_bytes } = imported;
        Self {
            source: Set(source.clone()),
            entry: Set(entry.0),
            locale: Set(locale.to_string()),
            revision: Set(revision.0),
            source_hash: Set((*source_hash).into()),
            source_bytes: Set(source_bytes.clone()),
            site: Set(site.clone()),
            place: Set(place.clone()),
        }
    }
}

impl TryFrom<Model> for ImportSource {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { source, entry, locale, revision, source_hash, source_bytes, site, place } = row;
        Ok(Self {
            source,
            site,
            place,
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            revision: RevisionNumber(revision),
            source_hash: source_hash.try_into()?,
            source_bytes,
        })
    }
}
