//! What published localizations refer to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "published_references")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) field: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) target_kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) target: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    /// The target, where it is an asset.
    #[sea_orm(belongs_to = "super::assets::Entity", from = "Column::Target", to = "super::assets::Column::Id")]
    Asset,
    /// The entry that refers to something.
    #[sea_orm(belongs_to = "super::entries::Entity", from = "Column::Entry", to = "super::entries::Column::Id")]
    Entry,
    #[sea_orm(
        belongs_to = "super::localizations::Entity",
        from = "(Column::Entry, Column::Locale)",
        to = "(super::localizations::Column::Entry, super::localizations::Column::Locale)"
    )]
    Localization,
    /// What is public now of that localization.
    #[sea_orm(
        belongs_to = "super::publications::Entity",
        from = "(Column::Entry, Column::Locale)",
        to = "(super::publications::Column::Entry, super::publications::Column::Locale)",
        on_condition = "super::publications::is_live()"
    )]
    Live,
}

impl ActiveModelBehavior for ActiveModel {}
