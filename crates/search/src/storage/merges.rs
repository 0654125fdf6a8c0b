//! Which parts of an index are merged into one.

use std::path::{Path, PathBuf};

use tantivy::{
    SegmentMeta,
    index::SegmentComponent,
    indexer::{LogMergePolicy, MergeCandidate, MergePolicy},
};

/// Parts of fewer documents are merged with each other however different they are; publishes come one by one.
const FLOOR_DOCUMENTS: u32 = 200;
/// Larger parts of an index that is to be replaced are left alone.
const OUTDATED_MAX_DOCUMENTS: usize = 5_000;
/// A part is merged by itself when a larger share of it is deleted.
const DELETED_MAX_SHARE: f32 = 0.2;
/// The stored documents of a part from which nothing is deleted are read in one piece by a merge: parts that store more
/// are left as they are.
const STORE_MAX_BYTES: u64 = 16_000_000;

/// By the number of documents, and no part of which a merge would take much memory.
#[derive(Debug)]
pub(crate) struct BoundedMerges {
    by_documents: LogMergePolicy,
    folder: PathBuf,
    store_max_bytes: u64,
}

impl BoundedMerges {
    /// For the index of today.
    pub(crate) fn of_current(folder: &Path) -> Self {
        let mut policy = Self::of(folder);
        // By itself the engine never merges because of what was deleted.
        policy.by_documents.set_del_docs_ratio_before_merge(DELETED_MAX_SHARE);
        policy
    }

    /// For one that is to be replaced: only small parts are worth merging.
    pub(crate) fn of_outdated(folder: &Path) -> Self {
        let mut policy = Self::of(folder);
        policy.by_documents.set_max_docs_before_merge(OUTDATED_MAX_DOCUMENTS);
        policy
    }

    fn of(folder: &Path) -> Self {
        let mut by_documents = LogMergePolicy::default();
        by_documents.set_min_layer_size(FLOOR_DOCUMENTS);
        Self { by_documents, folder: folder.to_owned(), store_max_bytes: STORE_MAX_BYTES }
    }

    fn may_merge(&self, segment: &SegmentMeta) -> bool {
        // What is deleted is left out document by document.
        segment.has_deletes() || {
            let store = self.folder.join(segment.relative_path(SegmentComponent::Store));
            // One that cannot be looked at is the merge's to complain of.
            std::fs::metadata(store).map_or(true, |file| file.len() <= self.store_max_bytes)
        }
    }
}

impl MergePolicy for BoundedMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let small: Vec<SegmentMeta> = segments.iter().filter(|segment| self.may_merge(segment)).cloned().collect();
        self.by_documents.compute_merge_candidates(&small)
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::ContentHash;
    use tantivy::{Index, IndexWriter, TantivyDocument, Term, indexer::NoMergePolicy, schema};

    use super::*;

    /// One part for each text.
    fn parts(folder: &Path, texts: &[&str]) -> (Index, schema::Field) {
        let mut builder = schema::Schema::builder();
        let text = builder.add_text_field("text", schema::STRING | schema::STORED);
        let index = Index::create_in_dir(folder, builder.build()).unwrap();
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for part in texts {
            for copy in 0..3 {
                let mut document = TantivyDocument::new();
                document.add_text(text, format!("{part} {copy}"));
                writer.add_document(document).unwrap();
            }
            writer.commit().unwrap();
        }
        writer.wait_merging_threads().unwrap();
        (index, text)
    }

    fn merged(policy: &BoundedMerges, index: &Index) -> usize {
        let candidates = policy.compute_merge_candidates(&index.searchable_segment_metas().unwrap());
        candidates.iter().map(|candidate| candidate.0.len()).sum()
    }

    #[test]
    fn a_part_with_large_documents_is_left_alone_until_some_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        // Of digits that a compressor cannot shorten away.
        let long: String = (0..500u32).map(|number| ContentHash::of(&number.to_be_bytes()).to_string()).collect();
        let mut texts = vec!["short"; 8];
        texts.push(&long);
        let (index, text) = parts(folder.path(), &texts);
        let all = BoundedMerges::of_current(folder.path());
        assert_eq!(merged(&all, &index), 9, "nothing here is large");
        let bounded = BoundedMerges { store_max_bytes: 10_000, ..BoundedMerges::of_current(folder.path()) };
        assert_eq!(merged(&bounded, &index), 8);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        writer.delete_term(Term::from_field_text(text, &format!("{long} 1")));
        writer.commit().unwrap();
        assert_eq!(merged(&bounded, &index), 9);
    }
}
