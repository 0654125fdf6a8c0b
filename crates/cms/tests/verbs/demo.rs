//! The sample ministry comes in through the verbs and is found.

use diwan_cms::{Content, SearchInput};
use diwan_content::{Actor, PublicPath};

use crate::support::open;

#[tokio::test]
async fn the_sample_ministry_is_read_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let cms = open(folder.path(), None).await;
    assert!(cms.is_empty().await.unwrap());
    let report = cms.load_demo().await.unwrap();
    assert!(report.entries >= 48 && report.published >= report.entries, "{report:?}");
    let scope = Actor::anonymous().public_scope();

    let path = PublicPath::from_request("/department/الموازنه-العامه").unwrap();
    let found = cms.content(scope, None, &path).await.unwrap().value;
    let Content::Redirect { to, .. } = found else { panic!("{found:?}") };
    assert_eq!(to.as_str(), "/department/الموازنة-العامة");
    let found = cms.content(scope, None, &to).await.unwrap().value;
    let Content::Entry(entry) = found else { panic!("{found:?}") };
    assert_eq!(entry.data["title"], "الإدارة العامة للموازنة العامة");
    assert_eq!(entry.unresolved, []);

    cms.reindex().await.unwrap();
    let input = SearchInput { query: "الموازنه".to_owned(), ..SearchInput::default() };
    let page = cms.search(scope, input).await.unwrap();
    assert!(page.total > 3 && !page.relaxed, "{page:?}");
    assert!(page.hits.iter().any(|hit| hit.id == entry.id), "{page:?}");
}
