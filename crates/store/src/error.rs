//! What can go wrong, and the names of constraints turned into conflicts in one place.

use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::{Error as SqlxError, error::DatabaseError},
};

/// Why the store could not do something. Texts hold no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or not in time; trying again later may help.
    #[error("database is unavailable: {what}")]
    Unavailable {
        /// What was tried.
        what: String,
    },
    /// PostgreSQL rolled the transaction back because another one was in its way (serialization failure, deadlock). The
    /// caller may begin a new one and do the same again.
    #[error("another transaction was in the way")]
    GivenUp,
    /// The connection was lost after a commit was sent: whether it was done could not be found out.
    #[error("the connection was lost at the commit, and whether it was done is not known")]
    OutcomeUnknown,
    /// The database takes no changes: a read-only file, file system or server.
    #[error("database is read-only: {what}")]
    ReadOnly {
        /// What the database says.
        what: String,
    },
    /// The disk of the database is full.
    #[error("no space is left for the database")]
    NoSpace,
    /// Something stored is not what it should be.
    #[error("database is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: String,
    },
    /// A newer version of Diwan made the tables.
    #[error("database was made by a newer version of Diwan: use that version, or restore a backup")]
    NewerVersion,
    /// The tables are older than this program; they have to be migrated first.
    #[error("database is of an older version: run `diwan migrate`")]
    OlderVersion,
    /// The configuration cannot work.
    #[error("database is misconfigured: {what}")]
    Misconfigured {
        /// What is wrong, and how to put it right.
        what: String,
    },
    /// Something of that identity is already there.
    #[error("{0:?} is already there")]
    Conflict(ConflictKind),
    /// A permit does not cover a change: a mistake in the calling code.
    #[error("permit does not cover {what}")]
    PermitMismatch {
        /// The change.
        what: &'static str,
    },
    /// What is changed or pointed at is not there: a mistake in the calling code.
    #[error("{what} is not there")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// A text holds U+0000, which PostgreSQL cannot store.
    #[error("text holds a NUL character")]
    NulInText,
    /// Anything else that the database refuses: a mistake in this crate.
    #[error("database refuses: {what}")]
    Unexpected {
        /// What the database says.
        what: String,
    },
}

/// What is unique and was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictKind {
    /// An entry of that id.
    Entry,
    /// An entry of that foreign id in its collection.
    ForeignId,
    /// A localization of the entry in that locale.
    Localization,
    /// A revision of that number.
    Revision,
    /// A publication that is still open.
    Publication,
    /// A path.
    Path,
    /// A key of a list.
    ListKey,
    /// A department.
    Department,
    /// An asset.
    Asset,
    /// An API key.
    Key,
    /// A user, or the address of one.
    User,
    /// An account of single sign-on.
    Credential,
    /// Something else.
    Other,
}

impl StoreError {
    /// Whether a newer program made the tables.
    pub fn is_newer_version(&self) -> bool {
        matches!(self, Self::NewerVersion)
    }

    /// Whether something stored is not what it should be.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "an open set: what is not known is unexpected")]
    fn from_sqlx(error: &SqlxError) -> Self {
        match error {
            SqlxError::Encode(error) => {
                let own = error.downcast_ref::<Self>().cloned();
                own.unwrap_or_else(|| Self::Unexpected { what: error.to_string() })
            }
            SqlxError::Database(error) => Self::from_code(error.as_ref()),
            SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::Protocol(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed => Self::Unavailable { what: error.to_string() },
            SqlxError::Configuration(_) => Self::Misconfigured { what: error.to_string() },
            SqlxError::ColumnDecode { .. } | SqlxError::Decode(_) => Self::Damaged { what: error.to_string() },
            _ => Self::Unexpected { what: error.to_string() },
        }
    }

    /// By SQLSTATE on PostgreSQL (five characters), by extended result code on SQLite (a number).
    fn from_code(error: &(dyn DatabaseError + 'static)) -> Self {
        let code = error.code().unwrap_or_default().into_owned();
        let what = error.message().to_owned();
        if let Some(refused) = Self::from_constraint(error) {
            return refused;
        }
        if let (Ok(number), true) = (code.parse::<u32>(), code.len() < 5) {
            // The low byte is the primary code: https://www.sqlite.org/rescode.html
            return match number & 0xFF {
                5 | 6 | 9 | 10 => Self::Unavailable { what },
                13 => Self::NoSpace,
                11 | 26 => Self::Damaged { what },
                8 => Self::ReadOnly { what },
                3 | 14 => Self::Misconfigured { what },
                _ => Self::Unexpected { what },
            };
        }
        match code.as_str() {
            "53100" => Self::NoSpace,
            "22021" => Self::NulInText,
            // Corrupt data, a corrupt index, a file that is missing.
            "XX001" | "XX002" | "58P01" => Self::Damaged { what },
            // A disk that fails.
            "58000" | "58030" => Self::Unavailable { what },
            "3D000" | "42501" => Self::Misconfigured { what },
            "25006" => Self::ReadOnly { what },
            "40001" | "40P01" => Self::GivenUp,
            // The transaction was idle for too long.
            "25P03" => Self::Unavailable { what },
            _ => match code.get(..2) {
                // Connection, rolled back, resources, cancelled, shut down.
                Some("08" | "40" | "53" | "55" | "57") => Self::Unavailable { what },
                Some("28") => Self::Misconfigured { what },
                _ => Self::Unexpected { what },
            },
        }
    }

    fn from_constraint(error: &(dyn DatabaseError + 'static)) -> Option<Self> {
        if error.is_foreign_key_violation() {
            return Some(Self::Missing { what: "something pointed at" });
        }
        if !error.is_unique_violation() {
            return None;
        }
        let message = error.message();
        // SQLite: "UNIQUE constraint failed: entries.id"; PostgreSQL names the constraint.
        let place = error.constraint().unwrap_or_else(|| message.rsplit_once(": ").map_or(message, |(_, place)| place));
        Some(Self::Conflict(conflict_at(place)))
    }
}

impl From<DbErr> for StoreError {
    /// Translates what the database says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an open set: what is not known is unexpected")]
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        match error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable { what: "no connection was free in time".into() },
            DbErr::Conn(RuntimeErr::SqlxError(source))
            | DbErr::Exec(RuntimeErr::SqlxError(source))
            | DbErr::Query(RuntimeErr::SqlxError(source)) => Self::from_sqlx(&source),
            DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => Self::Damaged { what: text },
            _ => Self::Unexpected { what: text },
        }
    }
}

impl From<StoreError> for DbErr {
    /// Takes an error of our own through sea-orm, as one of a statement that was not sent; [`StoreError`] is made of it
    /// again.
    fn from(error: StoreError) -> Self {
        Self::Query(RuntimeErr::SqlxError(Arc::new(SqlxError::Encode(Box::new(error)))))
    }
}

fn conflict_at(place: &str) -> ConflictKind {
    if place.contains("foreign_id") {
        return ConflictKind::ForeignId;
    }
    let by_table = [
        ("entries", ConflictKind::Entry),
        ("localizations", ConflictKind::Localization),
        ("revisions", ConflictKind::Revision),
        ("asset_revisions", ConflictKind::Revision),
        ("publications", ConflictKind::Publication),
        ("paths", ConflictKind::Path),
        ("published_keys", ConflictKind::ListKey),
        ("departments", ConflictKind::Department),
        ("assets", ConflictKind::Asset),
        ("api_keys", ConflictKind::Key),
        ("users", ConflictKind::User),
        ("credentials", ConflictKind::Credential),
    ];
    by_table.into_iter().find(|(table, _)| place.starts_with(table)).map_or(ConflictKind::Other, |(_, kind)| kind)
}

/// Whether an error is the database's answer to a commit, so that nothing was done; otherwise the connection was lost.
pub(crate) fn is_answer(error: &DbErr) -> bool {
    // 08: connection; 57P: the server shuts down or crashed, perhaps after the commit.
    code_of(error).is_some_and(|code| !code.starts_with("08") && !code.starts_with("57P"))
}

/// Whether a pool was closed while a connection of it was waited for.
pub(crate) fn is_closed_pool(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
        || matches!(cause_of(error), Some(SqlxError::PoolClosed))
}

fn cause_of(error: &DbErr) -> Option<&SqlxError> {
    let (DbErr::Conn(RuntimeErr::SqlxError(source))
    | DbErr::Exec(RuntimeErr::SqlxError(source))
    | DbErr::Query(RuntimeErr::SqlxError(source))) = error
    else {
        return None;
    };
    Some(source)
}

fn code_of(error: &DbErr) -> Option<String> {
    let SqlxError::Database(error) = cause_of(error)? else { return None };
    Some(error.code().unwrap_or_default().into_owned())
}
