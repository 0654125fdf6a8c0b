//! Backup and restore: one read snapshot of every table as JSON Lines, the blobs, and checksums of all of it.
//!
//! A backup is a folder: `manifest.json`, `tables/<table>.jsonl`, `blobs/<hash>`, and `damaged/<hash>` for bytes that are
//! not those that were stored. It moves between SQLite and PostgreSQL. The search index is not in it: it is built from
//! the database.
//!
//! | file | holds |
//! |---|---|
//! | `create.rs` | writing a backup |
//! | `restore.rs` | reading it into an empty installation |

mod create;
mod restore;

use std::fmt;

use diwan_assets::AssetsError;
use diwan_content::{ContentHash, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::restore::{RestoreError, RestoreReport, RestoredKeys, restore};

/// Version of the form of backups.
const FORMAT: u32 = 1;
/// Blobs that one query names.
const BATCH: u32 = 500;
/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// Version of the form.
    pub format: u32,
    /// When the snapshot was taken.
    pub created_at: Timestamp,
    /// Last event in it.
    pub last_sequence: i64,
    /// Tables with their rows and the checksum of their file, in the order in which they are restored.
    pub tables: Vec<TableReport>,
    /// How many whole blobs there are; each is checked against its name.
    pub blobs: u64,
    /// Blobs that could not be saved as they were stored.
    #[serde(default)]
    pub damaged: Vec<DamagedBlob>,
}

/// A blob that is not as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedBlob {
    /// Its name.
    pub hash: ContentHash,
    /// What is wrong with it.
    pub damage: Damage,
}

/// What is wrong with a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// It is not there.
    Missing,
    /// Its bytes are others.
    Changed,
    /// It cannot be read.
    Unreadable,
}

/// One table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Checksum of its file.
    pub sha256: ContentHash,
}

impl fmt::Display for DamagedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let damage = match self.damage {
            Damage::Missing => "is missing",
            Damage::Changed => "has other bytes than were stored",
            Damage::Unreadable => "cannot be read",
        };
        write!(f, "blob {} {damage}", self.hash)
    }
}

impl Damage {
    /// What an error of the store of blobs says of one blob.
    pub(crate) fn of(error: &AssetsError) -> Self {
        match error {
            AssetsError::NotFound { .. } => Self::Missing,
            AssetsError::Damaged { .. } => Self::Changed,
            AssetsError::NoSpace { .. }
            | AssetsError::ReadOnly { .. }
            | AssetsError::OutOfRange { .. }
            | AssetsError::Unavailable { .. } => Self::Unreadable,
        }
    }
}
