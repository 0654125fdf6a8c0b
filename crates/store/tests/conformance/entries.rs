//! Entries, localizations, revisions, the management list.

use diwan_content::{
    Actor, ContentHash, RevisionNumber, Scope, Status, Version,
    rights::{Action, ActorRef, Grant, Role},
};
use diwan_store::{
    ConflictKind, ImportSource, ManagementFilter, ManagementPlace, Store, StoreError, Title, VersionMismatch,
};

use crate::fixture::{
    FINANCE, HEALTH, ar, at, create, create_entry, create_in, en, entry, entry_id, exported, handle, hierarchy, permit,
    permit_for, publication, publish, revision, write,
};

pub(crate) async fn an_error_leaves_nothing_behind(store: &Store) {
    let before = exported(store).await;
    let failed = write(store, at(1), |tx| {
        Box::pin(async move {
            create_entry(tx, &entry(1), "خبر").await?;
            Err::<(), _>(StoreError::NoSpace)
        })
    });
    assert_eq!(failed.await.unwrap_err(), StoreError::NoSpace);
    assert_eq!(exported(store).await, before);
}

pub(crate) async fn a_stale_version_is_a_mismatch(store: &Store) {
    create(store, 1, "خبر").await;
    let written = write(store, at(3), |tx| {
        Box::pin(async move {
            let known = tx.check_version(entry_id(1), &ar(), Version(1)).await?;
            let stale = tx.check_version(entry_id(1), &ar(), Version(7)).await?;
            let absent = tx.check_version(entry_id(1), &en(), Version(1)).await?;
            Ok::<_, StoreError>((known.map(|found| found.version), stale, absent))
        })
    });
    let (known, stale, absent) = written.await.unwrap().value;
    assert_eq!(known, Ok(Version(1)));
    assert_eq!(stale, Err(VersionMismatch { expected: Version(7), found: Some(Version(1)) }));
    assert_eq!(absent, Err(VersionMismatch { expected: Version(1), found: None }));
}

pub(crate) async fn revisions_are_numbered_and_paged(store: &Store) {
    create(store, 1, "خبر").await;
    for number in 2..=5 {
        let written = write(store, at(30_000 + number), move |tx| {
            Box::pin(async move {
                let title = Title { text: "خبر ثانٍ", folded: "خبر ثان" };
                tx.append_revision(&permit(Action::Save), &revision(1, ar(), number), title).await
            })
        });
        let localization = written.await.unwrap().value;
        assert_eq!((localization.head, localization.version), (RevisionNumber(number), Version(number)));
        assert_eq!((localization.title.as_str(), localization.changed_at), ("خبر ثانٍ", at(30_000 + number)));
    }
    let snapshot = store.snapshot().await.unwrap();
    let found = snapshot.find_revision(entry_id(1), &ar(), RevisionNumber(3)).await.unwrap().unwrap();
    assert_eq!(found, revision(1, ar(), 3));
    assert_eq!(found.content.hash(), found.hash);
    assert_eq!(snapshot.find_head(entry_id(1), &ar()).await.unwrap(), Some(revision(1, ar(), 5)));
    assert_eq!(snapshot.find_head(entry_id(1), &en()).await.unwrap(), None);
    let newest = snapshot.revisions(entry_id(1), &ar(), None, 2).await.unwrap();
    assert_eq!(newest, [revision(1, ar(), 5), revision(1, ar(), 4)]);
    let older = snapshot.revisions(entry_id(1), &ar(), Some(RevisionNumber(2)), 2).await.unwrap();
    assert_eq!(older, [revision(1, ar(), 1)]);
}

pub(crate) async fn the_same_identity_twice_is_a_conflict(store: &Store) {
    let mut first = entry(1);
    first.foreign_id = Some("old-1".into());
    create_in(store, first.clone(), "خبر").await;
    let mut second = entry(2);
    second.foreign_id = Some("old-1".into());
    for (entry, conflict) in [(first, ConflictKind::Entry), (second, ConflictKind::ForeignId)] {
        let written = write(store, at(1), move |tx| {
            let entry = entry.clone();
            Box::pin(async move { tx.insert_entry(&permit(Action::Create), &entry).await })
        });
        let StoreError::Conflict(found) = written.await.unwrap_err() else { panic!("no conflict") };
        // With both in the way, either may be told first.
        assert!(found == conflict || conflict == ConflictKind::Entry, "{found:?}");
    }
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            tx.insert_localization(&permit(Action::Create), &revision(1, ar(), 1), Title { text: "", folded: "" }).await
        })
    });
    assert_eq!(written.await.unwrap_err(), StoreError::Conflict(ConflictKind::Localization));
    let snapshot = store.snapshot().await.unwrap();
    let kept = snapshot.find_entry(entry_id(1)).await.unwrap();
    assert_eq!(kept.and_then(|entry| entry.foreign_id).as_deref(), Some("old-1"));
    let known = snapshot.known_entries(&[entry_id(1), entry_id(2), entry_id(3)]).await.unwrap();
    assert_eq!(known, [(entry_id(1), handle("news"))]);
}

pub(crate) async fn a_nul_character_is_refused_before_the_database(store: &Store) {
    let written = write(store, at(1), |tx| Box::pin(async move { create_entry(tx, &entry(1), "خبر\0").await }));
    assert_eq!(written.await.unwrap_err(), StoreError::NulInText);
}

pub(crate) async fn the_management_list_keeps_to_scope_and_filter(store: &Store) {
    create(store, 1, "draft").await;
    create(store, 2, "published").await;
    create(store, 3, "changed").await;
    create(store, 4, "withdrawn").await;
    create(store, 5, "trashed").await;
    let mut other = entry(6);
    (other.department, other.collection) = (HEALTH, handle("pages"));
    create_in(store, other, "other").await;
    bring_about_statuses(store).await;

    let all = Actor::system().scope(&hierarchy()).unwrap();
    let reader = Grant::new(Role::Reader, HEALTH);
    let actor = Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants: vec![reader] };
    let health = actor.scope(&hierarchy()).unwrap();
    let none = ManagementFilter::default();
    let cases = [
        (Some(Status::Draft), vec![6, 1]),
        (Some(Status::Published), vec![2]),
        (Some(Status::Changed), vec![3]),
        (Some(Status::Withdrawn), vec![4]),
        (Some(Status::Trashed), vec![5]),
        (None, vec![4, 3, 2, 6, 1]),
    ];
    for (status, expected) in cases {
        let filter = ManagementFilter { status, ..none.clone() };
        assert_eq!(listed(store, &all, &filter).await, expected, "{status:?}");
    }
    assert_eq!(listed(store, &health, &none).await, [6]);
    let pages = ManagementFilter { collection: Some(handle("pages")), ..none.clone() };
    assert_eq!(listed(store, &all, &pages).await, [6]);
    let english = ManagementFilter { locale: Some(en()), ..none.clone() };
    assert!(listed(store, &all, &english).await.is_empty());
    let finance = ManagementFilter { department: Some(FINANCE), ..none };
    assert!(listed(store, &health, &finance).await.is_empty());
}

async fn bring_about_statuses(store: &Store) {
    let written = write(store, at(50_000), |tx| {
        Box::pin(async move {
            for number in [2, 3, 4] {
                publish(tx, &publication(number, ar(), &format!("/{number}"))).await?;
            }
            let title = Title { text: "changed", folded: "changed" };
            tx.append_revision(&permit(Action::Save), &revision(3, ar(), 2), title).await?;
            tx.set_published(&permit(Action::Withdraw), entry_id(4), &ar(), None).await?;
            tx.set_trashed(&permit(Action::Trash), entry_id(5), Some(tx.now())).await
        })
    });
    written.await.unwrap();
}

async fn listed(store: &Store, scope: &Scope, filter: &ManagementFilter) -> Vec<u128> {
    let snapshot = store.snapshot().await.unwrap();
    let rows = snapshot.list_localizations(scope, filter, None, 100).await.unwrap();
    rows.into_iter()
        .map(|(entry, localization)| {
            assert_eq!(entry.id, localization.entry);
            entry.id.0.as_u128()
        })
        .collect()
}

pub(crate) async fn the_management_list_takes_special_characters_as_they_are(store: &Store) {
    create(store, 1, "100% مؤكد").await;
    create(store, 2, "100 مؤكد").await;
    create(store, 3, "a_b").await;
    create(store, 4, "axb").await;
    create(store, 5, "a\\b").await;
    let all = Actor::system().scope(&hierarchy()).unwrap();
    let long = "x".repeat(60_000);
    let cases = [("0%", vec![1]), ("a_b", vec![3]), ("\\", vec![5]), ("مؤكد", vec![2, 1]), (long.as_str(), vec![])];
    for (text, expected) in cases {
        let filter = ManagementFilter { title_folded: Some(text.to_owned()), ..ManagementFilter::default() };
        assert_eq!(listed(store, &all, &filter).await, expected, "{text}");
    }
}

pub(crate) async fn the_management_list_goes_on_behind_a_place(store: &Store) {
    for number in 1..=5 {
        create(store, number, "خبر").await;
    }
    let all = Actor::system().scope(&hierarchy()).unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let (mut seen, mut place) = (Vec::new(), None);
    loop {
        let filter = ManagementFilter::default();
        let page = snapshot.list_localizations(&all, &filter, place.as_ref(), 2).await.unwrap();
        let Some((_, last)) = page.last() else { break };
        place = Some(ManagementPlace { changed_at: last.changed_at, entry: last.entry, locale: last.locale.clone() });
        seen.extend(page.iter().map(|(entry, _)| entry.id.0.as_u128()));
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

pub(crate) async fn an_import_keeps_its_source(store: &Store) {
    create(store, 1, "خبر").await;
    let mut source = ImportSource {
        source: "statamic:site:collections/news/x.md".into(),
        site: None,
        place: Some("collections/news/x.md".into()),
        entry: entry_id(1),
        locale: ar(),
        revision: RevisionNumber(1),
        source_hash: ContentHash::of(b"---\r\n\0\xFF"),
        source_bytes: b"---\r\n\0\xFF".to_vec(),
    };
    for revision in [1, 2] {
        source.revision = RevisionNumber(revision);
        let wanted = source.clone();
        let written = write(store, at(1), move |tx| {
            let source = wanted.clone();
            Box::pin(async move { tx.put_import_source(&permit(Action::Import), &source).await })
        });
        written.await.unwrap();
        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(snapshot.find_import_source(&source.source).await.unwrap().as_ref(), Some(&source));
    }
}

pub(crate) async fn trash_and_transfer_raise_versions(store: &Store) {
    create(store, 1, "خبر").await;
    let written = write(store, at(60_000), |tx| {
        Box::pin(async move {
            let locked = tx.lock_entry(entry_id(1)).await?.map(|entry| entry.department);
            tx.set_trashed(&permit(Action::Trash), entry_id(1), Some(at(60_000))).await?;
            tx.set_department(&permit_for(Action::Transfer, FINANCE), entry_id(1), HEALTH).await?;
            let missing = tx.set_trashed(&permit(Action::Trash), entry_id(9), None).await;
            Ok::<_, StoreError>((locked, missing))
        })
    });
    let (locked, missing) = written.await.unwrap().value;
    assert_eq!(locked, Some(FINANCE));
    assert_eq!(missing, Err(StoreError::Missing { what: "the entry" }));
    let snapshot = store.snapshot().await.unwrap();
    let found = snapshot.find_entry(entry_id(1)).await.unwrap().unwrap();
    assert_eq!((found.department, found.trashed_at), (HEALTH, Some(at(60_000))));
    let localizations = snapshot.localizations(entry_id(1)).await.unwrap();
    assert_eq!(localizations[0].version, Version(3));
    assert_eq!(localizations[0].changed_at, at(60_000));
    assert_eq!(snapshot.find_localization(entry_id(1), &ar()).await.unwrap().as_ref(), localizations.first());
    assert!(snapshot.known_entries(&[entry_id(1)]).await.unwrap().is_empty());
}
