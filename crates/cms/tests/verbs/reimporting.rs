//! Import of entry files again and again: what clashes, what is held back, what was moved, kept and deleted.

use std::fs;

use diwan_cms::{ImportStatamic, WithdrawMode};
use diwan_content::{Actor, DepartmentId, rights::Action};
use diwan_store::{DatabaseUrl, ImportSource, Store, StoreOptions, SyncMode};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    importing::{NEWS, PLANNING, counted, edit, id, import, site, told},
    support::{ar, system, tables},
};

pub(crate) async fn of_two_files_that_claim_one_id_or_address_none_is_imported(bed: &Bed) {
    let site = site();
    let path = site.path().join("content/collections/departments/ar");
    fs::copy(path.join("alias.md"), path.join("alias-copy.md")).unwrap();
    // Equal byte for byte: it counts once.
    let report = import(bed, site.path(), None).await;
    assert_eq!(told(&report)[2..4], ["departments/ar/alias-copy.md published", "departments/ar/alias.md skipped"]);
    edit(&site, "departments/ar/alias-copy.md", "مكتب الجمارك", "نسخة");
    let stub = "---\ntitle: Stub\nblueprint: departments\n---\nsoon\n";
    fs::create_dir_all(path.parent().unwrap().join("fr")).unwrap();
    fs::write(path.parent().unwrap().join("fr/planning.md"), stub).unwrap();
    for _ in 0..2 {
        let before = bed.cms.last_sequence().await.unwrap();
        let report = import(bed, site.path(), None).await;
        assert_eq!(
            told(&report)[2..],
            [
                "departments/ar/alias-copy.md duplicate",
                "departments/ar/alias.md duplicate",
                "departments/ar/broken.md broken",
                "departments/ar/draft.md unchanged",
                "departments/ar/planning.md duplicate",
                "departments/en/planning.md unchanged",
                "departments/fr/planning.md duplicate",
                "news/2022-06-21.budget-circular.md broken",
            ]
        );
        let text = report.to_string();
        assert!(
            text.contains("shares the id customs-office with content/collections/departments/ar/alias.md"),
            "{text}"
        );
        let address = "shares the address /department/planning with content/collections/departments/fr/planning.md";
        assert!(text.contains(address), "{text}");
        // What is here stays as it was.
        assert_eq!(bed.at("/department/planning").await, "ar الإدارة العامة للتخطيط");
        assert_eq!(bed.cms.last_sequence().await.unwrap(), before);
    }
}

pub(crate) async fn what_would_lose_something_is_held_back_until_it_does_not(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    // A body that its field refuses for a character.
    edit(&site, "departments/ar/planning.md", "سطر أخير", "سطر\0أخير");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5], "departments/ar/planning.md held_back");
    assert!(report.to_string().contains("it would lose content, which takes the body"), "{report}");
    assert_eq!(bed.at("/department/planning").await, "absent");
    let before = bed.cms.last_sequence().await.unwrap();
    let again = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&again)[5], "departments/ar/planning.md held_back");
    assert_eq!(bed.cms.last_sequence().await.unwrap(), before);
    edit(&site, "departments/ar/planning.md", "سطر\0أخير", "سطر أخير");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5], "departments/ar/planning.md updated");
    assert_eq!(bed.at("/department/planning").await, "ar الإدارة العامة للتخطيط");
    // A small fault costs what its note says, and nothing else.
    edit(&site, "departments/ar/planning.md", "order: 5", "order: many");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5], "departments/ar/planning.md updated");
    let notes = &report.files.iter().find(|file| file.file.ends_with("ar/planning.md")).unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("order: is no whole number: \"many\"; kept")), "{notes:?}");
    let read = bed.read("departments", id(PLANNING), &ar()).await;
    assert_eq!((&read.data["order"], read.data["content"].is_null()), (&Value::Null, false));
    // Without what must be there it cannot be public.
    edit(&site, "departments/ar/alias.md", "مكتب الجمارك", "");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[2], "departments/ar/alias.md held_back");
    assert_eq!(bed.at("/department/alias").await, "ar مكتب الجمارك");
}

pub(crate) async fn what_was_renamed_dated_or_moved_there_is_noticed(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    let folder = site.path().join("content/collections");
    let rename = |from: &str, to: &str| {
        fs::create_dir_all(folder.join(to).parent().unwrap()).unwrap();
        fs::rename(folder.join(from), folder.join(to)).unwrap();
    };
    rename("departments/ar/planning.md", "departments/ar/plans.md");
    rename("news/2022-06-21.budget-circular.md", "news/2023-06-21.budget-circular.md");
    rename("departments/ar/draft.md", "news/draft.md");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(
        told(&report)[2..],
        [
            "departments/ar/alias.md unchanged",
            "departments/ar/broken.md broken",
            "departments/ar/plans.md updated",
            "departments/en/planning.md unchanged",
            "news/2023-06-21.budget-circular.md updated",
            "news/draft.md conflict",
        ]
    );
    assert_eq!(bed.at("/department/planning").await, "ar -> /department/plans");
    assert_eq!(bed.at("/news/2022/budget-circular").await, "ar -> /news/2023/budget-circular");
    // A folder that means nothing: only its place is new.
    rename("news/2023-06-21.budget-circular.md", "news/old/2023-06-21.budget-circular.md");
    let before = bed.cms.last_sequence().await.unwrap();
    for _ in 0..2 {
        let report = import(bed, site.path(), Some(owner)).await;
        assert_eq!(told(&report)[7], "news/old/2023-06-21.budget-circular.md unchanged");
        assert_eq!(bed.cms.last_sequence().await.unwrap(), before);
    }
    // From wherever one starts, it is the same site.
    let report = import(bed, &folder.join("departments"), Some(owner)).await;
    assert_eq!(counted(&report), [("unchanged", 3), ("deleted_there", 1), ("broken", 1)]);
}

pub(crate) async fn what_was_edited_here_alone_is_kept_and_what_was_deleted_there_is_reported(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    let managed = bed.cms.manage_localization(&Actor::system(), id(PLANNING), &ar()).await.unwrap();
    let mut data = managed.data.clone();
    data.insert("order".into(), json!(7));
    bed.save(&managed.state, Value::Object(data)).await;
    let rows = tables(bed, "entries").await;
    let alias = rows.iter().find(|row| row["foreign_id"] == "customs-office").unwrap()["id"].as_str().unwrap();
    let alias = bed.cms.manage_localization(&Actor::system(), id(alias), &ar()).await.unwrap().state;
    bed.withdraw(&alias, WithdrawMode::Gone).await;
    let folder = site.path().join("content/collections");
    fs::remove_file(folder.join("departments/en/planning.md")).unwrap();
    fs::remove_file(folder.join("news/2022-06-21.budget-circular.md")).unwrap();
    for _ in 0..2 {
        let report = import(bed, site.path(), Some(owner)).await;
        assert_eq!(
            told(&report),
            [
                "departments/en/planning.md deleted_there",
                "news/2022-06-21.budget-circular.md deleted_there",
                "blog/post.md skipped",
                "departments.yaml skipped",
                "departments/ar/alias.md kept",
                "departments/ar/broken.md broken",
                "departments/ar/draft.md unchanged",
                "departments/ar/planning.md kept",
            ]
        );
    }
    // Of another folder nothing is said, and nothing of what was withdrawn since.
    let news = bed.cms.manage_localization(&Actor::system(), id(NEWS), &ar()).await.unwrap().state;
    bed.withdraw(&news, WithdrawMode::Gone).await;
    assert!(counted(&import(bed, &folder.join("news"), Some(owner)).await).is_empty());
    let report = import(bed, &folder.join("departments/ar"), Some(owner)).await;
    assert_eq!(counted(&report), [("unchanged", 1), ("kept", 2), ("broken", 1)]);
}

pub(crate) async fn ids_that_are_no_uuid_belong_to_their_site(bed: &Bed) {
    let page = |title: &str| {
        let folder = tempfile::tempdir().unwrap();
        let departments = folder.path().join("content/collections/departments");
        fs::create_dir_all(&departments).unwrap();
        let text = format!("---\nid: home\ntitle: {title}\nupdated_by: '1'\n---\nنص\n");
        fs::write(departments.join(format!("{title}.md")), text).unwrap();
        folder
    };
    let (first, second) = (page("الجمارك"), page("الموازنة"));
    let named = |folder: &tempfile::TempDir, site: Option<&str>| ImportStatamic {
        folder: folder.path().to_owned(),
        site: site.map(|site| site.parse().unwrap()),
        time_zone: None,
        collection: None,
        department: None,
    };
    for (folder, site, word) in [
        (&first, None, "published"),
        (&second, Some("budget"), "published"),
        (&first, None, "unchanged"),
        (&second, Some("budget"), "unchanged"),
    ] {
        let report = bed.cms.import_statamic(&system(), named(folder, site), |_| {}).await.unwrap();
        assert_eq!(counted(&report), [(word, 1)], "{report}");
    }
    assert_eq!(bed.at("/department/الجمارك").await, "ar الجمارك");
    assert_eq!(bed.at("/department/الموازنة").await, "ar الموازنة");
    assert_eq!(tables(bed, "people").await.len(), 2);
}

/// Leaves the records of imports as older versions left them.
async fn forget_places(bed: &Bed) {
    let url = match bed.url() {
        Some(url) => DatabaseUrl::parse(&url).unwrap(),
        None => DatabaseUrl::sqlite(&bed.folder.path().join("diwan.db")).unwrap(),
    };
    let store = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let hierarchy = snapshot.hierarchy().await.unwrap();
    let permit = Actor::system().permit(Action::Import, DepartmentId::MINISTRY, &hierarchy).unwrap();
    for imported in snapshot.imported_places(None).await.unwrap() {
        let source = snapshot.find_import_source(&imported.source).await.unwrap().unwrap();
        let mut tx = store.begin(bed.cms.now()).await.unwrap();
        let put = tx.put_import_source(&permit, &ImportSource { place: None, ..source }).await;
        tx.end(put).await.unwrap();
    }
    drop(snapshot);
    store.close().await.unwrap();
}

pub(crate) async fn records_of_older_versions_still_compare(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    forget_places(bed).await;
    let before = bed.cms.last_sequence().await.unwrap();
    fs::remove_file(site.path().join("content/collections/departments/ar/draft.md")).unwrap();
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(counted(&report), [("unchanged", 4), ("deleted_there", 1), ("skipped", 2), ("broken", 1)]);
    assert_eq!(bed.cms.last_sequence().await.unwrap(), before);
}
