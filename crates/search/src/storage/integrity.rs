//! Whether the files of an index are as the engine wrote them: by their checksums, and between two such looks by their
//! length, time and identity, since files of an index never change.

use std::{
    collections::HashMap,
    fs::{self, File, Metadata},
    io::{self, ErrorKind, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Deserialize;
use tantivy::{
    Index, TantivyError,
    directory::error::{LockError, OpenDirectoryError, OpenReadError},
    index::IndexMeta,
};

/// What ends every file: the length of its footer and this number, both of four bytes, the least significant first.
const FOOTER_MARK: u32 = 1_337;
const FOOTER_MAX_BYTES: u32 = 50_000;
const TAIL_BYTES: u64 = 8;
/// Bytes read at once for a checksum.
const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Footer {
    crc: u32,
}

/// Why an index cannot be used.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It is missing or damaged, and must be made again.
    Damage(String),
    /// The system does not let it be read now, for lack of descriptors, rights or a disk that answers. That says nothing
    /// about the index.
    Unreadable(io::Error),
}

impl Trouble {
    /// What an error at a file means.
    pub(crate) fn at(file: &Path, error: io::Error) -> Self {
        if is_damage(&error) {
            Self::Damage(format!("{} is damaged: {error}", file.display()))
        } else {
            Self::Unreadable(error)
        }
    }
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Damage(reason)
    }
}

impl From<TantivyError> for Trouble {
    fn from(error: TantivyError) -> Self {
        let source = if let TantivyError::IoError(source)
        | TantivyError::LockFailure(LockError::IoError(source), _)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::IoError { io_error: source, .. } | OpenDirectoryError::FailedToCreateTempDir(source),
        ) = &error
        {
            Some(source).filter(|source| !is_damage(source)).and_then(|source| source.raw_os_error())
        } else {
            None
        };
        match source {
            Some(code) => Self::Unreadable(io::Error::from_raw_os_error(code)),
            None => Self::Damage(error.to_string()),
        }
    }
}

/// Whether an error says that a file is not there or is not what was written: what no call of the system failed with was
/// found in its bytes.
fn is_damage(error: &io::Error) -> bool {
    let missing = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::IsADirectory];
    error.raw_os_error().is_none() || missing.contains(&error.kind())
}

/// What tells that a file was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seal {
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

/// The seals of the files that were found sound.
#[derive(Debug, Default)]
pub(crate) struct Seals(HashMap<PathBuf, Seal>);

impl Seals {
    /// Looks at every byte of the files of the last commit.
    pub(crate) fn check_all(&mut self, folder: &Path, metas: &IndexMeta) -> Result<(), Trouble> {
        self.0.clear();
        for file in metas.list_segment_files() {
            self.check_file(folder, &file)?;
        }
        Ok(())
    }

    /// Looks at the files of the last commit that are new or were touched; their list is read from the disk. Merges that end
    /// meanwhile delete files, so what is missing is looked for in a newer list.
    pub(crate) fn check_touched(&mut self, folder: &Path, index: &Index) -> Result<(), Trouble> {
        let mut known = std::mem::take(&mut self.0);
        let mut problem = Ok(());
        for _ in 0..LIST_READS_MAX {
            let metas = index.load_metas()?;
            problem = self.check_list(folder, &metas, &mut known);
            if problem.is_ok() {
                break;
            }
        }
        problem
    }

    fn check_list(
        &mut self,
        folder: &Path,
        metas: &IndexMeta,
        known: &mut HashMap<PathBuf, Seal>,
    ) -> Result<(), Trouble> {
        for file in metas.list_segment_files() {
            match known.get(&file) {
                Some(seal) if fs::metadata(folder.join(&file)).is_ok_and(|found| seal_of(&found) == *seal) => {
                    self.0.insert(file, *seal);
                }
                Some(_) | None => self.check_file(folder, &file)?,
            }
        }
        Ok(())
    }

    fn check_file(&mut self, folder: &Path, file: &Path) -> Result<(), Trouble> {
        let path = folder.join(file);
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound && may_be_missing(file) => return Ok(()),
            Err(error) => return Err(Trouble::at(file, error)),
        };
        match is_sound(&path) {
            Ok(true) => {
                self.0.insert(file.to_owned(), seal_of(&metadata));
                Ok(())
            }
            Ok(false) => Err(Trouble::Damage(format!("{} is damaged", file.display()))),
            Err(error) => Err(Trouble::at(file, error)),
        }
    }
}

/// Times that the list of segments is read before a missing file counts as missing.
const LIST_READS_MAX: usize = 3;

/// Whether a file's content has the checksum of its footer. Reads it piece by piece: the engine would read all at once.
fn is_sound(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length < TAIL_BYTES {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(length - TAIL_BYTES))?;
    let (footer_bytes, mark) = (read_number(&mut file)?, read_number(&mut file)?);
    let Some(content) = (length - TAIL_BYTES).checked_sub(footer_bytes.into()) else { return Ok(false) };
    if mark != FOOTER_MARK || footer_bytes > FOOTER_MAX_BYTES {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(content))?;
    let mut footer = vec![0; footer_bytes as usize];
    file.read_exact(&mut footer)?;
    let Ok(Footer { crc }) = serde_json::from_slice(&footer) else { return Ok(false) };
    file.rewind()?;
    let (mut hasher, mut left, mut chunk) = (crc32fast::Hasher::new(), content, vec![0; CHUNK_BYTES]);
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        file.read_exact(&mut chunk[..wanted])?;
        hasher.update(&chunk[..wanted]);
        left -= wanted as u64;
    }
    Ok(hasher.finalize() == crc)
}

fn read_number(file: &mut File) -> io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn seal_of(metadata: &Metadata) -> Seal {
    Seal { length: metadata.len(), modified: metadata.modified().ok(), inode: inode(metadata) }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> u64 {
    0
}

/// What stands only while a segment is written, and deletions of a segment that never had any.
fn may_be_missing(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.ends_with(".temp") || name.ends_with(".0.del"))
}
