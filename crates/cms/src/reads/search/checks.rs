//! Parameters of a search, checked against what the asker may know of; all mistakes at once.

use diwan_content::{CalendarDate, Expected, Fault, FaultCode, Handle, Pointer};
use diwan_search::{Facet, FieldFilter, day_number};

/// Names that must be among those that the asker may know.
pub(super) fn check_names(
    names: &[String],
    allowed: &[Handle],
    parameter: &str,
    faults: &mut Vec<Fault>,
) -> Vec<Handle> {
    let mut found = Vec::new();
    for name in names {
        match allowed.iter().find(|handle| handle.as_str() == name) {
            Some(handle) => found.push(handle.clone()),
            None => {
                let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                let fault = Fault::new(Pointer::root().key(parameter), FaultCode::NotAllowedHere);
                push_once(fault.with("allowed", names), faults);
            }
        }
    }
    found
}

/// A day as a number.
pub(crate) fn check_day(day: Option<String>, parameter: &str, faults: &mut Vec<Fault>) -> Option<u32> {
    let parsed = day?.parse::<CalendarDate>().ok();
    if parsed.is_none() {
        let fault = Fault::new(Pointer::root().key(parameter), FaultCode::InvalidParameter);
        faults.push(fault.expecting(Expected::Date));
    }
    parsed.map(day_number)
}

/// Filters on fields that search counts by; a private field is told like one that does not exist.
pub(super) fn check_fields(
    fields: Vec<(String, Vec<String>)>,
    allowed: &[Handle],
    faults: &mut Vec<Fault>,
) -> Vec<FieldFilter> {
    let mut filters = Vec::new();
    for (name, values) in fields {
        let parameter = format!("filter[{name}]");
        let found = check_names(std::slice::from_ref(&name), allowed, &parameter, faults);
        if values.len() > FILTER_MAX_VALUES {
            let fault = Fault::new(Pointer::root().key(&parameter), FaultCode::InvalidParameter);
            faults.push(fault.expecting(Expected::ValuesUpTo).with("max", FILTER_MAX_VALUES));
        }
        filters.extend(found.into_iter().next().map(|field| FieldFilter { field, values }));
    }
    filters
}

/// What hits are counted by.
pub(super) fn check_facets(names: Option<Vec<String>>, fields: &[Handle], faults: &mut Vec<Fault>) -> Vec<Facet> {
    let own = OWN_FACETS.map(|(name, facet)| (name.to_owned(), facet));
    let fields = fields.iter().map(|field| (field.to_string(), Facet::Field(field.clone())));
    let all: Vec<(String, Facet)> = own.into_iter().chain(fields).collect();
    let Some(names) = names else { return all.into_iter().map(|(_, facet)| facet).collect() };
    if names == [NO_FACETS] {
        return Vec::new();
    }
    let mut facets = Vec::new();
    for name in &names {
        match all.iter().find(|(known, _)| known == name) {
            Some((_, facet)) if facets.contains(facet) => {}
            Some((_, facet)) => facets.push(facet.clone()),
            None => {
                let allowed = [NO_FACETS.to_owned()].into_iter().chain(all.iter().map(|(name, _)| name.clone()));
                let fault = Fault::new(Pointer::root().key("facets"), FaultCode::NotAllowedHere);
                push_once(fault.with("allowed", allowed.collect::<Vec<_>>()), faults);
            }
        }
    }
    facets
}

/// A parameter of a thousand wrong names has one fault.
fn push_once(fault: Fault, faults: &mut Vec<Fault>) {
    if faults.last() != Some(&fault) {
        faults.push(fault);
    }
}

/// Facets that need no field, by the names that filters have.
const OWN_FACETS: [(&str, Facet); 4] = [
    ("collection", Facet::Collection),
    ("department", Facet::Department),
    ("locale", Facet::Locale),
    ("month", Facet::Month),
];
/// Asks for no facet at all.
const NO_FACETS: &str = "none";
/// Most values that one filter names.
const FILTER_MAX_VALUES: usize = 50;
