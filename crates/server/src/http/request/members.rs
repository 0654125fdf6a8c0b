//! The members of a JSON body, read into typed values with all faults at once.

use std::{cell::LazyCell, collections::BTreeMap, marker::PhantomData, str::FromStr};

use diwan_cms::{Keep, MAX_ALTERNATIVE_TEXT_CHARS};
use diwan_content::{CalendarDate, ContentHash, Expected, Fault, FaultCode, Locale, Pointer, Rank, Timestamp};
use serde_json::{Map, Value};

use super::parameters::{Form, Formed, FromText, Placeholder, find_control, is_id};
use crate::http::problem::Problem;

/// Most items of a list.
pub(crate) const MAX_ITEMS: usize = 100;

/// Largest body without content, in bytes.
const MAX_SMALL_BYTES: usize = 64 * 1024;

/// A member of a body: its name, what it accepts, and what it is read into.
pub(crate) struct Member<T> {
    name: &'static str,
    form: MemberForm,
    help: &'static str,
    value: PhantomData<fn() -> T>,
}

/// What a member looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MemberForm {
    /// One value, written as a text or, for [`Form::Number`], as a number.
    One(Form),
    /// A list of such values, 1 to [`MAX_ITEMS`].
    Many(Form),
    /// True or false.
    Flag,
    /// The data of an entry; read by its blueprint.
    Data,
    /// Alternative texts by locale.
    Texts,
    /// Objects of these members, 1 to [`MAX_ITEMS`].
    Items(fn() -> Vec<DeclaredMember>),
}

/// An object of members.
pub(crate) trait FromMembers: Sized + Send + 'static {
    /// Reads every member, whatever is wrong with the others. Faults stay with the reader.
    fn read(members: &mut Members) -> Self;
}

/// The JSON body of a route.
pub(crate) trait JsonBody: FromMembers {
    /// Name of its schema in documents.
    const NAME: &'static str;
    /// How large it may be.
    const MAX: MaxBody;
}

/// How large a JSON body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MaxBody {
    /// It carries content: what the configuration allows.
    Content,
    /// It carries names, texts and lists of ids: 64 KiB.
    Small,
    /// This number of bytes.
    Bytes(usize),
}

impl MaxBody {
    /// In bytes, where content may have `max_content_bytes`.
    pub(crate) fn bytes(self, max_content_bytes: usize) -> usize {
        match self {
            Self::Content => max_content_bytes,
            Self::Small => MAX_SMALL_BYTES.min(max_content_bytes),
            Self::Bytes(count) => count.min(max_content_bytes),
        }
    }
}

/// A member as a body reads it.
#[derive(Debug)]
pub(crate) struct DeclaredMember {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it looks like.
    pub(crate) form: MemberForm,
    /// Must be there.
    pub(crate) required: bool,
    /// May be null.
    pub(crate) nullable: bool,
    /// What it is for.
    pub(crate) help: &'static str,
}

/// Reads the members of one object and notes what is wrong with them.
pub(crate) struct Members {
    sent: Map<String, Value>,
    at: Pointer,
    faults: Vec<Fault>,
    /// What is read, where a body is described; `None` where one is read.
    declared: Option<Vec<DeclaredMember>>,
}

/// A body as it was sent: with faults, what could be read of it.
pub(crate) struct SentBody<B> {
    value: B,
    faults: Vec<Fault>,
}

impl<T: Formed> Member<T> {
    /// A member whose type says what it accepts.
    pub(crate) const fn new(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::One(T::FORM), help)
    }
}

impl<T: FromText> Member<T> {
    /// A whole number from 1.
    pub(crate) const fn number(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::One(Form::Number { min: 1, max: i64::MAX }), help)
    }
}

impl Member<u32> {
    /// A whole number within bounds, both included.
    pub(crate) const fn within(name: &'static str, min: i64, max: i64, help: &'static str) -> Self {
        Self::of(name, MemberForm::One(Form::Number { min, max }), help)
    }
}

impl Member<String> {
    /// A text of at most `max` characters.
    pub(crate) const fn text(name: &'static str, max: usize, help: &'static str) -> Self {
        Self::of(name, MemberForm::One(Form::Text { max }), help)
    }
}

impl Member<Timestamp> {
    /// A point in time.
    pub(crate) const fn time(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::One(Form::Time), help)
    }
}

impl<T: FromText> Member<Vec<T>> {
    /// A list of short texts.
    pub(crate) const fn many(name: &'static str, form: Form, help: &'static str) -> Self {
        Self::of(name, MemberForm::Many(form), help)
    }
}

impl Member<bool> {
    /// True or false; false when absent.
    pub(crate) const fn flag(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::Flag, help)
    }
}

impl Member<Value> {
    /// The data of an entry.
    pub(crate) const fn data(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::Data, help)
    }
}

impl Member<BTreeMap<Locale, String>> {
    /// Alternative texts by locale.
    pub(crate) const fn texts(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::Texts, help)
    }
}

impl<T: FromMembers> Member<Vec<T>> {
    /// A list of objects.
    pub(crate) const fn items(name: &'static str, help: &'static str) -> Self {
        Self::of(name, MemberForm::Items(declared::<T>), help)
    }
}

impl<T> Member<T> {
    const fn of(name: &'static str, form: MemberForm, help: &'static str) -> Self {
        Self { name, form, help, value: PhantomData }
    }
}

impl<B> SentBody<B> {
    /// The body, or all that is wrong with it.
    pub(crate) fn sound(self) -> Result<B, Problem> {
        if self.faults.is_empty() { Ok(self.value) } else { Err(Problem::faults(self.faults)) }
    }

    /// What could be read of a body that has faults, to look for more of them.
    pub(crate) fn faulty(&self) -> Option<&B> {
        Some(&self.value).filter(|_| !self.faults.is_empty())
    }

    /// The same with more faults.
    pub(crate) fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults.extend(faults);
        self
    }
}

impl Members {
    fn new(sent: Map<String, Value>, at: Pointer) -> Self {
        Self { sent, at, faults: Vec::new(), declared: None }
    }

    /// A member that may be absent.
    pub(crate) fn optional<T: FromText>(&mut self, member: &Member<T>) -> Option<T> {
        let value = self.take(member, false, false)?;
        self.one(member, &value)
    }

    /// A member that may be absent; null is the same.
    pub(crate) fn nullable<T: FromText>(&mut self, member: &Member<T>) -> Option<T> {
        let value = self.take(member, false, true)?;
        if value.is_null() { None } else { self.one(member, &value) }
    }

    /// A member that may be absent, or null to empty what was there.
    pub(crate) fn keep<T: FromText>(&mut self, member: &Member<T>) -> Keep<T> {
        match self.take(member, false, true) {
            None => Keep::Keep,
            Some(Value::Null) => Keep::Clear,
            Some(value) => self.one(member, &value).map_or(Keep::Keep, Keep::Set),
        }
    }

    /// A member that must be there.
    pub(crate) fn required<T: FromText + Placeholder>(&mut self, member: &Member<T>) -> T {
        let value = self.take(member, true, false);
        value.and_then(|value| self.one(member, &value)).unwrap_or_else(T::placeholder)
    }

    /// True or false; false when absent.
    pub(crate) fn flag(&mut self, member: &Member<bool>) -> bool {
        let Some(value) = self.take(member, false, false) else { return false };
        value.as_bool().unwrap_or_else(|| {
            self.faults.push(wrong_type(self.at.key(member.name), Expected::Boolean));
            false
        })
    }

    /// The data of an entry, which must be there; null where they are faulty.
    pub(crate) fn data(&mut self, member: &Member<Value>) -> Value {
        match self.take(member, true, false) {
            None => Value::Null,
            Some(value) if value.is_object() => value,
            Some(_) => {
                self.faults.push(wrong_type(self.at.key(member.name), Expected::Object));
                Value::Null
            }
        }
    }

    /// Alternative texts by locale.
    pub(crate) fn texts(&mut self, member: &Member<BTreeMap<Locale, String>>) -> Option<BTreeMap<Locale, String>> {
        let (value, at) = (self.take(member, false, false)?, self.at.key(member.name));
        let Value::Object(sent) = value else {
            self.faults.push(wrong_type(at, Expected::TextsByLocale));
            return None;
        };
        if sent.len() > MAX_ITEMS {
            self.faults.push(Fault::new(at, FaultCode::TooManyItems).with("max", MAX_ITEMS));
            return None;
        }
        let mut texts = BTreeMap::new();
        for (name, value) in sent {
            let place = at.key(&name);
            let Ok(locale) = name.parse::<Locale>() else {
                self.faults.push(wrong_type(place, Expected::Locale));
                continue;
            };
            self.faults.extend(check(Form::Text { max: MAX_ALTERNATIVE_TEXT_CHARS }, &value, &place));
            texts.insert(locale, value.as_str().unwrap_or_default().to_owned());
        }
        Some(texts)
    }

    /// A list of values that may be absent; null is the same.
    pub(crate) fn many<T: FromText>(&mut self, member: &Member<Vec<T>>) -> Option<Vec<T>> {
        let (value, at) = (self.take(member, false, true)?, self.at.key(member.name));
        let (MemberForm::Many(form), false) = (member.form, value.is_null()) else { return None };
        let Value::Array(items) = value else {
            self.faults.push(wrong_type(at, Expected::List));
            return None;
        };
        if items.is_empty() {
            self.faults.push(Fault::new(at, FaultCode::TooFewItems).with("min", 1));
            return None;
        }
        if items.len() > MAX_ITEMS {
            self.faults.push(Fault::new(at, FaultCode::TooManyItems).with("max", MAX_ITEMS));
            return None;
        }
        let mut values = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let place = at.index(place);
            let faults = check(form, item, &place);
            let value = item.as_str().filter(|_| faults.is_empty()).and_then(T::from_text);
            if faults.is_empty() && value.is_none() {
                self.faults.push(Fault::new(place, FaultCode::NotAnOption));
            }
            self.faults.extend(faults);
            values.extend(value);
        }
        Some(values)
    }

    /// A list of objects, which must be there.
    pub(crate) fn items<T: FromMembers>(&mut self, member: &Member<Vec<T>>) -> Vec<T> {
        let at = self.at.key(member.name);
        let items = match self.take(member, true, false) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.faults.push(wrong_type(at, Expected::List));
                return Vec::new();
            }
        };
        if items.is_empty() {
            self.faults.push(Fault::new(at.clone(), FaultCode::TooFewItems).with("min", 1));
        }
        if items.len() > MAX_ITEMS {
            self.faults.push(Fault::new(at, FaultCode::TooManyItems).with("max", MAX_ITEMS));
            return Vec::new();
        }
        let mut read = |(place, item)| read_object(item, at.index(place), &mut self.faults);
        items.into_iter().enumerate().map(&mut read).collect()
    }

    /// Adds a fault of a member that only the others decide; not where something is wrong already.
    pub(crate) fn refuse<T>(&mut self, member: &Member<T>, fault: impl FnOnce(Pointer) -> Fault) {
        if self.faults.is_empty() {
            self.faults.push(fault(self.at.key(member.name)));
        }
    }

    fn take<T>(&mut self, member: &Member<T>, required: bool, nullable: bool) -> Option<Value> {
        let Member { name, form, help, value: _ } = *member;
        if let Some(declared) = &mut self.declared {
            declared.push(DeclaredMember { name, form, required, nullable, help });
        }
        let value = self.sent.shift_remove(name);
        if value.is_none() && required {
            self.faults.push(Fault::new(self.at.key(name), FaultCode::Required));
        }
        value
    }

    fn one<T: FromText>(&mut self, member: &Member<T>, value: &Value) -> Option<T> {
        let MemberForm::One(form) = member.form else { return None };
        let faults = check(form, value, &self.at.key(member.name));
        if !faults.is_empty() {
            self.faults.extend(faults);
            return None;
        }
        match value {
            Value::String(text) => T::from_text(text),
            value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                T::from_text(&value.to_string())
            }
        }
    }

    /// Adds what was not read.
    fn finish<B: FromMembers>(mut self) -> Vec<Fault> {
        let allowed = LazyCell::new(|| declared::<B>().iter().map(|member| member.name).collect::<Vec<_>>());
        for name in self.sent.keys() {
            self.faults.push(Fault::new(self.at.key(name), FaultCode::UnknownField).with("allowed", allowed.clone()));
        }
        self.faults
    }
}

/// Reads a body.
pub(crate) fn read<B: FromMembers>(body: Value) -> SentBody<B> {
    let mut faults = Vec::new();
    let value = read_object(body, Pointer::root(), &mut faults);
    SentBody { value, faults }
}

/// What a body declares: all that it reads, here of nothing.
pub(crate) fn declared<B: FromMembers>() -> Vec<DeclaredMember> {
    let mut members = Members { declared: Some(Vec::new()), ..Members::new(Map::new(), Pointer::root()) };
    B::read(&mut members);
    members.declared.unwrap_or_default()
}

fn read_object<B: FromMembers>(value: Value, at: Pointer, faults: &mut Vec<Fault>) -> B {
    let Value::Object(sent) = value else {
        faults.push(wrong_type(at.clone(), Expected::Object));
        // What an empty object lacks is not the client's mistake.
        return B::read(&mut Members::new(Map::new(), at));
    };
    let mut members = Members::new(sent, at);
    let value = B::read(&mut members);
    faults.extend(members.finish::<B>());
    value
}

/// What is wrong with one value.
fn check(form: Form, value: &Value, at: &Pointer) -> Vec<Fault> {
    let text = value.as_str();
    let wrong = |expected| vec![wrong_type(at.clone(), expected)];
    let of_form = |is_good: bool, code| match text {
        None => wrong(Expected::Text),
        Some(_) if is_good => Vec::new(),
        Some(_) => vec![Fault::new(at.clone(), code)],
    };
    let of_kind = |is_good: bool, expected| if is_good { Vec::new() } else { wrong(expected) };
    match form {
        Form::Text { max } => text.map_or_else(|| wrong(Expected::Text), |text| check_text(text, max, at)),
        Form::AnyText => text.map_or_else(|| wrong(Expected::Text), |text| check_text(text, usize::MAX, at)),
        Form::Id => of_form(text.is_some_and(is_id), FaultCode::InvalidId),
        Form::Date => of_form(text.is_some_and(is::<CalendarDate>), FaultCode::InvalidDate),
        Form::Number { min, max } => {
            let good = value.as_i64().is_some_and(|number| (min..=max).contains(&number));
            match (good, min, max) {
                (true, ..) => Vec::new(),
                (false, 1, i64::MAX) => wrong(Expected::PositiveInteger),
                (false, ..) => vec![wrong_type(at.clone(), Expected::IntegerWithin).with("min", min).with("max", max)],
            }
        }
        Form::Locale => of_kind(text.is_some_and(is::<Locale>), Expected::Locale),
        Form::Hash => of_kind(text.is_some_and(is::<ContentHash>), Expected::Hash),
        Form::Rank => of_kind(text.is_some_and(is::<Rank>), Expected::Rank),
        Form::Time => of_kind(text.is_some_and(is::<Timestamp>), Expected::Datetime),
        Form::PastTime => of_kind(text.is_some_and(is::<Timestamp>), Expected::PastDatetime),
        Form::Word(words) if text.is_some_and(|text| words().contains(&text)) => Vec::new(),
        Form::Word(words) => vec![Fault::new(at.clone(), FaultCode::NotAnOption).with("allowed", words())],
    }
}

fn check_text(text: &str, max: usize, at: &Pointer) -> Vec<Fault> {
    let mut faults = Vec::new();
    if text.chars().count() > max {
        faults.push(Fault::new(at.clone(), FaultCode::TooLong).with("max", max));
    }
    if let Some(character) = find_control(text) {
        let fault = Fault::new(at.clone(), FaultCode::ForbiddenCharacter);
        faults.push(fault.with("character", format!("U+{:04X}", u32::from(character))));
    }
    faults
}

fn is<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

fn wrong_type(at: Pointer, expected: Expected) -> Fault {
    Fault::new(at, FaultCode::WrongType).expecting(expected)
}

#[cfg(test)]
mod tests {
    use diwan_content::EntryId;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const HASH: Member<ContentHash> = Member::new("hash", "");
    const N: Member<u32> = Member::number("n", "");
    const TITLE: Member<String> = Member::text("title", 5, "");
    const PARENT: Member<EntryId> = Member::new("parent", "");
    const DATE: Member<CalendarDate> = Member::new("date", "");
    const ITEMS: Member<Vec<Item>> = Member::items("items", "");
    const TEXTS: Member<BTreeMap<Locale, String>> = Member::texts("texts", "");

    struct Item;

    impl FromMembers for Item {
        fn read(members: &mut Members) -> Self {
            members.required(&HASH);
            members.optional(&N);
            Self
        }
    }

    /// The parent alone is looked at.
    struct Body(Keep<EntryId>);

    impl FromMembers for Body {
        fn read(members: &mut Members) -> Self {
            members.required(&TITLE);
            let parent = members.keep(&PARENT);
            members.optional(&DATE);
            members.items(&ITEMS);
            members.texts(&TEXTS);
            Self(parent)
        }
    }

    /// A body whose items are sound where it says nothing of them.
    fn body(mut value: Value) -> SentBody<Body> {
        if let Value::Object(members) = &mut value {
            members.entry("items").or_insert_with(|| json!([{ "hash": ContentHash::of(b"").to_string() }]));
        }
        read(value)
    }

    fn faults(value: Value) -> Vec<(String, &'static str)> {
        let faults = body(value).faults;
        faults.iter().map(|fault| (fault.pointer.to_string(), fault.code.as_str())).collect()
    }

    #[test]
    fn all_faults_of_an_envelope_are_told_at_once() {
        let faults = faults(
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
        let parent = |value: Value| body(value).sound().unwrap().0;
        assert_eq!(parent(json!({ "title": "a" })), Keep::Keep);
        assert_eq!(parent(json!({ "title": "a", "parent": null })), Keep::Clear);
        assert_eq!(parent(json!({ "title": "a", "parent": Uuid::nil() })), Keep::Set(EntryId(Uuid::nil())));
    }

    #[test]
    fn long_texts_and_control_characters_are_faults() {
        assert_eq!(
            faults(json!({ "title": "123456\u{0}" })),
            [("/title".to_owned(), "too_long"), ("/title".to_owned(), "forbidden_character")]
        );
        assert_eq!(faults(json!([])), [(String::new(), "wrong_type")]);
    }

    #[test]
    fn what_is_read_is_what_is_declared() {
        let MemberForm::Items(item) = ITEMS.form else { panic!("no list") };
        let names = |declared: Vec<DeclaredMember>| declared.into_iter().map(|member| member.name).collect::<Vec<_>>();
        assert_eq!(names(item()), ["hash", "n"]);
        assert_eq!(names(declared::<Body>()), ["title", "parent", "date", "items", "texts"]);
    }
}
