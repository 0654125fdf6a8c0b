//! README tells what the code says.

use std::{fs, path::Path};

use diwan_server::config::settings_table;

/// Made anew by `DIWAN_UPDATE_README=1 cargo test --workspace --all-features --test stories readme`.
#[test]
fn readme_has_the_table_of_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- settings -->\n", "<!-- /settings -->");
    let (before, rest) = readme.split_once(begin).unwrap();
    let (table, after) = rest.split_once(end).unwrap();
    let expected = settings_table();
    if std::env::var_os("DIWAN_UPDATE_README").is_some() {
        fs::write(&path, format!("{before}{begin}{expected}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(table, expected);
}
