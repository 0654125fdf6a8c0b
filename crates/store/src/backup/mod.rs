//! Backup: every table as lines of JSON, and back into an empty database, the other one too.

mod export;
mod import;
mod tables;

use std::io;

use diwan_content::Sequence;

pub use self::tables::NOT_IN_BACKUP;
use crate::error::StoreError;

/// Takes the name of a table and one of its rows as a JSON object on one line.
pub type LineSink<'a> = dyn FnMut(&str, &str) -> io::Result<()> + Send + 'a;

/// Gives the name of a table and one of its rows, until there are no more. Tables come as [`LineSink`] took them.
pub type LineSource<'a> = dyn FnMut() -> io::Result<Option<(String, String)>> + Send + 'a;

/// Every column that a backup holds, as table and column.
pub fn columns_in_backup() -> impl Iterator<Item = (&'static str, &'static str)> {
    tables::TABLES.iter().flat_map(|table| table.columns.iter().map(|(column, _)| (table.name, *column)))
}

/// Why tables could not be written out or read back.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines could not be read or written.
    #[error("cannot read or write the backup")]
    Lines(#[from] io::Error),
    /// There is something in the database already.
    #[error("database is not empty: table {table} holds rows")]
    NotEmpty {
        /// In which table.
        table: String,
    },
    /// A line is not what a backup holds.
    #[error("backup is damaged: line {line} ({table}): {what}")]
    BadLine {
        /// Of which table.
        table: String,
        /// Which of all lines, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A row is refused by the database.
    #[error("backup is damaged: row {row} of the table {table}: {what}")]
    BadRow {
        /// Of which table.
        table: String,
        /// Which of its rows, from 1.
        row: u64,
        /// What is wrong.
        what: String,
    },
    /// The log of events was changed.
    #[error("backup is damaged: event {0} does not follow from the one before")]
    BrokenChain(Sequence),
}
