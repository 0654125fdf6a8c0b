//! Export and import.

use std::io;

use diwan_content::{ContentHash, EventKind, KeyId, RevisionNumber, Sequence, rights::Action};
use diwan_store::{
    ApiKey, Blob, Department, ImportError, ImportSource, NOT_IN_BACKUP, Refusal, Store, StoreError, columns_in_backup,
};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use uuid::Uuid;

use crate::fixture::{
    Db, FINANCE, about, ar, at, create_and_publish, entry_id, exported, on_sqlite, path, permit, permit_for, write,
};

type Line = (String, String);

pub(crate) async fn an_export_reads_back_equal(db: &Db) {
    fill(db).await;
    let lines = exported(db).await;
    on_sqlite(async |other| {
        import(other, &lines).await.unwrap();
        assert_eq!(exported(other).await, lines);
        go_on(other).await;
    })
    .await;
    #[cfg(feature = "postgres")]
    crate::fixture::on_postgres(async |other| {
        import(other, &lines).await.unwrap();
        assert_eq!(exported(other).await, lines);
        go_on(other).await;
    })
    .await;
}

/// By what the database itself says that it has.
pub(crate) async fn every_column_is_in_the_backup_or_left_out_for_a_reason(db: &Db) {
    let (backend, sql) = match db.backend_name() {
        "sqlite" => (
            DbBackend::Sqlite,
            "SELECT m.name AS tbl, c.name AS col FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
        ),
        _ => (
            DbBackend::Postgres,
            "SELECT CAST(table_name AS text) AS tbl, CAST(column_name AS text) AS col \
             FROM information_schema.columns WHERE table_schema = current_schema()",
        ),
    };
    let connection = Database::connect(&db.address).await.unwrap();
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    connection.close().await.unwrap();
    let name = |row: &sea_orm::QueryResult, column| row.try_get::<String>("", column).unwrap();
    let mut there: Vec<(String, String)> = rows.iter().map(|row| (name(row, "tbl"), name(row, "col"))).collect();
    there.retain(|(table, _)| !NOT_IN_BACKUP.iter().any(|(left_out, _)| left_out == table));
    there.sort();
    let mut saved: Vec<(String, String)> =
        columns_in_backup().map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
    saved.sort();
    assert_eq!(there, saved);
}

pub(crate) async fn a_database_with_rows_takes_no_import(db: &Db) {
    fill(db).await;
    let lines = exported(db).await;
    let refused = import(db, &lines).await.unwrap_err();
    assert!(matches!(refused, ImportError::NotEmpty { .. }), "{refused:?}");
    assert_eq!(exported(db).await, lines);
}

pub(crate) async fn a_damaged_line_leaves_nothing_behind(db: &Db) {
    let empty = exported(db).await;
    on_sqlite(async |full| {
        fill(full).await;
        let lines = exported(full).await;
        let last = lines.len();
        for (table, text) in [
            ("entries", "{"),
            ("nowhere", "{}"),
            ("entries", "{\"id\":7}"),
            ("entries", "{\"unknown\":7}"),
            ("settings", "{\"name\":\"a\\u0000b\",\"setting\":\"x\"}"),
        ] {
            let mut damaged = lines.clone();
            damaged.push((table.to_owned(), text.to_owned()));
            let refused = import(db, &damaged).await.unwrap_err();
            let expected = matches!(&refused, ImportError::BadLine { line, .. } if *line == last as u64 + 1)
                || matches!(refused, ImportError::Store(StoreError::NulInText));
            assert!(expected, "{refused:?}");
            assert_eq!(exported(db).await, empty);
        }
        let broken = import_from(db, &mut || Err(io::Error::other("broken"))).await.unwrap_err();
        assert!(matches!(broken, ImportError::Lines(_)));
    })
    .await;
}

pub(crate) async fn a_changed_event_breaks_the_chain(db: &Db) {
    on_sqlite(async |full| {
        fill(full).await;
        let lines = exported(full).await;
        let is_event = |line: &&mut Line| line.0 == "events";
        let mut changed = lines.clone();
        for (_, text) in changed.iter_mut().filter(is_event).skip(1).take(1) {
            *text = text.replace("\"system\"", "\"anonymous\"");
        }
        let refused = import(db, &changed).await.unwrap_err();
        assert!(matches!(refused, ImportError::BrokenChain(Sequence(2))), "{refused:?}");
        // The last event cut off: the head of the log tells it.
        let mut cut = lines.clone();
        let last = cut.iter().rposition(|line| line.0 == "events").unwrap();
        cut.remove(last);
        let refused = import(db, &cut).await.unwrap_err();
        assert!(matches!(refused, ImportError::BrokenChain(_)), "{refused:?}");
    })
    .await;
}

/// A row in every table.
async fn fill(store: &Store) {
    for number in 1..=40 {
        let public_at: &'static str = if number == 1 { "/أول" } else { "/x" };
        if number == 1 {
            create_and_publish(store, number, public_at).await;
        } else {
            crate::fixture::create(store, number, "خبر").await;
        }
    }
    let written = write(store, at(30_000), |tx| {
        Box::pin(async move {
            let bytes = vec![0, 1, 255];
            let blob = Blob {
                hash: ContentHash::of(&bytes),
                size_bytes: 3,
                media_type: "image/png".into(),
                width: Some(1),
                height: None,
            };
            tx.insert_blob(&permit(Action::SaveAsset), &blob).await?;
            let publish = permit(Action::Publish);
            tx.replace_keys(&publish, entry_id(1), &ar(), &[("news/ar/0".into(), vec![0, 200, 255])]).await?;
            tx.leave_redirect(&publish, &ar(), &path("/قديم"), entry_id(1)).await?;
            let department =
                Department { id: FINANCE, parent: diwan_content::DepartmentId::MINISTRY, created_at: at(1) };
            tx.insert_department(&permit(Action::CreateDepartment), &department).await?;
            let source = ImportSource {
                source: "statamic:x".into(),
                site: Some("customs".into()),
                place: Some("collections/news/x.md".into()),
                entry: entry_id(1),
                locale: ar(),
                revision: RevisionNumber(1),
                source_hash: ContentHash::of(&bytes),
                source_bytes: bytes,
            };
            tx.put_import_source(&permit_for(Action::Import, FINANCE), &source).await?;
            tx.put_setting("name", "قيمة \" \\ \u{200F}").await?;
            tx.put_mark("index", Sequence(1)).await?;
            let key = ApiKey {
                id: KeyId(Uuid::from_u128(1)),
                label: None,
                secret_hash: ContentHash::of(b"secret"),
                grants: Vec::new(),
                on_behalf_of: None,
                created_at: at(1),
                expires_at: None,
                revoked_at: None,
                last_used_at: None,
                last_four: None,
                created_by: None,
                replaces: None,
            };
            tx.insert_key(&permit(Action::ManageKeys), &key).await?;
            tx.record(&permit(Action::ManageKeys), EventKind::KeyCreated, about(entry_id(1)));
            crate::users::insert(tx, &crate::users::user(1, "leila@mof.example")).await?;
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let refusal = Refusal {
        id: Uuid::from_u128(1),
        at: at(1),
        actor: diwan_content::rights::ActorRef::System,
        action: "publish".into(),
        entry: None,
        code: "forbidden".into(),
        request_id: "r".into(),
    };
    store.record_refusal(refusal).await.unwrap();
}

/// A restored database takes further events.
async fn go_on(store: &Store) {
    let before = store.snapshot().await.unwrap().last_sequence().await.unwrap();
    crate::fixture::create(store, 900, "خبر").await;
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.last_sequence().await.unwrap(), before.next());
    assert_eq!(snapshot.verify_chain(Sequence(0)).await.unwrap(), None);
}

async fn import(store: &Store, lines: &[Line]) -> Result<(), ImportError> {
    let mut lines = lines.iter().cloned();
    import_from(store, &mut || Ok(lines.next())).await
}

async fn import_from(
    store: &Store,
    source: &mut (dyn FnMut() -> io::Result<Option<Line>> + Send),
) -> Result<(), ImportError> {
    store.import_tables(source, None).await
}

pub(crate) async fn a_row_that_is_refused_is_named(db: &Db) {
    let empty = exported(db).await;
    on_sqlite(async |full| {
        fill(full).await;
        let lines = exported(full).await;
        let refused = async |table: &str, change: &dyn Fn(&mut Vec<Line>, usize)| {
            let mut damaged = lines.clone();
            let first = damaged.iter().position(|(name, _)| name == table).unwrap();
            change(&mut damaged, first);
            let refused = import(db, &damaged).await.unwrap_err().to_string();
            assert_eq!(exported(db).await, empty);
            refused
        };
        let twice = refused("entries", &|lines, first| lines.insert(first + 1, lines[first].clone())).await;
        assert_eq!(twice, "backup is damaged: row 2 of the table entries: an earlier row has the same key");
        let orphan = refused("localizations", &|lines, first| {
            let mut row: serde_json::Value = serde_json::from_str(&lines[first].1).unwrap();
            row["entry"] = "00000000-0000-0000-0000-00000000dead".into();
            lines[first].1 = row.to_string();
        })
        .await;
        let expected = "row 1 of the table localizations: it names a row of another table that is not in the backup";
        assert_eq!(orphan, format!("backup is damaged: {expected}"));
    })
    .await;
}
