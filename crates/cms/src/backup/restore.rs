//! Restores a backup.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use diwan_assets::{BlobHash, BlobStore, PutKnownError};
use diwan_content::{
    Actor, ContentHash, DepartmentId, EventKind, EventSubject, KeyId, Permit, Sequence, rights::Action,
};
use diwan_store::{Store, StoreError, WriteTx, columns_in_backup};
use futures_util::stream;
use sha2::{Digest as _, Sha256};

use super::{BATCH, BackupReport, CHUNK_BYTES, Damage, DamagedBlob, FORMAT, TableReport};
use crate::{
    cms::{Cms, CmsOptions},
    error::{CmsError, Thing},
    frame::{authority::permit, retry},
    opening::{OpenError, UNFINISHED_RESTORE},
    operating::lock::make_private_folder,
};

/// What becomes of the keys of a backup. Keys that were revoked after it was made are valid in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoredKeys {
    /// All are revoked.
    Revoke,
    /// They are as they were when the backup was made.
    Keep,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// What the backup says of itself.
    pub backup: BackupReport,
    /// Blobs that could not be restored.
    pub damaged: Vec<DamagedBlob>,
    /// How many keys were revoked.
    pub revoked_keys: u64,
    /// The last event that the index knows.
    pub index_mark: Sequence,
}

/// Restores a backup into an empty data folder and database, which may be the other kind, and builds the index. Damaged
/// and missing blobs are reported, and the rest is restored. A restore that was interrupted is taken up again by the same
/// call; until then the installation does not open.
///
/// # Errors
/// The tables of the backup are incomplete or damaged; the target is not empty; the database or the blobs fail.
pub async fn restore(folder: &Path, options: CmsOptions, keys: RestoredKeys) -> Result<RestoreReport, RestoreError> {
    let (report, identity) = check(folder)?;
    make_private_folder(&options.data_dir)?;
    let store = Store::open(options.store_options()?).await.map_err(OpenError::from)?;
    store.migrate().await.map_err(OpenError::from)?;
    let stage = stage(&store, &identity).await?;
    if stage == Stage::Fresh {
        store.check_empty().await.map_err(|error| RestoreError::Tables(error.to_string()))?;
        // From here on the installation does not open, also where this is interrupted before there are tables.
        begin(&store, &options, &identity).await.map_err(OpenError::from)?;
    }
    // An index that is left there knows what the backup may not.
    let index = options.data_dir.join("index");
    if index.exists() {
        fs::remove_dir_all(&index).map_err(|source| OpenError::Folder { path: index, source })?;
    }
    // Bytes before rows, as for uploads.
    let blobs = BlobStore::open(&options.data_dir.join("blobs")).map_err(OpenError::from)?;
    let mut damaged = restore_blobs(folder, &blobs).await?;
    if stage != Stage::Tables {
        let mut source = TableReader::new(folder.join("tables"), &report.tables);
        let mark = (UNFINISHED_RESTORE, identity.as_str());
        let imported = store.import_tables(&mut || source.next(), Some(mark)).await;
        imported.map_err(|error| RestoreError::Tables(error.to_string()))?;
    }
    add_missing(&store, &blobs, &mut damaged).await?;
    store.close().await.map_err(OpenError::from)?;

    let cms = Cms::open_unfinished(options).await?;
    let finished = finish(&cms, keys).await;
    let closed = cms.close().await;
    let (revoked_keys, index_mark) = finished.map_err(RestoreError::Finish)?;
    closed.map_err(RestoreError::Finish)?;
    Ok(RestoreReport { backup: report, damaged, revoked_keys, index_mark })
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
    /// Another backup was being restored there.
    #[error("the restore of another backup was interrupted here: finish that one, or begin with an empty place")]
    OtherUnfinished,
    /// The tables are there; what follows failed. The same call takes it up again.
    #[error("the restore is not finished, run it again: {0}")]
    Finish(#[source] CmsError),
}

/// How far a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was done.
    Fresh,
    /// Blobs are being copied.
    Blobs,
    /// The tables are in the database.
    Tables,
}

/// How far an interrupted restore of this backup came. The mark holds the backup's identity, and a word before there are
/// tables.
async fn stage(store: &Store, identity: &str) -> Result<Stage, RestoreError> {
    let snapshot = store.snapshot().await.map_err(OpenError::from)?;
    match snapshot.find_setting(UNFINISHED_RESTORE).await.map_err(OpenError::from)? {
        None => Ok(Stage::Fresh),
        Some(known) if known == identity => Ok(Stage::Tables),
        Some(known) if known == mark_of_blobs(identity) => Ok(Stage::Blobs),
        Some(_) => Err(RestoreError::OtherUnfinished),
    }
}

fn mark_of_blobs(identity: &str) -> String {
    format!("blobs of {identity}")
}

async fn begin(store: &Store, options: &CmsOptions, identity: &str) -> Result<(), StoreError> {
    let mark = mark_of_blobs(identity);
    let begun = retry(|| async {
        let mut tx = store.begin(options.clock.now()).await?;
        let outcome = tx.replace_setting(UNFINISHED_RESTORE, &mark).await;
        tx.end(outcome).await
    });
    begun.await.map(|_| ())
}

/// Copies the blobs that are whole; tells those that are not.
async fn restore_blobs(folder: &Path, blobs: &BlobStore) -> Result<Vec<DamagedBlob>, RestoreError> {
    let (mut damaged, folder) = (Vec::new(), folder.join("blobs"));
    let files = match fs::read_dir(&folder) {
        // All that the tables name are missing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(damaged),
        files => files.map_err(|error| unreadable(&folder, error))?,
    };
    for entry in files {
        let path = entry.map_err(|error| unreadable(&folder, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(hash) = name.parse::<BlobHash>() else {
            return Err(RestoreError::Damaged { file: path.clone(), what: "is not named by a hash".to_owned() });
        };
        let damage = match open_regular(&path) {
            Err(_) => Damage::Unreadable,
            Ok(file) => match blobs.put_known(&hash, chunks(file)).await {
                Ok(_) => continue,
                Err(PutKnownError::HashMismatch { .. }) => Damage::Changed,
                Err(PutKnownError::Stream(_)) => Damage::Unreadable,
                Err(PutKnownError::Store(error)) => return Err(OpenError::from(error).into()),
            },
        };
        damaged.push(DamagedBlob { hash: ContentHash::from_bytes(*hash.as_bytes()), damage });
    }
    Ok(damaged)
}

/// Adds the blobs that rows name and that are nowhere.
async fn add_missing(store: &Store, blobs: &BlobStore, damaged: &mut Vec<DamagedBlob>) -> Result<(), RestoreError> {
    let mut after: Option<ContentHash> = None;
    loop {
        let snapshot = store.snapshot().await.map_err(OpenError::from)?;
        let hashes = snapshot.blob_hashes(after.as_ref(), BATCH).await.map_err(OpenError::from)?;
        let Some(last) = hashes.last() else { break };
        after = Some(*last);
        for hash in hashes {
            let is_there = blobs.exists(&BlobHash::from_digest(*hash.as_bytes())).await.map_err(OpenError::from)?;
            if !is_there && !damaged.iter().any(|known| known.hash == hash) {
                damaged.push(DamagedBlob { hash, damage: Damage::Missing });
            }
        }
    }
    damaged.sort_by_key(|known| known.hash);
    Ok(())
}

/// What can be done again and again until all of it is done: keys, index, and last the mark that it is not done.
async fn finish(cms: &Cms, keys: RestoredKeys) -> Result<(u64, Sequence), CmsError> {
    let revoked = match keys {
        RestoredKeys::Keep => 0,
        RestoredKeys::Revoke => revoke_all(cms).await?,
    };
    cms.reindex().await?;
    retry(|| async {
        let mut tx = cms.store().begin(cms.now()).await?;
        let outcome = tx.forget_setting(UNFINISHED_RESTORE).await;
        tx.end(outcome).await
    })
    .await?;
    Ok((revoked, cms.search_mark().unwrap_or(Sequence(0))))
}

async fn revoke_all(cms: &Cms) -> Result<u64, CmsError> {
    let (mut revoked, mut after) = (0, None);
    loop {
        let snapshot = cms.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let keys = snapshot.list_keys(after, BATCH).await?;
        drop(snapshot);
        let Some(last) = keys.last() else { return Ok(revoked) };
        after = Some(last.id);
        let valid: Vec<KeyId> = keys.iter().filter(|key| key.revoked_at.is_none()).map(|key| key.id).collect();
        if valid.is_empty() {
            continue;
        }
        let (ministry, keys) = (DepartmentId::MINISTRY, Action::ManageKeys);
        let permit = permit(&Actor::system(), keys, ministry, &hierarchy, Thing::Department(ministry))?;
        revoked += valid.len() as u64;
        retry(|| async {
            let mut tx = cms.store().begin(cms.now()).await?;
            let outcome = revoke(&mut tx, &permit, &valid).await;
            tx.end(outcome).await
        })
        .await?;
    }
}

async fn revoke(tx: &mut WriteTx, permit: &Permit, keys: &[KeyId]) -> Result<(), CmsError> {
    for key in keys {
        if tx.revoke_key(permit, *key).await? {
            let subject = EventSubject { key: Some(*key), ..EventSubject::default() };
            tx.record(permit, EventKind::KeyRevoked, subject);
        }
    }
    Ok(())
}

/// Reads the manifest and checks every table's file against it; also what tells this backup from others.
fn check(folder: &Path) -> Result<(BackupReport, String), RestoreError> {
    let manifest = folder.join("manifest.json");
    let mut text = String::new();
    open_regular(&manifest)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(|error| unreadable(&manifest, error))?;
    let damaged = |file: PathBuf, what: &str| RestoreError::Damaged { file, what: what.to_owned() };
    let report: BackupReport =
        serde_json::from_str(&text).map_err(|error| damaged(manifest.clone(), &error.to_string()))?;
    if report.format != FORMAT {
        return Err(damaged(manifest, "was written in a form that this program does not know"));
    }
    for table in &report.tables {
        // A name leads to a file: anything but a table would lead out of the backup.
        if columns_in_backup().all(|(known, _)| known != table.name) {
            return Err(damaged(manifest, "names a table that this program does not know"));
        }
        let path = folder.join("tables").join(format!("{}.jsonl", table.name));
        let mut file = open_regular(&path).map_err(|error| unreadable(&path, error))?;
        let (sha256, rows) = hash_of(&mut file).map_err(|error| unreadable(&path, error))?;
        if sha256 != table.sha256 {
            return Err(damaged(path, "does not have the checksum of the manifest"));
        }
        if rows != table.rows {
            return Err(damaged(path, &format!("has {rows} rows, but the manifest says {}", table.rows)));
        }
    }
    // Events are numbered from 1 without gaps.
    let events = report.tables.iter().find(|table| table.name == "events").map_or(0, |table| table.rows);
    if u64::try_from(report.last_sequence) != Ok(events) {
        let what = format!("says that the last event is {}, but there are {events} events", report.last_sequence);
        return Err(damaged(manifest, &what));
    }
    let identity = ContentHash::of(text.as_bytes()).to_string();
    Ok((report, identity))
}

/// The checksum of a table's file and how many lines it has.
fn hash_of(file: &mut File) -> io::Result<(ContentHash, u64)> {
    let (mut hasher, mut lines) = (Sha256::new(), 0);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((ContentHash::from_bytes(hasher.finalize().into()), lines)),
            length => {
                hasher.update(&chunk[..length]);
                lines += chunk[..length].iter().filter(|byte| **byte == b'\n').count() as u64;
            }
        }
    }
}

/// Opens a file of a backup; reading anything else, a pipe say, might never end.
fn open_regular(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        return File::open(path);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
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
            let file = BufReader::new(open_regular(&self.folder.join(format!("{name}.jsonl")))?);
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

fn unreadable(file: &Path, source: io::Error) -> RestoreError {
    RestoreError::Unreadable { file: file.to_owned(), source }
}
