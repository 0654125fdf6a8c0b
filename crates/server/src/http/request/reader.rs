//! Reading path, query string and conditions of a request into one typed value with all faults at once, or describing a route,
//! by the same code.

use std::{cell::LazyCell, collections::BTreeMap};

use diwan_cms::Expect;
use diwan_content::{Expected, Fault, FaultCode, Locale, Pointer, Timestamp, Version};
use poem::http::HeaderMap;

use super::{
    conditions::{self, Condition},
    parameters::{Form, FromText, Parameter, Parameters, PathForm, PathParameter, Placeholder},
};
use crate::http::{percent::decode, problem::Problem};

#[cfg(test)]
mod tests;

/// Longest query string that is looked at, in bytes.
const MAX_QUERY_BYTES: usize = 16 * 1024;

/// The parts of a request that parameters are read from.
pub(crate) struct Sent<'r> {
    /// The path as sent, for problems.
    pub(crate) path: &'r str,
    /// Segments of the path by their names in the route, decoded.
    pub(crate) path_values: &'r [(&'static str, String)],
    /// The headers.
    pub(crate) headers: &'r HeaderMap,
    /// The time of the request.
    pub(crate) now: Timestamp,
}

/// A name with its value; each is absent where its percent signs encode nothing.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The name.
    pub(crate) name: Option<String>,
    /// The value.
    pub(crate) value: Option<String>,
    /// A declared parameter covers the name.
    pub(crate) is_read: bool,
}

/// Reads parameters and notes what is wrong with them.
pub(crate) struct RequestReader<'r> {
    source: Source<'r>,
    pairs: Vec<Pair>,
    /// Each with its place in the query string.
    faults: Vec<(usize, Fault)>,
    /// What is wrong with the path or a condition.
    problem: Option<Problem>,
}

/// What parameters are read from.
enum Source<'r> {
    /// A request.
    Request(Sent<'r>),
    /// None: the route is described, so what it reads is noted, and everything is absent.
    Description(Declared),
}

/// What became of the parameters of a request.
pub(crate) struct Reading<P> {
    /// The value; with faults, what could be read of it.
    pub(crate) value: P,
    /// Every fault of the query string.
    pub(crate) faults: Vec<Fault>,
    /// What is wrong with the path or a condition, if anything is.
    pub(crate) problem: Option<Problem>,
}

/// What a route's [`Parameters`] read, for checks and documents.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Names of the path's parameters.
    pub(crate) path: Vec<(&'static str, PathForm)>,
    /// Parameters of the query string; no other is accepted.
    pub(crate) query: Vec<DeclaredParameter>,
    /// Which version the request must name.
    pub(crate) condition: Condition,
}

/// A parameter of the query string as a route reads it.
#[derive(Debug)]
pub(crate) struct DeclaredParameter {
    /// Its name, without brackets.
    pub(crate) name: &'static str,
    /// What each value looks like.
    pub(crate) form: Form,
    /// How many values there may be.
    pub(crate) number: Number,
    /// What it is for.
    pub(crate) help: &'static str,
}

/// How many values a parameter may have, and how they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// At most one.
    Optional,
    /// Exactly one.
    Required,
    /// Any number: the name may be repeated, and values may be separated by commas.
    Many,
    /// One for each `name[…]`.
    Bracketed,
    /// Any number for each `name[…]`.
    ManyBracketed,
    /// A tree of conditions `name[…][…]`, checked by what knows the fields.
    Conditions,
}

impl<'r> RequestReader<'r> {
    /// A segment of the path. Anything of another form names nothing: 404.
    pub(crate) fn path<T: Placeholder>(&mut self, parameter: &PathParameter<T>) -> T {
        let sent = match &mut self.source {
            Source::Request(sent) => sent,
            Source::Description(declared) => {
                declared.path.push((parameter.name, parameter.form));
                return T::placeholder();
            }
        };
        let text = sent.path_values.iter().find(|(name, _)| *name == parameter.name).map(|(_, text)| text.as_str());
        text.and_then(parameter.read).unwrap_or_else(|| {
            let problem = Problem::nowhere(sent.path);
            self.problem.get_or_insert(problem);
            T::placeholder()
        })
    }

    /// A parameter that may be absent.
    pub(crate) fn optional<T: FromText>(&mut self, parameter: &Parameter<T>) -> Option<T> {
        self.values(parameter, Number::Optional).pop().map(|(_, value)| value)
    }

    /// A parameter that must be there, and not be empty.
    pub(crate) fn required<T: FromText + Placeholder>(&mut self, parameter: &Parameter<T>) -> T {
        let faults = self.faults.len();
        match self.values(parameter, Number::Required).pop() {
            Some((at, value)) if !self.pairs[at].value.as_deref().is_none_or(str::is_empty) => value,
            found => {
                if self.faults.len() == faults {
                    self.faults.push((usize::MAX, Fault::new(at(parameter.name), FaultCode::Required)));
                }
                found.map_or_else(T::placeholder, |(_, value)| value)
            }
        }
    }

    /// All values of a parameter.
    pub(crate) fn many<T: FromText>(&mut self, parameter: &Parameter<T>) -> Vec<T> {
        self.values(parameter, Number::Many).into_iter().map(|(_, value)| value).collect()
    }

    /// The values of each `name[…]`, by what is in the brackets.
    pub(crate) fn bracketed<T: FromText>(&mut self, parameter: &Parameter<T>) -> Vec<(String, T)> {
        self.by_name(parameter, Number::Bracketed)
    }

    /// All values of each `name[…]`, by what is in the brackets.
    pub(crate) fn many_bracketed<T: FromText>(&mut self, parameter: &Parameter<T>) -> Vec<(String, Vec<T>)> {
        let mut all: Vec<(String, Vec<T>)> = Vec::new();
        for (inner, value) in self.by_name(parameter, Number::ManyBracketed) {
            match all.iter_mut().find(|(known, _)| *known == inner) {
                Some((_, values)) => values.push(value),
                None => all.push((inner, vec![value])),
            }
        }
        all
    }

    /// The values of each `name[<locale>]`.
    pub(crate) fn by_locale<T: FromText>(&mut self, parameter: &Parameter<T>) -> BTreeMap<Locale, T> {
        let mut all = BTreeMap::new();
        for (place, value) in self.values(parameter, Number::Bracketed) {
            let name = self.name_of(place).to_owned();
            match in_brackets(parameter.name, &name).parse() {
                Ok(locale) => {
                    all.insert(locale, value);
                }
                Err(_) => {
                    let fault = Fault::new(at(&name), FaultCode::InvalidParameter);
                    self.faults.push((place, fault.expecting(Expected::LocaleInBrackets)));
                }
            }
        }
        all
    }

    /// The conditions `name[…][…]`, each with its whole name and its value, as sent.
    pub(crate) fn conditions(&mut self, parameter: &Parameter<String>) -> Vec<(String, String)> {
        let found = self.values(parameter, Number::Conditions);
        found.into_iter().map(|(at, value)| (self.name_of(at).to_owned(), value)).collect()
    }

    /// The version in `If-Match`; 428 without it.
    pub(crate) fn version(&mut self) -> Version {
        self.condition(Condition::Version, conditions::version, Version::placeholder)
    }

    /// The state that a save expects: a version, or that nothing is there yet.
    pub(crate) fn expect(&mut self) -> Expect {
        self.condition(Condition::VersionOrAbsent, conditions::expect, || Expect::Absent)
    }

    fn condition<T>(
        &mut self,
        condition: Condition,
        read: fn(&HeaderMap) -> Result<T, Problem>,
        absent: fn() -> T,
    ) -> T {
        let sent = match &mut self.source {
            Source::Request(sent) => sent,
            Source::Description(declared) => {
                declared.condition = condition;
                return absent();
            }
        };
        read(sent.headers).unwrap_or_else(|problem| {
            self.problem.get_or_insert(problem);
            absent()
        })
    }

    fn by_name<T: FromText>(&mut self, parameter: &Parameter<T>, number: Number) -> Vec<(String, T)> {
        let found = self.values(parameter, number);
        found.into_iter().map(|(at, value)| (in_brackets(parameter.name, self.name_of(at)).to_owned(), value)).collect()
    }

    fn name_of(&self, at: usize) -> &str {
        self.pairs[at].name.as_deref().unwrap_or_default()
    }

    /// The sound values of a parameter, each with its place in the query string.
    fn values<T: FromText>(&mut self, parameter: &Parameter<T>, number: Number) -> Vec<(usize, T)> {
        let Parameter { name: declared, form, help, value: _ } = *parameter;
        let now = match &mut self.source {
            Source::Request(sent) => sent.now,
            Source::Description(description) => {
                description.query.push(DeclaredParameter { name: declared, form, number, help });
                return Vec::new();
            }
        };
        let mut values: Vec<(usize, T)> = Vec::new();
        let mut accepted: Vec<String> = Vec::new();
        for (place, pair) in self.pairs.iter_mut().enumerate() {
            let Some(name) = pair.name.as_deref().filter(|name| number.covers(declared, name)) else { continue };
            pair.is_read = true;
            let fault = || Fault::new(at(name), FaultCode::InvalidParameter);
            let Some(value) = pair.value.as_deref() else {
                self.faults.push((place, fault().expecting(Expected::PercentEncoded)));
                continue;
            };
            if !number.is_repeatable() && accepted.iter().any(|known| known == name) {
                self.faults.push((place, fault().expecting(Expected::Once)));
                continue;
            }
            let parts: Vec<&str> = if number.takes_lists() {
                value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
            } else {
                vec![value]
            };
            for part in parts {
                match Some(part).filter(|part| form.accepts(part, now)).and_then(T::from_text) {
                    Some(value) => {
                        values.push((place, value));
                        accepted.push(name.to_owned());
                    }
                    None => self.faults.push((place, form.explain(fault()))),
                }
            }
        }
        values
    }

    /// Adds what was not read, and puts the faults into the order of the query string; what is missing comes last.
    fn finish<P: Parameters>(mut self) -> (Vec<Fault>, Option<Problem>) {
        let allowed = LazyCell::new(|| {
            let query = declared::<P>().query;
            query.iter().map(DeclaredParameter::shown_name).collect::<Vec<_>>()
        });
        for (place, pair) in self.pairs.iter().enumerate().filter(|(_, pair)| !pair.is_read) {
            let fault = match &pair.name {
                Some(name) => Fault::new(at(name), FaultCode::UnknownParameter).with("allowed", allowed.clone()),
                None => Fault::new(at("?"), FaultCode::InvalidParameter).expecting(Expected::PercentEncoded),
            };
            self.faults.push((place, fault));
        }
        self.faults.sort_by_key(|(place, _)| *place);
        (self.faults.into_iter().map(|(_, fault)| fault).collect(), self.problem)
    }
}

impl DeclaredParameter {
    /// Its name as lists of allowed parameters show it.
    pub(crate) fn shown_name(&self) -> String {
        match self.number {
            Number::Bracketed | Number::ManyBracketed => format!("{}[]", self.name),
            Number::Optional | Number::Required | Number::Many | Number::Conditions => self.name.to_owned(),
        }
    }
}

impl Number {
    /// Whether a name in a query string is that of a parameter.
    pub(super) fn covers(self, declared: &str, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(declared) else { return false };
        match self {
            Self::Optional | Self::Required | Self::Many => rest.is_empty(),
            Self::Bracketed | Self::ManyBracketed => rest.len() > 2 && rest.starts_with('[') && rest.ends_with(']'),
            Self::Conditions => rest.is_empty() || rest.starts_with('['),
        }
    }

    pub(super) fn takes_lists(self) -> bool {
        matches!(self, Self::Many | Self::ManyBracketed)
    }

    pub(super) fn is_repeatable(self) -> bool {
        // Filters tell repeated items of a list from what is given twice.
        self.takes_lists() || self == Self::Conditions
    }
}

/// Splits a raw query string.
///
/// # Errors
/// A query string that is too long to be looked at.
pub(crate) fn split(raw: Option<&str>) -> Result<Vec<Pair>, Problem> {
    let raw = raw.unwrap_or_default();
    if raw.len() > MAX_QUERY_BYTES {
        let fault = Fault::new(Pointer::root().key("?"), FaultCode::InvalidParameter);
        return Err(Problem::parameters(vec![fault.expecting(Expected::QueryStringUpTo).with("max", MAX_QUERY_BYTES)]));
    }
    let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Pair { name: decode(name), value: decode(value), is_read: false }
    });
    Ok(pairs.collect())
}

/// Reads the parameters of a request.
pub(crate) fn read<P: Parameters>(sent: Sent<'_>, pairs: Vec<Pair>) -> Reading<P> {
    let mut reader = RequestReader { source: Source::Request(sent), pairs, faults: Vec::new(), problem: None };
    let value = P::read(&mut reader);
    let (faults, problem) = reader.finish::<P>();
    Reading { value, faults, problem }
}

/// What a route declares: all that its parameters read, here of nothing.
pub(crate) fn declared<P: Parameters>() -> Declared {
    let source = Source::Description(Declared::default());
    let mut reader = RequestReader { source, pairs: Vec::new(), faults: Vec::new(), problem: None };
    P::read(&mut reader);
    match reader.source {
        Source::Description(declared) => declared,
        Source::Request(_) => Declared::default(),
    }
}

fn at(name: &str) -> Pointer {
    // Names are repeated in answers: a long one is cut.
    Pointer::root().key(&name.chars().take(100).collect::<String>())
}

/// What is in the brackets of `name[…]`.
fn in_brackets<'n>(declared: &str, name: &'n str) -> &'n str {
    name.strip_prefix(declared).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']')).unwrap_or_default()
}
