//! Conditions of lists whose filters vary.

use diwan_content::{
    Scope,
    rights::{Departments, ScopePart},
};
use sea_orm::{
    ColumnTrait, Condition, Value,
    sea_query::{Expr, ExprTrait as _, LikeExpr},
};

use crate::tables::entries;

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

/// Only what a scope may see that is no entry, by the column of the owner; `None` where that is everything.
pub(crate) fn within(scope: &Scope, owner: impl ColumnTrait) -> Option<Expr> {
    of_departments(&scope.departments(), owner)
}

/// Only entries that a scope may see; `None` where those are all.
pub(crate) fn entries_within(scope: &Scope) -> Option<Condition> {
    let mut any = Condition::any();
    for ScopePart { departments, collections } in scope.parts() {
        let owners = of_departments(departments, entries::Column::Department);
        let collections = collections.as_ref().map(|collections| {
            entries::Column::Collection.is_in(collections.iter().map(|collection| collection.as_str()))
        });
        if owners.is_none() && collections.is_none() {
            return None;
        }
        any = any.add(Condition::all().add_option(owners).add_option(collections));
    }
    Some(any)
}

fn of_departments(departments: &Departments, owner: impl ColumnTrait) -> Option<Expr> {
    match departments {
        Departments::All => None,
        Departments::Only(departments) => Some(owner.is_in(departments.iter().map(|department| department.0))),
    }
}

fn tuple<C: ColumnTrait, const N: usize>(columns: [C; N]) -> Expr {
    Expr::tuple(columns.map(|column| Expr::col(column.as_column_ref())))
}
