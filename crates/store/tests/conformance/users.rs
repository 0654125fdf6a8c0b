//! Users, their grants, credentials and sessions.

use std::collections::BTreeSet;

use diwan_content::{
    ContentHash, DepartmentId, EventKind, EventSubject, PersonId, Sequence, Version,
    rights::{Action, ActorRef, Grant, Role},
};
use diwan_store::{
    ConflictKind, Credential, CredentialKind, OneTimePurpose, OneTimeToken, Person, Session, Store, StoreError, User,
    UserGrant, WriteTx,
};
use uuid::Uuid;

use crate::fixture::{FINANCE, HEALTH, at, en, handle, permit, write};

pub(crate) fn user(number: u128, email: &str) -> User {
    User {
        person: PersonId(Uuid::from_u128(number)),
        email: email.to_owned(),
        email_folded: email.to_lowercase(),
        language: "ar".into(),
        version: Version(1),
        created_at: at(1),
        created_by: ActorRef::System,
        suspended_at: None,
        signed_in_at: None,
    }
}

pub(crate) fn grant(number: u128, person: PersonId) -> UserGrant {
    let collections = BTreeSet::from([handle("news"), handle("pages")]);
    let grant =
        Grant { collections: Some(collections), locales: Some([en()].into()), ..Grant::new(Role::Editor, FINANCE) };
    let (id, granted_by) = (Uuid::from_u128(number), ActorRef::Person(PersonId(Uuid::from_u128(9))));
    UserGrant { id, person, grant, source: None, granted_at: at(2), granted_by }
}

pub(crate) fn password(number: u128, person: PersonId) -> Credential {
    Credential {
        id: Uuid::from_u128(number),
        person,
        kind: CredentialKind::Password,
        secret: Some("$argon2id$".into()),
        issuer: None,
        subject: None,
        last_step: None,
        created_at: at(3),
        confirmed_at: Some(at(3)),
        used_at: None,
    }
}

/// Makes a user with a name, an editor of two collections in English, who signs in with a password.
pub(crate) async fn insert(tx: &mut WriteTx, user: &User) -> Result<(), StoreError> {
    let permit = permit(Action::ManageUsers);
    let person = user.person;
    tx.put_person(&permit, &Person { id: person, name: Some("ليلى".into()), created_at: at(1) }).await?;
    tx.insert_user(&permit, user).await?;
    tx.insert_grant(&permit, &grant(person.0.as_u128() + 100, person)).await?;
    tx.insert_credential(&permit, &password(person.0.as_u128() + 200, person)).await?;
    let subject = EventSubject {
        person: Some(person),
        role: Some(Role::Editor),
        department: Some(FINANCE),
        ..EventSubject::default()
    };
    tx.record(&permit, EventKind::RoleGranted, subject);
    Ok(())
}

pub(crate) async fn a_user_has_one_address_and_keeps_grants_and_credentials(store: &Store) {
    let written = write(store, at(10), |tx| {
        Box::pin(async move {
            insert(tx, &user(1, "Leila@mof.example")).await?;
            insert(tx, &user(2, "omar@mof.example")).await
        })
    });
    written.await.unwrap();
    let (first, second) = (user(1, "Leila@mof.example"), user(2, "omar@mof.example"));
    let snapshot = store.snapshot().await.unwrap();
    assert!(snapshot.has_users().await.unwrap());
    assert_eq!(snapshot.find_user(first.person).await.unwrap().as_ref(), Some(&first));
    assert_eq!(snapshot.find_user_by_email("leila@mof.example").await.unwrap().as_ref(), Some(&first));
    assert_eq!(snapshot.find_user_by_email("Leila@mof.example").await.unwrap(), None);
    assert_eq!(snapshot.list_users(None, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(snapshot.list_users(Some("leila@mof.example"), 10).await.unwrap(), [second]);
    assert_eq!(snapshot.grants_of(first.person).await.unwrap(), [grant(101, first.person)]);
    assert_eq!(snapshot.credentials_of(first.person).await.unwrap(), [password(201, first.person)]);
    let people = snapshot.find_people(&[PersonId(Uuid::from_u128(5)), first.person]).await.unwrap();
    assert_eq!(people.iter().map(|person| person.name.as_deref()).collect::<Vec<_>>(), [Some("ليلى")]);
    let event = snapshot.events_after(Sequence(0), 10).await.unwrap().remove(0);
    assert_eq!((event.subject.person, event.subject.role), (Some(first.person), Some(Role::Editor)));
    assert_eq!(snapshot.verify_chain(Sequence(0)).await.unwrap(), None);
    drop(snapshot);

    let same = write(store, at(11), |tx| {
        Box::pin(async move { tx.insert_user(&permit(Action::ManageUsers), &user(3, "LEILA@mof.example")).await })
    });
    assert_eq!(same.await.unwrap_err(), StoreError::Conflict(ConflictKind::User));

    let changed = write(store, at(12), |tx| {
        Box::pin(async move {
            let permit = permit(Action::ManageUsers);
            let person = PersonId(Uuid::from_u128(1));
            let found = tx.lock_user(person).await?.ok_or(StoreError::Missing { what: "the user" })?;
            tx.replace_user(&permit, &User { suspended_at: Some(at(12)), ..found }).await?;
            tx.touch_user(&permit, person).await?;
            tx.note_sign_in(person).await?;
            tx.rename_person(&permit, person, "ليلى الحسن").await?;
            tx.delete_credentials(&permit, person, CredentialKind::Totp).await?;
            let used = Credential { used_at: Some(at(12)), ..password(201, person) };
            assert!(tx.replace_credential(&permit, &used).await?);
            assert!(!tx.replace_credential(&permit, &Credential { id: Uuid::nil(), ..used }).await?);
            let grant = Uuid::from_u128(101);
            Ok::<_, StoreError>([tx.delete_grant(&permit, grant).await?, tx.delete_grant(&permit, grant).await?])
        })
    });
    assert_eq!(changed.await.unwrap().value, [true, false]);
    let snapshot = store.snapshot().await.unwrap();
    let expected =
        User { version: Version(3), suspended_at: Some(at(12)), signed_in_at: Some(at(12)), ..first.clone() };
    assert_eq!(snapshot.find_user(first.person).await.unwrap(), Some(expected));
    assert_eq!(snapshot.find_person(first.person).await.unwrap().unwrap().name.as_deref(), Some("ليلى الحسن"));
    assert_eq!(snapshot.credentials_of(first.person).await.unwrap()[0].used_at, Some(at(12)));
    assert_eq!(snapshot.grants_of(first.person).await.unwrap(), []);
    assert_eq!(snapshot.all_grants().await.unwrap().len(), 1);
}

pub(crate) async fn an_account_of_single_sign_on_belongs_to_one_user(store: &Store) {
    let account = |id: u128, person: u128, subject: &str| Credential {
        kind: CredentialKind::Openid,
        secret: None,
        issuer: Some("https://login.example".into()),
        subject: Some(subject.to_owned()),
        ..password(id, PersonId(Uuid::from_u128(person)))
    };
    let add = async |credential: Credential| {
        let written = write(store, at(10), move |tx| {
            let credential = credential.clone();
            Box::pin(async move { tx.insert_credential(&permit(Action::ManageUsers), &credential).await })
        });
        written.await
    };
    add(account(1, 1, "leila")).await.unwrap();
    add(account(2, 1, "leila-2")).await.unwrap();
    let again = add(account(3, 2, "leila")).await.unwrap_err();
    assert_eq!(again, StoreError::Conflict(ConflictKind::Credential));
    let snapshot = store.snapshot().await.unwrap();
    let found = snapshot.find_openid("https://login.example", "leila").await.unwrap();
    assert_eq!(found, Some(account(1, 1, "leila")));
    assert_eq!(snapshot.find_openid("https://other.example", "leila").await.unwrap(), None);
}

pub(crate) async fn a_session_lasts_until_it_ends(store: &Store) {
    let session = |number: u128, expires_at: i64| Session {
        id: Uuid::from_u128(number),
        token_hash: ContentHash::of(&number.to_be_bytes()),
        person: PersonId(Uuid::from_u128(1)),
        second_factor: false,
        user_agent: Some("متصفح".into()),
        created_at: at(10),
        confirmed_at: at(10),
        last_used_at: at(10),
        expires_at: at(expires_at),
    };
    let token = OneTimeToken {
        token_hash: ContentHash::of(b"token"),
        person: PersonId(Uuid::from_u128(1)),
        purpose: OneTimePurpose::Invitation,
        created_at: at(10),
        expires_at: at(500),
    };
    let kept = token.clone();
    let written = write(store, at(20), move |tx| {
        let token = token.clone();
        Box::pin(async move {
            let permit = permit(Action::ManageUsers);
            for made in [session(1, 1_000), session(2, 2_000), session(3, 3_000)] {
                tx.insert_session(&permit, &made).await?;
            }
            tx.confirm_session(&permit, Uuid::from_u128(3), true).await?;
            let earlier = OneTimeToken { token_hash: ContentHash::of(b"earlier"), ..token.clone() };
            tx.replace_one_time_token(&permit, &earlier).await?;
            tx.replace_one_time_token(&permit, &token).await
        })
    });
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let confirmed = Session { second_factor: true, confirmed_at: at(20), ..session(3, 3_000) };
    assert_eq!(snapshot.find_session(&confirmed.token_hash).await.unwrap(), Some(confirmed));
    assert_eq!(snapshot.find_one_time_token(&kept.token_hash).await.unwrap(), Some(kept.clone()));
    assert_eq!(snapshot.find_one_time_token(&ContentHash::of(b"earlier")).await.unwrap(), None);
    drop(snapshot);

    // The first is over, the second was used lately, the third was not.
    store.touch_sessions(&[(Uuid::from_u128(2), at(900))], at(800), at(1_000)).await.unwrap();
    let left = store.snapshot().await.unwrap().sessions_of(kept.person).await.unwrap();
    assert_eq!(left, [Session { last_used_at: at(900), ..session(2, 2_000) }]);
    assert_eq!(store.snapshot().await.unwrap().find_one_time_token(&kept.token_hash).await.unwrap(), None);

    let ended = write(store, at(1_001), move |tx| {
        Box::pin(async move {
            let permit = permit(Action::ManageUsers);
            tx.insert_session(&permit, &session(4, 9_000)).await?;
            tx.insert_session(&permit, &session(5, 9_000)).await?;
            let other = PersonId(Uuid::from_u128(2));
            let ended = [
                tx.delete_session(&permit, other, Uuid::from_u128(2)).await?,
                tx.delete_session(&permit, PersonId(Uuid::from_u128(1)), Uuid::from_u128(2)).await?,
            ];
            tx.end_access(&permit, PersonId(Uuid::from_u128(1)), Some(Uuid::from_u128(5))).await?;
            Ok::<_, StoreError>(ended)
        })
    });
    assert_eq!(ended.await.unwrap().value, [false, true]);
    let left = store.snapshot().await.unwrap().sessions_of(kept.person).await.unwrap();
    assert_eq!(left.iter().map(|session| session.id.as_u128()).collect::<Vec<_>>(), [5]);
}

pub(crate) async fn a_list_ends_at_the_collections_of_a_scope(store: &Store) {
    use diwan_content::Actor;
    use diwan_store::ManagementFilter;
    crate::fixture::create(store, 1, "خبر").await;
    let page = diwan_store::Entry { collection: handle("pages"), ..crate::fixture::entry(2) };
    crate::fixture::create_in(store, page, "صفحة").await;
    let elsewhere = diwan_store::Entry { department: HEALTH, ..crate::fixture::entry(3) };
    crate::fixture::create_in(store, elsewhere, "خبر").await;
    let seen = async |grants: Vec<Grant>| {
        let actor = Actor { reference: ActorRef::System, on_behalf_of: None, grants };
        let scope = actor.scope(&crate::fixture::hierarchy()).unwrap();
        let snapshot = store.snapshot().await.unwrap();
        let rows = snapshot.list_localizations(&scope, &ManagementFilter::default(), None, 10).await.unwrap();
        let mut seen: Vec<u128> = rows.iter().map(|(entry, _)| entry.id.0.as_u128()).collect();
        seen.sort_unstable();
        seen
    };
    let of = |collection: &str, department: DepartmentId| Grant {
        collections: Some([handle(collection)].into()),
        ..Grant::new(Role::Reader, department)
    };
    assert_eq!(seen(vec![of("news", FINANCE)]).await, [1]);
    assert_eq!(seen(vec![of("news", DepartmentId::MINISTRY)]).await, [1, 3]);
    assert_eq!(seen(vec![of("news", HEALTH), of("pages", FINANCE)]).await, [2, 3]);
    assert_eq!(seen(vec![of("pages", FINANCE), Grant::new(Role::Author, FINANCE)]).await, [1, 2]);
    assert_eq!(seen(vec![of("faqs", DepartmentId::MINISTRY)]).await, Vec::<u128>::new());
}
