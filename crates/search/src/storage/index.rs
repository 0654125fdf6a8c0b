//! One index in one folder, held by one process.
//!
//! In the folder stand `lock`, the index that is searched (`index`) and, while one is made anew, the next one (`next`). The
//! next one takes the other's place only when it is complete; until then the other answers, where it may.

use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use diwan_content::Sequence;
use tantivy::{Searcher, TantivyError};

use super::{
    check::{Found, open_sound},
    generation::{Generation, Kind},
    integrity::Trouble,
    stamp::{IndexStamp, Stamp},
};
use crate::{
    documents::{
        document::{IndexChange, SearchDocument},
        schema::Fields,
    },
    error::SearchError,
    hits::filters::OpenColumns,
};

/// The index of all published entries: find, and keep up with what is published.
///
/// All methods block; call them from a thread that may. Searches run beside each other and beside a change, and see the
/// state of the last finished change.
pub struct SearchIndex {
    pub(crate) fields: Fields,
    folder: PathBuf,
    stamp: Stamp,
    pub(crate) options: IndexOptions,
    pub(crate) columns: OpenColumns,
    state: Mutex<State>,
    /// A search or a change failed in a way that damaged files explain.
    suspect: AtomicBool,
    /// Held as long as the index, and by the kernel's doing no longer than the process. `None` while the folder cannot be
    /// made or locked; nothing is read from it or written to it until then.
    lock: Mutex<Option<File>>,
}

/// How an index works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexOptions {
    /// Memory for changes that are not yet on disk, in bytes; the engine wants at least 15 MB and takes only what it needs.
    pub writer_memory_bytes: usize,
    /// The same while an index is rebuilt: more memory means fewer parts to merge. Documents that wait and merges need about
    /// 100 MB more.
    pub fill_memory_bytes: usize,
    /// Parts of the index beyond which changes wait for merges.
    pub segments_max: usize,
    /// Whether searches use the synonyms that the program carries beside those of editors.
    pub starter_synonyms: bool,
}

/// How large an index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexStats {
    /// Localizations that can be found.
    pub documents: u64,
    /// Parts that the engine searches one after the other and merges in the background.
    pub segments: usize,
    /// Bytes on disk.
    pub size_bytes: u64,
}

/// What an index can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Nothing yet: its files are still to be checked.
    Unchecked,
    /// Nothing: it is made anew.
    Building,
    /// It answers and takes in changes, but is of another analysis; the next one is being made.
    Outdated,
    /// It answers.
    Ready,
}

/// An index that is made anew beside the one that is searched.
pub struct Filling {
    owner: Arc<SearchIndex>,
    next: Generation,
}

/// One that has taken in everything and catches up with what changed meanwhile.
pub struct Filled {
    owner: Arc<SearchIndex>,
    next: Generation,
}

/// Name of the file that is locked.
const LOCK: &str = "lock";

#[derive(Default)]
struct State {
    checked: bool,
    live: Option<Arc<Generation>>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            writer_memory_bytes: 15_000_000,
            fill_memory_bytes: 35_000_000,
            segments_max: 40,
            starter_synonyms: true,
        }
    }
}

impl SearchIndex {
    /// Takes the folder, and answers nothing before [`SearchIndex::check`] was called: to look at every byte of a large index
    /// takes seconds, which the rest of a server need not wait for.
    ///
    /// The folder is closed to other users of the machine. Where it cannot be made or locked (a full disk, say), the check
    /// tries again and reports why.
    ///
    /// # Errors
    /// [`SearchError::InUse`] when another process holds the folder.
    pub fn open(folder: &Path, stamp: IndexStamp, options: &IndexOptions) -> Result<Self, SearchError> {
        let index = Self {
            fields: Fields::new().0,
            folder: folder.to_owned(),
            stamp: Stamp::new(stamp),
            options: options.clone(),
            columns: OpenColumns::default(),
            state: Mutex::default(),
            suspect: AtomicBool::new(false),
            lock: Mutex::default(),
        };
        match index.keep_folder() {
            Err(in_use @ SearchError::InUse { .. }) => Err(in_use),
            Ok(()) | Err(_) => Ok(index),
        }
    }

    /// Looks at every byte of what the folder holds. Answers why the index must be made anew, if it must: it is missing,
    /// damaged, or of another analysis, format, database or set of searched texts. One that is sound and shows no more than
    /// it may answers until the next one is ready.
    ///
    /// # Errors
    /// Where the folder cannot be made or locked, or the system does not let the files be read now. Nothing was thrown away,
    /// and the check may be tried again.
    pub fn check(&self) -> Result<Option<String>, SearchError> {
        self.keep_folder()?;
        let live = self.live_folder();
        // Where it cannot be removed (a read-only disk), what is sound is searched all the same; a filling tries again.
        let _ = remove(&self.next_folder());
        let (generation, reason) = match open_sound(&live, &self.stamp) {
            Ok(Found { index, mark, stamp, outdated, seals }) => {
                let (kind, stamp) = match &outdated {
                    None => (Kind::Current, stamp),
                    Some(_) => (Kind::Outdated, stamp.mixed_with(&self.stamp)),
                };
                let generation = Generation::new(&live, index, Some(mark), stamp, kind)?.with_seals(seals);
                (Some(Arc::new(generation)), outdated)
            }
            Err(Trouble::Damage(reason)) => {
                remove(&live).map_err(self.failed("clear"))?;
                (None, Some(reason))
            }
            Err(Trouble::Unreadable(source)) => return Err(self.failed("look at")(source)),
        };
        let mut state = self.lock_state();
        *state = State { checked: true, live: generation };
        Ok(reason)
    }

    /// Begins to make the index anew, beside the one that is searched.
    pub fn start_filling(self: &Arc<Self>) -> Result<Filling, SearchError> {
        self.keep_folder()?;
        let folder = self.next_folder();
        remove(&folder).and_then(|()| fs::create_dir(&folder)).map_err(self.failed("make"))?;
        Ok(Filling { owner: self.clone(), next: Generation::create(&folder, self.stamp.clone())? })
    }

    /// Brings the index that answers from its mark to `mark`: all changes become visible at once, together with the mark, and are on disk
    /// when this returns. After an error nothing of it has happened; it may be tried again. A later change of the same
    /// localization wins.
    pub fn apply(&self, changes: Vec<IndexChange>, mark: Sequence) -> Result<(), SearchError> {
        let live = self.live().ok_or(SearchError::NotReady)?;
        let applied = live.apply(changes, mark, self.options.writer_memory_bytes, self.options.segments_max);
        applied.inspect_err(|error| self.suspect_after(error))
    }

    /// Looks at the files of the index that answers: at those that are new or were touched since the last look, and at every
    /// byte after a search or a change failed. A damaged index is thrown away, so that it must be rebuilt; returns why.
    ///
    /// # Errors
    /// Where the system does not let the files be read now: the index is kept and stays suspect.
    pub fn inspect(&self) -> Result<Option<String>, SearchError> {
        let Some(live) = self.live() else { return Ok(None) };
        let every_byte = self.suspect.swap(false, Ordering::Relaxed);
        let looked = catch_unwind(AssertUnwindSafe(|| live.look(every_byte)));
        drop(live);
        match looked.unwrap_or_else(|_panic| Err(Trouble::Damage("the engine cannot read it".to_owned()))) {
            Ok(()) => Ok(None),
            Err(Trouble::Unreadable(source)) => {
                self.suspect.store(true, Ordering::Relaxed);
                Err(self.failed("look at")(source))
            }
            Err(Trouble::Damage(reason)) => {
                self.discard()?;
                Ok(Some(reason))
            }
        }
    }

    /// Whether a search or a change failed since the last look at the files.
    pub fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    /// Asks the index that answers. A panic of the engine is one more kind of damage: its files are looked at next.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Searcher) -> Result<T, SearchError>) -> Result<T, SearchError> {
        let searcher = self.searcher()?;
        match catch_unwind(AssertUnwindSafe(|| question(&searcher))) {
            Ok(answer) => answer.inspect_err(|error| self.suspect_after(error)),
            Err(_panic) => {
                self.suspect.store(true, Ordering::Relaxed);
                Err(SearchError::NotReady)
            }
        }
    }

    fn suspect_after(&self, error: &SearchError) {
        let damaged = match error {
            SearchError::DamagedDocument { .. } => true,
            SearchError::Engine { source, .. } => !is_harmless(source),
            SearchError::QueryTooLong
            | SearchError::NoWords
            | SearchError::TooCostly
            | SearchError::NotReady
            | SearchError::InUse { .. }
            | SearchError::StaleChanges { .. }
            | SearchError::Folder { .. } => false,
        };
        if damaged {
            self.suspect.store(true, Ordering::Relaxed);
        }
    }

    /// Throws the index away, for whoever knows that it says what is not so; it must be filled anew.
    pub fn discard(&self) -> Result<(), SearchError> {
        let live = self.lock_state().live.take();
        if let Some(live) = live {
            live.abandon();
        }
        remove(&self.live_folder()).map_err(self.failed("clear"))
    }

    /// Finishes what runs in the background and gives the memory for changes back; the next change takes it again.
    pub fn rest(&self) -> Result<(), SearchError> {
        self.live().map_or(Ok(()), |live| live.rest())
    }

    /// The last event whose change the index that answers contains; `None` if none answers.
    pub fn mark(&self) -> Option<Sequence> {
        self.live().and_then(|live| live.mark())
    }

    /// What it can do now.
    pub fn state(&self) -> IndexState {
        let state = self.lock_state();
        match &state.live {
            None if !state.checked => IndexState::Unchecked,
            None => IndexState::Building,
            Some(live) if live.is_outdated() => IndexState::Outdated,
            Some(_) => IndexState::Ready,
        }
    }

    /// How large the index is.
    pub fn stats(&self) -> IndexStats {
        self.live().map_or_else(IndexStats::default, |live| live.stats())
    }

    /// The state of the last finished change.
    pub(crate) fn searcher(&self) -> Result<Searcher, SearchError> {
        self.live().map(|live| live.searcher()).ok_or(SearchError::NotReady)
    }

    fn live(&self) -> Option<Arc<Generation>> {
        self.lock_state().live.clone()
    }

    fn live_folder(&self) -> PathBuf {
        self.folder.join("index")
    }

    fn next_folder(&self) -> PathBuf {
        self.folder.join("next")
    }

    fn failed(&self, operation: &'static str) -> impl Fn(io::Error) -> SearchError {
        let folder = self.folder.clone();
        move |source| SearchError::Folder { operation, folder: folder.clone(), source }
    }

    /// Makes the folder and takes its lock, if that was not done yet or the folder was deleted.
    fn keep_folder(&self) -> Result<(), SearchError> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() || !self.folder.join(LOCK).exists() {
            fs::create_dir_all(&self.folder).and_then(|()| make_private(&self.folder)).map_err(self.failed("make"))?;
            *lock = Some(take_lock(&self.folder)?);
        }
        Ok(())
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Filling {
    /// Takes in documents; each localization only once.
    pub fn put(&self, documents: &[SearchDocument]) -> Result<(), SearchError> {
        self.next.fill(documents, self.owner.options.fill_memory_bytes)
    }

    /// All is taken in that was so at `mark`. Waits until it is on disk and merged.
    pub fn settle(self, mark: Sequence) -> Result<Filled, SearchError> {
        let Self { owner, next } = self;
        next.apply(Vec::new(), mark, owner.options.fill_memory_bytes, usize::MAX)?;
        Ok(Filled { owner, next: next.settle()? })
    }
}

impl Filled {
    /// The last event that it contains.
    pub fn mark(&self) -> Option<Sequence> {
        self.next.mark()
    }

    /// Brings it from its mark to `mark`, as [`SearchIndex::apply`] does with the one that answers.
    pub fn apply(&self, changes: Vec<IndexChange>, mark: Sequence) -> Result<(), SearchError> {
        self.next.apply(changes, mark, self.owner.options.writer_memory_bytes, self.owner.options.segments_max)
    }

    /// It takes the place of the one that was searched. Not beside a change of that one.
    pub fn finish(self) -> Result<(), SearchError> {
        let Self { owner, next } = self;
        let mark = next.mark();
        next.rest()?;
        drop(next);
        let (live, fresh) = (owner.live_folder(), owner.next_folder());
        // What still merged there would write into the folder that the next one gets.
        if let Some(live) = owner.live() {
            live.abandon();
        }
        let mut state = owner.lock_state();
        state.live = None;
        remove(&live).and_then(|()| fs::rename(&fresh, &live)).map_err(owner.failed("replace"))?;
        sync_folder(&owner.folder).map_err(owner.failed("sync"))?;
        let generation = Generation::open(&live, mark, owner.stamp.clone())?;
        *state = State { checked: true, live: Some(Arc::new(generation)) };
        Ok(())
    }
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("stamp", &self.stamp).field("mark", &self.mark()).finish_non_exhaustive()
    }
}

/// Whether an error of the engine says nothing about its files: a full disk above all.
fn is_harmless(error: &TantivyError) -> bool {
    let full = |error: &io::Error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    if let TantivyError::IoError(error) = error {
        return full(error);
    }
    matches!(error, TantivyError::InvalidArgument(_) | TantivyError::LockFailure(..))
}

fn take_lock(folder: &Path) -> Result<File, SearchError> {
    let failed = |source| SearchError::Folder { operation: "lock", folder: folder.to_owned(), source };
    let lock = open_lock(&folder.join(LOCK)).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(SearchError::InUse { folder: PathBuf::from(folder) }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// A file that is there can be locked where nothing can be written.
fn open_lock(path: &Path) -> io::Result<File> {
    match File::options().create(true).truncate(false).write(true).open(path) {
        Err(refused) => File::open(path).map_err(|_| refused),
        opened => opened,
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

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = fs::metadata(folder)?.permissions();
    let mode = permissions.mode();
    // A read-only disk takes no rights, not even those that are there.
    if mode & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(mode & 0o700);
    fs::set_permissions(folder, permissions)
}

#[cfg(not(unix))]
fn make_private(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
