//! Backup: every table as JSON Lines, and back.
use crate::{error::StoreError, open::Store, snapshot::Snapshot};
use std::io;
/// Takes (table, line).
pub type LineSink<'a> = dyn FnMut(&str, &str) -> io::Result<()> + Send + 'a;
/// Gives (table, line) until there is no more.
pub type LineSource<'a> = dyn FnMut() -> io::Result<Option<(String, String)>> + Send + 'a;
/// Why tables were not exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading or writing lines.
    #[error("cannot read or write the backup")]
    Lines(#[from] io::Error),
    /// There are rows already.
    #[error("database is not empty: table {table} holds rows")]
    NotEmpty { table: String },
    /// A line is not what a backup holds.
    #[error("backup is damaged: table {table}, line {line}: {what}")]
    BadLine { table: String, line: u64, what: String },
    /// The chain of events is broken.
    #[error("backup is damaged: event {0} does not follow from the one before")]
    BrokenChain(diwan_content::Sequence),
}
impl Snapshot {
    /// Writes every table.
    pub async fn export_tables(&self, sink: &mut LineSink<'_>) -> Result<(), ImportError> {
        let _ = sink;
        todo!()
    }
}
impl Store {
    /// Reads every table into an empty migrated database.
    pub async fn import_tables(&self, source: &mut LineSource<'_>) -> Result<(), ImportError> {
        let _ = source;
        todo!()
    }
}
