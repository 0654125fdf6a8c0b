//! The bytes of a body: read with a limit and a deadline of their own, out of one budget of memory, and parsed as JSON.
//!
//! All connections share the budget, and no client gets more of it than its share. JSON is as strict as the standard allows: no
//! duplicate keys, no invalid UTF-8, no lone surrogates, bounded depth and number of values, so that neither reading a body nor
//! finding its faults costs more than its bytes are worth.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use diwan_content::{Fault, FaultCode, Pointer};
use futures_util::{Stream, StreamExt as _};
use poem::{
    Body,
    http::{HeaderMap, header},
};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};
use tokio::time::{Instant, timeout_at};

use crate::http::{
    budgets::Client,
    problem::{Problem, ProblemCode, ProblemDetail},
};

#[cfg(test)]
mod tests;

/// Into how many shares the budget is divided. One client gets one share, and always enough for the largest body.
const SHARES: usize = 4;
/// Bodies up to this size are also taken where larger ones have used up the budget: a reserve of a quarter is kept for them.
const SMALL_BYTES: usize = 64 * 1024;
/// What an upload takes until it ends: what was read from its connection and is not written to disk yet.
const UPLOAD_BYTES: usize = 256 * 1024;
/// Longest name of a member in bytes. The place of each fault below it holds the name.
const MAX_NAME_BYTES: usize = 1_024;
/// Most members of one object.
const MAX_MEMBERS: usize = 1_000;
/// Most values of a whole body: texts, numbers, flags, nulls, lists and objects. The largest revision has fewer.
const MAX_VALUES: usize = 200_000;
/// Most duplicate keys that are told; a body can hold very many.
const MAX_DUPLICATES: usize = 100;

/// Why an upload stopped before its end, for those who read its stream elsewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadTrouble(Arc<OnceLock<ProblemCode>>);

impl UploadTrouble {
    /// What went wrong on the way in, if anything did.
    pub(crate) fn find(&self) -> Option<ProblemCode> {
        self.0.get().copied()
    }
}

/// Refuses encoded bodies: nothing here inflates what a client sends.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut sent = headers.get_all(header::CONTENT_ENCODING).iter();
    if sent.all(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity") || value.is_empty()) {
        Ok(())
    } else {
        Err(Problem::of(ProblemDetail::EncodedBody).header(header::ACCEPT_ENCODING, "identity"))
    }
}

/// Refuses what does not call itself JSON in UTF-8.
pub(crate) fn check_json_type(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = sent.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|kind| kind == "application/json");
    if is_json && parts.all(|part| part.is_empty() || part == "charset=utf-8" || part == "charset=\"utf-8\"") {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::UnsupportedMedia).with("expected", "application/json"))
    }
}

/// Reads a whole body of at most `max_bytes` within `time`; `hold` grows with what of it is in memory.
pub(crate) async fn read_all(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
    time: Duration,
    hold: &mut BodyHold,
) -> Result<Bytes, Problem> {
    let announced = announced_bytes(headers);
    if announced.is_some_and(|length| length > max_bytes as u64) {
        return Err(Problem::too_large(max_bytes));
    }
    let deadline = Instant::now() + time;
    let mut pieces = Box::pin(body.into_bytes_stream());
    let mut whole = BytesMut::new();
    loop {
        match timeout_at(deadline, pieces.next()).await {
            Err(_) => return Err(Problem::new(ProblemCode::RequestTimeout).header(header::CONNECTION, "close")),
            Ok(None) => return Ok(whole.freeze()),
            Ok(Some(Err(error))) => {
                return Err(Problem::new(ProblemCode::BadRequest).because(format!("the body broke off: {error}")));
            }
            Ok(Some(Ok(piece))) if whole.len() + piece.len() > max_bytes => return Err(Problem::too_large(max_bytes)),
            Ok(Some(Ok(piece))) => {
                hold.grow_to(whole.len() + piece.len())?;
                whole.extend_from_slice(&piece);
            }
        }
    }
}

/// The length that a request announces.
pub(crate) fn announced_bytes(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok())
}

/// An upload as a stream with deadlines: for each piece and for the whole.
pub(crate) fn stream(
    body: Body,
    piece_time: Duration,
    whole_time: Duration,
) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, UploadTrouble) {
    let trouble = UploadTrouble::default();
    let told = trouble.clone();
    let end = Instant::now() + whole_time;
    let pieces = Box::pin(body.into_bytes_stream());
    let stream = futures_util::stream::unfold(Some(pieces), move |pieces| {
        let told = told.clone();
        async move {
            let mut pieces = pieces?;
            let deadline = end.min(Instant::now() + piece_time);
            match timeout_at(deadline, pieces.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
                Ok(Some(Err(error))) => {
                    let _ = told.0.set(ProblemCode::UploadBrokeOff);
                    Some((Err(error), None))
                }
                Err(_) => {
                    let _ = told.0.set(ProblemCode::RequestTimeout);
                    Some((Err(io::ErrorKind::TimedOut.into()), None))
                }
            }
        }
    });
    (stream, trouble)
}

/// Bytes that the bodies of requests may take in memory.
pub(crate) struct BodyBudget {
    total: usize,
    share: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    total: usize,
    by_client: HashMap<Client, usize>,
}

/// The memory of one body, given back when dropped.
pub(crate) struct BodyHold {
    budget: Arc<BodyBudget>,
    client: Client,
    bytes: usize,
}

impl BodyBudget {
    /// Of `total` bytes; at least one body of `max_body_bytes` fits.
    pub(crate) fn new(total: usize, max_body_bytes: usize) -> Arc<Self> {
        let total = total.max(max_body_bytes);
        Arc::new(Self { total, share: (total / SHARES).max(max_body_bytes), held: Mutex::default() })
    }

    /// Nothing yet, for one body.
    pub(crate) fn hold(self: &Arc<Self>, client: Client) -> BodyHold {
        BodyHold { budget: self.clone(), client, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BodyHold {
    /// Holds this many bytes in all; 503 where they are more than the budget or the share of the client has left.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let more = bytes.saturating_sub(self.bytes);
        if more == 0 {
            return Ok(());
        }
        let mut held = self.budget.lock();
        let reserve = if bytes <= SMALL_BYTES { self.budget.total / 4 } else { 0 };
        let mine = held.by_client.get(&self.client).copied().unwrap_or_default() + more;
        if mine > self.budget.share || held.total + more > self.budget.total + reserve {
            return Err(Problem::overloaded().because("the memory for request bodies is used up"));
        }
        held.total += more;
        held.by_client.insert(self.client, mine);
        self.bytes = bytes;
        Ok(())
    }

    /// Holds what an upload takes while it runs; 503 as above. Where a share is less, one upload of a client fits.
    pub(crate) fn grow_for_upload(&mut self) -> Result<(), Problem> {
        self.grow_to(UPLOAD_BYTES.min(self.budget.share))
    }
}

impl Drop for BodyHold {
    fn drop(&mut self) {
        let mut held = self.budget.lock();
        held.total -= self.bytes;
        if let Some(mine) = held.by_client.get_mut(&self.client) {
            *mine -= self.bytes;
            if *mine == 0 {
                held.by_client.remove(&self.client);
            }
        }
    }
}

/// Parses a whole body. Depth is bounded by serde_json's own limit of 128.
pub(crate) fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
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
