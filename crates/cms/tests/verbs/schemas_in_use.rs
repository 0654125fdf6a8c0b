//! Schemas that changed in a way that the stored content does not allow, or that concerns its values.

use diwan_cms::{Cms, TouchedReason};
use diwan_content::Registry;
use serde_json::{Value, json};

use crate::{
    backups::store_at,
    bed::Bed,
    support::{departments_and, item, options_for, png, refusal, registry_of, small_registry, system},
};

const LIST: &str = "kind: list\nlocales: [ar, en]\nsort: [title]";

fn offers(fields: &str, locales: &str) -> Registry {
    let fields = format!("\n  - {{ handle: note, type: text, localizable: true, LABEL }}{fields}");
    registry_of(&fields, &format!("kind: list\nlocales: {locales}\nsort: [title]"))
}

/// Why a start is refused under these schemas; a check says the same.
async fn refused(bed: &Bed, registry: Registry) -> String {
    let told = bed.opening_under(registry.clone()).await.unwrap_or_default();
    let checked = Cms::survey(options_for(bed, registry)).await.map_err(|error| error.to_string());
    assert_eq!(checked.unwrap_err(), told);
    told
}

pub(crate) async fn the_origin_and_the_locales_of_content_cannot_change(bed: &Bed) {
    let Some(bed) = Bed::open(bed.kind(), offers("", "[ar, en]")).await else { return };
    let owner = bed.owner().await;
    // Nothing is in the collection yet.
    let bed = bed.reopen(offers("", "[en, ar]")).await.reopen(offers("", "[ar, en]")).await;
    let arabic = bed.create("offers", owner, json!({ "title": "عرض", "note": "ملاحظة" })).await;
    let told = refused(&bed, offers("", "[en, ar]")).await;
    assert!(told.contains("ar as the first locale of the collection offers, not en (1 entries)"), "{told}");
    // The database of an older version does not know its origins.
    let store = store_at(bed.url(), bed.folder.path()).await;
    let mut tx = store.begin(bed.cms.now()).await.unwrap();
    let forgotten = tx.forget_setting("origin:offers").await;
    tx.end(forgotten).await.unwrap();
    store.close().await.unwrap();
    let told = refused(&bed, offers("", "[en, ar]")).await;
    assert!(told.contains("than en (1 of 1 entries have no text in it)"), "{told}");
    let bed = bed.reopen(offers("", "[ar, en]")).await;
    bed.translate(arabic.entry, "offer", json!({ "note": "note" })).await;
    let told = refused(&bed, offers("", "[en, ar]")).await;
    assert!(told.contains("ar as the first locale"), "{told}");
    let told = refused(&bed, offers("", "[ar]")).await;
    assert!(told.contains("the locale en of the collection offers (1 localizations)"), "{told}");
    let told = refused(&bed, offers("", "[en]")).await;
    assert!(told.contains("the locale ar of the collection offers (1 localizations)"), "{told}");
    bed.reopen(offers("", "[ar, en, fr]")).await.cms.close().await.unwrap();
}

pub(crate) async fn blueprints_and_entries_of_a_collection_have_their_place(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), departments_and("notes")).await else { return };
    let owner = own.owner().await;
    own.create("notes", owner, json!({ "title": "أ" })).await;
    let told = refused(&own, small_registry(&[("notes", LIST)])).await;
    assert!(told.contains("the blueprint departments in the collection notes (1 entries)"), "{told}");
    own.cms.close().await.unwrap();

    let own = Bed::open(bed.kind(), small_registry(&[("notes", LIST)])).await.unwrap();
    let owner = own.owner().await;
    own.create("notes", owner, json!({ "title": "أ" })).await;
    let single = |kind: &str| small_registry(&[("notes", &format!("kind: {kind}\nlocales: [ar, en]"))]);
    let own = own.reopen(single("global")).await.reopen(small_registry(&[("notes", LIST)])).await;
    own.create("notes", owner, json!({ "title": "ب" })).await;
    for kind in ["global", "navigation"] {
        let told = refused(&own, single(kind)).await;
        assert!(told.contains(&format!("room for 2 entries in the collection notes (a {kind} has one)")), "{told}");
    }
    own.cms.close().await.unwrap();
}

pub(crate) async fn a_collection_keeps_the_places_and_dates_of_its_entries(bed: &Bed) {
    let notes = |rules: &str| small_registry(&[("notes", &format!("{rules}\nlocales: [ar, en]"))]);
    let list = || notes("kind: list\nsort: [title]");
    let tree = || notes("kind: tree\nsort: [rank]\npath: { ar: \"/{parent}/{slug}\" }");
    let terms = || notes("kind: taxonomy\nsort: [rank]");
    let not = |kind: &str| {
        format!(
            "the kind tree or taxonomy of the collection notes, not {kind} (1 entries have a parent or a place among siblings)"
        )
    };
    // Nothing is in the collection yet.
    let Some(own) = Bed::open(bed.kind(), tree()).await else { return };
    let own = own.reopen(list()).await;
    let owner = own.owner().await;
    let state = own.create("notes", owner, json!({ "title": "أ" })).await;
    // A list has no places that could be lost.
    let own = own.reopen(tree()).await.reopen(list()).await.reopen(tree()).await;
    own.save(&state, json!({ "title": "أ", "note": "ملاحظة" })).await;
    for (kind, registry) in [("list", list()), ("global", notes("kind: global"))] {
        let told = refused(&own, registry).await;
        assert!(told.contains(&not(kind)), "{told}");
    }
    // The database of an older version does not say what its collections kept: it opens as it did.
    let store = store_at(own.url(), own.folder.path()).await;
    let mut tx = store.begin(own.cms.now()).await.unwrap();
    let forgotten = tx.forget_setting("keeps:notes").await;
    tx.end(forgotten).await.unwrap();
    store.close().await.unwrap();
    own.reopen(list()).await.reopen(terms()).await.reopen(tree()).await.cms.close().await.unwrap();

    let dated = || notes("kind: list\nsort: [title]\ndated: true");
    let own = Bed::open(bed.kind(), list()).await.unwrap();
    let owner = own.owner().await;
    let state = own.create("notes", owner, json!({ "title": "أ" })).await;
    let own = own.reopen(dated()).await.reopen(list()).await.reopen(dated()).await;
    own.save(&state, json!({ "title": "أ", "note": "ملاحظة" })).await;
    let told = refused(&own, list()).await;
    assert!(told.contains("dated: true in the collection notes (1 entries have a date)"), "{told}");
    own.reopen(dated()).await.cms.close().await.unwrap();
}

pub(crate) async fn targets_that_a_field_takes_no_more_do_not_fit(bed: &Bed) {
    let schemas = |kind: &str, collections: &str| {
        let limits = "max_items: 1, LABEL";
        offers(
            &format!(
                "\n  - {{ handle: about, type: {kind}, {limits} }}\n  - {{ handle: see, type: reference{collections}, {limits} }}"
            ),
            "[ar, en]",
        )
    };
    let Some(bed) = Bed::open(bed.kind(), schemas("reference", "")).await else { return };
    let owner = bed.owner().await;
    let department = owner.to_string();
    let data = json!({ "title": "عرض", "about": department, "see": department });
    let state = bed.create("offers", owner, data).await;
    let bed = bed.reopen(schemas("asset", ", collections: [offers]")).await;
    let published = bed.cms.publish_one(&system(), item(&state)).await;
    assert_eq!(refusal(published), "faults /data/about unknown_target, /data/see wrong_collection");
    let touched = Cms::survey(options_for(&bed, bed.registry.clone())).await.unwrap().touched;
    let told: Vec<String> = touched.iter().map(|one| format!("{} {}", one.field, one.heads)).collect();
    assert_eq!(told, ["about 1", "see 1"]);
    let bed = bed.reopen(schemas("reference", ", collections: [departments, offers]")).await;
    bed.cms.publish_one(&system(), item(&state)).await.unwrap();
    // From assets to other kinds of them, and to entries.
    let asset = bed.upload(owner, "a.png", png(3)).await;
    let bed = bed.reopen(schemas("asset", "")).await;
    let state = bed.create("offers", owner, json!({ "title": "آخر", "about": asset })).await;
    let mut bed = bed;
    for (kind, fault) in [("asset, accept: [document]", "wrong_asset_kind"), ("reference", "unknown_target")] {
        bed = bed.reopen(schemas(kind, "")).await;
        assert_eq!(refusal(bed.cms.publish_one(&system(), item(&state)).await), format!("faults /data/about {fault}"));
    }
}

pub(crate) async fn a_check_counts_private_values_that_publishing_would_show(bed: &Bed) {
    let schemas = |private: bool| {
        offers(&format!("\n  - {{ handle: remark, type: text, private: {private}, LABEL }}"), "[ar, en]")
    };
    let Some(bed) = Bed::open(bed.kind(), schemas(true)).await else { return };
    let owner = bed.owner().await;
    let state = bed.create("offers", owner, json!({ "title": "عرض", "remark": "سر" })).await;
    bed.publish(&state).await;
    bed.create("offers", owner, json!({ "title": "بلا سر" })).await;
    let touched = Cms::survey(options_for(&bed, schemas(false))).await.unwrap().touched;
    let [one] = &touched[..] else { panic!("{touched:?}") };
    assert_eq!((one.field.as_str(), one.reason, one.heads, one.public), ("remark", TouchedReason::WasPrivate, 1, 1));
    assert!(one.to_string().contains("become public when they are published"), "{one}");
    let bed = bed.reopen(schemas(false)).await;
    assert_eq!(bed.read("offers", state.entry, &state.locale).await.data["remark"], Value::Null);
}

pub(crate) async fn a_check_names_collections_that_more_people_may_read(bed: &Bed) {
    let schemas =
        |access: &str| small_registry(&[("notes", &format!("{LIST}\naccess: {access}\nsearch: {{ enabled: false }}"))]);
    let Some(mut bed) = Bed::open(bed.kind(), schemas("internal")).await else { return };
    let opened = async |bed: &Bed, access: &str| -> Vec<String> {
        Cms::survey(options_for(bed, schemas(access))).await.unwrap().lines().collect()
    };
    assert_eq!(opened(&bed, "public").await, [""; 0], "nothing is published yet");
    let owner = bed.owner().await;
    let state = bed.create("notes", owner, json!({ "title": "مذكرة" })).await;
    bed.publish(&state).await;
    for (before, today) in [("internal", "key"), ("key", "public")] {
        let told = format!("notes: access was {before} and is {today}: 1 published localizations are shown");
        assert_eq!(opened(&bed, today).await, [told]);
        bed = bed.reopen(schemas(today)).await;
        assert_eq!(opened(&bed, today).await, [""; 0]);
        assert_eq!(opened(&bed, before).await, [""; 0]);
    }
}
