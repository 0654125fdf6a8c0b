//! A PostgreSQL database of its own for one story.

use std::{env, process::Command};

use diwan_content::IdSource as _;
use diwan_server::TimeOrderedIds;

/// Names the server: a URL of a role that may create databases.
const SERVER: &str = "DIWAN_TEST_POSTGRES";

/// Made for one story and dropped with it.
pub(crate) struct FreshDatabase {
    server: String,
    name: String,
}

/// The server for tests, when there is one.
pub(crate) fn postgres_server() -> Option<String> {
    env::var(SERVER).ok().filter(|url| !url.is_empty())
}

impl FreshDatabase {
    pub(crate) fn create(server: &str) -> Self {
        let name = format!("story_{}", TimeOrderedIds.next_id().simple());
        let fresh = Self { server: server.to_owned(), name };
        assert!(fresh.run(&format!("create database {}", fresh.name)), "no database could be created by psql");
        fresh
    }

    /// Where it is: the server's URL with another last segment.
    pub(crate) fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    fn run(&self, statement: &str) -> bool {
        let psql = Command::new("psql").args(["--quiet", "--no-psqlrc", "--command", statement, &self.server]).output();
        psql.is_ok_and(|output| output.status.success())
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        // The server is gone with the test run at the latest, so a failure leaves nothing for long.
        let _ = self.run(&format!("drop database if exists {} with (force)", self.name));
    }
}
