//! Folded paths of publications that were stored before there was a column for them.

use diwan_content::{EntryId, FoldedPath, Locale, Permit, PublicPath};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::publications::{ActiveModel, Column, Entity},
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

impl Queries {
    /// Paths whose folded form is missing, each once; none where all are there.
    pub async fn unfolded_paths(&self, limit: u32) -> Result<Vec<UnfoldedPath>, StoreError> {
        let rows = Entity::find()
            .select_only()
            .columns([Column::Entry, Column::Locale, Column::Path])
            .distinct()
            .filter(Column::FoldedPath.is_null())
            .filter(Column::Path.is_not_null())
            .limit(stored::bounded(limit))
            .into_tuple::<(Uuid, String, String)>()
            .all(&self.connection)
            .await?;
        let read = |(entry, locale, path): (Uuid, String, String)| {
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
        Entity::update_many()
            .set(ActiveModel { folded_path: Set(Some(folded.as_str().to_owned())), ..Default::default() })
            .filter(Column::Entry.eq(entry.0))
            .filter(Column::Locale.eq(locale.as_str()))
            .filter(Column::Path.eq(path.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }
}
