//! Names of types.

use crate::values::Handle;

/// A handle as the name of a type: `tender_notices` as `TenderNotices`. An underscore that no letter follows stays, so that
/// different handles have different names.
pub fn type_name(handle: &Handle) -> String {
    let mut name = String::with_capacity(handle.as_str().len());
    let mut raise = true;
    for c in handle.as_str().chars() {
        match (raise, c) {
            (true, 'a'..='z') => name.push(c.to_ascii_uppercase()),
            (true, _) => {
                name.push('_');
                if c != '_' {
                    name.push(c);
                }
            }
            (false, '_') => {}
            (false, _) => name.push(c),
        }
        raise = c == '_';
    }
    if raise {
        name.push('_');
    }
    name
}

/// The type of a blueprint's data.
pub(super) fn data_name(blueprint: &Handle) -> String {
    format!("{}Data", type_name(blueprint))
}

/// The type of a collection's entries.
pub(super) fn entry_name(collection: &Handle) -> String {
    format!("{}Entry", type_name(collection))
}

/// The type of a page of a collection's entries.
pub(super) fn entry_list_name(collection: &Handle) -> String {
    format!("{}EntryList", type_name(collection))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(handle: &str) -> String {
        type_name(&handle.parse().unwrap())
    }

    #[test]
    fn handles_become_names_of_types() {
        let cases = [
            ("news", "News"),
            ("tender_notices", "TenderNotices"),
            ("a__b", "A_B"),
            ("a_b_", "AB_"),
            ("a_1", "A_1"),
            ("a1", "A1"),
            ("a___", "A___"),
        ];
        for (handle, name) in cases {
            assert_eq!(named(handle), name, "{handle}");
        }
    }

    proptest! {
        #[test]
        fn different_handles_have_different_names(a in "[ab][ab1_]{0,6}", b in "[ab][ab1_]{0,6}") {
            prop_assert_eq!(named(&a) == named(&b), a == b, "{} {}", a, b);
        }
    }
}
