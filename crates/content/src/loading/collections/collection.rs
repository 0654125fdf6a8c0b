//! Reads collections.

use std::collections::BTreeMap;

use super::{
    kinds::{misfit, read_dated, read_home, read_max_depth},
    orders::{Surroundings, load_indexes, load_sort},
    search::read_search,
};
use crate::{
    field_types::FieldType,
    loading::{
        blueprints::{BlueprintDraft, BlueprintDrafts},
        files::Source,
    },
    model::{Access, Collection, CollectionKind, Owner, Review},
    values::{Handle, Locale, NotALocale, PathPattern, SlugStyle},
    yaml::{Keys, Problems},
};

/// Most blueprints and locales of a collection.
const MAX_BLUEPRINTS: usize = 20;
const MAX_LOCALES: usize = 20;
/// A year: more than caches keep anything.
const MAX_AGE_SECONDS: usize = 31_536_000;
const DEFAULT_MAX_AGE_SECONDS: u32 = 60;
/// The collection whose entries are the departments.
const DEPARTMENTS: &str = "departments";

/// A collection as far as it could be read.
#[derive(Debug)]
pub(crate) struct CollectionDraft<'a> {
    pub(crate) problems: &'a Problems,
    pub(crate) blueprints: Vec<Handle>,
    /// Patterns with their lines.
    pub(crate) patterns: Vec<(Locale, PathPattern, usize)>,
    /// The whole of it, when nothing that it needs is missing.
    pub(crate) collection: Option<Collection>,
}

/// Collections by name.
pub(crate) type CollectionDrafts<'a> = BTreeMap<Handle, CollectionDraft<'a>>;

/// Reads all collections.
pub(crate) fn load_collections<'a>(
    sources: impl Iterator<Item = &'a Source>,
    blueprints: &BlueprintDrafts<'_>,
) -> CollectionDrafts<'a> {
    sources.map(|source| (source.name.clone(), load_collection(source, blueprints))).collect()
}

fn load_collection<'a>(source: &'a Source, known: &BlueprintDrafts<'_>) -> CollectionDraft<'a> {
    let problems = &source.problems;
    let mut draft = CollectionDraft { problems, blueprints: Vec::new(), patterns: Vec::new(), collection: None };
    let Some(mut keys) = Keys::open(&source.root, "", problems) else { return draft };
    source.read_handle(&mut keys);
    for key in ["kind", "label", "blueprints", "locales", "title_field", "owner"] {
        keys.expect(key);
    }
    let kind = keys.word("kind", &CollectionKind::ALL.map(|kind| (kind.as_str(), kind)));
    let label = keys.label("label");
    draft.blueprints = read_blueprints(&mut keys, known);
    let drafts: Vec<&BlueprintDraft<'_>> = draft.blueprints.iter().filter_map(|handle| known.get(handle)).collect();
    let locales = read_locales(&mut keys);
    let dated = read_dated(&mut keys, kind);
    draft.patterns = read_patterns(&mut keys, kind, &locales, dated);
    let home = read_home(&mut keys, kind);
    let max_depth = read_max_depth(&mut keys, kind);
    let slugs = keys.word("slugs", &SlugStyle::ALL.map(|style| (style.as_str(), style)));
    let title_field = read_title_field(&mut keys, &drafts);
    let access = read_access(&mut keys);
    let owner = read_owner(&mut keys, source);
    let around = Surroundings { blueprints: &drafts, dated, kind };
    let sort = load_sort(&mut keys, &around);
    let indexes = load_indexes(&mut keys, &around, &sort);
    let search = read_search(&mut keys, kind, &drafts);
    if access == Access::Internal && search.enabled {
        keys.problem("search", "must not be enabled: the collection is internal, and no search finds its entries");
    }
    let review = keys.word("review", &[("none", ())]).map_or(Review::None, |()| Review::None);
    let public_history = keys.boolean("public_history").unwrap_or(false);
    let max_age_seconds =
        keys.count("max_age_seconds", 0, MAX_AGE_SECONDS).and_then(|seconds| u32::try_from(seconds).ok());
    keys.finish();
    let whole = !draft.blueprints.is_empty() && !locales.is_empty() && !sort.is_empty();
    let parts = kind.zip(label).zip(title_field).zip(owner).filter(|_| whole);
    draft.collection = parts.map(|(((kind, label), title_field), owner)| Collection {
        handle: source.name.clone(),
        kind,
        label,
        blueprints: draft.blueprints.clone(),
        locales,
        path: draft.patterns.iter().map(|(locale, pattern, _)| (locale.clone(), pattern.clone())).collect(),
        home,
        max_depth,
        slugs: slugs.unwrap_or(SlugStyle::Keep),
        title_field,
        dated,
        access,
        owner,
        sort,
        indexes,
        search,
        review,
        public_history,
        max_age_seconds: max_age_seconds.unwrap_or(DEFAULT_MAX_AGE_SECONDS),
    });
    draft
}

fn read_access(keys: &mut Keys<'_>) -> Access {
    let words = Access::ALL.map(|access| (access.as_str(), access));
    let access = keys.word("access", &words).unwrap_or(Access::Public);
    if access == Access::Internal && keys.has("path") {
        keys.problem("path", "must be left out: the collection is internal, and its entries have no pages");
    }
    access
}

/// The blueprints that exist, without repetition.
fn read_blueprints(keys: &mut Keys<'_>, known: &BlueprintDrafts<'_>) -> Vec<Handle> {
    let mut blueprints: Vec<Handle> = Vec::new();
    if keys.list_nodes("blueprints", 1, MAX_BLUEPRINTS).is_empty() {
        return blueprints;
    }
    for handle in keys.handles("blueprints").unwrap_or_default() {
        if !known.contains_key(&handle) {
            let names: Vec<_> = known.keys().map(Handle::as_str).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            keys.problem("blueprints", format!("there is no blueprint {handle}; there are: {names}"));
        } else if blueprints.contains(&handle) {
            keys.problem("blueprints", format!("{handle} stands twice"));
        } else {
            blueprints.push(handle);
        }
    }
    blueprints
}

fn read_locales(keys: &mut Keys<'_>) -> Vec<Locale> {
    let mut locales: Vec<Locale> = Vec::new();
    if keys.list_nodes("locales", 1, MAX_LOCALES).is_empty() {
        return locales;
    }
    for tag in keys.texts("locales").unwrap_or_default() {
        match tag.parse() {
            Ok(locale) if locales.contains(&locale) => keys.problem("locales", format!("{locale} stands twice")),
            Ok(locale) => locales.push(locale),
            Err(NotALocale) => keys.problem("locales", format!("{tag:?} is {NotALocale} such as ar, en or pt-br")),
        }
    }
    locales
}

fn read_patterns(
    keys: &mut Keys<'_>,
    kind: Option<CollectionKind>,
    locales: &[Locale],
    dated: bool,
) -> Vec<(Locale, PathPattern, usize)> {
    let mut patterns = Vec::new();
    if kind.is_some_and(CollectionKind::is_single) && keys.has("path") {
        keys.problem("path", "must be left out: there is one entry, and it has no page");
    }
    let Some(mut path) = keys.mapping("path") else { return patterns };
    for locale in locales {
        let Some(text) = path.text(locale.as_str()) else { continue };
        match PathPattern::parse(&text) {
            Ok(pattern) => {
                if let Some(what) = misfit(&pattern, kind, dated) {
                    path.problem(locale.as_str(), what);
                }
                patterns.push((locale.clone(), pattern, path.line_of(locale.as_str())));
            }
            Err(error) => path.problem(locale.as_str(), error.to_string()),
        }
    }
    if !locales.is_empty() {
        path.finish();
    }
    patterns
}

/// The field that names an entry: a required public text in every blueprint.
fn read_title_field(keys: &mut Keys<'_>, blueprints: &[&BlueprintDraft<'_>]) -> Option<Handle> {
    let title_field = keys.handle("title_field")?;
    for blueprint in blueprints {
        let name = &blueprint.name;
        let Some(draft) = blueprint.find_field(&title_field) else {
            if blueprint.complete && !blueprint.declared.contains(&title_field) {
                keys.problem("title_field", format!("the blueprint {name} has no field {title_field}"));
            }
            continue;
        };
        let wrong = match &draft.field {
            field if !matches!(field.field_type, FieldType::Text(_)) => "of type text",
            field if !field.required => "required: true",
            field if field.private => "public",
            field if !field.conditions.is_empty() => "shown always, without if and unless",
            _ => continue,
        };
        keys.problem("title_field", format!("{title_field} must be {wrong} in the blueprint {name}"));
    }
    Some(title_field)
}

fn read_owner(keys: &mut Keys<'_>, source: &Source) -> Option<Owner> {
    let owner = keys.word("owner", &Owner::ALL.map(|owner| (owner.as_str(), owner)))?;
    match owner {
        Owner::Required if source.name == DEPARTMENTS => {
            keys.problem("owner", "must be self: a department owns itself");
        }
        Owner::Itself if source.name != DEPARTMENTS => {
            keys.problem("owner", "must be required: only entries of the collection departments own themselves");
        }
        Owner::Itself | Owner::Required => {}
    }
    Some(owner)
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, collection, registry, told};

    type Changes = &'static [(&'static str, &'static str)];

    /// Changed keys, and what is told.
    const MISTAKES: &[(Changes, &[&str])] = &[
        (&[("kind", "table")], &["2: kind: must be list, tree, taxonomy, global or navigation"]),
        (&[("label", "News")], &["3: label: must be a mapping of keys to values"]),
        (&[("blueprints", "[news, old]")], &["4: blueprints: there is no blueprint old; there are: news"]),
        (&[("blueprints", "[]")], &["4: blueprints: must be a list of 1 to 20 items"]),
        (
            &[("locales", "[ar, AR, عربي]")],
            &["5: locales: \"عربي\" is not a language tag such as ar, en or pt-br", "5: locales: ar stands twice"],
        ),
        (&[("title_field", "name")], &["6: title_field: the blueprint news has no field name"]),
        (&[("title_field", "body")], &["6: title_field: body must be of type text in the blueprint news"]),
        (&[("title_field", "note")], &["6: title_field: note must be required: true in the blueprint news"]),
        (
            &[("owner", "self")],
            &["7: owner: must be required: only entries of the collection departments own themselves"],
        ),
        (&[("owner", "")], &["1: owner: is missing"]),
        (
            &[("sort", "[-memo]")],
            &["8: sort[0]: memo is private in the blueprint news; its order would tell what it holds"],
        ),
        (
            &[("sort", "[body, date]")],
            &[
                "8: sort[0]: body is of a type that has no order, or holds many values in the blueprint news",
                "8: sort[1]: date is only for collections with dated: true",
            ],
        ),
        (&[("sort", "[rank]")], &["8: sort[0]: rank is only for trees and taxonomies"]),
        (&[("sort", "[title, title]")], &["8: sort[1]: title stands twice in one order"]),
        (
            &[("sort", "[title, note, department, published_at, first_published_at]")],
            &["8: sort: must be a list of 1 to 4 items"],
        ),
        (
            &[("indexes", "[[size], [note], [note], []]")],
            &[
                "9: indexes[0][0]: the blueprint news has no field size; besides fields there are: department, date, published_at, first_published_at, rank, and in indexes parent, slug, blueprint",
                "9: indexes[2]: stands twice",
                "9: indexes[3]: must be a list of 1 to 4 items",
            ],
        ),
        (
            &[("path", "{ ar: \"/news/{parent}/{slug}\", en: \"/news/{year}/{slug}\", fr: \"/{slug}\" }")],
            &[
                "9: path.ar: must not hold {parent}: only trees have parents",
                "9: path.en: must not hold {year} or {month} unless the collection is dated: true",
                "9: path.fr: is not known here; allowed: ar, en",
            ],
        ),
        (&[("path", "{ ar: \"news\" }")], &["9: path.ar: a path pattern starts with /"]),
        (
            &[("kind", "tree"), ("path", "{ ar: \"/news/{slug}\" }")],
            &["9: path.ar: must hold {parent}: pages of a tree live below their parents"],
        ),
        (
            &[("home", "true"), ("review", "two"), ("max_age_seconds", "-1")],
            &[
                "10: review: must be none",
                "11: max_age_seconds: must be a whole number from 0 to 31536000",
                "9: home: is only for trees",
            ],
        ),
        (
            &[("search", "{ enabled: yes, boost: 2 }")],
            &[
                "9: search.boost: is not known here; allowed: enabled, newer_first, facets, role",
                "9: search.enabled: must be true or false",
            ],
        ),
    ];

    #[test]
    fn mistakes_of_a_collection_are_told_with_file_line_and_field() {
        let more = "  - { handle: body, type: markdown, label: { ar: أ, en: A } }\n  - { handle: memo, type: text, label: { ar: أ, en: A }, private: true }\n  - { handle: note, type: text, label: { ar: أ, en: A } }\n";
        let news = blueprint("news", more);
        for (changes, expected) in MISTAKES {
            let mut found =
                told(&[("blueprints/news.yaml", &news), ("collections/news.yaml", &collection("news", changes))]);
            let mut expected: Vec<String> =
                expected.iter().map(|line| format!("collections/news.yaml:{line}")).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{changes:?}");
        }
    }

    #[test]
    fn the_default_order_is_the_first_index() {
        let dated = [("dated", "true"), ("sort", "[-date, title]"), ("indexes", "[[title], [-date, title]]")];
        let registry = registry(&[
            ("blueprints/news.yaml", &blueprint("news", "")),
            ("collections/news.yaml", &collection("news", &dated)),
        ]);
        let collection = registry.find_collection("news").unwrap();
        let indexes: Vec<Vec<String>> =
            collection.indexes.iter().map(|order| order.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(indexes, [vec!["-date", "title"], vec!["title"]]);
    }
}
