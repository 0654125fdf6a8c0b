//! What is fresh, stale and missing: each localization knows which revision of its origin it translates.

use diwan_cms::{Expect, LocalizationState, ManagedTranslation, RevisionInput, TranslationList, TranslationState};
use diwan_content::{Actor, DepartmentId, EntryId, Registry, RevisionNumber, rights::Role};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    support::{en, refusal, small_registry, someone, system},
};

fn registry() -> Registry {
    let three = "kind: list\nlocales: [ar, en, fr]\nsort: [title]";
    small_registry(&[("notes", three), ("sayings", three)])
}

async fn small(bed: &Bed) -> (Bed, DepartmentId) {
    let own = Bed::open(bed.kind(), registry()).await.unwrap();
    let owner = own.owner().await;
    (own, owner)
}

/// `locale state translates [field source*…]`, with a star where the origin's value has changed.
fn told(translation: &ManagedTranslation) -> String {
    let fields: Vec<String> = translation
        .fields
        .iter()
        .map(|field| {
            let star = if field.origin_changed { "*" } else { "" };
            format!("{} {}{star}", field.field, field.source.as_str())
        })
        .collect();
    let translates = translation.translates.map_or("-".to_owned(), |number| number.to_string());
    format!("{} {} {translates} [{}]", translation.locale, translation.state.as_str(), fields.join(", "))
}

async fn english(bed: &Bed, entry: EntryId) -> String {
    told(&bed.cms.translations(&Actor::system(), entry).await.unwrap()[0])
}

async fn save(bed: &Bed, state: &LocalizationState, data: Value, translates: Option<i64>) -> LocalizationState {
    let translates = translates.map(RevisionNumber);
    bed.save_as(state, RevisionInput { data, translates, ..RevisionInput::default() }).await.unwrap().value
}

pub(crate) async fn a_translation_is_stale_once_the_origin_changed_what_can_be_translated(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let arabic = bed.create("notes", owner, json!({ "title": "عنوان", "note": "نص", "number": 1 })).await;
    let states = bed.cms.translations(&Actor::system(), arabic.entry).await.unwrap();
    assert_eq!(states.iter().map(told).collect::<Vec<_>>(), ["en missing - []", "fr missing - []"]);
    assert_eq!((states[0].title.as_str(), states[0].status, states[0].origin_head.0), ("عنوان", None, 1));

    let made = bed.translate(arabic.entry, "title", json!({ "title": "Title", "items": null })).await;
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 1 [title own, note inherited, items emptied]");
    // What only the origin holds needs no translator.
    let arabic = bed.save(&arabic, json!({ "title": "عنوان", "note": "نص", "number": 2 })).await;
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 1 [title own, note inherited, items emptied]");
    let arabic = bed.save(&arabic, json!({ "title": "عنوان آخر", "note": null, "number": 2 })).await;
    assert_eq!(english(&bed, arabic.entry).await, "en stale 1 [title own*, note inherited*, items emptied]");
    // Back as it was: nothing to translate any more.
    let arabic = bed.save(&arabic, json!({ "title": "عنوان", "note": "نص", "number": 2 })).await;
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 1 [title own, note inherited, items emptied]");

    let arabic = bed.save(&arabic, json!({ "title": "عنوان ثالث", "note": "نص", "number": 2 })).await;
    assert_eq!(arabic.head.0, 5);
    // Another slug is no translation of anything new.
    let renamed = bed.rename(&made, "other").await;
    assert_eq!(english(&bed, arabic.entry).await, "en stale 1 [title own*, note inherited, items emptied]");
    let done = save(&bed, &renamed, json!({ "title": "Third title" }), None).await;
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 5 [title own, note inherited, items inherited]");
    // Only a comma: the editor says that it still translates the first one.
    let named = save(&bed, &done, json!({ "title": "Title," }), Some(1)).await;
    assert_eq!(english(&bed, arabic.entry).await, "en stale 1 [title own*, note inherited, items inherited]");
    // An old translation comes back as the translation of what stood there then.
    let restored = bed.cms.restore_revision(&system(), arabic.entry, en(), done.head, None, named.version).await;
    restored.unwrap();
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 5 [title own, note inherited, items inherited]");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn what_is_translated_must_be_there(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let arabic = bed.create("notes", owner, json!({ "title": "عنوان" })).await;
    let input = |number: i64| RevisionInput {
        data: json!({ "title": "x" }),
        translates: Some(RevisionNumber(number)),
        ..RevisionInput::default()
    };
    let refused = bed.cms.save(&system(), arabic.entry, en(), input(2), Expect::Absent).await;
    assert_eq!(refusal(refused), "faults /translates too_large");
    assert_eq!(refusal(bed.save_as(&arabic, input(1)).await), "faults /translates unknown_field");
    bed.cms.save(&system(), arabic.entry, en(), input(1), Expect::Absent).await.unwrap();
    assert_eq!(english(&bed, arabic.entry).await, "en fresh 1 [title own, note inherited, items inherited]");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn translations_are_listed_by_state_page_by_page_and_within_the_scope(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let theirs = bed.department("غيرها", None).await;
    let mut made = Vec::new();
    for number in 0..6 {
        let owner = if number == 5 { theirs } else { owner };
        let collection = if number == 4 { "sayings" } else { "notes" };
        made.push(bed.create(collection, owner, json!({ "title": format!("عنوان {number}") })).await);
    }
    bed.translate(made[0].entry, "zero", json!({ "title": "Zero" })).await;
    bed.translate(made[1].entry, "one", json!({ "title": "One" })).await;
    bed.save(&made[1], json!({ "title": "جديد" })).await;
    bed.cms.trash(&system(), made[3].entry).await.unwrap();

    let list = async |actor: &Actor, query: TranslationList| {
        let (mut rows, mut query) = (Vec::new(), query);
        loop {
            let page = bed.cms.translation_list(actor, query.clone()).await.unwrap();
            assert!(page.items.len() <= page.size as usize);
            for row in page.items {
                let place = made.iter().position(|state| state.entry == row.entry);
                // The departments are entries, too.
                rows.extend(place.map(|place| format!("{place} {} {}", row.locale, row.state.as_str())));
            }
            query.after = page.next;
            if query.after.is_none() {
                return rows;
            }
        }
    };
    let all = [
        "0 en fresh",
        "0 fr missing",
        "1 en stale",
        "1 fr missing",
        "2 en missing",
        "2 fr missing",
        "4 en missing",
        "4 fr missing",
        "5 en missing",
        "5 fr missing",
    ];
    for size in [1, 3, 100] {
        assert_eq!(list(&Actor::system(), TranslationList { size: Some(size), ..Default::default() }).await, all);
    }
    let stale = TranslationList { state: Some(TranslationState::Stale), size: Some(1), ..Default::default() };
    assert_eq!(list(&Actor::system(), stale).await, ["1 en stale"]);
    let query = TranslationList {
        collection: Some("notes".parse().unwrap()),
        locale: Some("fr".parse().unwrap()),
        ..Default::default()
    };
    assert_eq!(
        list(&Actor::system(), query.clone()).await,
        ["0 fr missing", "1 fr missing", "2 fr missing", "5 fr missing"]
    );
    let reader = someone(4, Role::Reader, theirs).actor;
    assert_eq!(list(&reader, TranslationList::default()).await, ["5 en missing", "5 fr missing"]);
    let unseen = bed.cms.translations(&reader, made[0].entry).await;
    assert_eq!(refusal(unseen), "no entry");
    // A cursor belongs to its query and its reader.
    let first = TranslationList { size: Some(1), ..TranslationList::default() };
    let next = bed.cms.translation_list(&Actor::system(), first).await.unwrap().next;
    let foreign = bed.cms.translation_list(&Actor::system(), TranslationList { after: next, ..query }).await;
    assert_eq!(refusal(foreign), "parameters /page[after] invalid_parameter");
    bed.cms.close().await.unwrap();
}
