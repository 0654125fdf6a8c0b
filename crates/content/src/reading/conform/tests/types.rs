//! Fields whose type changed.

use super::*;

#[test]
fn references_have_the_form_and_number_of_today() {
    let ids: Vec<String> = (0..4).map(|n| format!("6c5a7ac3-546c-4172-947a-23113309626{n}")).collect();
    let check = |today: &str, expected: (&str, Value, &[&str])| {
        let (faults, shown, listed) = after_change("type: reference\nmax_items: 4", today, json!(ids));
        assert_eq!(
            (faults.join(", ").as_str(), shown, listed),
            (expected.0, expected.1, expected.2.iter().map(ToString::to_string).collect())
        );
    };
    check("type: reference\nmax_items: 1", ("/f wrong_type", json!(null), &["/data/f"]));
    check("type: reference\nmax_items: 3", ("/f too_many_items", json!(ids), &[]));
    check("type: reference\nmax_items: 5", ("", json!(ids), &[]));
    let (faults, shown, _) = after_change("type: asset\nmax_items: 1", "type: asset", json!(ids[0]));
    assert_eq!((faults, shown), (vec![], json!([ids[0]])));
}

#[test]
fn members_of_another_type_are_not_lost_in_silence() {
    let pairs = json!([{"key": "المدة", "value": "يومان"}]);
    let (faults, shown, listed) = after_change("type: key_value", GRID, pairs);
    assert_eq!(faults, ["/f/0/key unknown_field", "/f/0/value unknown_field"]);
    assert_eq!((shown, listed), (json!([]), vec!["/data/f".to_owned()]));
    let place = json!({"latitude": 31.9, "longitude": 35.2});
    let (faults, shown, listed) = after_change("type: geo_point", GROUP, place);
    assert_eq!(
        (faults, shown, listed),
        (vec!["/f/longitude unknown_field".to_owned()], json!(null), vec!["/data/f".to_owned()])
    );
    let days = json!({"from": "2026-01-01", "to": "2026-01-02"});
    assert_eq!(after_change("type: date_range", GROUP, days).0.len(), 2);
    let rows = json!([{"id": "x", "type": "k", "a": "أ", "enabled": false}]);
    let blocks =
        GRID.replace("grid\nfields: [", "blocks\nblocks: [{ handle: k, label: { ar: أ, en: A }, fields: [") + "}]";
    assert_eq!(after_change(&blocks, GRID, rows).0, ["/f/0/type unknown_field", "/f/0/enabled unknown_field"]);
    // A field that was removed from the same type shows nothing, as at the top.
    let more = GRID.replace("fields: [", "fields: [{ handle: z, type: text, label: { ar: أ, en: A } }, ");
    let (faults, _, listed) = after_change(&more, GRID, json!([{"id": "x", "a": "أ", "z": "ب"}]));
    assert_eq!((faults, listed), (vec![], vec![]));
    let (_, today) = changed_type(GRID, GRID);
    let of_unknown = conformed(&today, json!({"f": [{"id": "x", "a": "أ", "z": "ب"}], "gone": 1}));
    assert_eq!(short_faults(&of_unknown.publish_faults(&Pointer::root())), ["/f/0/z unknown_field"]);
}

#[test]
fn what_is_answered_as_nothing_is_listed_whatever_the_limit() {
    for (today, value) in [
        ("type: date_range\nopen_ended: true", json!({"from": "2026-02-01", "to": "2026-01-01"})),
        ("type: date_range\nopen_ended: true", json!({"from": "2026-02-01", "to": "soon"})),
        ("type: geo_point", json!({"latitude": 90.5, "longitude": 0})),
    ] {
        let (faults, shown, listed) = after_change("type: json", today, value);
        assert_eq!((faults.len(), shown, listed.len()), (1, json!(null), 1), "{today} {listed:?}");
    }
    let (_, shown, listed) = after_change("type: textarea\nmax_chars: 70000", "type: json", json!("ا".repeat(40_000)));
    assert_eq!((shown, listed), (json!(null), vec!["/data/f".to_owned()]));
    let twice = json!([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]);
    let (_, shown, listed) = after_change("type: json", "type: key_value", twice);
    assert_eq!((shown, listed), (json!([{"key": "a", "value": "1"}]), vec!["/data/f/1/key".to_owned()]));
    let many = json!(vec!["أ"; 201]);
    assert_eq!(after_change("type: json", "type: list", many).2, [""; 0], "as many as there are");
    let (_, shown, listed) = after_change("type: textarea", "type: text\nmax_chars: 2", json!("طويل"));
    assert_eq!((shown, listed), (json!("طويل"), vec![]));
}
