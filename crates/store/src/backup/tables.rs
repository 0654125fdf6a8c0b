//! Which tables a backup holds, in an order in which they can be read back. Their columns are those of the entities; a
//! test compares them with what the databases say of themselves.

use std::sync::LazyLock;

use sea_orm::{
    ColumnTrait, ColumnType, EntityName as _, EntityTrait, IdenStatic as _, Iterable as _, PrimaryKeyToColumn as _,
};

use crate::tables::{
    api_keys, asset_pins, asset_revisions, assets, blobs, blueprints, credentials, departments, entries, events,
    grants, import_sources, localizations, log_head, paths, people, presented, public_pictures, publications,
    published_keys, published_references, refusal_counts, refusals, refusals_left_out, revisions, settings, users,
};

/// Tables that no backup holds, each with the reason. A table is left out whole or not at all.
pub const NOT_IN_BACKUP: &[(&str, &str)] = &[
    ("seaql_migrations", "the restored database has its own"),
    ("idempotency", "answers that are forgotten after a day"),
    ("marks", "followers begin again after a restore"),
    ("sessions", "a restore ends them"),
    ("one_time_tokens", "sent again where they are needed"),
    ("search_queries", "statistics"),
    ("search_clicks", "statistics"),
    ("blob_texts", "read again from the blobs"),
];

/// A table of a backup.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<(&'static str, Kind)>,
    /// Columns of the primary key, by which rows are ordered.
    pub(super) key: Vec<(&'static str, Kind)>,
    /// Rows that are held in memory at a time; fewer where one may hold megabytes.
    pub(super) page: usize,
}

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A UUID with hyphens.
    Id,
    /// A number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A text.
    Text,
    /// Hexadecimal digits.
    Hash,
    /// Base64.
    Bytes,
}

const SMALL: usize = 500;
const LARGE: usize = 16;

pub(super) static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    vec![
        Table::of::<settings::Entity>(SMALL),
        Table::of::<blueprints::Entity>(LARGE),
        Table::of::<people::Entity>(SMALL),
        Table::of::<users::Entity>(SMALL),
        Table::of::<credentials::Entity>(SMALL),
        Table::of::<grants::Entity>(SMALL),
        Table::of::<departments::Entity>(SMALL),
        Table::of::<api_keys::Entity>(SMALL),
        Table::of::<blobs::Entity>(SMALL),
        Table::of::<public_pictures::Entity>(SMALL),
        Table::of::<assets::Entity>(SMALL),
        Table::of::<asset_revisions::Entity>(SMALL),
        Table::of::<entries::Entity>(SMALL),
        Table::of::<localizations::Entity>(SMALL),
        Table::of::<revisions::Entity>(LARGE),
        Table::of::<import_sources::Entity>(LARGE),
        Table::of::<presented::Entity>(LARGE),
        Table::of::<publications::Entity>(SMALL),
        Table::of::<asset_pins::Entity>(SMALL),
        Table::of::<paths::Entity>(SMALL),
        Table::of::<published_keys::Entity>(SMALL),
        Table::of::<published_references::Entity>(SMALL),
        Table::of::<events::Entity>(SMALL),
        Table::of::<log_head::Entity>(SMALL),
        Table::of::<refusals::Entity>(SMALL),
        Table::of::<refusal_counts::Entity>(SMALL),
        Table::of::<refusals_left_out::Entity>(SMALL),
    ]
});

impl Table {
    fn of<E: EntityTrait>(page: usize) -> Self {
        let described = |column: E::Column| (column.as_str(), Kind::of(column));
        let columns = E::Column::iter().map(described).collect();
        let key = E::PrimaryKey::iter().map(|column| described(column.into_column())).collect();
        Self { name: E::default().table_name(), columns, key, page }
    }

    /// The table that has its one row after a migration already.
    pub(super) fn is_log_head(&self) -> bool {
        self.name == log_head::Entity.table_name()
    }

    /// Names of all columns.
    pub(super) fn column_list(&self) -> String {
        names(&self.columns)
    }

    /// Names of the key's columns.
    pub(super) fn key_list(&self) -> String {
        names(&self.key)
    }
}

impl Kind {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a type that no column has yet does not read as text, and tests fail"
    )]
    fn of(column: impl ColumnTrait) -> Self {
        match column.def().get_column_type() {
            ColumnType::Uuid => Self::Id,
            ColumnType::BigInteger => Self::Integer,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Binary(_) => Self::Hash,
            ColumnType::VarBinary(_) => Self::Bytes,
            _ => Self::Text,
        }
    }
}

fn names(columns: &[(&'static str, Kind)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
