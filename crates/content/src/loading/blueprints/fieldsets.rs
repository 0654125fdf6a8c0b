//! Reads fieldsets, and puts them into blueprints.

use super::{
    conditions::check_conditions,
    fields::{MAX_FIELDS, load_field},
};
use crate::{
    loading::files::Source,
    values::Handle,
    yaml::{Fieldset, Fieldsets, Keys, Node, NodeKind, name_of, place_of},
};

/// Reads all fieldsets.
pub(crate) fn load_fieldsets<'a>(sources: impl Iterator<Item = &'a Source>) -> Fieldsets<'a> {
    sources.map(|source| (source.name.clone(), load_fieldset(source))).collect()
}

/// A `use` of a fieldset as the fields that it stands for, each as if it were written in the blueprint at the line of the
/// `use`. `None` when the fieldset cannot be used; what is wrong was told.
pub(crate) fn fields_of_use(mut keys: Keys<'_>, fieldsets: &Fieldsets<'_>, line: usize) -> Option<Vec<Node>> {
    let name = keys.handle("use");
    let has_prefix = keys.has("prefix");
    let prefix = keys.handle("prefix");
    let inside = keys.nesting().depth > 0;
    let group = if inside { None } else { keys.node("group").cloned() };
    let overrides = keys.mapping_node("overrides");
    let fieldset = name.as_ref().and_then(|name| fieldsets.get(name));
    if let (Some(name), None) = (&name, fieldset) {
        let known: Vec<_> = fieldsets.keys().map(Handle::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        keys.problem("use", format!("there is no fieldset {name}; there are: {known}"));
    }
    let fieldset = fieldset.filter(|fieldset| fieldset.sound);
    if let Some(fieldset) = fieldset {
        check_overrides(&keys, overrides, fieldset);
    }
    keys.finish();
    let prefix = if has_prefix { prefix?.to_string() } else { String::new() };
    let fieldset = fieldset?;
    let names = fieldset.fields.iter().filter_map(|field| name_of(field)).collect();
    let use_of = Use { line, prefix, group, overrides, inside, names };
    Some(fieldset.fields.iter().map(|field| use_of.put_in(field)).collect())
}

/// How a blueprint uses a fieldset.
struct Use<'a> {
    line: usize,
    prefix: String,
    group: Option<Node>,
    overrides: &'a [(Node, Node)],
    /// It stands inside a field, which decides for all its fields whether they are localizable and filterable.
    inside: bool,
    /// Names of the fieldset's fields, without prefix.
    names: Vec<&'a str>,
}

impl Use<'_> {
    fn put_in(&self, field: &Node) -> Node {
        let name = name_of(field).unwrap_or_default();
        let own_keys: &[(Node, Node)] = self
            .overrides
            .iter()
            .find(|(key, _)| key.as_text() == Some(name))
            .and_then(|(_, keys)| keys.as_mapping())
            .unwrap_or_default();
        let mut entries = own_keys.to_vec();
        for (key, value) in field.as_mapping().unwrap_or_default() {
            if entries.iter().any(|(own, _)| own.as_text() == key.as_text()) {
                continue;
            }
            let value = match key.as_text() {
                Some("handle") => self.text(&format!("{}{name}", self.prefix)),
                Some("localizable" | "filterable") if self.inside => continue,
                Some("if" | "unless") => self.with_prefix(value),
                Some(_) | None => self.moved(value),
            };
            entries.push((self.moved(key), value));
        }
        if let Some(group) = &self.group
            && !entries.iter().any(|(key, _)| key.as_text() == Some("group"))
        {
            entries.push((self.text("group"), group.clone()));
        }
        Node { line: self.line, column: 1, kind: NodeKind::Mapping(entries) }
    }

    /// Conditions of the fieldset compare its own fields, by their names in it.
    fn with_prefix(&self, conditions: &Node) -> Node {
        let mut moved = self.moved(conditions);
        if let NodeKind::Mapping(entries) = &mut moved.kind {
            for (key, _) in entries {
                if let Some(name) = key.as_text().filter(|name| self.names.contains(name)) {
                    *key = self.text(&format!("{}{name}", self.prefix));
                }
            }
        }
        moved
    }

    fn text(&self, text: &str) -> Node {
        Node { line: self.line, column: 1, kind: NodeKind::Scalar { text: text.to_owned(), plain: false } }
    }

    /// The node of the fieldset's file at the line of the `use`, since messages name the blueprint's file.
    fn moved(&self, node: &Node) -> Node {
        let kind = match &node.kind {
            NodeKind::Scalar { text, plain } => NodeKind::Scalar { text: text.clone(), plain: *plain },
            NodeKind::Sequence(items) => NodeKind::Sequence(items.iter().map(|item| self.moved(item)).collect()),
            NodeKind::Mapping(entries) => {
                NodeKind::Mapping(entries.iter().map(|(key, value)| (self.moved(key), self.moved(value))).collect())
            }
        };
        Node { line: self.line, column: 1, kind }
    }
}

fn check_overrides(keys: &Keys<'_>, overrides: &[(Node, Node)], fieldset: &Fieldset<'_>) {
    let names: Vec<&str> = fieldset.fields.iter().filter_map(|field| name_of(field)).collect();
    for (index, (key, changes)) in overrides.iter().enumerate() {
        let name = key.as_text().unwrap_or_default();
        let inside = format!(".{name}");
        if !names.contains(&name) {
            keys.problem_at(
                key,
                "overrides",
                &inside,
                format!("the fieldset has no such field; it has: {}", names.join(", ")),
            );
        }
        if overrides[..index].iter().any(|(earlier, _)| earlier.as_text() == key.as_text()) {
            keys.problem_at(key, "overrides", &inside, "stands twice");
        }
        let Some(changes) = changes.as_mapping() else {
            keys.problem_at(key, "overrides", &inside, "must be a mapping of keys to values");
            continue;
        };
        for (changed, _) in changes {
            if let Some(fixed @ ("handle" | "type")) = changed.as_text() {
                keys.problem_at(changed, "overrides", &format!("{inside}.{fixed}"), "cannot be overridden");
            }
        }
    }
}

fn load_fieldset(source: &Source) -> Fieldset<'_> {
    let broken = Fieldset { fields: Vec::new(), sound: false };
    let problems = &source.problems;
    let Some(mut keys) = Keys::open(&source.root, "", problems) else { return broken };
    source.read_handle(&mut keys);
    for key in ["label", "fields"] {
        keys.expect(key);
    }
    keys.label("label");
    let nodes = keys.list_nodes("fields", 1, MAX_FIELDS);
    keys.finish();
    let mut fields: Vec<&Node> = Vec::new();
    let mut drafts = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let place = place_of(node, index);
        if fields.iter().any(|earlier| name_of(earlier).is_some() && name_of(earlier) == name_of(node)) {
            problems.add(node.line, &place, "stands twice");
        }
        if let Some(keys) = Keys::open(node, &place, problems) {
            if keys.has("use") {
                keys.problem("use", "is not allowed here: a fieldset uses no other fieldset");
                continue;
            }
            drafts.extend(load_field(keys, None, problems));
        }
        fields.push(node);
    }
    let names: Vec<Handle> = drafts.iter().map(|draft| draft.field.handle.clone()).collect();
    check_conditions(&drafts, (drafts.len() == nodes.len()).then_some(names.as_slice()), problems);
    Fieldset { fields, sound: problems.is_empty() }
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, collection, registry, told};

    const SEO: &str = "handle: seo\nlabel: { ar: أ, en: A }\nfields:\n  - { handle: title, type: text, label: { ar: أ, en: A }, max_chars: 70 }\n  - { handle: hidden, type: boolean, label: { ar: أ, en: A } }\n";

    #[test]
    fn a_fieldset_is_put_in_with_prefix_group_and_overrides() {
        let more = "  - { use: seo, prefix: seo_, group: meta, overrides: { title: { max_chars: 60, required: true } } }\ngroups: [{ handle: meta, label: { ar: أ, en: A } }]\n";
        let registry = registry(&[("blueprints/news.yaml", &blueprint("news", more)), ("fieldsets/seo.yaml", SEO)]);
        let blueprint = registry.find_blueprint("news").unwrap();
        let names: Vec<&str> = blueprint.fields.iter().map(|field| field.handle.as_str()).collect();
        assert_eq!(names, ["title", "seo_title", "seo_hidden"]);
        let title = blueprint.find_field("seo_title").unwrap();
        assert!(title.required && title.group.as_ref().is_some_and(|group| group == "meta"));
        assert_eq!(title.field_type.describe()["max_chars"], 60);
    }

    #[test]
    fn mistakes_in_the_use_of_a_fieldset_are_told_where_it_is_used() {
        let cases = [
            (
                "{ use: seo }",
                vec!["blueprints/news.yaml:5: fields.title: stands twice; each field needs a handle of its own"],
            ),
            (
                "{ use: seo, prefix: Seo }",
                vec![
                    "blueprints/news.yaml:5: fields[1].prefix: \"Seo\" is not a handle: a small Latin letter, then at most 63 small letters, digits and underscores",
                ],
            ),
            (
                "{ use: seo, prefix: seo_, fields: [] }",
                vec![
                    "blueprints/news.yaml:5: fields[1].fields: is not known here; allowed: use, prefix, group, overrides",
                ],
            ),
            (
                "{ use: seo, prefix: seo_, overrides: { name: {}, title: { type: list } } }",
                vec![
                    "blueprints/news.yaml:5: fields[1].overrides.name: the fieldset has no such field; it has: title, hidden",
                    "blueprints/news.yaml:5: fields[1].overrides.title.type: cannot be overridden",
                ],
            ),
            (
                "{ use: seo, prefix: seo_, overrides: { title: { max_chars: -1 } } }",
                vec!["blueprints/news.yaml:5: fields.seo_title.max_chars: must be a whole number from 1 to 500000"],
            ),
            (
                "{ use: seo, prefix: seo_, group: meta }",
                vec![
                    "blueprints/news.yaml:5: fields.seo_hidden.group: names a group, but the blueprint has no groups",
                    "blueprints/news.yaml:5: fields.seo_title.group: names a group, but the blueprint has no groups",
                ],
            ),
        ];
        for (usage, expected) in cases {
            let news = blueprint("news", &format!("  - {usage}\n"));
            assert_eq!(told(&[("blueprints/news.yaml", &news), ("fieldsets/seo.yaml", SEO)]), expected, "{usage}");
        }
    }

    #[test]
    fn a_mistake_in_a_fieldset_is_told_once() {
        let broken = SEO.replace("max_chars: 70", "max_chars: 70, group: meta");
        let news = blueprint("news", "  - { use: seo, prefix: seo_ }\nexamples: [{ title: x, seo_title: y }]\n");
        assert_eq!(
            told(&[
                ("blueprints/news.yaml", &news),
                ("fieldsets/seo.yaml", &broken),
                ("fieldsets/nested.yaml", "handle: nested\nlabel: { ar: أ, en: A }\nfields: [{ use: seo }]\n"),
                ("collections/news.yaml", &collection("news", &[("sort", "[seo_title]")])),
            ]),
            [
                "fieldsets/nested.yaml:3: fields[0].use: is not allowed here: a fieldset uses no other fieldset",
                "fieldsets/seo.yaml:4: fields.title.group: is not known here; allowed: handle, label, help, required, localizable, filterable, searchable, private, default, if, unless, type, min_chars, max_chars, pattern",
            ]
        );
    }
}
