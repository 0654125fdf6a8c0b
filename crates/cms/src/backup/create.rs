//! Writes a backup.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use diwan_assets::{AssetsError, BlobHash};
use diwan_content::ContentHash;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{BATCH, BackupReport, Damage, DamagedBlob, FORMAT, TableReport};
use crate::{cms::Cms, error::CmsError, operating::lock::make_private_folder};

impl Cms {
    /// Writes a backup into a folder that is empty or not there, while the server may go on. Damaged and missing blobs are
    /// reported, and the rest is saved.
    ///
    /// # Errors
    /// The folder is not empty or cannot be written; the database fails.
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
        // Copying takes long, and blobs never go away: those that came after the snapshot are saved too.
        drop(snapshot);
        let (blobs, damaged) = self.backup_blobs(folder).await?;
        let report = BackupReport { format: FORMAT, created_at: self.now(), last_sequence, tables, blobs, damaged };
        let text = serde_json::to_string_pretty(&report).map_err(|error| CmsError::internal(error.to_string()))?;
        // Last: a folder with a manifest is a whole backup.
        write_synced(&folder.join("manifest.json"), text.as_bytes()).map_err(|error| io_failed(folder, error))?;
        sync_folder(folder).map_err(|error| io_failed(folder, error))?;
        Ok(report)
    }

    async fn backup_blobs(&self, folder: &Path) -> Result<(u64, Vec<DamagedBlob>), CmsError> {
        let (mut count, mut damaged) = (0, Vec::new());
        let mut after: Option<ContentHash> = None;
        loop {
            let hashes = self.store().snapshot().await?.blob_hashes(after.as_ref(), BATCH).await?;
            let Some(last) = hashes.last() else { break };
            after = Some(*last);
            for hash in &hashes {
                match self.backup_blob(hash, folder).await? {
                    None => count += 1,
                    Some(damage) => damaged.push(DamagedBlob { hash: *hash, damage }),
                }
            }
        }
        sync_folder(&folder.join("blobs")).map_err(|error| io_failed(folder, error))?;
        Ok((count, damaged))
    }

    /// Copies a blob and checks it while it is read. Changed bytes are kept beside the whole ones: they may be all that
    /// is left of a file.
    async fn backup_blob(&self, hash: &ContentHash, folder: &Path) -> Result<Option<Damage>, CmsError> {
        let path = folder.join("blobs").join(hash.to_string());
        let failed = |error| io_failed(&path, error);
        let read = self.parts().blobs.get_unchecked(&BlobHash::from_digest(*hash.as_bytes()), None).await;
        let mut bytes = match read {
            Ok(read) => read.stream,
            Err(error) => return Ok(Some(Damage::of(&error))),
        };
        let (mut file, mut hasher) = (File::create_new(&path).map_err(failed)?, Sha256::new());
        let mut broken: Option<AssetsError> = None;
        while let Some(chunk) = bytes.next().await {
            match chunk {
                Ok(chunk) => {
                    hasher.update(&chunk);
                    file.write_all(&chunk).map_err(failed)?;
                }
                Err(error) => broken = Some(error),
            }
        }
        file.sync_all().map_err(failed)?;
        let damage = match broken {
            Some(error) => Damage::of(&error),
            None if ContentHash::from_bytes(hasher.finalize().into()) == *hash => return Ok(None),
            None => Damage::Changed,
        };
        let aside = folder.join("damaged");
        make_private_folder(&aside).map_err(|error| CmsError::internal(error.to_string()))?;
        fs::rename(&path, aside.join(hash.to_string())).map_err(failed)?;
        Ok(Some(damage))
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

fn make_empty_folder(folder: &Path) -> Result<(), CmsError> {
    // One that is there keeps its rights: what is written into it is closed to others.
    if !folder.is_dir() {
        make_private_folder(folder).map_err(|error| CmsError::internal(error.to_string()))?;
    }
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
        | diwan_store::ImportError::BadRow { .. }
        | diwan_store::ImportError::BrokenChain(_)) => {
            CmsError::Internal { what: "cannot write the backup".to_owned(), source: Some(Box::new(other)) }
        }
    }
}
