//! A small ministry for the tests.

use std::sync::Arc;

use diwan_content::{
    Access, Actor, DepartmentId, EntryId, PublicPath, Sequence, Timestamp,
    rights::{Grant, PublicScope, Role},
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Facet, IndexOptions, IndexStamp, SearchAnswer, SearchDocument, SearchIndex, SearchRequest};

pub(crate) const BUDGET: DepartmentId = DepartmentId(Uuid::from_u128(101));
pub(crate) const CUSTOMS: DepartmentId = DepartmentId(Uuid::from_u128(102));

/// A published news item of the budget department, named by its number.
pub(crate) fn news(number: u128, title: &str, body: &str) -> SearchDocument {
    SearchDocument {
        entry: EntryId(Uuid::from_u128(number)),
        locale: "ar".parse().unwrap(),
        collection: "news".parse().unwrap(),
        department: BUDGET,
        path: PublicPath::from_request(&format!("/news/{number}")).ok(),
        title: title.to_owned(),
        kind: "خبر".to_owned(),
        texts: vec![(3, title.to_owned()), (1, body.to_owned())],
        attachments: Vec::new(),
        published_at: Timestamp::from_unix_ms(1_700_000_000_000).unwrap(),
        day: "2023-11-14".parse().unwrap(),
        values: Vec::new(),
        public: Access::Public,
    }
}

pub(crate) fn keyed_scope() -> PublicScope {
    let grants = vec![Grant::new(Role::Delivery, DepartmentId::MINISTRY)];
    Actor { grants, ..Actor::anonymous() }.public_scope()
}

pub(crate) fn stamp(registry: &str) -> IndexStamp {
    IndexStamp {
        database: "database 1".to_owned(),
        registry: registry.to_owned(),
        texts: vec!["news.title".to_owned()],
    }
}

/// The index of a folder after its check, and why it must be made anew.
pub(crate) fn open(folder: &TempDir) -> (Arc<SearchIndex>, Option<String>) {
    open_as(folder, stamp("registry 1"))
}

/// The same with another stamp.
pub(crate) fn open_as(folder: &TempDir, stamp: IndexStamp) -> (Arc<SearchIndex>, Option<String>) {
    let index = SearchIndex::open(folder.path(), stamp, &IndexOptions::default()).unwrap();
    let reason = index.check().unwrap();
    (Arc::new(index), reason)
}

/// An index with these documents, marked with event 1; the folder lives as long as it is held.
pub(crate) fn index_of(documents: impl IntoIterator<Item = SearchDocument>) -> (TempDir, Arc<SearchIndex>) {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(&folder);
    fill(&index, documents, 1);
    (folder, index)
}

/// Makes the index anew of these documents.
pub(crate) fn fill(index: &Arc<SearchIndex>, documents: impl IntoIterator<Item = SearchDocument>, mark: i64) {
    let filling = index.start_filling().unwrap();
    filling.put(&documents.into_iter().collect::<Vec<_>>()).unwrap();
    filling.settle(Sequence(mark)).unwrap().finish().unwrap();
}

/// What anybody asks in all collections of the samples.
pub(crate) fn request(query: &str) -> SearchRequest {
    let collections = ["news", "services", "circulars"].map(|handle| handle.parse().unwrap());
    SearchRequest {
        facets: vec![Facet::Collection, Facet::Department, Facet::Locale, Facet::Month],
        newer_first: vec!["news".parse().unwrap()],
        size: 10,
        ..SearchRequest::of(query.to_owned(), Actor::anonymous().public_scope(), collections.into())
    }
}

/// The numbers of the hits in their order.
pub(crate) fn numbers(answer: &SearchAnswer) -> Vec<u128> {
    answer.hits.iter().map(|hit| hit.entry.0.as_u128()).collect()
}
