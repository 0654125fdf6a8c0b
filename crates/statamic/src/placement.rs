//! Which collection and blueprint an entry file belongs to.

use std::sync::Arc;

use diwan_content::{Blueprint, Collection, Registry};

use crate::entry_file::EntryFile;

/// No collection for a file. The text says what was tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoCollection(String);

/// Chooses by the folder below `collections`; for a lone file by the nearest folder that is named like a collection, else by
/// the front matter's blueprint. `given` is for files that these leave open. The blueprint is the front matter's where the
/// collection has it, else the collection's default.
pub fn choose_collection<'a>(
    file: &EntryFile,
    registry: &'a Registry,
    given: Option<&str>,
) -> Result<(&'a Arc<Collection>, &'a Arc<Blueprint>), NoCollection> {
    let placed = match &file.collection_folder {
        Some(folder) => registry.find_collection(folder),
        None => {
            let by_folder = file.folders.iter().rev().find_map(|folder| registry.find_collection(folder));
            by_folder.or_else(|| by_blueprint(file, registry))
        }
    };
    let Some(collection) = placed.or_else(|| given.and_then(|given| registry.find_collection(given))) else {
        return Err(NoCollection(reason(file, given)));
    };
    let named = file.blueprint.as_deref().filter(|name| collection.blueprints.iter().any(|handle| handle == name));
    let blueprint =
        named.and_then(|name| registry.find_blueprint(name)).or_else(|| registry.blueprints_of(collection).next());
    blueprint
        .map(|blueprint| (collection, blueprint))
        .ok_or_else(|| NoCollection(format!("the collection `{}` has no blueprint", collection.handle)))
}

/// The collection named like the blueprint, else the only one that has it.
fn by_blueprint<'a>(file: &EntryFile, registry: &'a Registry) -> Option<&'a Arc<Collection>> {
    let name = file.blueprint.as_deref()?;
    if let Some(collection) = registry.find_collection(name) {
        return Some(collection);
    }
    let mut with_it =
        registry.collections().filter(|collection| collection.blueprints.iter().any(|handle| *handle == name));
    with_it.next().filter(|_| with_it.next().is_none())
}

fn reason(file: &EntryFile, given: Option<&str>) -> String {
    let given = given.map(|given| format!("; there is no collection `{given}` either")).unwrap_or_default();
    match (&file.collection_folder, file.folders.last(), &file.blueprint) {
        (Some(folder), _, _) => format!("there is no collection `{folder}`{given}"),
        (None, Some(folder), Some(blueprint)) => {
            format!("neither the folder `{folder}` nor the blueprint `{blueprint}` tells a collection{given}")
        }
        (None, Some(folder), None) => {
            format!("the folder `{folder}` is no collection, and the file names no blueprint{given}")
        }
        (None, None, Some(blueprint)) => format!("the blueprint `{blueprint}` tells no collection{given}"),
        (None, None, None) => format!("neither a folder nor a blueprint tells the collection{given}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{convert::testing::registry, read_entry_file};

    fn chosen(path: &str, front: &str, given: Option<&str>) -> String {
        let file = read_entry_file(path, format!("---\nid: a\n{front}---\n").as_bytes()).unwrap();
        match choose_collection(&file, &registry(), given) {
            Ok((collection, blueprint)) => format!("{} {}", collection.handle, blueprint.handle),
            Err(NoCollection(why)) => why,
        }
    }

    #[test]
    fn the_folder_decides_then_the_blueprint_then_what_is_given() {
        let cases = [
            ("content/collections/things/x.md", "", None, "things things"),
            ("content/collections/things/deep/x.md", "blueprint: notices\n", None, "things notices"),
            ("things/ar/x.md", "blueprint: nothing\n", None, "things things"),
            ("seed/x.md", "blueprint: things\n", None, "things things"),
            ("seed/x.md", "blueprint: notices\n", None, "things notices"),
            ("seed/x.md", "blueprint: other\n", Some("things"), "things things"),
            ("collections/blog/x.md", "blueprint: things\n", Some("things"), "things things"),
            ("collections/blog/x.md", "blueprint: things\n", None, "there is no collection `blog`"),
            ("seed/x.md", "", None, "the folder `seed` is no collection, and the file names no blueprint"),
            (
                "x.md",
                "",
                Some("no"),
                "neither a folder nor a blueprint tells the collection; there is no collection `no` either",
            ),
            ("seed/x.md", "blueprint: b\n", None, "neither the folder `seed` nor the blueprint `b` tells a collection"),
        ];
        for (path, front, given, expected) in cases {
            assert_eq!(chosen(path, front, given), expected, "{path} {front}");
        }
    }
}
