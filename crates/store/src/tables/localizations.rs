//! An entry in one locale, with its head and the revision that is public.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "localizations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    pub(crate) head: i64,
    pub(crate) published: Option<i64>,
    pub(crate) version: i64,
    pub(crate) was_public: bool,
    pub(crate) title: String,
    pub(crate) title_folded: String,
    pub(crate) changed_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::entries::Entity", from = "Column::Entry", to = "super::entries::Column::Id")]
    Entry,
    /// The newest revision.
    #[sea_orm(
        belongs_to = "super::revisions::Entity",
        from = "(Column::Entry, Column::Locale, Column::Head)",
        to = "(super::revisions::Column::Entry, super::revisions::Column::Locale, super::revisions::Column::Number)"
    )]
    Head,
    /// What is public now.
    #[sea_orm(
        belongs_to = "super::publications::Entity",
        from = "(Column::Entry, Column::Locale)",
        to = "(super::publications::Column::Entry, super::publications::Column::Locale)",
        on_condition = "super::publications::is_live()"
    )]
    Live,
}

impl Related<super::entries::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Entry.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
