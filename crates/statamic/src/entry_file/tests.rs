use proptest::prelude::*;
use serde_json::json;

use super::*;

fn problems(bytes: &[u8]) -> Vec<String> {
    read_entry_file("n/x.md", bytes).unwrap_err().iter().map(ToString::to_string).collect()
}

fn notes(entry: &EntryFile) -> Vec<String> {
    entry.notes.iter().map(ToString::to_string).collect()
}

#[test]
fn an_entry_is_read_with_its_own_keys_apart() {
    let text = "---\nid: 6c5a7ac3-546c-4172-947a-231133096268\nblueprint: news\ntitle: 'خبر'\npublished: false\nupdated_by: 7\n\
                updated_at: 1655790910\norigin: home\ntags: [a, 1]\nfax: 022978770\n---\n\n  النص\n";
    let entry = read_entry_file("content/collections/news/ar/2022-06-21-0855.خبر.2.md", text.as_bytes()).unwrap();
    assert_eq!(entry.id.as_deref(), Some("6c5a7ac3-546c-4172-947a-231133096268"));
    assert_eq!((entry.blueprint.as_deref(), entry.published), (Some("news"), false));
    assert_eq!((entry.updated_by.as_deref(), entry.updated_at), (Some("7"), Some(1_655_790_910)));
    assert_eq!((entry.origin.as_deref(), entry.site.as_deref()), (Some("home"), Some("ar")));
    assert_eq!((entry.collection_folder.as_deref(), entry.slug.as_str(), entry.suffix), (Some("news"), "خبر", Some(2)));
    assert_eq!(entry.date.map(|date| date.day.to_string()).as_deref(), Some("2022-06-21"));
    assert_eq!(Value::Object(entry.values.clone()), json!({"title": "خبر", "tags": ["a", 1], "fax": "022978770"}));
    assert_eq!((entry.body.as_str(), entry.body_start_line), ("\n  النص\n", 12));
    assert_eq!(entry.raw, text);
    assert_eq!(format!("{}{}", entry.front_matter(), entry.body), text);
    assert_eq!(notes(&entry), [""; 0]);
}

#[test]
fn an_entry_is_public_unless_it_says_otherwise() {
    for (line, published) in
        [("", true), ("published: true\n", true), ("published: 0\n", false), ("published: FALSE\n", false)]
    {
        let entry = read_entry_file("x.md", format!("---\nid: a\n{line}---\n").as_bytes()).unwrap();
        assert_eq!(entry.published, published, "{line}");
    }
}

#[test]
fn a_file_without_an_id_is_known_by_its_place_below_the_collections() {
    for path in ["content/collections/news/x.md", "collections/news/x.md", "news/x.md"] {
        let entry = read_entry_file(path, b"---\n---\n").unwrap();
        assert_eq!(entry.foreign_id(), "file:news/x.md", "{path}");
        assert_eq!(notes(&entry), ["1: has no id; `file:news/x.md` stands for one"]);
    }
}

#[test]
fn broken_files_are_told_line_by_line() {
    let cases: [(&str, &[&str]); 7] = [
        ("---\ntitle: [a\n---\n", &["n/x.md:3: "]),
        (
            "---\ntitle: a\ntitle: b\nwhen: 2022-02-30\npublished: no\n---\n",
            &[
                "n/x.md:3: the key `title` stands twice",
                "n/x.md:4: 2022-02-30 has the form of a time but names none; put it in quotes if it is a text",
                "n/x.md:5: `published` must be true or false, not \"no\"",
            ],
        ),
        ("---\n- a\n---\n", &["n/x.md:2: the front matter must be a mapping of keys to values"]),
        ("---\nid: [a]\n---\n", &["n/x.md:2: `id` must be a text"]),
        (
            "---\na: 1\ncontent: x\n---\nbody\n",
            &["n/x.md:3: `content` stands in the front matter although a body begins at line 5"],
        ),
        ("---\na: &a [x]\nb: !php/object 'x'\n---\n", &["n/x.md:3: column 4: the tag !php/object is not understood"]),
        ("---\na: \0\n---\n", &["n/x.md:2: column 4: control characters are not allowed"]),
    ];
    for (text, expected) in cases {
        let told = problems(text.as_bytes());
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} is not {expected}");
        }
    }
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    text.push_str("---\n");
    let told = problems(text.as_bytes());
    assert!(told[0].contains("has more than 100000 values"), "{told:?}");
}

#[test]
fn content_may_stand_in_the_front_matter_instead_of_a_body() {
    let entry = read_entry_file("x.md", b"---\nid: a\ncontent: |\n  text\n---\n").unwrap();
    assert_eq!(entry.values["content"], json!("text\n"));
    assert_eq!(entry.body, "");
}

#[test]
fn a_time_of_saving_that_is_none_is_noted() {
    let entry = read_entry_file("x.md", b"---\nid: a\nupdated_at: yesterday\n---\n").unwrap();
    assert_eq!(entry.updated_at, None);
    assert_eq!(
        notes(&entry),
        ["3: updated_at: \"yesterday\" is no time in seconds since 1970; kept in the source only"]
    );
}

#[test]
fn the_first_users_entry_is_read_to_the_last_byte() {
    let Ok(shared) = std::env::var("DIWAN_SHARED") else {
        tell_skipped();
        return;
    };
    let path = std::path::Path::new(&shared).join("seed/international-relations-and-projects.md");
    let bytes = std::fs::read(path).unwrap();
    let entry = read_entry_file("collections/departments/international-relations-and-projects.md", &bytes).unwrap();
    assert_eq!(entry.raw.as_bytes(), bytes);
    assert_eq!(entry.blueprint.as_deref(), Some("departments"));
    assert_eq!(entry.updated_at, Some(1_655_790_910));
    let keys: Vec<&String> = entry.values.keys().collect();
    assert_eq!(keys, ["title", "thumbnail"]);
    assert!(entry.body.starts_with("<h3>نبذة عامة</h3> \n"));
    assert!(bytes.ends_with(entry.body.as_bytes()));
    assert_eq!(notes(&entry), [""; 0]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_entry_file("collections/news/x.md", &bytes);
        let _ = read_entry_file("x.md", &[b"---\n", bytes.as_slice(), b"\n---\n"].concat());
    }

    #[test]
    fn what_is_read_can_be_written_again(
        front in "([a-z_]{1,8}: ['\"\\[\\]{}&*!|>%@~a-z0-9: ,#-]{0,12}\r?\n){0,6}",
        body in any::<String>(),
        path in "[a-z0-9./-]{1,30}",
    ) {
        let text = format!("---\n{front}---\n{body}");
        if let Ok(entry) = read_entry_file(&path, text.as_bytes()) {
            prop_assert_eq!(format!("{}{}", entry.front_matter(), entry.body), text.as_str());
            prop_assert_eq!(entry.raw, text);
            prop_assert_eq!(entry.body, body);
            prop_assert_eq!(entry.values.len(), entry.written.len());
        }
    }
}

#[test]
fn a_dot_too_many_in_the_file_name_is_told() {
    let told = |path: &str| notes(&read_entry_file(path, b"---\nid: a\n---\n").unwrap()).join("; ");
    for (path, what) in [
        ("things/slug..md", "a dot in the file name has no meaning"),
        ("things/slug.old.md", "`old` in the file name has no meaning"),
    ] {
        assert!(told(path).ends_with(what), "{}", told(path));
    }
}
