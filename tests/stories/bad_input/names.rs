//! Names that may not be asked: private, unknown and not filterable ones have one answer, byte for byte.

use diwan_content::rights::Role;
use serde_json::Value;

use super::target::Target;
use crate::{desk::text, harness::Backend};

#[tokio::test]
async fn private_and_unknown_names_have_one_answer() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let entry = format!("/v1/collections/news/entries/{}", text(&target.item["entry"]));
        // Where NAME stands, and names that are all as good as none there.
        let cases: Vec<(String, Vec<&str>)> = vec![
            (
                "/v1/collections/news/entries?filter[NAME]=x".into(),
                vec!["editor_notes", "body", "image", "hash", "rank"],
            ),
            ("/v1/collections/news/entries?filter[NAME][exists]=true".into(), vec!["editor_notes", "body"]),
            ("/v1/collections/news/entries?filter[or][0][NAME]=x&filter[or][1][title]=y".into(), vec!["editor_notes"]),
            (
                "/v1/collections/news/entries?filter[partner_departments][NAME]=x".into(),
                vec!["internal_notes", "content"],
            ),
            ("/v1/collections/news/entries?sort=NAME".into(), vec!["editor_notes", "body", "related", "tags"]),
            ("/v1/collections/news/entries?sort=-date,NAME".into(), vec!["editor_notes"]),
            ("/v1/collections/news/entries?include=NAME".into(), vec!["editor_notes", "title", "image"]),
            ("/v1/collections/news/entries?include=related.NAME".into(), vec!["editor_notes", "internal_notes"]),
            ("/v1/collections/news/entries?fields=NAME".into(), vec!["editor_notes", "id"]),
            ("/v1/collections/news/entries?include=related&fields[related]=NAME".into(), vec!["editor_notes"]),
            (format!("{entry}?fields=title,NAME"), vec!["editor_notes"]),
            (format!("{entry}?include=NAME"), vec!["editor_notes"]),
            ("/v1/collections/departments/entries?filter[NAME]=x".into(), vec!["internal_notes"]),
            ("/v1/search?q=a&filter[NAME]=x".into(), vec!["editor_notes", "title", "internal_notes"]),
            ("/v1/collections/NAME/entries".into(), vec!["News", "entries", "main-menu"]),
        ];
        for (path, names) in cases {
            for client in [&target.app.anyone, &target.app.with(Role::Delivery), &target.app.with(Role::Editor)] {
                let answer = async |name: &str| {
                    let answer = client.get(&path.replace("NAME", name)).await;
                    let told: Value = answer.json();
                    let id = text(&told["request_id"]);
                    (
                        answer.status,
                        String::from_utf8(answer.body.to_vec())
                            .unwrap()
                            .replace(&id, "")
                            .replace(&format!("[{name}]"), "[?]")
                            // A 404 says what was asked for.
                            .replace(&format!("\u{2068}{name}\u{2069}"), "?")
                            .replace(&format!("\"handle\":\"{name}\""), "?"),
                    )
                };
                let unknown = answer("no_such_name").await;
                assert!(unknown.0 >= 400, "{path}: {unknown:?}");
                for name in &names {
                    assert_eq!(answer(name).await, unknown, "{path} with {name}");
                }
            }
        }
    }
}
