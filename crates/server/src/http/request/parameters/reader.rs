//! Reading a request, or describing a route, by the same code.

use std::{cell::LazyCell, collections::BTreeMap};

use diwan_cms::Expect;
use diwan_content::{Expected, Fault, FaultCode, Locale, Pointer, Timestamp, Version};
use poem::http::HeaderMap;

use super::{Condition, Declared, DeclaredParameter, Number, Parameter, Parameters, PathParameter};
use crate::http::{
    problem::Problem,
    request::{
        conditions,
        forms::{FromText, Placeholder},
        query::Pair,
    },
};

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
        self.condition(Condition::Version, conditions::required_version, Version::placeholder)
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

#[cfg(test)]
mod tests {
    use diwan_content::Language;

    use super::*;
    use crate::http::request::query::split;

    const Q: Parameter<String> = Parameter::text("q", 10, "");
    const PAGE_SIZE: Parameter<u32> = Parameter::number("page[size]", 1, 100, "");
    const COLLECTION: Parameter<String> = Parameter::text("collection", 10, "");
    const LOCALE: Parameter<Locale> = Parameter::new("locale", "");
    const TEXT: Parameter<String> = Parameter::text("text", 10, "");
    const AS_OF: Parameter<Timestamp> = Parameter::new("as_of", "");

    struct Search {
        q: String,
        size: Option<u32>,
        collections: Vec<String>,
        locale: Option<Locale>,
        texts: Vec<(String, String)>,
    }

    impl Parameters for Search {
        fn read(request: &mut RequestReader<'_>) -> Self {
            let search = Self {
                q: request.required(&Q),
                size: request.optional(&PAGE_SIZE),
                collections: request.many(&COLLECTION),
                locale: request.optional(&LOCALE),
                texts: request.bracketed(&TEXT),
            };
            request.optional(&AS_OF);
            search
        }
    }

    fn reading(raw: &str) -> Result<Reading<Search>, Problem> {
        let sent =
            Sent { path: "/", path_values: &[], headers: &HeaderMap::new(), now: Timestamp::from_unix_ms(0).unwrap() };
        Ok(read(sent, split(Some(raw))?))
    }

    fn faults(raw: &str) -> Vec<(String, String)> {
        let problem = reading(raw).map_or_else(|problem| problem, |reading| Problem::parameters(reading.faults));
        let body = problem.body(Language::En, "r");
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        body["faults"].as_array().unwrap().iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
    }

    #[test]
    fn parameters_are_decoded_once() {
        let search = reading("q=%D8%A7+%2525&page%5Bsize%5D=5&collection=a,b&collection=c&").unwrap().value;
        assert_eq!((search.q.as_str(), search.size), ("ا %25", Some(5)));
        assert_eq!(search.collections, ["a", "b", "c"]);
        assert_eq!(search.locale, None);
        let search = reading("q=a&text[ar]=x&text[en]=y").unwrap().value;
        assert_eq!(search.texts, [("ar", "x"), ("en", "y")].map(|(locale, text)| (locale.to_owned(), text.to_owned())));
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let wanted = [
            ("/x", "unknown_parameter"),
            ("/page[size]", "invalid_parameter"),
            ("/locale", "invalid_parameter"),
            ("/q", "required"),
        ];
        let wanted: Vec<_> = wanted.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).into();
        assert_eq!(faults("x=1&page[size]=-1&locale=%zz"), wanted);
    }

    #[test]
    fn sizes_are_whole_numbers_within_bounds() {
        for bad in ["0", "101", "-5", "1e2", "99999999999999999999", "٥", "", " 5"] {
            assert_eq!(faults(&format!("q=a&page[size]={bad}")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn what_is_good_is_read_beside_what_is_wrong() {
        let Reading { value, faults, problem } = reading("q=%D8%A7&x=1&page[size]=0&locale=en").unwrap();
        assert_eq!((value.q.as_str(), value.locale, value.size), ("ا", Some("en".parse().unwrap()), None));
        assert_eq!((faults.len(), problem.is_none()), (2, true));
    }

    #[test]
    fn nobody_looks_ahead() {
        assert_eq!(faults("q=a&as_of=1970-01-01T00:00:00Z"), []);
        for bad in ["1970-01-01T00:00:01Z", "1970-01-01", "yesterday", ""] {
            assert_eq!(faults(&format!("q=a&as_of={bad}")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn nothing_is_said_twice_and_nothing_is_too_long() {
        assert_eq!(faults("q=a&q=b"), [("/q".to_owned(), "invalid_parameter".to_owned())]);
        assert_eq!(faults("q=12345678901")[0].1, "invalid_parameter");
        assert_eq!(faults("q=a%00")[0].1, "invalid_parameter");
        assert_eq!(faults(&"a".repeat(20_000))[0].0, "/?");
    }

    #[test]
    fn what_is_read_is_what_is_declared() {
        let declared = declared::<Search>();
        let names: Vec<String> = declared.query.iter().map(DeclaredParameter::shown_name).collect();
        assert_eq!(names, ["q", "page[size]", "collection", "locale", "text[]", "as_of"]);
        assert_eq!(declared.query[0].number, Number::Required);
    }
}
