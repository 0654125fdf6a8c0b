//! Which fields are answered and what is expanded beside an entry: names as sent, held against what the asker may read.
//!
//! A name leads from an entry to others: a public reference field to what it refers to, or the reverse name that a reference
//! field of another blueprint declares to those who refer to the entry. Names are joined by dots, to depth 3, which also
//! bounds circles: an entry may well be expanded again below itself. What is private is answered like what does not exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use diwan_content::{Collection, Expected, Fault, FaultCode, InclusionWay, Pointer, rights::PublicScope};

use crate::{cms::Cms, error::CmsError};

/// Most names that `include` takes.
const MAX_NAMES: usize = 20;
/// Most names joined by dots.
const MAX_DEPTH: usize = 3;
/// Most names that one list of fields takes.
const MAX_FIELDS: usize = 200;

/// Which fields of entries are answered and what is expanded beside them, as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names with commas between them, each a reference field or the reverse of one, with dots to go on from there.
    pub include: Option<String>,
    /// Names of fields with commas between them; all public fields when absent.
    pub fields: Option<String>,
    /// The same for included entries, by the name under which they are included.
    pub included_fields: Vec<(String, String)>,
}

/// What of an entry is answered, and what is expanded beside it.
#[derive(Debug, Clone, Default)]
pub(in crate::reads) struct Expansion {
    /// The fields of its data; `None`: all public ones.
    pub(in crate::reads) fields: Option<BTreeSet<String>>,
    /// What is expanded, by name.
    pub(in crate::reads) inclusions: BTreeMap<String, Wanted>,
}

/// One name that is expanded.
#[derive(Debug, Clone)]
pub(in crate::reads) struct Wanted {
    /// The name with those before it.
    pub(in crate::reads) path: String,
    /// How it leads to other entries.
    pub(in crate::reads) way: InclusionWay,
    /// What is answered of those.
    pub(in crate::reads) expansion: Expansion,
}

/// Names as sent, taken apart.
#[derive(Debug, Default)]
pub(in crate::reads) struct Names {
    include: BTreeSet<Vec<String>>,
    /// By the path of the inclusion; of the entry itself under the empty one.
    fields: BTreeMap<String, BTreeSet<String>>,
}

impl Selection {
    /// Takes the names apart, and tells every fault in their form.
    pub(in crate::reads) fn read(&self, faults: &mut Vec<Fault>) -> Names {
        let Self { include, fields, included_fields } = self;
        let mut names = Names::default();
        let wanted = include.as_ref().map_or_else(Vec::new, |text| split(text, "include", MAX_NAMES, faults));
        for name in wanted {
            let steps: Vec<String> = name.split('.').take(MAX_DEPTH + 1).map(str::to_owned).collect();
            if steps.len() > MAX_DEPTH {
                faults.push(form_fault("include", Expected::DottedNamesUpTo, MAX_DEPTH));
            } else {
                names.include.insert(steps);
            }
        }
        if let Some(text) = fields {
            let of_entry = split(text, "fields", MAX_FIELDS, faults).into_iter().map(str::to_owned).collect();
            names.fields.insert(String::new(), of_entry);
        }
        if included_fields.len() > MAX_NAMES {
            faults.push(form_fault("fields", Expected::IncludedFieldsUpTo, MAX_NAMES));
            return names;
        }
        for (path, text) in included_fields {
            let parameter = of_included(path);
            let of_it = split(text, &parameter, MAX_FIELDS, faults).into_iter().map(str::to_owned).collect();
            names.fields.insert(path.clone(), of_it);
        }
        names
    }
}

impl Cms {
    /// What is answered of entries of a collection.
    ///
    /// # Errors
    /// The faults that are known already, all in the form of names, and all names that are not to be had, each with those
    /// that are.
    pub(in crate::reads) fn selected(
        &self,
        scope: PublicScope,
        collection: &Arc<Collection>,
        selection: &Selection,
        mut faults: Vec<Fault>,
    ) -> Result<Expansion, CmsError> {
        let names = selection.read(&mut faults);
        let expansion = self.expansion(scope, collection, &names, &mut faults);
        if faults.is_empty() { Ok(expansion) } else { Err(CmsError::BadParameters(faults)) }
    }

    /// What the names mean for entries of a collection. All that are not to be had become faults.
    pub(in crate::reads) fn expansion(
        &self,
        scope: PublicScope,
        collection: &Arc<Collection>,
        names: &Names,
        faults: &mut Vec<Fault>,
    ) -> Expansion {
        let mut known = BTreeSet::from([String::new()]);
        let whole: Vec<&[String]> = names.include.iter().map(Vec::as_slice).collect();
        let mut level = Level { cms: self, scope, names, known: &mut known, faults };
        let expansion = level.expand("", std::slice::from_ref(collection), &whole);
        for path in names.fields.keys().filter(|path| !known.contains(*path)) {
            let allowed: Vec<String> =
                known.iter().filter(|path| !path.is_empty()).map(|path| of_included(path)).collect();
            let pointer = Pointer::root().key(&of_included(path));
            faults.push(Fault::new(pointer, FaultCode::NotAllowedHere).with("allowed", allowed));
        }
        faults.dedup();
        expansion
    }
}

/// One level of names on the way down.
struct Level<'a> {
    cms: &'a Cms,
    scope: PublicScope,
    names: &'a Names,
    /// Paths of all inclusions so far.
    known: &'a mut BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
}

impl Level<'_> {
    /// Goes at most as deep as names were joined.
    fn expand(&mut self, path: &str, collections: &[Arc<Collection>], wanted: &[&[String]]) -> Expansion {
        let fields = self.fields(path, collections);
        let mut expansion = Expansion { fields, inclusions: BTreeMap::new() };
        let firsts: BTreeSet<&String> = wanted.iter().filter_map(|steps| steps.first()).collect();
        if firsts.is_empty() {
            return expansion;
        }
        let offers = self.cms.registry().inclusions(collections, |collection| self.scope.allows(collection));
        let allowed: Vec<String> = offers.keys().map(|name| joined(path, name.as_str())).collect();
        for first in firsts {
            let Some((_, offer)) = offers.iter().find(|(name, _)| name.as_str() == first) else {
                let fault = Fault::new(Pointer::root().key("include"), FaultCode::NotAllowedHere);
                self.faults.push(fault.with("allowed", allowed.clone()));
                continue;
            };
            let below: Vec<&[String]> =
                wanted.iter().filter(|steps| steps.first() == Some(first)).map(|steps| &steps[1..]).collect();
            let path = joined(path, first);
            self.known.insert(path.clone());
            let below = self.expand(&path, &offer.leads_to, &below);
            expansion.inclusions.insert(first.clone(), Wanted { path, way: offer.way.clone(), expansion: below });
        }
        expansion
    }

    /// The fields asked for of entries at a path; a fault where one is not to be had.
    fn fields(&mut self, path: &str, collections: &[Arc<Collection>]) -> Option<BTreeSet<String>> {
        let wanted = self.names.fields.get(path)?;
        let blueprints = collections.iter().flat_map(|collection| self.cms.registry().blueprints_of(collection));
        let allowed: BTreeSet<String> =
            blueprints.flat_map(|blueprint| blueprint.public_fields().map(|field| field.handle.to_string())).collect();
        if !wanted.is_subset(&allowed) {
            let parameter = if path.is_empty() { "fields".to_owned() } else { of_included(path) };
            let fault = Fault::new(Pointer::root().key(&parameter), FaultCode::NotAllowedHere);
            self.faults.push(fault.with("allowed", allowed.into_iter().collect::<Vec<_>>()));
        }
        Some(wanted.clone())
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn of_included(path: &str) -> String {
    // Names are told back: a long one is cut.
    format!("fields[{}]", path.chars().take(100).collect::<String>())
}

fn form_fault(parameter: &str, expected: Expected, max: usize) -> Fault {
    Fault::new(Pointer::root().key(parameter), FaultCode::InvalidParameter).expecting(expected).with("max", max)
}

/// Names between commas; none, with a fault, where there are too many or one is empty.
fn split<'a>(text: &'a str, parameter: &str, most: usize, faults: &mut Vec<Fault>) -> Vec<&'a str> {
    let names: Vec<&str> = text.split(',').take(most + 1).collect();
    if names.len() > most || names.iter().any(|name| name.is_empty()) {
        faults.push(form_fault(parameter, Expected::NamesUpTo, most));
        return Vec::new();
    }
    names
}
