//! Blueprints and collections: those inside the binary, or those of a folder.

use std::{io, path::Path};

use diwan_content::{Registry, SchemaFile, SchemaProblem};
use include_dir::{Dir, DirEntry, include_dir};

/// The repository's `schemas/`.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../schemas");
/// Folders that hold schema files.
const FOLDERS: [&str; 3] = ["blueprints", "fieldsets", "collections"];
/// The one file beside them; it may be missing.
const PATHS: &str = "paths.yaml";
/// Most files of a folder.
const MAX_FILES: usize = 2_000;

/// Why there is no registry.
#[derive(Debug, thiserror::Error)]
pub enum SchemasError {
    /// The folder cannot be read.
    #[error("schemas: {place}: {source}")]
    Unreadable {
        /// Folder or file.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// The folder declares nothing that could be written or read: surely another one was meant.
    #[error(
        "schemas: {place}: holds no collection; expected files such as collections/news.yaml and blueprints/news.yaml"
    )]
    Empty {
        /// The folder.
        place: String,
    },
    /// The files have mistakes.
    #[error("{}", shown(.0))]
    Mistakes(Vec<SchemaProblem>),
}

/// The registry of a folder, or of what is inside the binary.
pub fn load_registry(folder: Option<&Path>) -> Result<Registry, SchemasError> {
    let Some(folder) = folder else { return embedded_registry() };
    let registry = Registry::load(&files_of(folder)?).map_err(SchemasError::Mistakes)?;
    if registry.collections().next().is_none() {
        return Err(SchemasError::Empty { place: folder.display().to_string() });
    }
    Ok(registry)
}

/// The registry of what is inside the binary.
pub fn embedded_registry() -> Result<Registry, SchemasError> {
    Registry::load(&embedded_files()).map_err(SchemasError::Mistakes)
}

/// The schema files inside the binary.
pub(crate) fn embedded_files() -> Vec<SchemaFile> {
    let mut files = Vec::new();
    if let Some(text) = EMBEDDED.get_file(PATHS).and_then(include_dir::File::contents_utf8) {
        files.push(SchemaFile { path: PATHS.to_owned(), text: text.to_owned() });
    }
    for folder in FOLDERS.iter().filter_map(|name| EMBEDDED.get_dir(name)) {
        for file in folder.entries().iter().filter_map(DirEntry::as_file) {
            let path = file.path().to_string_lossy().into_owned();
            if is_schema(&path) {
                files.push(SchemaFile { path, text: String::from_utf8_lossy(file.contents()).into_owned() });
            }
        }
    }
    files
}

fn files_of(folder: &Path) -> Result<Vec<SchemaFile>, SchemasError> {
    let unreadable = |place: &Path| {
        let place = place.display().to_string();
        move |source| SchemasError::Unreadable { place, source }
    };
    // A folder that is not there at all is a mistake in the configuration; one of the three may be missing.
    std::fs::read_dir(folder).map_err(unreadable(folder))?;
    let mut files = Vec::new();
    let paths = folder.join(PATHS);
    if paths.is_file() {
        let text = std::fs::read_to_string(&paths).map_err(unreadable(&paths))?;
        files.push(SchemaFile { path: PATHS.to_owned(), text });
    }
    for name in FOLDERS {
        let below = folder.join(name);
        if !below.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&below).map_err(unreadable(&below))?.take(MAX_FILES) {
            let path = entry.map_err(unreadable(&below))?.path();
            let shown = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if is_schema(&shown) {
                let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
                files.push(SchemaFile { path: shown, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_schema(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn shown(problems: &[SchemaProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_carries_the_shipped_schemas() {
        let registry = embedded_registry().unwrap();
        let handles: Vec<&str> = registry.collections().map(|collection| collection.handle.as_str()).collect();
        for handle in ["departments", "main_menu", "ministry", "news", "pages", "reports", "services"] {
            assert!(handles.contains(&handle), "{handles:?}");
        }
        let pages = registry.find_collection("pages").unwrap();
        let path = diwan_content::PublicPath::from_request("/docs").unwrap();
        assert!(registry.reserves(pages, &"ar".parse().unwrap(), &path));
    }

    #[test]
    fn a_folder_replaces_them_and_tells_its_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("blueprints")).unwrap();
        std::fs::write(folder.path().join("blueprints/news.yaml"), "handle: news\nnonsense: 1\n").unwrap();
        let text = load_registry(Some(folder.path())).unwrap_err().to_string();
        assert!(text.contains("blueprints/news.yaml:2:"), "{text}");
        assert!(load_registry(Some(&folder.path().join("absent"))).unwrap_err().to_string().starts_with("schemas: "));
        let text = load_registry(Some(&folder.path().join("blueprints"))).unwrap_err().to_string();
        assert!(text.contains("blueprints: holds no collection"), "{text}");
    }
}
