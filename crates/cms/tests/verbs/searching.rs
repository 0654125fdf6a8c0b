//! The index follows the log, and is built anew on any doubt.

use diwan_cms::{Cms, CmsError, IndexState, SearchInput, WithdrawMode};
use diwan_content::{DepartmentId, rights::Role};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{public, refusal, service, someone, system, until},
};

/// Lets the follower come to the end of the log.
pub(crate) async fn caught_up(cms: &Cms) {
    let last = cms.last_sequence().await.unwrap();
    until(async || cms.search_mark() == Some(last)).await;
}

async fn total(bed: &Bed, words: &str, department: Option<DepartmentId>) -> u64 {
    let input =
        SearchInput { query: words.into(), departments: department.into_iter().collect(), ..SearchInput::default() };
    bed.cms.search(public(), input).await.unwrap().total
}

pub(crate) async fn the_index_follows_what_becomes_public_and_what_does_not(bed: &Bed) {
    let (one, two) = (bed.department("واحد", None).await, bed.department("اثنان", None).await);
    let follower = bed.cms.start_followers(None).unwrap();
    let draft = bed.service(one, "تجديد رخصة").await;
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("رخصه").await, Vec::<String>::new());
    let live = bed.publish(&draft).await;
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("رخصه").await, ["تجديد رخصة"]);
    let newer = bed.save(&live, service("إلغاء تصريح")).await;
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("تصريح").await, Vec::<String>::new());
    let live = bed.publish(&newer).await;
    caught_up(&bed.cms).await;
    assert_eq!((bed.hits("تصريح").await, bed.hits("رخصه").await), (vec!["إلغاء تصريح".to_owned()], vec![]));

    assert_eq!((total(bed, "تصريح", Some(one)).await, total(bed, "تصريح", Some(two)).await), (1, 0));
    bed.cms.transfer(&system(), live.entry, two).await.unwrap();
    caught_up(&bed.cms).await;
    assert_eq!((total(bed, "تصريح", Some(one)).await, total(bed, "تصريح", Some(two)).await), (0, 1));
    bed.withdraw(&bed.now(&live).await, WithdrawMode::Gone).await;
    // At once, whatever the index knows: each hit is checked to be public.
    assert_eq!(bed.hits("تصريح").await, Vec::<String>::new());
    caught_up(&bed.cms).await;
    assert_eq!(total(bed, "تصريح", None).await, 0);
    follower.stop().await;
    assert_eq!(bed.cms.search_mark(), Some(bed.cms.last_sequence().await.unwrap()));
}

pub(crate) async fn what_inherits_is_found_by_what_it_inherits(bed: &Bed) {
    let entry = diwan_content::EntryId(bed.department("الموازنة", None).await.0);
    let state =
        bed.cms.manage_localization(&diwan_content::Actor::system(), entry, &crate::support::ar()).await.unwrap().state;
    let live = bed.publish(&bed.save(&state, json!({ "title": "الموازنة", "manager": "خالد" })).await).await;
    bed.publish(&bed.translate(entry, "budget", json!({ "title": "Budget" })).await).await;
    assert_eq!(bed.found("خالد").await, ["Budget", "الموازنة"]);
    bed.publish(&bed.save(&live, json!({ "title": "الموازنة", "manager": "سالم" })).await).await;
    assert_eq!(
        (bed.found("خالد").await, bed.found("سالم").await),
        (vec![], vec!["Budget".to_owned(), "الموازنة".to_owned()])
    );
}

pub(crate) async fn a_deleted_index_is_built_anew(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), crate::support::shipped_registry()).await else { return };
    let owner = own.owner().await;
    own.publish(&own.service(owner, "تجديد رخصة").await).await;
    assert_eq!(own.found("رخصه").await, ["تجديد رخصة"]);
    let index = own.folder.path().join("index");
    let own = own.reopen_after(|| std::fs::remove_dir_all(&index).unwrap()).await;
    let follower = own.cms.start_followers(None).unwrap();
    caught_up(&own.cms).await;
    assert_eq!(own.hits("رخصه").await, ["تجديد رخصة"]);
    follower.stop().await;
    own.cms.close().await.unwrap();
}

pub(crate) async fn what_is_published_while_the_index_is_made_anew_is_found_and_stays_found(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), crate::support::shipped_registry()).await else { return };
    let owner = own.owner().await;
    let old = own.publish(&own.service(owner, "تجديد رخصة").await).await;
    for number in 1..=20 {
        own.publish(&own.service(owner, &format!("تصريح {number}")).await).await;
    }
    own.cms.reindex().await.unwrap();
    // Another weight of a field: the index of before answers until the next one is made.
    let changed = crate::support::registry_with(|path, text| match path {
        "blueprints/services.yaml" => text.replacen("searchable: 2", "searchable: 1", 1),
        _ => text,
    });
    assert_ne!(
        changed.blueprints().map(|one| one.hash).collect::<Vec<_>>(),
        own.registry.blueprints().map(|one| one.hash).collect::<Vec<_>>()
    );
    let own = own.reopen(changed).await;
    let follower = own.cms.start_followers(None).unwrap();
    let mut published = Vec::new();
    // It lasts until everything was read and written anew; nothing else is waited for in between.
    until(async || own.cms.search_state().unwrap() != IndexState::Unchecked).await;
    assert_eq!(own.cms.search_state().unwrap(), IndexState::Outdated);
    own.withdraw(&own.now(&old).await, WithdrawMode::Gone).await;
    for round in 1.. {
        let title = format!("استمارة {}", "ا".repeat(round));
        own.publish(&own.service(owner, &title).await).await;
        published.push(title);
        published.sort();
        caught_up(&own.cms).await;
        assert_eq!(own.hits("استمارة").await, published, "round {round}");
        assert_eq!(own.hits("رخصة").await, Vec::<String>::new(), "round {round}");
        if own.cms.search_state().unwrap() == IndexState::Ready && round >= 3 {
            break;
        }
    }
    assert_eq!(own.hits("تصريح").await.len(), 20);
    follower.stop().await;
    own.cms.close().await.unwrap();
}

pub(crate) async fn an_index_of_another_database_is_built_anew(bed: &Bed) {
    let (Some(own), Some(other)) = (
        Bed::open(bed.kind(), crate::support::shipped_registry()).await,
        Bed::open(bed.kind(), crate::support::shipped_registry()).await,
    ) else {
        return;
    };
    let (owner, others) = (own.owner().await, other.owner().await);
    own.publish(&own.service(owner, "تجديد رخصة").await).await;
    for title in ["إلغاء تصريح", "إصدار تصريح"] {
        other.publish(&other.service(others, title).await).await;
    }
    own.cms.reindex().await.unwrap();
    other.cms.reindex().await.unwrap();
    let (from, to) = (other.folder.path().join("index"), own.folder.path().join("index"));
    other.cms.close().await.unwrap();
    drop(other.cms);
    let own = own
        .reopen_after(|| {
            std::fs::remove_dir_all(&to).unwrap();
            std::fs::rename(&from, &to).unwrap();
        })
        .await;
    let follower = own.cms.start_followers(None).unwrap();
    caught_up(&own.cms).await;
    assert_eq!((own.hits("رخصه").await, own.hits("تصريح").await), (vec!["تجديد رخصة".to_owned()], vec![]));
    follower.stop().await;
    own.cms.close().await.unwrap();
}

pub(crate) async fn a_query_that_cannot_be_asked_is_a_bad_parameter(bed: &Bed) {
    let owner = bed.owner().await;
    bed.publish(&bed.service(owner, "تجديد رخصة").await).await;
    bed.cms.reindex().await.unwrap();
    let ask = |input| bed.cms.search(public(), input);
    for query in ["", "  ", "؟؟", &"(".repeat(50_000), &"كلمة ".repeat(40), &"ا".repeat(2_000)] {
        let input = SearchInput { query: query.to_owned(), ..SearchInput::default() };
        let answer = ask(input).await;
        assert_eq!(
            refusal(answer),
            "parameters /q invalid_parameter",
            "{}",
            query.chars().take(20).collect::<String>()
        );
    }
    let bad = SearchInput {
        query: "رخصة".into(),
        locale: Some("fr".parse().unwrap()),
        collections: vec!["nothing".into()],
        size: Some(0),
        after: Some("forged".into()),
        ..SearchInput::default()
    };
    assert_eq!(
        refusal(ask(bad).await),
        "parameters /collection not_allowed_here, /locale not_allowed_here, /page[size] invalid_parameter, /page[after] invalid_parameter"
    );
    let nowhere = SearchInput {
        query: "رخصة".into(),
        departments: vec![DepartmentId(uuid::Uuid::from_u128(3))],
        ..Default::default()
    };
    assert_eq!(ask(nowhere).await.unwrap().total, 0);
    // Rights to manage give nothing more in search.
    let editor = someone(3, Role::Editor, owner).actor.public_scope();
    let page = bed.cms.search(editor, SearchInput { query: "رخصة".into(), ..Default::default() }).await.unwrap();
    assert_eq!(page.hits.len(), 1);
}

pub(crate) async fn pages_of_hits_show_each_once(bed: &Bed) {
    let owner = bed.owner().await;
    for number in 0..7 {
        bed.publish(&bed.service(owner, &format!("رخصة رقم {number}")).await).await;
    }
    bed.cms.reindex().await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let input = SearchInput { query: "رخصه".into(), size: Some(3), after, ..SearchInput::default() };
        let page = bed.cms.search(public(), input).await.unwrap();
        assert_eq!(page.total, 7);
        seen.extend(page.hits.into_iter().map(|hit| hit.title));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, (0..7).map(|number| format!("رخصة رقم {number}")).collect::<Vec<_>>());
}

pub(crate) async fn pages_are_served_where_the_index_folder_cannot_be_made(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), bed.registry.clone()).await else { return };
    let owner = own.owner().await;
    own.publish(&own.service(owner, "رخصة بناء").await).await;
    let folder = own.folder.path().join("index");
    let own = own
        .reopen_after(|| {
            std::fs::remove_dir_all(&folder).unwrap();
            std::fs::write(&folder, "in its place").unwrap();
        })
        .await;
    let follower = own.cms.start_followers(None).unwrap();
    until(async || own.cms.search_failure().is_some()).await;
    assert_eq!(own.titles("services", None).await, ["رخصة بناء"]);
    let searched = own.cms.search(public(), SearchInput { query: "رخصه".into(), ..SearchInput::default() }).await;
    assert!(matches!(searched, Err(CmsError::Unavailable { .. })), "{searched:?}");
    std::fs::remove_file(&folder).unwrap();
    until(async || own.cms.search_mark().is_some() && own.cms.search_failure().is_none()).await;
    assert_eq!(own.hits("رخصه").await, ["رخصة بناء"]);
    follower.stop().await;
    own.cms.close().await.unwrap();
}

pub(crate) async fn an_index_that_cannot_be_made_says_why(bed: &Bed) {
    let folder = bed.folder.path().join("index");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in its place").unwrap();
    let follower = bed.cms.start_followers(None).unwrap();
    while bed.cms.search_failure().is_none() {
        tokio::task::yield_now().await;
    }
    let told = bed.cms.search_failure().unwrap();
    assert!(told.contains("index folder"), "{told}");
    std::fs::remove_file(&folder).unwrap();
    while bed.cms.search_mark().is_none() || bed.cms.search_failure().is_some() {
        tokio::task::yield_now().await;
    }
    follower.stop().await;
}
