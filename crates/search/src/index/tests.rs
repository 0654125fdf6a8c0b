use diwan_content::EntryId;

use super::*;
use crate::samples::{index_of, news, numbers, open, request};

/// The files of the live index, larger first.
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

#[test]
fn the_mark_survives_with_what_it_stands_for() {
    let folder = closed();
    let OpenedIndex { index, mark, rebuilt_because } = open(&folder);
    assert_eq!((mark, rebuilt_because), (Some(Sequence(7)), None));
    assert_eq!(index.mark(), mark);
    let answer = index.search(&crate::SearchRequest { size: 100, ..request("الموازنة") }).unwrap();
    assert_eq!((answer.total, numbers(&answer).contains(&3)), (19, false));
}

#[test]
fn a_new_folder_is_private_and_empty() {
    let folder = tempfile::tempdir().unwrap();
    let OpenedIndex { index, mark, rebuilt_because } =
        SearchIndex::open(&folder.path().join("a/b"), "x", &IndexOptions::default()).unwrap();
    assert_eq!((mark, rebuilt_because.as_deref()), (None, Some("there is no index yet")));
    assert_eq!(index.stats(), IndexStats { documents: 0, segments: 0 });
    assert_eq!(index.search(&request("الموازنة")).unwrap().total, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.path().join("a/b")).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn another_stamp_rebuilds() {
    let folder = closed();
    let opened = SearchIndex::open(folder.path(), "registry 2", &IndexOptions::default()).unwrap();
    assert_eq!(opened.mark, None);
    assert!(opened.rebuilt_because.unwrap().contains("registry 1"));
    assert_eq!(opened.index.stats().documents, 0);
}

#[test]
fn a_second_holder_is_told_so() {
    let (folder, index) = index_of([]);
    let second = SearchIndex::open(folder.path(), "registry 1", &IndexOptions::default());
    assert!(matches!(second, Err(SearchError::InUse { .. })));
    drop(index);
    assert_eq!(open(&folder).mark, Some(Sequence(1)));
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
            let OpenedIndex { index, mark, rebuilt_because } = open(&folder);
            assert!(mark.is_none() && rebuilt_because.is_some(), "{}: {name}", file.display());
            index.apply(vec![IndexChange::Put(news(1, "الموازنة", "نص."))], Sequence(8)).unwrap();
            assert_eq!(index.search(&request("الموازنة")).unwrap().total, 1);
        }
    }
}

#[test]
fn a_missing_file_rebuilds() {
    let folder = closed();
    let store = files(folder.path()).into_iter().find(|file| file.extension().is_some_and(|end| end == "store"));
    fs::remove_file(store.unwrap()).unwrap();
    assert!(open(&folder).rebuilt_because.is_some());
}

#[test]
fn no_flipped_bit_of_the_list_of_segments_is_taken_for_truth() {
    let folder = closed();
    let meta = folder.path().join("index/meta.json");
    let sound = fs::read_to_string(&meta).unwrap();
    for (from, to) in [
        ("\\\"mark\\\":7", "\\\"mark\\\":5"),
        ("\"max_doc\": 20", "\"max_doc\": 21"),
        ("\"num_deleted_docs\": 1", "\"num_deleted_docs\": 0"),
        ("\"deletes\"", "\"delates\""),
    ] {
        assert!(sound.contains(from), "{from} in {sound}");
        let folder = closed();
        let meta = folder.path().join("index/meta.json");
        let damaged = fs::read_to_string(&meta).unwrap().replace(from, to);
        fs::write(&meta, damaged).unwrap();
        assert!(open(&folder).rebuilt_because.is_some(), "{from}");
    }
}

#[test]
fn older_changes_than_contained_are_refused_until_cleared() {
    let (_folder, index) = index_of([news(1, "الموازنة", "نص.")]);
    index.apply(Vec::new(), Sequence(9)).unwrap();
    let stale = index.apply(vec![IndexChange::Put(news(2, "الموازنة", "نص."))], Sequence(8));
    assert!(matches!(stale, Err(SearchError::StaleChanges { contained: Sequence(9), given: Sequence(8) })));
    assert_eq!((index.mark(), index.stats().documents), (Some(Sequence(9)), 1));
    index.clear().unwrap();
    assert_eq!((index.mark(), index.stats().documents), (None, 0));
    index.apply(vec![IndexChange::Put(news(2, "الموازنة", "نص."))], Sequence(8)).unwrap();
    assert_eq!((index.mark(), index.stats().documents), (Some(Sequence(8)), 1));
}

#[test]
fn a_cleared_index_opens_unmarked() {
    let (folder, index) = index_of([news(1, "الموازنة", "نص.")]);
    index.clear().unwrap();
    drop(index);
    assert_eq!(open(&folder).mark, None);
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
    let opened = open(&folder);
    assert_eq!((opened.mark, opened.rebuilt_because), (Some(Sequence(12)), None));
    assert_eq!(opened.index.search(&request("12")).unwrap().total, 5);
}
