//! Values of stored publications, only those that are wanted: the rest is passed over without being built.

use std::fmt;

use diwan_content::Blueprint;
use diwan_store::Live;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::CmsError;

/// The wanted fields among those that are public by today's blueprint, each there and in its order: what was presented under
/// an older one may hold others, or lack some.
pub(in crate::reads) fn stored_values(
    live: &Live,
    blueprint: &Blueprint,
    wanted: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, CmsError> {
    let mut stored = some_values(live, &wanted)?;
    let mut values = Map::new();
    for field in blueprint.public_fields().filter(|field| wanted(field.handle.as_str())) {
        let value = stored.remove(field.handle.as_str()).unwrap_or_else(|| field.presented_empty());
        values.insert(field.handle.to_string(), value);
    }
    Ok(values)
}

/// The wanted values as they are stored.
pub(in crate::reads) fn some_values(
    live: &Live,
    wanted: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, CmsError> {
    let mut reader = serde_json::Deserializer::from_str(&live.data_text);
    reader.deserialize_map(Wanted(wanted)).map_err(|error| CmsError::Damaged {
        what: format!("presented data of {} in {} cannot be read", live.entry, live.locale),
        source: Some(Box::new(error)),
    })
}

struct Wanted<F>(F);

impl<'de, F: Fn(&str) -> bool> Visitor<'de> for Wanted<F> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if (self.0)(&name) {
                values.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(values)
    }
}
