//! Drafts: incomplete ones are kept, and what changes nothing is no revision.

use diwan_cms::{CmsError, Conflict, EventQuery, Holdings, RevisionInput, SaveAsset, UploadAsset, WithdrawMode};
use diwan_content::{Actor, DepartmentId, EntryId, RevisionNumber, Status, Version, rights::Role};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, item, new_entry, png, refusal, service, someone, system, withdrawal},
};

pub(crate) async fn an_untitled_draft_is_kept_and_gets_its_slug_with_its_title(bed: &Bed) {
    let owner = bed.owner().await;
    let draft = bed.create("services", owner, json!({})).await;
    assert_eq!((&draft.slug, draft.status, draft.head), (&None, Status::Draft, RevisionNumber(1)));
    assert_eq!(
        refusal(bed.cms.publish_one(&system(), item(&draft)).await),
        "faults /data/title required, /data/summary required, /data/body required, /data/audience required, /slug required"
    );
    let invisible = bed.create("services", owner, json!({ "title": "\u{200f}\u{200f}\u{64e}" })).await;
    assert!(invisible.slug.is_none());
    let refused = refusal(bed.cms.publish_one(&system(), item(&invisible)).await);
    assert!(refused.starts_with("faults /data/title required, "), "{refused}");

    let second = bed.save(&draft, json!({ "summary": "خلاصة" })).await;
    assert_eq!((&second.slug, second.head), (&None, RevisionNumber(2)));
    let titled = bed.save(&second, service("خدمة جديدة")).await;
    assert_eq!(titled.slug.as_deref(), Some("خدمة-جديدة"));
    let actor = Actor::system();
    let read = async |number| bed.cms.revision(&actor, draft.entry, &ar(), RevisionNumber(number)).await.unwrap();
    assert_eq!((read(1).await.slug, read(3).await.slug.unwrap().as_str()), (None, "خدمة-جديدة"));
    let compared = bed.cms.compare_revisions(&actor, draft.entry, &ar(), RevisionNumber(2), RevisionNumber(3)).await;
    let envelope = compared.unwrap().envelope;
    assert_eq!((&envelope[0].from, &envelope[0].to), (&json!(null), &json!("خدمة-جديدة")));
    let public = bed.publish(&titled).await;
    assert_eq!(bed.at("/services/خدمة-جديدة").await, "ar خدمة جديدة");

    // An old revision without a slug comes back as it was, and cannot be published.
    let (id, version) = (public.entry, public.version);
    let back = bed.cms.restore_revision(&system(), id, ar(), RevisionNumber(1), None, version).await.unwrap().value;
    assert_eq!((&back.slug, back.hash, back.status), (&None, draft.hash, Status::Changed));
    assert!(refusal(bed.cms.publish_one(&system(), item(&back)).await).ends_with("/slug required"));
    assert_eq!(bed.at("/services/خدمة-جديدة").await, "ar خدمة جديدة");
}

pub(crate) async fn what_is_there_must_fit_though_a_draft_is_incomplete(bed: &Bed) {
    let owner = bed.owner().await;
    let data = json!({ "title": "ع\nب", "summary": 5, "audience": ["nobody"], "related": ["x"] });
    let refused = refusal(bed.cms.create_entry(&system(), new_entry("services", Some(owner), data)).await);
    assert!(
        refused.starts_with(
            "faults /data/title forbidden_character, /data/summary wrong_type, /data/audience/0 not_an_option"
        ),
        "{refused}"
    );
    let draft = bed.create("services", owner, json!({ "title": "خدمة", "fees": -1, "audience": [] })).await;
    let refused = refusal(bed.cms.publish_one(&system(), item(&draft)).await);
    assert!(refused.contains("/data/fees too_small") && refused.contains("/data/audience required"), "{refused}");
}

pub(crate) async fn a_save_that_changes_nothing_makes_no_revision(bed: &Bed) {
    let owner = bed.owner().await;
    let public = bed.publish(&bed.service(owner, "خدمة").await).await;
    let auditor = someone(8, Role::Auditor, DepartmentId::MINISTRY).actor;
    let last = async || bed.cms.events(&auditor, EventQuery::default()).await.unwrap().items[0].sequence;
    let data = bed.cms.manage_localization(&Actor::system(), public.entry, &ar()).await.unwrap().data;
    let events = last().await;
    let input = || RevisionInput { data: json!(data), note: Some("لا شيء".into()), ..RevisionInput::default() };
    let saved = bed.save_as(&public, input()).await.unwrap();
    assert_eq!((saved.value, saved.sequence), (public.clone(), None));
    let (id, head, version) = (public.entry, public.head, public.version);
    let restored = bed.cms.restore_revision(&system(), id, ar(), head, None, version).await.unwrap();
    assert_eq!((restored.value, restored.sequence), (public.clone(), None));
    assert_eq!(last().await, events);
    // The version binds all the same.
    let stale = bed.cms.restore_revision(&system(), id, ar(), head, None, Version(1)).await;
    assert_eq!(refusal(stale), format!("version is {version}"));
    let changed = bed.save(&public, service("خدمة أخرى")).await;
    assert_eq!((changed.head, changed.status), (RevisionNumber(2), Status::Changed));

    let picture = bed.upload(owner, "صورة.png", png(1)).await;
    let asset = bed.cms.manage_asset(&Actor::system(), picture).await.unwrap();
    let events = last().await;
    let input = SaveAsset { name: Some("صورة.png".into()), ..SaveAsset::default() };
    let saved = bed.cms.save_asset(&system(), picture, input, asset.version).await.unwrap();
    assert_eq!((saved.value.version, saved.sequence, last().await), (asset.version, None, events));
}

pub(crate) async fn a_department_that_owns_something_stays(bed: &Bed) {
    let department = bed.department("الإدارة", None).await;
    let id = EntryId(department.0);
    let draft = bed.cms.manage_localization(&Actor::system(), id, &ar()).await.unwrap().state;
    let above = bed.publish(&draft).await;
    let owned = |result: Result<(), CmsError>| match result {
        Err(CmsError::Conflict(Conflict::OwnsSomething(owned))) => owned,
        other => panic!("{other:?}"),
    };
    let withdraw = async || {
        let now = bed.now(&above).await;
        let item = withdrawal(&now, WithdrawMode::Gone);
        bed.cms.withdraw(&system(), item).await.map(|_| ())
    };
    let trash = async || bed.cms.trash(&system(), id).await.map(|_| ());
    let page = bed.publish(&bed.service(department, "خدمة").await).await;
    bed.service(department, "مسودة").await;
    bed.upload(department, "صورة.png", png(1)).await;
    let below = bed.department("شعبة", Some(department)).await;
    let all = Holdings { entries: 2, published: 1, assets: 1, departments: 1 };
    assert_eq!(owned(withdraw().await), all);
    assert_eq!(refusal(trash().await), "still_public");
    let page = bed.withdraw(&page, WithdrawMode::Gone).await;
    assert_eq!(owned(withdraw().await), Holdings { published: 0, ..all });
    bed.cms.trash(&system(), page.entry).await.unwrap();
    assert_eq!(owned(withdraw().await), Holdings { entries: 1, published: 0, ..all });

    // One that owns nothing may go, and what it is itself does not count.
    let empty = bed.department("فارغة", None).await;
    bed.cms.trash(&system(), EntryId(empty.0)).await.unwrap();
    bed.service(below, "لهم").await;
    let below = bed.cms.trash(&system(), EntryId(below.0)).await.map(|_| ());
    assert_eq!(owned(below), Holdings { entries: 1, ..Holdings::default() });
}

pub(crate) async fn a_department_in_the_trash_is_given_nothing(bed: &Bed) {
    let (from, gone) = (bed.department("من", None).await, bed.department("المحذوفة", None).await);
    let own = bed.service(gone, "خدمة").await;
    let below = bed.department("شعبة", Some(gone)).await;
    for entry in [own.entry, EntryId(below.0), EntryId(gone.0)] {
        bed.cms.trash(&system(), entry).await.unwrap();
    }
    let other = bed.service(from, "أخرى").await;
    let create = async |collection: &str, data| {
        refusal(bed.cms.create_entry(&system(), new_entry(collection, Some(gone), data)).await)
    };
    assert_eq!(create("services", service("جديدة")).await, "department_trashed");
    assert_eq!(create("departments", json!({ "title": "قسم" })).await, "department_trashed");
    assert_eq!(refusal(bed.cms.transfer(&system(), other.entry, gone).await), "department_trashed");
    assert_eq!(refusal(bed.cms.untrash(&system(), own.entry).await), "department_trashed");
    assert_eq!(refusal(bed.cms.untrash(&system(), EntryId(below.0)).await), "department_trashed");
    let upload = UploadAsset {
        id: None,
        name: "صورة.png".to_owned(),
        media_type: None,
        department: Some(gone),
        alternative_text: [(ar(), "صورة".to_owned())].into(),
    };
    let bytes = futures_util::stream::iter([Ok(png(1).into())]);
    assert_eq!(refusal(bed.cms.upload_asset(&system(), upload, bytes).await), "department_trashed");

    bed.cms.untrash(&system(), EntryId(gone.0)).await.unwrap();
    bed.cms.untrash(&system(), own.entry).await.unwrap();
    bed.cms.untrash(&system(), EntryId(below.0)).await.unwrap();
    bed.cms.transfer(&system(), other.entry, gone).await.unwrap();
}

pub(crate) async fn a_translation_of_a_department_that_owns_something_may_be_withdrawn(bed: &Bed) {
    let department = bed.department("الإدارة", None).await;
    let id = EntryId(department.0);
    let draft = bed.cms.manage_localization(&Actor::system(), id, &ar()).await.unwrap().state;
    let origin = bed.publish(&draft).await;
    let english = bed.publish(&bed.translate(id, "budget", json!({ "title": "Budget" })).await).await;
    bed.service(department, "خدمة").await;
    let withdraw = async |state| {
        let item = withdrawal(&bed.now(state).await, WithdrawMode::Gone);
        bed.cms.withdraw(&system(), item).await
    };
    assert_eq!(refusal(withdraw(&origin).await), "owns_something");
    withdraw(&english).await.unwrap();
    assert_eq!(refusal(withdraw(&origin).await), "owns_something");
    assert_eq!(bed.at("/department/الإدارة").await, "ar الإدارة");
}
