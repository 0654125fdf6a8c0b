//! Mistakes and the lines that tell them.

use proptest::prelude::*;

use crate::{
    loading::testing::{blueprint, collection, lines, registry, shipped, told},
    model::Registry,
};

#[test]
fn shipped_schemas_load() {
    let registry = match Registry::load(&shipped()) {
        Ok(registry) => registry,
        Err(problems) => panic!("{}", lines(&problems).join("\n")),
    };
    for name in ["departments", "news", "pages", "reports", "services"] {
        let collection = registry.find_collection(name).unwrap();
        assert_eq!(collection.indexes[0], collection.sort, "{name}");
        assert!(registry.blueprints_of(collection).all(|blueprint| !blueprint.examples.is_empty()), "{name}");
    }
}

/// Lines added to a blueprint, and what is told.
const BLUEPRINT_MISTAKES: &[(&str, &[&str])] = &[
    (
        "  - { handle: Body, type: text, label: { ar: أ, en: A } }\n",
        &[
            "blueprints/news.yaml:5: fields[1].handle: \"Body\" is not a handle: a small Latin letter, then at most 63 small letters, digits and underscores",
        ],
    ),
    ("  - { handle: body, type: text }\n", &["blueprints/news.yaml:5: fields.body.label: is missing"]),
    (
        "  - { handle: body, type: text, label: { ar: أ } }\n",
        &["blueprints/news.yaml:5: fields.body.label.en: is missing"],
    ),
    (
        "  - handle: body\n    type: text\n    label: { ar: أ, en: A }\n    max_chars: many\n",
        &["blueprints/news.yaml:8: fields.body.max_chars: must be a whole number from 1 to 500000"],
    ),
    (
        "  - { handle: body, type: boolean, label: { ar: أ, en: A }, max_chars: 5 }\n",
        &[
            "blueprints/news.yaml:5: fields.body.max_chars: is not known here; allowed: handle, group, label, help, required, localizable, filterable, searchable, private, default, if, unless, type",
        ],
    ),
    (
        "  - { handle: title, type: text, label: { ar: أ, en: A } }\n",
        &["blueprints/news.yaml:5: fields.title: stands twice; each field needs a handle of its own"],
    ),
    (
        "  - { handle: body, type: text, group: side, label: { ar: أ, en: A } }\n",
        &["blueprints/news.yaml:5: fields.body.group: names a group, but the blueprint has no groups"],
    ),
    (
        "  - { handle: body, type: text, group: side, label: { ar: أ, en: A } }\ngroups: [{ handle: main, label: { ar: أ, en: A } }]\n",
        &["blueprints/news.yaml:5: fields.body.group: names no group of the blueprint; there are: main"],
    ),
    (
        "  - { handle: rank, type: integer, label: { ar: أ, en: A } }\n",
        &[
            "blueprints/news.yaml:5: fields.rank.handle: must not be one of the entry's own names: and, blueprint, collection, date, department, first_published_at, id, locale, not, or, parent, path, published_at, rank",
        ],
    ),
    (
        "  - { handle: body, type: text, label: { ar: أ, en: A }, searchable: 11 }\n",
        &["blueprints/news.yaml:5: fields.body.searchable: must be a whole number from 1 to 10"],
    ),
    (
        "  - { handle: count, type: integer, label: { ar: أ, en: A }, searchable: 1 }\n",
        &["blueprints/news.yaml:5: fields.count.searchable: is only for fields that hold words, and integer does not"],
    ),
    (
        "  - { handle: body, type: text, label: { ar: أ, en: A }, private: true, filterable: true, searchable: 1 }\n",
        &[
            "blueprints/news.yaml:5: fields.body.filterable: is not allowed for a private field: a filter would tell what it holds",
            "blueprints/news.yaml:5: fields.body.searchable: is not allowed for a private field: a hit would tell what it holds",
        ],
    ),
    (
        "  - { handle: body, type: markdown, label: { ar: أ, en: A }, filterable: true }\n",
        &["blueprints/news.yaml:5: fields.body.filterable: is not for fields of the type markdown"],
    ),
    (
        "  - { handle: count, type: integer, label: { ar: أ, en: A }, max: 5,\n      default: 6 }\n",
        &["blueprints/news.yaml:6: fields.count.default: The maximum is 5."],
    ),
    (
        "  - { handle: body, type: text, label: { ar: أ, en: A }, default: }\n",
        &["blueprints/news.yaml:5: fields.body.default: must be a value; a field without a default starts empty"],
    ),
    (
        "  - { handle: other, type: reference, label: { ar: أ, en: A }, collections: [people] }\n",
        &["blueprints/news.yaml:5: fields.other.collections: there is no collection people; there are: none"],
    ),
    (
        "  - { handle: other, type: reference, label: { ar: أ, en: A }, private: true, reverse: others }\n",
        &[
            "blueprints/news.yaml:5: fields.other.reverse: is not allowed for a private field: it would tell what the field holds",
        ],
    ),
    ("  - { use: seo }\n", &["blueprints/news.yaml:5: fields[1].use: there is no fieldset seo; there are: none"]),
    ("  - just text\n", &["blueprints/news.yaml:5: fields[1]: must be a mapping of keys to values"]),
    (
        "examples:\n  - title: 5\n  - {}\n  - title: x\n    bdy: y\n",
        &[
            "blueprints/news.yaml:6: examples[0].title: The value must be text.",
            "blueprints/news.yaml:7: examples[1].title: A value is required here.",
            "blueprints/news.yaml:9: examples[2].bdy: This name is not known here. Known names: title.",
        ],
    ),
    (
        "colour: red\n",
        &["blueprints/news.yaml:5: colour: is not known here; allowed: handle, label, groups, fields, examples"],
    ),
    ("label: { ar: ب, en: B }\n", &["blueprints/news.yaml:5: label: stands twice"]),
    (
        "a: [1\n",
        &["blueprints/news.yaml:6: file: is no YAML: while parsing a flow sequence, expected ',' or ']' (column 1)"],
    ),
];

#[test]
fn mistakes_of_a_blueprint_are_told_with_file_line_and_field() {
    for (more, expected) in BLUEPRINT_MISTAKES {
        assert_eq!(told(&[("blueprints/news.yaml", &blueprint("news", more))]), *expected, "{more}");
    }
}

#[test]
fn files_must_stand_in_their_place() {
    let news = blueprint("news", "");
    assert_eq!(
        told(&[
            ("README.md", "# Documentation"),
            ("format/blueprint.schema.json", "{}"),
            ("blueprints/news.yaml", &news)
        ]),
        [""; 0]
    );
    assert_eq!(
        told(&[
            ("blueprints/old.yaml", &news),
            ("blueprints/news.yaml", &news),
            ("blueprints/news.yaml", &news),
            ("blueprints/news.yml", &news),
            ("blueprints/News.yaml", &news),
            ("notes.yaml", &news),
            ("collections/empty.yaml", ""),
        ]),
        [
            "blueprints/News.yaml:1: file: must be named by its handle: a small Latin letter, then small letters, digits and underscores",
            "blueprints/news.yaml:1: file: is given twice",
            "blueprints/news.yml:1: file: must end in .yaml",
            "blueprints/old.yaml:1: handle: must be old, the name of the file",
            "collections/empty.yaml:1: file: must be a mapping of keys to values",
            "notes.yaml:1: file: stands in none of the folders blueprints, fieldsets and collections",
        ]
    );
}

#[test]
fn files_are_compared_with_one_another() {
    let reference = |handle: &str, reverse: &str| {
        format!(
            "  - {{ handle: {handle}, type: reference, label: {{ ar: أ, en: A }}, collections: [news], reverse: {reverse} }}\n"
        )
    };
    let news = blueprint(
        "news",
        &[reference("one", "from"), reference("two", "from"), reference("three", "title"), reference("four", "path")]
            .concat(),
    );
    let path = [("path", "{ ar: \"/{slug}\", en: \"/en/{slug}\" }")];
    assert_eq!(
        told(&[
            ("blueprints/news.yaml", &news),
            ("collections/news.yaml", &collection("news", &path)),
            ("collections/old.yaml", &collection("old", &[("path", "{ ar: \"/old/{slug}\", en: \"/en/{slug}\" }")])),
            ("collections/departments.yaml", &collection("departments", &[])),
        ]),
        [
            "blueprints/news.yaml:6: fields.two.reverse: entries of news have from already, from one of the blueprint news",
            "blueprints/news.yaml:7: fields.three.reverse: entries of news have a field title of their own (blueprint news)",
            "blueprints/news.yaml:8: fields.four.reverse: must not be one of the entry's own names: and, blueprint, collection, date, department, first_published_at, id, locale, not, or, parent, path, published_at, rank",
            "collections/departments.yaml:7: owner: must be self: a department owns itself",
            "collections/old.yaml:9: path.en: is the pattern of news too; their entries would take each other's paths",
        ]
    );
}

/// Blocks of the documentation that begin with the name of a file.
#[test]
fn the_example_of_the_documentation_loads() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/README.md")).unwrap();
    let blocks = readme.split("```yaml\n# ").skip(1).filter_map(|block| block.split("```").next()?.split_once('\n'));
    let files: Vec<(&str, &str)> = blocks.filter(|(path, _)| path.ends_with(".yaml")).collect();
    assert_eq!(files.len(), 2);
    let registry = registry(&files);
    assert!(registry.find_collection("tenders").is_some() && registry.find_blueprint("tenders").is_some());
}

#[test]
fn the_documentation_has_a_row_for_every_field_type() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/README.md")).unwrap();
    for name in crate::field_types::FieldType::names() {
        assert!(readme.contains(&format!("\n| `{name}` | ")), "{name}");
    }
}

#[test]
fn the_hash_follows_rules_and_not_wording() {
    let hash = |text: &str| registry(&[("blueprints/news.yaml", text)]).find_blueprint("news").unwrap().hash;
    let first = hash(&blueprint("news", ""));
    assert_eq!(first, hash(&format!("# A comment\n{}", blueprint("news", "").replace("en: A", "en: B"))));
    assert_ne!(first, hash(&blueprint("news", "").replace("required: true", "required: false")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_file_makes_loading_panic(file in 0_usize..11, line in 0_usize..200, put_in in "[ {}\\[\\]:,a-z&*!|>'\"#\\-\n0-9]{0,20}") {
        let mut files = shipped();
        let count = files.len();
        let damaged = &mut files[file % count];
        let mut lines: Vec<&str> = damaged.text.lines().collect();
        let place = line % lines.len();
        lines[place] = &put_in;
        damaged.text = lines.join("\n");
        let _ = Registry::load(&files);
    }
}
