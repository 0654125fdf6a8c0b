//! Conditions of lists whose filters vary.

use diwan_content::{Scope, rights::Departments};
use sea_orm::{
    ColumnTrait, Value,
    sea_query::{Expr, ExprTrait as _, LikeExpr},
};

/// Longest text that is looked for, in bytes: SQLite takes no longer pattern, and no title is as long.
const MAX_PATTERN_BYTES: usize = 4_000;

/// Rows after a place in the ascending order of some columns.
pub(crate) fn after<C: ColumnTrait, const N: usize>(columns: [C; N], place: [Value; N]) -> Expr {
    tuple(columns).gt(Expr::tuple(place.map(Expr::val)))
}

/// Rows before a place in the ascending order of some columns.
pub(crate) fn before<C: ColumnTrait, const N: usize>(columns: [C; N], place: [Value; N]) -> Expr {
    tuple(columns).lt(Expr::tuple(place.map(Expr::val)))
}

/// A folded column that contains a folded text, whatever characters it holds.
pub(crate) fn contains(column: impl ColumnTrait, text: &str) -> Expr {
    if text.len() > MAX_PATTERN_BYTES {
        return column.is_in::<String, _>([]);
    }
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// Only what a scope may see, by the column of the owner; `None` where that is everything.
pub(crate) fn within(scope: &Scope, owner: impl ColumnTrait) -> Option<Expr> {
    match scope.departments() {
        Departments::All => None,
        Departments::Only(departments) => Some(owner.is_in(departments.iter().map(|department| department.0))),
    }
}

fn tuple<C: ColumnTrait, const N: usize>(columns: [C; N]) -> Expr {
    Expr::tuple(columns.map(|column| Expr::col(column.as_column_ref())))
}
