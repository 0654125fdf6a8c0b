//! Query strings: decoded once and strictly, checked against the parameters that a route declares, all mistakes at once.

use std::str::FromStr;

use diwan_content::{Expected, Fault, FaultCode, Locale, Pointer, Status, Timestamp};
use uuid::Uuid;

use super::problem::Problem;

/// Longest query string that is looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// A parameter of a route: what is read, checked and documented.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Name in the query string.
    pub(crate) name: &'static str,
    /// What values it takes.
    pub(crate) kind: ParameterKind,
    /// Must be there.
    pub(crate) required: bool,
    /// May stand several times and hold several values with commas between them.
    pub(crate) many: bool,
    /// What it is for.
    pub(crate) help: &'static str,
}

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    /// Any text of at most so many characters.
    Text(usize),
    /// A language tag.
    Locale,
    /// A UUID.
    Id,
    /// A whole number within bounds, both included.
    Number(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A point in time with its offset that is not ahead.
    PastTime,
    /// A status of a localization.
    Status,
    /// A condition of a filter: any name that begins so, read and checked by what lists know.
    Filter,
}

/// The parameters of one request.
#[derive(Debug, Default)]
pub(crate) struct Query {
    values: Vec<Given>,
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Given {
    declared: &'static str,
    name: String,
    value: String,
}

impl Parameter {
    /// A parameter that may be left out.
    pub(crate) const fn optional(name: &'static str, kind: ParameterKind, help: &'static str) -> Self {
        Self { name, kind, required: false, many: false, help }
    }

    /// A parameter that must be there.
    pub(crate) const fn required(name: &'static str, kind: ParameterKind, help: &'static str) -> Self {
        Self { name, kind, required: true, many: false, help }
    }

    /// A parameter that may hold several values.
    pub(crate) const fn many(name: &'static str, kind: ParameterKind, help: &'static str) -> Self {
        Self { name, kind, required: false, many: true, help }
    }

    /// Whether a request's name is this parameter; `name[]` also covers any `name[…]`.
    fn covers(&self, name: &str) -> bool {
        if self.kind == ParameterKind::Filter {
            return name.strip_prefix(self.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        }
        match self.name.strip_suffix("[]") {
            Some(prefix) => name
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.len() > 2 && rest.starts_with('[') && rest.ends_with(']')),
            None => self.name == name,
        }
    }
}

impl ParameterKind {
    /// A fault with what is allowed.
    fn refuse(self, fault: Fault) -> Fault {
        match self {
            Self::Text(max) => fault.expecting(Expected::TextUpTo).with("max", max),
            Self::Locale => fault.expecting(Expected::Locale),
            Self::Id => fault.expecting(Expected::Id),
            Self::Number(min, max) => fault.expecting(Expected::IntegerWithin).with("min", min).with("max", max),
            Self::OneOf(words) => fault.expecting(Expected::OneOf).with("allowed", words.to_vec()),
            Self::PastTime => fault.expecting(Expected::PastDatetime),
            Self::Filter => fault.expecting(Expected::PlainText),
            Self::Status => fault.expecting(Expected::OneOf).with("allowed", Status::ALL.map(Status::as_str).to_vec()),
        }
    }

    fn takes(self, text: &str, now: &dyn Fn() -> Timestamp) -> bool {
        match self {
            Self::Text(max) => {
                text.chars().count() <= max
                    && !text.chars().any(|c| c.is_control() && c != '\t' && c != '\n' && c != '\r')
            }
            Self::Filter => !text.chars().any(|c| c.is_control() && c != '\t' && c != '\n' && c != '\r'),
            Self::Locale => text.parse::<Locale>().is_ok(),
            Self::Id => text.len() == 36 && text.parse::<Uuid>().is_ok(),
            Self::Number(min, max) => text.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number)),
            Self::OneOf(words) => words.contains(&text),
            Self::PastTime => text.parse::<Timestamp>().is_ok_and(|time| time <= now()),
            Self::Status => Status::ALL.iter().any(|status| status.as_str() == text),
        }
    }
}

impl Query {
    /// Reads a raw query string against the declared parameters. `name[]` among them stands for any `name[…]`. What is wrong
    /// with single ones is kept beside the others: what reads those may find more, and all is told together.
    ///
    /// # Errors
    /// A query string that is too long to be looked at.
    pub(crate) fn read(
        raw: Option<&str>,
        declared: &'static [Parameter],
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Self, Problem> {
        let raw = raw.unwrap_or_default();
        if raw.len() > MAX_BYTES {
            let fault = Fault::new(at("?"), FaultCode::InvalidParameter).expecting(Expected::QueryStringUpTo);
            return Err(Problem::parameters(vec![fault.with("max", MAX_BYTES)]));
        }
        let (mut query, mut faults) = (Self::default(), Vec::new());
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(name) else {
                faults.push(
                    Fault::new(Pointer::root().key("?"), FaultCode::InvalidParameter)
                        .expecting(Expected::PercentEncoded),
                );
                continue;
            };
            query.take(&name, decode(value), declared, now, &mut faults);
        }
        for parameter in declared.iter().filter(|parameter| parameter.required) {
            if query.text(parameter.name).is_none_or(str::is_empty)
                && !faults.iter().any(|fault| fault.pointer == at(parameter.name))
            {
                faults.push(Fault::new(at(parameter.name), FaultCode::Required));
            }
        }
        Ok(Self { faults, ..query })
    }

    /// What is wrong with it, on its own.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    fn take(
        &mut self,
        name: &str,
        value: Option<String>,
        declared: &'static [Parameter],
        now: &dyn Fn() -> Timestamp,
        faults: &mut Vec<Fault>,
    ) {
        let Some(parameter) = declared.iter().find(|parameter| parameter.covers(name)) else {
            let allowed: Vec<&str> = declared.iter().map(|parameter| parameter.name).collect();
            return faults.push(Fault::new(at(name), FaultCode::UnknownParameter).with("allowed", allowed));
        };
        let Some(value) = value else {
            return faults.push(Fault::new(at(name), FaultCode::InvalidParameter).expecting(Expected::PercentEncoded));
        };
        // Filters tell repeated items of a list from what stands twice.
        let repeatable = parameter.many || parameter.kind == ParameterKind::Filter;
        if !repeatable && self.values.iter().any(|given| given.name == name) {
            return faults.push(Fault::new(at(name), FaultCode::InvalidParameter).expecting(Expected::Once));
        }
        let parts: Vec<&str> = if parameter.many {
            value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
        } else {
            vec![&value]
        };
        for part in parts {
            if parameter.kind.takes(part, now) {
                self.values.push(Given { declared: parameter.name, name: name.to_owned(), value: part.to_owned() });
            } else {
                faults.push(parameter.kind.refuse(Fault::new(at(name), FaultCode::InvalidParameter)));
            }
        }
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|given| given.declared == name).map(|given| given.value.as_str())
    }

    /// All values of a parameter.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.values.iter().filter(|given| given.declared == name).map(|given| given.value.as_str()).collect()
    }

    /// The names and values of all parameters under one declared name, as they were sent.
    pub(crate) fn named(&self, name: &str) -> Vec<(String, String)> {
        let given = self.values.iter().filter(|given| given.declared == name);
        given.map(|given| (given.name.clone(), given.value.clone())).collect()
    }

    /// What stands in the brackets of `name[…]`, with its value, for a parameter declared as `name[]`.
    pub(crate) fn bracketed(&self, name: &str) -> Vec<(&str, &str)> {
        let prefix = name.trim_end_matches(']');
        let inner = |given: &'_ Given| given.name.len() - 1;
        self.values
            .iter()
            .filter(|given| given.declared == name)
            .map(|given| (&given.name[prefix.len()..inner(given)], given.value.as_str()))
            .collect()
    }

    /// The value of a parameter whose kind was checked.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }
}

fn at(name: &str) -> Pointer {
    // Names are told back: a long one is cut.
    Pointer::root().key(&name.chars().take(100).collect::<String>())
}

/// Decodes `%xx` and `+` once; `None` when a percent sign encodes nothing or the bytes are no UTF-8.
pub(crate) fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use diwan_content::Language;

    use super::*;

    const DECLARED: &[Parameter] = &[
        Parameter::required("q", ParameterKind::Text(10), ""),
        Parameter::optional("page[size]", ParameterKind::Number(1, 100), ""),
        Parameter::many("collection", ParameterKind::Text(10), ""),
        Parameter::optional("locale", ParameterKind::Locale, ""),
        Parameter::optional("text[]", ParameterKind::Text(10), ""),
        Parameter::optional("as_of", ParameterKind::PastTime, ""),
    ];

    fn read(raw: &str) -> Result<Query, Problem> {
        Query::read(Some(raw), DECLARED, &|| Timestamp::from_unix_ms(0).unwrap())
    }

    fn faults(raw: &str) -> Vec<(String, String)> {
        let problem = read(raw).map_or_else(|problem| problem, |query| Problem::parameters(query.faults));
        let body = problem.body(Language::En, "r");
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        body["faults"].as_array().unwrap().iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
    }

    #[test]
    fn parameters_are_decoded_once() {
        let query = read("q=%D8%A7+%2525&page%5Bsize%5D=5&collection=a,b&collection=c&").unwrap();
        assert_eq!((query.text("q"), query.parsed("page[size]")), (Some("ا %25"), Some(5_u32)));
        assert_eq!(query.texts("collection"), ["a", "b", "c"]);
        assert_eq!(query.text("locale"), None);
        let query = read("q=a&text[ar]=x&text[en]=y").unwrap();
        assert_eq!(query.bracketed("text[]"), [("ar", "x"), ("en", "y")]);
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
        let query = read("q=%D8%A7&x=1&page[size]=0&locale=en").unwrap();
        assert_eq!((query.text("q"), query.text("locale"), query.text("page[size]")), (Some("ا"), Some("en"), None));
        assert_eq!(query.faults().len(), 2);
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
}
