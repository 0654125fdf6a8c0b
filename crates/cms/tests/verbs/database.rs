//! Databases that are thrown away: a SQLite file in the data folder, or a new database on the PostgreSQL server that
//! `DIWAN_TEST_POSTGRES` names.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

/// Names the server: the URL of a role that may make databases.
const SERVER: &str = "DIWAN_TEST_POSTGRES";

/// Databases that this process made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database of its own for one story, dropped with it.
pub(crate) enum Database {
    /// In the data folder.
    Sqlite,
    Postgres {
        server: String,
        name: String,
    },
}

impl Database {
    /// `None`, with a visible line, where there is no server.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub(crate) fn create(kind: Kind) -> Option<Self> {
        let server = match kind {
            Kind::Sqlite => return Some(Self::Sqlite),
            Kind::Postgres => std::env::var(SERVER).ok().filter(|url| !url.is_empty()),
        };
        let Some(server) = server else {
            eprintln!("skipped: {SERVER} is not set");
            return None;
        };
        // One of a process of the same number that was killed may be left.
        let name = format!("diwan_cms_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("DROP DATABASE IF EXISTS {name}"));
        assert!(run(&server, &format!("CREATE DATABASE {name}")), "psql made no database on {server}");
        Some(Self::Postgres { server, name })
    }

    /// Its address; `None` for the one in the data folder.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { server, name } => {
                let (address, _) = server.rsplit_once('/').unwrap();
                Some(format!("{address}/{name}"))
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match self {
            Self::Sqlite => {}
            // Should it fail, the server is gone with the test run anyway.
            Self::Postgres { server, name } => {
                let _ = run(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}

fn run(server: &str, statement: &str) -> bool {
    let output = Command::new("psql").args(["--quiet", "--no-psqlrc", "--command", statement, server]).output();
    output.is_ok_and(|output| output.status.success())
}
