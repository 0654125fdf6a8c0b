//! What is at a public path of a locale.

use diwan_content::{EntryId, FoldedPath, PublicPath};
use sea_orm::entity::prelude::*;

use crate::{
    error::StoreError,
    public::paths::{PathKind, PathRow},
    stored,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paths")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) folded: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) entry: Option<Uuid>,
    pub(crate) since_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for PathRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { locale, folded, path, kind, entry, since_at } = row;
        Ok(Self {
            locale: stored::locale(&locale)?,
            path: PublicPath::from_stored(path),
            folded: FoldedPath::from_stored(folded),
            kind: PathKind::from_stored(&kind).ok_or_else(|| stored::damaged("kind of path", &kind))?,
            entry: entry.map(EntryId),
            since: stored::time(since_at)?,
        })
    }
}
