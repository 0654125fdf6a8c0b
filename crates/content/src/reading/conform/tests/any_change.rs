//! What must hold of any change of any blueprint.

use proptest::{prelude::*, sample::select};

use super::*;
use crate::{
    field_types::{fields_by_way, testing::values::values_of},
    model::{LiveAsset, LiveEntry, Lookup},
    presenting::{deliver, resolve},
    values::{AssetId, AssetKind, EntryId, PublicPath},
};

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
    // A pair of nothing and nothing (`[{}]`) says nothing that could be lost.
    if kind.is_empty(written) || words(written).is_empty() {
        return;
    }
    if is_nothing(presented) {
        lost.push(format!("{} was {written}", field.handle));
    }
    let same = before.filter(|before| before.field_type.name() == field.field_type.name());
    let older = same.map(|same| same.field_type.inner_fields()).unwrap_or_default();
    let (held, shown) = (field.field_type.held(written), field.field_type.held(presented));
    for (place, rows) in held.iter().enumerate() {
        let older = fields_by_way(&older, &rows.way);
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
