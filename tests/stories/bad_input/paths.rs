//! Paths with every trick of Unicode and encoding: each leads to the one page, or to nothing, or is refused.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use super::target::{Sent, Target, exchange};
use crate::{
    desk::{create, publish},
    harness::Backend,
};

const PATH: &str = "/إدارة-المستشفى-2026";

async fn hospital(target: &Target) {
    let body = json!({
        "collection": "pages", "department": target.department["entry"], "slug": PATH[1..],
        "data": { "title": "إدارة المستشفى" },
    });
    let page = create(&target.app.with(Role::Editor), &body).await;
    publish(&target.app.with(Role::Publisher), &page).await;
}

/// What is told of a path that is sent byte for byte: its status, and where it leads or which code it has.
async fn told(target: &Target, path: &str) -> String {
    let answer = exchange(&target.address, &Sent::get(format!("/v1/content{path}")).bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let what = ["to", "code", "path"].iter().find_map(|name| body[name].as_str()).unwrap();
    let more = if body["kind"] == "redirect" { "-> " } else { "" };
    format!("{} {more}{what}", &head[9..12])
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn every_spelling_is_told_the_one_path() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        hospital(&target).await;
        for same in [
            encoded(&PATH[1..]),
            encoded(&PATH[1..]).to_lowercase(),
            PATH[1..].to_owned(),
            format!("/{}/", encoded(&PATH[1..])),
        ] {
            assert_eq!(told(&target, &format!("/{same}")).await, format!("200 {PATH}"), "{same}");
        }
        let leads = format!("200 -> {PATH}");
        for (trick, variant) in [
            ("another letter", "إداره-المستشفى-2026"),
            ("decomposed", "ا\u{655}دارة-المستشفى-2026"),
            ("half decomposed, marks out of order", "ا\u{64e}\u{655}دارة-المستشفى-2026"),
            ("right to left marks", "\u{200f}إدارة-المستشفى\u{200e}-2026"),
            ("embedding and isolates", "\u{202e}إدارة-\u{2067}المستشفى\u{2069}-2026\u{202c}"),
            ("zero width", "إد\u{200b}ار\u{200d}ة-ال\u{feff}مستشفى-2026"),
            ("tatweel", "إدارة-المستـــشفى-2026"),
            ("tashkeel", "إِدَارَةُ-المُسْتَشْفَى-2026"),
            ("presentation forms", "إدارة-ﺍﻟﻤﺴﺘﺸﻔﻰ-2026"),
            ("Arabic digits", "إدارة-المستشفى-٢٠٢٦"),
            ("full width digits", "إدارة-المستشفى-２０２６"),
        ] {
            assert_eq!(told(&target, &format!("/{}", encoded(variant))).await, leads, "{trick}");
            assert_eq!(told(&target, &format!("/{variant}")).await, leads, "{trick}, not encoded");
        }
    }
}

#[tokio::test]
async fn what_names_no_page_leads_nowhere() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        hospital(&target).await;
        let twice = encoded(&encoded(&PATH[1..]));
        for (trick, path) in [
            ("encoded twice", format!("/{twice}")),
            ("an overlong slash", "/%C0%AF".to_owned()),
            ("an overlong dot", "/%C0%AE%C0%AE/".to_owned()),
            ("a lone surrogate", "/%ED%A0%80".to_owned()),
            ("a pair of surrogates as bytes", "/%ED%A0%BD%ED%B8%80".to_owned()),
            ("beyond Unicode", "/%F4%90%80%80".to_owned()),
            ("half a letter", format!("/{}%D8", encoded(&PATH[1..]))),
            ("nothing encoded", "/%".to_owned()),
            ("no digits", "/%u0625".to_owned()),
            ("nul at the end", format!("/{}%00", encoded(&PATH[1..]))),
            ("a line break", format!("/{}%0d%0aX:1", encoded(&PATH[1..]))),
            ("dots", "/a/../إدارة-المستشفى-2026".to_owned()),
            ("encoded dots", format!("/a/%2e%2E/{}", encoded(&PATH[1..]))),
            ("an encoded dot", format!("/%2e/{}", encoded(&PATH[1..]))),
            ("dots behind an encoded slash", format!("/a%2F..%2F{}", encoded(&PATH[1..]))),
            ("full width dots", format!("/a/{}/{}", encoded("．．"), encoded(&PATH[1..]))),
            ("back slashes", "/..%5C..%5Cإدارة-المستشفى-2026".to_owned()),
            ("tatweel alone", format!("/{}", encoded("ـــ"))),
            ("marks alone", format!("/{}", encoded("\u{64b}\u{651}"))),
            ("invisible alone", format!("/{}", encoded("\u{200b}\u{202e}\u{feff}"))),
            ("invisible segments", format!("/{}{PATH}", encoded("\u{200b}"))),
            ("a thousand letters", format!("/{}", "ا".repeat(1_000))),
            ("letters of another script that look alike", "/еdara".to_owned()),
            ("unassigned", format!("/{}", encoded("\u{10fffd}\u{e000}"))),
        ] {
            assert_eq!(told(&target, &path).await, "404 not_found", "{trick}: {path}");
        }
        assert_eq!(told(&target, &format!("/{}", "a".repeat(20_000))).await, "414 uri_too_long");
        // Longer than any head may be: there is nobody to write a problem, but nothing answers as if all were well.
        let path = format!("/v1/content/{}", "%D8%A7".repeat(170_000));
        let answer = exchange(&target.address, &Sent::get(path).bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}", &answer[..answer.len().min(200)]);
        target.refuses(vec![]).await;
    }
}
