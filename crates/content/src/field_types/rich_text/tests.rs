use serde_json::{Value, json};

use super::declared::RichTextType;
use crate::field_types::testing::*;

const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";
const ASSET: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f11";

const WITH_BLOCKS: &str = "type: rich_text
max_chars: 100
blocks:
  - handle: quote
    label: { ar: اقتباس, en: Quote }
    fields:
      - { handle: text, type: textarea, label: { ar: النص, en: Text }, required: true, searchable: 2 }
      - { handle: by, type: reference, label: { ar: القائل, en: By }, max_items: 1 }
      - { handle: notes, type: text, label: { ar: ملاحظات, en: Notes }, private: true }
";

fn doc(content: Value) -> Value {
    json!({"type": "doc", "content": content})
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
}

fn quote(id: &str, more: Value) -> Value {
    let mut values = json!({"type": "quote"});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"type": "contentBlock", "attrs": {"id": id, "values": values}})
}

fn html(content: Value) -> String {
    field("type: rich_text").kind().present(&doc(content))["html"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn both_spellings_are_taken_and_one_is_kept() {
    let written = doc(json!([
        {"type": "bullet_list", "attrs": null, "content": [
            {"type": "list_item", "content": [{"type": "paragraph", "attrs": {"text_align": "right", "class": null}, "content": [
                {"type": "text", "text": "أ", "marks": [{"type": "em"}, {"type": "strong", "attrs": {}}]},
                {"type": "hard_break", "marks": []},
            ]}]},
        ]},
        {"type": "code_block", "attrs": {"params": "rust"}, "content": [{"type": "text", "text": "a < b"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "ب", "marks": [
            {"type": "link", "attrs": {"href": "/services", "target": "_blank", "rel": "x"}}]}]},
    ]));
    let kept = doc(json!([
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [{"type": "paragraph", "attrs": {"textAlign": "right"}, "content": [
                {"type": "text", "text": "أ", "marks": [{"type": "bold"}, {"type": "italic"}]},
                {"type": "hardBreak"},
            ]}]},
        ]},
        {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "a < b"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "ب", "marks": [{"type": "link", "attrs": {"href": "/services"}}]}]},
    ]));
    let field = field("type: rich_text");
    check_read(&field, written, kept.clone());
    check_read(&field, kept.clone(), kept);
}

#[test]
fn what_is_not_in_the_closed_sets_is_refused_with_its_place() {
    let field = field("type: rich_text\nnodes: [heading, image]\nmarks: [bold, link]");
    let cases = [
        (json!("نص"), vec!["/f wrong_type"]),
        (json!({"type": "paragraph"}), vec!["/f/type not_an_option"]),
        (json!({"type": "doc", "content": {}}), vec!["/f/content wrong_type"]),
        (json!({"type": "doc", "version": 1}), vec!["/f/version unknown_field"]),
        (doc(json!([{"type": "iframe"}])), vec!["/f/content/0/type not_an_option"]),
        (doc(json!([{"type": "bulletList"}])), vec!["/f/content/0/type not_an_option"]),
        (doc(json!([{"type": "block"}])), vec!["/f/content/0/type not_an_option"]),
        (doc(json!([{"type": "text", "text": "أ"}])), vec!["/f/content/0/type not_an_option"]),
        (doc(json!([{"type": "heading", "attrs": {"level": 7}}])), vec!["/f/content/0/attrs/level too_large"]),
        (doc(json!([{"type": "heading"}])), vec!["/f/content/0/attrs/level required"]),
        (doc(json!([{"type": "paragraph", "attrs": {"style": "x"}}])), vec!["/f/content/0/attrs/style unknown_field"]),
        (doc(json!([{"type": "paragraph", "attrs": {"dir": "up"}}])), vec!["/f/content/0/attrs/dir not_an_option"]),
        (
            doc(json!([{"type": "image", "attrs": {"src": "https://a.example/a.png"}}])),
            vec!["/f/content/0/attrs/src pattern_mismatch"],
        ),
        (
            doc(json!([paragraph("a\0b"), paragraph("")])),
            vec!["/f/content/0/content/0/text forbidden_character", "/f/content/1/content/0/text too_short"],
        ),
    ];
    for (value, faults) in cases {
        check_faults(&field, value, &faults);
    }
    let mark =
        |mark: Value| doc(json!([{"type": "paragraph", "content": [{"type": "text", "text": "أ", "marks": [mark]}]}]));
    let at = |rest: &str| format!("/f/content/0/content/0/marks/0{rest}");
    check_faults(&field, mark(json!({"type": "italic"})), &[&at("/type not_an_option")]);
    for bad in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "entry:x", "صفحة", "/a b"] {
        check_faults(&field, mark(json!({"type": "link", "attrs": {"href": bad}})), &[&at("/attrs/href invalid_url")]);
    }
    check_faults(&field, mark(json!({"type": "link"})), &[&at("/attrs/href required")]);
    let twice = doc(
        json!([{"type": "paragraph", "content": [{"type": "text", "text": "أ", "marks": [{"type": "bold"}, {"type": "strong"}]}]}]),
    );
    check_faults(&field, twice, &["/f/content/0/content/0/marks/1 duplicate_item"]);
    check_problem(
        "type: rich_text\nnodes: [iframe]",
        "iframe cannot be chosen; allowed: heading, bulletList, orderedList, blockquote, codeBlock, horizontalRule, hardBreak, image, table",
    );
}

#[test]
fn size_and_depth_are_bounded() {
    let field = field("type: rich_text\nmax_chars: 5");
    check_faults(&field, doc(json!([paragraph("ابجدهو")])), &["/f too_long"]);
    check_faults(&field, doc(json!(vec![json!({"type": "paragraph"}); 10_001])), &["/f too_many_items"]);
    let nested = |levels: usize| {
        let quotes = (0..levels)
            .fold(json!({"type": "paragraph"}), |inner, _| json!({"type": "blockquote", "content": [inner]}));
        doc(json!([quotes]))
    };
    check_faults(&field, nested(RichTextType::MAX_DEPTH - 1), &[]);
    let at = format!("/f{} too_deep", "/content/0".repeat(RichTextType::MAX_DEPTH + 1));
    check_faults(&field, nested(RichTextType::MAX_DEPTH), &[&at]);
    check_faults(&field, nested(400), &[&at]);
    assert!(field.kind().present(&nested(400)).is_null());
}

#[test]
fn html_is_made_of_the_document() {
    let cases = [
        (
            json!([paragraph("<script>alert(1)</script> & \"")]),
            "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"</p>\n",
        ),
        (
            json!([{"type": "heading", "attrs": {"level": 3, "dir": "rtl", "textAlign": "center", "lang": "ar"}, "content": [{"type": "text", "text": "أ"}]}]),
            "<h3 dir=\"rtl\" lang=\"ar\" align=\"center\">أ</h3>\n",
        ),
        (
            json!([{"type": "orderedList", "attrs": {"start": 3}, "content": [{"type": "listItem", "content": [paragraph("أ")]}]}]),
            "<ol start=\"3\"><li><p>أ</p>\n</li></ol>\n",
        ),
        (
            json!([{"type": "codeBlock", "content": [{"type": "text", "text": "\na"}]}, {"type": "horizontalRule"}]),
            "<pre><code>\na</code></pre>\n<hr>\n",
        ),
        (
            json!([{"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableHeader", "attrs": {"colspan": 2, "colwidth": [100]}, "content": [paragraph("أ")]}, {"type": "tableCell", "content": [paragraph("ب")]}]}]}]),
            "<table><tbody><tr><th colspan=\"2\"><p>أ</p>\n</th><td><p>ب</p>\n</td></tr></tbody></table>\n",
        ),
        (
            json!([{"type": "paragraph", "content": [
            {"type": "text", "text": "أ", "marks": [{"type": "link", "attrs": {"href": "https://a.example"}}]},
            {"type": "text", "text": "ب", "marks": [{"type": "bold"}, {"type": "link", "attrs": {"href": "https://a.example"}}]},
            {"type": "text", "text": "ج", "marks": [{"type": "superscript"}]}]}]),
            "<p><a href=\"https://a.example\" rel=\"noopener noreferrer\">أ<strong>ب</strong></a><sup>ج</sup></p>\n",
        ),
    ];
    for (content, expected) in cases {
        assert_eq!(html(content), expected);
    }
}

#[test]
fn links_lead_where_their_targets_live_now() {
    let field = field("type: rich_text");
    let linked = |text: &str, href: String| json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]});
    let stored = doc(json!([
        {"type": "paragraph", "content": [linked("حي", format!("entry:{LIVE}")), linked("ميت", format!("entry:{DEAD}")), linked("خطأ", "entry:x".to_owned())]},
        {"type": "image", "attrs": {"src": format!("asset:{ASSET}"), "alt": "شعار"}},
        {"type": "image", "attrs": {"src": format!("asset:{DEAD}")}},
    ]));
    let answer = json!({
        "html": "<p><a href=\"/department/الموازنة\">حي</a><a>ميت</a><a>خطأ</a></p>\n<p><img src=\"/v1/assets/a/file\" alt=\"شعار\"><img></p>\n",
        "doc": doc(json!([
            {"type": "paragraph", "content": [
                {"type": "text", "text": "حي", "marks": [{"type": "link", "attrs": {"href": "/department/الموازنة"}}]},
                {"type": "text", "text": "ميت"}, {"type": "text", "text": "خطأ"}]},
            {"type": "image", "attrs": {"src": "/v1/assets/a/file", "alt": "شعار"}},
        ])),
    });
    check_deliver(&field, stored.clone(), answer, &["/f/html not_public", "/f/html unreadable", "/f/html not_public"]);
    let found = [
        format!("/f entry {LIVE}"),
        format!("/f entry {DEAD}"),
        format!("/f asset {ASSET}"),
        format!("/f asset {DEAD}"),
    ];
    assert_eq!(references(&field, stored.clone()), found);
    let found = [
        format!("/f/content/0/content/0/marks/0/attrs/href entry {LIVE}"),
        format!("/f/content/0/content/1/marks/0/attrs/href entry {DEAD}"),
        format!("/f/content/1/attrs/src asset {ASSET}"),
        format!("/f/content/2/attrs/src asset {DEAD}"),
    ];
    assert_eq!(stored_references(&field, stored), found);
}

#[test]
fn an_address_of_before_may_stay() {
    let field = field("type: rich_text");
    let with = |href: &str| {
        doc(
            json!([{"type": "paragraph", "content": [{"type": "text", "text": "أ", "marks": [{"type": "link", "attrs": {"href": href}}]}]}]),
        )
    };
    assert_eq!(faults_after(&field, with("statamic://entry::x"), &with("statamic://entry::x")), [""; 0]);
    assert_eq!(faults_after(&field, with("other://x"), &with("statamic://entry::x")).len(), 1);
    assert_eq!(field.kind().present(&with("statamic://entry::x"))["html"], "<p>أ</p>\n");
}

#[test]
fn blocks_stand_in_the_document_with_their_values() {
    let field = field(WITH_BLOCKS);
    let stored = doc(json!([
        paragraph("قبل"),
        quote("q1", json!({"text": "نص", "by": LIVE, "notes": "سر"})),
        quote("q2", json!({"text": "آخر", "by": DEAD}))
    ]));
    check_read(&field, stored.clone(), stored.clone());
    let answer = json!({
        "html": "<p>قبل</p>\n<div data-block=\"q1\"></div>\n<div data-block=\"q2\"></div>\n",
        "doc": doc(json!([paragraph("قبل"), quote("q1", json!({"text": "نص", "by": LIVE})), quote("q2", json!({"text": "آخر", "by": null}))])),
    });
    check_deliver(&field, stored.clone(), answer, &["/f/doc/content/2/attrs/values/by not_public"]);
    assert_eq!(references(&field, stored.clone())[0], format!("/f/doc/content/1/attrs/values/by entry {LIVE}"));
    assert_eq!(stored_references(&field, stored.clone())[0], format!("/f/content/1/attrs/values/by entry {LIVE}"));
    assert_eq!(search_texts_of(&field, stored), [(2, "نص".to_owned()), (2, "آخر".to_owned())]);
}

/// `block` is the name of a group in schemas of editors; older documents have it as the name of a node.
#[test]
fn blocks_of_older_documents_are_answered_by_the_name_of_today() {
    let field = field(WITH_BLOCKS);
    let of_name = |name: &str| {
        let mut block = quote("q1", json!({"text": "نص"}));
        block["type"] = json!(name);
        doc(json!([block]))
    };
    let kept = of_name("contentBlock");
    for name in ["contentBlock", "block", "set"] {
        check_read(&field, of_name(name), kept.clone());
        assert_eq!(field.kind().present(&of_name(name))["doc"]["content"][0]["type"], "contentBlock");
    }
    let answer = json!({
        "html": "<div data-block=\"q1\"></div>\n",
        "doc": doc(json!([quote("q1", json!({"text": "نص", "by": null}))])),
    });
    check_deliver(&field, of_name("block"), answer, &[]);
}

/// Alignment by the direction of the text is what editors write today; `align` is obsolete in HTML.
#[test]
fn alignment_is_answered_as_a_style() {
    let field = field("type: rich_text");
    for align in ["start", "end", "center", "justify", "left", "right"] {
        let aligned = doc(json!([
            {"type": "paragraph", "attrs": {"textAlign": align}, "content": [{"type": "text", "text": "أ"}]}
        ]));
        check_read(&field, aligned.clone(), aligned.clone());
        let html = format!("<p style=\"text-align: {align}\">أ</p>\n");
        check_deliver(&field, aligned.clone(), json!({ "html": html, "doc": aligned }), &[]);
    }
    let odd = doc(json!([{"type": "paragraph", "attrs": {"textAlign": "middle"}}]));
    check_faults(&field, odd, &["/f/content/0/attrs/textAlign not_an_option"]);
}

#[test]
fn blocks_are_checked_like_rows() {
    let field = field(WITH_BLOCKS);
    let hidden = json!({"type": "set", "attrs": {"id": "h", "enabled": false, "values": {"type": "quote"}}});
    let kept = json!({"type": "contentBlock", "attrs": {"id": "h", "enabled": false, "values": {"type": "quote"}}});
    check_read(&field, doc(json!([hidden])), doc(json!([kept.clone()])));
    check_present(&field, doc(json!([kept.clone()])), json!(null));
    assert!(field.kind().is_empty(&doc(json!([kept.clone(), {"type": "paragraph"}]))));
    assert_eq!(
        publish_faults_of(&field, doc(json!([kept, quote("a", json!({}))]))),
        ["/f/content/1/attrs/values/text required"]
    );
    let read = read_value(&field, doc(json!([{"type": "block", "attrs": {"values": {"type": "quote"}}}])));
    assert!(read["content"][0]["attrs"]["id"].is_string());
    check_read(&field, read.clone(), read);
    check_faults(
        &field,
        doc(json!([
            quote("a", json!({"text": 5, "zzz": 1})),
            quote("a", json!({"id": "x"})),
            {"type": "block", "attrs": {"values": {"type": "video"}, "enabled": 1}},
            {"type": "block", "attrs": {"values": 1, "more": 2}},
            {"type": "block"},
            {"type": "blockquote", "content": [quote("c", json!({}))]},
        ])),
        &[
            "/f/content/0/attrs/values/text wrong_type",
            "/f/content/0/attrs/values/zzz unknown_field",
            "/f/content/1/attrs/id duplicate_item",
            "/f/content/1/attrs/values/id unknown_field",
            "/f/content/2/attrs/enabled wrong_type",
            "/f/content/2/attrs/values/type not_an_option",
            "/f/content/3/attrs/more unknown_field",
            "/f/content/3/attrs/values wrong_type",
            "/f/content/4/attrs wrong_type",
            "/f/content/5/content/0/type not_an_option",
        ],
    );
    let before = doc(json!([quote("q", json!({"by": "old.md"}))]));
    let after = doc(json!([paragraph("أ"), quote("q", json!({"by": "old.md"}))]));
    assert_eq!(faults_after(&field, after, &before), [""; 0]);
}

#[test]
fn differences_are_told_for_the_text_and_for_each_block() {
    let field = field(WITH_BLOCKS);
    let from = doc(json!([paragraph("أ"), quote("a", json!({"text": "1"})), quote("b", json!({}))]));
    let to = doc(json!([paragraph("ب"), quote("a", json!({"text": "2"}))]));
    let mut differences = Vec::new();
    assert!(field.kind().compare(&from, &to, &crate::Pointer::root().key("f"), &mut differences));
    let short: Vec<String> = differences
        .iter()
        .map(|d| format!("{} {} {} {}", d.pointer, d.change.as_str(), json!(d.from), json!(d.to)))
        .collect();
    assert_eq!(
        short,
        [
            "/f changed \"أ\" \"ب\"",
            "/f/content/2/attrs/values removed {\"type\":\"quote\",\"id\":\"b\"} null",
            "/f/content/1/attrs/values/text changed \"1\" \"2\"",
        ]
    );
}
