//! Which files there are, and their YAML.

use crate::{
    values::Handle,
    yaml::{self, Budget, Keys, Node, Problems, SchemaProblem},
};

/// One file of a schema folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFile {
    /// Its path below the schema folder, with `/`, such as `blueprints/news.yaml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What a file describes, by its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    Blueprints,
    Fieldsets,
    Collections,
    /// The one file beside the folders.
    Paths,
}

/// A file that was parsed.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) folder: Folder,
    /// The name that the file must declare as its handle.
    pub(crate) name: Handle,
    pub(crate) root: Node,
    pub(crate) problems: Problems,
}

/// Most files that are read; far above what a ministry needs.
const MAX_FILES: usize = 1_000;

/// Parses every schema file. What is told of a file that could not be parsed comes beside.
pub(crate) fn read_files(files: &[SchemaFile]) -> (Vec<Source>, Vec<SchemaProblem>) {
    let mut sources: Vec<Source> = Vec::new();
    let mut told = Vec::new();
    for (index, SchemaFile { path, text }) in files.iter().enumerate() {
        let problems = Problems::of(path);
        let given_twice = files[..index].iter().any(|earlier| earlier.path == *path);
        match place(path) {
            Place::Elsewhere => {}
            Place::Wrong(what) => problems.add(1, "", what),
            Place::Schema(..) if given_twice => problems.add(1, "", "is given twice"),
            Place::Schema(..) if sources.len() >= MAX_FILES => {
                problems.add(1, "", format!("is one file too many; at most {MAX_FILES} are read"));
            }
            Place::Schema(folder, name) => match yaml::parse(text, &Budget::default()) {
                Ok(root) => {
                    sources.push(Source { folder, name, root, problems });
                    continue;
                }
                Err(error) => problems.add(error.line, "", format!("{} (column {})", error.message, error.column)),
            },
        }
        told.extend(problems.into_list());
    }
    (sources, told)
}

impl Source {
    /// Reads the file's own handle, which must be its name.
    pub(crate) fn read_handle(&self, keys: &mut Keys<'_>) {
        keys.expect("handle");
        if let Some(handle) = keys.handle("handle")
            && handle != self.name
        {
            keys.problem("handle", format!("must be {}, the name of the file", self.name));
        }
    }
}

enum Place {
    Schema(Folder, Handle),
    Wrong(&'static str),
    Elsewhere,
}

fn place(path: &str) -> Place {
    let (path, well_named) = match (path.strip_suffix(".yaml"), path.strip_suffix(".yml")) {
        (Some(path), _) => (path, true),
        (None, Some(path)) => (path, false),
        (None, None) => return Place::Elsewhere,
    };
    if well_named && path == "paths" {
        return path.parse().map_or(Place::Elsewhere, |name| Place::Schema(Folder::Paths, name));
    }
    let folder = match path.split_once('/') {
        Some(("blueprints", _)) => Folder::Blueprints,
        Some(("fieldsets", _)) => Folder::Fieldsets,
        Some(("collections", _)) => Folder::Collections,
        _ => return Place::Wrong("stands in none of the folders blueprints, fieldsets and collections"),
    };
    if !well_named {
        return Place::Wrong("must end in .yaml");
    }
    let name = path.split_once('/').map(|(_, name)| name.parse());
    match name {
        Some(Ok(name)) => Place::Schema(folder, name),
        _ => Place::Wrong(
            "must be named by its handle: a small Latin letter, then small letters, digits and underscores",
        ),
    }
}
