//! Opening, migrating, snapshots.

use diwan_content::{EventKind, EventSubject, RevisionNumber, Sequence, rights::Action};
use diwan_store::{DatabaseUrl, Store, StoreError, SyncMode, Title};
use sea_orm::{ConnectionTrait as _, Database, DbErr};

use crate::fixture::{Db, about, ar, at, create, entry_id, open_only, permit, revision, sqlite_url, write};

/// Runs statements behind the store's back.
pub(crate) async fn raw(db: &Db, statements: &[&str]) -> Vec<Result<(), DbErr>> {
    let connection = Database::connect(&db.address).await.unwrap();
    let mut outcomes = Vec::new();
    for statement in statements {
        outcomes.push(connection.execute_unprepared(statement).await.map(|_| ()));
    }
    connection.close().await.unwrap();
    outcomes
}

async fn second_store(db: &Db, sync: SyncMode) -> Result<Store, StoreError> {
    open_only(DatabaseUrl::parse(&db.address).unwrap(), sync).await
}

pub(crate) async fn a_database_of_a_newer_version_is_refused(db: &Db) {
    assert!(db.schema_is_current().await.unwrap());
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_future', 0)";
    let older = "DELETE FROM seaql_migrations WHERE version <> 'm20261101_content'";
    raw(db, &[newer]).await.remove(0).unwrap();
    assert_eq!(second_store(db, SyncMode::Off).await.unwrap_err(), StoreError::NewerVersion);
    assert_eq!(db.migrate().await.unwrap_err(), StoreError::NewerVersion);
    raw(db, &[older]).await.remove(0).unwrap();
    let store = second_store(db, SyncMode::Off).await.unwrap();
    assert!(!store.schema_is_current().await.unwrap());
    assert_eq!(store.require_current_schema().await.unwrap_err(), StoreError::OlderVersion);
    store.close().await.unwrap();
}

/// The declaration of the table was corrected to allow it: all that it had before is there.
pub(crate) async fn a_revision_may_have_no_slug(db: &Db) {
    create(db, 1, "خبر").await;
    let mut second = revision(1, ar(), 2);
    second.content.slug = None;
    second.hash = second.content.hash();
    let expected = second.clone();
    let written = write(db, at(20_000), move |tx| {
        let second = second.clone();
        Box::pin(async move {
            let title = Title { text: "", folded: "" };
            tx.append_revision(&permit(Action::Save), &second, title).await
        })
    });
    written.await.unwrap();
    let snapshot = db.snapshot().await.unwrap();
    assert_eq!(snapshot.find_head(entry_id(1), &ar()).await.unwrap(), Some(expected));
    assert_eq!(snapshot.find_facts(entry_id(1), &ar()).await.unwrap().unwrap().head_slug, None);
    drop(snapshot);
    let columns = "entry, locale, number, data_text, slug, parent, rank, date, foreign_text, blueprint, blueprint_hash, \
                   content_hash, saved_at, author, note, based_on, translates";
    let copy = format!("INSERT INTO revisions ({columns}) SELECT {columns} FROM revisions WHERE number = 1");
    let orphan = copy.replace("SELECT entry, locale", "SELECT entry, 'xx'");
    let refused = [
        "UPDATE revisions SET slug = NULL",
        "DELETE FROM revisions",
        // The key, the key to localizations and the index.
        &copy,
        &orphan,
        "CREATE INDEX revisions_children ON revisions (parent)",
    ];
    for (statement, outcome) in refused.iter().zip(raw(db, &refused).await) {
        assert!(outcome.is_err(), "{statement}");
    }
}

pub(crate) async fn migrating_twice_at_once_is_harmless(db: &Db) {
    let other = second_store(db, SyncMode::Off).await.unwrap();
    let (first, second) = tokio::join!(db.migrate(), other.migrate());
    first.unwrap();
    second.unwrap();
    other.probe().await.unwrap();
    other.close().await.unwrap();
    assert!(matches!(other.probe().await.unwrap_err(), StoreError::Unavailable { .. }));
}

pub(crate) async fn the_writer_waits_for_the_disk(db: &Db) {
    let store = second_store(db, SyncMode::Full).await.unwrap();
    let pragmas = store.writer_pragmas().await.unwrap();
    let told = |name: &str| pragmas.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if store.backend_name() == "sqlite" {
        // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
        let expected =
            [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "10000")];
        for (name, value) in expected {
            assert_eq!(told(name), Some(value), "{name}");
        }
    } else {
        assert_eq!(told("synchronous_commit"), Some("on"));
        assert_eq!(told("transaction_isolation"), Some("read committed"));
    }
    store.close().await.unwrap();
}

pub(crate) async fn a_snapshot_sees_one_moment(db: &Db) {
    let other = second_store(db, SyncMode::Off).await.unwrap();
    let mut watch = other.watch();
    create(db, 1, "خبر").await;
    if db.backend_name() == "postgres" {
        // A commit of another process wakes, though perhaps after the wake that follows the connecting.
        while other.snapshot().await.unwrap().last_sequence().await.unwrap() == Sequence(0) {
            assert!(watch.changed().await);
        }
    }
    let snapshot = other.snapshot().await.unwrap();
    assert_eq!(snapshot.last_sequence().await.unwrap(), Sequence(1));
    let written = write(db, at(1), |tx| {
        Box::pin(async move {
            tx.record(&permit(Action::Save), EventKind::RevisionSaved, about(entry_id(1)));
            Ok::<_, StoreError>(())
        })
    });
    assert_eq!(written.await.unwrap().sequence, Some(Sequence(2)));
    assert_eq!(snapshot.last_sequence().await.unwrap(), Sequence(1));
    assert_eq!(snapshot.events_after(Sequence(0), 10).await.unwrap().len(), 1);
    drop(snapshot);
    assert_eq!(other.snapshot().await.unwrap().last_sequence().await.unwrap(), Sequence(2));
    other.close().await.unwrap();
}

/// Connections that were opened by anything else do not run delete triggers for it.
pub(crate) async fn what_never_changes_is_not_replaced_by_other_programs(db: &Db) {
    create(db, 1, "خبر").await;
    if db.backend_name() == "postgres" {
        return;
    }
    let refused = [
        "INSERT OR REPLACE INTO revisions SELECT * FROM revisions",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
    ];
    for (statement, outcome) in refused.iter().zip(raw(db, &refused).await) {
        assert!(outcome.unwrap_err().to_string().contains("never change"), "{statement}");
    }
    let refusal = "INSERT OR REPLACE INTO refusals VALUES (x'01', 0, 'system', 'publish', NULL, 'forbidden', 'r')";
    let outcomes = raw(db, &[refusal, refusal]).await;
    assert!(outcomes[0].is_ok() && outcomes[1].is_err(), "{outcomes:?}");
}

pub(crate) async fn a_changed_revision_and_a_missing_trigger_are_found(db: &Db) {
    create(db, 1, "خبر").await;
    create(db, 2, "خبر").await;
    let subject = EventSubject {
        locale: Some(ar()),
        revision: Some(RevisionNumber(1)),
        content_hash: Some(revision(1, ar(), 1).hash),
        ..about(entry_id(1))
    };
    let written = write(db, at(1), move |tx| {
        let subject = subject.clone();
        Box::pin(async move {
            tx.record(&permit(Action::Save), EventKind::RevisionSaved, subject);
            Ok::<_, StoreError>(())
        })
    });
    let last = written.await.unwrap().sequence.unwrap();
    let unlike = async || {
        let snapshot = db.snapshot().await.unwrap();
        snapshot.revisions_unlike_events(Sequence(0), last, 10).await.unwrap()
    };
    let unsound = async || {
        let snapshot = db.snapshot().await.unwrap();
        let first = snapshot.check_revisions(None, 1).await.unwrap();
        let second = snapshot.check_revisions(first.first(), 10).await.unwrap();
        assert_eq!((first.len(), second.len()), (1, 1));
        first.into_iter().chain(second).filter(|one| !one.is_sound).map(|one| one.entry).collect::<Vec<_>>()
    };
    assert_eq!((unsound().await, unlike().await), (Vec::new(), Vec::<String>::new()));
    assert_eq!(db.faulty_guards().await.unwrap(), Vec::<String>::new());
    let (switch_off, guard) = if db.backend_name() == "postgres" {
        ("ALTER TABLE revisions DISABLE TRIGGER revisions_never_change", "revisions_never_change")
    } else {
        ("DROP TRIGGER revisions_never_update", "revisions_never_update")
    };
    let changed = r#"{"title":"x"}"#;
    let change = format!("UPDATE revisions SET data_text = '{changed}' WHERE entry = {}", literal(db, 1));
    for outcome in raw(db, &[switch_off, &change]).await {
        outcome.unwrap();
    }
    assert_eq!((unsound().await, unlike().await), (vec![entry_id(1)], Vec::new()));
    assert_eq!(db.faulty_guards().await.unwrap(), [guard]);
    // With a hash that fits, the event of its saving still names the one before.
    let mut forged = revision(1, ar(), 1);
    forged.content.data_text = changed.into();
    let hash = forged.content.hash().to_string();
    let hash = if db.backend_name() == "postgres" { format!("'\\x{hash}'") } else { format!("x'{hash}'") };
    let forge = format!("UPDATE revisions SET content_hash = {hash} WHERE entry = {}", literal(db, 1));
    raw(db, &[&forge]).await.remove(0).unwrap();
    assert_eq!((unsound().await.len(), unlike().await.len()), (0, 1));
}

pub(crate) async fn a_trigger_that_does_nothing_is_found(db: &Db) {
    let (statements, expected) = if db.backend_name() == "postgres" {
        let empty = |name: &str, body: &str| {
            format!("CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        };
        let statements = vec![
            empty("events_never_change", "BEGIN RETURN NULL; END"),
            "DROP TRIGGER refusal_counts_only_count_up ON refusal_counts".to_owned(),
            "CREATE TRIGGER refusal_counts_only_count_up BEFORE UPDATE ON refusal_counts FOR EACH ROW \
             WHEN (NEW.refusals < 0) EXECUTE FUNCTION refusal_counts_only_count_up()"
                .to_owned(),
            // Of the right name, on another table.
            "DROP TRIGGER asset_revisions_never_change ON asset_revisions".to_owned(),
            "CREATE TRIGGER asset_revisions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON settings \
             FOR EACH STATEMENT EXECUTE FUNCTION asset_revisions_never_change()"
                .to_owned(),
        ];
        (statements, ["events_never_change", "asset_revisions_never_change", "refusal_counts_only_count_up"].as_slice())
    } else {
        let again = |name: &str, rest: &str| [format!("DROP TRIGGER {name}"), format!("CREATE TRIGGER {name} {rest}")];
        let statements = [
            again("events_never_update", "BEFORE UPDATE ON events BEGIN SELECT 1; END"),
            again(
                "revisions_never_replace",
                "BEFORE INSERT ON revisions WHEN 0 BEGIN SELECT RAISE(ABORT, 'rows of revisions never change'); END",
            ),
            again(
                "asset_revisions_never_delete",
                "BEFORE DELETE ON settings BEGIN SELECT RAISE(ABORT, 'rows of asset_revisions never change'); END",
            ),
        ];
        let expected = ["events_never_update", "asset_revisions_never_delete", "revisions_never_replace"].as_slice();
        (statements.concat(), expected)
    };
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    for outcome in raw(db, &statements).await {
        outcome.unwrap();
    }
    assert_eq!(db.faulty_guards().await.unwrap(), expected);
}

pub(crate) async fn a_row_that_cannot_be_read_is_reported_as_damage(db: &Db) {
    create(db, 1, "خبر").await;
    raw(db, &["UPDATE entries SET collection = 'No handle!'"]).await.remove(0).unwrap();
    let read = db.snapshot().await.unwrap().find_entry(entry_id(1)).await;
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
}

/// Pages that a dying disk wrote over, or a file that is something else by now.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_reported_as_damage() {
    for (intact, what) in [(4_096, "the pages after the first one"), (0, "every page")] {
        let folder = tempfile::tempdir().unwrap();
        let open = async || open_only(sqlite_url(&folder), SyncMode::Off).await;
        let store = open().await.unwrap();
        store.migrate().await.unwrap();
        store.close().await.unwrap();
        let store = open().await.unwrap();
        let file = folder.path().join("diwan.db");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[intact..].fill(0xFF);
        std::fs::write(&file, bytes).unwrap();
        let read = async { store.snapshot().await?.last_sequence().await };
        let outcomes = [store.probe().await, read.await];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{what}: {outcome:?}");
        }
        // Nothing can be written back into it.
        let _ = store.close().await;
        let opened = open().await.map(drop);
        assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{what}: {opened:?}");
    }
}

/// The id of an entry in SQL.
fn literal(db: &Db, number: u128) -> String {
    let id = entry_id(number).0;
    if db.backend_name() == "postgres" { format!("'{id}'") } else { format!("x'{}'", id.simple()) }
}
