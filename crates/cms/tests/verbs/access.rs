//! Collections with `access: key`: without a key they are nowhere.

use diwan_cms::{ListQuery, SearchInput};
use diwan_content::{Actor, EntryId, Locale, rights::PublicScope};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, png, public, refusal, registry_with, with_key},
};

pub(crate) async fn a_collection_for_key_holders_is_nowhere_without_a_key(bed: &Bed) {
    let registry = registry_with(|name, text| match name {
        "collections/services.yaml" => text.replace("access: public", "access: key"),
        _ => text,
    });
    let Some(bed) = &Bed::open(bed.kind(), registry).await else { return };
    let owner = bed.owner().await;
    let (secret, open) = (bed.upload(owner, "سر.png", png(1)).await, bed.upload(owner, "علن.png", png(2)).await);
    let body = format!("خدمة للموظفين ![ص](asset:{secret})");
    let data = json!({ "title": "خدمة داخلية", "summary": "خ", "body": body, "audience": ["employees"] });
    let hidden = bed.publish(&bed.create("services", owner, data).await).await;
    let data = json!({ "title": "صفحة الخدمة", "featured": [hidden.entry], "image": open, "body": format!("[خ](entry:{})", hidden.entry) });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    bed.publish(&bed.rename(&hidden, "أخرى").await).await;
    bed.cms.reindex().await.unwrap();

    let open_scope: PublicScope = public();
    assert_eq!(
        (bed.at("/services/أخرى").await, bed.at("/services/خدمة-داخلية").await),
        ("absent".into(), "absent".into())
    );
    assert_eq!(bed.at_as(with_key(), "/services/أخرى").await, "ar خدمة داخلية");
    assert_eq!(bed.at_as(with_key(), "/services/خدمة-داخلية").await, "ar -> /services/أخرى");
    // Answered like a collection that does not exist.
    let locale: Locale = ar();
    let by_id = bed.cms.published_entry(open_scope, "services", hidden.entry, Some(&locale), None).await;
    assert_eq!(refusal(by_id), "no collection");
    assert_eq!(refusal(bed.cms.published_list(open_scope, "services", ListQuery::default()).await), "no collection");
    let list = bed.cms.published_list(with_key(), "services", ListQuery::default()).await.unwrap().value;
    assert_eq!(list.items.len(), 1);

    assert_eq!(bed.paths(&ar()).await, ["/صفحة-الخدمة"]);
    let paths = bed.cms.published_paths(with_key(), None, None, None).await.unwrap().value;
    let paths: Vec<String> = paths.items.iter().map(|row| row.path.to_string()).collect();
    assert_eq!(paths, ["/services/أخرى", "/صفحة-الخدمة"]);

    let read = bed.read("pages", page.entry, &ar()).await;
    assert_eq!((&read.data["featured"], &read.data["body"]), (&json!([]), &json!({ "html": "<p><a>خ</a></p>\n" })));
    assert_eq!(read.unresolved.len(), 2);
    let is_public = async |scope, id| bed.cms.public_asset(scope, id).await.unwrap().value.is_some();
    assert!(!is_public(open_scope, secret).await && is_public(open_scope, open).await);
    assert!(is_public(with_key(), secret).await);

    let search = async |scope, collections: &[&str]| {
        let collections = collections.iter().map(|name| (*name).to_owned()).collect();
        bed.cms.search(scope, SearchInput { query: "خدمة".into(), collections, ..SearchInput::default() }).await
    };
    let told = |page: diwan_cms::SearchPage| {
        let collections: Vec<String> = page.collections.iter().map(|c| format!("{} {}", c.handle, c.count)).collect();
        let departments: Vec<u64> = page.departments.iter().map(|d| d.count).collect();
        (page.hits.len(), page.total, collections.join(", "), departments)
    };
    assert_eq!(told(search(open_scope, &[]).await.unwrap()), (1, 1, "pages 1".into(), vec![1]));
    let (hits, total, _, departments) = told(search(with_key(), &[]).await.unwrap());
    assert_eq!((hits, total, departments), (2, 2, vec![2]));
    let (hidden, unknown) = (search(open_scope, &["services"]).await, search(open_scope, &["nothing"]).await);
    assert_eq!(format!("{:?}", hidden.unwrap_err()), format!("{:?}", unknown.unwrap_err()));
    bed.cms.close().await.unwrap();
}

pub(crate) async fn the_name_of_a_hidden_department_stands_in_no_facet(bed: &Bed) {
    let registry = registry_with(|name, text| match name {
        "collections/departments.yaml" => text.replace("access: public", "access: key"),
        _ => text,
    });
    let Some(bed) = &Bed::open(bed.kind(), registry).await else { return };
    let owner = bed.department("قسم داخلي", None).await;
    let page = bed.cms.manage_localization(&Actor::system(), EntryId(owner.0), &ar()).await.unwrap().state;
    bed.publish(&page).await;
    bed.publish(&bed.service(owner, "خدمة علنية").await).await;
    bed.cms.reindex().await.unwrap();
    let names = async |scope| -> Vec<Option<String>> {
        let page =
            bed.cms.search(scope, SearchInput { query: "علنية".into(), ..SearchInput::default() }).await.unwrap();
        page.departments.into_iter().map(|department| department.title).collect()
    };
    assert_eq!(names(public()).await, [None]);
    assert_eq!(names(with_key()).await, [Some("قسم داخلي".to_owned())]);
    bed.cms.close().await.unwrap();
}

pub(crate) async fn locales_of_hidden_collections_are_not_named(bed: &Bed) {
    let registry = registry_with(|name, text| match name {
        "collections/faqs.yaml" => text.replace("access: public", "access: key").replace("[ar, en]", "[ar, en, fr]"),
        _ => text,
    });
    let Some(bed) = &Bed::open(bed.kind(), registry).await else { return };
    bed.cms.reindex().await.unwrap();
    let french = || SearchInput { query: "خدمة".into(), locale: "fr".parse().ok(), ..SearchInput::default() };
    let refused = bed.cms.search(public(), french()).await.unwrap_err();
    let told = format!("{refused:?}");
    assert!(told.contains("NotAllowedHere") && told.contains("en") && !told.contains("\"fr\""), "{told}");
    assert_eq!(bed.cms.search(with_key(), french()).await.unwrap().total, 0);
    let fr: Locale = "fr".parse().unwrap();
    assert!(bed.cms.published_paths(public(), Some(&fr), None, None).await.is_err());
    assert!(bed.cms.published_paths(with_key(), Some(&fr), None, None).await.is_ok());
    bed.cms.close().await.unwrap();
}

pub(crate) async fn pages_of_paths_pass_over_what_is_hidden(bed: &Bed) {
    let registry = registry_with(|name, text| match name {
        "collections/services.yaml" => text.replace("access: public", "access: key"),
        _ => text,
    });
    let Some(bed) = &Bed::open(bed.kind(), registry).await else { return };
    let owner = bed.owner().await;
    for number in 0..5 {
        bed.publish(&bed.service(owner, &format!("خدمة {number}")).await).await;
        let page = bed.page(owner, None, &format!("r{number}")).await;
        bed.publish(&page).await;
        let early = bed.page(owner, None, &format!("a{number}")).await;
        bed.publish(&early).await;
    }
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = bed.cms.published_paths(public(), None, Some(3), after).await.unwrap().value;
        assert!(page.items.len() == 3 || page.next.is_none());
        all.extend(page.items.iter().map(|row| row.path.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let wanted: Vec<String> =
        ["a", "r"].iter().flat_map(|c| (0..5).map(move |number| format!("/{c}{number}"))).collect();
    assert_eq!(all, wanted);
    bed.cms.close().await.unwrap();
}
