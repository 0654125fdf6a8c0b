//! The log of events.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use diwan_content::{
    Actor, EventKind, EventSubject, Sequence,
    rights::{Action, ActorRef, Grant, Role},
};
use diwan_store::{EventFilter, Store, StoreError};
use tokio::sync::Barrier;

use crate::fixture::{
    Db, FINANCE, HEALTH, about, ar, at, create, create_entry, create_in, entry, entry_id, exported, hierarchy, permit,
    permit_for, rows_of, write,
};

pub(crate) async fn twenty_writers_leave_a_chain_without_gaps(store: &Store) {
    let writers = (0..20).map(|writer: u128| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0..5 {
                let number = writer * 100 + round + 1;
                let written = write(&store, at(1_000_000), move |tx| {
                    Box::pin(async move { create_entry(tx, &entry(number), "خبر").await })
                });
                written.await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let snapshot = store.snapshot().await.unwrap();
    let events = snapshot.events_after(Sequence(0), 1_000).await.unwrap();
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence.0).collect();
    assert_eq!(sequences, (1..=100).collect::<Vec<i64>>());
    assert_eq!(snapshot.verify_chain(Sequence(0)).await.unwrap(), None);
    assert_eq!(snapshot.verify_chain(Sequence(57)).await.unwrap(), None);
    assert_eq!(snapshot.last_sequence().await.unwrap(), Sequence(100));
}

pub(crate) async fn times_never_run_backwards(store: &Store) {
    let mut told = Vec::new();
    for (number, now) in [(1, 5_000), (2, 3_000), (3, 9_000)] {
        let written =
            write(store, at(now), move |tx| Box::pin(async move { create_entry(tx, &entry(number), "خبر").await }));
        let committed = written.await.unwrap();
        told.push((committed.sequence, committed.at));
    }
    let expected = [(1, 5_000), (2, 5_000), (3, 9_000)].map(|(sequence, time)| (Some(Sequence(sequence)), at(time)));
    assert_eq!(told, expected);
    let snapshot = store.snapshot().await.unwrap();
    let times: Vec<_> =
        snapshot.events_after(Sequence(0), 10).await.unwrap().into_iter().map(|event| event.at).collect();
    assert_eq!(times, [at(5_000), at(5_000), at(9_000)]);
}

pub(crate) async fn a_caused_event_names_its_cause(store: &Store) {
    create(store, 1, "خبر").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            let first = tx.record(&permit, EventKind::Published, about(entry_id(1)));
            tx.record_caused(&permit, EventKind::Represented, about(entry_id(2)), first);
            Ok::<_, StoreError>(())
        })
    });
    assert_eq!(written.await.unwrap().sequence, Some(Sequence(3)));
    let events = store.snapshot().await.unwrap().events_after(Sequence(1), 10).await.unwrap();
    let causes: Vec<_> = events.iter().map(|event| (event.kind, event.actor, event.subject.cause)).collect();
    let expected =
        [(EventKind::Published, ActorRef::System, None), (EventKind::Represented, ActorRef::System, Some(Sequence(2)))];
    assert_eq!(causes, expected);
}

pub(crate) async fn a_scope_sees_the_events_of_its_departments(store: &Store) {
    create(store, 1, "خبر").await;
    let mut other = entry(2);
    other.department = HEALTH;
    create_in(store, other, "خبر").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let subject = EventSubject { department: Some(HEALTH), ..EventSubject::default() };
            tx.record(&permit(Action::CreateDepartment), EventKind::DepartmentCreated, subject);
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let auditor = |department| {
        let grants = vec![Grant::new(Role::Auditor, department)];
        let actor = Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants };
        actor.scope_for(Action::ReadEvents, &hierarchy()).unwrap()
    };
    let snapshot = store.snapshot().await.unwrap();
    let filter = |entry, kind| EventFilter { entry, kind, actor: Some(ActorRef::System) };
    let cases = [
        (HEALTH, filter(None, None), None, vec![3, 2]),
        (FINANCE, filter(None, None), None, vec![1]),
        (HEALTH, filter(None, None), Some(Sequence(3)), vec![2]),
        (HEALTH, filter(Some(entry_id(2)), None), None, vec![2]),
        (HEALTH, filter(Some(entry_id(1)), None), None, vec![]),
        (HEALTH, filter(None, Some(EventKind::DepartmentCreated)), None, vec![3]),
        (diwan_content::DepartmentId::MINISTRY, filter(None, None), None, vec![3, 2, 1]),
    ];
    for (department, filter, before, expected) in cases {
        let events = snapshot.list_events(&auditor(department), &filter, before, 10).await.unwrap();
        let sequences: Vec<i64> = events.into_iter().map(|event| event.sequence.0).collect();
        assert_eq!(sequences, expected, "{department} {filter:?}");
    }
}

pub(crate) async fn revisions_and_events_never_change(store: &Db) {
    create(store, 1, "خبر").await;
    let before = exported(store).await;
    let lines = crate::opening::raw(
        store,
        &[
            "UPDATE revisions SET note = 'x'",
            "DELETE FROM revisions",
            "UPDATE events SET actor = 'system'",
            "DELETE FROM events",
        ],
    );
    for outcome in lines.await {
        assert!(outcome.unwrap_err().to_string().contains("never change"));
    }
    assert_eq!(exported(store).await, before);
}

/// Whoever may change the tables can drop the triggers first; the chain shows it.
pub(crate) async fn a_changed_event_is_the_first_that_does_not_follow(db: &Db) {
    for number in 1..4 {
        create(db, number, "خبر").await;
    }
    let verify = async || db.snapshot().await.unwrap().verify_chain(Sequence(0)).await.unwrap();
    assert_eq!(verify().await, None);
    let unlock: &[&str] = match db.backend_name() {
        "sqlite" => &["DROP TRIGGER events_never_update", "DROP TRIGGER events_never_delete"],
        _ => &["DROP TRIGGER events_never_change ON events"],
    };
    for outcome in crate::opening::raw(db, unlock).await {
        outcome.unwrap();
    }
    let last = db.snapshot().await.unwrap().last_sequence().await.unwrap().0;
    for (change, broken) in [
        (format!("DELETE FROM events WHERE sequence = {last}"), last),
        ("UPDATE events SET actor = 'nobody we know' WHERE sequence = 3".to_owned(), 3),
        ("UPDATE events SET happened_at = happened_at - 1 WHERE sequence = 2".to_owned(), 2),
        ("UPDATE events SET kind = 'surprise' WHERE sequence = 1".to_owned(), 1),
    ] {
        crate::opening::raw(db, &[&change]).await.remove(0).unwrap();
        assert_eq!(verify().await.map(|broken| broken.sequence), Some(Sequence(broken)), "{change}");
    }
}

pub(crate) async fn a_commit_with_events_wakes(store: &Store) {
    let mut watch = store.watch();
    create(store, 1, "خبر").await;
    assert!(watch.changed().await);
    let written = write(store, at(1), |tx| Box::pin(async move { tx.put_mark("index", Sequence(1)).await }));
    assert_eq!(written.await.unwrap().sequence, None);
    assert_eq!(store.snapshot().await.unwrap().mark("index").await.unwrap(), Sequence(1));
    assert_eq!(store.snapshot().await.unwrap().mark("other").await.unwrap(), Sequence(0));
}

/// Two transactions lock two entries the wrong way round. SQLite lets them in one by one; PostgreSQL gives one of them
/// up, and the caller begins it again; perhaps more than once, if the server is slow to notice.
pub(crate) async fn transactions_that_wait_for_each_other_both_succeed(store: &Store) {
    create(store, 1, "خبر").await;
    create(store, 2, "خبر").await;
    let both_hold_one = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let serial = store.backend_name() == "sqlite";
    let swap = async |first: u128, second: u128| {
        let (both_hold_one, runs) = (both_hold_one.clone(), runs.clone());
        let written = write(store, at(70_000), move |tx| {
            let (both_hold_one, runs) = (both_hold_one.clone(), runs.clone());
            Box::pin(async move {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                tx.lock_entry(entry_id(first)).await?;
                if run < 2 && !serial {
                    both_hold_one.wait().await;
                }
                tx.lock_entry(entry_id(second)).await?;
                tx.record(&permit_for(Action::Save, FINANCE), EventKind::RevisionSaved, about(entry_id(first)));
                Ok::<_, StoreError>(())
            })
        });
        written.await.unwrap();
    };
    tokio::join!(swap(1, 2), swap(2, 1));
    let runs = runs.load(Ordering::SeqCst);
    assert!(if serial { runs == 2 } else { runs > 2 }, "{runs}");
    let lines = exported(store).await;
    assert_eq!(rows_of(&lines, "events").len(), 4);
    assert!(store.snapshot().await.unwrap().find_localization(entry_id(1), &ar()).await.unwrap().is_some());
}
