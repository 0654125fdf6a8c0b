//! What only a disk needs: folders that are flushed by hand, and leftovers that have to be looked for.
//!
//! With `with_fsync(true)` the object store flushes a file before it gets its name and the file's folder after it.
//! It also flushes the folders that it creates, but only the call that creates them does: a second upload that
//! finds `ab/cd` there may return before the first one has flushed `ab`, and a process killed between creating and
//! flushing leaves folders that nobody flushes any more. So after each blob all folders above it are flushed here.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use object_store::local::LocalFileSystem;

use crate::BlobHash;
use crate::hash::BLOBS;

/// Folder in which uploads wait for their hash.
const SPOOL: &str = "spool";
/// How long an unfinished file is left alone: another server that shares the folder may be about to finish it. No upload
/// takes as long.
const UNFINISHED_FOR: Duration = Duration::from_secs(60 * 60);

/// What is left to do when the object store says that a blob is stored.
#[derive(Clone, Debug)]
pub(crate) enum Durability {
    /// Nothing: the store's answer already means that the blob stays.
    ByStore,
    /// Flush the folders between the blob and this root.
    ByFolders {
        /// The folder that holds `blobs/` and `spool/`.
        root: PathBuf,
    },
}

/// A folder made ready to hold blobs.
pub(crate) struct Disk {
    pub(crate) objects: LocalFileSystem,
    pub(crate) durability: Durability,
    pub(crate) spool: PathBuf,
}

impl Disk {
    /// Creates what is missing, durably.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        // A relative root must not change its meaning with the working folder.
        let root = std::path::absolute(root)?;
        let missing = root.ancestors().take_while(|folder| !folder.exists()).count();
        let spool = root.join(SPOOL);
        fs::create_dir_all(root.join(BLOBS))?;
        fs::create_dir_all(&spool)?;
        // The root, each folder that was made for it, and the one that was there: their names lie in the next one
        // up. At least the root's parent, since the process that made the root may have been killed here.
        for folder in root.ancestors().take(missing.max(1) + 1) {
            flush_folder(folder)?;
        }
        let objects = LocalFileSystem::new_with_prefix(&root)?.with_fsync(true);
        Ok(Self { objects, durability: Durability::ByFolders { root }, spool })
    }
}

impl Durability {
    /// Makes the name of a stored blob outlive a power loss. Blocks on a disk.
    pub(crate) fn after_put(&self, key: &str) -> io::Result<()> {
        match self {
            Self::ByStore => Ok(()),
            Self::ByFolders { root } => {
                let blob = root.join(key);
                for folder in blob.ancestors().skip(1) {
                    flush_folder(folder)?;
                    if folder == root {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// Makes a file without a name in each folder that is written to. Blocks on a disk.
    pub(crate) fn check_writable(&self, spool: &Path) -> io::Result<()> {
        tempfile::tempfile_in(spool)?;
        match self {
            Self::ByStore => Ok(()),
            Self::ByFolders { root } => tempfile::tempfile_in(root.join(BLOBS)).map(drop),
        }
    }

    /// Removes files that have been unfinished for an hour and says how many there were. Blocks on a disk. Spooled uploads
    /// have no names and vanish by themselves with their process, except on file systems that cannot do that.
    pub(crate) fn sweep_leftovers(&self) -> io::Result<u64> {
        match self {
            Self::ByStore => Ok(0),
            Self::ByFolders { root } => {
                let spooled = remove_files(&root.join(SPOOL), |_| true)?;
                let mut staged = 0;
                for outer in folders_in(&root.join(BLOBS))? {
                    for inner in folders_in(&outer)? {
                        staged += remove_files(&inner, is_staged)?;
                    }
                }
                Ok(spooled + staged)
            }
        }
    }
}

/// The object store writes `<name>#<number>` first and renames it when it is complete.
fn is_staged(name: &str) -> bool {
    name.split_once('#').is_some_and(|(hash, number)| {
        hash.parse::<BlobHash>().is_ok() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn remove_files(folder: &Path, is_leftover: impl Fn(&str) -> bool) -> io::Result<u64> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let file = entry.metadata()?;
        if !file.is_file() || !name.to_str().is_some_and(&is_leftover) {
            continue;
        }
        // A file from the future is left alone too.
        if file.modified()?.elapsed().is_ok_and(|age| age >= UNFINISHED_FOR) {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Writes the list of names in a folder to the disk. Only Unix can open a folder for that; elsewhere the file
/// system's own journal has to do.
fn flush_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_unfinished_blobs_are_leftovers() {
        let hash = BlobHash::of(b"a").to_string();
        for (name, expected) in [
            (format!("{hash}#1"), true),
            (format!("{hash}#27"), true),
            (hash.clone(), false),
            (format!("{hash}#"), false),
            (format!("{hash}#a"), false),
            ("notes#1".to_owned(), false),
        ] {
            assert_eq!(is_staged(&name), expected, "{name}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(Disk::open(&file).is_err());
    }
}
