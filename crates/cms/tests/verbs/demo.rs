//! The sample ministry comes in through the verbs and is found.

use diwan_cms::{Content, SearchInput};
use diwan_content::PublicPath;

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
    let Content::Entry(entry) = found else { panic!("{found:?}") };
    assert_eq!(entry.data["title"], "الإدارة العامة للموازنة العامة");
    assert_eq!(entry.unresolved, []);

    cms.reindex().await.unwrap();
    let input = SearchInput { query: "الموازنه".to_owned(), ..SearchInput::default() };
    let page = cms.search(public(), input).await.unwrap();
    assert!(page.total > 3 && !page.relaxed, "{page:?}");
    assert!(page.hits.iter().any(|hit| hit.id == entry.id), "{page:?}");
}
