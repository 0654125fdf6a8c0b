//! A localization holds its own values alone; the rest comes from what is published of its origin.

use diwan_cms::{EntryRead, LocalizationState, RevisionInput, Translation, WithdrawMode};
use diwan_content::{Actor, EntryId, Locale, PublicPath, RevisionNumber, Status};
use serde_json::{Map, Value, json};

use crate::{
    bed::Bed,
    support::{ar, en, item, public, refusal, system},
};

/// A public department with a value of each kind of inheritance.
async fn origin(bed: &Bed) -> LocalizationState {
    let entry = bed.department("الموازنة", None).await;
    let state = bed.cms.manage_localization(&Actor::system(), EntryId(entry.0), &ar()).await.unwrap().state;
    let data =
        json!({ "title": "الموازنة", "summary": "نبذة", "manager": "سالم", "phone": "+999 2 555 0100", "order": 7 });
    bed.publish(&bed.save(&state, data).await).await
}

async fn values(bed: &Bed, state: &LocalizationState, locale: &Locale) -> Map<String, Value> {
    let mut data = bed.read("departments", state.entry, locale).await.data;
    data.retain(|name, _| ["title", "summary", "manager", "phone", "order"].contains(&name.as_str()));
    data
}

pub(crate) async fn absent_inherits_null_empties_and_a_value_overrides(bed: &Bed) {
    let arabic = origin(bed).await;
    let english = bed.translate(arabic.entry, "budget", json!({ "title": "Budget", "summary": null })).await;
    assert_eq!((english.status, english.version), (Status::Draft, diwan_content::Version(1)));
    bed.publish(&english).await;
    let read = Value::Object(values(bed, &arabic, &en()).await);
    let expected =
        json!({ "title": "Budget", "summary": null, "manager": "سالم", "phone": "+999 2 555 0100", "order": 7 });
    assert_eq!(read, expected);
    let managed = bed.cms.manage_localization(&Actor::system(), arabic.entry, &en()).await.unwrap();
    assert_eq!(Value::Object(managed.data), json!({ "title": "Budget", "summary": null }));
    assert_eq!((managed.origin, managed.translates), (ar(), Some(RevisionNumber(2))));
    let path = |text: &str| Some(PublicPath::from_request(text).unwrap());
    let translations = bed.read("departments", arabic.entry, &en()).await.translations;
    let expected = [
        Translation { locale: ar(), path: path("/department/الموازنة") },
        Translation { locale: en(), path: path("/en/department/budget") },
    ];
    assert_eq!(translations, expected);
    assert_eq!(bed.at("/en/department/budget").await, "en Budget");
}

pub(crate) async fn publishing_the_origin_presents_anew_what_inherits(bed: &Bed) {
    let arabic = origin(bed).await;
    let english = bed
        .translate(arabic.entry, "budget", json!({ "title": "Budget", "summary": "Summary", "manager": "Salem" }))
        .await;
    let english = bed.publish(&english).await;
    let before_read = bed.read("departments", arabic.entry, &en()).await;

    let data =
        json!({ "title": "الموازنة", "summary": "نبذة", "manager": "سالم", "phone": "+999 2 555 0199", "order": 7 });
    let changed = bed.save(&arabic, data).await;
    assert_eq!(bed.read("departments", arabic.entry, &en()).await, before_read);
    let before = bed.cms.last_sequence().await.unwrap().0;
    let changed = bed.publish(&changed).await;
    assert_eq!(bed.events_after(before).await, ["published ar", "represented en by 1"]);
    let after = bed.read("departments", arabic.entry, &en()).await;
    let mut expected = before_read.clone();
    expected.data.insert("phone".into(), "+999 2 555 0199".into());
    assert_eq!(after, expected);
    // Its version was raised: what an editor saw of it is not what stands now.
    let english_now = bed.now(&english).await;
    assert_eq!((english_now.published, english_now.status), (english.published, Status::Published));
    assert!(english_now.version > english.version);

    // What the English localization overrides changes nothing for it.
    let data = json!({ "title": "إدارة الموازنة", "summary": "أخرى", "manager": "خالد", "phone": "+999 2 555 0199", "order": 7 });
    let changed = bed.save(&changed, data).await;
    let before = bed.cms.last_sequence().await.unwrap().0;
    bed.publish(&changed).await;
    assert_eq!(bed.events_after(before).await, ["published ar"]);
    assert_eq!(bed.now(&english).await, english_now);
}

pub(crate) async fn a_list_follows_what_its_entries_inherit(bed: &Bed) {
    let first = origin(bed).await;
    let second = bed.department("الجمارك", None).await;
    let state = bed.cms.manage_localization(&Actor::system(), EntryId(second.0), &ar()).await.unwrap().state;
    let second = bed.publish(&bed.save(&state, json!({ "title": "الجمارك", "order": 8 })).await).await;
    for (entry, title) in [(first.entry, "Budget"), (second.entry, "Customs")] {
        let english = bed.translate(entry, &title.to_lowercase(), json!({ "title": title })).await;
        bed.publish(&english).await;
    }
    let query = || diwan_cms::ListQuery { locale: Some(en()), ..Default::default() };
    let titles = async || -> Vec<Value> {
        let page = bed.cms.published_list(public(), "departments", query()).await.unwrap().value;
        page.items.into_iter().map(|entry| entry.data["title"].clone()).collect()
    };
    assert_eq!(titles().await, ["Budget", "Customs"]);
    let changed = bed.save(&first, json!({ "title": "الموازنة", "order": 9 })).await;
    bed.publish(&changed).await;
    assert_eq!(titles().await, ["Customs", "Budget"]);
}

pub(crate) async fn a_localization_is_not_public_before_its_origin(bed: &Bed) {
    let owner = bed.owner().await;
    let arabic = bed.service(owner, "خدمة").await;
    let english =
        bed.translate(arabic.entry, "service", json!({ "title": "Service", "summary": "s", "body": "b" })).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&english)).await), "faults  origin_not_public");
    assert_eq!(refusal(bed.publish_all(&[&english]).await), "faults /items/0 origin_not_public");
    // Both together, the localization first.
    bed.publish_all(&[&english, &arabic]).await.unwrap();
    assert_eq!(bed.paths(&en()).await, ["/en/services/service"]);

    // Once the origin is withdrawn, the localization stays as it was last published, and cannot be published anew.
    let arabic = bed.now(&arabic).await;
    bed.withdraw(&arabic, WithdrawMode::Gone).await;
    let read = bed.read("services", english.entry, &en()).await;
    assert_eq!((&read.data["title"], &read.data["audience"]), (&json!("Service"), &json!(["individuals"])));
    assert_eq!(read.translations.iter().map(|t| t.locale.clone()).collect::<Vec<_>>(), [en()]);
    let english = bed.now(&english).await;
    let newer = bed.save(&english, json!({ "title": "Service 2" })).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&newer)).await), "faults  origin_not_public");
}

pub(crate) async fn what_only_the_origin_holds_is_a_fault_elsewhere(bed: &Bed) {
    let arabic = origin(bed).await;
    let english = bed.translate(arabic.entry, "budget", json!({ "title": "Budget" })).await;
    let input =
        RevisionInput { data: json!({ "title": "Budget", "order": 1, "phone": null }), ..RevisionInput::default() };
    assert_eq!(
        refusal(bed.save_as(&english, input).await),
        "faults /data/order not_localizable, /data/phone not_localizable"
    );
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let english = bed.translate(page.entry, "page", json!({ "title": "Page" })).await;
    let input = RevisionInput {
        data: json!({ "title": "Page" }),
        parent: diwan_cms::Keep::Set(page.entry),
        rank: Some(diwan_content::Rank::first()),
        ..RevisionInput::default()
    };
    assert_eq!(refusal(bed.save_as(&english, input).await), "faults /parent not_localizable, /rank not_localizable");
    // To say that there is none is no fault: that is what a read of it says.
    assert!(bed.save_place(&english, None, diwan_cms::Keep::Clear).await.is_ok());
}

pub(crate) async fn a_locale_is_answered_by_another_one_only_when_asked(bed: &Bed) {
    let arabic = origin(bed).await;
    let read = |fallback: Option<Locale>| async move {
        let read = bed.cms.published_entry(public(), "departments", arabic.entry, Some(&en()), fallback.as_ref()).await;
        match read.unwrap().value {
            EntryRead::Entry(entry) => entry.locale.to_string(),
            EntryRead::Moved { .. } | EntryRead::Gone { .. } | EntryRead::Absent => "absent".to_owned(),
        }
    };
    assert_eq!(read(None).await, "absent");
    assert_eq!(read(Some(ar())).await, "ar");
}
