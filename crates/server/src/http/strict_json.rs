//! JSON as strictly as the standard allows: no duplicate keys, no invalid UTF-8, no lone surrogates, bounded depth.

use std::{cell::RefCell, fmt};

use diwan_content::{Fault, FaultCode, Pointer};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};

use super::{problem::Problem, problem_details::ProblemDetail};

/// Most duplicate keys that are told; a body can hold very many.
const MAX_DUPLICATES: usize = 100;

/// Parses a whole body. Depth is bounded by serde_json's own limit of 128.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Problem::of(ProblemDetail::NotUtf8).with("byte", error.valid_up_to() + 1))?;
    let duplicates = RefCell::new(Vec::new());
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = Strict { at: Pointer::root(), duplicates: &duplicates }.deserialize(&mut parser);
    let value = parsed
        .and_then(|value| parser.end().map(|()| value))
        .map_err(|error| syntax_error(&error, duplicates.take()))?;
    let duplicates = duplicates.into_inner();
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

/// Builds a value and notes every key that stands twice.
struct Strict<'a> {
    at: Pointer,
    duplicates: &'a RefCell<Vec<Fault>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
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
        while let Some(value) =
            items.next_element_seed(Strict { at: self.at.index(values.len()), duplicates: self.duplicates })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let at = self.at.key(&name);
            let value = members.next_value_seed(Strict { at: at.clone(), duplicates: self.duplicates })?;
            if values.insert(name, value).is_some() {
                let mut duplicates = self.duplicates.borrow_mut();
                if duplicates.len() == MAX_DUPLICATES {
                    return Err(A::Error::custom("too many duplicate keys"));
                }
                duplicates.push(Fault::new(at, FaultCode::DuplicateKey));
            }
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
