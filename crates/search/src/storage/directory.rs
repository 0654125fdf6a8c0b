//! The files of an index, read by position.
//!
//! The engine's own directory maps files into memory. A mapped file that is cut short while it is read kills the process;
//! a positional read of it is an error, after which the index is checked and rebuilt.

use std::{fmt, fs::File, io, ops::Range, path::Path, sync::Arc};

use quick_cache::{Weighter, sync::Cache};
use tantivy::{
    HasLen,
    directory::{
        Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
    },
};

/// Memory for pieces of files that are kept. A query reads the same columns and lists of words again and again.
const CACHE_BYTES: u64 = 16_000_000;
/// What the cache needs for a piece beside its bytes. A merge reads millions of pieces of a few bytes.
const PIECE_OVERHEAD_BYTES: u64 = 192;
/// Longer pieces are not kept.
const CACHED_PIECE_MAX_BYTES: usize = 2_000_000;
/// About how long a piece is, for the size of the cache's table.
const PIECE_BYTES: usize = 4_096;

type Piece = (Arc<Path>, usize, usize);

/// A folder of index files. Writes, locks and lists of files are left to the engine's directory, which maps no file for them.
#[derive(Clone)]
pub(crate) struct PositionalDirectory {
    files: MmapDirectory,
    folder: Arc<Path>,
    cache: Arc<Cache<Piece, OwnedBytes, Bytes>>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Piece, OwnedBytes> for Bytes {
    fn weight(&self, _: &Piece, bytes: &OwnedBytes) -> u64 {
        PIECE_OVERHEAD_BYTES + bytes.len() as u64
    }
}

impl PositionalDirectory {
    /// The directory of a folder that exists.
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenDirectoryError> {
        let files = MmapDirectory::open(folder)?;
        let pieces = usize::try_from(CACHE_BYTES).unwrap_or(usize::MAX) / PIECE_BYTES;
        let cache = Arc::new(Cache::with_weighter(pieces, CACHE_BYTES, Bytes));
        Ok(Self { files, folder: folder.into(), cache })
    }
}

impl fmt::Debug for PositionalDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PositionalDirectory").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Directory for PositionalDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let failed = |error: io::Error| {
            if error.kind() == io::ErrorKind::NotFound {
                OpenReadError::FileDoesNotExist(path.to_owned())
            } else {
                OpenReadError::wrap_io_error(error, path.to_owned())
            }
        };
        let file = File::open(self.folder.join(path)).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let length = usize::try_from(length).map_err(|_| failed(io::ErrorKind::FileTooLarge.into()))?;
        Ok(Arc::new(PositionalFile { file, length, path: path.into(), cache: self.cache.clone() }))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.files.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.files.acquire_lock(lock) {
            // The engine locks files against their removal while it opens them. On such a disk nothing is removed.
            Err(LockError::IoError(error)) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            taken => taken,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// One file. Files of an index are written once and never changed.
struct PositionalFile {
    file: File,
    length: usize,
    path: Arc<Path>,
    cache: Arc<Cache<Piece, OwnedBytes, Bytes>>,
}

impl HasLen for PositionalFile {
    fn len(&self) -> usize {
        self.length
    }
}

impl fmt::Debug for PositionalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PositionalFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl FileHandle for PositionalFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if range.end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if range.len() > CACHED_PIECE_MAX_BYTES {
            return Ok(OwnedBytes::new(read_at(&self.file, range)?));
        }
        let piece = (self.path.clone(), range.start, range.end);
        if let Some(bytes) = self.cache.get(&piece) {
            return Ok(bytes);
        }
        let bytes = OwnedBytes::new(read_at(&self.file, range)?);
        self.cache.insert(piece, bytes.clone());
        Ok(bytes)
    }
}

fn read_at(file: &File, range: Range<usize>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; range.len()];
    read_exact_at(file, &mut bytes, range.start as u64)?;
    Ok(bytes)
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    let mut done = 0;
    while done < bytes.len() {
        match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[done..], offset + done as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => done += read,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_byte_are_counted_with_what_the_cache_needs_for_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), vec![7; 200_000]).unwrap();
        let directory = PositionalDirectory::open(folder.path()).unwrap();
        let file = directory.get_file_handle(Path::new("file")).unwrap();
        for place in 0..200_000 {
            assert_eq!(file.read_bytes(place..place + 1).unwrap().as_slice(), [7]);
        }
        let most = usize::try_from(CACHE_BYTES / PIECE_OVERHEAD_BYTES).unwrap();
        let kept = directory.cache.len();
        assert!(kept > 1_000 && kept <= most, "{kept} pieces");
    }
}
