//! Which tables a backup holds, with their columns, in an order in which they can be read back.
//! A test compares them with what the databases say of themselves.

/// Tables that no backup holds, each with the reason. A table is left out whole or not at all.
pub const NOT_IN_BACKUP: &[(&str, &str)] = &[
    ("seaql_migrations", "the restored database has its own"),
    ("idempotency", "answers that are forgotten after a day"),
    ("marks", "followers begin again after a restore"),
    ("search_queries", "statistics"),
    ("search_clicks", "statistics"),
    ("blob_texts", "read again from the blobs"),
];

/// A table of a backup.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
    /// How many of the first columns make up the primary key, by which rows are ordered.
    pub(super) key: usize,
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

use Kind::{Boolean, Bytes, Hash, Id, Integer, Text};

const SMALL: usize = 500;
const LARGE: usize = 16;

/// The one row that is there after a migration already.
pub(super) const LOG_HEAD: &str = "log_head";

pub(super) const TABLES: &[Table] = &[
    Table { name: "settings", columns: &[("name", Text), ("setting", Text)], key: 1, page: SMALL },
    Table {
        name: "blueprints",
        columns: &[("hash", Hash), ("handle", Text), ("text", Text), ("first_used_at", Integer)],
        key: 2,
        page: LARGE,
    },
    Table { name: "people", columns: &[("id", Id), ("name", Text), ("created_at", Integer)], key: 1, page: SMALL },
    Table { name: "departments", columns: &[("id", Id), ("parent", Id), ("created_at", Integer)], key: 1, page: SMALL },
    Table {
        name: "api_keys",
        columns: &[
            ("id", Id),
            ("label", Text),
            ("secret_hash", Hash),
            ("grants", Text),
            ("on_behalf_of", Id),
            ("created_at", Integer),
            ("expires_at", Integer),
            ("revoked_at", Integer),
            ("last_used_at", Integer),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "blobs",
        columns: &[
            ("hash", Hash),
            ("size_bytes", Integer),
            ("media_type", Text),
            ("width", Integer),
            ("height", Integer),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "public_pictures",
        columns: &[("blob", Hash), ("version", Integer), ("public_blob", Hash)],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "assets",
        columns: &[
            ("id", Id),
            ("department", Id),
            ("name", Text),
            ("name_folded", Text),
            ("blob", Hash),
            ("alternative_text", Text),
            ("version", Integer),
            ("created_at", Integer),
            ("created_by", Text),
            ("changed_at", Integer),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "asset_revisions",
        columns: &[
            ("asset", Id),
            ("number", Integer),
            ("name", Text),
            ("alternative_text", Text),
            ("saved_at", Integer),
            ("author", Text),
        ],
        key: 2,
        page: SMALL,
    },
    Table {
        name: "entries",
        columns: &[
            ("id", Id),
            ("collection", Text),
            ("blueprint", Text),
            ("department", Id),
            ("foreign_id", Text),
            ("trashed_at", Integer),
            ("created_at", Integer),
            ("created_by", Text),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "localizations",
        columns: &[
            ("entry", Id),
            ("locale", Text),
            ("head", Integer),
            ("published", Integer),
            ("version", Integer),
            ("was_public", Boolean),
            ("title", Text),
            ("title_folded", Text),
            ("changed_at", Integer),
        ],
        key: 2,
        page: SMALL,
    },
    Table {
        name: "revisions",
        columns: &[
            ("entry", Id),
            ("locale", Text),
            ("number", Integer),
            ("data_text", Text),
            ("slug", Text),
            ("parent", Id),
            ("rank", Text),
            ("date", Text),
            ("foreign_text", Text),
            ("blueprint", Text),
            ("blueprint_hash", Hash),
            ("content_hash", Hash),
            ("saved_at", Integer),
            ("author", Text),
            ("note", Text),
            ("based_on", Integer),
            ("translates", Integer),
        ],
        key: 3,
        page: LARGE,
    },
    Table {
        name: "import_sources",
        columns: &[
            ("source", Text),
            ("entry", Id),
            ("locale", Text),
            ("revision", Integer),
            ("source_hash", Hash),
            ("source_bytes", Bytes),
            ("site", Text),
            ("place", Text),
        ],
        key: 1,
        page: LARGE,
    },
    Table { name: "presented", columns: &[("hash", Hash), ("data_text", Text)], key: 1, page: LARGE },
    Table {
        name: "publications",
        columns: &[
            ("entry", Id),
            ("locale", Text),
            ("from_sequence", Integer),
            ("from_at", Integer),
            ("to_sequence", Integer),
            ("to_at", Integer),
            ("kind", Text),
            ("redirect_to", Id),
            ("collection", Text),
            ("blueprint", Text),
            ("department", Id),
            ("revision", Integer),
            ("origin_revision", Integer),
            ("slug", Text),
            ("path", Text),
            ("parent", Id),
            ("rank", Text),
            ("date", Text),
            ("title", Text),
            ("data_hash", Hash),
            ("first_published_at", Integer),
            ("published_at", Integer),
            ("folded_path", Text),
            ("presented_under", Hash),
        ],
        key: 3,
        page: SMALL,
    },
    Table {
        name: "paths",
        columns: &[
            ("locale", Text),
            ("folded", Text),
            ("path", Text),
            ("kind", Text),
            ("entry", Id),
            ("since_at", Integer),
        ],
        key: 2,
        page: SMALL,
    },
    Table {
        name: "published_keys",
        columns: &[("list", Text), ("sort_key", Bytes), ("entry", Id), ("locale", Text)],
        key: 2,
        page: SMALL,
    },
    Table {
        name: "published_references",
        columns: &[("entry", Id), ("locale", Text), ("field", Text), ("target_kind", Text), ("target", Id)],
        key: 5,
        page: SMALL,
    },
    Table {
        name: "events",
        columns: &[
            ("sequence", Integer),
            ("happened_at", Integer),
            ("kind", Text),
            ("actor", Text),
            ("on_behalf_of", Id),
            ("entry", Id),
            ("locale", Text),
            ("revision", Integer),
            ("asset", Id),
            ("api_key", Id),
            ("department", Id),
            ("content_hash", Hash),
            ("cause", Integer),
            ("previous_hash", Hash),
            ("hash", Hash),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: LOG_HEAD,
        columns: &[("id", Integer), ("last_sequence", Integer), ("last_at", Integer), ("last_hash", Hash)],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "refusals",
        columns: &[
            ("id", Id),
            ("refused_at", Integer),
            ("actor", Text),
            ("action", Text),
            ("entry", Id),
            ("code", Text),
            ("request_id", Text),
        ],
        key: 1,
        page: SMALL,
    },
    Table {
        name: "refusal_counts",
        columns: &[("minute_at", Integer), ("action", Text), ("code", Text), ("refusals", Integer)],
        key: 3,
        page: SMALL,
    },
    Table {
        name: "refusals_left_out",
        columns: &[("hour_at", Integer), ("actor", Text), ("refusals", Integer)],
        key: 2,
        page: SMALL,
    },
];

impl Table {
    /// Names of all columns.
    pub(super) fn column_list(&self) -> String {
        names(self.columns)
    }

    /// Names of the key's columns.
    pub(super) fn key_list(&self) -> String {
        names(&self.columns[..self.key])
    }
}

fn names(columns: &[(&'static str, Kind)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
