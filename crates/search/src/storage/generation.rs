//! One index as the engine holds it: its reader, its writer while there is something to write, and what it contains.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use diwan_content::Sequence;
use tantivy::{
    Index, IndexReader, IndexWriter, Searcher,
    indexer::{IndexWriterOptions, MergePolicy, NoMergePolicy},
};

use super::{
    check::{Payload, reader_of, settings},
    directory::PositionalDirectory,
    in_flight::{InFlight, WaitingDocument},
    index::IndexStats,
    integrity::{Seals, Trouble},
    merges::BoundedMerges,
    stamp::Stamp,
};
use crate::{
    documents::{
        document::{IndexChange, SearchDocument, key_term},
        schema::{Fields, register_tokenizer},
    },
    error::SearchError,
};

/// An index that is open.
pub(crate) struct Generation {
    fields: Fields,
    folder: PathBuf,
    reader: IndexReader,
    index: Index,
    kind: Kind,
    /// What its commits are stamped with.
    stamp: Stamp,
    /// Made at the first change, given back by [`Generation::rest`].
    writer: Mutex<Option<IndexWriter<WaitingDocument>>>,
    mark: Mutex<Option<Sequence>>,
    in_flight: InFlight,
    seals: Mutex<Seals>,
}

/// What an open index is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Made by the analysis and for the texts of today.
    Current,
    /// Like that, and about to be moved: nothing runs in its background.
    Settled,
    /// Of another analysis or registry. Takes in changes until the next one is ready; only small parts are worth merging.
    Outdated,
}

impl Generation {
    /// An empty one in an empty folder.
    pub(crate) fn create(folder: &Path, stamp: Stamp) -> Result<Self, SearchError> {
        let (_, schema) = Fields::new();
        let directory = PositionalDirectory::open(folder).map_err(SearchError::engine("create"))?;
        let index = Index::create(directory, schema, settings());
        let index = index.map_err(SearchError::engine("create"))?;
        register_tokenizer(&index);
        Self::new(folder, index, None, stamp, Kind::Current)
    }

    /// One that this process has just written.
    pub(crate) fn open(folder: &Path, mark: Option<Sequence>, stamp: Stamp) -> Result<Self, SearchError> {
        let directory = PositionalDirectory::open(folder).map_err(SearchError::engine("open"))?;
        let index = Index::open(directory).map_err(SearchError::engine("open"))?;
        register_tokenizer(&index);
        Self::new(folder, index, mark, stamp, Kind::Current)
    }

    /// One whose files are sound.
    pub(crate) fn new(
        folder: &Path,
        index: Index,
        mark: Option<Sequence>,
        stamp: Stamp,
        kind: Kind,
    ) -> Result<Self, SearchError> {
        let reader = reader_of(&index).map_err(SearchError::engine("read"))?;
        Ok(Self {
            fields: Fields::new().0,
            folder: folder.to_owned(),
            reader,
            index,
            kind,
            stamp,
            writer: Mutex::new(None),
            mark: Mutex::new(mark),
            in_flight: InFlight::default(),
            seals: Mutex::default(),
        })
    }

    /// The same with files that were found sound.
    pub(crate) fn with_seals(self, seals: Seals) -> Self {
        Self { seals: Mutex::new(seals), ..self }
    }

    /// Looks at the files that are new or were touched since the last look, at all of them where `every_byte` is set.
    pub(crate) fn look(&self, every_byte: bool) -> Result<(), Trouble> {
        // Beside no commit, which replaces files.
        let _writer = self.lock_writer();
        let mut seals = self.seals.lock().unwrap_or_else(PoisonError::into_inner);
        if every_byte {
            *seals = Seals::default();
        }
        seals.check_touched(&self.folder, &self.index)
    }

    /// Gives the writer up without a commit. Nothing writes into the folder afterwards.
    pub(crate) fn abandon(&self) {
        if let Some(writer) = self.lock_writer().take() {
            // Its files are removed next: that a merge fails no longer matters.
            let _ = writer.wait_merging_threads();
        }
    }

    /// Whether it is to be replaced.
    pub(crate) fn is_outdated(&self) -> bool {
        self.kind == Kind::Outdated
    }

    /// The last event contained.
    pub(crate) fn mark(&self) -> Option<Sequence> {
        *self.lock_mark()
    }

    /// The same, merged and with nothing that runs in the background from now on.
    pub(crate) fn settle(mut self) -> Result<Self, SearchError> {
        self.rest()?;
        self.kind = Kind::Settled;
        Ok(self)
    }

    /// Changes and their mark in one commit. Where the index has more parts than `segments_max`, waits for its merges: each
    /// part keeps its list of words in memory, and each search asks all of them.
    pub(crate) fn apply(
        &self,
        changes: Vec<IndexChange>,
        mark: Sequence,
        memory_bytes: usize,
        segments_max: usize,
    ) -> Result<(), SearchError> {
        let mut slot = self.lock_writer();
        if let Some(contained) = self.mark()
            && mark < contained
        {
            return Err(SearchError::StaleChanges { contained, given: mark });
        }
        // Out of its slot until all went well: dropping the writer forgets what was not committed.
        let mut writer = self.take_writer(&mut slot, memory_bytes)?;
        self.write(&writer, changes)?;
        self.commit(&mut writer, mark)?;
        *self.lock_mark() = Some(mark);
        if self.searcher().segment_readers().len() <= segments_max || !self.has_merges() {
            *slot = Some(writer);
            return Ok(());
        }
        // The change is committed whatever becomes of the merges; what hinders them hinders the next change as well.
        let _ = self.end_merges(writer);
        Ok(())
    }

    /// Whether there are parts that are to be merged.
    fn has_merges(&self) -> bool {
        let segments = self.index.searchable_segment_metas().unwrap_or_default();
        !self.merge_policy().compute_merge_candidates(&segments).is_empty()
    }

    /// Documents that nobody sees before the next change; each localization once, for nothing is looked up to be replaced.
    pub(crate) fn fill(&self, documents: &[SearchDocument], memory_bytes: usize) -> Result<(), SearchError> {
        let mut slot = self.lock_writer();
        let writer = self.take_writer(&mut slot, memory_bytes)?;
        for document in documents {
            self.add(&writer, document)?;
        }
        *slot = Some(writer);
        Ok(())
    }

    /// Ends merges and gives back the writer.
    pub(crate) fn rest(&self) -> Result<(), SearchError> {
        let mut slot = self.lock_writer();
        slot.take().map_or(Ok(()), |writer| self.end_merges(writer))
    }

    fn end_merges(&self, writer: IndexWriter<WaitingDocument>) -> Result<(), SearchError> {
        writer.wait_merging_threads().map_err(SearchError::engine("merge"))?;
        self.reader.reload().map_err(SearchError::engine("reload"))
    }

    /// The state of the last finished change.
    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// How large it is.
    pub(crate) fn stats(&self) -> IndexStats {
        let searcher = self.searcher();
        let size = searcher.space_usage().map_or(0, |usage| usage.total().get_bytes());
        IndexStats { documents: searcher.num_docs(), segments: searcher.segment_readers().len(), size_bytes: size }
    }

    fn add(&self, writer: &IndexWriter<WaitingDocument>, document: &SearchDocument) -> Result<(), SearchError> {
        let indexed = self.in_flight.enter(document.to_indexed(&self.fields)?, document.indexed_bytes());
        writer.add_document(indexed).map_err(SearchError::engine("write to"))?;
        Ok(())
    }

    fn write(&self, writer: &IndexWriter<WaitingDocument>, changes: Vec<IndexChange>) -> Result<(), SearchError> {
        for change in changes {
            match change {
                IndexChange::Put(document) => {
                    writer.delete_term(key_term(&self.fields, document.entry, &document.locale));
                    self.add(writer, &document)?;
                }
                IndexChange::Remove { entry, locale } => {
                    writer.delete_term(key_term(&self.fields, entry, &locale));
                }
            }
        }
        Ok(())
    }

    fn commit(&self, writer: &mut IndexWriter<WaitingDocument>, mark: Sequence) -> Result<(), SearchError> {
        let payload = serde_json::to_string(&Payload::new(self.stamp.clone(), mark))
            .map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
        let mut commit = writer.prepare_commit().map_err(SearchError::engine("prepare a commit of"))?;
        commit.set_payload(&payload);
        commit.commit().map_err(SearchError::engine("commit"))?;
        self.reader.reload().map_err(SearchError::engine("reload"))
    }

    fn take_writer(
        &self,
        slot: &mut Option<IndexWriter<WaitingDocument>>,
        memory_bytes: usize,
    ) -> Result<IndexWriter<WaitingDocument>, SearchError> {
        match slot.take() {
            Some(writer) => Ok(writer),
            None => self.new_writer(memory_bytes).map_err(SearchError::engine("open a writer of")),
        }
    }

    fn new_writer(&self, memory_bytes: usize) -> tantivy::Result<IndexWriter<WaitingDocument>> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory_bytes)
            .build();
        let writer = self.index.writer_with_options(options)?;
        writer.set_merge_policy(self.merge_policy());
        Ok(writer)
    }

    fn merge_policy(&self) -> Box<dyn MergePolicy> {
        match self.kind {
            Kind::Current => Box::new(BoundedMerges::of_current(&self.folder)),
            Kind::Settled => Box::new(NoMergePolicy),
            Kind::Outdated => Box::new(BoundedMerges::of_outdated(&self.folder)),
        }
    }

    fn lock_writer(&self) -> MutexGuard<'_, Option<IndexWriter<WaitingDocument>>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_mark(&self) -> MutexGuard<'_, Option<Sequence>> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
