//! The lock of the data folder: who serves, imports, reindexes or restores holds it; a second one is told by whom.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek as _, Write as _},
    path::Path,
};

use crate::open::OpenError;

/// The lock; ends when dropped or with the process.
#[derive(Debug)]
pub struct DataFolderLock {
    _file: File,
}

impl DataFolderLock {
    /// Takes the lock of a data folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`OpenError::Locked`] with what the holder wrote of itself; a folder that cannot be made or written.
    pub fn acquire(data_dir: &Path, purpose: &str) -> Result<Self, OpenError> {
        make_private_folder(data_dir)?;
        let path = data_dir.join("lock");
        let failed = |source| OpenError::Folder { path: path.clone(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
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
                return Err(OpenError::Locked { path: data_dir.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        write!(file, "process {} ({purpose})", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Makes a folder that only its owner may enter; content and index of a ministry are nobody else's business.
pub(crate) fn make_private_folder(path: &Path) -> Result<(), OpenError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| OpenError::Folder { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_the_first_one_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = DataFolderLock::acquire(folder.path(), "serve").expect("nobody holds it");
        let second = DataFolderLock::acquire(folder.path(), "import").map(|_| ());
        let expected = format!("process {} (serve)", std::process::id());
        assert!(matches!(second, Err(OpenError::Locked { holder, .. }) if holder == expected));
        drop(first);
        assert!(DataFolderLock::acquire(folder.path(), "import").is_ok());
    }
}
