//! How to reach the database.
use std::{fmt, str::FromStr};
/// Address of a database: `sqlite:///path/diwan.db` or `postgres://…`. Never shows its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);
/// Why a text is no address of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadDatabaseUrl(pub String);
/// Whether commits wait for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// They do.
    Full,
    /// They do not; tests only.
    Off,
}
/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where.
    pub url: DatabaseUrl,
    /// Most connections that read at a time.
    pub max_readers: u32,
    /// Whether commits wait for the disk.
    pub sync: SyncMode,
}
impl DatabaseUrl {
    /// Parses.
    pub fn parse(text: &str) -> Result<Self, BadDatabaseUrl> {
        Ok(Self(text.to_owned()))
    }
    /// The SQLite file.
    pub fn sqlite(path: &std::path::Path) -> Result<Self, BadDatabaseUrl> {
        let _ = path;
        todo!()
    }
    /// Whether this is SQLite
    pub fn is_sqlite(&self) -> bool {
        todo!()
    }
}
impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;
    fn from_str(t: &str) -> Result<Self, BadDatabaseUrl> {
        Self::parse(t)
    }
}
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
