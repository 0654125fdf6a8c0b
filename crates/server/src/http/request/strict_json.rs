//! JSON as strictly as the standard allows: no duplicate keys, no invalid UTF-8, no lone surrogates, bounded depth and number
//! of values, so that neither reading a body nor finding its faults costs more than its bytes are worth.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use diwan_content::{Fault, FaultCode, Pointer};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};

use crate::http::problem::{Problem, ProblemCode, ProblemDetail};

/// Longest name of a member in bytes. The place of each fault below it holds the name.
const MAX_NAME_BYTES: usize = 1_024;
/// Most members of one object.
const MAX_MEMBERS: usize = 1_000;
/// Most values of a whole body: texts, numbers, flags, nulls, lists and objects. The largest revision has fewer.
const MAX_VALUES: usize = 200_000;
/// Most duplicate keys that are told; a body can hold very many.
const MAX_DUPLICATES: usize = 100;

/// Parses a whole body. Depth is bounded by serde_json's own limit of 128.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Problem::of(ProblemDetail::NotUtf8).with("byte", error.valid_up_to() + 1))?;
    if text.trim().is_empty() {
        return Err(Problem::of(ProblemDetail::EmptyBody));
    }
    let notes = Notes::default();
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = Strict(&notes).deserialize(&mut parser);
    let value = parsed.and_then(|value| parser.end().map(|()| value));
    if let Some(problem) = notes.beyond.take() {
        return Err(problem);
    }
    let value = value.map_err(|error| syntax_error(&error, notes.duplicates.take()))?;
    let duplicates = notes.duplicates.into_inner();
    if duplicates.is_empty() {
        Ok(value)
    } else {
        Err(Problem::of(ProblemDetail::DuplicateKeys).with_faults(duplicates))
    }
}

fn syntax_error(error: &serde_json::Error, duplicates: Vec<Fault>) -> Problem {
    let text = error.to_string();
    let detail = match error.classify() {
        // The one error that the visitor itself makes.
        Category::Data if !duplicates.is_empty() => {
            return Problem::of(ProblemDetail::DuplicateKeys).with_faults(duplicates);
        }
        // The library has no category of its own for this.
        Category::Syntax if text.starts_with("recursion limit") => ProblemDetail::TooDeep,
        Category::Eof => ProblemDetail::Unfinished,
        Category::Io | Category::Syntax | Category::Data => ProblemDetail::Syntax,
    };
    Problem::of(detail).with("line", error.line()).with("column", error.column()).with("parser", text)
}

/// What is noted about a body while it is read.
#[derive(Default)]
struct Notes {
    values: Cell<usize>,
    /// Where the value is that is being read. No pointer is made for a value without a fault: its names may be long.
    path: RefCell<Vec<Step>>,
    duplicates: RefCell<Vec<Fault>>,
    /// The limit that it exceeds, which ended the reading.
    beyond: RefCell<Option<Problem>>,
}

enum Step {
    Name(String),
    Place(usize),
}

impl Notes {
    fn pointer(&self) -> Pointer {
        self.path.borrow().iter().fold(Pointer::root(), |at, step| match step {
            Step::Name(name) => at.key(name),
            Step::Place(place) => at.index(*place),
        })
    }

    fn go_to(&self, step: Step) {
        self.path.borrow_mut().push(step);
    }

    fn go_back(&self) {
        self.path.borrow_mut().pop();
    }

    fn stop<E: serde::de::Error>(&self, problem: Problem) -> E {
        *self.beyond.borrow_mut() = Some(problem);
        E::custom("a limit is exceeded")
    }
}

/// Builds a value and notes every key that stands twice.
struct Strict<'a>(&'a Notes);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let values = self.0.values.get() + 1;
        self.0.values.set(values);
        if values > MAX_VALUES {
            return Err(self.0.stop(Problem::new(ProblemCode::TooManyValues).with("max", MAX_VALUES)));
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        self.0.go_to(Step::Place(0));
        while let Some(value) = items.next_element_seed(Strict(self.0))? {
            values.push(value);
            self.0.go_back();
            self.0.go_to(Step::Place(values.len()));
        }
        self.0.go_back();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name.len() > MAX_NAME_BYTES {
                let problem = Problem::new(ProblemCode::NameTooLong).with("object", self.0.pointer().as_str());
                return Err(self.0.stop(problem.with("max", MAX_NAME_BYTES)));
            }
            if values.len() == MAX_MEMBERS && !values.contains_key(&name) {
                let problem = Problem::new(ProblemCode::TooManyMembers).with("object", self.0.pointer().as_str());
                return Err(self.0.stop(problem.with("max", MAX_MEMBERS)));
            }
            self.0.go_to(Step::Name(name.clone()));
            let value = members.next_value_seed(Strict(self.0))?;
            if values.insert(name, value).is_some() {
                let mut duplicates = self.0.duplicates.borrow_mut();
                if duplicates.len() == MAX_DUPLICATES {
                    return Err(A::Error::custom("too many duplicate keys"));
                }
                duplicates.push(Fault::new(self.0.pointer(), FaultCode::DuplicateKey));
            }
            self.0.go_back();
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::Language;
    use serde_json::json;

    use super::*;

    fn refused(bytes: &[u8]) -> Value {
        parse(bytes).unwrap_err().body(Language::En, "r")
    }

    #[test]
    fn proper_json_is_read_with_its_order() {
        let text = r#"{"b":[1,-2,3.5,true,null,"\u0627"],"a":{"c":18446744073709551615}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text.replace("\\u0627", "ا"));
    }

    #[test]
    fn every_duplicate_key_is_told_with_its_place() {
        let body = refused(br#"{"a":1,"b":[{"x":1,"x":2}],"a":3}"#);
        let pointers: Vec<&Value> = body["faults"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
        assert_eq!((body["status"].clone(), pointers), (json!(400), vec![&json!("/b/0/x"), &json!("/a")]));
    }

    #[test]
    fn objects_and_bodies_have_a_most_of_members_and_values() {
        let object = |count: usize| {
            let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\":0")).collect();
            format!("{{\"data\":{{{}}}}}", members.join(","))
        };
        assert!(parse(object(MAX_MEMBERS).as_bytes()).is_ok());
        let body = refused(object(MAX_MEMBERS + 1).as_bytes());
        assert_eq!((&body["status"], &body["code"]), (&json!(400), &json!("too_many_members")));
        assert_eq!(body["params"], json!({ "object": "/data", "max": MAX_MEMBERS }));
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(parse(list(MAX_VALUES - 1).as_bytes()).is_ok());
        let body = refused(list(MAX_VALUES).as_bytes());
        assert_eq!((&body["status"], &body["code"]), (&json!(400), &json!("too_many_values")));
        assert!(body["detail"].as_str().unwrap().contains("200000"), "{body}");
    }

    #[test]
    fn names_have_a_longest() {
        let body = |bytes: usize| format!("{{\"data\":{{\"{}\":[{{\"a\":0,\"a\":0}}]}}}}", "ن".repeat(bytes / 2));
        assert_eq!(refused(body(MAX_NAME_BYTES).as_bytes())["code"], "bad_json");
        let refused = refused(body(MAX_NAME_BYTES + 2).as_bytes());
        assert_eq!((&refused["status"], &refused["code"]), (&json!(400), &json!("name_too_long")));
        assert_eq!(refused["params"], json!({ "object": "/data", "max": MAX_NAME_BYTES }));
        assert!(refused["detail"].as_str().unwrap().contains("1024"), "{refused}");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        let cases: [&[u8]; 10] = [
            b"",
            b"{",
            b"{} x",
            b"{'a':1}",
            b"[1,]",
            b"\"\\ud800\"",
            b"\"\xff\"",
            b"nul",
            b"{\"a\":NaN}",
            deep.as_bytes(),
        ];
        for case in cases {
            let body = refused(case);
            assert_eq!((body["status"].as_u64(), body["code"].as_str()), (Some(400), Some("bad_json")));
        }
        assert_eq!(refused(b"1e999")["code"], "bad_json");
    }
}
