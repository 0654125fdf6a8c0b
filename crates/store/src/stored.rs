//! From stored values to those of the domain; what does not fit says that the database was damaged.

use std::{collections::BTreeMap, str::FromStr};

use diwan_content::{
    CalendarDate, ContentHash, Handle, Locale, Rank, Timestamp,
    rights::{ActorRef, Role},
};

use crate::error::StoreError;

/// Most rows that any query answers.
const MAX_ROWS: u32 = 10_000;

pub(crate) fn handle(text: &str) -> Result<Handle, StoreError> {
    parse(text, "handle")
}

pub(crate) fn locale(text: &str) -> Result<Locale, StoreError> {
    parse(text, "locale")
}

pub(crate) fn actor(text: &str) -> Result<ActorRef, StoreError> {
    parse(text, "actor")
}

pub(crate) fn role(text: &str) -> Result<Role, StoreError> {
    parse(text, "role")
}

pub(crate) fn rank(text: Option<&str>) -> Result<Option<Rank>, StoreError> {
    text.map(|text| parse(text, "rank")).transpose()
}

pub(crate) fn date(text: Option<&str>) -> Result<Option<CalendarDate>, StoreError> {
    text.map(|text| parse(text, "date")).transpose()
}

pub(crate) fn time(unix_ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_unix_ms(unix_ms).map_err(|_| damaged("time", &unix_ms.to_string()))
}

pub(crate) fn optional_time(unix_ms: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    unix_ms.map(time).transpose()
}

pub(crate) fn hash(bytes: &[u8]) -> Result<ContentHash, StoreError> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| damaged("hash", &hex::encode(bytes)))?;
    Ok(ContentHash::from_bytes(bytes))
}

/// A size or a count.
pub(crate) fn unsigned<T: TryFrom<i64>>(number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| damaged("count", &number.to_string()))
}

pub(crate) fn alternative_text(json: &str) -> Result<BTreeMap<Locale, String>, StoreError> {
    serde_json::from_str(json).map_err(|_| damaged("alternative text", json))
}

/// JSON of texts by locale.
pub(crate) fn alternative_text_json(texts: &BTreeMap<Locale, String>) -> String {
    let map: serde_json::Map<String, serde_json::Value> =
        texts.iter().map(|(locale, text)| (locale.to_string(), text.as_str().into())).collect();
    serde_json::Value::Object(map).to_string()
}

/// How many rows a query may answer.
pub(crate) fn bounded(limit: u32) -> u64 {
    limit.min(MAX_ROWS).into()
}

pub(crate) fn damaged(what: &str, found: &str) -> StoreError {
    let found: String = found.chars().take(80).collect();
    StoreError::Damaged { what: format!("{found:?} is no {what}") }
}

fn parse<T: FromStr>(text: &str, what: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| damaged(what, text))
}
