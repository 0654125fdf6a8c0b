//! Blueprints and collections as JSON for those who build forms and lists: everything in both languages.

use serde_json::{Map, Value, json};

use crate::{
    field_types::describe_field,
    model::{Blueprint, Collection, Review, SearchRules, SortKey},
    values::Handle,
};

impl Blueprint {
    /// The form of a kind of entry: `{handle, label, hash, groups: [{handle, label, fields: […]}]}`, groups and fields in
    /// the order of the form. Fields of no group come first, in a group whose handle and label are null.
    pub fn describe(&self) -> Value {
        let Self { handle, label, groups, fields, examples: _, hash, shape: _ } = self;
        let fields_of = |group: Option<&Handle>| -> Vec<Value> {
            fields.iter().filter(|field| field.group.as_ref() == group).map(describe_field).collect()
        };
        let mut described = Vec::new();
        let of_no_group = fields_of(None);
        if !of_no_group.is_empty() {
            described.push(json!({ "handle": null, "label": null, "fields": of_no_group }));
        }
        for group in groups {
            described.push(
                json!({ "handle": group.handle, "label": group.label, "fields": fields_of(Some(&group.handle)) }),
            );
        }
        json!({ "handle": handle, "label": label, "hash": hash, "groups": described })
    }
}

impl Collection {
    /// The collection and its rules, by the keys of its file; indexes with the default order first.
    pub fn describe(&self) -> Value {
        let Self {
            handle,
            kind,
            label,
            blueprints,
            locales,
            path,
            home,
            max_depth,
            slugs,
            title_field,
            dated,
            access,
            owner,
            sort,
            indexes,
            search: SearchRules { enabled, newer_first, facets, role },
            review,
            public_history,
            max_age_seconds,
        } = self;
        let patterns: Map<String, Value> =
            path.iter().map(|(locale, pattern)| (locale.to_string(), json!(pattern.to_string()))).collect();
        let directions: Map<String, Value> =
            locales.iter().map(|locale| (locale.to_string(), json!(locale.direction()))).collect();
        let indexes: Vec<Vec<String>> = indexes.iter().map(|order| describe_order(order)).collect();
        let review = match review {
            Review::None => "none",
        };
        json!({
            "handle": handle,
            "kind": kind,
            "label": label,
            "blueprints": blueprints,
            "locales": locales,
            "dir": directions,
            "path": patterns,
            "home": home,
            "max_depth": kind.has_parents().then_some(max_depth),
            "slugs": slugs,
            "title_field": title_field,
            "dated": dated,
            "access": access,
            "owner": owner,
            "sort": describe_order(sort),
            "indexes": indexes,
            "search": { "enabled": enabled, "newer_first": newer_first, "facets": facets, "role": role },
            "review": review,
            "public_history": public_history,
            "max_age_seconds": max_age_seconds,
        })
    }
}

fn describe_order(order: &[SortKey]) -> Vec<String> {
    order.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::loading::testing::registry;

    #[test]
    fn a_blueprint_is_described_group_by_group() {
        let registry = registry(&[(
            "blueprints/notes.yaml",
            "handle: notes\nlabel: { ar: ملاحظة, en: Note }\ngroups:\n  - { handle: inner, label: { ar: داخلي, en: Inner } }\nfields:\n\
             \x20 - { handle: memo, type: textarea, group: inner, label: { ar: مذكرة, en: Memo }, private: true }\n\
             \x20 - { handle: title, type: text, label: { ar: عنوان, en: Title }, help: { ar: قصير, en: Short }, max_chars: 50, \
             required: true, localizable: true, searchable: 3, filterable: true, default: جديد }\n",
        )]);
        let blueprint = registry.find_blueprint("notes").unwrap();
        assert_eq!(
            blueprint.describe(),
            json!({
                "handle": "notes",
                "label": { "ar": "ملاحظة", "en": "Note" },
                "hash": blueprint.hash.to_string(),
                "groups": [
                    { "handle": null, "label": null, "fields": [{
                        "handle": "title", "type": "text", "label": { "ar": "عنوان", "en": "Title" },
                        "help": { "ar": "قصير", "en": "Short" }, "required": true, "localizable": true, "filterable": true,
                        "searchable": 3, "sortable": true, "private": false, "default": "جديد", "constraints": { "max_chars": 50 },
                        "if": null, "unless": null,
                    }] },
                    { "handle": "inner", "label": { "ar": "داخلي", "en": "Inner" }, "fields": [{
                        "handle": "memo", "type": "textarea", "label": { "ar": "مذكرة", "en": "Memo" }, "help": null,
                        "required": false, "localizable": false, "filterable": false, "searchable": null, "sortable": false,
                        "private": true, "default": null, "constraints": { "max_chars": 20_000 },
                        "if": null, "unless": null,
                    }] },
                ],
            })
        );
    }

    #[test]
    fn a_collection_is_described_by_the_keys_of_its_file() {
        let registry = registry(&[
            (
                "blueprints/pages.yaml",
                "handle: pages\nlabel: { ar: صفحة, en: Page }\nfields:\n  - { handle: title, type: text, label: { ar: عنوان, en: Title }, required: true }\n",
            ),
            (
                "collections/pages.yaml",
                "handle: pages\nkind: tree\nlabel: { ar: الصفحات, en: Pages }\nblueprints: [pages]\nlocales: [ar, en]\n\
                 path: { ar: \"/{parent}/{slug}\" }\nhome: true\ntitle_field: title\nowner: required\nsort: [rank]\n\
                 indexes: [[-published_at, title]]\n",
            ),
        ]);
        assert_eq!(
            registry.find_collection("pages").unwrap().describe(),
            json!({
                "handle": "pages", "kind": "tree", "label": { "ar": "الصفحات", "en": "Pages" }, "blueprints": ["pages"],
                "locales": ["ar", "en"], "dir": { "ar": "rtl", "en": "ltr" }, "path": { "ar": "/{parent}/{slug}" }, "home": true,
                "max_depth": 32, "slugs": "keep",
                "title_field": "title", "dated": false, "access": "public", "owner": "required", "sort": ["rank"],
                "indexes": [["rank"], ["-published_at", "title"]], "search": { "enabled": true, "newer_first": false, "facets": [], "role": "content" },
                "review": "none", "public_history": false, "max_age_seconds": 60,
            })
        );
    }
}
