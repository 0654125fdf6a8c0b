//! `diwan upgrade --check`: what the next start would do, found out without a change.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn check(folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diwan"));
    command.args(["upgrade", "--check"]).arg(folder).env_clear().output().expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Every file with its bytes, but for those that SQLite keeps only while a database is open.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let stored = found.filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"));
    stored.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect()
}

#[test]
fn a_folder_that_is_not_there_or_holds_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = check(&folder.path().join("nothing"));
    assert_eq!(missing.status.code(), Some(1), "{}", said(&missing));
    assert!(!folder.path().join("nothing").exists());
    let empty = check(folder.path());
    assert_eq!(empty.status.code(), Some(0), "{}", said(&empty));
    assert!(said(&empty).contains("tables: none yet"), "{}", said(&empty));
    assert_eq!(files(folder.path()), BTreeMap::new());
}

#[test]
fn data_of_an_older_version_are_read_and_left_as_they_are() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/stored/0.1.0/data/diwan.db");
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::copy(stored, folder.path().join("diwan.db")).expect("the fixture is there");
    let before = files(folder.path());
    let checked = check(folder.path());
    let text = said(&checked);
    assert!(text.contains("migrations that would run: m2026"), "{text}");
    assert!(matches!(checked.status.code(), Some(0 | 4 | 5)), "{text}");
    assert_eq!(files(folder.path()), before);
}
