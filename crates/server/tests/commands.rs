//! Commands that look at a data folder: what they say, and that they change nothing.

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
    assert_eq!(checked.status.code(), Some(0), "{text}");
    assert_eq!(files(folder.path()), before);
}

/// Runs a command on a data folder.
fn run(data: &Path, words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diwan"));
    command.arg("--data").arg(data).args(words.split(' ')).env_clear().output().expect("the program starts")
}

#[test]
fn who_only_looks_at_older_data_migrates_nothing() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/stored/0.1.0/data/diwan.db");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    fs::copy(stored, data.join("diwan.db")).expect("the fixture is there");
    let before = files(&data);
    for words in ["verify", "audit verify", "key list", &format!("backup {}", folder.path().join("b").display())] {
        let told = run(&data, words);
        assert_eq!(told.status.code(), Some(1), "{words}: {}", said(&told));
        assert!(said(&told).contains("database is of an older version"), "{words}: {}", said(&told));
        assert!(files(&data) == before, "{words}");
    }
}

#[test]
fn who_only_looks_at_an_empty_database_makes_no_tables() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("diwan.db"), "").expect("a file");
    let before = files(folder.path());
    for words in ["verify", "audit verify", "key list", "reindex", "backup b"] {
        let told = run(folder.path(), words);
        assert_eq!(told.status.code(), Some(1), "{words}: {}", said(&told));
        assert!(said(&told).contains("there is no data of Diwan in"), "{words}: {}", said(&told));
        assert_eq!(files(folder.path()), before, "{words}");
    }
}

#[test]
fn an_import_that_leaves_something_to_look_at_says_so_by_its_exit_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, site) = (folder.path().join("data"), folder.path().join("site/content/collections"));
    fs::create_dir_all(site.join("departments")).expect("a folder");
    fs::write(site.join("departments.yaml"), "title: Departments\n").expect("a file");
    let entry = "---\nid: 3f0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e01\ntitle: 'دائرة'\n---\n";
    fs::write(site.join("departments/a.md"), entry).expect("a file");
    let words = format!("import statamic {}", folder.path().join("site").display());
    let sound = run(&data, &words);
    assert_eq!(sound.status.code(), Some(0), "{}", said(&sound));
    fs::write(site.join("departments/b.md"), "no front matter").expect("a file");
    let broken = run(&data, &words);
    assert_eq!(broken.status.code(), Some(2), "{}", said(&broken));
    assert!(said(&broken).contains("1 file is to be looked at"), "{}", said(&broken));
}

#[test]
fn where_there_is_no_data_none_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("misspelt");
    let backup = folder.path().join("backup").display().to_string();
    for words in ["verify", "audit verify", "key list", "reindex", &format!("backup {backup}")] {
        let told = run(&missing, words);
        assert_eq!(told.status.code(), Some(1), "{words}: {}", said(&told));
        assert!(said(&told).contains("there is no data of Diwan in"), "{words}: {}", said(&told));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "{words}");
    }
}
