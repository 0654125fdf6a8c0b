//! Reads `paths.yaml`: what no entry may take.

use super::collection::CollectionDrafts;
use crate::{loading::files::Source, values::PublicPath, yaml::Keys};

/// Most reserved paths.
const MAX_RESERVED: usize = 200;

/// The reserved paths, each with all that stands below it.
pub(crate) fn load_reserved<'a>(sources: impl Iterator<Item = &'a Source>) -> Vec<PublicPath> {
    let mut reserved = Vec::new();
    for source in sources {
        let Some(mut keys) = Keys::open(&source.root, "", &source.problems) else { continue };
        keys.list_nodes("reserved", 0, MAX_RESERVED);
        for text in keys.texts("reserved").unwrap_or_default() {
            let segments: Vec<&str> = text.strip_prefix('/').unwrap_or_default().split('/').collect();
            if segments.iter().all(|segment| diwan_arabic::is_slug(segment)) {
                reserved.push(PublicPath::from_segments(segments));
            } else {
                keys.problem("reserved", format!("{text:?} is no path such as /docs or /old/archive"));
            }
        }
        keys.finish();
    }
    reserved
}

/// Checks that no collection's entries would all live below a reserved path.
pub(crate) fn check_reserved(collections: &CollectionDrafts<'_>, reserved: &[PublicPath]) {
    for draft in collections.values() {
        for (locale, pattern, line) in &draft.patterns {
            let above = reserved.iter().find(|above| above.folded().holds(&pattern.fixed_start().folded()));
            if let Some(above) = above {
                draft.problems.add(*line, format!("path.{locale}"), format!("stands below {above}, which is reserved"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::loading::testing::{blueprint, collection, registry, told};

    fn files(paths: &str, pattern: &'static str) -> Vec<(&'static str, String)> {
        vec![
            ("paths.yaml", paths.to_owned()),
            ("blueprints/news.yaml", blueprint("news", "")),
            ("collections/news.yaml", collection("news", &[("path", pattern)])),
        ]
    }

    fn mistakes(paths: &str, pattern: &'static str) -> Vec<String> {
        let files = files(paths, pattern);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        told(&files)
    }

    #[test]
    fn reserved_paths_are_paths_that_no_collection_lives_below() {
        let free = "{ ar: \"/news/{slug}\" }";
        assert_eq!(mistakes("reserved: [/v1, /old/archive]", free), Vec::<String>::new());
        assert_eq!(mistakes("reserved: []", free), Vec::<String>::new());
        assert_eq!(
            mistakes("reserved: [v1, \"/\", \"/A b\"]", free),
            [
                "paths.yaml:1: reserved: \"/\" is no path such as /docs or /old/archive",
                "paths.yaml:1: reserved: \"/A b\" is no path such as /docs or /old/archive",
                "paths.yaml:1: reserved: \"v1\" is no path such as /docs or /old/archive",
            ]
        );
        assert_eq!(mistakes("forbidden: []", free), ["paths.yaml:1: forbidden: is not known here; allowed: reserved"]);
        assert_eq!(
            mistakes("reserved: [/v1]", "{ ar: \"/v1/news/{slug}\" }"),
            ["collections/news.yaml:9: path.ar: stands below /v1, which is reserved"]
        );
    }

    #[test]
    fn what_is_reserved_is_so_in_any_spelling_and_with_all_below_it() {
        let files = files("reserved: [/أرشيف]", "{ ar: \"/{slug}\", en: \"/en/{slug}\" }");
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let registry = registry(&files);
        let collection = registry.find_collection("news").unwrap();
        let reserves = |locale: &str, path: &str| {
            let locale = locale.parse().unwrap();
            registry.reserves(collection, &locale, &crate::values::PublicPath::from_request(path).unwrap())
        };
        assert!(reserves("ar", "/ارشيف") && reserves("ar", "/أرشيف/قديم"));
        assert!(!reserves("ar", "/أرشيفنا") && !reserves("ar", "/news"));
        // The first segment of the other locale's paths, unless it is the pattern that gives it.
        assert!(reserves("ar", "/en") && reserves("ar", "/EN/news"));
        assert!(!reserves("en", "/en/news"));
    }
}
