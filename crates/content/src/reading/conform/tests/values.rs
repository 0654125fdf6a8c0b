//! Values that today's field takes, and values that it does not.

use super::*;

/// A value under a type of today: what it becomes, and what is wrong with it.
fn check(today: &str, value: Value, expected: Value, misfits: &[&str]) {
    let today =
        blueprint(&format!("- handle: f\n{}", today.lines().map(|line| format!("  {line}\n")).collect::<String>()));
    let conformed = conformed(&today, json!({ "f": value }));
    assert_eq!(
        (conformed.data().find("f"), short_misfits(&conformed)),
        (Some(&expected), misfits.iter().map(|m| (*m).to_owned()).collect())
    );
}

const OPTIONS: &str =
    "type: select\noptions: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: ب, en: B } }]";

#[test]
fn what_has_one_reading_is_converted() {
    let one = format!("{OPTIONS}\nmax_items: 1");
    for (today, value, expected) in [
        ("type: number", json!("150"), json!(150)),
        ("type: integer", json!("-7"), json!(-7)),
        ("type: number", json!("2.5"), json!(2.5)),
        ("type: text", json!(150), json!("150")),
        ("type: text", json!(2.5), json!("2.5")),
        ("type: list", json!("أ"), json!(["أ"])),
        ("type: list", json!(5), json!(["5"])),
        ("type: text", json!(["أ"]), json!("أ")),
        ("type: text", json!([]), json!(null)),
        ("type: markdown", json!("# أ"), json!("# أ")),
        ("type: date", json!("2026-01-31"), json!("2026-01-31")),
        ("type: date", json!(""), json!(null)),
        ("type: number", json!(" \n"), json!(null)),
        (OPTIONS, json!(""), json!(null)),
        (&one, json!(""), json!(null)),
        ("type: reference", json!(""), json!(null)),
        ("type: textarea", json!(""), json!("")),
        (OPTIONS, json!("a"), json!(["a"])),
        (&one, json!(["b"]), json!("b")),
        (&one, json!("b"), json!("b")),
        (
            "type: grid\nfields: [{ handle: n, type: number, label: { ar: أ, en: A } }]",
            json!([{"id": "x", "n": "1"}]),
            json!([{"id": "x", "n": 1}]),
        ),
        (
            "type: group\nfields: [{ handle: n, type: text, label: { ar: أ, en: A } }]",
            json!({"n": 1}),
            json!({"n": "1"}),
        ),
        (
            "type: group\nfields: [{ handle: n, type: date, label: { ar: أ, en: A } }]",
            json!({"n": ""}),
            json!({"n": null}),
        ),
    ] {
        check(today, value, expected, &[]);
    }
}

#[test]
fn what_has_none_or_several_is_a_misfit() {
    let one = format!("{OPTIONS}\nmax_items: 1");
    for (today, value, misfit) in [
        ("type: number", json!("0150"), "/f wrong_type"),
        ("type: number", json!("150 شيكل"), "/f wrong_type"),
        ("type: integer", json!(2.5), "/f wrong_type"),
        ("type: rich_text", json!("# أ"), "/f wrong_type"),
        ("type: boolean", json!("true"), "/f wrong_type"),
        ("type: text", json!(["أ", "ب"]), "/f wrong_type"),
        (OPTIONS, json!(["a", "gone"]), "/f/1 not_an_option"),
        (&one, json!(["a", "b"]), "/f wrong_type"),
        ("type: text\nmax_chars: 1", json!("أب"), "/f too_long"),
        ("type: number\nmax: 100", json!("150"), "/f too_large"),
        (
            "type: group\nfields: [{ handle: n, type: text, label: { ar: أ, en: A } }]",
            json!({"m": 1}),
            "/f/m unknown_field",
        ),
    ] {
        let kept = if misfit.ends_with("too_large") { json!(150) } else { value.clone() };
        check(today, value, kept, &[misfit]);
    }
}

#[test]
fn readers_see_what_exceeds_a_limit_and_nothing_of_what_does_not_fit() {
    let today = blueprint(&format!(
        "- {{ handle: title, type: text, max_chars: 2 }}\n- {{ handle: price, type: number }}\n- handle: kind\n  {}",
        OPTIONS.replace('\n', "\n  ")
    ));
    let conformed = conformed(&today, json!({"title": "طويل", "price": "كثير", "kind": ["gone", "a"], "old": 1}));
    assert_eq!(
        Value::Object(conformed.shown().as_map().clone()),
        json!({"title": "طويل", "price": null, "kind": [null, "a"], "old": 1})
    );
    let at = Pointer::root().key("data");
    assert_eq!(
        short_faults(&conformed.publish_faults(&at)),
        ["/data/title too_long", "/data/price wrong_type", "/data/kind/0 not_an_option"]
    );
}

#[test]
fn editors_get_what_can_be_saved_and_the_rest_beside_it() {
    let today = blueprint(&format!(
        "- {{ handle: title, type: text, max_chars: 2 }}\n- {{ handle: span, type: date_range }}\n- handle: kind\n  {}
- handle: rows
  type: grid
  fields: [{{ handle: n, type: number, label: {{ ar: أ, en: A }} }}]",
        OPTIONS.replace('\n', "\n  ")
    ));
    let written = json!({
        "title": "طويل", "span": {"from": "never", "to": "2026-01-01"}, "kind": ["gone", "a", "lost"], "old": 1,
        "rows": [{"id": "x", "n": "many"}, {"id": "y", "n": "5", "m": true}],
    });
    let aside = |limits| {
        let (data, aside) = conformed(&today, written.clone()).editable(&today, &LocaleRole::Origin, limits);
        let aside: Vec<String> = aside.iter().map(|kept| format!("{} {}", kept.pointer, kept.value)).collect();
        (Value::Object(data.as_map().clone()), aside)
    };
    let (data, kept) = aside(Limits::Bind);
    let rows = json!([{"id": "x"}, {"id": "y", "n": 5}]);
    assert_eq!(data, json!({"title": null, "span": {"to": "2026-01-01"}, "kind": ["a"], "rows": rows}));
    assert_eq!(kept.len(), 7, "{kept:?}");
    for place in
        ["/title \"طويل\"", "/kind/0 \"gone\"", "/kind/2 \"lost\"", "/old 1", "/rows/0/n \"many\"", "/rows/1/m true"]
    {
        assert!(kept.contains(&place.to_owned()), "{place} {kept:?}");
    }
    assert_eq!(aside(Limits::Stay).0["title"], "طويل");
}

#[test]
fn what_names_nothing_is_kept_only_where_it_was_imported_so() {
    let before =
        blueprint("- { handle: a, type: link }\n- { handle: b, type: text }\n- { handle: c, type: reference }");
    let today = blueprint(
        "- { handle: a, type: link }\n- { handle: b, type: link }\n- { handle: c, type: reference, max_items: 1 }",
    );
    let written = data(json!({"a": "old.md", "b": "old.md", "c": ["old.md"]}));
    let misfits = |written_under| short_misfits(&conform(&written, written_under, &today, &LocaleRole::Origin));
    assert_eq!(misfits(under(&before)), ["/b invalid_url"]);
    assert_eq!(misfits(unknown()).len(), 3);
}

#[test]
fn what_only_the_origin_holds_is_taken_out_of_a_localization() {
    let today = blueprint(
        "- { handle: price, type: integer }\n- { handle: title, type: text, max_chars: 1, localizable: true }",
    );
    let role = LocaleRole::Localization { origin: "ar".parse().unwrap() };
    let values = data(json!({"price": 150, "title": "ab"}));
    for limits in [Limits::Stay, Limits::Bind] {
        let (kept, aside) = conform(&values, unknown(), &today, &role).editable(&today, &role, limits);
        let title = if limits == Limits::Bind { json!(null) } else { json!("ab") };
        assert_eq!(Value::Object(kept.into_map()), json!({ "title": title }));
        assert_eq!(aside[0], KeptAside { pointer: Pointer::root().key("price"), value: json!(150) });
    }
}

#[test]
fn data_of_today_are_taken_as_they_are() {
    let today = blueprint("- { handle: title, type: text, max_chars: 2 }");
    let data = data(json!({"title": "imported and long"}));
    let conformed = conform(&data, under(&today), &today, &LocaleRole::Origin);
    assert_eq!((conformed.data(), conformed.misfits()), (&data, &[][..]));
}
