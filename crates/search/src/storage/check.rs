//! What must be sound before an index is used: the engine trusts what it finds in its files.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use diwan_content::{ContentHash, Sequence};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexSettings, ReloadPolicy, SegmentReader, TantivyError, index::IndexMeta, schema::Schema,
};

use super::{
    directory::PositionalDirectory,
    integrity::{Seals, Trouble},
    stamp::Stamp,
};
use crate::documents::schema::{Fields, register_tokenizer};

/// Size of the compressed blocks that stored documents are in, in bytes before compression. Reading a hit unpacks its whole
/// block, and hits seldom share one.
const STORE_BLOCK_BYTES: usize = 8_192;
/// Blocks of stored documents that each segment keeps unpacked; the engine's own 100 would be megabytes a segment.
const STORE_CACHE_BLOCKS: usize = 4;

/// What a commit carries.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// What the index was made by and of.
    stamp: Stamp,
    /// Last event contained.
    mark: Sequence,
    /// Over both, since the engine does not check the file that holds them.
    hash: ContentHash,
}

impl Payload {
    pub(crate) fn new(stamp: Stamp, mark: Sequence) -> Self {
        let hash = Self::hash_of(&stamp, mark);
        Self { stamp, mark, hash }
    }

    fn is_sound(&self) -> bool {
        self.hash == Self::hash_of(&self.stamp, self.mark)
    }

    fn hash_of(stamp: &Stamp, mark: Sequence) -> ContentHash {
        ContentHash::of(format!("{stamp:?} {mark}").as_bytes())
    }
}

/// A sound index.
pub(crate) struct Found {
    pub(crate) index: Index,
    pub(crate) mark: Sequence,
    /// What it was made by and of.
    pub(crate) stamp: Stamp,
    /// Why it must be replaced, though it may answer until then.
    pub(crate) outdated: Option<String>,
    pub(crate) seals: Seals,
}

/// Opens an index after looking at every byte of it, or says why it must not be used.
pub(crate) fn open_sound(folder: &Path, stamp: &Stamp) -> Result<Found, Trouble> {
    match folder.join("meta.json").try_exists() {
        Ok(true) => {}
        Ok(false) => return Err(Trouble::Damage("there is no index yet".to_owned())),
        Err(error) => return Err(Trouble::Unreadable(error)),
    }
    // A panic of the engine over files that it did not expect is one more kind of damage.
    let opened = catch_unwind(AssertUnwindSafe(|| open_checked(folder, stamp)));
    opened.unwrap_or_else(|_| Err(Trouble::Damage("the engine cannot read it".to_owned())))
}

/// How documents are stored on disk.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        // A thread of its own for packing each segment's documents is not worth its memory.
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: STORE_BLOCK_BYTES,
        ..IndexSettings::default()
    }
}

/// The reader of an index; it sees commits when told to.
pub(crate) fn reader_of(index: &Index) -> tantivy::Result<IndexReader> {
    let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    builder.doc_store_cache_num_blocks(STORE_CACHE_BLOCKS).try_into()
}

fn open_checked(folder: &Path, stamp: &Stamp) -> Result<Found, Trouble> {
    let (_, schema) = Fields::new();
    let directory = PositionalDirectory::open(folder).map_err(TantivyError::from)?;
    let index = Index::open(directory)?;
    let metas = index.load_metas()?;
    let (Payload { stamp, mark, hash: _ }, outdated) = check_metas(&metas, &schema, stamp)?;
    check_list(folder, &metas)?;
    check_managed(folder, &index, &metas)?;
    let mut seals = Seals::default();
    seals.check_all(folder, &metas)?;
    register_tokenizer(&index);
    let reader = reader_of(&index)?;
    for segment in reader.searcher().segment_readers() {
        check_segment(segment, &metas)?;
    }
    Ok(Found { index, mark, stamp, outdated, seals })
}

/// What the last commit carries, and why the index must be replaced if it may answer but is not of today.
fn check_metas(metas: &IndexMeta, schema: &Schema, stamp: &Stamp) -> Result<(Payload, Option<String>), String> {
    let payload: Payload = match &metas.payload {
        None => return Err("nothing was ever committed to it".to_owned()),
        Some(text) => serde_json::from_str(text).map_err(|error| format!("its mark cannot be read: {error}"))?,
    };
    if !payload.is_sound() {
        return Err("its mark is damaged".to_owned());
    }
    let other = (payload.stamp != *stamp).then(|| format!("it was made for {}, this is {stamp}", payload.stamp));
    if let Some(other) = &other
        && !payload.stamp.may_answer_for(stamp)
    {
        return Err(other.clone());
    }
    let fields = |schema: &Schema| schema.fields().map(|(_, entry)| entry.clone()).collect::<Vec<_>>();
    if fields(&metas.schema) != fields(schema) || metas.index_settings != settings() {
        return Err("its fields are others".to_owned());
    }
    Ok((payload, other))
}

/// The list of segments has no checksum. A damaged name in it would be read over, so what was read must be all that is
/// written; damaged numbers show against the segments' own.
fn check_list(folder: &Path, metas: &IndexMeta) -> Result<(), Trouble> {
    let written =
        fs::read_to_string(folder.join("meta.json")).map_err(|error| Trouble::at(Path::new("meta.json"), error))?;
    let read = serde_json::to_string_pretty(metas).map_err(|error| error.to_string())?;
    let counts_agree = metas.segments.iter().all(|meta| meta.delete_opstamp().is_some() == meta.has_deletes());
    if written.trim_end() == read && counts_agree {
        Ok(())
    } else {
        Err(Trouble::Damage("its list of segments is damaged".to_owned()))
    }
}

/// The engine's list of the files that it may delete has no checksum either: all files of segments must be in it.
fn check_managed(folder: &Path, index: &Index, metas: &IndexMeta) -> Result<(), String> {
    let managed = index.directory().list_managed_files();
    let unlisted =
        metas.list_segment_files().into_iter().find(|file| !managed.contains(file) && folder.join(file).exists());
    unlisted.map_or(Ok(()), |file| Err(format!("its list of files lacks {}", file.display())))
}

/// The counts of the list of segments, which has no checksum, against the segments themselves.
fn check_segment(segment: &SegmentReader, metas: &IndexMeta) -> Result<(), Trouble> {
    let listed = metas.segments.iter().find(|meta| meta.id() == segment.segment_id());
    let listed = listed.map(|meta| (meta.max_doc(), meta.max_doc().saturating_sub(meta.num_deleted_docs()) as usize));
    let identities = segment.fast_fields().u64(Fields::IDENTITY)?;
    let alive = segment.alive_bitset().map_or(segment.max_doc() as usize, |alive| alive.num_alive_docs());
    if listed != Some((identities.num_docs(), alive)) {
        return Err(Trouble::Damage("its list of segments is damaged".to_owned()));
    }
    Ok(())
}
