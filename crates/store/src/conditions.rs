//! Conditions of lists whose filters vary.

use crate::connection::placeholders;
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

/// Conditions and the values that they bind, in step.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    texts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    /// `text $n`.
    pub(crate) fn add(&mut self, text: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.texts.push(format!("{text} ${}", self.values.len()));
    }

    pub(crate) fn add_text(&mut self, text: &str) {
        self.texts.push(text.to_owned());
    }

    /// Row values below a place.
    pub(crate) fn below<const N: usize>(&mut self, columns: &str, place: [Value; N]) {
        self.texts.push(format!("{columns} < ({})", placeholders(self.values.len() + 1, N)));
        self.values.extend(place);
    }

    /// `(first (values) OR second (values) …)`, each with as many closing brackets as it opens.
    pub(crate) fn add_any_of(&mut self, texts: &[&str], values: Vec<Value>) {
        if values.is_empty() {
            return self.add_text("1 = 0");
        }
        let list = placeholders(self.values.len() + 1, values.len());
        let close = |text: &str| ")".repeat(text.matches('(').count());
        let texts: Vec<String> = texts.iter().map(|text| format!("{text} ({list}){}", close(text))).collect();
        self.texts.push(format!("({})", texts.join(" OR ")));
        self.values.extend(values);
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn sql(&self) -> String {
        if self.texts.is_empty() { String::new() } else { format!("WHERE {}", self.texts.join(" AND ")) }
    }
}
