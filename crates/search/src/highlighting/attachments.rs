//! Attachments that a hit names: those with words of the query that the entry's own texts lack.

use std::collections::HashSet;

use diwan_content::AssetId;

use super::highlight::{Marker, TextBudget, fragments};
use crate::documents::attachments::StoredAttachment;

/// A document in which words of the query were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentHit {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Its best parts as [`Highlights::fragments`](crate::Highlights::fragments); empty where the words stand too far inside to be shown.
    pub fragments: Vec<String>,
}

impl Marker {
    /// The attachments that have words of the query which the entry's own texts lack: `found` are those that they have. Words
    /// that are in none of the kept beginnings must be further on, so all attachments are named then of which only a beginning
    /// is kept.
    pub(crate) fn attachments(
        &self,
        found: &HashSet<usize>,
        attachments: &[StoredAttachment],
        budget: &mut TextBudget,
    ) -> Vec<AttachmentHit> {
        if attachments.is_empty() {
            return Vec::new();
        }
        let mut lacking = self.all_words();
        lacking.retain(|word| !found.contains(word));
        if lacking.is_empty() {
            return Vec::new();
        }
        let named = |attachment: &StoredAttachment, fragments: Vec<String>| AttachmentHit {
            asset: attachment.asset,
            name: attachment.name.clone(),
            fragments,
        };
        let mut hits = Vec::new();
        for attachment in attachments {
            let marked = self.mark(budget.take(&attachment.text));
            if marked.found().any(|(word, _)| lacking.contains(&word)) {
                hits.push(named(attachment, fragments(&[marked])));
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
    use uuid::Uuid;

    use super::*;
    use crate::{
        Attachment, SearchDocument,
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
        let shown = ["مقدمة · صرفت إعانات المزارعين في محافظة <mark>طوباس</mark> ضمن المشاريع الزراعية."];
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
