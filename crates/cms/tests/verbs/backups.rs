//! Backup and restore: into an empty place, on either database, the same answers.

use std::{fs, path::Path};

use diwan_cms::{
    BackupReport, Cms, CmsError, CmsOptions, CreateKey, Damage, DamagedBlob, ListQuery, OpenError, ProcessRole,
    RestoreError, RestoredKeys, SearchInput, restore,
};
use diwan_content::{
    Actor, ContentHash, DepartmentId, EntryId, Sequence,
    rights::{Action, Grant, Role},
};
use diwan_store::{DatabaseUrl, Store, StoreOptions, SyncMode};
use serde_json::json;

use crate::{
    bed::Bed,
    database::Kind,
    support::{ar, en, item, new_entry, options, options_for, png, public, service, spare, system, until, withdrawal},
};

/// Everything that the public may ask for, as text.
async fn answers(cms: &Cms) -> Vec<String> {
    cms.reindex().await.unwrap();
    let mut answers = Vec::new();
    let collections: Vec<String> = cms.registry().delivered().collections().map(|c| c.handle.to_string()).collect();
    for locale in [ar(), en()] {
        let paths = cms.published_paths(public(), Some(&locale), Some(100), None).await.unwrap().value.items;
        for row in &paths {
            answers.push(format!("{:?}", cms.content(public(), Some(&locale), &row.path).await.unwrap()));
        }
        for collection in &collections {
            let query =
                ListQuery { size: Some(100), locale: Some(locale.clone()), count_exact: true, ..ListQuery::default() };
            answers.push(format!("{:?}", cms.published_list(public(), collection, query).await.unwrap()));
        }
        answers.push(format!("{:?}", cms.published_tree(public(), "pages", Some(&locale)).await.unwrap()));
    }
    for query in ["خدمه", "service", "صفحة"] {
        let page = cms.search(public(), SearchInput { query: query.into(), ..SearchInput::default() }).await.unwrap();
        answers.push(format!("{} {:?} {:?}", page.total, page.departments, page.hits));
    }
    answers
}

/// Something of everything; the asset is public.
async fn grown(bed: &Bed) -> diwan_content::AssetId {
    let owner = bed.owner().await;
    let picture = bed.upload(owner, "صورة.png", png(1)).await;
    let arabic = bed.publish(&bed.service(owner, "خدمة أولى").await).await;
    let english =
        bed.translate(arabic.entry, "first", json!({ "title": "A service", "summary": "s", "body": "b" })).await;
    bed.publish(&english).await;
    let page =
        bed.create("pages", owner, json!({ "title": "صفحة", "image": picture, "featured": [arabic.entry] })).await;
    let page = bed.publish(&page).await;
    bed.publish(&bed.rename(&page, "صفحة-أخرى").await).await;
    let gone = bed.live_page(owner, None, "منتهية").await;
    bed.withdraw(&gone, diwan_cms::WithdrawMode::Gone).await;
    bed.service(owner, "مسودة").await;
    picture
}

pub(crate) async fn a_restored_backup_answers_the_same_on_either_database(bed: &Bed) {
    let picture = grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let report = bed.cms.backup(&backup).await.unwrap();
    assert_eq!((Sequence(report.last_sequence), report.blobs), (bed.cms.last_sequence().await.unwrap(), 1));
    let expected = answers(&bed.cms).await;
    let gone = bed.at("/منتهية").await;
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(spare) = spare(bed, kind) else { continue };
        assert_eq!(restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap().backup, report);
        let cms = Cms::open((spare.options)()).await.unwrap();
        assert_eq!(answers(&cms).await, expected, "{kind:?}");
        assert_eq!(cms.verify_events().await.unwrap(), None);
        assert_eq!(cms.search_mark(), Some(bed.cms.last_sequence().await.unwrap()));
        let read = cms.open_public_asset(public(), picture, None).await.unwrap().unwrap();
        assert_eq!(read.asset.size_bytes, png(1).len() as u64);
        // It goes on from there: the next backup holds the same rows, and verbs work.
        let again = cms.backup(&folder.path().join(format!("{kind:?}"))).await.unwrap();
        assert_eq!(again.tables, report.tables, "{kind:?}");
        let owner = diwan_content::DepartmentId::MINISTRY;
        let made =
            cms.create_entry(&system(), new_entry("services", Some(owner), service("خدمة جديدة"))).await.unwrap();
        cms.publish_one(&system(), item(&made.value)).await.unwrap();
        assert_eq!(cms.verify_events().await.unwrap(), None);
        cms.close().await.unwrap();
    }
    assert!(gone.starts_with("gone "));
}

pub(crate) async fn a_backup_is_one_moment_while_others_write(bed: &Bed) {
    let owner = bed.owner().await;
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writers = (0..4).map(|writer| {
        let (cms, stop) = (bed.cms.clone(), stop.clone());
        tokio::spawn(async move {
            let mut number = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let input = new_entry("services", Some(owner), service(&format!("خدمة {writer} {number}")));
                let made = cms.create_entry(&system(), input).await.unwrap().value;
                cms.publish_one(&system(), item(&made)).await.unwrap();
                number += 1;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let folder = tempfile::tempdir().unwrap();
    let mut reports: Vec<BackupReport> = Vec::new();
    for number in 0..3 {
        reports.push(bed.cms.backup(&folder.path().join(number.to_string())).await.unwrap());
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    for (number, report) in reports.iter().enumerate() {
        let spare = spare(bed, Kind::Sqlite).unwrap();
        restore(&folder.path().join(number.to_string()), (spare.options)(), RestoredKeys::Keep).await.unwrap();
        let cms = Cms::open((spare.options)()).await.unwrap();
        assert_eq!(cms.last_sequence().await.unwrap(), Sequence(report.last_sequence));
        assert_eq!(cms.verify_events().await.unwrap(), None);
        // Every entry is whole: what is public has its page, its place in the list and its head.
        let query = ListQuery { size: Some(100), count_exact: true, ..ListQuery::default() };
        let page = cms.published_list(public(), "services", query).await.unwrap().value;
        let public_rows = report.tables.iter().find(|table| table.name == "publications").map_or(0, |table| table.rows);
        assert_eq!(page.total, Some(public_rows));
        for entry in page.items {
            assert!(cms.manage_localization(&Actor::system(), entry.id, &ar()).await.is_ok());
        }
        cms.close().await.unwrap();
    }
}

fn change(file: &Path, change: impl FnOnce(String) -> String) {
    fs::write(file, change(fs::read_to_string(file).unwrap())).unwrap();
}

pub(crate) async fn a_damaged_backup_is_refused_and_leaves_nothing(bed: &Bed) {
    grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    type Harm = fn(&Path);
    let damages: [(&str, Harm); 6] = [
        ("a changed row", |backup| {
            change(&backup.join("tables/revisions.jsonl"), |text| text.replacen("خدمة", "خدعة", 1))
        }),
        ("a table that ends early", |backup| {
            change(&backup.join("tables/events.jsonl"), |text| text[..text.len() / 2].to_owned())
        }),
        ("a missing table", |backup| fs::remove_file(backup.join("tables/paths.jsonl")).unwrap()),
        ("no manifest", |backup| fs::remove_file(backup.join("manifest.json")).unwrap()),
        ("a table elsewhere", |backup| {
            change(&backup.join("manifest.json"), |text| text.replace("\"paths\"", "\"../tables/paths\""))
        }),
        ("another form", |backup| {
            change(&backup.join("manifest.json"), |text| text.replace("\"format\": 1", "\"format\": 2"))
        }),
    ];
    let spare = spare(bed, bed.kind()).unwrap();
    for (number, (what, damage)) in damages.into_iter().enumerate() {
        let backup = folder.path().join(number.to_string());
        bed.cms.backup(&backup).await.unwrap();
        damage(&backup);
        let refused = restore(&backup, (spare.options)(), RestoredKeys::Keep).await;
        let told = matches!(refused, Err(RestoreError::Damaged { .. } | RestoreError::Unreadable { .. }));
        assert!(told, "{what}: {refused:?}");
    }
    // A whole one is still taken there.
    let backup = folder.path().join("whole");
    bed.cms.backup(&backup).await.unwrap();
    restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
}

/// A file of an asset in a data folder.
fn stored_blob(bed: &Bed, hash: &ContentHash) -> std::path::PathBuf {
    let name = hash.to_string();
    bed.folder.path().join("blobs/blobs").join(&name[0..2]).join(&name[2..4]).join(name)
}

pub(crate) async fn a_damaged_file_does_not_keep_the_rest_from_being_saved_and_restored(bed: &Bed) {
    let owner = bed.owner().await;
    let mut hashes = Vec::new();
    for number in 1..5 {
        let asset = bed.upload(owner, &format!("{number}.png"), png(number)).await;
        hashes.push(bed.cms.manage_asset(&Actor::system(), asset).await.unwrap().asset.hash);
    }
    let [whole, changed, missing, changed_later] = hashes[..] else { unreachable!("four were uploaded") };
    let mut bytes = fs::read(stored_blob(bed, &changed)).unwrap();
    bytes[0] ^= 1;
    fs::write(stored_blob(bed, &changed), &bytes).unwrap();
    fs::remove_file(stored_blob(bed, &missing)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let report = bed.cms.backup(&backup).await.unwrap();
    let told = |mut damaged: Vec<DamagedBlob>| {
        damaged.sort_by_key(|blob| blob.hash);
        damaged
    };
    let blob = |hash, damage| DamagedBlob { hash, damage };
    let expected = told(vec![blob(changed, Damage::Changed), blob(missing, Damage::Missing)]);
    assert_eq!((report.blobs, told(report.damaged)), (2, expected.clone()));
    assert_eq!(fs::read(backup.join("damaged").join(changed.to_string())).unwrap(), bytes);
    assert_eq!(told(bed.cms.verify().await.unwrap().damaged_blobs), expected);

    fs::write(backup.join("blobs").join(changed_later.to_string()), png(9)).unwrap();
    let spare = spare(bed, bed.kind()).unwrap();
    let restored = restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    let expected = told(vec![
        blob(changed, Damage::Missing),
        blob(missing, Damage::Missing),
        blob(changed_later, Damage::Changed),
    ]);
    assert_eq!(told(restored.damaged), expected);
    let cms = Cms::open((spare.options)()).await.unwrap();
    let damaged: Vec<ContentHash> = cms.verify().await.unwrap().damaged_blobs.iter().map(|blob| blob.hash).collect();
    assert!(damaged.len() == 3 && !damaged.contains(&whole), "{damaged:?}");
    cms.close().await.unwrap();
}

pub(crate) async fn bytes_that_are_missing_or_damaged_are_not_answered(bed: &Bed) {
    let owner = bed.owner().await;
    type Harm = fn(&Path) -> std::io::Result<()>;
    let harms: [(&str, Harm); 2] =
        [("missing", |path| fs::remove_file(path)), ("damaged", |path| fs::write(path, png(99)))];
    for (number, (reason, harm)) in harms.into_iter().enumerate() {
        let asset = bed.upload(owner, "صورة.png", png(u8::try_from(number).unwrap() + 1)).await;
        bed.publish(&bed.create("pages", owner, json!({ "title": format!("صفحة {number}"), "image": asset })).await)
            .await;
        let hash = bed.cms.public_asset(public(), asset).await.unwrap().value.unwrap().hash;
        harm(&stored_blob(bed, &hash)).unwrap();
        let read = bed.cms.open_public_asset(public(), asset, None).await.map(|_| ());
        assert!(matches!(&read, Err(CmsError::FileUnavailable { reason: said, .. }) if *said == reason), "{read:?}");
    }
}

pub(crate) async fn stored_data_that_cannot_be_read_is_reported_as_damage(bed: &Bed) {
    if bed.kind() == Kind::Postgres {
        // Its files are those of a server.
        return;
    }
    type Harm = fn(&mut Vec<u8>, usize);
    let harms: [(&str, Harm); 2] = [
        // The text of a row that is no JSON any more.
        ("a row", |bytes, at| bytes[at - 2] = b';'),
        ("a page", |bytes, at| bytes[at / 4_096 * 4_096..][..4_096].fill(0xFF)),
    ];
    for (what, harm) in harms {
        let own = Bed::open(bed.kind(), bed.registry.clone()).await.unwrap();
        let owner = own.owner().await;
        let state = own.publish(&own.service(owner, "خدمة تالفة").await).await;
        let file = own.folder.path().join("diwan.db");
        let own = own
            .reopen_after(|| {
                let mut bytes = fs::read(&file).unwrap();
                let written = "\"title\":\"خدمة تالفة".as_bytes();
                let places = bytes.windows(written.len()).enumerate().filter(|(_, found)| *found == written);
                let places: Vec<usize> = places.map(|(at, _)| at + "\"title\":\"".len()).collect();
                places.into_iter().for_each(|at| harm(&mut bytes, at));
                fs::write(&file, bytes).unwrap();
            })
            .await;
        let id = state.entry;
        let outcomes = [
            own.cms.published_list(public(), "services", ListQuery::default()).await.map(|_| ()),
            own.cms.published_entry(public(), "services", id, Some(&ar()), None).await.map(|_| ()),
            own.cms.manage_localization(&Actor::system(), id, &ar()).await.map(|_| ()),
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(CmsError::Damaged { .. })), "{what}: {outcome:?}");
        }
        // Closing writes the log back, into a file that is damaged.
        let _ = own.cms.close().await;
    }
}

/// An installation whose database was changed while nobody had it open, byte by byte.
async fn harmed(bed: &Bed, own: Bed, written: &[u8], harm: fn(&mut Vec<u8>, usize)) -> Bed {
    let file = own.folder.path().join("diwan.db");
    assert_eq!(bed.kind(), Kind::Sqlite);
    own.reopen_after(|| {
        let mut bytes = fs::read(&file).unwrap();
        let places = bytes.windows(written.len()).enumerate().filter(|(_, found)| *found == written);
        let places: Vec<usize> = places.map(|(at, _)| at).collect();
        assert!(!places.is_empty(), "it is not there");
        places.into_iter().for_each(|at| harm(&mut bytes, at));
        fs::write(&file, bytes).unwrap();
    })
    .await
}

pub(crate) async fn verifying_goes_on_past_what_cannot_be_read(bed: &Bed) {
    if bed.kind() == Kind::Postgres {
        // Its files are those of a server.
        return;
    }
    type Harm = fn(&mut Vec<u8>, usize);
    let blueprint = bed.registry.find_blueprint("services").unwrap().to_text();
    let harms: [(&[u8], Harm, &str); 2] = [
        // A text that is no UTF-8 any more: a start needs none of the past.
        (&blueprint.as_bytes()[..60], |bytes, at| bytes[at + 40] = 0xFF, "of the blueprint services cannot be read"),
        ("خدمة تالفة".as_bytes(), |bytes, at| bytes[at / 4_096 * 4_096..][..4_096].fill(0xFF), "cannot be read"),
    ];
    for (written, harm, said) in harms {
        let own = Bed::open(bed.kind(), bed.registry.clone()).await.unwrap();
        let owner = own.owner().await;
        own.upload(owner, "صورة.png", png(1)).await;
        own.publish(&own.service(owner, "خدمة تالفة").await).await;
        let own = harmed(bed, own, written, harm).await;
        let report = own.cms.verify().await.unwrap();
        assert!(!report.is_sound() && report.mismatches.iter().any(|what| what.contains(said)), "{report:?}");
        assert!(report.events > 0 && report.blobs == 1 && report.broken_chain.is_none(), "{report:?}");
        // So does who only looks.
        let mut options = options_for(&own, own.registry.clone());
        options.role = ProcessRole::Looking;
        let beside = Cms::open(options).await.unwrap();
        assert_eq!(beside.verify().await.unwrap(), report);
        // Closing writes the log back, into a file that is damaged.
        let _ = (beside.close().await, own.cms.close().await);
    }
}

pub(crate) async fn a_database_that_was_lost_is_not_made_anew(bed: &Bed) {
    if bed.kind() == Kind::Postgres {
        return;
    }
    let own = Bed::open(bed.kind(), bed.registry.clone()).await.unwrap();
    let owner = own.owner().await;
    own.upload(owner, "صورة.png", png(1)).await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup");
    own.cms.backup(&backup).await.unwrap();
    let Bed { cms, clock, folder, ids, registry, limits: _, database } = own;
    cms.close().await.unwrap();
    // It holds the index.
    drop(cms);
    let folder = folder.path();
    let options =
        |role| CmsOptions { role, ..options(folder, &database, registry.clone(), clock.clone(), ids.clone()) };
    for state in ["is missing", "is empty", "has no tables"] {
        for file in ["diwan.db", "diwan.db-wal", "diwan.db-shm"] {
            let _ = fs::remove_file(folder.join(file));
        }
        match state {
            "is missing" => {}
            "is empty" => fs::write(folder.join("diwan.db"), "").unwrap(),
            _ => store_at(None, folder).await.close().await.unwrap(),
        }
        let stored = || fs::read(folder.join("diwan.db")).ok();
        let before = stored();
        let mut refusals = vec![Cms::survey(options(ProcessRole::Looking)).await.map(|_| ())];
        refusals.push(Cms::check_upgrade(options(ProcessRole::Looking)).await.map(|_| ()));
        for role in [ProcessRole::Holder, ProcessRole::Beside, ProcessRole::Looking] {
            refusals.push(Cms::open(options(role)).await.map(|_| ()));
        }
        for refused in refusals {
            assert!(
                matches!(&refused, Err(OpenError::DatabaseLost { database, .. }) if database.contains(state)),
                "{state}: {refused:?}"
            );
        }
        assert!(stored() == before, "{state}: the database was changed");
        restore(&backup, options(ProcessRole::Holder), RestoredKeys::Keep).await.unwrap();
        let cms = Cms::open(options(ProcessRole::Holder)).await.unwrap();
        assert!(cms.verify().await.unwrap().is_sound(), "{state}");
        cms.close().await.unwrap();
    }
    // Without the files it is a new site.
    for gone in ["blobs", "index"] {
        fs::remove_dir_all(folder.join(gone)).unwrap();
    }
    fs::write(folder.join("diwan.db"), "").unwrap();
    let nothing = Cms::open(options(ProcessRole::Looking)).await.map(|_| ());
    assert!(matches!(nothing, Err(OpenError::NoData(_))), "{nothing:?}");
    let cms = Cms::open(options(ProcessRole::Holder)).await.unwrap();
    assert!(cms.is_empty().await.unwrap());
    cms.close().await.unwrap();
}

pub(crate) async fn a_backup_without_its_files_is_restored_without_them(bed: &Bed) {
    let picture = grown(bed).await;
    let hash = bed.cms.manage_asset(&Actor::system(), picture).await.unwrap().asset.hash;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    bed.cms.backup(&backup).await.unwrap();
    fs::remove_dir_all(backup.join("blobs")).unwrap();
    let spare = spare(bed, bed.kind()).unwrap();
    let restored = restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    assert_eq!(restored.damaged, [DamagedBlob { hash, damage: Damage::Missing }]);
    let cms = Cms::open((spare.options)()).await.unwrap();
    assert_eq!(cms.last_sequence().await.unwrap(), bed.cms.last_sequence().await.unwrap());
    cms.close().await.unwrap();
}

pub(crate) async fn an_interrupted_restore_is_taken_up_again(bed: &Bed) {
    grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, other) = (folder.path().join("backup"), folder.path().join("other"));
    bed.cms.backup(&backup).await.unwrap();
    bed.service(bed.owner().await, "خدمة أخرى").await;
    bed.cms.backup(&other).await.unwrap();
    let spare = spare(bed, bed.kind()).unwrap();
    restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    // As if it had been killed after its tables were written.
    let identity = ContentHash::of(&fs::read(backup.join("manifest.json")).unwrap()).to_string();
    let cms = Cms::open((spare.options)()).await.unwrap();
    let store = store_at((spare.options)().database_url, spare.folder.path()).await;
    let mut tx = store.begin(cms.now()).await.unwrap();
    let replaced = tx.replace_setting("unfinished_restore", &identity).await;
    tx.end(replaced).await.unwrap();
    store.close().await.unwrap();
    cms.close().await.unwrap();
    drop(cms);

    let opened = Cms::open((spare.options)()).await.map(|_| ());
    assert!(matches!(opened, Err(OpenError::UnfinishedRestore)), "{opened:?}");
    let refused = restore(&other, (spare.options)(), RestoredKeys::Keep).await;
    assert!(matches!(refused, Err(RestoreError::OtherUnfinished)), "{refused:?}");
    restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    let cms = Cms::open((spare.options)()).await.unwrap();
    assert!(cms.verify().await.unwrap().is_sound());
    cms.close().await.unwrap();
}

pub(crate) async fn a_restore_that_was_interrupted_at_its_blobs_is_taken_up_again(bed: &Bed) {
    grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    bed.cms.backup(&backup).await.unwrap();
    let spare = spare(bed, bed.kind()).unwrap();
    let stray = backup.join("blobs/stray");
    fs::write(&stray, "no blob").unwrap();
    let broken = restore(&backup, (spare.options)(), RestoredKeys::Keep).await;
    assert!(matches!(broken, Err(RestoreError::Damaged { .. })), "{broken:?}");

    let opened = Cms::open((spare.options)()).await.map(|_| ());
    assert!(matches!(opened, Err(OpenError::UnfinishedRestore)), "{opened:?}");
    let surveyed = Cms::survey((spare.options)()).await;
    assert!(matches!(surveyed, Err(OpenError::UnfinishedRestore)), "{surveyed:?}");
    fs::remove_file(&stray).unwrap();
    restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    let cms = Cms::open((spare.options)()).await.unwrap();
    assert!(cms.verify().await.unwrap().is_sound());
    cms.close().await.unwrap();
}

/// The same database by a store of its own.
pub(crate) async fn store_at(url: Option<String>, folder: &Path) -> Store {
    let url = url.unwrap_or_else(|| format!("sqlite://{}", folder.join("diwan.db").display()));
    let url = DatabaseUrl::parse(&url).unwrap();
    Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap()
}

pub(crate) async fn a_restore_revokes_the_keys_of_its_backup(bed: &Bed) {
    let grants = vec![Grant::new(Role::Reader, DepartmentId::MINISTRY)];
    let input = || CreateKey { label: None, grants: grants.clone(), on_behalf_of: None, expires_at: None };
    let mut keys = Vec::new();
    for _ in 0..2 {
        keys.push(bed.cms.create_key(&system(), input()).await.unwrap().value);
    }
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    bed.cms.backup(&backup).await.unwrap();
    bed.cms.revoke_key(&system(), keys[0].id).await.unwrap();
    for (policy, valid) in [(RestoredKeys::Revoke, false), (RestoredKeys::Keep, true)] {
        let spare = spare(bed, bed.kind()).unwrap();
        let restored = restore(&backup, (spare.options)(), policy).await.unwrap();
        assert_eq!(restored.revoked_keys, if valid { 0 } else { 2 });
        let cms = Cms::open((spare.options)()).await.unwrap();
        for key in &keys {
            assert_eq!(cms.authenticate(&key.token).await.unwrap().is_some(), valid, "{policy:?}");
        }
        assert_eq!(cms.verify_events().await.unwrap(), None);
        cms.close().await.unwrap();
    }
}

pub(crate) async fn verifying_finds_paths_and_lists_that_are_wrong(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let service = bed.publish(&bed.service(owner, "خدمة").await).await;
    let report = bed.cms.verify().await.unwrap();
    assert!(report.is_sound() && report.publications >= 2, "{report:?}");
    let store = store_at(bed.url(), bed.folder.path()).await;
    let hierarchy = store.snapshot().await.unwrap().hierarchy().await.unwrap();
    let permit = Actor::system().permit(Action::Publish, owner, &hierarchy).unwrap();
    let mut tx = store.begin(bed.cms.now()).await.unwrap();
    tx.forget_paths(&permit, page.entry, &ar()).await.unwrap();
    let replaced = tx.replace_keys(&permit, service.entry, &ar(), &[]).await;
    tx.end(replaced).await.unwrap();
    store.close().await.unwrap();
    let report = bed.cms.verify().await.unwrap();
    assert!(!report.is_sound());
    for entry in [page.entry, service.entry] {
        let named = report.mismatches.iter().any(|what| what.contains(&entry.to_string()));
        assert!(named, "{entry}: {report:?}");
    }
}

pub(crate) async fn a_target_that_holds_something_is_refused_untouched(bed: &Bed) {
    grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    bed.cms.backup(&backup).await.unwrap();
    // Writing once more into the same folder, too.
    assert!(bed.cms.backup(&backup).await.is_err());

    let spare = spare(bed, bed.kind()).unwrap();
    let cms = Cms::open((spare.options)()).await.unwrap();
    let input = new_entry("departments", None, json!({ "title": "قسم" }));
    let kept = cms.create_entry(&system(), input).await.unwrap().value;
    cms.close().await.unwrap();
    drop(cms);
    let refused = restore(&backup, (spare.options)(), RestoredKeys::Keep).await;
    assert!(refused.is_err(), "{refused:?}");
    let cms = Cms::open((spare.options)()).await.unwrap();
    let ids: Vec<EntryId> = cms
        .manage_list(&Actor::system(), diwan_cms::ManagementList::default())
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|item| item.state.entry)
        .collect();
    assert_eq!(ids, [kept.entry]);
    let blobs = spare.folder.path().join("blobs");
    let files = walk(&blobs);
    assert_eq!(files, Vec::<String>::new(), "blobs were put beside what is there");
    cms.close().await.unwrap();
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path.display().to_string()) }
    }
    files
}

pub(crate) async fn a_restored_older_state_is_not_searched_by_the_newer_index(bed: &Bed) {
    let spare = spare(bed, Kind::Sqlite).unwrap();
    let cms = Cms::open((spare.options)()).await.unwrap();
    let make = async |cms: &Cms, title: &str| {
        let input = new_entry("services", Some(diwan_content::DepartmentId::MINISTRY), service(title));
        let made = cms.create_entry(&system(), input).await.unwrap().value;
        cms.publish_one(&system(), item(&made)).await.unwrap().value
    };
    make(&cms, "خدمة أولى").await;
    let folder = tempfile::tempdir().unwrap();
    cms.backup(&folder.path().join("backup")).await.unwrap();
    let later = make(&cms, "خدمة لاحقة").await;
    cms.withdraw(&system(), withdrawal(&later, diwan_cms::WithdrawMode::Gone)).await.unwrap();
    make(&cms, "خدمة ثالثة").await;
    cms.reindex().await.unwrap();
    cms.close().await.unwrap();
    drop(cms);
    // The database is lost, the index is not.
    for file in fs::read_dir(spare.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("diwan.db") {
            fs::remove_file(path).unwrap();
        }
    }
    restore(&folder.path().join("backup"), (spare.options)(), RestoredKeys::Keep).await.unwrap();
    let cms = Cms::open((spare.options)()).await.unwrap();
    for number in 0..5 {
        make(&cms, &format!("مختلفة {number}")).await;
    }
    let follower = cms.start_followers(None).unwrap();
    until(async || cms.search_mark() == Some(cms.last_sequence().await.unwrap())).await;
    let total = async |query: &str| {
        cms.search(public(), SearchInput { query: query.into(), ..SearchInput::default() }).await.unwrap().total
    };
    assert_eq!((total("خدمة").await, total("مختلفة").await), (1, 5));
    follower.stop().await;
    cms.close().await.unwrap();
}

pub(crate) async fn a_manifest_that_counts_other_rows_and_a_pipe_are_refused(bed: &Bed) {
    grown(bed).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    bed.cms.backup(&backup).await.unwrap();
    let path = backup.join("manifest.json");
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let spare = spare(bed, bed.kind()).unwrap();
    let refused = async |changed: &serde_json::Value| {
        fs::write(&path, changed.to_string()).unwrap();
        restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap_err().to_string()
    };
    let mut rows = manifest.clone();
    let events = rows["tables"].as_array_mut().unwrap().iter_mut().find(|table| table["name"] == "entries").unwrap();
    let counted = events["rows"].as_u64().unwrap();
    events["rows"] = json!(counted + 1);
    let told = refused(&rows).await;
    assert!(told.ends_with(&format!("has {counted} rows, but the manifest says {}", counted + 1)), "{told}");
    let mut last = manifest.clone();
    let counted = last["last_sequence"].as_u64().unwrap();
    last["last_sequence"] = json!(counted - 1);
    let told = refused(&last).await;
    assert!(told.contains(&format!("the last event is {}, but there are {counted} events", counted - 1)), "{told}");
    // Opened for reading, a pipe would wait for a writer.
    fs::write(&path, manifest.to_string()).unwrap();
    let blob = fs::read_dir(backup.join("blobs")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&blob).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&blob).status().unwrap();
    assert!(made.success());
    let restored = restore(&backup, (spare.options)(), RestoredKeys::Keep).await.unwrap();
    assert_eq!(restored.damaged.len(), 1);
    assert_eq!(restored.damaged[0].damage, Damage::Unreadable);
}
