//! Fields inside fields, from saving to the public's read and search.

use diwan_cms::{Included, WithdrawMode};
use diwan_content::Registry;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    support::{ar, new_entry, png, public, refusal, registry_with, system},
};

const FIELDS: &str = "fields:
  - handle: parts
    type: blocks
    label: { ar: أجزاء, en: Parts }
    blocks:
      - handle: offices
        label: { ar: مكاتب, en: Offices }
        fields:
          - handle: rows
            type: grid
            label: { ar: مكاتب, en: Offices }
            fields:
              - { handle: city, type: text, label: { ar: مدينة, en: City }, required: true, searchable: 1 }
              - { handle: page, type: reference, label: { ar: صفحة, en: Page }, collections: [services], max_items: 1 }
              - { handle: photo, type: asset, label: { ar: صورة, en: Photo }, max_items: 1 }
              - { handle: notes, type: text, label: { ar: ملاحظات, en: Notes }, private: true }
  - handle: story
    type: rich_text
    label: { ar: قصة, en: Story }
    searchable: 1
    blocks:
      - handle: quote
        label: { ar: اقتباس, en: Quote }
        fields:
          - { handle: photo, type: asset, label: { ar: صورة, en: Photo }, max_items: 1 }
";

/// The shipped schemas; pages have the fields above too, and no examples.
fn registry() -> Registry {
    registry_with(|name, text| match name {
        "blueprints/pages.yaml" => text.split("examples:").next().unwrap_or_default().replacen("fields:\n", FIELDS, 1),
        _ => text,
    })
}

pub(crate) async fn what_stands_inside_fields_is_checked_published_and_found(bed: &Bed) {
    let Some(bed) = &Bed::open(bed.kind(), registry()).await else { return };
    let owner = bed.owner().await;
    let target = bed.publish(&bed.service(owner, "هدف").await).await;
    let (photo, other) = (bed.upload(owner, "صورة.png", png(1)).await, bed.upload(owner, "أخرى.png", png(2)).await);
    let row = |id: &str, city: Value, page: Value| json!({ "id": id, "city": city, "page": page, "photo": photo, "notes": "سر مكتوم" });
    let data = |rows: Value| {
        json!({
            "title": "صفحة مركبة",
            "parts": [
                { "id": "gone", "type": "offices", "enabled": false, "rows": [] },
                { "id": "here", "type": "offices", "rows": rows },
            ],
            "story": { "type": "doc", "content": [
                { "type": "paragraph", "content": [{ "type": "text", "text": "زيتونة", "marks": [{ "type": "link", "attrs": { "href": format!("entry:{}", target.entry) } }] }] },
                { "type": "block", "attrs": { "id": "q", "values": { "type": "quote", "photo": other } } },
            ] },
        })
    };
    // Faults name the place that was written, also behind a row that is not shown.
    let nobody = uuid::Uuid::from_u128(0xDEAD).to_string();
    let refused = bed
        .cms
        .create_entry(&system(), new_entry("pages", Some(owner), data(json!([row("a", json!("أ"), json!(nobody))]))))
        .await;
    assert_eq!(refusal(refused), "faults /data/parts/1/rows/0/page unknown_target");
    let page = bed.create("pages", owner, data(json!([row("a", json!(null), json!(null))]))).await;
    let refused = bed.publish_all(&[&page]).await;
    assert_eq!(refusal(refused), "faults /items/0/data/parts/1/rows/0/city required");

    let page = bed.save(&page, data(json!([row("a", json!("طولكرم"), json!(target.entry))]))).await;
    let page = bed.publish(&page).await;
    let read = bed.read("pages", page.entry, &ar()).await;
    let rows = json!([{ "id": "a", "city": "طولكرم", "page": target.entry, "photo": photo }]);
    assert_eq!(read.data["parts"], json!([{ "id": "here", "type": "offices", "rows": rows }]));
    assert_eq!(
        read.data["story"]["html"],
        "<p><a href=\"/services/هدف\">زيتونة</a></p>\n<div data-block=\"q\"></div>\n"
    );
    let included = |field: &str| -> Vec<String> {
        let of_field = read.included.get(field).into_iter().flatten();
        of_field
            .map(|one| match one {
                Included::Asset(asset) => asset.id.to_string(),
                Included::Entry(entry) => entry.id.to_string(),
            })
            .collect()
    };
    assert_eq!((included("parts"), included("story")), (vec![photo.to_string()], vec![other.to_string()]));
    let is_public = async |id| bed.cms.public_asset(public(), id).await.unwrap().value.is_some();
    assert!(is_public(photo).await && is_public(other).await);

    bed.cms.reindex().await.unwrap();
    assert_eq!(
        (bed.found("طولكرم").await.len(), bed.found("زيتونة").await.len(), bed.found("مكتوم").await.len()),
        (1, 1, 0)
    );

    bed.withdraw(&target, WithdrawMode::Gone).await;
    let read = bed.read("pages", page.entry, &ar()).await;
    let unresolved: Vec<String> =
        read.unresolved.iter().map(|one| format!("{} {}", one.pointer, one.reason.as_str())).collect();
    assert_eq!(read.data["parts"][0]["rows"][0]["page"], json!(null));
    assert_eq!(read.data["story"]["doc"]["content"][0]["content"], json!([{ "type": "text", "text": "زيتونة" }]));
    assert_eq!(unresolved, ["/data/parts/0/rows/0/page not_public", "/data/story/html not_public"]);
    bed.cms.close().await.unwrap();
}
