//! Publications and what the public sees.

use diwan_content::{EventKind, Timestamp, rights::Action};
use diwan_store::{Publication, PublicationKind, Store, StoreError, Title};
use serde_json::json;

use crate::fixture::{
    about, ar, at, create, create_and_publish, data_text, en, entry_id, exported, handle, path, permit, publication,
    publish, revision, rows_of, write,
};

pub(crate) async fn a_publication_is_live_until_it_is_closed(store: &Store) {
    create_and_publish(store, 1, "/خبر").await;
    let snapshot = store.snapshot().await.unwrap();
    let live = snapshot.find_live(entry_id(1), &ar()).await.unwrap().unwrap();
    assert_eq!(live.publication, publication(1, ar(), "/خبر"));
    assert_eq!((live.data_text.as_str(), live.entry), (data_text(1).as_str(), entry_id(1)));
    let localization = snapshot.find_localization(entry_id(1), &ar()).await.unwrap().unwrap();
    assert_eq!((localization.published, localization.was_public), (Some(live.revision), true));
    drop(snapshot);
    let kinds = [PublicationKind::Gone, PublicationKind::Redirect { to: entry_id(9) }, PublicationKind::Vanished];
    let mut before = PublicationKind::Live;
    for kind in kinds {
        assert_eq!(withdraw(store, kind).await, Some((publication(1, ar(), "/خبر"), before)));
        before = kind;
        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(snapshot.find_live(entry_id(1), &ar()).await.unwrap(), None);
        let past = snapshot.find_last_publication(entry_id(1), &ar()).await.unwrap().unwrap();
        assert_eq!((past.kind, past.at, past.first_published_at), (kind, at(30_000), at(20_000)));
        assert_eq!(snapshot.find_last_publication(entry_id(1), &en()).await.unwrap(), None);
    }
}

async fn withdraw(store: &Store, kind: PublicationKind) -> Option<(Publication, PublicationKind)> {
    let written = write(store, at(30_000), move |tx| {
        Box::pin(async move {
            let permit = permit(Action::Withdraw);
            let event = tx.record(&permit, EventKind::Withdrawn, about(entry_id(1)));
            let closed = tx.close_publication(&permit, entry_id(1), &ar(), event).await?;
            tx.open_publication(&permit, &publication(1, ar(), "/خبر"), kind, event).await?;
            Ok::<_, StoreError>(closed)
        })
    });
    written.await.unwrap().value
}

pub(crate) async fn spans_bear_the_numbers_of_their_events(store: &Store) {
    create(store, 1, "خبر").await;
    // The clock jumps back after the first of them; spans do not.
    for now in [50_000, 40_000] {
        let written = write(store, at(now), |tx| {
            Box::pin(async move {
                tx.record(&permit(Action::Save), EventKind::RevisionSaved, about(entry_id(1)));
                publish(tx, &publication(1, ar(), "/a")).await?;
                publish(tx, &publication(1, ar(), "/a")).await
            })
        });
        written.await.unwrap();
    }
    let lines = exported(store).await;
    let spans: Vec<_> = rows_of(&lines, "publications")
        .into_iter()
        .map(|row| ["from_sequence", "from_at", "to_sequence", "to_at"].map(|name| row[name].clone()))
        .collect();
    let expected = [
        [json!(3), json!(50_000), json!(4), json!(50_000)],
        [json!(4), json!(50_000), json!(6), json!(50_000)],
        [json!(6), json!(50_000), json!(7), json!(50_000)],
        [json!(7), json!(50_000), json!(null), json!(null)],
    ];
    assert_eq!(spans, expected);
}

pub(crate) async fn trees_and_translations_are_told(store: &Store) {
    for number in 1..=4 {
        create(store, number, "صفحة").await;
    }
    let written = write(store, at(20_000), |tx| {
        Box::pin(async move {
            let english = revision(1, en(), 1);
            tx.insert_localization(&permit(Action::Save), &english, Title { text: "page", folded: "page" }).await?;
            publish(tx, &publication(1, en(), "/en/1")).await?;
            for (number, parent, rank) in [(1, None, "b"), (2, Some(1), "c"), (3, Some(1), "b"), (4, None, "a")] {
                let mut page = publication(number, ar(), "/x");
                (page.parent, page.rank) = (parent.map(entry_id), rank.parse().ok());
                page.path = Some(path(&format!("/{number}")));
                publish(tx, &page).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let numbers = |lives: Vec<Publication>| -> Vec<u128> { lives.iter().map(|live| live.entry.0.as_u128()).collect() };
    assert_eq!(numbers(snapshot.tree_lives(&handle("news"), &ar()).await.unwrap()), [4, 1, 3, 2]);
    assert_eq!(numbers(snapshot.live_children(entry_id(1), &ar()).await.unwrap()), [3, 2]);
    assert!(snapshot.live_children(entry_id(2), &ar()).await.unwrap().is_empty());
    let inheriting = snapshot.inheriting_lives(entry_id(1), &ar()).await.unwrap();
    assert_eq!(inheriting, [publication(1, en(), "/en/1")]);
    let targets = snapshot.live_localizations(&[entry_id(1), entry_id(2), entry_id(7)]).await.unwrap();
    let told: Vec<_> =
        targets.iter().map(|target| (target.entry, target.locale.clone(), target.path.clone())).collect();
    let expected = [
        (entry_id(1), ar(), Some(path("/1"))),
        (entry_id(1), en(), Some(path("/en/1"))),
        (entry_id(2), ar(), Some(path("/2"))),
    ];
    assert_eq!(told, expected);
    assert_eq!(snapshot.lives(&[entry_id(3), entry_id(4), entry_id(9)], &ar()).await.unwrap().len(), 2);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let behind = after.as_ref().map(|(entry, locale)| (*entry, locale));
        let page = snapshot.live_in_collection(&handle("news"), behind, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.entry, last.locale.clone()));
        seen.extend(page.iter().map(|live| (live.entry.0.as_u128(), live.locale.to_string())));
    }
    let expected = [(1, "ar"), (1, "en"), (2, "ar"), (3, "ar"), (4, "ar")];
    assert_eq!(seen, expected.map(|(number, locale)| (number, locale.to_owned())));
}

pub(crate) async fn a_transaction_sees_what_it_published(store: &Store) {
    create(store, 1, "خبر").await;
    let written = write(store, at(20_000), |tx| {
        Box::pin(async move {
            let event = publish(tx, &publication(1, ar(), "/a")).await?;
            let seen = tx.find_live(entry_id(1), &ar()).await?.map(|live| live.published_at);
            let permit = permit(Action::Withdraw);
            tx.close_publication(&permit, entry_id(1), &ar(), event).await?;
            tx.open_publication(&permit, &publication(1, ar(), "/a"), PublicationKind::Gone, event).await?;
            let past = tx.find_last_publication(entry_id(1), &ar()).await?.map(|past| past.kind);
            Ok::<_, StoreError>((seen, past))
        })
    });
    // One event opens one span of a localization: the second is refused with all the rest.
    let refused = written.await;
    assert!(refused.is_err(), "{refused:?}");
    let written = write(store, at(20_000), |tx| {
        Box::pin(async move {
            publish(tx, &publication(1, ar(), "/a")).await?;
            let seen = tx.find_live(entry_id(1), &ar()).await?.map(|live| live.published_at);
            let permit = permit(Action::Withdraw);
            let event = tx.record(&permit, EventKind::Withdrawn, about(entry_id(1)));
            tx.close_publication(&permit, entry_id(1), &ar(), event).await?;
            tx.open_publication(&permit, &publication(1, ar(), "/a"), PublicationKind::Gone, event).await?;
            let past = tx.find_last_publication(entry_id(1), &ar()).await?.map(|past| past.kind);
            Ok::<(Option<Timestamp>, _), StoreError>((seen, past))
        })
    });
    assert_eq!(written.await.unwrap().value, (Some(at(20_000)), Some(PublicationKind::Gone)));
}
