//! How to reach the database.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Address of a database: `sqlite:///folder/diwan.db` or `postgres://user:password@host/name`. Never shows its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Place);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Why a text is no address of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a database ({reason}): sqlite:///folder/diwan.db or postgres://user@host/name")]
pub struct BadDatabaseUrl {
    reason: &'static str,
}

/// Whether commits wait for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// An acknowledged write survives power loss.
    Full,
    /// It may not; for tests alone.
    Off,
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where the database is.
    pub url: DatabaseUrl,
    /// Most connections that read at a time.
    pub max_readers: u32,
    /// Whether commits wait for the disk.
    pub sync: SyncMode,
}

impl DatabaseUrl {
    /// Reads an address. Whether the server or the file is there shows when the store is opened.
    pub fn parse(text: &str) -> Result<Self, BadDatabaseUrl> {
        if text.contains('\0') {
            return Err(BadDatabaseUrl { reason: "it holds a NUL character" });
        }
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Self::sqlite(Path::new(path));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let rest = text.split_once("://").map_or("", |(_, rest)| rest);
            return Ok(Self(Place::Postgres(format!("postgres://{rest}"))));
        }
        Err(BadDatabaseUrl { reason: "it starts with neither sqlite:// nor postgres://" })
    }

    /// The address of a SQLite file, by its absolute path.
    pub fn sqlite(path: &Path) -> Result<Self, BadDatabaseUrl> {
        if !path.is_absolute() {
            return Err(BadDatabaseUrl { reason: "the path of the file is not absolute" });
        }
        Ok(Self(Place::Sqlite(path.to_owned())))
    }

    /// The SQLite file; `None` for a server.
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, BadDatabaseUrl> {
        Self::parse(text)
    }
}

impl fmt::Display for DatabaseUrl {
    /// User and password are left out, parameters too: a password may stand there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Place::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
                write!(f, "postgres://{}", rest.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        let url = DatabaseUrl::parse("postgres://diwan:s3cret@db.example/diwan?password=s3cret").unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db.example/diwan postgres://db.example/diwan");
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in ["", "diwan.db", "sqlite://relative.db", "mysql://host/name", "sqlite:///a\0b"] {
            assert!(DatabaseUrl::parse(text).is_err(), "{text:?}");
        }
        let file = |text| DatabaseUrl::parse(text).unwrap().sqlite_file().map(Path::to_owned);
        assert_eq!(file("sqlite:///data/diwan.db"), Some("/data/diwan.db".into()));
        assert_eq!(file("postgresql://host/name"), None);
    }
}
