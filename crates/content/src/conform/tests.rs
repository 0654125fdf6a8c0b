use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::*;
use crate::{
    asset_kind::AssetKind,
    deliver::{LiveAsset, LiveEntry, Lookup, deliver},
    field_types::testing::{blueprint, data, short_faults, values::values_of},
    ids::{AssetId, EntryId},
    path::PublicPath,
    present::present,
    represent::Outdated,
    resolve::resolve,
};

fn unknown<'a>() -> WrittenUnder<'a> {
    WrittenUnder { hash: ContentHash::from_bytes([1; 32]), blueprint: None }
}

fn under(blueprint: &Blueprint) -> WrittenUnder<'_> {
    WrittenUnder { hash: blueprint.hash, blueprint: Some(blueprint) }
}

fn conformed(today: &Blueprint, values: Value) -> Conformed {
    conform(&data(values), unknown(), today, &LocaleRole::Origin)
}

fn short_misfits(conformed: &Conformed) -> Vec<String> {
    short_faults(&conformed.misfits().iter().map(|misfit| misfit.fault.clone()).collect::<Vec<_>>())
}

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

const GROUP: &str = "type: group\nfields: [{ handle: latitude, type: number, label: { ar: أ, en: A } }]";
const GRID: &str = "type: grid\nfields: [{ handle: a, type: text, label: { ar: أ, en: A } }]";

/// One field before and today.
fn changed_type(before: &str, today: &str) -> (Blueprint, Blueprint) {
    let of = |keys: &str| {
        let keys: String = keys.lines().map(|line| format!("  {line}\n")).collect();
        blueprint(&format!("- handle: f\n{keys}"))
    };
    (of(before), of(today))
}

/// What stands against publishing a value of a type that is another one today, and what readers are shown of it with the
/// places that are listed.
fn after_change(before: &str, today: &str, value: Value) -> (Vec<String>, Value, Vec<String>) {
    let (before, today) = changed_type(before, today);
    let values = data(json!({ "f": value }));
    let conformed = conform(&values, under(&before), &today, &LocaleRole::Origin);
    let faults = short_faults(&conformed.publish_faults(&Pointer::root()));
    let presented = present(&before, values.as_map());
    let mut shown = Outdated::new(&today, Some(&before), presented).with_data(&conformed, None);
    let listed = shown.unresolved.iter().map(|place| place.pointer.to_string()).collect();
    (faults, shown.presented["f"].take(), listed)
}

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

#[test]
fn nothing_becomes_public_that_was_private_when_it_was_published() {
    let fields = |private: bool| {
        format!(
            "- {{ handle: a, type: text, private: {private} }}
- {{ handle: b, type: group, fields: [{{ handle: open, type: text, label: {{ ar: أ, en: A }} }}, {{ handle: secret, type: text, private: {private}, label: {{ ar: أ, en: A }} }}] }}"
        )
    };
    let (before, today) = (blueprint(&fields(true)), blueprint(&fields(false)));
    let values = data(json!({"a": "سر", "b": {"open": "علن", "secret": "سر"}}));
    let presented = present(&before, values.as_map());
    for before in [Some(&before), None] {
        let represented = Outdated::new(&today, before, presented.clone())
            .with_data(&conform(&values, unknown(), &today, &LocaleRole::Origin), None);
        assert_eq!(Value::Object(represented.presented), json!({"a": null, "b": {"open": "علن", "secret": null}}));
        assert_eq!(represented.unresolved, []);
    }
}

/// A group of what is open and what is private.
const SECRET: &str = "type: group\nfields: [{ handle: open, type: text, label: { ar: أ, en: A } }, { handle: secret, type: text, private: true, label: { ar: أ, en: A } }]";

#[test]
fn a_changed_type_shows_nothing_that_was_private_or_hidden() {
    let value = json!({"open": "علن", "secret": "سر"});
    let nothing = (json!(null), vec!["/data/f".to_owned()]);
    let shown = |before: &str, today: &str, value: Value| {
        let (_, shown, listed) = after_change(before, today, value);
        (shown, listed)
    };
    assert_eq!(shown(SECRET, "type: json", value.clone()), nothing);
    assert_eq!(shown(SECRET, "type: json", json!({"open": "علن"})), (json!({"open": "علن"}), vec![]));
    let grid = SECRET.replace("group", "grid");
    assert_eq!(shown(&grid, "type: json", json!([{"id": "x", "secret": "سر"}])), nothing);
    let kinds = format!(
        "{}}}]",
        SECRET.replace("group\nfields: [", "blocks\nblocks: [{ handle: k, label: { ar: أ, en: A }, fields: [")
    );
    let block = |enabled: bool| json!([{"id": "a", "type": "k", "open": "علن"}, {"id": "x", "type": "k", "open": "مطوي", "enabled": enabled}]);
    assert_eq!(shown(&kinds, "type: json", block(false)), nothing);
    let rich_text = kinds.replace("blocks\n", "rich_text\n");
    let node =
        json!({"type": "contentBlock", "attrs": {"id": "x", "values": {"type": "k", "open": "علن", "secret": "سر"}}});
    let doc = json!({"type": "doc", "content": [node]});
    let public = |keys: &str| keys.replace("private: true", "private: false");
    assert_eq!(shown(&rich_text, "type: json", doc.clone()), nothing);
    let (answer, listed) = shown(&rich_text, &public(&rich_text), doc);
    assert_eq!(
        (&answer["doc"]["content"][0]["attrs"]["values"], listed),
        (&json!({"type": "k", "open": "علن", "secret": null}), vec![])
    );
    // A kind of blocks that was not shown stays empty, also where another one of the same names was.
    let without = kinds.replace("handle: k", "handle: other");
    let (answer, _) = shown(&without, &kinds, block(true));
    assert!(!answer.to_string().contains("علن"), "{answer}");
    // What names nothing was never answered.
    assert_eq!(shown("type: link", "type: text", json!("tab image.jpeg")), (json!(null), vec![]));
}

#[test]
fn names_are_told_apart_by_their_places() {
    let fields = |private: bool| {
        format!(
        "- handle: f
  type: grid
  fields:
    - {{ handle: name, type: text, private: {private}, label: {{ ar: أ, en: A }} }}
    - {{ handle: head, type: group, label: {{ ar: أ, en: A }}, fields: [{{ handle: name, type: text, label: {{ ar: أ, en: A }} }}, {{ handle: n, type: TYPE, label: {{ ar: أ, en: A }} }}] }}
"
    )
    };
    let before = blueprint(&fields(true).replace("TYPE", "text"));
    let today = blueprint(&fields(false).replace("TYPE", "number"));
    let values = data(
        json!({"f": [{"id": "x", "name": "سر", "head": {"name": "علن", "n": "كثير"}}, {"id": "y", "name": "سر"}]}),
    );
    for before_known in [Some(&before), None] {
        let written_under = WrittenUnder { blueprint: before_known, ..under(&before) };
        let conformed = conform(&values, written_under, &today, &LocaleRole::Origin);
        let outdated = Outdated::new(&today, before_known, present(&before, values.as_map()));
        let shown = outdated.with_data(&conformed, None);
        let rows = json!([{"id": "x", "name": null, "head": {"name": "علن", "n": null}}, {"id": "y", "name": null, "head": null}]);
        assert_eq!(shown.presented["f"], rows);
        let listed: Vec<&str> = shown.unresolved.iter().map(|place| place.pointer.as_str()).collect();
        assert_eq!(listed, ["/data/f/0/head/n"]);
    }
}

#[test]
fn a_condition_that_falls_away_publishes_nothing() {
    let fields = |condition: &str| {
        format!(
        "- {{ handle: kind, type: text }}
- {{ handle: a, type: text{condition} }}
- {{ handle: b, type: group, fields: [{{ handle: kind, type: text, label: {{ ar: أ, en: A }} }}, {{ handle: c, type: text, label: {{ ar: أ, en: A }}{condition} }}] }}
"
    )
    };
    let (before, today) = (blueprint(&fields(", if: { kind: event }")), blueprint(&fields("")));
    let values = data(json!({"kind": "news", "a": "سر", "b": {"kind": "news", "c": "سر"}}));
    let conformed = conform(&values, under(&before), &today, &LocaleRole::Origin);
    for before_known in [Some(&before), None] {
        let shown = Outdated::new(&today, before_known, present(&before, values.as_map())).with_data(&conformed, None);
        assert_eq!(
            Value::Object(shown.presented),
            json!({"kind": "news", "a": null, "b": {"kind": "news", "c": null}})
        );
        assert_eq!(shown.unresolved, []);
    }
}

/// One field of each type, and of some types with other limits.
const TYPES: [&str; 37] = [
    "type: text",
    "type: text\nmax_chars: 3",
    "type: textarea",
    "type: markdown",
    "type: integer",
    "type: integer\nmax: 0",
    "type: number",
    "type: boolean",
    "type: date",
    "type: date\nhijri: true",
    "type: datetime",
    "type: datetime\nhijri: true",
    "type: select\noptions: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: ب, en: B } }]",
    "type: select\nmax_items: 1\noptions: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: ب, en: B } }]",
    "type: select\nmax_items: 1\noptions: [{ value: a, label: { ar: أ, en: A } }]",
    "type: list",
    "type: list\nmax_items: 1",
    "type: date_range\nopen_ended: true",
    "type: date_range\nhijri: true",
    "type: time",
    "type: tags",
    "type: table",
    "type: code",
    "type: key_value",
    "type: email",
    "type: phone",
    "type: url",
    "type: color",
    "type: geo_point",
    "type: json",
    "type: reference",
    "type: reference\nmax_items: 1",
    "type: asset\nmax_items: 1",
    "type: link",
    "type: navigation",
    "type: rich_text",
    "type: rich_text\nnodes: [heading]\nblocks: [{ handle: b, label: { ar: ب, en: B }, fields: [{ handle: a, type: text, label: { ar: أ, en: A } }] }]",
];

/// Types that hold fields: of texts or numbers, of one field or another.
fn any_type() -> impl Strategy<Value = String> {
    let holder =
        (select(vec!["group", "grid", "blocks"]), select(TYPES.to_vec()), select(vec!["a", "z"]), any::<bool>());
    let holder = holder.prop_map(|(holder, inner, handle, private)| {
        let inner: String = inner.lines().map(|line| format!("{line}, ")).collect();
        let field = format!("{{ handle: {handle}, label: {{ ar: أ, en: A }}, private: {private}, {inner} }}");
        match holder {
            "blocks" => {
                format!("type: blocks\nblocks: [{{ handle: k, label: {{ ar: أ, en: A }}, fields: [{field}] }}]")
            }
            _ => format!("type: {holder}\nfields: [{field}]"),
        }
    });
    prop_oneof![4 => select(TYPES.to_vec()).prop_map(str::to_owned), 1 => holder]
}

/// The declaration of a field before and after, whether it may be private, and whether it is localizable before and after.
type ChangedField = (String, Option<String>, bool, [bool; 2]);

/// A blueprint of a few fields, another of which some are gone or of another type, and values of the first.
fn changed_blueprint() -> impl Strategy<Value = (Blueprint, Blueprint, Map<String, Value>)> {
    let field = any_type().prop_flat_map(|before| {
        let same = Just(Some(before.clone()));
        let after = prop_oneof![1 => Just(None), 1 => same, 4 => any_type().prop_map(Some)];
        (Just(before), after, any::<bool>(), any::<[bool; 2]>())
    });
    prop::collection::vec(field, 1..5).prop_flat_map(|fields| {
        let text = |time: usize, wanted: &dyn Fn(&ChangedField) -> Option<String>| -> String {
            let of = |(place, field): (usize, &ChangedField)| {
                let keys: String = wanted(field)?.lines().map(|line| format!("  {line}\n")).collect();
                let private = field.2 && place == 0;
                Some(format!("- handle: f{place}\n{keys}  private: {private}\n  localizable: {}\n", field.3[time]))
            };
            fields.iter().enumerate().filter_map(of).collect()
        };
        let before = blueprint(&text(0, &|(before, ..)| Some(before.clone())));
        let today = text(1, &|(_, after, ..)| after.clone());
        let today = blueprint(&format!("{today}- {{ handle: fresh, type: list }}\n"));
        let values = values_of(&before.fields);
        (Just(before), Just(today), values)
    })
}

struct Everything(PublicPath);

impl Lookup for Everything {
    fn entry(&self, _: EntryId) -> Option<LiveEntry<'_>> {
        Some(LiveEntry { collection: "departments", path: Some(&self.0), title: "أ", in_locale: true })
    }

    fn asset(&self, _: AssetId) -> Option<LiveAsset<'_>> {
        Some(LiveAsset { kind: Some(AssetKind::Document), url: "/v1/assets/a", name: "a.pdf" })
    }
}

/// The answer of presented values; it is as the served schema says.
fn answered(today: &Blueprint, presented: Map<String, Value>) -> Map<String, Value> {
    let lookup = Everything(PublicPath::from_stored("/أ".to_owned()));
    let answer = deliver(today, presented, &lookup).data;
    let schema = jsonschema::options().should_validate_formats(true).build(&today.answer_schema()).unwrap();
    let value = Value::Object(answer.clone());
    let errors: Vec<String> =
        schema.iter_errors(&value).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert_eq!(errors, [""; 0], "{value}");
    answer
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_as_the_served_schema_says_after_any_change((before, today, values) in changed_blueprint(), known: bool) {
        let old = Data::from_checked(values.clone());
        let shown = present(&before, &values);
        let written_under = WrittenUnder { blueprint: known.then_some(&before), ..under(&before) };
        let conformed = conform(&old, written_under, &today, &LocaleRole::Origin);
        let outdated = Outdated::new(&today, known.then_some(&before), shown.clone());
        let represented = if outdated.needs_data() { outdated.with_data(&conformed, None) } else { outdated.as_it_is() };
        let answer = answered(&today, represented.presented.clone());
        // What was public and is empty now is listed.
        for (name, _) in answer.iter().filter(|(_, value)| is_nothing(value)) {
            let place = format!("/data/{name}");
            let listed = represented.unresolved.iter().any(|listed| listed.pointer.as_str().starts_with(&place));
            let was = shown.get(name).unwrap_or(&Value::Null);
            let is_scalar = was.is_number() || was.is_boolean() || was.as_str().is_some_and(|text| !text.trim().is_empty());
            prop_assert!(listed || !is_scalar, "{name} was {was}");
        }
    }

    #[test]
    fn an_old_revision_is_published_whole_or_not_at_all((before, today, values) in changed_blueprint(), is_origin: bool) {
        let (mut values, role) = (values, LocaleRole::Localization { origin: "ar".parse().unwrap() });
        let role = if is_origin { LocaleRole::Origin } else { role };
        values.retain(|name, _| is_origin || before.find_field(name).is_some_and(|field| field.localizable));
        let old = Data::from_checked(values.clone());
        let conformed = conform(&old, under(&before), &today, &role);
        let origin = (!is_origin).then(Data::default);
        let mut faults = conformed.publish_faults(&Pointer::root());
        faults.extend(today.publish_faults(&resolve(&today, conformed.data(), origin.as_ref()), &Pointer::root()));
        if faults.is_empty() {
            let presented = present(&today, &resolve(&today, &conformed.shown(), origin.as_ref()));
            answered(&today, presented.clone());
            let mut lost = Vec::new();
            for field in today.public_fields() {
                let name = field.handle.as_str();
                let Some(written) = conformed.data().find(name) else { continue };
                prop_assert_eq!(words(&values[name]), words(written));
                find_lost(field, before.find_field(name), written, &presented[name], &mut lost);
            }
            prop_assert_eq!(lost, [""; 0], "{:?}", presented);
        }
        let (kept, _) = conformed.editable(&today, &role, Limits::Bind);
        let sent = Value::Object(kept.as_map().clone());
        let (_, faults) = today.read_keeping(&sent, &role, &Pointer::root(), Some(&old));
        prop_assert_eq!(short_faults(&faults), [""; 0], "{}", sent);
    }
}

/// What a value says, whatever holds it.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(members) => members.values().flat_map(words).collect(),
    }
}

/// Tells what of a value is not published: item by item, member by member.
fn find_lost(field: &Field, before: Option<&Field>, written: &Value, presented: &Value, lost: &mut Vec<String>) {
    let kind = field.field_type.kind();
    if kind.is_empty(written) {
        return;
    }
    if is_nothing(presented) {
        lost.push(format!("{} was {written}", field.handle));
    }
    let same = before.filter(|before| before.field_type.name() == field.field_type.name());
    let older = same.map(|same| same.field_type.kind().inner_fields()).unwrap_or_default();
    let (held, shown) = (kind.held(written), kind.held(presented));
    for (place, rows) in held.iter().enumerate() {
        let older = older.iter().find(|(way, _)| *way == rows.way).map(|(_, fields)| *fields).unwrap_or_default();
        let found = shown.iter().find(|shown| shown.id == rows.id).or(shown.get(place).filter(|_| rows.id.is_empty()));
        let holder = written.pointer(rows.at.above(1).as_str()).unwrap_or(written);
        let Some(found) = found else {
            if holder.get("enabled") != Some(&json!(false)) {
                lost.push(format!("{} of {written}", rows.at));
            }
            continue;
        };
        let members = rows.values.iter().filter(|(name, _)| !["id", "type", "enabled"].contains(&name.as_str()));
        for (name, member) in members {
            let find = |fields: &[Field]| fields.iter().position(|field| field.handle == name.as_str());
            match find(rows.fields).map(|place| &rows.fields[place]) {
                Some(inner) if inner.private => {}
                Some(inner) => {
                    let before = find(older).map(|place| &older[place]);
                    find_lost(inner, before, member, found.values.get(name).unwrap_or(&Value::Null), lost);
                }
                None if find(older).is_some() => {}
                None => lost.push(format!("{name} of {written}")),
            }
        }
    }
    if !held.is_empty() {
        return;
    }
    match (written, presented) {
        (Value::Array(items), Value::Array(shown)) => {
            let says = items.iter().filter(|item| !words(item).is_empty());
            let distinct: BTreeSet<String> = says.map(|item| item.to_string().to_lowercase()).collect();
            if distinct.len() > shown.len() {
                lost.push(format!("items of {written}: {presented}"));
            }
        }
        (Value::Object(members), Value::Object(shown)) => {
            let gone =
                |(name, member): &(&String, &Value)| !member.is_null() && shown.get(*name).is_some_and(Value::is_null);
            lost.extend(members.iter().filter(gone).map(|(name, _)| format!("{name} of {written}")));
        }
        _ => {}
    }
}
