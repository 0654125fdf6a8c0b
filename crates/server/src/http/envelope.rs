//! The members of a JSON body around the data of an entry: declared in tables that reading and documents share, all faults at once.

use std::{collections::BTreeMap, str::FromStr};

use diwan_cms::{Keep, MAX_ALTERNATIVE_TEXT_CHARS};
use diwan_content::{CalendarDate, ContentHash, Expected, Fault, FaultCode, Locale, Pointer, Rank};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A member of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: &'static str,
    /// What values it takes.
    pub(crate) kind: MemberKind,
    /// Must be there.
    pub(crate) required: bool,
    /// What it is for.
    pub(crate) help: &'static str,
}

/// What values a member takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MemberKind {
    /// Text of at most so many characters.
    Text(usize),
    /// The same, or null, which is as if it were absent.
    NullableText(usize),
    /// A UUID.
    Id,
    /// A UUID or null.
    NullableId,
    /// A whole number from 1.
    Number,
    /// True or false.
    Flag,
    /// A locale.
    Locale,
    /// SHA-256 in hexadecimal digits.
    Hash,
    /// A place among siblings.
    Rank,
    /// A day.
    Date,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The data of an entry; read by its blueprint.
    Data,
    /// Texts by locale.
    Texts,
    /// Objects of these members, 1 to 100.
    Items(&'static [Member]),
}

/// Most items of a list.
pub(crate) const MAX_ITEMS: usize = 100;

/// A body whose members were checked as far as their tables know; getters answer what is there and sound.
#[derive(Debug, Default)]
pub(crate) struct Envelope(Map<String, Value>);

impl Member {
    /// A member that may be left out.
    pub(crate) const fn optional(name: &'static str, kind: MemberKind, help: &'static str) -> Self {
        Self { name, kind, required: false, help }
    }

    /// A member that must be there.
    pub(crate) const fn required(name: &'static str, kind: MemberKind, help: &'static str) -> Self {
        Self { name, kind, required: true, help }
    }
}

impl Envelope {
    /// Reads an object of the declared members; whatever is faulty is left out of the envelope and told.
    pub(crate) fn read(value: Value, members: &[Member], at: &Pointer, faults: &mut Vec<Fault>) -> Self {
        let Value::Object(mut sent) = value else {
            faults.push(wrong_type(at.clone(), Expected::Object));
            return Self::default();
        };
        let mut known = Map::new();
        for member in members {
            let place = at.key(member.name);
            match sent.shift_remove(member.name) {
                None if member.required => faults.push(Fault::new(place, FaultCode::Required)),
                None => {}
                Some(value) => {
                    let before = faults.len();
                    check(member.kind, &value, &place, faults);
                    if faults.len() == before {
                        known.insert(member.name.to_owned(), value);
                    }
                }
            }
        }
        let allowed: Vec<&str> = members.iter().map(|member| member.name).collect();
        for name in sent.keys() {
            faults.push(Fault::new(at.key(name), FaultCode::UnknownField).with("allowed", allowed.clone()));
        }
        Self(known)
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// A text of a form that was checked.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.0.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok())
    }

    /// Absent, null or a value.
    pub(crate) fn keep<T: FromStr>(&self, name: &str) -> Keep<T> {
        match self.0.get(name) {
            None => Keep::Keep,
            Some(Value::Null) => Keep::Clear,
            Some(_) => self.parsed(name).map_or(Keep::Keep, Keep::Set),
        }
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// True or false; false when absent.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The data of an entry.
    pub(crate) fn data(&mut self) -> Value {
        self.0.shift_remove("data").unwrap_or_default()
    }

    /// Texts by locale.
    pub(crate) fn texts(&self, name: &str) -> Option<BTreeMap<Locale, String>> {
        let object = self.0.get(name)?.as_object()?;
        let pairs = object.iter().filter_map(|(locale, text)| Some((locale.parse().ok()?, text.as_str()?.to_owned())));
        Some(pairs.collect())
    }

    /// Items of a list, read by the same members again.
    pub(crate) fn items(&mut self, name: &str, members: &[Member]) -> Vec<Self> {
        let Some(Value::Array(items)) = self.0.shift_remove(name) else { return Vec::new() };
        let nowhere = Pointer::root();
        items.into_iter().map(|item| Self::read(item, members, &nowhere, &mut Vec::new())).collect()
    }
}

fn check(kind: MemberKind, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
    let text = value.as_str();
    match kind {
        MemberKind::Text(max) => check_text(text, max, at, faults),
        MemberKind::NullableText(_) if value.is_null() => {}
        MemberKind::NullableText(max) => check_text(text, max, at, faults),
        MemberKind::Id => check_form(text.is_some_and(is_id), text, FaultCode::InvalidId, at, faults),
        MemberKind::NullableId if value.is_null() => {}
        MemberKind::NullableId => check_form(text.is_some_and(is_id), text, FaultCode::InvalidId, at, faults),
        MemberKind::Number if value.as_i64().is_some_and(|number| number >= 1) => {}
        MemberKind::Number => faults.push(wrong_type(at.clone(), Expected::PositiveInteger)),
        MemberKind::Flag if value.is_boolean() => {}
        MemberKind::Flag => faults.push(wrong_type(at.clone(), Expected::Boolean)),
        MemberKind::Locale => {
            check_kind(text.is_some_and(|text| text.parse::<Locale>().is_ok()), Expected::Locale, at, faults)
        }
        MemberKind::Hash => {
            check_kind(text.is_some_and(|text| text.parse::<ContentHash>().is_ok()), Expected::Hash, at, faults)
        }
        MemberKind::Rank => {
            check_kind(text.is_some_and(|text| text.parse::<Rank>().is_ok()), Expected::Rank, at, faults);
        }
        MemberKind::Date => check_form(
            text.is_some_and(|text| text.parse::<CalendarDate>().is_ok()),
            text,
            FaultCode::InvalidDate,
            at,
            faults,
        ),
        MemberKind::OneOf(words) if text.is_some_and(|text| words.contains(&text)) => {}
        MemberKind::OneOf(words) => {
            faults.push(Fault::new(at.clone(), FaultCode::NotAnOption).with("allowed", words.to_vec()))
        }
        MemberKind::Data if value.is_object() => {}
        MemberKind::Data => faults.push(wrong_type(at.clone(), Expected::Object)),
        MemberKind::Texts => check_texts(value, at, faults),
        MemberKind::Items(members) => check_items(value, members, at, faults),
    }
}

fn check_text(text: Option<&str>, max: usize, at: &Pointer, faults: &mut Vec<Fault>) {
    let Some(text) = text else { return faults.push(wrong_type(at.clone(), Expected::Text)) };
    if text.chars().count() > max {
        faults.push(Fault::new(at.clone(), FaultCode::TooLong).with("max", max));
    }
    let forbidden = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if let Some(character) = text.chars().find(forbidden) {
        faults.push(
            Fault::new(at.clone(), FaultCode::ForbiddenCharacter)
                .with("character", format!("U+{:04X}", u32::from(character))),
        );
    }
}

/// A text of a certain form: another type is a wrong type, a text of another form has its own code.
fn check_form(good: bool, text: Option<&str>, code: FaultCode, at: &Pointer, faults: &mut Vec<Fault>) {
    match text {
        _ if good => {}
        None => faults.push(wrong_type(at.clone(), Expected::Text)),
        Some(_) => faults.push(Fault::new(at.clone(), code)),
    }
}

fn check_kind(good: bool, expected: Expected, at: &Pointer, faults: &mut Vec<Fault>) {
    if !good {
        faults.push(wrong_type(at.clone(), expected));
    }
}

fn check_texts(value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
    let Some(object) = value.as_object() else { return faults.push(wrong_type(at.clone(), Expected::TextsByLocale)) };
    if object.len() > MAX_ITEMS {
        return faults.push(Fault::new(at.clone(), FaultCode::TooManyItems).with("max", MAX_ITEMS));
    }
    for (locale, text) in object {
        let place = at.key(locale);
        if locale.parse::<Locale>().is_err() {
            faults.push(wrong_type(place, Expected::Locale));
        } else {
            check_text(text.as_str(), MAX_ALTERNATIVE_TEXT_CHARS, &place, faults);
        }
    }
}

fn check_items(value: &Value, members: &[Member], at: &Pointer, faults: &mut Vec<Fault>) {
    let Some(items) = value.as_array() else { return faults.push(wrong_type(at.clone(), Expected::List)) };
    if items.is_empty() {
        faults.push(Fault::new(at.clone(), FaultCode::TooFewItems).with("min", 1));
    }
    if items.len() > MAX_ITEMS {
        return faults.push(Fault::new(at.clone(), FaultCode::TooManyItems).with("max", MAX_ITEMS));
    }
    for (place, item) in items.iter().enumerate() {
        Envelope::read(item.clone(), members, &at.index(place), faults);
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.parse::<Uuid>().is_ok()
}

fn wrong_type(at: Pointer, expected: Expected) -> Fault {
    Fault::new(at, FaultCode::WrongType).expecting(expected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ITEM: &[Member] =
        &[Member::required("hash", MemberKind::Hash, ""), Member::optional("n", MemberKind::Number, "")];
    const MEMBERS: &[Member] = &[
        Member::required("title", MemberKind::Text(5), ""),
        Member::optional("parent", MemberKind::NullableId, ""),
        Member::optional("date", MemberKind::Date, ""),
        Member::optional("items", MemberKind::Items(ITEM), ""),
        Member::optional("texts", MemberKind::Texts, ""),
    ];

    fn read(value: Value) -> (Envelope, Vec<(String, &'static str)>) {
        let mut faults = Vec::new();
        let envelope = Envelope::read(value, MEMBERS, &Pointer::root(), &mut faults);
        (envelope, faults.iter().map(|fault| (fault.pointer.to_string(), fault.code.as_str())).collect())
    }

    #[test]
    fn all_faults_of_an_envelope_are_told_at_once() {
        let (_, faults) = read(
            json!({ "x": 1, "parent": "p", "date": 5, "items": [{ "hash": "no", "n": 0 }, 7], "texts": { "ar": 1, "a b": "x" } }),
        );
        let wanted = [
            ("/title", "required"),
            ("/parent", "invalid_id"),
            ("/date", "wrong_type"),
            ("/items/0/hash", "wrong_type"),
            ("/items/0/n", "wrong_type"),
            ("/items/1", "wrong_type"),
            ("/texts/ar", "wrong_type"),
            ("/texts/a b", "wrong_type"),
            ("/x", "unknown_field"),
        ];
        assert_eq!(faults, wanted.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let id = Uuid::nil().to_string();
        assert_eq!(read(json!({ "title": "a" })).0.keep::<Uuid>("parent"), Keep::Keep);
        assert_eq!(read(json!({ "title": "a", "parent": null })).0.keep::<Uuid>("parent"), Keep::Clear);
        assert_eq!(read(json!({ "title": "a", "parent": id })).0.keep("parent"), Keep::Set(Uuid::nil()));
    }

    #[test]
    fn long_texts_and_control_characters_are_faults() {
        assert_eq!(
            read(json!({ "title": "123456\u{0}" })).1,
            [("/title".to_owned(), "too_long"), ("/title".to_owned(), "forbidden_character")]
        );
        assert_eq!(read(json!([])).1, [(String::new(), "wrong_type")]);
    }
}
