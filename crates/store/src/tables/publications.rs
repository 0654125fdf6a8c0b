//! Spans of time in which a revision was public, or answered as gone, moved or never there.

use sea_orm::{Condition, entity::prelude::*, sea_query::ExprTrait as _};

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publications")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) from_sequence: i64,
    pub(crate) from_at: i64,
    pub(crate) to_sequence: Option<i64>,
    pub(crate) to_at: Option<i64>,
    pub(crate) kind: String,
    pub(crate) redirect_to: Option<Uuid>,
    pub(crate) collection: String,
    pub(crate) blueprint: String,
    pub(crate) department: Uuid,
    pub(crate) revision: i64,
    pub(crate) origin_revision: i64,
    pub(crate) slug: String,
    pub(crate) path: Option<String>,
    pub(crate) parent: Option<Uuid>,
    pub(crate) rank: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) title: String,
    pub(crate) data_hash: Hash,
    pub(crate) first_published_at: i64,
    pub(crate) published_at: i64,
    pub(crate) folded_path: Option<String>,
    pub(crate) presented_under: Option<Hash>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Condition on spans that are public now. The kind is part of the text, not a value: only so are the indexes of what is
/// live used.
pub(crate) fn is_live() -> Condition {
    let kind = Column::Kind.into_expr().eq(Expr::cust("'live'"));
    Condition::all().add(Column::ToSequence.is_null()).add(kind)
}
