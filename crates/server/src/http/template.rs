//! Paths of routes: `{name}` is one segment, `{name*}` all the rest.

/// Names of a path's parameters, in order.
pub(crate) fn path_parameters(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_end_matches('*'))
}

/// A path in poem's notation.
pub(crate) fn poem_path(path: &str) -> String {
    let mut out = String::new();
    for segment in path.split('/').skip(1) {
        out.push('/');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('*') {
                Some(name) => out.push_str(&format!("*{name}")),
                None => out.push_str(&format!(":{name}")),
            },
            None => out.push_str(segment),
        }
    }
    out
}

/// Whether a request's path fits a route's.
pub(crate) fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for part in template.split('/') {
        if part.ends_with("*}") {
            return segments.next().is_some();
        }
        match segments.next() {
            Some(segment) if part.starts_with('{') && !segment.is_empty() => {}
            Some(segment) if part == segment => {}
            Some(_) | None => return false,
        }
    }
    segments.next().is_none()
}

/// How many segments of a template are no parameters.
pub(crate) fn named_segments(template: &str) -> usize {
    // By name of the type: the trait `Type` in scope has an `is_empty` of its own, which would be taken for a `&&str`.
    template.split('/').filter(|part| !str::is_empty(part) && !part.starts_with('{')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_to_poem_and_recognised() {
        assert_eq!(poem_path("/entries/{id}/{locale}/publish"), "/entries/:id/:locale/publish");
        assert_eq!(poem_path("/content/{path*}"), "/content/*path");
        assert_eq!(path_parameters("/entries/{id}/{locale}").collect::<Vec<_>>(), ["id", "locale"]);
        assert!(
            fits("/entries/{id}", "/entries/x")
                && !fits("/entries/{id}", "/entries/")
                && !fits("/entries/{id}", "/entries/x/y")
        );
        assert!(fits("/content/{path*}", "/content/a/b") && !fits("/content/{path*}", "/content"));
        assert_eq!(named_segments("/entries/{id}/trash"), 2);
        assert_eq!(named_segments("/entries/{id}/{locale}"), 1);
    }
}
