//! Places on the map.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::{Range, answered_object, has_no_members, or_null, read_members, written_object},
    model::{FieldKind, Reading},
    values::Pointer,
    yaml::Keys,
};

/// A place `{latitude, longitude}` in degrees of WGS 84, north and east positive; answered as it is written.
#[derive(Debug, Clone, Copy)]
pub struct GeoPointType;

const MEMBERS: [&str; 2] = ["latitude", "longitude"];
/// Most degrees of each, in both directions.
const LIMITS: [f64; 2] = [90.0, 180.0];

impl GeoPointType {
    pub(crate) fn parse(_keys: &mut Keys<'_>) -> Self {
        Self
    }
}

fn read_degrees(value: &Value, limit: f64, reading: &mut Reading<'_>) -> bool {
    if value.is_null() {
        return true;
    }
    let Some(degrees) = value.as_f64() else {
        reading.wrong_type("number");
        return false;
    };
    Range { min: Some(-limit), max: Some(limit) }.check(degrees, reading)
}

fn is_degrees(value: &Value, limit: f64) -> bool {
    value.as_f64().is_some_and(|degrees| degrees.abs() <= limit)
}

fn schema_of(limit: f64) -> Value {
    json!({"type": "number", "minimum": -limit, "maximum": limit})
}

impl FieldKind for GeoPointType {
    fn name(&self) -> &'static str {
        "geo_point"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let [latitude, longitude] = read_members(value, MEMBERS, reading)?;
        let has_latitude = read_degrees(latitude, LIMITS[0], &mut reading.member("latitude"));
        let has_longitude = read_degrees(longitude, LIMITS[1], &mut reading.member("longitude"));
        (has_latitude && has_longitude).then(|| json!({"latitude": latitude, "longitude": longitude}))
    }

    fn is_empty(&self, value: &Value) -> bool {
        has_no_members(value)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        for name in MEMBERS.into_iter().filter(|name| value[*name].is_null()) {
            faults.push(Fault::new(at.key(name), FaultCode::Required));
        }
    }

    fn present(&self, value: &Value) -> Value {
        let (latitude, longitude) = (&value["latitude"], &value["longitude"]);
        if !is_degrees(latitude, LIMITS[0]) || !is_degrees(longitude, LIMITS[1]) {
            return Value::Null;
        }
        json!({"latitude": latitude, "longitude": longitude})
    }

    fn input_schema(&self) -> Value {
        let degrees = |limit| or_null(schema_of(limit));
        written_object([("latitude", degrees(LIMITS[0])), ("longitude", degrees(LIMITS[1]))], &[])
    }

    fn answer_schema(&self) -> Value {
        answered_object([("latitude", schema_of(LIMITS[0])), ("longitude", schema_of(LIMITS[1]))])
    }

    fn describe(&self) -> Map<String, Value> {
        Map::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn places_are_kept_as_they_are_written() {
        let field = field("type: geo_point");
        for place in [json!({"latitude": 24.7136, "longitude": 46.6753}), json!({"latitude": -90, "longitude": 180})] {
            check_read(&field, place.clone(), place.clone());
            check_present(&field, place.clone(), place);
        }
        check_present(&field, json!({"latitude": 91, "longitude": 0}), json!(null));
        check_present(&field, json!({"latitude": 1}), json!(null));
        check_present(&field, json!([24.7, 46.7]), json!(null));
    }

    #[test]
    fn places_beyond_the_earth_are_refused() {
        let field = field("type: geo_point");
        check_faults(
            &field,
            json!({"latitude": 90.1, "longitude": -180.1}),
            &["/f/latitude too_large", "/f/longitude too_small"],
        );
        check_faults(&field, json!({"latitude": "24.7"}), &["/f/latitude wrong_type"]);
        check_read(&field, json!({"latitude": 24}), json!({"latitude": 24, "longitude": null}));
        assert_eq!(publish_faults_of(&field, json!({"latitude": 24, "longitude": null})), ["/f/longitude required"]);
        assert_eq!(publish_faults_of(&field, json!({"latitude": null, "longitude": null})), [""; 0]);
        check_faults(&field, json!({"lat": 1, "lng": 2}), &["/f/lat unknown_field", "/f/lng unknown_field"]);
        check_faults(&field, json!("24.7,46.7"), &["/f wrong_type"]);
    }
}
