use diwan_content::EntryId;

use super::*;
use crate::samples::{fill, index_of, news, numbers, open, open_as, request, stamp};

/// The files of the live index, in their order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("index")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// An index that was filled and closed.
fn closed() -> tempfile::TempDir {
    let (folder, index) = index_of((1..=20).map(|number| news(number, "الموازنة", "نص عن الموازنة العامة.")));
    index
        .apply(
            vec![IndexChange::Remove { entry: EntryId(uuid::Uuid::from_u128(3)), locale: "ar".parse().unwrap() }],
            Sequence(7),
        )
        .unwrap();
    folder
}

fn total(index: &SearchIndex, query: &str) -> Result<u64, SearchError> {
    index.search(&request(query)).map(|answer| answer.total)
}

#[test]
fn the_mark_survives_with_what_it_stands_for() {
    let folder = closed();
    let (index, reason) = open(&folder);
    assert_eq!((index.mark(), reason, index.state()), (Some(Sequence(7)), None, IndexState::Ready));
    let answer = index.search(&crate::SearchRequest { size: 100, ..request("الموازنة") }).unwrap();
    assert_eq!((answer.total, numbers(&answer).contains(&3)), (19, false));
}

#[test]
fn a_new_folder_is_private_and_answers_nothing_before_it_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let index = Arc::new(SearchIndex::open(&path, stamp("x"), &IndexOptions::default()).unwrap());
    assert_eq!(index.state(), IndexState::Unchecked);
    assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)));
    assert_eq!(index.check().unwrap().as_deref(), Some("there is no index yet"));
    assert_eq!((index.state(), index.mark(), index.stats()), (IndexState::Building, None, IndexStats::default()));
    assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)));
    assert!(matches!(index.apply(Vec::new(), Sequence(1)), Err(SearchError::NotReady)));
    fill(&index, [], 0);
    assert_eq!((index.state(), total(&index, "الموازنة").unwrap()), (IndexState::Ready, 0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn an_index_of_other_rules_answers_until_the_next_is_ready() {
    let folder = closed();
    let (index, reason) = open_as(&folder, stamp("registry 2"));
    assert!(reason.unwrap().contains("registry 1"));
    assert_eq!((index.mark(), index.state()), (Some(Sequence(7)), IndexState::Outdated));
    assert_eq!(total(&index, "الموازنة").unwrap(), 19);
    let filling = index.start_filling().unwrap();
    filling.put(&[news(1, "الموازنة", "نص.")]).unwrap();
    assert_eq!(total(&index, "الموازنة").unwrap(), 19, "what is half made answers nothing");
    filling.settle(Sequence(9)).unwrap().finish().unwrap();
    assert_eq!((total(&index, "الموازنة").unwrap(), index.mark()), (1, Some(Sequence(9))));
    assert_eq!(index.state(), IndexState::Ready);
    drop(index);
    assert_eq!(open_as(&folder, stamp("registry 2")).1, None);
    // Back to the older program.
    assert!(open_as(&folder, stamp("registry 1")).1.unwrap().contains("registry 2"));
}

#[test]
fn what_changes_while_the_next_index_is_made_is_in_both() {
    let folder = closed();
    let (index, _) = open_as(&folder, stamp("registry 2"));
    let changes = |number| {
        let gone = IndexChange::Remove { entry: EntryId(uuid::Uuid::from_u128(1)), locale: "ar".parse().unwrap() };
        vec![IndexChange::Put(news(number, "الموازنة", "نص.")), gone]
    };
    let filling = index.start_filling().unwrap();
    filling.put(&[news(1, "الموازنة", "نص."), news(2, "الموازنة", "نص.")]).unwrap();
    index.apply(changes(30), Sequence(8)).unwrap();
    assert_eq!(total(&index, "الموازنة").unwrap(), 19, "one more and one less");
    let filled = filling.settle(Sequence(7)).unwrap();
    filled.apply(changes(30), Sequence(8)).unwrap();
    assert_eq!((filled.mark(), index.mark()), (Some(Sequence(8)), Some(Sequence(8))));
    filled.finish().unwrap();
    assert_eq!((index.state(), index.mark()), (IndexState::Ready, Some(Sequence(8))));
    let answer = index.search(&request("الموازنة")).unwrap();
    let mut found = numbers(&answer);
    found.sort_unstable();
    assert_eq!(found, [2, 30]);
    index.apply(changes(31), Sequence(9)).unwrap();
    drop(index);
    let (index, reason) = open_as(&folder, stamp("registry 2"));
    assert_eq!((total(&index, "الموازنة").unwrap(), reason), (3, None));
}

#[test]
fn an_older_index_that_took_in_changes_is_never_taken_for_one_of_its_stamp() {
    let folder = closed();
    let more = IndexStamp { texts: vec!["news.body".into(), "news.title".into()], ..stamp("registry 2") };
    let (index, _) = open_as(&folder, more.clone());
    index.apply(vec![IndexChange::Put(news(30, "الموازنة", "نص."))], Sequence(8)).unwrap();
    drop(index);
    let (index, reason) = open_as(&folder, more);
    assert!(reason.is_some());
    assert_eq!((index.state(), index.mark()), (IndexState::Outdated, Some(Sequence(8))));
    drop(index);
    // It may hold a text that the registry of before does not search.
    let (index, reason) = open_as(&folder, stamp("registry 1"));
    assert!(reason.is_some());
    assert_eq!((index.state(), index.mark()), (IndexState::Building, None));
}

#[test]
fn an_index_of_another_database_or_of_texts_that_became_private_answers_nothing() {
    let elsewhere = IndexStamp { database: "database 2".into(), ..stamp("registry 1") };
    let less = IndexStamp { texts: Vec::new(), ..stamp("registry 1") };
    for other in [elsewhere, less] {
        let folder = closed();
        let (index, reason) = open_as(&folder, other);
        assert!(reason.is_some());
        assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)));
        assert!(!folder.path().join("index").exists());
    }
    let more = IndexStamp { texts: vec!["news.body".into(), "news.title".into()], ..stamp("registry 1") };
    assert_eq!(total(&open_as(&closed(), more).0, "الموازنة").unwrap(), 19);
}

#[test]
fn a_filling_that_was_cut_off_leaves_nothing_behind() {
    let folder = closed();
    let (index, _) = open_as(&folder, stamp("registry 2"));
    let filling = index.start_filling().unwrap();
    filling.put(&[news(1, "الموازنة", "نص.")]).unwrap();
    drop(filling);
    drop(index);
    assert!(folder.path().join("next").exists());
    let (index, reason) = open_as(&folder, stamp("registry 2"));
    assert!(reason.is_some() && !folder.path().join("next").exists());
    assert_eq!(total(&index, "الموازنة").unwrap(), 19);
}

#[test]
fn a_second_holder_is_told_so() {
    let (folder, index) = index_of([]);
    let second = SearchIndex::open(folder.path(), stamp("registry 1"), &IndexOptions::default());
    assert!(matches!(second, Err(SearchError::InUse { .. })));
    drop(index);
    assert_eq!(open(&folder).0.mark(), Some(Sequence(1)));
}

#[test]
fn a_folder_that_cannot_be_made_yet_is_taken_by_the_check_that_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    fs::write(&path, "in the way").unwrap();
    let open = || SearchIndex::open(&path, stamp("registry 1"), &IndexOptions::default());
    let index = Arc::new(open().unwrap());
    assert!(matches!(index.check(), Err(SearchError::Folder { operation: "make", .. })));
    assert!(matches!(index.start_filling(), Err(SearchError::Folder { operation: "make", .. })));
    assert_eq!(index.state(), IndexState::Unchecked);
    assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)));
    fs::remove_file(&path).unwrap();
    assert_eq!(index.check().unwrap().as_deref(), Some("there is no index yet"));
    fill(&index, [news(1, "الموازنة", "نص.")], 1);
    assert_eq!(total(&index, "الموازنة").unwrap(), 1);
    assert!(matches!(open(), Err(SearchError::InUse { .. })));
}

#[test]
fn a_lock_that_was_held_by_another_at_the_check_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    fs::write(&path, "in the way").unwrap();
    let open = || SearchIndex::open(&path, stamp("registry 1"), &IndexOptions::default()).unwrap();
    let (first, second) = (open(), open());
    fs::remove_file(&path).unwrap();
    assert!(first.check().is_ok());
    assert!(matches!(second.check(), Err(SearchError::InUse { .. })));
    drop(first);
    assert!(second.check().is_ok());
}

#[test]
#[cfg(unix)]
fn an_index_is_locked_and_searched_where_nothing_can_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = closed();
    fs::create_dir(folder.path().join("next")).unwrap();
    let allow = |mode| {
        let lock = folder.path().join(LOCK);
        fs::set_permissions(lock, fs::Permissions::from_mode(mode & 0o666)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o500);
    // The superuser may write all the same.
    let (index, reason) = open(&folder);
    assert_eq!((total(&index, "الموازنة").unwrap(), reason), (19, None));
    let second = SearchIndex::open(folder.path(), stamp("registry 1"), &IndexOptions::default());
    assert!(matches!(second, Err(SearchError::InUse { .. })));
    allow(0o700);
}

#[test]
fn any_damage_to_any_file_rebuilds() {
    let count = files(closed().path()).len();
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 5] = [
        ("a flipped bit", |bytes| {
            // Behind the content stands a footer, of which a version number may differ unseen.
            let middle = bytes.len() / 10;
            bytes[middle] ^= 1;
        }),
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut to a few bytes", |bytes| bytes.truncate(5)),
        ("emptied", Vec::clear),
        ("garbage", |bytes| bytes.fill(0xFF)),
    ];
    for number in 0..count {
        for (name, damage) in damages {
            let folder = closed();
            let file = files(folder.path()).swap_remove(number);
            let mut bytes = fs::read(&file).unwrap();
            if bytes.is_empty() || file.extension().is_some_and(|end| end == "json") && name == "a flipped bit" {
                continue;
            }
            damage(&mut bytes);
            fs::write(&file, bytes).unwrap();
            let (index, reason) = open(&folder);
            assert!(index.mark().is_none() && reason.is_some(), "{}: {name}", file.display());
            assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)), "{}: {name}", file.display());
            fill(&index, [news(1, "الموازنة", "نص.")], 8);
            assert_eq!(total(&index, "الموازنة").unwrap(), 1);
        }
    }
}

#[test]
fn any_missing_file_rebuilds() {
    let count = files(closed().path()).len();
    for number in 0..count {
        let folder = closed();
        let file = files(folder.path()).swap_remove(number);
        // Locks of the engine are empty.
        if fs::metadata(&file).unwrap().len() == 0 {
            continue;
        }
        fs::remove_file(&file).unwrap();
        let (index, reason) = open(&folder);
        assert!(reason.is_some() && index.mark().is_none(), "{}", file.display());
        assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)), "{}", file.display());
    }
}

#[test]
fn no_flipped_bit_of_the_list_of_segments_is_taken_for_truth() {
    let folder = closed();
    let meta = folder.path().join("index/meta.json");
    let sound = fs::read_to_string(&meta).unwrap();
    for (from, to) in [
        ("\\\"mark\\\":7", "\\\"mark\\\":5"),
        ("\\\"analyzer\\\":", "\\\"analyzer\\\":1"),
        ("\"max_doc\": 20", "\"max_doc\": 21"),
        ("\"num_deleted_docs\": 1", "\"num_deleted_docs\": 0"),
        ("\"deletes\"", "\"delates\""),
    ] {
        assert!(sound.contains(from), "{from} in {sound}");
        let folder = closed();
        let meta = folder.path().join("index/meta.json");
        let damaged = fs::read_to_string(&meta).unwrap().replace(from, to);
        fs::write(&meta, damaged).unwrap();
        let (index, reason) = open(&folder);
        assert!(reason.is_some() && index.state() == IndexState::Building, "{from}");
    }
}

#[test]
fn older_changes_than_contained_are_refused_until_filled_anew() {
    let (_folder, index) = index_of([news(1, "الموازنة", "نص.")]);
    index.apply(Vec::new(), Sequence(9)).unwrap();
    let stale = index.apply(vec![IndexChange::Put(news(2, "الموازنة", "نص."))], Sequence(8));
    assert!(matches!(stale, Err(SearchError::StaleChanges { contained: Sequence(9), given: Sequence(8) })));
    assert_eq!((index.mark(), index.stats().documents), (Some(Sequence(9)), 1));
    index.discard().unwrap();
    assert_eq!((index.mark(), index.state(), index.stats().documents), (None, IndexState::Building, 0));
    fill(&index, [news(2, "الموازنة", "نص.")], 8);
    assert_eq!((index.mark(), index.stats().documents), (Some(Sequence(8)), 1));
}

#[test]
fn many_changes_with_rests_between_keep_mark_and_documents() {
    let (folder, index) = index_of([]);
    for round in 1..=12_u32 {
        let documents = (1..=5).map(|number| IndexChange::Put(news(number, "الموازنة", &format!("جولة {round}"))));
        index.apply(documents.collect(), Sequence(i64::from(round))).unwrap();
        if round % 3 == 0 {
            index.rest().unwrap();
        }
    }
    assert_eq!(index.stats().documents, 5);
    assert!(index.stats().segments < 12, "what was replaced is merged away");
    drop(index);
    let (index, reason) = open(&folder);
    assert_eq!((index.mark(), reason), (Some(Sequence(12)), None));
    assert_eq!(total(&index, "12").unwrap(), 5);
}

/// What happens to the files of an index while it answers.
fn harmed(harm: impl Fn(&Path)) -> (tempfile::TempDir, Arc<SearchIndex>) {
    let (folder, index) = index_of((1..=20).map(|number| news(number, "الموازنة", "نص عن الموازنة العامة.")));
    assert_eq!(index.inspect().unwrap(), None);
    harm(folder.path());
    (folder, index)
}

#[test]
fn what_happens_to_the_files_of_an_index_that_answers_is_noticed_and_it_is_rebuilt() {
    let each = |folder: &Path, harm: &dyn Fn(&mut Vec<u8>)| {
        for file in files(folder) {
            let mut bytes = fs::read(&file).unwrap();
            harm(&mut bytes);
            fs::write(file, bytes).unwrap();
        }
    };
    let flip = |bytes: &mut Vec<u8>| {
        if let Some(byte) = bytes.get_mut(20) {
            *byte ^= 1;
        }
    };
    type Harm<'a> = Box<dyn Fn(&Path) + 'a>;
    let harms: [(&str, Harm<'_>); 5] = [
        ("the whole folder is deleted", Box::new(|folder| fs::remove_dir_all(folder).unwrap())),
        ("the index in it is deleted", Box::new(|folder| fs::remove_dir_all(folder.join("index")).unwrap())),
        ("a byte is flipped", Box::new(|folder| each(folder, &flip))),
        ("files are cut", Box::new(|folder| each(folder, &|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2)))),
        ("files are emptied", Box::new(|folder| each(folder, &|bytes: &mut Vec<u8>| bytes.clear()))),
    ];
    for (name, harm) in harms {
        let (_folder, index) = harmed(harm);
        assert!(index.inspect().unwrap().is_some(), "{name}");
        assert_eq!(index.state(), IndexState::Building, "{name}");
        assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)), "{name}");
        fill(&index, [news(1, "الموازنة", "نص.")], 8);
        assert_eq!((total(&index, "الموازنة").unwrap(), index.inspect().unwrap()), (1, None), "{name}");
    }
}

#[test]
fn searches_in_files_that_are_cut_fail_without_harm_and_ask_for_a_look() {
    let (folder, index) =
        index_of((1..=200).map(|number| news(number, "الموازنة", &format!("نص {number} عن الموازنة."))));
    for file in files(folder.path()) {
        fs::File::options().write(true).open(file).unwrap().set_len(3).unwrap();
    }
    let failed = (1..=200).any(|number| total(&index, &number.to_string()).is_err());
    assert!(failed && index.is_suspect());
    assert!(index.inspect().unwrap().is_some() && !index.is_suspect());
    assert_eq!(index.state(), IndexState::Building);
}

/// Puts something that cannot be opened in the place of a file, as when the system refuses to open it; returns what brings
/// the file back.
#[cfg(unix)]
fn refuse(file: &Path) -> impl FnOnce() {
    let (file, aside) = (file.to_owned(), file.with_extension("aside"));
    fs::rename(&file, &aside).unwrap();
    // A link to itself: the error is neither that the file is missing nor that it is damaged.
    std::os::unix::fs::symlink(&file, &file).unwrap();
    move || {
        fs::remove_file(&file).unwrap();
        fs::rename(aside, file).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn an_index_that_cannot_be_looked_at_now_is_kept() {
    let (folder, index) = harmed(|_| {});
    for file in files(folder.path()).into_iter().filter(|file| fs::metadata(file).unwrap().len() > 0) {
        if file.file_name().is_some_and(|name| name == ".managed.json") {
            continue;
        }
        let bring_back = refuse(&file);
        assert!(matches!(index.inspect(), Err(SearchError::Folder { .. })), "{}", file.display());
        assert!(index.is_suspect() && index.mark().is_some(), "{}", file.display());
        bring_back();
        assert_eq!((index.inspect().unwrap(), index.is_suspect()), (None, false), "{}", file.display());
    }
    assert_eq!(total(&index, "الموازنة").unwrap(), 20);
}

#[test]
#[cfg(unix)]
fn an_index_that_cannot_be_looked_at_when_the_server_starts_is_kept() {
    let folder = closed();
    for file in files(folder.path()).into_iter().filter(|file| fs::metadata(file).unwrap().len() > 0) {
        let bring_back = refuse(&file);
        let index = SearchIndex::open(folder.path(), stamp("registry 1"), &IndexOptions::default()).unwrap();
        assert!(matches!(index.check(), Err(SearchError::Folder { .. })), "{}", file.display());
        assert_eq!(index.state(), IndexState::Unchecked);
        assert!(matches!(total(&index, "الموازنة"), Err(SearchError::NotReady)));
        bring_back();
        assert_eq!((index.check().unwrap(), total(&index, "الموازنة").unwrap()), (None, 19), "{}", file.display());
    }
}

#[test]
fn commits_and_merges_are_no_damage() {
    let (_folder, index) = index_of([]);
    for round in 1..=30_u32 {
        let changed = IndexChange::Put(news(u128::from(round % 7), "الموازنة", &format!("جولة {round}")));
        index.apply(vec![changed], Sequence(i64::from(round) + 1)).unwrap();
        assert_eq!(index.inspect().unwrap(), None, "{round}");
        if round % 10 == 0 {
            index.rest().unwrap();
        }
    }
}

#[test]
fn changes_wait_for_merges_where_an_index_has_many_parts() {
    let folder = tempfile::tempdir().unwrap();
    let options = IndexOptions { segments_max: 4, ..IndexOptions::default() };
    let index = Arc::new(SearchIndex::open(folder.path(), stamp("x"), &options).unwrap());
    index.check().unwrap();
    fill(&index, [], 0);
    let mut most = 0;
    for number in 1..=40 {
        let put = IndexChange::Put(news(number, "الموازنة", "نص عن الموازنة."));
        index.apply(vec![put], Sequence(i64::try_from(number).unwrap())).unwrap();
        most = most.max(index.stats().segments);
    }
    // Eight that are alike are merged into one before anything else is taken.
    assert!(most < 8, "{most} parts");
    assert_eq!(index.stats().documents, 40);
}
