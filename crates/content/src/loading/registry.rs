//! Loads all files into a registry.

use std::sync::Arc;

use super::{
    agreement::{check_patterns, check_references},
    files::{Folder, SchemaFile, Source, read_files},
};
use crate::{
    loading::{
        blueprints::{load_blueprints, load_fieldsets},
        collections::{check_reserved, load_collections, load_reserved},
    },
    model::Registry,
    values::PublicPath,
    yaml::{Files, SchemaProblem},
};

impl Registry {
    /// Loads the files of a schema folder. Files that are no YAML (documentation, say) are passed over.
    ///
    /// # Errors
    /// All mistakes of all files, by file and line.
    pub fn load(files: &[SchemaFile]) -> Result<Self, Vec<SchemaProblem>> {
        let (sources, mut problems) = read_files(files);
        let fieldsets = load_fieldsets(of_folder(&sources, Folder::Fieldsets));
        let names: Vec<_> = of_folder(&sources, Folder::Collections).map(|source| source.name.clone()).collect();
        let files = Files { fieldsets: &fieldsets, collections: &names };
        let blueprints = load_blueprints(of_folder(&sources, Folder::Blueprints), files);
        let collections = load_collections(of_folder(&sources, Folder::Collections), &blueprints);
        check_references(&blueprints, &collections);
        check_patterns(&collections);
        let reserved = load_reserved(of_folder(&sources, Folder::Paths));
        check_reserved(&collections, &reserved);

        let reserved = reserved.iter().map(PublicPath::folded).collect();
        let mut registry = Self { reserved, ..Self::default() };
        for (handle, draft) in &blueprints {
            if let Some(blueprint) = draft.build() {
                registry.blueprints.insert(handle.clone(), Arc::new(blueprint));
            }
        }
        for (handle, draft) in collections {
            if let Some(collection) = draft.collection {
                registry.collections.insert(handle, Arc::new(collection));
            }
        }
        drop((blueprints, fieldsets));
        problems.extend(sources.into_iter().flat_map(|source| source.problems.into_list()));
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(registry) } else { Err(problems) }
    }
}

fn of_folder(sources: &[Source], folder: Folder) -> impl Iterator<Item = &Source> {
    sources.iter().filter(move |source| source.folder == folder)
}
