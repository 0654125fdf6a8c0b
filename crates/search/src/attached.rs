//! What stands in the documents that an entry refers to: found with the entry, far below its own words, and named in the hit.

use std::collections::HashSet;

use diwan_arabic::{lemmas, tokenize};
use diwan_content::AssetId;
use serde::{Deserialize, Serialize};
use tantivy::{TantivyDocument, schema::Value as _};

use crate::{
    error::SearchError,
    highlight::{Marker, TextBudget},
    request::AttachmentHit,
    schema::Fields,
    terms::TermText,
};

/// Most attachments of one entry that are searched.
pub const ATTACHMENTS_MAX: usize = 20;
/// How much of one attachment, and of all of an entry, is kept to show fragments of; all of them is searched.
const SHOWN_MAX_BYTES: usize = 100_000;
const SHOWN_OF_ALL_MAX_BYTES: usize = 300_000;

/// A document that an entry refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Its text; a newline parts blocks.
    pub text: String,
}

/// An attachment as the index keeps it for hits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredAttachment {
    asset: AssetId,
    name: String,
    /// The beginning of its text.
    text: String,
    /// There is more of it.
    cut: bool,
}

/// Adds the words of attachments, and what hits show of them.
pub(crate) fn add_attachments(
    document: &mut TantivyDocument,
    fields: &Fields,
    attachments: &[Attachment],
) -> Result<(), SearchError> {
    if attachments.is_empty() {
        return Ok(());
    }
    let mut terms = TermText::default();
    let mut stored = Vec::new();
    let mut left = SHOWN_OF_ALL_MAX_BYTES;
    for Attachment { asset, name, text } in attachments.iter().take(ATTACHMENTS_MAX) {
        let mut singulars: HashSet<&'static str> = HashSet::new();
        for token in tokenize(text) {
            terms.push_at(token.position, &token.stem);
            singulars.extend(lemmas(&token.stem).iter().map(|lemma| -> &'static str { lemma }));
        }
        terms.part();
        singulars.iter().for_each(|lemma| terms.push(lemma));
        terms.part();
        let shown = &text[..text.floor_char_boundary(left.min(SHOWN_MAX_BYTES))];
        left -= shown.len();
        let cut = shown.len() < text.len();
        stored.push(StoredAttachment { asset: *asset, name: name.clone(), text: shown.to_owned(), cut });
    }
    let stored = serde_json::to_vec(&stored).map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
    document.add_text(fields.attached, terms.as_str());
    document.add_bytes(fields.attachments, &stored);
    Ok(())
}

/// Reads back what hits show.
pub(crate) fn stored_attachments(
    document: &TantivyDocument,
    fields: &Fields,
) -> Result<Vec<StoredAttachment>, SearchError> {
    let Some(bytes) = document.get_first(fields.attachments).and_then(|value| value.as_bytes()) else {
        return Ok(Vec::new());
    };
    serde_json::from_slice(bytes).map_err(|source| SearchError::DamagedDocument { source: Some(source) })
}

impl Marker {
    /// The attachments that have words of the query which the entry's own texts lack. Words that stand in none of the kept
    /// beginnings must stand further on, so all attachments are named then of which only a beginning is kept.
    pub(crate) fn attachments(
        &self,
        title: &str,
        texts: &[String],
        attachments: &[StoredAttachment],
        budget: &mut TextBudget,
    ) -> Vec<AttachmentHit> {
        if attachments.is_empty() {
            return Vec::new();
        }
        let mut lacking = self.all_words();
        for text in std::iter::once(title).chain(texts.iter().map(String::as_str)) {
            let has = self.words_in(text, budget);
            lacking.retain(|word| !has.contains(word));
            if lacking.is_empty() {
                return Vec::new();
            }
        }
        let named = |attachment: &StoredAttachment, fragments: Vec<String>| AttachmentHit {
            asset: attachment.asset,
            name: attachment.name.clone(),
            fragments,
        };
        let mut hits = Vec::new();
        for attachment in attachments {
            if !self.words_in(&attachment.text, budget).is_disjoint(&lacking) {
                hits.push(named(attachment, self.fragments(std::slice::from_ref(&attachment.text), budget)));
            }
        }
        if hits.is_empty() {
            hits.extend(attachments.iter().filter(|attachment| attachment.cut).map(|cut| named(cut, Vec::new())));
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::AssetId;
    use uuid::Uuid;

    use super::*;
    use crate::{
        SearchDocument,
        samples::{index_of, news, numbers, request},
    };

    const REPORT: AssetId = AssetId(Uuid::from_u128(900));
    const TABLE: AssetId = AssetId(Uuid::from_u128(901));

    fn with_report(number: u128, title: &str, body: &str, text: &str) -> SearchDocument {
        let attachment = Attachment { asset: REPORT, name: "تقرير.pdf".to_owned(), text: text.to_owned() };
        SearchDocument { attachments: vec![attachment], ..news(number, title, body) }
    }

    #[test]
    fn what_stands_in_an_attachment_alone_is_found_and_named() {
        let text = "مقدمة\nصرفت إعانات المزارعين في محافظة طوباس ضمن المشاريع الزراعية.";
        let (_folder, index) = index_of([with_report(1, "تقرير الربع", "ملخص", text), news(2, "خبر", "نص آخر")]);
        for query in ["طوباس", "الإعانات", "مشروع", "\"محافظة طوباس\"", "طوب*", "تقرير طوباس", "ملخص مزارع"]
        {
            let answer = index.search(&request(query)).unwrap();
            assert_eq!((numbers(&answer), answer.relaxed), (vec![1], false), "{query}");
            let found: Vec<_> = answer.hits[0].attachments.iter().map(|hit| (hit.asset, hit.name.as_str())).collect();
            assert_eq!(found, [(REPORT, "تقرير.pdf")], "{query}");
        }
        let answer = index.search(&request("طوباس")).unwrap();
        let shown = ["مقدمة صرفت إعانات المزارعين في محافظة <mark>طوباس</mark> ضمن المشاريع الزراعية."];
        assert_eq!(answer.hits[0].attachments[0].fragments, shown);
        assert_eq!(answer.hits[0].highlights.fragments, ["ملخص"]);
    }

    #[test]
    fn what_its_own_texts_have_ranks_above_and_names_no_attachment() {
        let (_folder, index) = index_of([
            with_report(1, "تقرير", "ملخص", &"الموازنة العامة ".repeat(50)),
            news(2, "خبر", "نص طويل فيه كلام كثير لا صلة له بما يسأل عنه، وفي آخره ذكر الموازنة."),
            with_report(3, "الموازنة", "ملخص", "الموازنة"),
        ]);
        let answer = index.search(&request("الموازنة")).unwrap();
        assert_eq!(numbers(&answer), [3, 2, 1]);
        let named: Vec<usize> = answer.hits.iter().map(|hit| hit.attachments.len()).collect();
        assert_eq!(named, [0, 0, 1]);
    }

    #[test]
    fn an_excluded_word_excludes_by_attachments_too() {
        let (_folder, index) = index_of([with_report(1, "تقرير أول", "نص", "طوباس"), news(2, "تقرير ثان", "نص")]);
        assert_eq!(numbers(&index.search(&request("تقرير -طوباس")).unwrap()), [2]);
    }

    #[test]
    fn words_far_inside_are_found_and_the_attachment_is_named() {
        let text = format!("{} طوباس", "كلام ".repeat(60_000));
        let mut document = with_report(1, "تقرير", "نص", &text);
        document
            .attachments
            .push(Attachment { asset: TABLE, name: "جدول.csv".to_owned(), text: "أرقام".to_owned() });
        let (_folder, index) = index_of([document]);
        let answer = index.search(&request("طوباس")).unwrap();
        let found: Vec<_> = answer.hits[0].attachments.iter().map(|hit| (hit.asset, hit.fragments.len())).collect();
        assert_eq!(found, [(REPORT, 0)]);
        let answer = index.search(&request("أرقام")).unwrap();
        assert_eq!(answer.hits[0].attachments.iter().map(|hit| hit.asset).collect::<Vec<_>>(), [TABLE]);
    }
}
