use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::*;
use crate::{
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

/// The declaration of a field before and after, and whether it may be private.
type ChangedField = (String, Option<String>, bool);

/// A blueprint of a few fields, another of which some are gone or of another type, and values of the first.
fn changed_blueprint() -> impl Strategy<Value = (Blueprint, Blueprint, Map<String, Value>)> {
    let field = any_type().prop_flat_map(|before| {
        let same = Just(Some(before.clone()));
        let after = prop_oneof![1 => Just(None), 1 => same, 4 => any_type().prop_map(Some)];
        (Just(before), after, any::<bool>())
    });
    prop::collection::vec(field, 1..5).prop_flat_map(|fields| {
        let text = |wanted: &dyn Fn(&ChangedField) -> Option<String>| -> String {
            let of = |(place, field): (usize, &ChangedField)| {
                let keys: String = wanted(field)?.lines().map(|line| format!("  {line}\n")).collect();
                Some(format!("- handle: f{place}\n{keys}  private: {}\n", field.2 && place == 0))
            };
            fields.iter().enumerate().filter_map(of).collect()
        };
        let before = blueprint(&text(&|(before, ..)| Some(before.clone())));
        let today = text(&|(_, after, _)| after.clone());
        let today = blueprint(&format!("{today}- {{ handle: fresh, type: list }}\n"));
        let values = values_of(&before.fields);
        (Just(before), Just(today), values)
    })
}

struct Everything(PublicPath);

impl Lookup for Everything {
    fn entry(&self, _: EntryId) -> Option<LiveEntry<'_>> {
        Some(LiveEntry { path: Some(&self.0), title: "أ", in_locale: true })
    }

    fn asset(&self, _: AssetId) -> Option<LiveAsset<'_>> {
        Some(LiveAsset { url: "/v1/assets/a", name: "a.pdf" })
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
    fn an_old_revision_is_published_whole_or_not_at_all((before, today, values) in changed_blueprint()) {
        let old = Data::from_checked(values.clone());
        let conformed = conform(&old, under(&before), &today, &LocaleRole::Origin);
        let faults = conformed.publish_faults(&Pointer::root());
        if faults.is_empty() {
            let resolved = resolve(&today, &conformed.shown(), None);
            answered(&today, present(&today, &resolved));
            for field in &today.fields {
                let name = field.handle.as_str();
                let (written, published) = (values.get(name).unwrap_or(&Value::Null), &resolved[name]);
                let lost = !is_nothing(written) && is_nothing(published);
                prop_assert!(!lost, "{name}: {written} became {published}");
            }
        }
        let (kept, _) = conformed.editable(&today, &LocaleRole::Origin, Limits::Bind);
        let sent = Value::Object(kept.as_map().clone());
        let (_, faults) = today.read_keeping(&sent, &LocaleRole::Origin, &Pointer::root(), Some(&old));
        prop_assert_eq!(short_faults(&faults), [""; 0], "{}", sent);
    }
}
