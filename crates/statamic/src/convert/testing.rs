//! A small installation for tests.

use diwan_content::{Registry, SchemaFile};

const THINGS: &str = "
handle: things
label: { ar: أشياء, en: Things }
fields:
  - { handle: title, type: text, label: { ar: عنوان, en: Title }, required: true, max_chars: 40, localizable: true }
  - { handle: phone, type: text, label: { ar: هاتف, en: Phone }, pattern: '^[0-9 +]+$' }
  - { handle: content, type: markdown, label: { ar: محتوى, en: Content }, localizable: true }
  - { handle: order, type: integer, label: { ar: ترتيب, en: Order }, max: 99 }
  - { handle: amount, type: number, label: { ar: مبلغ, en: Amount } }
  - { handle: open, type: boolean, label: { ar: مفتوح, en: Open } }
  - { handle: day, type: date, label: { ar: يوم, en: Day } }
  - { handle: at, type: datetime, label: { ar: وقت, en: Time } }
  - handle: state
    type: select
    label: { ar: حال, en: State }
    options: [{ value: '1', label: { ar: أول, en: First } }, { value: new, label: { ar: جديد, en: New } }]
    max_items: 1
  - { handle: keywords, type: list, label: { ar: كلمات, en: Keywords } }
  - { handle: parent_thing, type: reference, label: { ar: أصل, en: Parent }, collections: [things], max_items: 1 }
  - { handle: related, type: reference, label: { ar: صلة, en: Related } }
  - { handle: thumbnail, type: asset, label: { ar: صورة, en: Image }, max_items: 1 }
  - { handle: files, type: asset, label: { ar: ملفات, en: Files } }
  - { handle: span, type: date_range, label: { ar: مدة, en: Span }, open_ended: true }
  - { handle: opens, type: time, label: { ar: يفتح, en: Opens } }
  - { handle: tags, type: tags, label: { ar: وسوم, en: Tags } }
  - { handle: tariff, type: table, label: { ar: تعرفة, en: Tariff } }
  - { handle: sample, type: code, label: { ar: مثال, en: Sample } }
  - { handle: facts, type: key_value, label: { ar: حقائق, en: Facts } }
  - { handle: mobile, type: phone, label: { ar: جوال, en: Mobile } }
  - { handle: place, type: geo_point, label: { ar: مكان, en: Place } }
  - { handle: extra, type: json, label: { ar: أخرى, en: Extra } }
  - { handle: story, type: rich_text, label: { ar: قصة, en: Story }, blocks: [{ handle: quote, label: { ar: اقتباس, en: Quote }, fields: [{ handle: text, type: text, label: { ar: نص, en: Text } }] }] }
  - { handle: steps, type: grid, label: { ar: خطوات, en: Steps }, fields: [{ handle: name, type: text, label: { ar: اسم, en: Name }, max_chars: 20 }, { handle: days, type: integer, label: { ar: أيام, en: Days } }, { handle: topic, type: select, label: { ar: موضوع, en: Topic }, options: [{ value: a, label: { ar: أ, en: A } }], max_items: 1 }] }
  - { handle: parts, type: blocks, label: { ar: أجزاء, en: Parts }, blocks: [{ handle: note, label: { ar: تنبيه, en: Note }, fields: [{ handle: text, type: text, label: { ar: نص, en: Text } }, { handle: due, type: date, label: { ar: موعد, en: Due } }] }] }
  - { handle: website, type: link, label: { ar: موقع, en: Site } }
examples: [{ title: شيء }]
";

const NOTICES: &str = "
handle: notices
label: { ar: إعلانات, en: Notices }
fields:
  - { handle: title, type: text, label: { ar: عنوان, en: Title }, required: true, localizable: true }
examples: [{ title: إعلان }]
";

const COLLECTION: &str = "
handle: things
kind: list
label: { ar: أشياء, en: Things }
blueprints: [things, notices]
locales: [ar, en]
path: { ar: '/things/{slug}', en: '/en/things/{slug}' }
title_field: title
dated: DATED
access: public
owner: required
sort: [title]
search: { enabled: true, newer_first: false }
review: none
public_history: false
max_age_seconds: 60
";

/// One collection `things` of the blueprints `things`, with a field of each type, and `notices`, with a title alone.
pub(crate) fn registry() -> Registry {
    load("false")
}

/// The same, dated.
pub(crate) fn dated_registry() -> Registry {
    load("true")
}

fn load(dated: &str) -> Registry {
    let file = |path: &str, text: String| SchemaFile { path: path.to_owned(), text };
    let files = [
        file("blueprints/things.yaml", THINGS.to_owned()),
        file("blueprints/notices.yaml", NOTICES.to_owned()),
        file("collections/things.yaml", COLLECTION.replace("DATED", dated)),
    ];
    Registry::load(&files).unwrap()
}
