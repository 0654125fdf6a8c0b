//! Keys, departments, refusals, settings, permits.

use diwan_content::{
    ContentHash, DepartmentId, KeyId, PersonId,
    rights::{Action, ActorRef, Grant, Role},
};
use diwan_store::{ApiKey, ConflictKind, Department, LeftOut, Person, Refusal, Store, StoreError, Title};
use uuid::Uuid;

use crate::fixture::{Db, FINANCE, HEALTH, ar, at, create, entry, entry_id, permit, permit_for, revision, write};

fn key(number: u128) -> ApiKey {
    ApiKey {
        id: KeyId(Uuid::from_u128(number)),
        label: Some("مفتاح".into()),
        secret_hash: ContentHash::of(&number.to_be_bytes()),
        grants: vec![Grant::new(Role::Publisher, FINANCE)],
        on_behalf_of: Some(PersonId(Uuid::from_u128(99))),
        created_at: at(1),
        expires_at: Some(at(9_000)),
        revoked_at: None,
        last_used_at: None,
        last_four: Some("ab12".into()),
        created_by: Some(ActorRef::System),
        replaces: Some(KeyId(Uuid::from_u128(98))),
    }
}

pub(crate) async fn a_key_is_found_by_its_secret_until_it_is_revoked(store: &Store) {
    let written = write(store, at(5), |tx| {
        Box::pin(async move {
            let permit = permit(Action::ManageKeys);
            tx.insert_key(&permit, &key(1)).await?;
            tx.insert_key(&permit, &key(2)).await
        })
    });
    written.await.unwrap();
    let id = |number| KeyId(Uuid::from_u128(number));
    store.touch_keys(&[(id(2), at(700)), (id(1), at(500)), (id(1), at(400)), (id(3), at(1))]).await.unwrap();
    let written = write(store, at(6), move |tx| {
        Box::pin(async move {
            let permit = permit(Action::ManageKeys);
            Ok::<_, StoreError>([tx.revoke_key(&permit, id(1)).await?, tx.revoke_key(&permit, id(1)).await?])
        })
    });
    assert_eq!(written.await.unwrap().value, [true, false]);
    let snapshot = store.snapshot().await.unwrap();
    let first = ApiKey { revoked_at: Some(at(6)), last_used_at: Some(at(500)), ..key(1) };
    let second = ApiKey { last_used_at: Some(at(700)), ..key(2) };
    assert_eq!(snapshot.find_key_by_hash(&key(1).secret_hash).await.unwrap().as_ref(), Some(&first));
    assert_eq!(snapshot.find_key_by_hash(&ContentHash::of(b"")).await.unwrap(), None);
    assert_eq!(snapshot.find_key(id(2)).await.unwrap().as_ref(), Some(&second));
    assert_eq!(snapshot.list_keys(None, 10).await.unwrap(), [first, second.clone()]);
    assert_eq!(snapshot.list_keys(Some(id(1)), 10).await.unwrap(), [second]);
    drop(snapshot);
    let again =
        write(store, at(1), |tx| Box::pin(async move { tx.insert_key(&permit(Action::ManageKeys), &key(1)).await }));
    assert_eq!(again.await.unwrap_err(), StoreError::Conflict(ConflictKind::Key));
}

pub(crate) async fn departments_make_the_hierarchy(store: &Store) {
    let below = DepartmentId(Uuid::from_u128(0xF3));
    let written = write(store, at(1), move |tx| {
        Box::pin(async move {
            let permit = permit(Action::CreateDepartment);
            for (id, parent) in [(FINANCE, DepartmentId::MINISTRY), (below, FINANCE)] {
                tx.insert_department(&permit, &Department { id, parent, created_at: at(1) }).await?;
            }
            let person = Person { id: PersonId(Uuid::from_u128(5)), name: None, created_at: at(1) };
            let import = permit_for(Action::Import, FINANCE);
            tx.put_person(&import, &person).await?;
            tx.put_person(&import, &Person { name: Some("غيره".into()), ..person.clone() }).await?;
            Ok::<_, StoreError>((tx.find_person(person.id).await?, person))
        })
    });
    let (found, person) = written.await.unwrap().value;
    assert_eq!(found, Some(person));
    let snapshot = store.snapshot().await.unwrap();
    let hierarchy = snapshot.hierarchy().await.unwrap();
    assert!(hierarchy.is_within(below, FINANCE) && !hierarchy.is_within(FINANCE, below));
    assert!(!hierarchy.contains(HEALTH));
    assert_eq!(snapshot.departments().await.unwrap().len(), 2);
    let above = [snapshot.department_above(below).await.unwrap(), snapshot.department_above(FINANCE).await.unwrap()];
    assert_eq!(above, [FINANCE, DepartmentId::MINISTRY]);
}

pub(crate) async fn refusals_of_known_actors_stand_and_others_are_counted(store: &Store) {
    let refusal = |number: u128, actor, unix_ms| Refusal {
        id: Uuid::from_u128(number),
        at: at(unix_ms),
        actor,
        action: "publish".into(),
        entry: Some(entry_id(1)),
        code: "forbidden".into(),
        request_id: format!("request-{number}"),
    };
    let known = ActorRef::Key(KeyId(Uuid::from_u128(8)));
    let gathered: Vec<Refusal> =
        (10..30).map(|number| refusal(number, ActorRef::Anonymous, 60_000 * (1 + i64::from(number < 15)))).collect();
    store.record_refusals(&gathered).await.unwrap();
    store.record_refusals(&gathered).await.unwrap();
    for number in 1..=3 {
        store.record_refusal(refusal(number, known, 500)).await.unwrap();
    }
    let snapshot = store.snapshot().await.unwrap();
    let newest = snapshot.list_refusals(None, 2).await.unwrap();
    assert_eq!(newest, [refusal(3, known, 500), refusal(2, known, 500)]);
    let older = snapshot.list_refusals(Some((at(500), Uuid::from_u128(2))), 2).await.unwrap();
    assert_eq!(older, [refusal(1, known, 500)]);
    assert_eq!(snapshot.count_anonymous_refusals(at(0), at(999_999)).await.unwrap(), 40);
    assert_eq!(snapshot.count_anonymous_refusals(at(120_000), at(999_999)).await.unwrap(), 10);
}

pub(crate) async fn refusals_never_change_and_counts_only_grow(db: &Db) {
    let refusal = |number: u128, actor| Refusal {
        id: Uuid::from_u128(number),
        at: at(1),
        actor,
        action: "publish".into(),
        entry: None,
        code: "forbidden".into(),
        request_id: String::new(),
    };
    let known = ActorRef::Key(KeyId(Uuid::from_u128(8)));
    db.record_refusals(&[refusal(1, known), refusal(2, ActorRef::Anonymous)]).await.unwrap();
    let left_out = |refusals| LeftOut { at: at(3_600_000), actor: known, refusals };
    db.count_left_out(&[left_out(3), LeftOut { at: at(3_600_001), ..left_out(4) }]).await.unwrap();
    db.count_left_out(&[left_out(5)]).await.unwrap();
    let before = crate::fixture::exported(db).await;
    let changes = crate::opening::raw(
        db,
        &[
            "UPDATE refusals SET code = 'x'",
            "DELETE FROM refusals",
            "UPDATE refusal_counts SET refusals = 0",
            "UPDATE refusal_counts SET code = 'x'",
            "DELETE FROM refusal_counts",
            "UPDATE refusals_left_out SET refusals = refusals - 1",
            "DELETE FROM refusals_left_out",
        ],
    );
    for change in changes.await {
        let said = change.unwrap_err().to_string();
        assert!(said.contains("never change") || said.contains("only grow"), "{said}");
    }
    assert_eq!(crate::fixture::exported(db).await, before);
    assert_eq!(db.snapshot().await.unwrap().refusals_left_out(10).await.unwrap(), [left_out(12)]);
}

pub(crate) async fn a_setting_is_made_once(store: &Store) {
    for (value, stands) in [("first", "first"), ("second", "first")] {
        let written =
            write(store, at(1), move |tx| Box::pin(async move { tx.put_setting("cursor_secret", value).await }));
        assert_eq!(written.await.unwrap().value, stands);
    }
    let written = write(store, at(1), |tx| Box::pin(async move { tx.replace_setting("cursor_secret", "third").await }));
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_setting("cursor_secret").await.unwrap().as_deref(), Some("third"));
    assert_eq!(snapshot.find_setting("other").await.unwrap(), None);
}

pub(crate) async fn a_permit_for_something_else_is_refused(store: &Store) {
    create(store, 1, "خبر").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let title = Title { text: "", folded: "" };
            tx.lock_entry(entry_id(1)).await?;
            let mut foreign = revision(1, ar(), 2);
            foreign.author = ActorRef::Anonymous;
            Ok::<_, StoreError>([
                tx.insert_entry(&permit(Action::Publish), &entry(2)).await,
                tx.insert_entry(&permit_for(Action::Create, HEALTH), &entry(2)).await,
                tx.append_revision(&permit_for(Action::Save, HEALTH), &revision(1, ar(), 2), title).await.map(|_| ()),
                tx.append_revision(&permit(Action::Save), &foreign, title).await.map(|_| ()),
                tx.set_published(&permit(Action::Save), entry_id(1), &ar(), None).await.map(|_| ()),
                tx.insert_key(&permit(Action::Save), &key(1)).await,
            ])
        })
    });
    for outcome in written.await.unwrap().value {
        assert!(matches!(outcome, Err(StoreError::PermitMismatch { .. })), "{outcome:?}");
    }
}
