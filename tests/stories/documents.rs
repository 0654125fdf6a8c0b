//! The documents say what the code says, and their links lead somewhere.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use diwan_server::config::settings_table;

/// Largest `README.md` at the top, in bytes: it is an entrance, and all else has a place of its own.
const README_MAX_BYTES: usize = 10 * 1024;
/// Folders without documents of ours.
const PASSED_OVER: [&str; 4] = ["target", "node_modules", "fixtures", "diwan-data"];

/// Written again by `DIWAN_UPDATE_GUIDE=1 cargo test --workspace --all-features --test stories documents`.
#[test]
fn the_operators_guide_has_the_table_of_settings() {
    let path = root().join("crates/server/guide/operating.md");
    let guide = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- settings -->\n", "<!-- /settings -->");
    let (before, rest) = guide.split_once(begin).unwrap();
    let (table, after) = rest.split_once(end).unwrap();
    let expected = settings_table();
    if std::env::var_os("DIWAN_UPDATE_GUIDE").is_some() {
        fs::write(&path, format!("{before}{begin}{expected}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(table, expected);
}

#[test]
fn the_first_page_stays_short() {
    let size = fs::metadata(root().join("README.md")).unwrap().len();
    assert!(size <= README_MAX_BYTES as u64, "README.md has {size} bytes");
}

#[test]
fn every_relative_link_of_a_document_leads_to_a_file_and_a_heading() {
    let mut wrong = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let leads = target.exists() && (heading.is_empty() || headings(&target).contains(heading));
            if !leads {
                wrong.push(format!("{}: {link}", shown(&document)));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_crate_has_a_readme_that_is_its_first_page_and_names_files_that_exist() {
    let mut wrong = Vec::new();
    for folder in crates() {
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        let lib = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        if !lib.starts_with("#![doc = include_str!(\"../README.md\")]\n") {
            wrong.push(format!("{}: lib.rs does not begin with README.md", shown(&folder)));
        }
        let (_, rest) = readme.split_once("\n## Files\n").unwrap();
        let table = rest.split("\n## ").next().unwrap();
        for cell in table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()) {
            for name in cell.split('`').skip(1).step_by(2) {
                if !folder.join("src").join(name).exists() {
                    wrong.push(format!("{}: {name}", shown(&folder)));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_three_ways_name_files_that_exist() {
    let text = fs::read_to_string(root().join(".github/CONTRIBUTING.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("The three ways\n")).unwrap();
    let (mut named, mut wrong) = (0, Vec::new());
    for row in section.lines().filter(|line| line.starts_with("| ")) {
        // A row names a crate before its files.
        let mut sources = root();
        for name in row.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") {
                named += 1;
                if !sources.join(name).exists() {
                    wrong.push(shown(&sources.join(name)));
                }
            } else {
                sources = root().join("crates").join(name).join("src");
            }
        }
    }
    assert!(named > 80, "only {named} files were found");
    assert_eq!(wrong, Vec::<String>::new());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_owned()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn crates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.push(root().join("migrations"));
    found.sort();
    assert!(found.len() > 8, "{found:?}");
    found
}

fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    gather(&root(), &mut found);
    assert!(found.len() > 15, "too few documents were found: {found:?}");
    found
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_ours = !PASSED_OVER.contains(&name) && (!name.starts_with('.') || name == ".github");
        if path.is_dir() && is_ours {
            gather(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// Targets of links that are relative to the document, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in prose(text) {
        let spans = line.split('`').step_by(2);
        found.extend(spans.flat_map(|span| span.split("](").skip(1)).filter_map(|rest| rest.split(')').next()));
    }
    found.retain(|link| !link.contains(':') && !link.starts_with('/'));
    found
}

/// The anchors of a document's headings: small letters and digits, hyphens for spaces, nothing for other characters.
fn headings(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    prose(&text)
        .filter_map(|line| line.strip_prefix('#'))
        .map(|rest| anchor(rest.trim_start_matches('#').trim()))
        .collect()
}

/// The lines outside of fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}
