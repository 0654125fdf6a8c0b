//! The lock of the data folder: who serves, imports, reindexes or restores holds it; a second one is told by whom.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use diwan_store::DatabaseUrl;

use crate::opening::OpenError;

/// Name of the lock in a data folder.
const NAME: &str = "lock";

/// The lock; ends when dropped or with the process.
#[derive(Debug)]
pub struct DataFolderLock {
    _files: Vec<File>,
}

impl DataFolderLock {
    /// Takes the lock of a data folder, which is made if it is not there, and of the SQLite file that `database_url` names
    /// elsewhere: two servers with folders of their own must not share a database file either.
    ///
    /// # Errors
    /// [`OpenError::Locked`] with what the holder wrote of itself; a folder that cannot be made or written.
    pub fn acquire(data_dir: &Path, database_url: Option<&str>, purpose: &str) -> Result<Self, OpenError> {
        make_private_folder(data_dir)?;
        let mut files = vec![lock(&data_dir.join(NAME), data_dir, purpose)?];
        // What is wrong with an address is told when it is opened.
        let database = database_url.and_then(|url| DatabaseUrl::parse(url).ok());
        if let Some(file) = database.as_ref().and_then(DatabaseUrl::sqlite_file) {
            for path in elsewhere(data_dir, file) {
                files.push(lock(&path, file, purpose)?);
            }
        }
        Ok(Self { _files: files })
    }
}

/// What is locked for a database file that is not in the data folder: the data folder of others that it lies in, and a file
/// beside it.
fn elsewhere(data_dir: &Path, file: &Path) -> Vec<PathBuf> {
    let Some(folder) = file.parent().filter(|folder| folder.is_dir()) else { return Vec::new() };
    if is_same(data_dir, folder) {
        return Vec::new();
    }
    let others = Some(folder.join(NAME)).filter(|path| path.is_file());
    let mut beside = file.as_os_str().to_owned();
    beside.push(".lock");
    others.into_iter().chain([beside.into()]).collect()
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Locks a file, which is made if it is not there, and writes into it who holds it. `of` is what others are told is locked.
fn lock(path: &Path, of: &Path, purpose: &str) -> Result<File, OpenError> {
    let failed = |source| OpenError::Folder { path: path.to_owned(), source };
    let (mut file, takes_words) = open_lock(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let read = Read::by_ref(&mut file).take(200).read_to_string(&mut holder);
            let holder = if read.is_ok() && !holder.trim().is_empty() {
                holder.trim().to_owned()
            } else {
                "another process".into()
            };
            return Err(OpenError::Locked { path: of.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    if !takes_words {
        return Ok(file);
    }
    // The lock holds without these words: on a full disk they are lost.
    let described = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "process {} ({purpose})", std::process::id()));
    match described {
        Err(source) if source.kind() != ErrorKind::StorageFull => Err(failed(source)),
        Ok(()) | Err(_) => Ok(file),
    }
}

/// The file of the lock, and whether it can be written. One that is there can be locked on a read-only disk too.
fn open_lock(path: &Path) -> std::io::Result<(File, bool)> {
    match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path) {
        Ok(file) => Ok((file, true)),
        Err(refused) if refused.kind() == ErrorKind::ReadOnlyFilesystem => {
            let file = File::open(path).map_err(|_| refused)?;
            Ok((file, false))
        }
        Err(refused) => Err(refused),
    }
}

/// Makes a folder that only its owner may enter, or takes the rights of others away from the one that is there: content and
/// index of a ministry are nobody else's business.
pub(crate) fn make_private_folder(path: &Path) -> Result<(), OpenError> {
    if path.is_dir() {
        return tighten(path);
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| OpenError::Folder { path: path.to_owned(), source })
}

#[cfg(unix)]
fn tighten(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |source| OpenError::OpenToOthers { path: path.to_owned(), source };
    let mut permissions = std::fs::metadata(path).map_err(failed)?.permissions();
    let mode = permissions.mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(mode & 0o700);
    std::fs::set_permissions(path, permissions).map_err(failed)?;
    tracing::warn!(folder = %path.display(), "rights of others on the folder are taken away");
    Ok(())
}

#[cfg(not(unix))]
fn tighten(_path: &Path) -> Result<(), OpenError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_enter_is_closed_to_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mode = || std::fs::metadata(folder.path()).expect("it is there").permissions().mode() & 0o777;
        for (before, after) in [(0o755, 0o700), (0o750, 0o700), (0o700, 0o700), (0o777, 0o700)] {
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(before)).expect("it is ours");
            make_private_folder(folder.path()).expect("it is ours");
            assert_eq!(mode(), after, "{before:o}");
        }
    }

    #[test]
    fn a_second_holder_is_told_who_the_first_one_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = DataFolderLock::acquire(folder.path(), None, "serve").expect("nobody holds it");
        let second = DataFolderLock::acquire(folder.path(), None, "import").map(|_| ());
        let expected = format!("process {} (serve)", std::process::id());
        assert!(matches!(second, Err(OpenError::Locked { holder, .. }) if holder == expected));
        drop(first);
        assert!(DataFolderLock::acquire(folder.path(), None, "import").is_ok());
    }

    #[test]
    fn a_database_file_is_shared_by_no_two_folders() {
        let [one, other, apart] = [(); 3].map(|()| tempfile::tempdir().expect("a temporary folder"));
        let acquire =
            |folder: &tempfile::TempDir, url: Option<&str>| DataFolderLock::acquire(folder.path(), url, "serve");
        let is_locked = |outcome: Result<DataFolderLock, OpenError>| matches!(outcome, Err(OpenError::Locked { .. }));
        let in_one = format!("sqlite://{}", one.path().join("diwan.db").display());
        let first = acquire(&one, Some(&in_one)).expect("nobody holds it");
        assert!(is_locked(acquire(&other, Some(&in_one))), "the folder of another server");
        drop(first);
        let in_apart = format!("sqlite://{}", apart.path().join("finance.db").display());
        let first = acquire(&one, Some(&in_apart)).expect("nobody holds it");
        assert!(is_locked(acquire(&other, Some(&in_apart))), "a file beside which there is no data folder");
        let second = format!("sqlite://{}", apart.path().join("health.db").display());
        assert!(acquire(&other, Some(&second)).is_ok(), "another file in the same folder");
        drop(first);
    }
}
