//! What was granted to users, and by whom.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) person: Uuid,
    pub(crate) role: String,
    pub(crate) department: Uuid,
    pub(crate) collections: Option<String>,
    pub(crate) locales: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) granted_at: i64,
    pub(crate) granted_by: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
