//! Valid values of any field type, for property tests. A new type gives its arm in [`value_of`].

use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::reads;
use crate::{
    field_types::{field_type::FieldType, holding::BlockKinds, rich_text::RichTextType, rules::Items},
    model::Field,
    values::canonical,
};

/// Any value that a field of that type takes and keeps as it is.
pub(crate) fn value_of(field_type: &FieldType) -> BoxedStrategy<Value> {
    let strategy = match field_type {
        FieldType::Text(_) | FieldType::Textarea(_) => "[ا-يa-w ]{0,12}".prop_map(Value::from).boxed(),
        FieldType::Markdown(_) => "([#*_ ا-ي\n]|\\[ا\\]\\(/a\\)){0,12}".prop_map(Value::from).boxed(),
        FieldType::Integer(integer) => {
            let (min, max) = (integer.range.min.unwrap_or(-9), integer.range.max.unwrap_or(9));
            (min..=max).prop_map(Value::from).boxed()
        }
        FieldType::Number(_) => (-1_000..1_000_i32).prop_map(|number| json!(f64::from(number) / 4.0)).boxed(),
        FieldType::Boolean(_) => any::<bool>().prop_map(Value::from).boxed(),
        FieldType::Date(_) => day().boxed(),
        FieldType::Datetime(_) => time_of_day().prop_map(|time| json!(format!("2026-02-03T{time}:00+03:00"))).boxed(),
        FieldType::DateRange(_) => (day(), any::<bool>())
            .prop_map(|(day, open)| json!({"from": day, "to": if open { Value::Null } else { day.clone() }}))
            .boxed(),
        FieldType::Time(_) => time_of_day().prop_map(Value::from).boxed(),
        FieldType::Select(options) => {
            let values: Vec<Value> = options.options.iter().map(|option| json!(option.value)).collect();
            one_or_many(options.items, select(values))
        }
        FieldType::List(_) => prop::collection::vec("[ا-ي]{1,5}", 0..4).prop_map(|texts| json!(texts)).boxed(),
        FieldType::Tags(tags) => list_of(tags.items, "[ا-ي]{1,5}".prop_map(Value::from)),
        FieldType::Table(_) => prop::collection::vec("[ا-ي0-9]{0,4}", 4)
            .prop_map(|cells| json!({"columns": cells[..2], "rows": [cells[2..]]}))
            .boxed(),
        FieldType::Code(code) => {
            let language = code.languages.as_ref().and_then(|languages| languages.first().cloned());
            "[a-z(){};\n]{0,12}".prop_map(move |code| json!({"code": code, "language": language})).boxed()
        }
        FieldType::KeyValue(_) => prop::collection::btree_map("[ا-ي]{1,4}", "[ا-ي]{0,4}", 0..4)
            .prop_map(|pairs| pairs.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect())
            .boxed(),
        FieldType::Email(_) => "[a-z]{1,8}@[a-z]{1,8}\\.example".prop_map(Value::from).boxed(),
        FieldType::Phone(_) => "\\+[1-9][0-9]{8,12}".prop_map(Value::from).boxed(),
        FieldType::Url(_) => "https://[a-z]{1,8}\\.example/[ا-يa-z0-9]{0,8}".prop_map(Value::from).boxed(),
        FieldType::Color(color) if color.options.is_empty() => "#[0-9a-f]{6}".prop_map(Value::from).boxed(),
        FieldType::Color(color) => {
            select(color.options.iter().map(|option| json!(option.value)).collect::<Vec<_>>()).boxed()
        }
        FieldType::GeoPoint(_) => {
            (-90..=90, -180..=180).prop_map(|(lat, long)| json!({"latitude": lat, "longitude": long})).boxed()
        }
        FieldType::Json(_) => any_json().boxed(),
        FieldType::Reference(reference) => one_or_many(reference.items, id()),
        FieldType::Asset(asset) => one_or_many(asset.items, id()),
        FieldType::Link(_) => link().boxed(),
        FieldType::Navigation(_) => prop::collection::vec(link(), 0..3)
            .prop_map(|links| links.iter().enumerate().map(|(place, link)| menu_item(place, link)).collect())
            .boxed(),
        FieldType::RichText(rich_text) => document(rich_text),
        FieldType::Group(group) => values_of(&group.fields).prop_map(Value::Object).boxed(),
        FieldType::Grid(grid) => rows(grid.items, values_of(&grid.fields).boxed()),
        FieldType::Blocks(blocks) => {
            rows(blocks.items, (block(&blocks.blocks), option_of_enabled()).prop_map(with_enabled).boxed())
        }
    };
    let field_type = field_type.clone();
    let strategy = strategy.prop_map(|value| canonical(&value));
    strategy.prop_filter("the field takes it", move |value| reads(&field_type, value)).boxed()
}

/// Values of some of the fields.
pub(crate) fn values_of(fields: &[Field]) -> BoxedStrategy<Map<String, Value>> {
    let mut all = Just(Map::new()).boxed();
    for field in fields {
        let name = field.handle.to_string();
        let value = prop::option::of(prop_oneof![1 => Just(Value::Null), 5 => value_of(&field.field_type)]);
        all = (all, value)
            .prop_map(move |(mut values, value)| {
                values.extend(value.map(|value| (name.clone(), value)));
                values
            })
            .boxed();
    }
    all
}

/// Any JSON, among it what looks like values of fields.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    const ID: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        select(vec![
            "doc",
            "paragraph",
            "text",
            "block",
            "link",
            "javascript:alert(1)",
            "<script>x</script>",
            ID,
            "a",
            "b",
            "2026-01-31"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let names = "id|type|enabled|content|attrs|marks|text|values|href|[a-z]{0,3}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..4).prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

/// The value with something else put in one place.
pub(crate) fn changed(value: Value, at: prop::sample::Index, other: Value) -> Value {
    let mut places = Vec::new();
    list_places(&value, &mut String::new(), &mut places);
    let place = places[at.index(places.len())].clone();
    let mut changed = value;
    if let Some(target) = changed.pointer_mut(&place) {
        *target = other;
    }
    changed
}

/// The places of all leaves: what is neither a list nor an object.
pub(crate) fn leaves(value: &Value) -> Vec<String> {
    let mut places = Vec::new();
    list_places(value, &mut String::new(), &mut places);
    let is_leaf = |place: &String| value.pointer(place).is_some_and(|value| !value.is_array() && !value.is_object());
    places.into_iter().filter(is_leaf).collect()
}

fn list_places(value: &Value, at: &mut String, places: &mut Vec<String>) {
    places.push(at.clone());
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.replace('~', "~0").replace('/', "~1"), member)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (step, value) in inner {
        let length = at.len();
        at.push('/');
        at.push_str(&step);
        list_places(value, at, places);
        at.truncate(length);
    }
}

fn day() -> impl Strategy<Value = Value> + Clone {
    (2000..2100, 1..=12, 1..=28).prop_map(|(year, month, day)| json!(format!("{year}-{month:02}-{day:02}")))
}

fn time_of_day() -> impl Strategy<Value = String> {
    (0..24, 0..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn id() -> impl Strategy<Value = Value> + Clone + 'static {
    any::<u128>().prop_map(|number| json!(uuid::Uuid::from_u128(number).to_string()))
}

fn link() -> impl Strategy<Value = Value> + Clone + 'static {
    prop_oneof![
        id().prop_map(|id| json!(format!("entry:{}", id.as_str().unwrap()))),
        id().prop_map(|id| json!(format!("asset:{}", id.as_str().unwrap()))),
        "https://[a-z]{1,5}\\.example/[ا-ي]{0,5}".prop_map(Value::from),
    ]
}

fn one_or_many(items: Items, one: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    if items.many() { list_of(items, one) } else { one.boxed() }
}

fn list_of(items: Items, one: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    let distinct = |values: Vec<Value>| {
        let mut distinct: Vec<Value> = Vec::new();
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        Value::Array(distinct)
    };
    prop::collection::vec(one, items.min..=items.max.min(items.min + 3)).prop_map(distinct).boxed()
}

fn menu_item(place: usize, link: &Value) -> Value {
    let (id, link) = (format!("item-{place}"), link.as_str().unwrap());
    match link.split_once(':') {
        Some((kind @ ("entry" | "asset"), target)) => json!({"id": id, kind: target}),
        _ => json!({"id": id, "title": "أ", "url": link, "children": [{"id": format!("{id}-1"), "title": "ب"}]}),
    }
}

/// Rows with ids of their own.
fn rows(items: Items, row: BoxedStrategy<Map<String, Value>>) -> BoxedStrategy<Value> {
    let with_id = |(place, mut row): (usize, Map<String, Value>)| {
        row.insert("id".to_owned(), json!(format!("row-{place}")));
        Value::Object(row)
    };
    prop::collection::vec(row, items.min..=items.max.min(items.min + 3))
        .prop_map(move |rows| rows.into_iter().enumerate().map(with_id).collect())
        .boxed()
}

/// The kind of a block and its values.
fn block(kinds: &BlockKinds) -> BoxedStrategy<Map<String, Value>> {
    let of_kind = |kind: &crate::BlockKind| {
        let handle = kind.handle.to_string();
        values_of(&kind.fields)
            .prop_map(move |mut values| {
                values.insert("type".to_owned(), json!(handle));
                values
            })
            .boxed()
    };
    prop::strategy::Union::new(kinds.0.iter().map(of_kind)).boxed()
}

fn option_of_enabled() -> impl Strategy<Value = Option<bool>> {
    prop::option::of(any::<bool>())
}

fn with_enabled((mut holder, enabled): (Map<String, Value>, Option<bool>)) -> Map<String, Value> {
    holder.extend(enabled.map(|enabled| ("enabled".to_owned(), json!(enabled))));
    holder
}

/// Documents in the stored spelling.
fn document(rich_text: &RichTextType) -> BoxedStrategy<Value> {
    let mark = prop_oneof![
        Just(vec![]),
        Just(vec![json!({"type": "bold"})]),
        Just(vec![json!({"type": "italic"}), json!({"type": "code"})]),
        link().prop_map(|href| vec![json!({"type": "link", "attrs": {"href": href}}), json!({"type": "underline"})]),
    ];
    let text = ("[ا-يa-z <&\"]{1,8}", mark).prop_map(|(text, marks)| {
        if marks.is_empty() {
            json!({"type": "text", "text": text})
        } else {
            json!({"type": "text", "text": text, "marks": marks})
        }
    });
    let inline = prop_oneof![4 => text, 1 => Just(json!({"type": "hardBreak"}))];
    let paragraph =
        prop::collection::vec(inline, 1..4).prop_map(|inline| json!({"type": "paragraph", "content": inline}));
    let leaf = prop_oneof![
        4 => paragraph,
        1 => Just(json!({"type": "horizontalRule"})),
        1 => id().prop_map(|id| json!({"type": "image", "attrs": {"src": format!("asset:{}", id.as_str().unwrap())}})),
        1 => (1..=6, "[ا-ي]{1,8}").prop_map(|(level, text)| {
            json!({"type": "heading", "attrs": {"level": level, "dir": "rtl"}, "content": [{"type": "text", "text": text}]})
        }),
        1 => Just(json!({"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "<script>"}]})),
    ];
    let node = leaf.prop_recursive(3, 12, 3, |inner| {
        let nodes = prop::collection::vec(inner, 1..3);
        prop_oneof![
            nodes.clone().prop_map(|nodes| json!({"type": "blockquote", "content": nodes})),
            nodes
                .clone()
                .prop_map(|nodes| json!({"type": "bulletList", "content": [{"type": "listItem", "content": nodes}]})),
            nodes.prop_map(|nodes| {
                let cells = [
                    json!({"type": "tableHeader", "content": nodes}),
                    json!({"type": "tableCell", "attrs": {"colspan": 2}}),
                ];
                json!({"type": "table", "content": [{"type": "tableRow", "content": cells}]})
            }),
        ]
    });
    let node = if rich_text.blocks.0.is_empty() {
        node.boxed()
    } else {
        let block = (block(&rich_text.blocks), option_of_enabled()).prop_map(|(values, enabled)| {
            let attributes = Map::from_iter([("values".to_owned(), Value::Object(values))]);
            json!({"type": "contentBlock", "attrs": with_enabled((attributes, enabled))})
        });
        prop_oneof![3 => node, 1 => block].boxed()
    };
    prop::collection::vec(node, 0..4)
        .prop_map(|mut content| {
            for (place, node) in content.iter_mut().enumerate().filter(|(_, node)| node["type"] == "contentBlock") {
                node["attrs"]["id"] = json!(format!("block-{place}"));
            }
            json!({"type": "doc", "content": content})
        })
        .boxed()
}
