//! Values of several members whose names the type fixes, tables, and any JSON.

mod geo_point;
mod json;
mod key_value;
mod table;

pub use self::{geo_point::GeoPointType, json::JsonType, key_value::KeyValueType, table::TableType};
