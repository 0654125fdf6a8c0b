//! One index in one folder, held by one process.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use diwan_arabic::ANALYZER_VERSION;
use diwan_content::Sequence;
use tantivy::{
    Index, IndexReader, IndexWriter, Searcher,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use crate::{
    check::{Payload, SoundIndex, open_sound, reader_of, settings},
    document::{IndexChange, key_term},
    error::SearchError,
    schema::{FORMAT_VERSION, Fields, register_tokenizer},
};

/// The index of all published entries: find, and keep up with what is published.
///
/// All methods block; call them from a thread that may. Searches run beside each other and beside a change, and see the
/// state of the last finished change.
pub struct SearchIndex {
    pub(crate) fields: Fields,
    reader: IndexReader,
    index: Index,
    stamp: String,
    writer_memory_bytes: usize,
    /// Made at the first change, given back by [`SearchIndex::rest`].
    writer: Mutex<Option<IndexWriter>>,
    mark: Mutex<Option<Sequence>>,
    /// Held as long as the index, and by the kernel's doing no longer than the process.
    _lock: File,
}

/// What [`SearchIndex::open`] found.
#[derive(Debug)]
pub struct OpenedIndex {
    /// The index, ready to search.
    pub index: SearchIndex,
    /// The last event whose change the index contains; `None` if it is empty and must be filled from the start.
    pub mark: Option<Sequence>,
    /// Why the index was made anew, if it was.
    pub rebuilt_because: Option<String>,
}

/// How an index works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexOptions {
    /// Memory for changes that are not yet on disk, in bytes; the engine wants at least 15 MB and takes only what it needs.
    pub writer_memory_bytes: usize,
}

/// How large an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexStats {
    /// Localizations that can be found.
    pub documents: u64,
    /// Parts that the engine searches one after the other and merges in the background.
    pub segments: usize,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { writer_memory_bytes: 15_000_000 }
    }
}

impl SearchIndex {
    /// Opens the index of a folder, or makes it anew if it is missing, damaged, or of another analysis, format or
    /// `registry_stamp` (a hash of what blueprints and collections say about search).
    ///
    /// Every file's checksum is read. The folder is closed to other users of the machine, since a file that is cut while it
    /// is in use would kill the process. A second process on the folder is told so.
    pub fn open(folder: &Path, registry_stamp: &str, options: &IndexOptions) -> Result<OpenedIndex, SearchError> {
        let failed = |operation| move |source| SearchError::Folder { operation, folder: folder.to_owned(), source };
        fs::create_dir_all(folder).and_then(|()| make_private(folder)).map_err(failed("make"))?;
        let lock = take_lock(folder)?;
        let stamp = format!("analyzer {ANALYZER_VERSION}, format {FORMAT_VERSION}, registry {registry_stamp}");
        let live = folder.join("index");
        let (sound, rebuilt_because) = match open_sound(&live, &stamp) {
            Ok(sound) => (sound, None),
            Err(reason) => {
                remove(&live).and_then(|()| fs::create_dir(&live)).map_err(failed("clear"))?;
                (create(&live).map_err(SearchError::engine("create"))?, Some(reason))
            }
        };
        let SoundIndex { index, reader, mark } = sound;
        let index = Self {
            fields: Fields::new().0,
            reader,
            index,
            stamp,
            writer_memory_bytes: options.writer_memory_bytes,
            writer: Mutex::new(None),
            mark: Mutex::new(mark),
            _lock: lock,
        };
        Ok(OpenedIndex { index, mark, rebuilt_because })
    }

    /// Brings the index from its mark to `mark`: all changes become visible at once, together with the mark, and are on disk
    /// when this returns. After an error nothing of it has happened; it may be tried again.
    ///
    /// A later change of the same localization wins. While an empty index is filled in several steps, pass
    /// `Sequence(0)` until the last, so that a fill that was cut off starts again.
    pub fn apply(&self, changes: Vec<IndexChange>, mark: Sequence) -> Result<(), SearchError> {
        let mut slot = self.lock_writer();
        if let Some(contained) = self.mark()
            && mark < contained
        {
            return Err(SearchError::StaleChanges { contained, given: mark });
        }
        self.change(&mut slot, Some(mark), |writer| self.write(writer, changes))
    }

    /// Empties the index and forgets its mark.
    pub fn clear(&self) -> Result<(), SearchError> {
        self.change(&mut self.lock_writer(), None, |writer| {
            writer.delete_all_documents().map(|_| ()).map_err(SearchError::engine("clear"))
        })
    }

    /// Finishes what runs in the background and gives the memory for changes back; the next change takes it again.
    pub fn rest(&self) -> Result<(), SearchError> {
        let mut slot = self.lock_writer();
        let Some(writer) = slot.take() else { return Ok(()) };
        writer.wait_merging_threads().map_err(SearchError::engine("merge"))?;
        self.reader.reload().map_err(SearchError::engine("reload"))
    }

    /// The last event whose change the index contains.
    pub fn mark(&self) -> Option<Sequence> {
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How large the index is.
    pub fn stats(&self) -> IndexStats {
        let searcher = self.searcher();
        IndexStats { documents: searcher.num_docs(), segments: searcher.segment_readers().len() }
    }

    /// The state of the last finished change.
    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    fn write(&self, writer: &IndexWriter, changes: Vec<IndexChange>) -> Result<(), SearchError> {
        for change in changes {
            match change {
                IndexChange::Put(document) => {
                    writer.delete_term(key_term(&self.fields, document.entry, &document.locale));
                    let indexed = document.to_indexed(&self.fields)?;
                    writer.add_document(indexed).map_err(SearchError::engine("write to"))?;
                }
                IndexChange::Remove { entry, locale } => {
                    writer.delete_term(key_term(&self.fields, entry, &locale));
                }
            }
        }
        Ok(())
    }

    /// Runs one change and commits it with its mark.
    fn change(
        &self,
        slot: &mut Option<IndexWriter>,
        mark: Option<Sequence>,
        run: impl FnOnce(&IndexWriter) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        // Out of its slot until all went well: dropping the writer forgets what was not committed.
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => self.new_writer().map_err(SearchError::engine("open a writer of"))?,
        };
        run(&writer)?;
        self.commit(&mut writer, mark)?;
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark;
        *slot = Some(writer);
        Ok(())
    }

    fn commit(&self, writer: &mut IndexWriter, mark: Option<Sequence>) -> Result<(), SearchError> {
        let payload = serde_json::to_string(&Payload::new(self.stamp.clone(), mark))
            .map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
        let mut commit = writer.prepare_commit().map_err(SearchError::engine("prepare a commit of"))?;
        commit.set_payload(&payload);
        commit.commit().map_err(SearchError::engine("commit"))?;
        self.reader.reload().map_err(SearchError::engine("reload"))
    }

    fn new_writer(&self) -> tantivy::Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(self.writer_memory_bytes)
            .build();
        let writer = self.index.writer_with_options(options)?;
        // By itself the engine never merges because of what was deleted.
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(0.2);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    fn lock_writer(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("stamp", &self.stamp).field("mark", &self.mark()).finish_non_exhaustive()
    }
}

fn create(live: &Path) -> tantivy::Result<SoundIndex> {
    let (_, schema) = Fields::new();
    let index = Index::builder().schema(schema).settings(settings()).create_in_dir(live)?;
    register_tokenizer(&index);
    let reader = reader_of(&index)?;
    Ok(SoundIndex { index, reader, mark: None })
}

fn take_lock(folder: &Path) -> Result<File, SearchError> {
    let failed = |source| SearchError::Folder { operation: "lock", folder: folder.to_owned(), source };
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(SearchError::InUse { folder: PathBuf::from(folder) }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn remove(live: &Path) -> io::Result<()> {
    match fs::symlink_metadata(live) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(live),
        Ok(_) => fs::remove_file(live),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
