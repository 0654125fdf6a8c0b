//! Reads the parameters `filter[…]=…` of a request into a filter, or tells every fault in them. The work is bounded by
//! the number of parameters: nothing is read more than once, and nothing goes deeper than the grammar allows.

use super::{
    brackets::{Asked, Bracketed, Group, MAX_DEPTH, Misshapen, asked, take_apart},
    drafts::{Condition, GroupDraft, TermDraft},
    filter::Filter,
    names::FilterName,
    refusals::{fault, unreadable},
};
use crate::{
    faults::{Expected, Fault, FaultCode},
    model::{Comparable, Filtering, Operator},
    values::Handle,
};

/// Most conditions of a filter.
const MAX_TERMS: usize = 32;
/// Most values of `in` and `nin`.
const MAX_VALUES: usize = 100;
/// Longest value, in characters.
const MAX_VALUE_CHARS: usize = 500;
/// Most faults that are told.
const MAX_FAULTS: usize = 20;

/// Collections, and what filters may name in all of them.
pub type NamesBehind = (Vec<Handle>, Vec<FilterName>);

/// What a filter may name.
pub struct Vocabulary<'a> {
    /// Names of the collection itself.
    pub names: Vec<FilterName>,
    /// The collections behind a reference that the caller may read, and what can be named there. Given the collections
    /// that the reference declares.
    pub behind: &'a dyn Fn(Option<&[Handle]>) -> NamesBehind,
}

/// Reads parameters, each with its whole name and its value; `None` where there are none.
///
/// # Errors
/// All faults, at most 20.
pub fn parse_filter(parameters: &[(&str, &str)], vocabulary: &Vocabulary<'_>) -> Result<Option<Filter>, Vec<Fault>> {
    if parameters.is_empty() {
        return Ok(None);
    }
    let mut reading = Reading { vocabulary, root: GroupDraft::default(), terms: 0, faults: Vec::new() };
    for (name, value) in parameters {
        reading.take(name, value);
        if reading.terms > MAX_TERMS {
            reading.faults = vec![fault("filter", FaultCode::TooManyItems).with("max", MAX_TERMS)];
        }
        if reading.terms > MAX_TERMS || reading.faults.len() == MAX_FAULTS {
            break;
        }
    }
    let Reading { root, mut faults, .. } = reading;
    let filter = root.into_filter(&mut faults);
    if faults.is_empty() { Ok(Some(filter)) } else { Err(faults) }
}

struct Reading<'a> {
    vocabulary: &'a Vocabulary<'a>,
    root: GroupDraft,
    terms: usize,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn take(&mut self, parameter: &str, value: &str) {
        let bracketed = match take_apart(parameter.strip_prefix("filter").unwrap_or_default()) {
            Ok(bracketed) => bracketed,
            Err(why) => return self.faults.push(misshapen(parameter, why, &self.vocabulary.names)),
        };
        match self.condition(parameter, &bracketed) {
            Ok(condition) => match read_values(parameter, value, &condition) {
                Ok(values) => {
                    let draft = TermDraft { condition, values, parameter: parameter.to_owned() };
                    self.put(&bracketed.groups, draft);
                }
                Err(fault) => self.faults.push(fault),
            },
            Err(fault) => self.faults.push(fault),
        }
    }

    /// What a name asks of which value.
    fn condition(&self, parameter: &str, bracketed: &Bracketed<'_>) -> Result<Condition, Fault> {
        let (field, names) = bracketed.names.split_first().unwrap_or((&"", &[]));
        let Some(name) = find(&self.vocabulary.names, field) else {
            return Err(not_allowed(parameter, names_of(&self.vocabulary.names)));
        };
        match asked(names) {
            Asked::Operator(operator, item) if name.filtering.operators().contains(&operator) => {
                Ok(Condition { name: name.clone(), behind: None, operator, item_by_item: item })
            }
            Asked::Behind(field, operator, item) => {
                let Filtering::Reference(collections) = &name.filtering else {
                    return Err(not_allowed(parameter, operators_of(name)));
                };
                let (collections, behind) = (self.vocabulary.behind)(collections.as_deref());
                let Some(target) = find(&behind, field) else {
                    let mut allowed = operators_of(name);
                    allowed.extend(names_of(&behind));
                    return Err(not_allowed(parameter, allowed));
                };
                if !target.filtering.operators().contains(&operator) {
                    return Err(not_allowed(parameter, operators_of(target)));
                }
                Ok(Condition {
                    name: name.clone(),
                    behind: Some((collections, target.clone())),
                    operator,
                    item_by_item: item,
                })
            }
            Asked::Operator(..) | Asked::Nothing => Err(not_allowed(parameter, operators_of(name))),
        }
    }

    fn put(&mut self, groups: &[(Group, u16)], draft: TermDraft) {
        let mut at = &mut self.root;
        for (group, place) in groups {
            at = at.groups.entry(*group).or_default().entry(*place).or_default();
        }
        let Some(known) = at.terms.iter_mut().find(|known| known.condition.asks_the_same(&draft.condition)) else {
            self.terms += 1;
            return at.terms.push(draft);
        };
        if !(known.condition.item_by_item && draft.condition.item_by_item) {
            return self.faults.push(unreadable(&draft.parameter).expecting(Expected::Once));
        }
        known.values.extend(draft.values);
        if known.values.len() > MAX_VALUES {
            // Not kept, so that the next one is told again only once.
            known.values.truncate(MAX_VALUES);
            let fault = fault(&known.parameter, FaultCode::TooManyItems).with("max", MAX_VALUES);
            if !self.faults.contains(&fault) {
                self.faults.push(fault);
            }
        }
    }
}

fn read_values(parameter: &str, value: &str, condition: &Condition) -> Result<Vec<Comparable>, Fault> {
    let Condition { operator, item_by_item, .. } = condition;
    let texts: Vec<&str> = if operator.takes_many() && !item_by_item {
        value.split(',').take(MAX_VALUES + 1).collect()
    } else {
        vec![value]
    };
    if texts.len() > MAX_VALUES {
        return Err(fault(parameter, FaultCode::TooManyItems).with("max", MAX_VALUES));
    }
    let kind = if *operator == Operator::Exists { &Filtering::Boolean } else { condition.filtering() };
    let mut values = Vec::with_capacity(texts.len());
    for text in texts {
        if text.len() > MAX_VALUE_CHARS && text.chars().count() > MAX_VALUE_CHARS {
            return Err(unreadable(parameter).expecting(Expected::TextUpTo).with("max", MAX_VALUE_CHARS));
        }
        values.push(kind.parse(text).ok_or_else(|| kind.refuse(unreadable(parameter)))?);
    }
    Ok(values)
}

fn find<'a>(names: &'a [FilterName], name: &str) -> Option<&'a FilterName> {
    names.iter().find(|known| known.by.as_str() == name)
}

fn names_of(names: &[FilterName]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| name.by.as_str().to_owned()).collect();
    names.sort();
    names
}

fn operators_of(name: &FilterName) -> Vec<String> {
    name.filtering.operators().iter().map(|operator| operator.as_str().to_owned()).collect()
}

fn misshapen(parameter: &str, why: Misshapen, names: &[FilterName]) -> Fault {
    match why {
        Misshapen::Brackets => not_allowed(parameter, names_of(names)),
        Misshapen::TooDeep => unreadable(parameter).expecting(Expected::Depth).with("max", MAX_DEPTH),
        Misshapen::NoPlace => unreadable(parameter).expecting(Expected::FilterPlace),
    }
}

fn not_allowed(parameter: &str, allowed: Vec<String>) -> Fault {
    fault(parameter, FaultCode::NotAllowedHere).with("allowed", allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        field_types::testing::short_faults,
        lists::filters::{filter::Test, subject::FilterBy},
        model::SortBy,
    };

    fn names() -> Vec<FilterName> {
        let field =
            |name: &str, filtering| FilterName { by: FilterBy::Part(SortBy::Field(name.parse().unwrap())), filtering };
        vec![
            FilterName { by: FilterBy::Id, filtering: Filtering::Id },
            field("title", Filtering::Text),
            field("year", Filtering::Integer),
            field("kind", Filtering::Option(vec!["a".to_owned(), "b".to_owned()])),
            field("category", Filtering::Reference(None)),
        ]
    }

    fn read(parameters: &[(&str, &str)]) -> Result<Option<Filter>, Vec<Fault>> {
        let behind = |_: Option<&[Handle]>| {
            let names = names().into_iter().filter(|name| name.by.as_str() != "category").collect();
            (vec!["categories".parse().unwrap()], names)
        };
        parse_filter(parameters, &Vocabulary { names: names(), behind: &behind })
    }

    fn canonical(parameters: &[(&str, &str)]) -> String {
        read(parameters).unwrap().unwrap().canonical()
    }

    fn faults(parameters: &[(&str, &str)]) -> Vec<String> {
        short_faults(&read(parameters).unwrap_err())
    }

    #[test]
    fn every_way_to_write_a_filter_is_one_filter() {
        assert_eq!(read(&[]), Ok(None));
        let same = [
            vec![("filter[kind][in]", "a,b"), ("filter[year]", "5")],
            vec![("filter[year][eq]", "5"), ("filter[kind][in][]", "b"), ("filter[kind][in][]", "a")],
            vec![("filter[and][0][kind][in][1]", "b"), ("filter[and][0][kind][in][0]", "a"), ("filter[year][in]", "5")],
        ];
        for parameters in &same {
            assert_eq!(canonical(parameters).replace("all(all(", "all("), canonical(&same[0]), "{parameters:?}");
        }
        assert_eq!(canonical(&[("filter[title]", "إدارة")]), canonical(&[("filter[title][eq]", " اداره ")]));
        assert_ne!(canonical(&[("filter[title]", "a")]), canonical(&[("filter[title][ne]", "a")]));
        assert_eq!(
            canonical(&[("filter[or][7][title]", "a"), ("filter[or][2][year][lt]", "5"), ("filter[or][2][kind]", "a")]),
            "any(\"title\" in Text(\"a\")&all(\"kind\" in Option(\"a\")&\"year\" Below { bound: Integer(5), inclusive: false }))"
        );
    }

    #[test]
    fn a_reference_is_followed_once() {
        let Some(Filter::Hop(hop)) = read(&[("filter[category][title][contains]", "أ")]).unwrap() else { panic!() };
        assert_eq!((hop.by.as_str(), hop.term.by.as_str()), ("category", "title"));
        assert_eq!(hop.term.test, Test::Contains("ا".to_owned()));
        assert_eq!(canonical(&[("filter[category][title]", "x")]), canonical(&[("filter[category][title][eq]", "x")]));
        assert_eq!(
            faults(&[("filter[category][category][title]", "x")]),
            ["/filter[category][category][title] not_allowed_here"]
        );
        assert_eq!(faults(&[("filter[title][year]", "5")]), ["/filter[title][year] not_allowed_here"]);
    }

    #[test]
    fn what_may_not_be_named_is_answered_alike_with_what_may() {
        let allowed = |name: &str| read(&[(name, "x")]).unwrap_err()[0].params["allowed"].clone();
        let names = serde_json::json!(["category", "id", "kind", "title", "year"]);
        for name in [
            "filter[secret]",
            "filter[a.b]",
            "filter[\"title\"]",
            "filter['; DROP TABLE entries; --]",
            "filter[]",
            "filter[not][0][title]",
            "filter",
            "filter[title",
            "filter[[title]]",
        ] {
            assert_eq!(allowed(name), names, "{name}");
        }
        assert_eq!(
            allowed("filter[title][like]"),
            serde_json::json!(["eq", "ne", "in", "nin", "contains", "starts_with", "exists"])
        );
        assert_eq!(
            allowed("filter[year][contains]"),
            serde_json::json!(["eq", "ne", "lt", "lte", "gt", "gte", "in", "nin", "exists"])
        );
        assert_eq!(
            allowed("filter[category][secret]"),
            serde_json::json!(["eq", "ne", "in", "nin", "exists", "id", "kind", "title", "year"])
        );
    }

    #[test]
    fn all_faults_come_at_once() {
        assert_eq!(
            faults(&[
                ("filter[title]", ""),
                ("filter[year]", "+5"),
                ("filter[kind][in]", ""),
                ("filter[id]", "' OR 1=1"),
                ("filter[kind][exists]", "yes"),
                ("filter[year][lt]", "1"),
                ("filter[year][lt]", "1"),
                ("filter[or][title]", "x"),
            ]),
            [
                "/filter[title] invalid_parameter",
                "/filter[year] invalid_parameter",
                "/filter[kind][in] invalid_parameter",
                "/filter[id] invalid_parameter",
                "/filter[kind][exists] invalid_parameter",
                "/filter[year][lt] invalid_parameter",
                "/filter[or][title] invalid_parameter",
            ]
        );
    }

    #[test]
    fn every_bound_binds() {
        let deep = format!("filter{}[title]", "[or][0]".repeat(1_000));
        let pointer = deep.chars().take(100).collect::<String>();
        assert_eq!(faults(&[(&deep, "x")]), [format!("/{pointer} invalid_parameter")]);
        let names: Vec<String> =
            (0..10_000).map(|place| format!("filter[or][{}][and][{}][title]", place / 1_000, place % 1_000)).collect();
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(faults(&many), ["/filter too_many_items"]);
        assert!(read(&many[..32]).is_ok());
        let values = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert!(read(&[("filter[year][in]", &values(100))]).is_ok());
        assert_eq!(faults(&[("filter[year][in]", &values(101))]), ["/filter[year][in] too_many_items"]);
        assert_eq!(faults(&vec![("filter[year][in][]", "5"); 5_000]), ["/filter[year][in][] too_many_items"]);
        assert!(read(&[("filter[title]", &"ا".repeat(500))]).is_ok());
        assert_eq!(faults(&[("filter[title]", &"ا".repeat(501))]), ["/filter[title] invalid_parameter"]);
        assert_eq!(faults(&vec![("filter[x]", "x"); 10_000]).len(), MAX_FAULTS);
    }

    proptest! {
        #[test]
        fn any_parameters_are_read_or_refused(parameters in proptest::collection::vec(("filter(\\[(or|and|0|1|title|year|category|in|eq||[^a]{0,3})\\]){0,9}", "\\PC{0,6}"), 0..20)) {
            let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            match read(&parameters) {
                Ok(filter) => prop_assert_eq!(filter.is_none(), parameters.is_empty()),
                Err(faults) => prop_assert!((1..=MAX_FAULTS).contains(&faults.len())),
            }
        }
    }
}
