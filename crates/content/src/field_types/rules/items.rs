//! How many values a field holds: one, or a list.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    model::{Reading, UNREADABLE, constraints, schema},
    values::Pointer,
    yaml::Keys,
};

/// Limits of a field that holds one value or many. With a maximum of one the value is a scalar, else a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Items {
    /// Fewest items of a list that is not empty; binds when publishing.
    pub min: usize,
    /// Most items.
    pub max: usize,
}

impl Items {
    /// Most items of any list.
    pub const MAX: usize = 200;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let min = keys.count("min_items", 0, Self::MAX).unwrap_or(0);
        let max = keys.count("max_items", 1, Self::MAX).unwrap_or(Self::MAX);
        if min > max {
            keys.problem("min_items", "is above max_items");
        }
        Self { min, max }
    }

    /// Whether the value is a list.
    pub fn many(&self) -> bool {
        self.max > 1
    }

    /// Reads one value or a list of them; `read_item` checks each. Equal items are faults where `distinct`.
    pub(crate) fn read(
        &self,
        value: &Value,
        reading: &mut Reading<'_>,
        read_item: impl Fn(&Value, &mut Reading<'_>) -> Option<Value>,
    ) -> Option<Value> {
        if self.many() { self.read_list(value, reading, true, read_item) } else { read_item(value, reading) }
    }

    /// Reads a list whatever the maximum.
    pub(crate) fn read_list(
        &self,
        value: &Value,
        reading: &mut Reading<'_>,
        distinct: bool,
        read_item: impl Fn(&Value, &mut Reading<'_>) -> Option<Value>,
    ) -> Option<Value> {
        let Value::Array(items) = value else {
            reading.wrong_type("array");
            return None;
        };
        if items.len() > self.max {
            reading.fault_with(FaultCode::TooManyItems, "max", self.max);
            return None;
        }
        let mut read = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let mut reading = reading.item(place);
            let Some(item) = read_item(item, &mut reading) else { continue };
            if distinct && read.contains(&item) {
                reading.fault(FaultCode::DuplicateItem);
            } else {
                read.push(item);
            }
        }
        Some(Value::Array(read))
    }

    /// The fault of a list that is too short to be published.
    pub(crate) fn too_few(&self, value: &Value, at: &Pointer) -> Option<Fault> {
        let is_short = value.as_array().is_some_and(|items| items.len() < self.min);
        is_short.then(|| Fault::new(at.clone(), FaultCode::TooFewItems).with("min", self.min))
    }

    /// Presents one value or a list. Takes a scalar for a list of one and the first of a list for a scalar, so that content
    /// outlives a change of `max_items`. What `present_item` cannot present is left out, and what stands there already.
    pub(crate) fn present(&self, value: &Value, present_item: impl Fn(&Value) -> Option<Value>) -> Value {
        let items = match value {
            Value::Null => &[],
            Value::Array(items) => items.as_slice(),
            one @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                std::slice::from_ref(one)
            }
        };
        let mut presented: Vec<Value> = Vec::new();
        for item in items.iter().take(Self::MAX).filter_map(present_item) {
            if item == UNREADABLE || !presented.contains(&item) {
                presented.push(item);
            }
        }
        if self.many() { Value::Array(presented) } else { presented.into_iter().next().unwrap_or(Value::Null) }
    }

    /// Schema of what is written, from that of one item.
    pub(crate) fn input_schema(&self, item: Value) -> Value {
        if !self.many() {
            return item;
        }
        self.list_schema(item, true)
    }

    /// Schema of a list that is written.
    pub(crate) fn list_schema(&self, item: Value, distinct: bool) -> Value {
        let distinct = if distinct { json!(true) } else { Value::Null };
        schema("array", [("items", item), ("maxItems", json!(self.max)), ("uniqueItems", distinct)])
    }

    /// Schema of what is answered, from that of one item.
    pub(crate) fn answer_schema(&self, item: Value) -> Value {
        if self.many() { schema("array", [("items", item)]) } else { item }
    }

    pub(crate) fn describe(&self) -> Map<String, Value> {
        let min = if self.min > 0 { json!(self.min) } else { Value::Null };
        constraints([("min_items", min), ("max_items", json!(self.max))])
    }
}
