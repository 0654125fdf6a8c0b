//! How a list is answered from stored keys: which of its lists, from where to where, and what is left to check.

use super::{
    lists::{KeyList, ListPart, PartKind, sort_keys},
    span::{Bound, Span, beginning_span, range_span},
};
use crate::{
    lists::filters::{Filter, FilterBy, Term, Test},
    model::{Comparable, SortBy, SortKey},
    values::{EQUALITY_PREFIX_MAX_BYTES, EntryId, KeyPart, Locale, encode_prefix, equality_key},
};

/// Most runs of keys that are merged into one list.
const MAX_SPANS: usize = 100;
/// Lists that are tried before a request is refused.
const MAX_TRIES: usize = 3;

/// How a list is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// The filter contradicts itself.
    Nothing,
    /// The filter names the entries: they are looked up and checked.
    Entries(Vec<EntryId>),
    /// Keys answer it whole, in order, at any size.
    Keys(KeyPlan),
    /// Entries must be looked at; by the first of these that leaves few enough.
    Candidates(Vec<KeyPlan>),
}

/// Runs of keys of one list.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPlan {
    /// Which list.
    pub list: KeyList,
    /// Which runs of it, at least one. Merged by what follows their prefixes they are in the order of the list.
    pub spans: Vec<Span>,
    /// An entry may stand in several runs, with the same bytes behind their prefixes.
    pub repeats: bool,
    /// What follows the prefixes is just the order that was asked for, byte for byte the key of that order.
    pub in_order: bool,
    /// The keys answer the whole filter, and in order.
    pub serves: bool,
    /// What follows the prefixes: all that parts keys from one another, which may be more than was asked for.
    pub order: Vec<SortKey>,
}

/// What is left of an order among entries that all have one value in some of its steps.
pub fn effective_order(filter: &Filter, order: &[SortKey]) -> Vec<SortKey> {
    let fixed = |by: &SortBy| {
        conditions(filter).iter().any(|condition| match condition {
            Filter::Term(Term { by: FilterBy::Part(known), test: Test::OneOf(values), .. }) => {
                known == by && values.len() == 1 && !matches!(values[0], Comparable::Text(_))
            }
            Filter::Term(_) | Filter::All(_) | Filter::Any(_) | Filter::Hop(_) | Filter::PointsTo { .. } => false,
        })
    };
    order.iter().filter(|key| !fixed(&key.by)).cloned().collect()
}

/// Plans a list. `order` is what [`effective_order`] leaves; `lists` are those of the collection, not empty, the first
/// with a key for every entry.
pub fn plan(filter: &Filter, order: &[SortKey], lists: &[KeyList], locale: &Locale) -> Plan {
    let conditions = conditions(filter);
    if conditions.iter().any(|condition| is_never(condition)) {
        return Plan::Nothing;
    }
    if let Some(ids) = conditions.iter().find_map(|condition| named_ids(condition)) {
        return Plan::Entries(ids);
    }
    let mut plans: Vec<(usize, KeyPlan)> =
        lists.iter().filter_map(|list| plan_list(list, &conditions, order, locale)).collect();
    if let Some((_, plan)) = plans.iter().filter(|(_, plan)| plan.serves).min_by_key(|(_, plan)| plan.spans.len()) {
        return Plan::Keys(plan.clone());
    }
    // The most conditions answered first; among equals one that is in order.
    plans.sort_by_key(|(answered, plan)| (std::cmp::Reverse(*answered), !plan.in_order));
    let narrowing = plans.iter().filter(|(answered, _)| *answered > 0).take(MAX_TRIES);
    let mut tried: Vec<KeyPlan> = narrowing.map(|(_, plan)| plan.clone()).collect();
    let unnarrowed = plans.into_iter().find(|(answered, _)| *answered == 0);
    tried.extend(unnarrowed.map(|(_, plan)| plan));
    Plan::Candidates(tried)
}

/// What must hold together.
pub(super) fn conditions(filter: &Filter) -> Vec<&Filter> {
    let mut found = Vec::new();
    let mut open = vec![filter];
    while let Some(filter) = open.pop() {
        match filter {
            Filter::All(filters) => open.extend(filters.iter().rev()),
            Filter::Any(_) | Filter::Term(_) | Filter::Hop(_) | Filter::PointsTo { .. } => found.push(filter),
        }
    }
    found
}

fn is_never(condition: &Filter) -> bool {
    match condition {
        Filter::Any(filters) => filters.is_empty(),
        Filter::Term(Term { test: Test::OneOf(values), .. }) => values.is_empty(),
        Filter::PointsTo { targets, .. } => targets.is_empty(),
        Filter::Hop(_) => true,
        Filter::Term(_) | Filter::All(_) => false,
    }
}

fn named_ids(condition: &Filter) -> Option<Vec<EntryId>> {
    let Filter::Term(Term { by: FilterBy::Id, test: Test::OneOf(values), .. }) = condition else { return None };
    Some(values.iter().filter_map(Comparable::entry).collect())
}

/// What one list answers, with how many conditions of it; nothing where it lacks keys.
fn plan_list(list: &KeyList, conditions: &[&Filter], order: &[SortKey], locale: &Locale) -> Option<(usize, KeyPlan)> {
    let mut prefixes: Vec<Vec<u8>> = vec![Vec::new()];
    let mut answered = vec![false; conditions.len()];
    let (mut fixed, mut repeats) = (0, false);
    for part in &list.parts {
        let Some((place, values)) = equality(part, conditions, &answered, locale) else { break };
        if prefixes.len() * values.len() > MAX_SPANS {
            break;
        }
        repeats |= part.kind == PartKind::Element && values.len() > 1;
        prefixes = prefixes
            .iter()
            .flat_map(|prefix| {
                values.iter().map(|value| [prefix.clone(), encode_prefix(&[(value.clone(), part.descending)])].concat())
            })
            .collect();
        answered[place] = true;
        fixed += 1;
    }
    let rest = &list.parts[fixed..];
    if rest.iter().any(|part| part.kind == PartKind::Element) {
        return None;
    }
    let ranged = rest.first().and_then(|part| range(part, conditions, &mut answered, locale));
    let spans: Option<Vec<Span>> = prefixes.into_iter().map(|prefix| span_of(prefix, ranged.as_ref())).collect();
    let count = answered.iter().filter(|answered| **answered).count();
    let plan = KeyPlan {
        list: list.clone(),
        spans: spans?,
        repeats,
        in_order: rest.len() == order.len() && is_ordered(rest, order),
        serves: count == conditions.len() && is_ordered(rest, order),
        order: sort_keys(rest),
    };
    Some((count, plan))
}

/// How the first part behind the prefixes is narrowed.
enum Narrowed {
    Within { low: Option<Bound>, high: Option<Bound>, descending: bool },
    Beginning(Vec<u8>),
}

fn span_of(prefix: Vec<u8>, narrowed: Option<&Narrowed>) -> Option<Span> {
    match narrowed {
        None => Some(Span::of_prefix(prefix)),
        Some(Narrowed::Within { low, high, descending }) => {
            range_span(&prefix, low.as_ref(), high.as_ref(), *descending)
        }
        Some(Narrowed::Beginning(beginning)) => Some(beginning_span(&prefix, beginning)),
    }
}

/// Whether keys that consist of these parts begin with an order.
fn is_ordered(parts: &[ListPart], order: &[SortKey]) -> bool {
    order.len() <= parts.len()
        && order.iter().zip(parts).all(|(key, part)| {
            let by_value = match part.kind {
                PartKind::Value | PartKind::Collated => true,
                PartKind::Folded | PartKind::Element => false,
            };
            by_value && key.by == part.by && key.descending == part.descending
        })
}

/// The first open condition that asks for equality with a part, and the parts of keys that answer it.
fn equality(
    part: &ListPart,
    conditions: &[&Filter],
    answered: &[bool],
    locale: &Locale,
) -> Option<(usize, Vec<KeyPart>)> {
    match part.kind {
        PartKind::Collated => return None,
        PartKind::Value | PartKind::Folded | PartKind::Element => {}
    }
    for (place, condition) in conditions.iter().enumerate().filter(|(place, _)| !answered[*place]) {
        match condition {
            Filter::Term(Term { by: FilterBy::Part(by), test: Test::OneOf(values), .. }) if *by == part.by => {
                return Some((place, values.iter().map(|value| value.key_part(locale)).collect()));
            }
            Filter::PointsTo { by: FilterBy::Part(by), targets } if *by == part.by => {
                return Some((place, targets.iter().map(|target| KeyPart::Id(target.0)).collect()));
            }
            Filter::Term(_) | Filter::PointsTo { .. } | Filter::All(_) | Filter::Any(_) | Filter::Hop(_) => {}
        }
    }
    None
}

/// The range that open conditions leave of a part; those that it answers are marked.
fn range(part: &ListPart, conditions: &[&Filter], answered: &mut [bool], locale: &Locale) -> Option<Narrowed> {
    let (mut low, mut high): (Option<Bound>, Option<Bound>) = (None, None);
    for (place, condition) in conditions.iter().enumerate() {
        let Filter::Term(Term { by: FilterBy::Part(by), test, .. }) = condition else { continue };
        if answered[place] || *by != part.by {
            continue;
        }
        let bound = |bound: &Comparable, inclusive| Some(Bound { part: bound.key_part(locale), inclusive });
        match (part.kind, test) {
            (PartKind::Value, Test::Above { bound: value, inclusive }) if low.is_none() => {
                low = bound(value, *inclusive);
            }
            (PartKind::Value, Test::Below { bound: value, inclusive }) if high.is_none() => {
                high = bound(value, *inclusive);
            }
            (PartKind::Folded, Test::StartsWith(folded)) if folded.len() <= EQUALITY_PREFIX_MAX_BYTES => {
                answered[place] = true;
                return Some(Narrowed::Beginning(equality_key(folded)));
            }
            (PartKind::Value | PartKind::Collated | PartKind::Folded | PartKind::Element, _) => continue,
        }
        answered[place] = true;
    }
    (low.is_some() || high.is_some()).then_some(Narrowed::Within { low, high, descending: part.descending })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lists::{
            filters::{Vocabulary, filter_names, names_behind, parse_filter, sort_names},
            plans::{lists::key_lists, needed_index::needed_index},
        },
        loading::testing::registry,
        model::{Blueprint, Registry},
    };

    const BLUEPRINT: &str = "handle: news
label: { ar: أ, en: A }
fields:
  - { handle: title, type: text, label: { ar: أ, en: A }, required: true, filterable: true }
  - { handle: kind, type: select, label: { ar: أ, en: A }, max_items: 1, filterable: true, options: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: أ, en: A } }] }
  - { handle: topics, type: list, label: { ar: أ, en: A }, filterable: true }
  - { handle: year, type: integer, label: { ar: أ, en: A }, filterable: true }
";
    const COLLECTION: &str = "handle: news
kind: list
label: { ar: أ, en: A }
blueprints: [news]
locales: [ar]
title_field: title
owner: required
dated: true
sort: [-date, title]
indexes: [[title], [kind, -date], [topics, -date], [department, kind, year], [-year, title]]
";

    fn news() -> Registry {
        registry(&[("blueprints/news.yaml", BLUEPRINT), ("collections/news.yaml", COLLECTION)])
    }

    /// A plan in a few words: the list and how many runs of it, or what else is done.
    fn planned(conditions: &str, sort: &str) -> String {
        let registry = news();
        let collection = registry.find_collection("news").unwrap();
        let blueprints: Vec<&Blueprint> = registry.blueprints_of(collection).map(|found| &**found).collect();
        let behind = |_: Option<&[crate::Handle]>| (Vec::new(), names_behind([]));
        let vocabulary = Vocabulary { names: filter_names(collection, &blueprints), behind: &behind };
        let parameters: Vec<(&str, &str)> =
            conditions.split(' ').filter(|c| !c.is_empty()).map(|c| c.split_once('=').unwrap()).collect();
        let filter = parse_filter(&parameters, &vocabulary).unwrap().unwrap_or(Filter::All(Vec::new()));
        let order: Vec<SortKey> = sort
            .split(',')
            .map(|step| {
                let (name, descending) = step.strip_prefix('-').map_or((step, false), |name| (name, true));
                let names = sort_names(collection, &blueprints);
                SortKey { by: names.into_iter().find(|by| by.as_str() == name).unwrap(), descending }
            })
            .collect();
        let order = effective_order(&filter, &order);
        let short = |plan: &KeyPlan| {
            let name = plan.list.name(&collection.handle, &collection.locales[0]);
            format!("{} x{}", name.strip_prefix("news:ar:").unwrap(), plan.spans.len())
        };
        match plan(&filter, &order, &key_lists(collection, &blueprints), &collection.locales[0]) {
            Plan::Nothing => "nothing".to_owned(),
            Plan::Entries(ids) => format!("{} entries", ids.len()),
            Plan::Keys(plan) => format!("keys of {}", short(&plan)),
            Plan::Candidates(plans) => {
                let needed =
                    needed_index(&filter, &order).map(|needed| crate::lists::plans::lists::order_name(&needed));
                let plans: Vec<String> = plans.iter().map(short).collect();
                format!("look at {}; needs {}", plans.join(" or "), needed.unwrap_or_else(|| "?".to_owned()))
            }
        }
    }

    #[test]
    fn declared_indexes_answer_equality_on_their_beginning_and_the_order_behind_it() {
        assert_eq!(planned("", "-date"), "keys of -date,title x1");
        assert_eq!(planned("", "-date,title"), "keys of -date,title x1");
        assert_eq!(planned("filter[kind]=a", "-date,title"), "keys of kind,-date,title x1");
        assert_eq!(planned("filter[kind]=a", "-date"), "keys of kind,-date,title x1");
        assert_eq!(planned("filter[kind]=a", "kind,-date"), "keys of kind,-date,title x1");
        assert_eq!(planned("filter[kind][in]=a,b", "-date"), "keys of kind,-date,title x2");
        assert_eq!(planned("filter[topics][in]=x,y,z", "-date"), "keys of topics,-date,title x3");
        assert_eq!(planned("filter[topics]=x", "-date"), "keys of topics,-date,title x1");
        assert_eq!(
            planned("filter[and][0][kind]=a filter[and][1][date][lt]=2026-01-01", "-date"),
            "keys of kind,-date,title x1"
        );
        assert_eq!(
            planned("filter[date][gte]=2026-01-01 filter[date][lt]=2027-01-01", "-date"),
            "keys of -date,title x1"
        );
        let id = "6c5a7ac3-546c-4172-947a-231133096268";
        assert_eq!(
            planned(&format!("filter[department]={id} filter[kind][in]=a,b filter[year][gt]=5"), "year"),
            "keys of department,kind,year,-date,title x2"
        );
        assert_eq!(planned(&format!("filter[id]={id} filter[kind]=a"), "-date"), "1 entries");
    }

    #[test]
    fn a_text_is_found_by_its_folded_form_and_sorted_by_its_collation() {
        assert_eq!(planned("", "title"), "keys of title,-date x1");
        assert_eq!(planned("filter[title]=الموازنه", "-date"), "keys of =title,-date x1");
        assert_eq!(
            planned("filter[title][starts_with]=الموا", "-date"),
            "look at =title,-date x1 or -date,title x1; needs title,-date"
        );
    }

    #[test]
    fn what_keys_do_not_answer_is_looked_at_by_the_list_that_narrows_most() {
        assert_eq!(planned("filter[title][contains]=x", "-date,title"), "look at -date,title x1; needs ?");
        assert_eq!(
            planned("filter[title][contains]=x filter[kind]=a", "-date"),
            "look at kind,-date,title x1 or -date,title x1; needs ?"
        );
        assert_eq!(
            planned("filter[kind]=a", "title"),
            "look at kind,-date,title x1 or -date,title x1; needs kind,title"
        );
        assert_eq!(
            planned("filter[year][gte]=2020", "title"),
            "look at -year,title,-date x1 or -date,title x1; needs ?"
        );
        assert_eq!(planned("filter[or][0][kind]=a filter[or][1][year]=5", "-date"), "look at -date,title x1; needs ?");
        assert_eq!(planned("filter[kind][ne]=a", "-date"), "look at -date,title x1; needs ?");
        assert_eq!(planned("", "-date,-year"), "look at -date,title x1; needs -date,-year");
        assert_eq!(planned("", "year"), "look at -date,title x1; needs year");
    }

    #[test]
    fn a_filter_that_contradicts_itself_looks_at_nothing() {
        let none = Filter::All(vec![Filter::Term(Term {
            by: FilterBy::Part(SortBy::Department),
            reference: false,
            test: Test::OneOf(Vec::new()),
        })]);
        let list = KeyList { parts: Vec::new() };
        assert_eq!(plan(&none, &[], &[list], &"ar".parse().unwrap()), Plan::Nothing);
    }
}
