//! Files that imported localizations were read from.

use diwan_content::{EntryId, RevisionNumber};
use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{content::imports::ImportSource, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_sources")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    pub(crate) entry: Uuid,
    pub(crate) locale: String,
    pub(crate) revision: i64,
    pub(crate) source_hash: Hash,
    pub(crate) source_bytes: Vec<u8>,
    pub(crate) site: Option<String>,
    pub(crate) place: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
