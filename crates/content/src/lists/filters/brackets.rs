//! Names of filter parameters taken apart: `filter[or][0][title][eq]`.

use crate::model::Operator;

/// Deepest nesting of `and` and `or`.
pub(super) const MAX_DEPTH: usize = 4;
/// Most brackets of a name: the groups, a reference, a field behind it, an operator, a place in a list.
const MAX_SEGMENTS: usize = 2 * MAX_DEPTH + 4;

/// A group of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// All of its members hold.
    And,
    /// One of its members holds.
    Or,
}

/// A name that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bracketed<'a> {
    /// The groups and the places in them that lead to the condition.
    pub(super) groups: Vec<(Group, u16)>,
    /// What stands behind them: one to four names.
    pub(super) names: Vec<&'a str>,
}

/// Why a name could not be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misshapen {
    /// Brackets that do not pair, or something between them.
    Brackets,
    /// Too many brackets, or groups too deep.
    TooDeep,
    /// A group without a place in it.
    NoPlace,
}

/// Takes apart what stands behind `filter` in the name of a parameter. Looks at no more than a dozen brackets.
pub(super) fn take_apart(text: &str) -> Result<Bracketed<'_>, Misshapen> {
    let mut segments = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if segments.len() == MAX_SEGMENTS {
            return Err(Misshapen::TooDeep);
        }
        let (segment, behind) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or(Misshapen::Brackets)?;
        if segment.contains('[') {
            return Err(Misshapen::Brackets);
        }
        segments.push(segment);
        rest = behind;
    }
    let (mut groups, mut at) = (Vec::new(), 0);
    while let Some(group) = segments.get(at).and_then(|name| group_of(name)) {
        if groups.len() == MAX_DEPTH {
            return Err(Misshapen::TooDeep);
        }
        let place = segments.get(at + 1).and_then(|place| self::place(place)).ok_or(Misshapen::NoPlace)?;
        groups.push((group, place));
        at += 2;
    }
    let names = segments.split_off(at);
    if names.is_empty() {
        return Err(if groups.is_empty() { Misshapen::Brackets } else { Misshapen::NoPlace });
    }
    Ok(Bracketed { groups, names })
}

fn group_of(name: &str) -> Option<Group> {
    match name {
        "and" => Some(Group::And),
        "or" => Some(Group::Or),
        _ => None,
    }
}

/// A place in a group or list: at most three digits, without leading zeros.
pub(super) fn place(text: &str) -> Option<u16> {
    let formed = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if formed && (text == "0" || !text.starts_with('0')) { text.parse().ok() } else { None }
}

/// Whether brackets stand for an item of a list: empty, or with its place.
pub(super) fn is_item(text: &str) -> bool {
    text.is_empty() || place(text).is_some()
}

/// What is asked of a field, by the names behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// An operator; whether just one value of its list stands here.
    Operator(Operator, bool),
    /// A field behind a reference, with an operator.
    Behind(&'a str, Operator, bool),
    /// Nothing that can be understood.
    Nothing,
}

/// Reads the names behind a field. A name of an operator is one, unless an operator follows it.
pub(super) fn asked<'a>(names: &[&'a str]) -> Asked<'a> {
    let many = |name: &str| Operator::find(name).filter(|operator| operator.takes_many());
    match names {
        [] => Asked::Operator(Operator::Eq, false),
        [one] => match Operator::find(one) {
            Some(operator) => Asked::Operator(operator, false),
            None if is_item(one) => Asked::Nothing,
            None => Asked::Behind(one, Operator::Eq, false),
        },
        [first, second] => match (many(first), Operator::find(second)) {
            (Some(operator), _) if is_item(second) => Asked::Operator(operator, true),
            (_, Some(operator)) => Asked::Behind(first, operator, false),
            (_, None) => Asked::Nothing,
        },
        [first, second, third] => match many(second) {
            Some(operator) if is_item(third) => Asked::Behind(first, operator, true),
            Some(_) | None => Asked::Nothing,
        },
        _ => Asked::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let apart = |groups: &[(Group, u16)], names| Ok(Bracketed { groups: groups.to_vec(), names });
        assert_eq!(take_apart("[title]"), apart(&[], vec!["title"]));
        assert_eq!(
            take_apart("[or][0][and][12][a][in][]"),
            apart(&[(Group::Or, 0), (Group::And, 12)], vec!["a", "in", ""])
        );
        for bad in ["", "title", "[", "]", "[title", "title]", "[a]b", "[a][", "[[a]]", "[a]]", "[a.b]c", "([a])"] {
            assert_eq!(take_apart(bad), Err(Misshapen::Brackets), "{bad}");
        }
        for bad in
            ["[or]", "[or][title]", "[or][][a]", "[or][01][a]", "[or][1000][a]", "[or][-1][a]", "[or][٠][a]", "[or][0]"]
        {
            assert_eq!(take_apart(bad), Err(Misshapen::NoPlace), "{bad}");
        }
        assert_eq!(take_apart(&"[or][0]".repeat(5)), Err(Misshapen::TooDeep));
        assert_eq!(take_apart(&format!("{}[title]", "[or][0]".repeat(1_000))), Err(Misshapen::TooDeep));
        assert_eq!(take_apart(&"[a]".repeat(10_000)), Err(Misshapen::TooDeep));
    }

    #[test]
    fn what_stands_behind_a_field_is_an_operator_or_a_field_of_its_target() {
        use Operator::{Eq, In, Ne};
        assert_eq!(asked(&[]), Asked::Operator(Eq, false));
        assert_eq!(asked(&["ne"]), Asked::Operator(Ne, false));
        assert_eq!(asked(&["in", ""]), Asked::Operator(In, true));
        assert_eq!(asked(&["in", "7"]), Asked::Operator(In, true));
        assert_eq!(asked(&["title"]), Asked::Behind("title", Eq, false));
        assert_eq!(asked(&["title", "ne"]), Asked::Behind("title", Ne, false));
        assert_eq!(asked(&["in", "eq"]), Asked::Behind("in", Eq, false));
        assert_eq!(asked(&["in", "in", "0"]), Asked::Behind("in", In, true));
        for bad in [&[""][..], &["3"], &["ne", ""], &["title", "like"], &["a", "b", "eq"], &["a", "in", "b"], &["a"; 5]]
        {
            assert_eq!(asked(bad), Asked::Nothing, "{bad:?}");
        }
    }
}
