//! Paths that no entry may take, and paths in every encoding.

use diwan_content::PublicPath;
use serde_json::json;

use crate::{
    bed::Bed,
    support::{
        ar, departments_and, item, new_entry, refusal, registry_with_paths, shipped_registry, small_registry, system,
    },
};

const LIST: &str = "kind: list\nlocales: [ar, en]\nsort: [title]";

pub(crate) async fn a_page_does_not_take_what_is_reserved(bed: &Bed) {
    let bed = Bed::open(bed.kind(), registry_with_paths("reserved: [/v1, /about/secret]\n")).await.unwrap();
    let owner = bed.owner().await;
    // The first segment of the English pages, in any spelling; and what is declared.
    for slug in ["en", "v1"] {
        let mut input = new_entry("pages", Some(owner), json!({ "title": "صفحة" }));
        input.revision.slug = Some(slug.to_owned());
        assert_eq!(refusal(bed.cms.create_entry(&system(), input).await), "faults /slug path_reserved", "{slug}");
    }
    // A slug that is made of the title goes out of the way.
    let made = bed.create("pages", owner, json!({ "title": "EN" })).await;
    assert_eq!(made.slug.as_deref(), Some("en-2"));
    // Below a parent the path is certain only when it is published.
    let about = bed.live_page(owner, None, "about").await;
    let secret = bed.page(owner, Some(about.entry), "secret").await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&secret)).await), "faults /slug path_reserved");
    let below = bed.page(owner, None, "secret").await;
    let below = bed.publish(&below).await;
    let moved = bed.move_to(&below, Some(about.entry)).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&moved)).await), "faults /slug path_reserved");
    // The English home page is at /en: there it is its own place.
    let home = bed.live_page(owner, None, "").await;
    bed.publish(&bed.translate(home.entry, "", json!({ "title": "Home" })).await).await;
    assert_eq!(bed.at("/en").await, "en Home");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn what_lived_there_before_may_stay(bed: &Bed) {
    let bed = Bed::open(bed.kind(), shipped_registry()).await.unwrap();
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "archive").await;
    let bed = bed.reopen(registry_with_paths("reserved: [/archive]\n")).await;
    let page = bed.save(&bed.now(&page).await, json!({ "title": "المحفوظات" })).await;
    bed.publish(&page).await;
    assert_eq!(bed.paths(&ar()).await, ["/archive"]);
    bed.cms.close().await.unwrap();
}

pub(crate) async fn every_spelling_and_encoding_is_told_the_one_path(bed: &Bed) {
    let owner = bed.owner().await;
    bed.live_page(owner, None, "إدارة-المستشفى-2026").await;
    let told = "ar -> /إدارة-المستشفى-2026";
    for variant in [
        "/ادارة-المستشفى-2026",
        "/إدارة-المستشفي-2026",
        "/إداره-المستشفى-2026",
        "/أدارة-المستشفى-2026",
        "/إِدَارَةُ-المُستَشفى-2026",
        "/إدارة-المستشفى-٢٠٢٦",
        "/إدارة-المستشفى-۲۰۲۶",
        "/إدارة-المستشفى-２０２６",
        "/إدارة-المستـشفى-2026",
        "/إدارة-المستشفی-2026",
        "/\u{202B}إدارة-المستشفى-2026\u{202C}",
        "/إد\u{200D}ارة-المستشفى-2026",
        "/ا\u{0655}دارة-المستشفى-2026",
        "/%D8%A7دارة-المستشفى-2026",
        "/%d8%a7دارة-المستشفى-2026",
        "/%d8%A7%D8%af%D8%a7ره-المستشفى-%32%30٢٦",
    ] {
        assert_eq!(bed.at(variant).await, told, "{variant}");
    }
    // The one spelling, however it is encoded, is the page itself.
    let encoded: String = "/إدارة-المستشفى-2026".bytes().map(|byte| format!("%{byte:02x}")).collect();
    for same in
        ["/إدارة-المستشفى-2026", "إدارة-المستشفى-2026/", "/%D8%A5دارة-المستشفى-2026", &encoded, &encoded.to_uppercase()]
    {
        assert_eq!(bed.at(same).await, "ar إدارة-المستشفى-2026 إدارة-المستشفى-2026", "{same}");
    }
    for bad in ["/%ff%fe", "/%d8", "/a%00b", "/%2e%2e/x", "/a%5cb", "/%zz", &"ا".repeat(600), &"%41".repeat(1_100)] {
        assert!(PublicPath::from_request(bad).is_err(), "{bad}");
    }
    // Two that differ only so cannot both live.
    for same in ["ادارة-المستشفى-2026", "إداره-المستشفى-2026", "إدارة-المستشفي-2026"]
    {
        let page = bed.page(owner, None, same).await;
        assert_eq!(refusal(bed.cms.publish_one(&system(), item(&page)).await), "faults /slug path_taken", "{same}");
    }
    // And what no fold makes one is another page.
    for other in ["إدارة-المستشفيات-2026", "إدارة-المستشفى-2027"] {
        bed.live_page(owner, None, other).await;
    }
}

pub(crate) async fn which_item_of_many_was_refused_is_told(bed: &Bed) {
    let owner = bed.owner().await;
    let (one, two) = (bed.page(owner, None, "one").await, bed.page(owner, None, "two").await);
    let told = |error: diwan_cms::CmsError| {
        let diwan_cms::CmsError::InItem { at, error } = error else { panic!("not said of which: {error:?}") };
        format!("{at} {}", error.refusal_code().unwrap())
    };
    let refused = async |change: fn(&mut diwan_cms::PublishItem)| {
        let mut second = item(&two);
        change(&mut second);
        told(bed.cms.publish(&system(), vec![item(&one), second]).await.unwrap_err())
    };
    assert_eq!(refused(|item| item.version = diwan_content::Version(9)).await, "/items/1 version_mismatch");
    assert_eq!(refused(|item| item.hash = diwan_content::ContentHash::of(b"other")).await, "/items/1 hash_mismatch");
    assert_eq!(refused(|item| item.revision = diwan_content::RevisionNumber(9)).await, "/items/1 not_found");
    assert_eq!(
        refused(|item| item.entry = diwan_content::EntryId(uuid::Uuid::from_u128(9))).await,
        "/items/1 not_found"
    );
    assert_eq!(refused(|item| item.locale = "fr".parse().unwrap()).await, "/items/1 not_found");
    bed.cms.trash(&system(), two.entry).await.unwrap();
    let trashed = bed.now(&two).await;
    let result = bed.publish_all(&[&trashed, &one]).await;
    assert_eq!(told(result.unwrap_err()), "/items/0 trashed");
    // Of one alone there is nothing to say.
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&trashed)).await), "trashed");
}

pub(crate) async fn a_start_without_what_the_content_is_made_of_is_refused(bed: &Bed) {
    let bed = Bed::open(bed.kind(), small_registry(&[("notes", LIST), ("sayings", LIST)])).await.unwrap();
    let owner = bed.owner().await;
    for title in ["أ", "ب"] {
        bed.create("notes", owner, json!({ "title": title })).await;
    }
    // A collection that nothing is in may go.
    assert_eq!(bed.opening_under(small_registry(&[("notes", LIST)])).await, None);
    let told = bed.opening_under(small_registry(&[("sayings", LIST)])).await.unwrap();
    assert!(told.contains("the collection notes (2 entries)"), "{told}");
    let told = bed.opening_under(departments_and("notes")).await.unwrap();
    assert!(told.contains("the blueprint small (2 entries of notes)"), "{told}");
    bed.cms.close().await.unwrap();
}
