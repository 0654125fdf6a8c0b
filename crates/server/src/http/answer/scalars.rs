//! Values of views as documents describe them. They are only ever written, so reading them back asks for no more than their JSON type.

use std::borrow::Cow;

use diwan_content::Timestamp;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// A point in time, RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A JSON object whose members a blueprint or the content decides.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct AnyObject(pub(crate) Map<String, Value>);

/// Any JSON, `null` too.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct AnyValue(pub(crate) Value);

macro_rules! scalar {
    ($name:ident, $label:literal, $schema:expr, $read:expr) => {
        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $label.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                let read: fn(Value) -> Option<Self> = $read;
                read(value.unwrap_or_default()).ok_or_else(ParseError::expected_input)
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }
    };
}

scalar!(Time, "time", MetaSchema::new_with_format("string", "date-time"), |value| value
    .as_str()?
    .parse()
    .ok()
    .map(Time));
scalar!(
    AnyObject,
    "object",
    MetaSchema {
        additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)))),
        ..MetaSchema::new("object")
    },
    |value| if let Value::Object(members) = value { Some(AnyObject(members)) } else { None }
);
scalar!(AnyValue, "any", MetaSchema::ANY, |value| Some(AnyValue(value)));
