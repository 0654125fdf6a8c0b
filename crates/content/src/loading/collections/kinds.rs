//! What each kind of collection may declare.

use crate::{
    model::{Collection, CollectionKind},
    values::PathPattern,
    yaml::Keys,
};

/// Why a pattern does not fit its collection.
pub(crate) fn misfit(pattern: &PathPattern, kind: Option<CollectionKind>, dated: bool) -> Option<&'static str> {
    let by_kind = match kind {
        Some(CollectionKind::Tree) if !pattern.needs_parent() => {
            Some("must hold {parent}: pages of a tree live below their parents")
        }
        Some(CollectionKind::List) if pattern.needs_parent() => Some("must not hold {parent}: only trees have parents"),
        // Terms have paths of their own or below their parents, as one likes; of the others any path is told as such.
        Some(
            CollectionKind::Tree
            | CollectionKind::List
            | CollectionKind::Taxonomy
            | CollectionKind::Global
            | CollectionKind::Navigation,
        )
        | None => None,
    };
    let by_date = (pattern.needs_date() && !dated)
        .then_some("must not hold {year} or {month} unless the collection is dated: true");
    by_kind.or(by_date)
}

pub(crate) fn read_dated(keys: &mut Keys<'_>, kind: Option<CollectionKind>) -> bool {
    let dated = keys.boolean("dated").unwrap_or(false);
    if dated && kind.is_some_and(CollectionKind::is_single) {
        keys.problem("dated", "is only for collections of many entries");
    }
    dated
}

pub(crate) fn read_home(keys: &mut Keys<'_>, kind: Option<CollectionKind>) -> bool {
    let home = keys.boolean("home").unwrap_or(false);
    if home && kind.is_some_and(|kind| kind != CollectionKind::Tree) {
        keys.problem("home", "is only for trees");
    }
    home
}

pub(crate) fn read_max_depth(keys: &mut Keys<'_>, kind: Option<CollectionKind>) -> usize {
    if keys.has("max_depth") && kind.is_some_and(|kind| !kind.has_parents()) {
        keys.problem("max_depth", "is only for trees and taxonomies");
    }
    keys.count("max_depth", 1, Collection::MAX_DEPTH).unwrap_or(Collection::MAX_DEPTH)
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, collection, registry, told};

    fn check(changes: &[(&str, &str)], expected: &[&str]) {
        let mut found = told(&[
            ("blueprints/news.yaml", &blueprint("news", "")),
            ("collections/news.yaml", &collection("news", changes)),
        ]);
        found.sort();
        let expected: Vec<String> = expected.iter().map(|line| format!("collections/news.yaml:{line}")).collect();
        assert_eq!(found, expected, "{changes:?}");
    }

    #[test]
    fn each_kind_takes_what_fits_it() {
        for kind in ["tree", "taxonomy"] {
            check(&[("kind", kind), ("max_depth", "3"), ("sort", "[rank]")], &[]);
            check(&[("kind", kind), ("path", "{ ar: \"/t/{parent}/{slug}\" }")], &[]);
        }
        check(&[("kind", "taxonomy"), ("path", "{ ar: \"/topics/{slug}\" }")], &[]);
        check(&[("kind", "taxonomy"), ("home", "true")], &["9: home: is only for trees"]);
        check(&[("max_depth", "3")], &["9: max_depth: is only for trees and taxonomies"]);
        for depth in ["0", "33", "-1", "two"] {
            let told = "9: max_depth: must be a whole number from 1 to 32";
            check(&[("kind", "tree"), ("max_depth", depth)], &[told]);
        }
        check(&[("slugs", "latin")], &["9: slugs: must be keep or transliterate"]);
        check(&[("sort", "")], &["1: sort: is missing"]);
    }

    #[test]
    fn a_single_entry_has_no_page_date_parents_or_order_of_lists() {
        for kind in ["global", "navigation"] {
            check(&[("kind", kind), ("sort", "")], &[]);
            let all = [("kind", kind), ("path", "{ ar: \"/{slug}\" }"), ("dated", "true"), ("home", "true")];
            check(
                &all,
                &[
                    "10: dated: is only for collections of many entries",
                    "11: home: is only for trees",
                    "9: path: must be left out: there is one entry, and it has no page",
                ],
            );
        }
    }

    #[test]
    fn menus_are_not_searched_unless_they_say_so() {
        let enabled = |changes: &[(&str, &str)]| {
            let registry = registry(&[
                ("blueprints/news.yaml", &blueprint("news", "")),
                ("collections/news.yaml", &collection("news", changes)),
            ]);
            registry.find_collection("news").unwrap().search.enabled
        };
        assert!(enabled(&[("kind", "taxonomy")]));
        assert!(!enabled(&[("kind", "navigation")]));
        assert!(enabled(&[("kind", "global"), ("search", "{ enabled: true }")]));
    }
}
