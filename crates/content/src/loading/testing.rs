//! Schema folders in tests.

use super::files::SchemaFile;
use crate::model::Registry;

/// The files of a folder by path and text.
pub(crate) fn files(files: &[(&str, &str)]) -> Vec<SchemaFile> {
    files.iter().map(|(path, text)| SchemaFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The registry of files without a mistake.
pub(crate) fn registry(texts: &[(&str, &str)]) -> Registry {
    match Registry::load(&files(texts)) {
        Ok(registry) => registry,
        Err(problems) => panic!("{}", lines(&problems).join("\n")),
    }
}

/// Mistakes as they are shown to people.
pub(crate) fn lines(problems: &[crate::yaml::SchemaProblem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// The schema folder that the product carries.
pub(crate) fn shipped() -> Vec<SchemaFile> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for folder in ["blueprints", "fieldsets", "collections"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.push(SchemaFile { path: format!("{folder}/{name}"), text: std::fs::read_to_string(&path).unwrap() });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// A blueprint of a title, with more lines after it. The added lines begin at line 5.
pub(crate) fn blueprint(name: &str, more: &str) -> String {
    format!(
        "handle: {name}\nlabel: {{ ar: أ, en: A }}\nfields:\n  - {{ handle: title, type: text, label: {{ ar: أ, en: A }}, required: true }}\n{more}"
    )
}

/// A collection with a few lines put in for others.
pub(crate) fn collection(name: &str, changes: &[(&str, &str)]) -> String {
    let mut keys = vec![
        ("handle", name),
        ("kind", "list"),
        ("label", "{ ar: أ, en: A }"),
        ("blueprints", "[news]"),
        ("locales", "[ar, en]"),
        ("title_field", "title"),
        ("owner", "required"),
        ("sort", "[title]"),
    ];
    for (key, value) in changes {
        match keys.iter_mut().find(|(known, _)| known == key) {
            Some(slot) => slot.1 = value,
            None => keys.push((key, value)),
        }
    }
    keys.retain(|(_, value)| !value.is_empty());
    keys.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
}

/// The mistakes of files, as they are shown to people.
pub(crate) fn told(texts: &[(&str, &str)]) -> Vec<String> {
    match Registry::load(&files(texts)) {
        Ok(_) => Vec::new(),
        Err(problems) => lines(&problems),
    }
}
