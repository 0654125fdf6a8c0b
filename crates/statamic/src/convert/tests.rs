use diwan_content::{LocaleRole, Pointer};
use proptest::prelude::*;

use super::{
    testing::{dated_registry, registry},
    *,
};
use crate::read_entry_file;

fn zone() -> TimeZone {
    "Asia/Hebron".parse().unwrap()
}

fn converted(registry: &diwan_content::Registry, blueprint: &str, path: &str, text: &str) -> Converted {
    let file = read_entry_file(path, text.as_bytes()).unwrap();
    let collection = registry.find_collection("things").unwrap();
    let blueprint = registry.find_blueprint(blueprint).unwrap();
    convert(&file, collection, blueprint, &Conversion::new(&zone()))
}

pub(super) fn thing(front: &str) -> Converted {
    converted(&registry(), "things", "collections/things/x.md", &format!("---\nid: a\n{front}---\n"))
}

pub(super) fn notes(converted: &Converted) -> Vec<String> {
    converted.notes.iter().map(ToString::to_string).collect()
}

/// What a line of front matter becomes, and where it stands otherwise.
fn one(line: &str) -> (Value, Value, Vec<String>) {
    let converted = thing(&format!("{line}\n"));
    let keys = converted.foreign.get("keys").cloned().unwrap_or(Value::Null);
    let notes = notes(&converted);
    (converted.values, keys, notes)
}

#[test]
fn each_field_takes_what_it_can_and_says_what_was_changed() {
    let cases: [(&str, Value, &str); 33] = [
        ("title: 'مبنى'", json!({"title": "مبنى"}), ""),
        ("title: ~", json!({"title": null}), ""),
        ("title: 007", json!({"title": "007"}), ""),
        ("title: 12.50", json!({"title": "12.50"}), "3: title: 12.50, a number there, became text"),
        ("title: true", json!({"title": "true"}), "3: title: true, a boolean there, became text"),
        (
            "phone: +970599123456",
            json!({"phone": "+970599123456"}),
            "3: phone: +970599123456, a number there, became text",
        ),
        ("order: 7", json!({"order": 7}), ""),
        ("order: '07'", json!({"order": 7}), "3: order: 07, a text there, became 7"),
        ("order: 7.0", json!({"order": 7}), "3: order: 7.0, a number there, became 7"),
        ("amount: 7", json!({"amount": 7}), ""),
        ("amount: '7.5'", json!({"amount": 7.5}), "3: amount: 7.5, a text there, became 7.5"),
        ("open: TRUE", json!({"open": true}), ""),
        ("open: 0", json!({"open": false}), "3: open: 0, a number there, became false"),
        ("open: 'true'", json!({"open": true}), "3: open: true, a text there, became true"),
        ("day: '2022-06-21'", json!({"day": "2022-06-21"}), ""),
        ("day: 2022-06-21", json!({"day": "2022-06-21"}), "3: day: 2022-06-21, a number there, became 2022-06-21"),
        (
            "day: '2022-06-21 23:30'",
            json!({"day": "2022-06-21"}),
            "3: day: 2022-06-21 23:30, a text there, became 2022-06-21",
        ),
        ("day: 1655764200", json!({"day": "2022-06-21"}), "3: day: 1655764200, a number there, became 2022-06-21"),
        (
            "at: '2022-06-21 08:55'",
            json!({"at": "2022-06-21T05:55:00Z"}),
            "3: at: 2022-06-21 08:55, a text there, became 2022-06-21T05:55:00Z",
        ),
        (
            "at: 2022-06-21 08:55:10",
            json!({"at": "2022-06-21T08:55:10Z"}),
            "3: at: 2022-06-21 08:55:10, a number there, became 2022-06-21T08:55:10Z",
        ),
        (
            "at: 2022-06-21 08:55",
            json!({"at": "2022-06-21T05:55:00Z"}),
            "3: at: 2022-06-21 08:55, a text there, became 2022-06-21T05:55:00Z",
        ),
        (
            "at: '2022-06-21'",
            json!({"at": "2022-06-20T21:00:00Z"}),
            "3: at: 2022-06-21, a text there, became 2022-06-20T21:00:00Z",
        ),
        (
            "at: 1655790910",
            json!({"at": "2022-06-21T05:55:10Z"}),
            "3: at: 1655790910, a number there, became 2022-06-21T05:55:10Z",
        ),
        ("state: 1", json!({"state": "1"}), "3: state: 1, a number there, became text"),
        ("state: [new]", json!({"state": "new"}), "3: state: the list became its one value"),
        ("keywords: موازنة", json!({"keywords": ["موازنة"]}), "3: keywords: became a list of one"),
        ("keywords: [a, 2]", json!({"keywords": ["a", "2"]}), "3: keywords: 2, a number there, became text"),
        (
            "related: [6c5a7ac3-546c-4172-947a-231133096268]",
            json!({"related": ["6c5a7ac3-546c-4172-947a-231133096268"]}),
            "",
        ),
        (
            "parent_thing: home",
            json!({"parent_thing": "home"}),
            "3: parent_thing: home names nothing that is known here; kept as it came",
        ),
        (
            "thumbnail: a.jpeg",
            json!({"thumbnail": "a.jpeg"}),
            "3: thumbnail: a.jpeg names nothing that is known here; kept as it came",
        ),
        ("website: https://example.org/x", json!({"website": "https://example.org/x"}), ""),
        (
            "website: '@child'",
            json!({"website": "@child"}),
            "3: website: @child names nothing that is known here; kept as it came",
        ),
        (
            "website: entry::6c5a7ac3-546c-4172-947a-231133096268",
            json!({"website": "entry:6c5a7ac3-546c-4172-947a-231133096268"}),
            "3: website: entry::6c5a7ac3-546c-4172-947a-231133096268, a text there, became entry:6c5a7ac3-546c-4172-947a-231133096268",
        ),
    ];
    for (line, values, note) in cases {
        let (fitted, keys, notes) = one(line);
        assert_eq!((fitted, keys), (values, Value::Null), "{line}");
        let expected: Vec<String> = if note.is_empty() { Vec::new() } else { vec![note.to_owned()] };
        assert_eq!(notes, expected, "{line}");
    }
}

#[test]
fn what_no_field_takes_stands_beside_the_data_as_it_came() {
    let cases: [(&str, Value, &str); 11] = [
        ("legacy: {b: 1, a: [x]}", json!({"b": 1, "a": ["x"]}), "3: legacy: is no field; kept beside the data"),
        ("title: [a]", json!(["a"]), "3: title: is no text: [\"a\"]; kept beside the data"),
        ("order: many", json!("many"), "3: order: is no whole number: \"many\"; kept beside the data"),
        ("order: 1.5", json!(1.5), "3: order: is no whole number: 1.5; kept beside the data"),
        ("open: yes", json!("yes"), "3: open: is neither true nor false: \"yes\"; kept beside the data"),
        ("day: soon", json!("soon"), "3: day: is no date: \"soon\"; kept beside the data"),
        (
            "day: {start: a, end: b}",
            json!({"start": "a", "end": "b"}),
            "3: day: is no date: {\"start\":\"a\",\"end\":\"b\"}; kept beside the data",
        ),
        (
            "at: '2022-02-30 10:00'",
            json!("2022-02-30 10:00"),
            "3: at: is no time: \"2022-02-30 10:00\"; kept beside the data",
        ),
        (
            "at: 99999999999999",
            json!(99_999_999_999_999_i64),
            "3: at: is no time: 99999999999999; kept beside the data",
        ),
        (
            "parent_thing: [a, b]",
            json!(["a", "b"]),
            "3: parent_thing: holds 2 values where the field takes one: [\"a\",\"b\"]; kept beside the data",
        ),
        ("website: {url: x}", json!({"url": "x"}), "3: website: is no link: {\"url\":\"x\"}; kept beside the data"),
    ];
    for (line, value, note) in cases {
        let (fitted, keys, notes) = one(line);
        let key = line.split(':').next().unwrap();
        assert_eq!(fitted, json!({}), "{line}");
        assert_eq!(keys[key], value, "{line}");
        assert_eq!(notes.last().map(String::as_str), Some(note), "{line}");
    }
}

#[test]
fn limits_of_fields_move_a_value_aside_and_stop_nothing() {
    let converted = thing(&format!("title: {}\norder: 100\nstate: old\nphone: x\n", "ا".repeat(41)));
    assert_eq!(converted.values, json!({}));
    assert_eq!(converted.foreign["keys"], json!({"title": "ا".repeat(41), "order": 100, "state": "old", "phone": "x"}));
    assert_eq!(notes(&converted).len(), 4);
}

#[test]
fn the_smallest_faulty_part_is_set_aside_with_its_place() {
    let converted = thing(
        "keywords: [a, ~, b]\nfiles: [{x: y}, a.pdf]\nsteps:\n  - { name: first, days: soon }\n  - { name: 2, topic: b, colour: red }\nparts:\n  - { type: note, text: x, due: never }\n  - { type: chart, text: y }\n",
    );
    let steps = converted.values["steps"].as_array().unwrap();
    let names: Vec<&Value> = steps.iter().map(|step| &step["name"]).collect();
    assert_eq!(names, [&json!("first"), &json!("2")]);
    assert!(steps.iter().all(|step| step.get("days").is_none() && step.get("topic").is_none()));
    let parts = converted.values["parts"].as_array().unwrap();
    assert_eq!((parts.len(), &parts[0]["text"]), (1, &json!("x")));
    assert_eq!((&converted.values["keywords"], &converted.values["files"]), (&json!(["a", "b"]), &json!(["a.pdf"])));
    assert_eq!(converted.foreign.get("keys"), None);
    let mut aside: Vec<String> = converted.foreign["set_aside"].as_object().unwrap().keys().cloned().collect();
    aside.sort();
    let places = [
        "/files/0",
        "/keywords/1",
        "/parts/0/due",
        "/parts/1",
        "/parts/1/type",
        "/steps/0/days",
        "/steps/1/colour",
        "/steps/1/topic",
    ];
    assert_eq!(aside, places);
    let told = notes(&converted);
    assert!(
        told.iter()
            .any(|note| note.starts_with("6: steps/0/days: ") && note.ends_with(": \"soon\"; kept beside the data")),
        "{told:#?}"
    );
    assert!(told.contains(&"5: steps/1/name: 2, a number there, became text".to_owned()), "{told:#?}");
    // Each note repeats what it is about, so nothing is lost unseen.
    assert_eq!(converted.losses, [""; 0]);
}

#[test]
fn a_lost_body_and_what_no_note_can_repeat_are_losses() {
    let long = "x".repeat(70);
    let block = format!("parts:\n  - {{ type: chart, text: {long} }}\n");
    let cases = [
        (thing(&block).losses, "parts/0: "),
        (converted(&registry(), "notices", "things/x.md", "---\nid: a\n---\ntext").losses, "no field takes the body"),
        (
            converted(&registry(), "things", "things/x.md", "---\nid: a\n---\nte\0xt").losses,
            "content, which takes the body: ",
        ),
        (thing(&format!("order: {long}\n")).losses, "order: is no whole number"),
    ];
    for (losses, start) in cases {
        assert!(losses.len() == 1 && losses[0].starts_with(start), "{losses:?}");
    }
    // What no field declares is kept for later, and what the origin holds is not missed.
    let text = format!("---\nid: b\norigin: home\ntitle: t\nlegacy: {long}\nphone: '{}'\n---\n", "1".repeat(70));
    assert_eq!(converted(&registry(), "things", "collections/things/en/x.md", &text).losses, [""; 0]);
}

#[test]
fn characters_that_no_new_text_may_hold_are_kept_and_noted() {
    let (values, keys, notes) = one("title: \"ع\u{200b}ب\"\ncontent: \"\u{202e}\"");
    assert_eq!((values, keys), (json!({"title": "ع\u{200b}ب", "content": "\u{202e}"}), Value::Null));
    assert_eq!(notes, ["3: title: the character U+200B in /title is kept as it came"]);
}

#[test]
fn what_is_converted_is_read_without_faults() {
    let converted = thing("title: a\nthumbnail: a.jpeg\nrelated: [x]\nwebsite: /contact\n");
    let registry = registry();
    let blueprint = registry.find_blueprint("things").unwrap();
    let base = converted.base();
    let (data, faults) = blueprint.read_keeping(&converted.values, &LocaleRole::Origin, &Pointer::root(), Some(&base));
    assert_eq!(faults, []);
    assert_eq!(data, base);
}

#[test]
fn entries_and_assets_that_are_known_get_their_ids() {
    let file =
        read_entry_file("things/x.md", b"---\nid: a\nrelated: [home, entry::home]\nthumbnail: a.jpeg\n---\n").unwrap();
    let registry = registry();
    let id = |text: &str| stable_id(None, text);
    let find_entry = |name: &str| (name == "home").then(|| EntryId(id("home")));
    let find_asset = |name: &str| (name == "a.jpeg").then(|| AssetId(id("a.jpeg")));
    let zone = zone();
    let conversion = Conversion { time_zone: &zone, site: None, find_entry: &find_entry, find_asset: &find_asset };
    let (collection, blueprint) =
        (registry.find_collection("things").unwrap(), registry.find_blueprint("things").unwrap());
    let converted = convert(&file, collection, blueprint, &conversion);
    assert_eq!(converted.values["thumbnail"], json!(id("a.jpeg")));
    assert_eq!(converted.values["related"], json!([id("home"), id("home")]));
}

#[test]
fn the_body_goes_to_content_to_the_last_byte() {
    let text = "---\nid: a\ntitle: t\n---\n\n  <h3>x</h3> \r\nنص  \n\n";
    let converted = converted(&registry(), "things", "things/x.md", text);
    assert_eq!(converted.values["content"], json!("\n  <h3>x</h3> \r\nنص  \n\n"));
    assert_eq!(converted.foreign["source"]["front_matter"], json!("---\nid: a\ntitle: t\n---\n"));
    assert_eq!(converted.foreign["source"]["body"], Value::Null);
}

#[test]
fn a_body_that_no_field_takes_is_kept_in_the_source() {
    let converted = converted(&registry(), "notices", "things/x.md", "---\nid: a\n---\ntext");
    assert_eq!(converted.values, json!({}));
    assert_eq!(converted.foreign["source"]["body"], json!("text"));
    assert_eq!(notes(&converted), ["4: no field takes the body; kept beside the data"]);

    let with_nul = super::tests::converted(&registry(), "things", "things/x.md", "---\nid: a\n---\nte\0xt");
    assert_eq!(with_nul.values, json!({}));
    assert_eq!(with_nul.foreign["source"]["body"], json!("te\0xt"));
    assert_eq!(notes(&with_nul).len(), 1);
}

#[test]
fn a_body_of_white_space_is_no_content() {
    let converted = converted(&registry(), "things", "things/x.md", "---\nid: a\ncontent: text\n---\n\n");
    assert_eq!(converted.values, json!({"content": "text"}));
    assert_eq!(converted.foreign["source"]["body"], json!("\n"));
}

#[test]
fn identity_author_and_times_are_the_originals() {
    let text = "---\nid: home\nblueprint: thing\nupdated_by: 00dab2f0-a935-4acf-99ab-161b5e8bd365\nupdated_at: 1655790910\npublished: false\n---\n";
    let converted = converted(&registry(), "things", "collections/things/Über Uns.2.md", text);
    assert_eq!((converted.entry, converted.foreign_id.as_str()), (EntryId(stable_id(None, "home")), "home"));
    let author = converted.author.clone().unwrap();
    assert_eq!(author.person.to_string(), "00dab2f0-a935-4acf-99ab-161b5e8bd365");
    assert_eq!(converted.updated_at.unwrap().to_string(), "2022-06-21T05:55:10Z");
    assert_eq!(converted.first_published_at, converted.updated_at);
    assert!(!converted.published);
    assert_eq!((converted.slug.as_ref().map(Slug::as_str), converted.suffix), (Some("über-uns"), Some(2)));
    assert_eq!(
        notes(&converted),
        ["1: blueprint: `thing` became `things`", "1: the slug `Über Uns` became `über-uns`"]
    );
}

#[test]
fn dates_come_from_the_file_name_or_from_the_key() {
    let registry = dated_registry();
    let cases = [
        ("things/2022-06-21.x.md", "", Some("2022-06-21"), Some("2022-06-20T21:00:00Z")),
        ("things/2022-06-21-0855.x.md", "", Some("2022-06-21"), Some("2022-06-21T05:55:00Z")),
        ("things/2022-06-21-0855.x.md", "updated_at: 1600000000\n", Some("2022-06-21"), Some("2020-09-13T12:26:40Z")),
        ("things/x.md", "date: '2022-06-21 08:55'\n", Some("2022-06-21"), Some("2022-06-21T05:55:00Z")),
        ("things/x.md", "date: 2022-06-21\n", Some("2022-06-21"), Some("2022-06-20T21:00:00Z")),
        ("things/x.md", "date: 1655764200\n", Some("2022-06-21"), Some("2022-06-20T21:00:00Z")),
        ("things/x.md", "", None, None),
    ];
    for (path, front, date, first) in cases {
        let converted = converted(&registry, "notices", path, &format!("---\nid: a\n{front}---\n"));
        assert_eq!(converted.date.map(|date| date.to_string()).as_deref(), date, "{path} {front}");
        assert_eq!(converted.first_published_at.map(|at| at.to_string()).as_deref(), first, "{path} {front}");
    }
    let undated = converted(&super::tests::registry(), "notices", "things/2022-06-21.x.md", "---\nid: a\n---\n");
    assert_eq!(undated.date, None);
    assert_eq!(notes(&undated), ["1: `things` is not dated; the date in the file name is kept in its path only"]);
}

#[test]
fn a_site_that_is_a_locale_makes_a_localization() {
    let text = "---\nid: b\norigin: home\ntitle: t\norder: 3\n---\n";
    let english = converted(&registry(), "things", "collections/things/en/x.md", text);
    assert_eq!((english.locale.as_str(), english.origin), ("en", Some(EntryId(stable_id(None, "home")))));
    assert_eq!(english.values, json!({"title": "t"}));
    assert_eq!(english.foreign["keys"], json!({"order": 3}));

    let other = converted(&registry(), "things", "collections/things/fr/x.md", text);
    assert_eq!(other.locale.as_str(), "ar");
    assert_eq!(notes(&other), ["1: origin: localizes another entry, but its site `fr` is no locale of `things`"]);
}

/// The blueprints and collections that the product ships.
fn shipped_registry() -> diwan_content::Registry {
    let schemas = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for folder in ["blueprints", "fieldsets", "collections"] {
        for file in std::fs::read_dir(schemas.join(folder)).unwrap() {
            let file = file.unwrap();
            let path = format!("{folder}/{}", file.file_name().to_string_lossy());
            files.push(diwan_content::SchemaFile { path, text: std::fs::read_to_string(file.path()).unwrap() });
        }
    }
    diwan_content::Registry::load(&files).unwrap()
}

#[test]
fn the_first_users_entry_fits_the_shipped_departments() {
    let Ok(shared) = std::env::var("DIWAN_SHARED") else {
        crate::entry_file::tell_skipped();
        return;
    };
    let found = crate::find_entry_files(&std::path::Path::new(&shared).join("seed")).unwrap();
    assert_eq!((found.entries.len(), found.skipped.len()), (1, 0));
    let bytes = crate::read_found_file(&found.entries[0]).unwrap();
    let file = read_entry_file(&found.entries[0].relative, &bytes).unwrap();
    let registry = shipped_registry();
    let (collection, blueprint) = crate::choose_collection(&file, &registry, None).unwrap();
    let converted = convert(&file, collection, blueprint, &Conversion::new(&zone()));
    assert_eq!((converted.collection.as_str(), converted.blueprint.as_str()), ("departments", "departments"));
    assert_eq!(converted.slug.as_ref().map(Slug::as_str), Some("international-relations-and-projects"));
    let body = file.body.as_str();
    let title = "الإدارة العامة للعلاقات الدولية والمشاريع";
    assert_eq!(converted.values, json!({"title": title, "thumbnail": "tab-image.jpeg", "content": body}));
    assert_eq!(converted.foreign.keys().collect::<Vec<_>>(), ["source"]);
    assert_eq!(format!("{}{body}", converted.foreign["source"]["front_matter"].as_str().unwrap()).as_bytes(), bytes);
    assert_eq!(converted.updated_at.unwrap().to_string(), "2022-06-21T05:55:10Z");
    assert_eq!(notes(&converted), ["5: thumbnail: tab-image.jpeg names nothing that is known here; kept as it came"]);
}

proptest! {
    #[test]
    fn whatever_is_read_is_converted_and_can_be_written_again(
        front in "((title|order|open|day|at|state|related|thumbnail|other|published|date): [-0-9a-z.:\\[\\], ']{0,16}\n){0,5}",
        body in any::<String>(),
    ) {
        let text = format!("---\n{front}---\n{body}");
        let Ok(file) = read_entry_file("collections/things/x.md", text.as_bytes()) else { return Ok(()) };
        let registry = dated_registry();
        let (collection, blueprint) = (registry.find_collection("things").unwrap(), registry.find_blueprint("things").unwrap());
        let converted = convert(&file, collection, blueprint, &Conversion::new(&zone()));
        let base = converted.base();
        let (_, faults) = blueprint.read_keeping(&converted.values, &LocaleRole::Origin, &Pointer::root(), Some(&base));
        prop_assert_eq!(faults, []);
        let source = &converted.foreign["source"];
        let kept = source.get("body").or_else(|| converted.values.get("content")).and_then(Value::as_str).unwrap_or_default();
        prop_assert_eq!(format!("{}{kept}", source["front_matter"].as_str().unwrap()), text);
        for key in file.values.keys() {
            let aside = converted.foreign.get("keys").is_some_and(|keys| keys.get(key).is_some());
            prop_assert!(aside || converted.values.get(key).is_some());
        }
    }
}
