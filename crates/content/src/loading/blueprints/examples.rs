//! Checks the curated examples of a blueprint: each must be fit to save and to publish.

use serde_json::Value;

use super::drafts::BlueprintDraft;
use crate::{
    faults::Fault,
    model::LocaleRole,
    presenting::resolve,
    values::{Language, Pointer},
    yaml::{Node, to_json},
};

/// The examples as JSON. They are checked only when the fields are sound, since otherwise one mistake would be told twice.
pub(crate) fn check_examples(draft: &BlueprintDraft<'_>, nodes: &[Node]) -> Vec<Value> {
    let place = |index: usize| format!("examples[{index}]");
    let examples: Vec<Value> =
        nodes.iter().enumerate().map(|(index, node)| to_json(node, &place(index), draft.problems)).collect();
    let sound =
        draft.complete && draft.fields.len() == draft.declared.len() && draft.fields.iter().all(|field| field.sound);
    let Some(blueprint) = draft.build().filter(|_| sound) else { return examples };
    for (index, (example, node)) in examples.iter().zip(nodes).enumerate() {
        let root = Pointer::root();
        let (data, mut faults) = blueprint.read(example, &LocaleRole::Origin, &root);
        let values = resolve(&blueprint, &blueprint.with_defaults(data), None);
        for fault in blueprint.publish_faults(&values, &root) {
            // What could not be read is empty for that reason; one fault for each place is enough.
            if !faults.iter().any(|earlier| earlier.pointer == fault.pointer) {
                faults.push(fault);
            }
        }
        for Fault { pointer, code, params } in faults {
            let text = Fault { pointer: Pointer::root(), code, params }.text(Language::En);
            draft.problems.add(line_of(node, &pointer), dotted(&place(index), &pointer), text);
        }
    }
    examples
}

fn steps(pointer: &Pointer) -> impl Iterator<Item = String> {
    pointer.as_str().split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// `examples[0].tags[2]` for `/tags/2`. Numbers are taken for places in lists: no field has a number for a name.
fn dotted(place: &str, pointer: &Pointer) -> String {
    let mut dotted = place.to_owned();
    for step in steps(pointer) {
        let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
        dotted.push_str(&if is_index { format!("[{step}]") } else { format!(".{step}") });
    }
    dotted
}

/// The line of the deepest node on the way of the pointer.
fn line_of(node: &Node, pointer: &Pointer) -> usize {
    let (mut node, mut line) = (node, node.line);
    for step in steps(pointer) {
        let entry = node.as_mapping().and_then(|entries| entries.iter().find(|(key, _)| key.as_text() == Some(&step)));
        let item = step.parse::<usize>().ok().zip(node.as_sequence()).and_then(|(index, items)| items.get(index));
        (node, line) = match (entry, item) {
            (Some((key, value)), _) => (value, key.line),
            (None, Some(item)) => (item, item.line),
            (None, None) => return line,
        };
    }
    line
}
