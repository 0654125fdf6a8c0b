//! Reads one blueprint without other files.

use super::blueprint::load_blueprint;
use crate::{
    loading::files::{SchemaFile, read_files},
    model::Blueprint,
    values::Handle,
    yaml::{Fieldsets, Files, Node, NodeKind, SchemaProblem},
};

impl Blueprint {
    /// Reads a text that [`Blueprint::to_text`] wrote. Collections that it names may be gone.
    ///
    /// # Errors
    /// What is wrong with it, by line: a newer program may have written it.
    pub fn from_text(handle: &Handle, text: &str) -> Result<Self, Vec<SchemaProblem>> {
        let path = format!("blueprints/{handle}.yaml");
        let (sources, mut problems) = read_files(&[SchemaFile { path, text: text.to_owned() }]);
        let mut read = None;
        for source in sources {
            let mut collections = Vec::new();
            named_collections(&source.root, &mut collections);
            let files = Files { fieldsets: &Fieldsets::new(), collections: &collections };
            read = load_blueprint(&source, files).build();
            problems.extend(source.problems.into_list());
        }
        match read {
            Some(blueprint) if problems.is_empty() => Ok(blueprint),
            Some(_) | None => Err(problems),
        }
    }
}

/// Every collection that a reference names, at any depth; as deep as the YAML, which is bounded.
fn named_collections(node: &Node, names: &mut Vec<Handle>) {
    match &node.kind {
        NodeKind::Scalar { .. } => {}
        NodeKind::Sequence(items) => items.iter().for_each(|item| named_collections(item, names)),
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                if let (Some("collections"), NodeKind::Sequence(items)) = (key.as_text(), &value.kind) {
                    names.extend(items.iter().filter_map(|item| item.as_text()?.parse::<Handle>().ok()));
                }
                named_collections(value, names);
            }
        }
    }
}
