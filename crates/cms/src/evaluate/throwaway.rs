//! An index for one measurement, in a folder that goes away with it.

use std::sync::Arc;

use diwan_content::{Access, Actor, DepartmentId, EntryId, Registry, SchemaFile, Sequence, Timestamp, present};
use diwan_search::{
    Hit, IndexOptions, IndexStamp, SearchAnswer, SearchDocument, SearchError, SearchIndex, SearchRequest,
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::EvaluationError;
use crate::{cms::blueprint_of, following::search::indexed_texts};

/// How the documents' texts are declared: a title above a text, which is plain or Markdown.
const COLLECTION: &str = "handle: documents
kind: list
label: { ar: وثائق, en: Documents }
blueprints: [documents]
locales: [ar]
title_field: title
access: public
owner: required
sort: [title]
";
const BLUEPRINT: &str = "handle: documents
label: { ar: وثيقة, en: Document }
groups: [{ handle: main, label: { ar: المحتوى, en: Content } }]
fields:
  - { handle: title, type: text, group: main, label: { ar: العنوان, en: Title }, required: true, searchable: 3 }
  - { handle: text, type: textarea, group: main, label: { ar: النص, en: Text }, searchable: 1 }
  - { handle: page, type: markdown, group: main, label: { ar: الصفحة, en: Page }, searchable: 1 }
";

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Plain,
    Markdown,
}

/// What is put into the index, named by its place in the list.
pub(super) struct Document<'a> {
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) writing: Writing,
}

pub(super) struct Throwaway {
    index: Arc<SearchIndex>,
    _folder: TempDir,
}

impl Throwaway {
    /// An index of these documents.
    pub(super) fn of(documents: &[Document<'_>]) -> Result<Self, EvaluationError> {
        let folder = tempfile::tempdir()?;
        let stamp = IndexStamp {
            database: "none".to_owned(),
            registry: "none".to_owned(),
            texts: vec!["documents".to_owned()],
        };
        let index = Arc::new(SearchIndex::open(folder.path(), stamp, &IndexOptions::default())?);
        index.check()?;
        let filling = index.start_filling()?;
        let registry = registry();
        let numbered = documents.iter().zip(0_u128..);
        let indexed: Vec<SearchDocument> = numbered.map(|(document, id)| indexed(&registry, document, id)).collect();
        filling.put(&indexed)?;
        filling.settle(Sequence(1))?.finish()?;
        Ok(Self { index, _folder: folder })
    }

    /// Up to `most` hits of a query, page by page; none for a query that holds no words or too many.
    pub(super) fn hits(&self, query: &str, most: usize) -> Result<Vec<Hit>, EvaluationError> {
        const PAGE: usize = 20;
        let mut hits: Vec<Hit> = Vec::new();
        loop {
            let after = hits.last().map(|hit| hit.position);
            let request = SearchRequest { after, size: PAGE.min(most - hits.len()), ..request(query) };
            let SearchAnswer { hits: page, more, .. } = match self.index.search(&request) {
                Ok(answer) => answer,
                Err(SearchError::NoWords | SearchError::QueryTooLong) => return Ok(hits),
                Err(error) => return Err(error.into()),
            };
            hits.extend(page);
            if !more || hits.len() >= most {
                return Ok(hits);
            }
        }
    }
}

/// The place of a hit's document in the list.
pub(super) fn place_of(hit: &Hit) -> usize {
    usize::try_from(hit.entry.0.as_u128()).unwrap_or(usize::MAX)
}

fn registry() -> Registry {
    let file = |path: &str, text: &str| SchemaFile { path: path.to_owned(), text: text.to_owned() };
    let files = [file("collections/documents.yaml", COLLECTION), file("blueprints/documents.yaml", BLUEPRINT)];
    Registry::load(&files).expect("the declaration is part of the program, and a test loads it")
}

fn indexed(registry: &Registry, document: &Document<'_>, id: u128) -> SearchDocument {
    let Document { title, text, writing } = document;
    let field = match writing {
        Writing::Plain => "text",
        Writing::Markdown => "page",
    };
    let values: Map<String, Value> =
        [("title".to_owned(), json!(title)), (field.to_owned(), json!(text))].into_iter().collect();
    let collection = registry.find_collection("documents").expect("it is declared");
    let blueprint = blueprint_of(registry, "documents").expect("it is declared");
    let texts = indexed_texts(collection, blueprint, &present(blueprint, &values));
    let published_at = Timestamp::from_unix_ms(0).expect("1970 is a time");
    SearchDocument {
        entry: EntryId(Uuid::from_u128(id)),
        locale: collection.origin().clone(),
        collection: collection.handle.clone(),
        department: DepartmentId::MINISTRY,
        path: None,
        title: (*title).to_owned(),
        kind: String::new(),
        texts,
        attachments: Vec::new(),
        published_at,
        day: published_at.day(),
        values: Vec::new(),
        public: Access::Public,
    }
}

fn request(query: &str) -> SearchRequest {
    let documents = "documents".parse().expect("a handle");
    SearchRequest::of(query.to_owned(), Actor::anonymous().public_scope(), vec![documents])
}
