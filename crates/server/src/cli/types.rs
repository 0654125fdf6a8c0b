//! `diwan types`: types for front ends.

use std::{fs, io, path::Path};

use diwan_content::Registry;

use super::{
    arguments::{TypesArguments, TypesLanguage},
    commands::registry,
    failure::{Failure, say},
};
use crate::{config::Config, openapi::delivery_components};

/// Prints the types of the installation's blueprints and collections, or writes them into a file.
pub(super) fn types(config: &Config, arguments: &TypesArguments) -> Result<(), Failure> {
    let TypesArguments { lang, out } = arguments;
    let text = module(&registry(config)?, *lang);
    let Some(path) = out else {
        say(text.trim_end());
        return Ok(());
    };
    write_changed(path, &text).map_err(|error| Failure::new(format!("error: cannot write {}: {error}", path.display())))
}

fn module(registry: &Registry, language: TypesLanguage) -> String {
    match language {
        TypesLanguage::Ts => {
            let delivered = registry.delivered();
            diwan_content::typescript(&delivered, &delivery_components(&delivered))
        }
    }
}

/// Writes a file unless it holds just that already, so that tools that watch files see no change where there is none.
fn write_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(());
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemas::embedded_registry;

    #[test]
    fn every_blueprint_and_collection_has_its_types() {
        let registry = embedded_registry().unwrap();
        let text = module(&registry, TypesLanguage::Ts);
        for hidden in registry.collections().filter(|collection| collection.is_internal()) {
            assert!(!text.contains(hidden.handle.as_str()), "{}", hidden.handle);
        }
        let registry = registry.delivered();
        for blueprint in registry.blueprints() {
            let data = format!("export interface {}Data {{", diwan_content::type_name(&blueprint.handle));
            assert!(text.contains(&data), "{data}");
        }
        for collection in registry.collections() {
            let name = diwan_content::type_name(&collection.handle);
            let list = if collection.kind.is_single() { "never".to_owned() } else { format!("{name}EntryList") };
            for used in [format!("    entry: {name}Entry;"), format!("    list: {list};")] {
                assert!(text.contains(&used), "{used}");
            }
            assert!(text.contains(&format!(" {name}Entry ")), "{name}");
            let has_list = text.contains(&format!("export interface {name}EntryList "));
            assert_eq!(has_list, !collection.kind.is_single(), "{name}");
        }
        for shape in ["AtPath", "SearchAnswer", "Tree", "PathList", "Problem", "IncludedAsset"] {
            assert!(text.contains(&format!(" {shape} ")), "{shape}");
        }
    }

    #[test]
    fn a_file_is_written_only_where_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diwan.ts");
        write_changed(&path, "a").unwrap();
        let written_at = fs::metadata(&path).unwrap().modified().unwrap();
        write_changed(&path, "a").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written_at);
        write_changed(&path, "b").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b");
        assert!(write_changed(&folder.path().join("none/diwan.ts"), "a").is_err());
    }
}
