use diwan_content::Language;

use super::*;

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
