//! Backup and restore: one read snapshot of every table as JSON Lines, the blobs, and checksums of all of it.
//!
//! A backup is a folder: `manifest.json`, `tables/<table>.jsonl`, `blobs/<hash>`. It moves between SQLite and PostgreSQL.
//! The search index is not in it: it is built from the database.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use diwan_assets::BlobHash;
use diwan_content::{ContentHash, Timestamp};
use diwan_store::Queries;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    cms::{Cms, CmsOptions},
    error::CmsError,
    lock::make_private_folder,
    open::OpenError,
};

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
    /// How many blobs there are; each is checked against its name.
    pub blobs: u64,
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

impl Cms {
    /// Writes a backup into a folder that is empty or not there, while the server may go on.
    ///
    /// # Errors
    /// The folder is not empty or cannot be written; the database or the blobs fail.
    pub async fn backup(&self, folder: &Path) -> Result<BackupReport, CmsError> {
        make_empty_folder(folder)?;
        for part in ["tables", "blobs"] {
            make_private_folder(&folder.join(part)).map_err(|error| CmsError::internal(error.to_string()))?;
        }
        let snapshot = self.store().snapshot().await?;
        let last_sequence = snapshot.last_sequence().await?.0;
        let mut writer = TableWriter::new(folder.join("tables"));
        snapshot.export_tables(&mut |table, line| writer.line(table, line)).await.map_err(backup_failed)?;
        let tables = writer.finish().map_err(|error| io_failed(folder, error))?;
        let blobs = self.backup_blobs(&snapshot, &folder.join("blobs")).await?;
        let report = BackupReport { format: FORMAT, created_at: self.now(), last_sequence, tables, blobs };
        let text = serde_json::to_string_pretty(&report).map_err(|error| CmsError::internal(error.to_string()))?;
        // Last: a folder with a manifest is a whole backup.
        write_synced(&folder.join("manifest.json"), text.as_bytes()).map_err(|error| io_failed(folder, error))?;
        sync_folder(folder).map_err(|error| io_failed(folder, error))?;
        Ok(report)
    }

    async fn backup_blobs(&self, queries: &Queries, folder: &Path) -> Result<u64, CmsError> {
        let mut count = 0;
        let mut after: Option<ContentHash> = None;
        loop {
            let hashes = queries.blob_hashes(after.as_ref(), BATCH).await?;
            let Some(last) = hashes.last() else { break };
            after = Some(*last);
            for hash in &hashes {
                let path = folder.join(hash.to_string());
                let mut read = self.open_blob(hash, None).await?.stream;
                let mut file = File::create_new(&path).map_err(|error| io_failed(&path, error))?;
                while let Some(chunk) = read.next().await {
                    file.write_all(&chunk?).map_err(|error| io_failed(&path, error))?;
                }
                file.sync_all().map_err(|error| io_failed(&path, error))?;
                count += 1;
            }
        }
        sync_folder(folder).map_err(|error| io_failed(folder, error))?;
        Ok(count)
    }
}

/// Restores a backup into an empty data folder and database, which may be the other kind.
///
/// # Errors
/// The backup is incomplete or damaged; the target is not empty; the database or the blobs fail.
pub async fn restore(folder: &Path, options: CmsOptions) -> Result<BackupReport, RestoreError> {
    let report = check(folder)?;
    make_private_folder(&options.data_dir)?;
    let store = diwan_store::Store::open(options.store_options()?).await.map_err(OpenError::from)?;
    store.migrate().await.map_err(OpenError::from)?;
    store.check_empty().await.map_err(|error| RestoreError::Tables(error.to_string()))?;
    // An index that is left there knows what the backup may not.
    let index = options.data_dir.join("index");
    if index.exists() {
        fs::remove_dir_all(&index).map_err(|source| OpenError::Folder { path: index, source })?;
    }
    let blobs = diwan_assets::BlobStore::open(&options.data_dir.join("blobs")).map_err(OpenError::from)?;
    // Bytes before rows, as for uploads.
    for entry in fs::read_dir(folder.join("blobs")).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let damaged = |what: &str| RestoreError::Damaged { file: path.clone(), what: what.to_owned() };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let hash: BlobHash = name.parse().map_err(|_| damaged("is not named by a hash"))?;
        let file = File::open(&path).map_err(|error| unreadable(&path, error))?;
        blobs.put_known(&hash, chunks(file)).await.map_err(|error| damaged(&error.to_string()))?;
    }
    let mut source = TableReader::new(folder.join("tables"), &report.tables);
    store.import_tables(&mut || source.next()).await.map_err(|error| RestoreError::Tables(error.to_string()))?;
    store.close().await.map_err(OpenError::from)?;
    Ok(report)
}

/// Why a backup cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it was.
    #[error("{} {what}", file.display())]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The tables cannot be read into the database.
    #[error("{0}")]
    Tables(String),
    /// The target cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Reads the manifest and checks every table's file against it.
fn check(folder: &Path) -> Result<BackupReport, RestoreError> {
    let manifest = folder.join("manifest.json");
    let text = fs::read_to_string(&manifest).map_err(|error| unreadable(&manifest, error))?;
    let damaged = |file: PathBuf, what: &str| RestoreError::Damaged { file, what: what.to_owned() };
    let report: BackupReport =
        serde_json::from_str(&text).map_err(|error| damaged(manifest.clone(), &error.to_string()))?;
    if report.format != FORMAT {
        return Err(damaged(manifest, "was written in a form that this program does not know"));
    }
    for table in &report.tables {
        let path = folder.join("tables").join(format!("{}.jsonl", table.name));
        let mut file = File::open(&path).map_err(|error| unreadable(&path, error))?;
        if hash_of(&mut file).map_err(|error| unreadable(&path, error))? != table.sha256 {
            return Err(damaged(path, "does not have the checksum of the manifest"));
        }
    }
    let blobs = fs::read_dir(folder.join("blobs")).map_err(|error| unreadable(folder, error))?.count();
    if blobs as u64 != report.blobs {
        return Err(damaged(folder.join("blobs"), "does not hold as many blobs as the manifest says"));
    }
    Ok(report)
}

fn hash_of(file: &mut File) -> io::Result<ContentHash> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(ContentHash::from_bytes(hasher.finalize().into())),
            length => hasher.update(&chunk[..length]),
        }
    }
}

/// Writes lines of one table after the other.
struct TableWriter {
    folder: PathBuf,
    open: Option<OpenTable>,
    done: Vec<TableReport>,
}

struct OpenTable {
    name: String,
    file: BufWriter<File>,
    hasher: Sha256,
    rows: u64,
}

impl TableWriter {
    fn new(folder: PathBuf) -> Self {
        Self { folder, open: None, done: Vec::new() }
    }

    fn line(&mut self, table: &str, line: &str) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|open| open.name != table) {
            self.close()?;
            let file = BufWriter::new(File::create_new(self.folder.join(format!("{table}.jsonl")))?);
            self.open = Some(OpenTable { name: table.to_owned(), file, hasher: Sha256::new(), rows: 0 });
        }
        if let Some(open) = &mut self.open {
            for part in [line.as_bytes(), b"\n"] {
                open.file.write_all(part)?;
                open.hasher.update(part);
            }
            open.rows += 1;
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(OpenTable { name, file, hasher, rows }) = self.open.take() else { return Ok(()) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let sha256 = ContentHash::from_bytes(hasher.finalize().into());
        self.done.push(TableReport { name, rows, sha256 });
        Ok(())
    }

    fn finish(mut self) -> io::Result<Vec<TableReport>> {
        self.close()?;
        sync_folder(&self.folder)?;
        Ok(self.done)
    }
}

/// Reads the tables' lines in the order of the manifest.
struct TableReader {
    folder: PathBuf,
    waiting: std::vec::IntoIter<String>,
    open: Option<(String, BufReader<File>)>,
}

impl TableReader {
    fn new(folder: PathBuf, tables: &[TableReport]) -> Self {
        let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
        Self { folder, waiting: names.into_iter(), open: None }
    }

    fn next(&mut self) -> io::Result<Option<(String, String)>> {
        loop {
            if let Some((name, file)) = &mut self.open {
                let mut line = String::new();
                if file.read_line(&mut line)? > 0 {
                    line.truncate(line.trim_end_matches('\n').len());
                    return Ok(Some((name.clone(), line)));
                }
            }
            let Some(name) = self.waiting.next() else { return Ok(None) };
            let file = BufReader::new(File::open(self.folder.join(format!("{name}.jsonl")))?);
            self.open = Some((name, file));
        }
    }
}

fn chunks(file: File) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut chunk = vec![0; CHUNK_BYTES];
        match file.read(&mut chunk) {
            Ok(0) => None,
            Ok(length) => {
                chunk.truncate(length);
                Some((Ok(Bytes::from(chunk)), Some(file)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

fn make_empty_folder(folder: &Path) -> Result<(), CmsError> {
    make_private_folder(folder).map_err(|error| CmsError::internal(error.to_string()))?;
    let mut inside = fs::read_dir(folder).map_err(|error| io_failed(folder, error))?;
    if inside.next().is_some() {
        return Err(CmsError::internal(format!("{} is not empty", folder.display())));
    }
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn unreadable(file: &Path, source: io::Error) -> RestoreError {
    RestoreError::Unreadable { file: file.to_owned(), source }
}

fn io_failed(path: &Path, error: io::Error) -> CmsError {
    if error.kind() == io::ErrorKind::StorageFull {
        return CmsError::NoSpace;
    }
    CmsError::Internal { what: format!("cannot write {}", path.display()), source: Some(Box::new(error)) }
}

fn backup_failed(error: diwan_store::ImportError) -> CmsError {
    match error {
        diwan_store::ImportError::Store(error) => error.into(),
        other @ (diwan_store::ImportError::Lines(_)
        | diwan_store::ImportError::NotEmpty { .. }
        | diwan_store::ImportError::BadLine { .. }
        | diwan_store::ImportError::BrokenChain(_)) => {
            CmsError::Internal { what: "cannot write the backup".to_owned(), source: Some(Box::new(other)) }
        }
    }
}
