//! The sample ministry comes in through the verbs and is found.

use diwan_cms::{CmsError, Conflict, CreateEntry, EntryRead, RevisionInput, SearchInput, WriteContext};
use diwan_content::PublicPath;
use serde_json::json;

use crate::{bed::Bed, support::public};

pub(crate) async fn the_sample_ministry_is_read_and_found(bed: &Bed) {
    let cms = &bed.cms;
    assert!(cms.is_empty().await.unwrap());
    let report = cms.load_demo().await.unwrap();
    assert!(report.entries >= 48 && report.published >= report.entries, "{report:?}");
    assert!(!cms.is_empty().await.unwrap());

    assert_eq!(bed.at("/department/الموازنه-العامه").await, "ar -> /department/الموازنة-العامة");
    let path = PublicPath::from_request("/department/الموازنة-العامة").unwrap();
    let found = cms.content(public(), None, &path).await.unwrap().value;
    let EntryRead::Entry(entry) = found else { panic!("{found:?}") };
    assert_eq!(entry.data["title"], "الإدارة العامة للموازنة العامة");
    assert_eq!(entry.unresolved, []);

    cms.reindex().await.unwrap();
    let input = SearchInput { query: "الموازنه".to_owned(), ..SearchInput::default() };
    let page = cms.search(public(), input).await.unwrap();
    assert!(page.total > 3 && !page.relaxed, "{page:?}");
    assert!(page.hits.iter().any(|hit| hit.id == entry.id), "{page:?}");
}

/// The samples come in by one transaction: where one of the last cannot be stored, none of the first is.
pub(crate) async fn samples_that_cannot_be_stored_leave_nothing_behind(bed: &Bed) {
    const SAMPLE_QUESTION: &str = "084ebeb9-e7c7-421c-9e4c-2077e18cffee";
    let revision =
        RevisionInput { data: json!({ "question": "متى تفتح المكاتب؟" }), ..RevisionInput::default() };
    let taken = CreateEntry {
        id: Some(SAMPLE_QUESTION.parse().unwrap()),
        collection: "faqs".to_owned(),
        blueprint: None,
        locale: None,
        department: Some(bed.owner().await),
        revision,
    };
    bed.cms.create_entry(&WriteContext::system(), taken).await.unwrap();
    let before = bed.events().await.len();
    let refused = bed.cms.load_demo().await;
    assert!(matches!(refused, Err(CmsError::Conflict(Conflict::IdTaken))), "{refused:?}");
    assert_eq!(bed.events().await.len(), before);
    assert_eq!(bed.at("/department/الموازنه-العامه").await, "absent");
}
