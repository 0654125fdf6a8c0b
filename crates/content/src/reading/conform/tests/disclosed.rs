//! What was private or hidden stays so.

use super::*;

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
