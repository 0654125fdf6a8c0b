//! References are not shown as they are written by another type.

use super::*;

const ID: &str = "6c5a7ac3-546c-4172-947a-231133096261";
const OTHER: &str = "6c5a7ac3-546c-4172-947a-231133096262";

fn link() -> String {
    format!("entry:{ID}")
}

/// A field of each type that refers, with a value.
fn referring() -> Vec<(&'static str, Value)> {
    vec![
        ("type: reference", json!([ID])),
        ("type: reference", json!([ID, OTHER])),
        ("type: reference\nmax_items: 1", json!(ID)),
        ("type: asset", json!([ID])),
        ("type: link", json!(link())),
        ("type: link", json!(format!("ASSET:{ID}"))),
        ("type: navigation", json!([{"id": "a", "title": "أ", "children": [{"id": "b", "entry": ID}]}])),
        ("type: markdown", json!(format!("[أ]({})", link()))),
        ("type: rich_text", rich_text()),
        ("type: group\nfields: [{ handle: a, type: reference, label: { ar: أ, en: A } }]", json!({"a": [ID]})),
        ("type: grid\nfields: [{ handle: a, type: link, label: { ar: أ, en: A } }]", json!([{"id": "x", "a": link()}])),
        (
            "type: blocks\nblocks: [{ handle: k, label: { ar: أ, en: A }, fields: [{ handle: a, type: markdown, label: { ar: أ, en: A } }] }]",
            json!([{"id": "x", "type": "k", "a": format!("[أ]({})", link())}]),
        ),
    ]
}

fn rich_text() -> Value {
    let text = json!({"type": "text", "text": "أ", "marks": [{"type": "link", "attrs": {"href": link()}}]});
    json!({"type": "doc", "content": [{"type": "paragraph", "content": [text]}]})
}

/// Types that show a value as it is written.
const SHOWING: [&str; 9] = [
    "type: text",
    "type: textarea",
    "type: code",
    "type: list",
    "type: tags",
    "type: json",
    "type: key_value",
    "type: grid\nfields: [{ handle: a, type: text, label: { ar: أ, en: A } }]",
    "type: group\nfields: [{ handle: a, type: list, label: { ar: أ, en: A } }]",
];

#[test]
fn what_referred_is_converted_into_nothing_that_shows_it() {
    for (before, value) in referring() {
        for today in SHOWING.into_iter().chain(["type: markdown"]).filter(|today| *today != before) {
            let holds = |keys: &str| keys.split('\n').next().map(str::to_owned);
            if holds(before) == holds(today) {
                continue;
            }
            let (faults, shown, listed) = after_change(before, today, value.clone());
            assert_eq!(faults, ["/f was_reference"], "{before} {today}");
            assert!(shown == json!(null) || shown == json!([]), "{before} {today}: {shown}");
            assert_eq!(listed, ["/data/f"], "{before} {today}");
        }
    }
}

#[test]
fn fields_inside_are_withheld_one_by_one() {
    let field = |kind: &str| {
        format!(
            "{{ handle: a, type: {kind}, label: {{ ar: أ, en: A }} }}, {{ handle: b, type: text, label: {{ ar: أ, en: A }} }}"
        )
    };
    let value = json!({"a": [ID], "b": "ب"});
    let row = json!({"id": "x", "a": [ID], "b": "ب"});
    for (holder, value, place) in [
        ("type: group\nfields: [FIELDS]", value, ""),
        ("type: grid\nfields: [FIELDS]", json!([row]), "/0"),
        (
            "type: blocks\nblocks: [{ handle: k, label: { ar: أ, en: A }, fields: [FIELDS] }]",
            json!([{"id": "x", "type": "k", "a": [ID], "b": "ب"}]),
            "/0",
        ),
    ] {
        for today in ["text", "list", "json", "markdown"] {
            let of = |kind: &str| holder.replace("FIELDS", &field(kind));
            let (faults, shown, listed) = after_change(&of("reference"), &of(today), value.clone());
            let shown = shown.to_string();
            assert!(!shown.contains(ID) && shown.contains('ب'), "{holder} {today}: {shown}");
            assert_eq!(faults, [format!("/f{place}/a was_reference")]);
            assert_eq!(listed, [format!("/data/f{place}/a")]);
        }
    }
}

#[test]
fn the_other_way_round_and_what_refers_to_nothing_is_converted() {
    let converted = |before: &str, today: &str, value: Value, expected: Value| {
        let (faults, shown, listed) = after_change(before, today, value);
        assert_eq!((faults, shown, listed), (vec![], expected, vec![]), "{before} {today}");
    };
    converted("type: list", "type: reference", json!([ID]), json!([ID]));
    converted("type: text", "type: link", json!(link()), json!({"kind": "entry", "href": null, "id": ID}));
    converted("type: reference", "type: asset", json!([ID]), json!([ID]));
    converted("type: link", "type: text", json!("https://a.example"), json!("https://a.example"));
    converted("type: markdown", "type: textarea", json!("[أ](https://a.example)"), json!("[أ](https://a.example)"));
    converted("type: text", "type: json", json!(ID), json!(ID));
}

#[test]
fn a_reference_that_is_published_under_a_second_blueprint_is_withheld_under_a_third() {
    let (written, published) = changed_type("type: list", "type: reference");
    let (_, today) = changed_type("type: list", "type: list\nmax_items: 3");
    let values = data(json!({"f": [ID]}));
    let conformed = conform(&values, under(&written), &today, &LocaleRole::Origin);
    let presented = present(&published, values.as_map());
    let shown = Outdated::new(&today, Some(&published), presented).with_data(&conformed, None);
    assert_eq!(shown.presented["f"], json!([]));
    assert_eq!(shown.unresolved.iter().map(|place| place.pointer.as_str()).collect::<Vec<_>>(), ["/data/f"]);
}

#[test]
fn of_an_unknown_blueprint_what_names_an_entry_or_asset_is_withheld() {
    for (_, value) in referring() {
        for today in SHOWING {
            let (_, today) = changed_type(today, today);
            let conformed = conformed(&today, json!({"f": value}));
            assert!(!conformed.shown().as_map()["f"].to_string().contains(ID), "{value}");
            assert!(!conformed.publish_faults(&Pointer::root()).is_empty(), "{value}");
        }
    }
    for (today, value) in [("type: reference", json!([ID])), ("type: link", json!(link())), ("type: text", json!("نص"))]
    {
        let (_, today) = changed_type(today, today);
        assert_eq!(conformed(&today, json!({"f": value})).shown().as_map()["f"], value);
    }
}

#[test]
fn an_editor_finds_it_beside_the_data_as_it_was_written() {
    let (before, today) = changed_type("type: reference", "type: text");
    let conformed = conform(&data(json!({"f": [ID]})), under(&before), &today, &LocaleRole::Origin);
    let (kept, aside) = conformed.editable(&today, &LocaleRole::Origin, Limits::Stay);
    assert_eq!(Value::Object(kept.as_map().clone()), json!({"f": null}));
    assert_eq!(
        aside.iter().map(|aside| (aside.pointer.as_str(), &aside.value)).collect::<Vec<_>>(),
        [("/f", &json!([ID]))]
    );
}
