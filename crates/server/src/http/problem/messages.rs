//! Every message that people can meet, read in both languages; and the words for things in `schemas/terms.yaml`.

use std::{fs, path::Path};

use diwan_content::{
    Expected, Fault, FaultCode, Language, Pointer, fold_text,
    rights::{Action, Role},
    yaml::{Budget, parse},
};
use serde_json::{Map, Value, json};

use super::{Problem, ProblemCode, ProblemDetail};

/// A message: what it belongs to, and its text in Arabic and in English.
type Message = (String, String, String);

/// Values for every parameter of every message. Each value is in no other message, so that it shows where it went.
fn samples() -> Map<String, Value> {
    let numbers =
        "min max byte line column most max_words width height max_pixels size_bytes max_bytes current revision seconds entries published assets departments"
            .split(' ')
            .enumerate()
            .map(|(place, name)| (name.to_owned(), json!(7_001 + place)));
    let texts =
        "pattern character id example path title suggestion parent requires needed to handle declared found expected object"
            .split(' ')
            .map(|name| (name.to_owned(), json!(format!("the-{name}"))));
    let lists = "allowed indexes narrower children conditions beside"
        .split(' ')
        .map(|name| (name.to_owned(), json!([format!("first-{name}"), format!("second-{name}")])));
    let words = [
        ("action", json!("publish")),
        ("roles", json!(["publisher", "auditor"])),
        ("locale", json!("the-locale")),
        ("origin", json!("the-origin")),
        ("locales", json!(["the-locales", "ar"])),
        ("date", json!("2026-11-30")),
    ];
    let words = words.into_iter().map(|(name, value)| (name.to_owned(), value));
    numbers.chain(texts).chain(lists).chain(words).collect()
}

/// Every fault and every problem with these parameters.
fn messages(params: &Map<String, Value>) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut add_fault = |name: String, mut fault: Fault| {
        let own = std::mem::take(&mut fault.params);
        fault.params = params.clone();
        fault.params.remove("expected");
        fault.params.extend(own);
        messages.push((name, fault.text(Language::Ar), fault.text(Language::En)));
    };
    for code in FaultCode::ALL {
        add_fault(format!("fault {}", code.as_str()), Fault::new(Pointer::root(), *code));
    }
    for expected in Expected::ALL {
        let fault = Fault::new(Pointer::root(), FaultCode::InvalidParameter).expecting(*expected);
        add_fault(format!("expected {}", expected.as_str()), fault);
    }
    let codes = ProblemCode::ALL.iter().map(|code| (code.as_str(), Problem::new(*code)));
    let details = ProblemDetail::ALL.iter().map(|detail| (detail.word().1, Problem::of(*detail)));
    for (name, problem) in codes.chain(details) {
        let problem = params.iter().fold(problem, |problem, (name, value)| problem.with(name, value.clone()));
        let text = |language| problem.body(language, "r")["detail"].as_str().unwrap().to_owned();
        messages.push((format!("problem {name}"), text(Language::Ar), text(Language::En)));
    }
    messages
}

/// Titles of problems and names of rights and roles: no sentences.
fn names() -> Vec<Message> {
    let titles =
        ProblemCode::ALL.iter().map(|code| (code.as_str(), code.title(Language::Ar), code.title(Language::En)));
    let actions =
        Action::ALL.iter().map(|action| (action.as_str(), action.name(Language::Ar), action.name(Language::En)));
    let roles = Role::ALL.into_iter().map(|role| (role.as_str(), role.name(Language::Ar), role.name(Language::En)));
    let all = titles.chain(actions).chain(roles);
    all.map(|(name, ar, en)| (name.to_owned(), ar.to_owned(), en.to_owned())).collect()
}

/// Labels and help of the shipped schemas: every mapping with `ar` and `en`.
fn labels() -> Vec<Message> {
    let mut found = Vec::new();
    for folder in ["blueprints", "collections", "fieldsets"] {
        for file in fs::read_dir(schemas().join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().display());
            collect_labels(&name, &read_yaml(&path), &mut found);
        }
    }
    assert!(found.len() > 200, "{} labels", found.len());
    found
}

fn collect_labels(name: &str, value: &Value, found: &mut Vec<Message>) {
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(ar)), Some(Value::String(en))) = (map.get("ar"), map.get("en")) {
                found.push((name.to_owned(), ar.clone(), en.clone()));
            }
            map.iter().filter(|(key, _)| *key != "examples").for_each(|(_, value)| collect_labels(name, value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_labels(name, item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn schemas() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

fn read_yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    parse(&text, &Budget::default()).unwrap().to_json().unwrap()
}

/// The text without what is isolated in it.
fn without_isolated(text: &str) -> String {
    let mut depth = 0;
    let mut outside = String::new();
    for c in text.chars() {
        match c {
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth -= 1,
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{text}");
    outside
}

fn is_arabic(c: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&c)
}

#[track_caller]
fn check_sentences(name: &str, arabic: &str, english: &str) {
    for text in [arabic, english] {
        assert!(text.ends_with('.') && text.split_whitespace().count() > 1, "{name} is no sentence: {text}");
        assert!(!text.contains(['{', '}', '`', '\n']) && !text.contains("  "), "{name} is not filled: {text}");
        let bare = text.replace(['\u{2068}', '\u{2069}'], "");
        assert!(!bare.contains(":.") && !bare.contains(": .") && !bare.contains("،."), "{name} lists nothing: {text}");
    }
    let outside = without_isolated(arabic);
    assert!(outside.chars().next().is_some_and(is_arabic), "{name}: {arabic}");
    assert!(!outside.chars().any(|c| c.is_ascii_alphabetic()), "{name} has Latin words in Arabic: {arabic}");
    assert!(english.starts_with(|c: char| c.is_ascii_uppercase()), "{name}: {english}");
    assert!(!without_isolated(english).chars().any(is_arabic), "{name} has Arabic words in English: {english}");
}

#[test]
fn every_message_is_whole_in_both_languages_with_and_without_its_parameters() {
    for params in [samples(), Map::new()] {
        let messages = messages(&params);
        assert!(messages.len() > 100, "{}", messages.len());
        for (name, arabic, english) in messages {
            check_sentences(&name, &arabic, &english);
        }
    }
    let empty = samples().into_iter().map(|(name, _)| (name, json!([]))).collect();
    for (name, arabic, english) in messages(&empty) {
        check_sentences(&name, &arabic, &english);
    }
    for (name, arabic, english) in names() {
        assert!(arabic.chars().any(is_arabic) && !arabic.chars().any(|c| c.is_ascii_alphabetic()), "{name}: {arabic}");
        assert!(english.is_ascii() && !arabic.ends_with('.') && !english.ends_with('.'), "{name}: {english}");
    }
}

#[test]
fn both_languages_mention_the_same_parameters() {
    for (name, arabic, english) in messages(&samples()) {
        // Rights, roles and days are in words, which differ.
        let in_words = ["action", "roles", "date"];
        for (param, value) in samples().into_iter().filter(|(param, _)| !in_words.contains(&param.as_str())) {
            let first = value.as_array().and_then(|items| items.first()).unwrap_or(&value);
            let shown = first.as_str().map_or_else(|| first.to_string(), str::to_owned);
            assert_eq!(arabic.contains(&shown), english.contains(&shown), "{name}, {param}: {arabic} / {english}");
        }
    }
}

#[test]
fn what_people_are_told_of_rights_languages_and_days_is_in_words() {
    let message = |wanted: &str| {
        let all = messages(&samples());
        all.into_iter().find(|(name, _, _)| name == wanted).map(|(_, arabic, english)| (arabic, english)).unwrap()
    };
    let (arabic, english) = message("problem forbidden");
    assert_eq!(arabic, "لا تملك صلاحية «النشر»، وهي لهذه الأدوار: مسؤول النشر، مراقب السجل.");
    assert_eq!(english, "You do not have the right “publish”. Roles that have it: publisher, auditor.");
    assert_eq!(message("problem gone").0, "أُلغي نشر هذه الصفحة في 30 نوفمبر 2026.");
    assert_eq!(message("problem still_public").1, "Withdraw it first. It is public in: the-locales, Arabic.");
}

/// Words of `schemas/terms.yaml` that are left out: each with the places where it is right.
fn left_out() -> Vec<(Vec<String>, Vec<Vec<String>>)> {
    let terms = read_yaml(&schemas().join("terms.yaml"));
    let texts = |value: &Value| -> Vec<Vec<String>> {
        value.as_array().into_iter().flatten().map(|text| words(text.as_str().unwrap())).collect()
    };
    let mut all: Vec<(Vec<String>, Vec<Vec<String>>)> = Vec::new();
    for term in terms.as_array().unwrap() {
        for key in term.as_object().unwrap().keys() {
            assert!(["term", "en", "ar", "not", "right"].contains(&key.as_str()), "{key}");
        }
        assert!(!texts(&term["ar"]).is_empty(), "{term}");
        for word in texts(&term["not"]) {
            all.push((word, texts(&term["right"])));
        }
    }
    assert!(all.len() > 30, "{}", all.len());
    all
}

fn words(text: &str) -> Vec<String> {
    fold_text(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a word of a text is this one, bare or with article, conjunction and preposition.
fn is_word(found: &str, wanted: &str) -> bool {
    let Some(before) = found.strip_suffix(wanted) else { return false };
    let before = before.strip_prefix(['و', 'ف']).unwrap_or(before);
    matches!(before, "" | "ال" | "ب" | "بال" | "ك" | "كال" | "ل" | "لل")
}

/// Where a phrase begins in a text.
fn places(text: &[String], phrase: &[String]) -> Vec<usize> {
    let fits = |window: &[String]| window.iter().zip(phrase).all(|(found, wanted)| is_word(found, wanted));
    (0..text.len()).filter(|at| text.get(*at..at + phrase.len()).is_some_and(fits)).collect()
}

/// The first word that is left out but used.
fn misused(text: &str, left_out: &[(Vec<String>, Vec<Vec<String>>)]) -> Option<String> {
    let text = words(text);
    for (word, right) in left_out {
        let covered: Vec<usize> =
            right.iter().flat_map(|use_| places(&text, use_).into_iter().flat_map(|at| at..at + use_.len())).collect();
        if places(&text, word).iter().any(|at| !covered.contains(at)) {
            return Some(word.join(" "));
        }
    }
    None
}

#[test]
fn messages_and_labels_call_things_by_their_terms() {
    let left_out = left_out();
    for (text, wanted) in [
        ("في المراجعة رقم 7", Some("مراجعه")),
        ("موعد المراجعة", None),
        ("وبالمادة السابقة", Some("ماده")),
        ("المادية", None),
        ("النسخ اللغوية", Some("نسخ لغويه")),
        ("نسخة لغوية", Some("نسخه لغويه")),
        ("بعد سحب كراسة المناقصة", None),
        ("سُحبت", Some("سحبت")),
    ] {
        assert_eq!(misused(text, &left_out).as_deref(), wanted, "{text}");
    }
    for (name, arabic, _) in messages(&samples()).into_iter().chain(names()).chain(labels()) {
        assert_eq!(misused(&arabic, &left_out), None, "{name}: {arabic}");
    }
    let terms = read_yaml(&schemas().join("terms.yaml"));
    for role in Role::ALL {
        let term = terms.as_array().unwrap().iter().find(|term| term["term"] == role.as_str());
        let term = term.unwrap_or_else(|| panic!("{} is no term", role.as_str()));
        assert_eq!((&term["en"], &term["ar"]), (&json!(role.name(Language::En)), &json!([role.name(Language::Ar)])));
    }
}

#[test]
fn english_is_plain() {
    let refused = ["stands", "told", "anew", "whoever", "so many", "for good", "takes along", "there once"];
    for (name, _, english) in messages(&samples()).into_iter().chain(names()).chain(labels()) {
        let text = format!(" {} ", english.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "));
        for phrase in refused {
            assert!(!text.contains(&format!(" {phrase} ")), "{name} says «{phrase}»: {english}");
        }
    }
}

/// What was expected is one of a closed set with sentences in both languages, never English text from the code.
#[test]
fn no_code_makes_up_what_it_expected() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path().join("src")).collect();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files += 1;
                check_expectations(&path);
            }
        }
    }
    assert!(files > 200, "{files}");
}

fn check_expectations(path: &Path) {
    let code = fs::read_to_string(path).unwrap().replace(char::is_whitespace, "");
    let code = code.split("modtests{").next().unwrap();
    for made in code.split("\"expected\",").skip(1) {
        let is_text = made.starts_with(['"', '&']) || made.starts_with("format!");
        assert!(!is_text || made.starts_with("\"application/"), "{} makes up what it expected", path.display());
    }
    for made in code.split("wrong_type(\"").skip(1) {
        let word = made.split('"').next().unwrap();
        let known = Expected::ALL.iter().any(|expected| expected.as_str() == word);
        assert!(known, "{} expects {word}, which has no sentences", path.display());
    }
}
