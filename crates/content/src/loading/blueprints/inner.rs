//! Reads fields that stand inside another field.

use super::{
    conditions::check_conditions,
    drafts::FieldDraft,
    fields::{MAX_FIELDS, load_field},
    fieldsets::fields_of_use,
};
use crate::{
    field_types::FieldType,
    model::Field,
    values::Handle,
    yaml::{Files, Keys, Nesting, Node, join, name_of, place_of},
};

impl Keys<'_> {
    /// Reads the key `fields` of a field or block. `reserved` are the names that belong to what holds the fields.
    pub(crate) fn inner_fields(&mut self, reserved: &[&str]) -> Vec<Field> {
        self.expect("fields");
        let around = self.nesting();
        if around.depth >= Nesting::MAX_DEPTH {
            self.problem("fields", format!("stands too deep: fields hold fields to {} levels", Nesting::MAX_DEPTH));
            self.node("fields");
            return Vec::new();
        }
        let nodes = self.list_nodes("fields", 1, MAX_FIELDS);
        let mut inner = Inner {
            place: self.place().to_owned(),
            nesting: Nesting { depth: around.depth + 1, ..around },
            reserved,
            declared: Vec::new(),
            drafts: Vec::new(),
        };
        for (index, node) in nodes.iter().enumerate() {
            inner.add(self, node, index);
        }
        let all_known = inner.drafts.len() == inner.declared.len();
        check_conditions(&inner.drafts, all_known.then_some(inner.declared.as_slice()), self.problems());
        inner.drafts.into_iter().map(|draft| draft.field).collect()
    }
}

/// The fields of one list while they are read.
struct Inner<'a> {
    place: String,
    nesting: Nesting<'a>,
    reserved: &'a [&'a str],
    declared: Vec<Handle>,
    drafts: Vec<FieldDraft>,
}

impl Inner<'_> {
    fn add(&mut self, around: &Keys<'_>, node: &Node, index: usize) {
        let place = join(&self.place, &place_of(node, index));
        let Some(keys) = Keys::open_within(node, &place, around.problems(), self.nesting) else { return };
        if !keys.has("use") {
            return self.add_own(node, keys);
        }
        let Some(Files { fieldsets, collections: _ }) = self.nesting.files else {
            return keys.problem("use", "is not allowed here: a fieldset uses no other fieldset");
        };
        for (inner, node) in fields_of_use(keys, fieldsets, node.line).unwrap_or_default().iter().enumerate() {
            let place = join(&self.place, &place_of(node, inner));
            if let Some(keys) = Keys::open_within(node, &place, around.problems(), self.nesting) {
                self.add_own(node, keys);
            }
        }
    }

    fn add_own(&mut self, node: &Node, keys: Keys<'_>) {
        match name_of(node) {
            Some(name) if self.reserved.contains(&name) => {
                let what = format!("must not be one of the row's own names: {}", self.reserved.join(", "));
                return keys.problem("handle", what);
            }
            Some(name) if self.declared.iter().any(|known| known == name) => {
                return keys.problem("", "stands twice; each field needs a handle of its own");
            }
            Some(name) => self.declared.extend(name.parse::<Handle>()),
            None => {}
        }
        if self.declared.len() > MAX_FIELDS {
            return keys
                .problem("", format!("is one field too many; there may be {MAX_FIELDS}, those of fieldsets included"));
        }
        let (files, problems) = (self.nesting.files, keys.problems());
        let lines = (keys.line_of("collections"), keys.line_of("reverse"));
        let place = keys.place().to_owned();
        let Some(draft) = load_field(keys, None, problems) else { return };
        if let (FieldType::Reference(reference), Some(files)) = (&draft.field.field_type, files) {
            for unknown in reference.collections.iter().flatten().filter(|name| !files.collections.contains(name)) {
                let known: Vec<&str> = files.collections.iter().map(Handle::as_str).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let what = format!("there is no collection {unknown}; there are: {known}");
                problems.add(lines.0, format!("{place}.collections"), what);
            }
            if reference.reverse.is_some() {
                let what =
                    "belongs to a reference of the blueprint itself: the target lists who points to it by that field";
                problems.add(lines.1, format!("{place}.reverse"), what);
            }
        }
        self.drafts.push(draft);
    }
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, collection, registry, told};

    const SEO: &str = "handle: seo
label: { ar: أ, en: A }
fields:
  - { handle: hidden, type: boolean, label: { ar: أ, en: A }, filterable: true, localizable: true }
  - { handle: title, type: text, label: { ar: أ, en: A }, unless: { hidden: true } }
";

    #[test]
    fn a_fieldset_may_stand_inside_a_field() {
        let more = "  - handle: parts
    type: blocks
    label: { ar: أ, en: A }
    blocks:
      - { handle: page, label: { ar: أ, en: A }, fields: [{ use: seo, prefix: seo_, overrides: { title: { required: true } } }] }
";
        let registry = registry(&[("blueprints/news.yaml", &blueprint("news", more)), ("fieldsets/seo.yaml", SEO)]);
        let parts = registry.find_blueprint("news").unwrap().find_field("parts").unwrap();
        let described = &parts.field_type.describe()["blocks"][0]["fields"];
        assert_eq!((&described[0]["handle"], &described[0]["localizable"]), (&"seo_hidden".into(), &false.into()));
        assert_eq!((&described[1]["handle"], &described[1]["required"]), (&"seo_title".into(), &true.into()));
        assert_eq!(
            described[1]["unless"],
            serde_json::json!({"seo_hidden": {"eq": true}}),
            "conditions follow the prefix"
        );
    }

    #[test]
    fn mistakes_inside_are_told_with_their_place() {
        let field = |inner: &str| {
            format!("  - handle: parts\n    type: grid\n    label: {{ ar: أ, en: A }}\n    fields:\n      - {inner}\n")
        };
        let cases = [
            ("{ use: news }", "9: fields.parts.fields[0].use: there is no fieldset news; there are: seo"),
            (
                "{ use: seo, group: main }",
                "9: fields.parts.fields[0].group: is not known here; allowed: use, prefix, overrides",
            ),
            (
                "{ use: seo, overrides: { name: {} } }",
                "9: fields.parts.fields[0].overrides.name: the fieldset has no such field; it has: hidden, title",
            ),
            (
                "{ handle: a, type: reference, label: { ar: أ, en: A }, collections: [nowhere] }",
                "9: fields.parts.fields.a.collections: there is no collection nowhere; there are: news",
            ),
            (
                "{ handle: a, type: reference, label: { ar: أ, en: A }, reverse: parts_of }",
                "9: fields.parts.fields.a.reverse: belongs to a reference of the blueprint itself: the target lists who points to it by that field",
            ),
            (
                "{ handle: a, type: text, label: { ar: أ, en: A }, if: { b: 1 } }",
                "9: fields.parts.fields.a.if.b: there is no field b beside it; there are: a",
            ),
            ("{ handle: a, type: text }", "9: fields.parts.fields.a.label: is missing"),
        ];
        for (inner, expected) in cases {
            let news = blueprint("news", &field(inner));
            let files = [
                ("blueprints/news.yaml", news.as_str()),
                ("fieldsets/seo.yaml", SEO),
                ("collections/news.yaml", &collection("news", &[])),
            ];
            assert_eq!(told(&files), [format!("blueprints/news.yaml:{expected}")], "{inner}");
        }
    }

    #[test]
    fn what_is_inside_a_private_field_is_private() {
        let more = "  - { handle: parts, type: grid, private: true, label: { ar: أ, en: A }, fields: [{ handle: a, type: text, searchable: 1, label: { ar: أ, en: A } }] }\n";
        assert_eq!(
            told(&[("blueprints/news.yaml", &blueprint("news", more))]),
            [
                "blueprints/news.yaml:5: fields.parts.fields.a.searchable: is not allowed for a private field: a hit would tell what it holds"
            ]
        );
        let more = "  - { handle: parts, type: grid, searchable: 1, label: { ar: أ, en: A }, fields: [{ handle: a, type: text, label: { ar: أ, en: A } }] }\n";
        assert_eq!(
            told(&[("blueprints/news.yaml", &blueprint("news", more))]),
            ["blueprints/news.yaml:5: fields.parts.searchable: belongs to the fields inside it"]
        );
    }
}
