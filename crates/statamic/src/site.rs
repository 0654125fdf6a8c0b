//! Which files of a folder are entry files.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::entry_file::place_of;

/// Most bytes of one entry file.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Most files and folders that are looked at, and most folders within one another.
const MAX_FILES: usize = 200_000;
const MAX_DEPTH: usize = 32;

/// What a folder holds, each list by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Entry files.
    pub entries: Vec<FoundFile>,
    /// Everything else, with the reason.
    pub skipped: Vec<Skipped>,
    /// What the place ([`crate::place_of`]) of each file of the folder begins with; `None` for one file. A file that was
    /// imported from such a place and is not in `entries` is not there any more.
    pub scope: Option<String>,
}

/// An entry file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// Its name as reports and [`crate::read_entry_file`] have it, with `/` between its parts: from `content` or
    /// `collections` on where there is such a folder, else from the folder that it lies in.
    pub relative: String,
    /// Where it lies.
    pub absolute: PathBuf,
    /// Where the settings of its collection would be ([`crate::DateBehavior`]); `None` for one in no collection's folder.
    pub settings: Option<PathBuf>,
}

/// A file or folder that is not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its name, as in [`FoundFile`].
    pub relative: String,
    /// Why.
    pub why: SkipReason,
}

/// Why a file or folder is not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SkipReason {
    /// A collection's settings, a tree, a term or something of another kind.
    #[error("is not an entry file")]
    NotAnEntryFile,
    /// An `.md` file of a site that lies in no collection.
    #[error("lies in no collection's folder")]
    OutsideCollections,
    /// A symbolic link out of the folder that is imported.
    #[error("is a link that points outside of the folder")]
    PointsOutside,
    /// A symbolic link to a folder; where that lies inside, it is read there.
    #[error("is a link to a folder")]
    LinkToFolder,
    /// More than [`MAX_FILE_BYTES`].
    #[error("has more than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// The system does not let us read it.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A pipe, a device or the like.
    #[error("is neither a file nor a folder")]
    NotAFile,
    /// A name that is no text.
    #[error("has a name that is not UTF-8")]
    NameIsNotUtf8,
    /// More folders within one another than are looked into.
    #[error("lies more than {MAX_DEPTH} folders deep")]
    TooDeep,
}

/// Why a folder cannot be looked through at all.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// It is not there or not readable.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// More files than any site has.
    #[error("{path} holds more than {MAX_FILES} files")]
    TooManyFiles {
        /// What was to be read.
        path: PathBuf,
    },
}

/// Finds the entry files of a site (`content/collections/…` inside), of its `content` or `collections` folder, of the folder
/// of one collection or any other with `.md` files in it; or takes one file.
///
/// Links are followed to files inside only. Names are sorted, so that each run reads in the same order.
pub fn find_entry_files(root: &Path) -> Result<Found, FindError> {
    let unreadable = |source| FindError::Unreadable { path: root.to_owned(), source };
    let real = fs::canonicalize(root).map_err(unreadable)?;
    let metadata = fs::metadata(&real).map_err(unreadable)?;
    let name = name_from(&real);
    let mut walk = Walk { root: real.clone(), only_collections: true, looked_at: 0, found: Found::default() };
    let scope = if metadata.is_file() {
        walk.only_collections = false;
        walk.file(&real, &real, name, &metadata);
        None
    } else {
        let inner = real.join("content");
        let (folder, name) =
            if inner.join("collections").is_dir() { (inner, "content".to_owned()) } else { (real, name) };
        let is_site = folder.join("collections").is_dir() || name.rsplit('/').next() == Some("collections");
        walk.only_collections = is_site;
        walk.folder(&folder, &name, 0).map_err(|TooMany| too_many(root))?;
        Some(if is_site { "collections/".to_owned() } else { format!("{}/", place_of(&name)) })
    };
    let mut found = Found { scope, ..walk.found };
    found.entries.sort();
    found.skipped.sort();
    Ok(found)
}

/// Reads a file that was found; it may have changed since.
pub fn read_found_file(file: &FoundFile) -> Result<Vec<u8>, SkipReason> {
    let unreadable = |error: io::Error| SkipReason::Unreadable(error.to_string());
    let opened = File::open(&file.absolute).map_err(unreadable)?;
    let mut bytes = Vec::new();
    opened.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(SkipReason::TooLarge) } else { Ok(bytes) }
}

/// The name of what is imported: from `content` on where it is in the collections of a site, else its own; that of a file
/// with its folder.
fn name_from(real: &Path) -> String {
    let parts: Vec<&str> = real.iter().filter_map(|part| part.to_str()).collect();
    let in_site = parts.windows(2).rposition(|pair| pair == ["content", "collections"]);
    let own = parts.len().saturating_sub(if real.is_file() { 2 } else { 1 });
    let name = parts[in_site.unwrap_or(own)..].join("/");
    if name.trim_matches('/').is_empty() { "folder".to_owned() } else { name.trim_start_matches('/').to_owned() }
}

fn too_many(root: &Path) -> FindError {
    FindError::TooManyFiles { path: root.to_owned() }
}

struct TooMany;

struct Walk {
    /// Without links, so that what lies inside can be told.
    root: PathBuf,
    /// Whether entry files lie in the folders below `collections` only.
    only_collections: bool,
    looked_at: usize,
    found: Found,
}

impl Walk {
    fn folder(&mut self, folder: &Path, relative: &str, depth: usize) -> Result<(), TooMany> {
        if depth > MAX_DEPTH {
            self.skip(relative.to_owned(), SkipReason::TooDeep);
            return Ok(());
        }
        let items = match fs::read_dir(folder) {
            Ok(items) => items,
            Err(error) => {
                self.skip(relative.to_owned(), SkipReason::Unreadable(error.to_string()));
                return Ok(());
            }
        };
        for item in items {
            self.looked_at += 1;
            if self.looked_at > MAX_FILES {
                return Err(TooMany);
            }
            match item {
                Ok(item) => self.item(&item.path(), relative, depth)?,
                Err(error) => self.skip(relative.to_owned(), SkipReason::Unreadable(error.to_string())),
            }
        }
        Ok(())
    }

    fn item(&mut self, path: &Path, folder: &str, depth: usize) -> Result<(), TooMany> {
        let name = path.file_name().unwrap_or_default();
        let relative = format!("{folder}/{}", name.to_string_lossy());
        if name.to_str().is_none() {
            self.skip(relative, SkipReason::NameIsNotUtf8);
            return Ok(());
        }
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => self.link(path, relative),
            Ok(metadata) if metadata.is_dir() => self.folder(path, &relative, depth + 1)?,
            Ok(metadata) => self.file(path, path, relative, &metadata),
            Err(error) => self.skip(relative, SkipReason::Unreadable(error.to_string())),
        }
        Ok(())
    }

    fn link(&mut self, path: &Path, relative: String) {
        let target = fs::canonicalize(path).and_then(|real| fs::metadata(&real).map(|metadata| (real, metadata)));
        match target {
            Ok((real, _)) if !real.starts_with(&self.root) => self.skip(relative, SkipReason::PointsOutside),
            Ok((_, metadata)) if metadata.is_dir() => self.skip(relative, SkipReason::LinkToFolder),
            Ok((real, metadata)) => self.file(path, &real, relative, &metadata),
            Err(error) => self.skip(relative, SkipReason::Unreadable(error.to_string())),
        }
    }

    /// `place` is where it was found, which may be a link to `path`.
    fn file(&mut self, place: &Path, path: &Path, relative: String, metadata: &Metadata) {
        let is_entry_name = relative.rsplit('/').next().is_some_and(is_entry_name);
        let why = if !metadata.is_file() {
            SkipReason::NotAFile
        } else if !is_entry_name {
            SkipReason::NotAnEntryFile
        } else if self.only_collections && !lies_in_a_collection(&relative) {
            SkipReason::OutsideCollections
        } else if metadata.len() > MAX_FILE_BYTES {
            SkipReason::TooLarge
        } else {
            let settings = settings_for(place);
            self.found.entries.push(FoundFile { relative, absolute: path.to_owned(), settings });
            return;
        };
        self.skip(relative, why);
    }

    fn skip(&mut self, relative: String, why: SkipReason) {
        self.found.skipped.push(Skipped { relative, why });
    }
}

/// `…/collections/<handle>.yaml` for `…/collections/<handle>/…/file`
fn settings_for(place: &Path) -> Option<PathBuf> {
    let mut folder = place.parent()?;
    loop {
        let above = folder.parent()?;
        if above.file_name().is_some_and(|name| name == "collections") {
            let mut name = folder.file_name()?.to_owned();
            name.push(".yaml");
            return Some(above.join(name));
        }
        folder = above;
    }
}

fn is_entry_name(name: &str) -> bool {
    name.strip_suffix(".md").is_some_and(|stem| !stem.is_empty())
}

/// `…collections/<handle>/…/file`
fn lies_in_a_collection(relative: &str) -> bool {
    let mut below = relative.split('/').skip_while(|part| *part != "collections").skip(1);
    below.next().is_some() && below.next().is_some()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with the given files, all of the same content.
    fn site(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "---\nid: a\n---\n").unwrap();
        }
        dir
    }

    fn entries(root: &Path) -> Vec<String> {
        find_entry_files(root).unwrap().entries.into_iter().map(|file| file.relative).collect()
    }

    fn skipped(root: &Path) -> Vec<String> {
        let skipped = find_entry_files(root).unwrap().skipped;
        skipped.into_iter().map(|Skipped { relative, why }| format!("{relative} {why}")).collect()
    }

    #[test]
    fn entries_are_found_from_wherever_one_starts() {
        let dir = site(&[
            "content/collections/news.yaml",
            "content/collections/news/b.md",
            "content/collections/news/ar/a.md",
            "content/collections/departments/x.md",
            "content/trees/collections/pages.yaml",
            "content/readme.md",
            "resources/blueprints/y.md",
        ]);
        let all = ["departments/x.md", "news/ar/a.md", "news/b.md"];
        let below = |folder: &str| all.map(|file| format!("{folder}/{file}"));
        assert_eq!(entries(dir.path()), below("content/collections"));
        assert_eq!(entries(&dir.path().join("content")), below("content/collections"));
        assert_eq!(entries(&dir.path().join("content/collections")), below("content/collections"));
        let news = dir.path().join("content/collections/news");
        assert_eq!(entries(&news), ["content/collections/news/ar/a.md", "content/collections/news/b.md"]);
        assert_eq!(entries(&news.join("b.md")), ["content/collections/news/b.md"]);
        let scope = |folder: &Path| find_entry_files(folder).unwrap().scope;
        assert_eq!(scope(dir.path()).as_deref(), Some("collections/"));
        assert_eq!(scope(&news.join("ar")).as_deref(), Some("collections/news/ar/"));
        assert_eq!(scope(&news.join("b.md")), None);
        let lone = site(&["seed/a.md"]);
        assert_eq!(scope(&lone.path().join("seed")).as_deref(), Some("seed/"));
        let settings = |root: &Path| find_entry_files(root).unwrap().entries.pop().unwrap().settings;
        let expected = fs::canonicalize(dir.path()).unwrap().join("content/collections/news.yaml");
        for root in [dir.path(), &news, &news.join("ar"), &news.join("b.md")] {
            assert_eq!(settings(root).as_ref(), Some(&expected));
        }
        assert_eq!(settings(lone.path()), None);
        assert_eq!(
            skipped(dir.path()),
            [
                "content/collections/news.yaml is not an entry file",
                "content/readme.md lies in no collection's folder",
                "content/trees/collections/pages.yaml is not an entry file",
            ]
        );
    }

    #[test]
    fn links_are_followed_to_files_inside_only() {
        let dir = site(&["in/news/a.md", "out/secret.md"]);
        let root = dir.path().join("in");
        symlink(dir.path().join("out/secret.md"), root.join("news/outside.md")).unwrap();
        symlink("a.md", root.join("news/inside.md")).unwrap();
        symlink(dir.path().join("out"), root.join("folder")).unwrap();
        symlink("..", root.join("news/loop")).unwrap();
        symlink("nowhere.md", root.join("news/broken.md")).unwrap();
        assert_eq!(entries(&root), ["in/news/a.md", "in/news/inside.md"]);
        assert_eq!(
            skipped(&root),
            [
                "in/folder is a link that points outside of the folder",
                "in/news/broken.md cannot be read: No such file or directory (os error 2)",
                "in/news/loop is a link to a folder",
                "in/news/outside.md is a link that points outside of the folder",
            ]
        );
    }

    #[test]
    fn files_that_are_too_large_are_skipped_when_found_and_when_read() {
        let dir = site(&["news/a.md", "news/b.md"]);
        let limit = usize::try_from(MAX_FILE_BYTES).unwrap();
        fs::write(dir.path().join("news/a.md"), vec![b'a'; limit + 1]).unwrap();
        let found = find_entry_files(&dir.path().join("news")).unwrap();
        assert_eq!(found.skipped, [Skipped { relative: "news/a.md".to_owned(), why: SkipReason::TooLarge }]);
        assert_eq!(read_found_file(&found.entries[0]).unwrap(), b"---\nid: a\n---\n");
        fs::write(dir.path().join("news/b.md"), vec![b'a'; limit + 1]).unwrap();
        assert_eq!(read_found_file(&found.entries[0]), Err(SkipReason::TooLarge));
    }

    #[test]
    fn a_name_that_is_no_text_is_told() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = site(&["news/a.md"]);
        let name = std::ffi::OsStr::from_bytes(b"news/\xff.md");
        fs::write(dir.path().join(name), "x").unwrap();
        assert_eq!(skipped(&dir.path().join("news")), ["news/\u{fffd}.md has a name that is not UTF-8"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = find_entry_files(&dir.path().join("no")).unwrap_err().to_string();
        assert!(error.ends_with("/no: No such file or directory (os error 2)"), "{error}");
    }
}
