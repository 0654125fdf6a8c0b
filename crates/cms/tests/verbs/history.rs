//! What was public at a time: answered as it was then, to those who may look.

use diwan_cms::{
    ClockState, CmsError, EntryRead, ListQuery, LocalizationState, ReadRequest, RevisionInput, TreeNode, WithdrawMode,
};
use diwan_content::{
    Actor, DepartmentId, PublicPath, Timestamp,
    rights::{Moment, Role},
};
use serde_json::json;

use crate::{
    bed::Bed,
    including::{selection, told},
    support::{ar, public, refusal, registry_with, service, someone, system, tables},
};

/// Somebody who sees all history, at a time.
pub(crate) async fn then(bed: &Bed, at: Timestamp) -> ReadRequest {
    by(bed, &Actor::system(), at).await.unwrap()
}

async fn by(bed: &Bed, actor: &Actor, at: Timestamp) -> Result<ReadRequest, CmsError> {
    let moment = bed.cms.moment(actor, Some(at)).await?;
    Ok(ReadRequest { moment, ..actor.public_scope().into() })
}

/// What a path answers, in a few words.
async fn at(bed: &Bed, request: &ReadRequest, path: &str) -> String {
    let path = PublicPath::from_request(path).unwrap();
    match bed.cms.content(request.clone(), None, &path).await {
        Ok(found) => match found.value {
            EntryRead::Entry(entry) => told(&entry),
            EntryRead::Moved { to, .. } => format!("-> {to}"),
            EntryRead::Gone { .. } => "gone".to_owned(),
            EntryRead::Absent => "absent".to_owned(),
        },
        Err(error) => error.refusal_code().unwrap().to_owned(),
    }
}

async fn by_id(bed: &Bed, request: &ReadRequest, state: &LocalizationState) -> String {
    let collection = state.collection.as_str();
    match bed.cms.published_entry(request.clone(), collection, state.entry, Some(&state.locale), None).await {
        Ok(found) => match found.value {
            EntryRead::Entry(entry) => told(&entry),
            EntryRead::Moved { to, .. } => format!("-> {to}"),
            EntryRead::Gone { .. } => "gone".to_owned(),
            EntryRead::Absent => "absent".to_owned(),
        },
        Err(error) => error.refusal_code().unwrap().to_owned(),
    }
}

async fn list(bed: &Bed, request: &ReadRequest, collection: &str) -> Result<Vec<String>, CmsError> {
    let query = ListQuery { moment: request.moment.clone(), count_exact: true, ..ListQuery::default() };
    let page = bed.cms.published_list(request.scope, collection, query).await?.value;
    assert_eq!(page.total, Some(page.items.len() as u64));
    Ok(page.items.iter().map(told).collect())
}

pub(crate) async fn what_was_public_at_a_time_is_answered_as_it_was_then(bed: &Bed) {
    let owner = bed.owner().await;
    let before = then(bed, bed.cms.now()).await;
    let page = bed.live_page(owner, None, "أ").await;
    let child = bed.live_page(owner, Some(page.entry), "ب").await;
    let english = bed.publish(&bed.translate(page.entry, "a", json!({ "title": "One" })).await).await;
    let first = then(bed, bed.cms.now()).await;
    let input =
        RevisionInput { data: json!({ "title": "ثانية" }), slug: Some("ج".into()), ..RevisionInput::default() };
    let page = bed.publish(&bed.save_as(&page, input).await.unwrap().value).await;
    bed.withdraw(&bed.now(&english).await, WithdrawMode::Gone).await;
    let second = then(bed, bed.cms.now()).await;
    let other = bed.live_page(owner, None, "أ").await;
    let child = bed.withdraw(&bed.now(&child).await, WithdrawMode::Redirect(other.entry)).await;
    let third = then(bed, bed.cms.now()).await;

    for (path, answers) in [
        ("/أ", ["absent", "أ أ", "-> /ج", "أ أ"]),
        // Any spelling of a path leads to it then, too.
        ("/إ", ["absent", "-> /أ", "-> /ج", "-> /أ"]),
        ("/ج", ["absent", "absent", "ثانية", "ثانية"]),
        ("/أ/ب", ["absent", "ب ب", "-> /ج/ب", "-> /أ"]),
        ("/ج/ب", ["absent", "absent", "ب ب", "-> /أ"]),
        ("/en/a", ["absent", "One", "gone", "gone"]),
    ] {
        for (request, answer) in [&before, &first, &second, &third].into_iter().zip(answers) {
            assert_eq!(at(bed, request, path).await, answer, "{path} {:?}", request.moment);
        }
    }
    for (state, answers) in [
        (&page, ["absent", "أ أ", "ثانية", "ثانية"]),
        (&child, ["absent", "ب ب", "ب ب", "-> /أ"]),
        (&english, ["absent", "One", "gone", "gone"]),
    ] {
        for (request, answer) in [&before, &first, &second, &third].into_iter().zip(answers) {
            assert_eq!(by_id(bed, request, state).await, answer, "{:?}", request.moment);
        }
    }
    assert_eq!(list(bed, &before, "pages").await.unwrap(), Vec::<String>::new());
    assert_eq!(list(bed, &first, "pages").await.unwrap(), ["أ أ", "ب ب"]);
    assert_eq!(list(bed, &second, "pages").await.unwrap(), ["ب ب", "ثانية"]);
    let tree = bed.cms.published_tree(first.clone(), "pages", None).await.unwrap().value;
    assert_eq!((tree.len(), tree[0].title.as_str(), tree[0].children[0].title.as_str()), (1, "أ أ", "ب ب"));
    let filtered = ListQuery {
        moment: second.moment.clone(),
        filter: vec![("filter[title][starts_with]".to_owned(), "ثان".to_owned())],
        sort: Some("-title".to_owned()),
        ..ListQuery::default()
    };
    let filtered = bed.cms.published_list(second.scope, "pages", filtered).await.unwrap().value;
    assert_eq!(filtered.items.iter().map(told).collect::<Vec<_>>(), ["ثانية"]);
    let paths = bed.cms.published_paths(first.clone(), Some(&ar()), None, None).await.unwrap().value.items;
    assert_eq!(paths.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["/أ", "/أ/ب"]);
    // In pages, too, with a cursor of its own.
    let page = bed.cms.published_paths(first.clone(), Some(&ar()), Some(1), None).await.unwrap().value;
    let next = bed.cms.published_paths(first.clone(), Some(&ar()), Some(1), page.next.clone()).await.unwrap().value;
    assert_eq!((next.items[0].path.as_str(), next.next), ("/أ/ب", None));
    let refused = bed.cms.published_paths(second.clone(), Some(&ar()), Some(1), page.next).await;
    assert_eq!(refusal(refused), "parameters /page[after] invalid_parameter");
}

pub(crate) async fn now_is_now_although_the_clock_was_once_ahead(bed: &Bed) {
    const AHEAD_MS: i64 = 400 * 24 * 60 * 60 * 1_000;
    let owner = bed.owner().await;
    bed.live_page(owner, None, "أ").await;
    let before = bed.cms.now();
    bed.clock.move_on(AHEAD_MS);
    bed.live_page(owner, None, "ب").await;
    bed.clock.move_on(-AHEAD_MS);
    bed.clock.move_on(3_600_000);
    let page = bed.live_page(owner, None, "ج").await;
    let now = then(bed, bed.cms.now()).await;
    for path in ["/أ", "/ب", "/ج"] {
        let title = &path[1..];
        assert_eq!(at(bed, &now, path).await, format!("{title} {title}"));
    }
    assert_eq!(by_id(bed, &now, &page).await, "ج ج");
    assert_eq!(list(bed, &now, "pages").await.unwrap(), ["أ أ", "ب ب", "ج ج"]);
    let before = then(bed, before).await;
    assert_eq!((at(bed, &before, "/أ").await, at(bed, &before, "/ب").await), ("أ أ".into(), "absent".into()));
    let watch = bed.cms.watch_health().await;
    assert!(matches!(bed.cms.health().clock, ClockState::BehindLog { seconds } if seconds > 30_000_000));
    drop(watch);
}

pub(crate) async fn what_vanished_or_is_in_the_trash_was_never_there(bed: &Bed) {
    let owner = bed.owner().await;
    let secret = bed.live_page(owner, None, "سر").await;
    let trashed = bed.live_page(owner, None, "مهمل").await;
    let page =
        bed.publish(&bed.create("pages", owner, json!({ "title": "صفحة", "featured": [secret.entry] })).await).await;
    let past = bed.cms.now();
    assert_eq!(at(bed, &then(bed, past).await, "/سر").await, "سر سر");
    let secret = bed.withdraw(&secret, WithdrawMode::Vanished).await;
    bed.withdraw(&trashed, WithdrawMode::Gone).await;
    let gone = bed.cms.now();
    bed.cms.trash(&system(), trashed.entry).await.unwrap();
    for time in [past, gone] {
        let request = then(bed, time).await;
        for state in [&secret, &trashed] {
            assert_eq!(by_id(bed, &request, state).await, "absent");
        }
        assert_eq!(
            (at(bed, &request, "/سر").await, at(bed, &request, "/مهمل").await),
            ("absent".into(), "absent".into())
        );
        assert_eq!(list(bed, &request, "pages").await.unwrap(), ["صفحة"]);
        let tree = bed.cms.published_tree(request.clone(), "pages", None).await.unwrap().value;
        assert_eq!(tree.len(), 1);
        let request = ReadRequest { selection: selection("featured"), ..request };
        assert_eq!(by_id(bed, &request, &page).await, "صفحة:featured()");
    }
    // Published again, it shows what it shows now, and still nothing of what had vanished.
    bed.publish(&bed.save(&secret, json!({ "title": "مصحح" })).await).await;
    assert_eq!(at(bed, &then(bed, past).await, "/سر").await, "absent");
    assert_eq!(at(bed, &then(bed, bed.cms.now()).await, "/سر").await, "مصحح");
    // Out of the trash its history is back, as by its id today, but its paths were forgotten.
    bed.cms.untrash(&system(), trashed.entry).await.unwrap();
    assert_eq!(at(bed, &then(bed, past).await, "/مهمل").await, "مهمل مهمل");
    assert_eq!(at(bed, &then(bed, gone).await, "/مهمل").await, "gone");
    let now = then(bed, bed.cms.now()).await;
    assert_eq!((at(bed, &now, "/مهمل").await, by_id(bed, &now, &trashed).await), ("absent".into(), "gone".into()));
}

pub(crate) async fn references_and_inclusions_are_resolved_as_they_were_then(bed: &Bed) {
    let owner = bed.owner().await;
    let target = bed.live_page(owner, None, "هدف").await;
    let data = json!({ "title": "صفحة", "featured": [target.entry], "action_link": format!("entry:{}", target.entry) });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    let past = bed.cms.now();
    let target = bed.publish(&bed.rename(&target, "آخر").await).await;
    let target = bed.withdraw(&target, WithdrawMode::Gone).await;
    bed.publish(&bed.save(&page, json!({ "title": "صفحة" })).await).await;
    let request = ReadRequest { selection: selection("featured,featured.featured_on"), ..then(bed, past).await };
    let path = PublicPath::from_request("/صفحة").unwrap();
    let EntryRead::Entry(entry) = bed.cms.content(request, None, &path).await.unwrap().value else {
        panic!("not there")
    };
    assert_eq!(told(&entry), "صفحة:featured(هدف هدف:featured_on(صفحة))");
    assert_eq!(entry.data["action_link"], json!({ "kind": "entry", "href": "/هدف", "id": target.entry }));
    assert_eq!(entry.data["featured"], json!([target.entry]));
}

pub(crate) async fn history_is_open_to_all_where_a_collection_says_so_and_else_to_few(bed: &Bed) {
    let open = |name: &str, text: String| {
        if name == "collections/services.yaml" {
            text.replace("public_history: false", "public_history: true")
        } else {
            text
        }
    };
    let bed = &Bed::open(bed.kind(), registry_with(open)).await.unwrap();
    let owner = bed.owner().await;
    let before = bed.cms.now();
    let service_state = bed.publish(&bed.service(owner, "خدمة").await).await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let past = bed.cms.now();
    let service_state = bed.publish(&bed.save(&service_state, service("أخرى")).await).await;

    let anybody = by(bed, &Actor::anonymous(), past).await.unwrap();
    assert_eq!(by_id(bed, &anybody, &service_state).await, "خدمة");
    assert_eq!(list(bed, &anybody, "services").await.unwrap(), ["خدمة"]);
    assert_eq!(at(bed, &anybody, "/services/خدمة").await, "خدمة");
    // What is closed and what never was are alike.
    for path in ["/صفحة", "/ما-لم-يكن"] {
        assert_eq!(at(bed, &anybody, path).await, "history_closed", "{path}");
    }
    assert_eq!(by_id(bed, &anybody, &page).await, "history_closed");
    assert_eq!(list(bed, &anybody, "pages").await.unwrap_err().refusal_code(), Some("history_closed"));
    let tree = bed.cms.published_tree(anybody.clone(), "pages", None).await;
    assert_eq!(refusal(tree), "history_closed");
    let paths = bed.cms.published_paths(anybody, Some(&ar()), None, None).await.unwrap().value.items;
    assert_eq!(paths.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["/services/خدمة"]);
    let early = by(bed, &Actor::anonymous(), before).await.unwrap();
    assert_eq!(
        (by_id(bed, &early, &service_state).await, at(bed, &early, "/services/خدمة").await),
        ("absent".into(), "absent".into())
    );

    for role in Role::ALL {
        let actor = someone(7, role, DepartmentId::MINISTRY).actor;
        let request = by(bed, &actor, past).await.unwrap();
        let sees = matches!(role, Role::Publisher | Role::DepartmentAdmin | Role::Auditor | Role::SystemAdmin);
        let wanted = if sees { "صفحة صفحة" } else { "history_closed" };
        assert_eq!(
            (by_id(bed, &request, &page).await.as_str(), at(bed, &request, "/صفحة").await.as_str()),
            (wanted, wanted)
        );
        assert_eq!(at(bed, &request, "/ما-لم-يكن").await, if sees { "absent" } else { "history_closed" });
    }
    // What lies ahead is nobody's.
    let ahead = Timestamp::from_unix_ms(bed.cms.now().unix_ms() + 3_600_000).unwrap();
    assert_eq!(refusal(bed.cms.moment(&Actor::system(), Some(ahead)).await), "parameters /as_of invalid_parameter");
    assert_eq!(bed.cms.moment(&Actor::anonymous(), None).await.unwrap(), Moment::Now);
}

pub(crate) async fn a_publisher_sees_the_history_of_its_own_departments(bed: &Bed) {
    let (mine, theirs) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let (own, other) = (bed.live_page(mine, None, "لنا").await, bed.live_page(theirs, None, "لهم").await);
    let data = json!({ "title": "تشير", "featured": [other.entry] });
    let referring = bed.publish(&bed.create("pages", mine, data).await).await;
    let past = bed.cms.now();
    let request = by(bed, &someone(8, Role::Publisher, mine).actor, past).await.unwrap();
    assert_eq!(
        (by_id(bed, &request, &own).await, at(bed, &request, "/لنا").await),
        ("لنا لنا".into(), "لنا لنا".into())
    );
    for path in ["/لهم", "/ما-لم-يكن"] {
        assert_eq!(at(bed, &request, path).await, "history_closed", "{path}");
    }
    assert_eq!(by_id(bed, &request, &other).await, "history_closed");
    assert_eq!(list(bed, &request, "pages").await.unwrap(), ["تشير", "لنا لنا"]);
    assert_eq!(bed.cms.published_tree(request.clone(), "pages", None).await.unwrap().value.len(), 2);
    // A reference that stood in what was public is told; the entry behind it is not, and that is said.
    let wide = ReadRequest { selection: selection("featured"), ..request };
    let read = bed.cms.published_entry(wide, "pages", referring.entry, Some(&ar()), None).await.unwrap().value;
    let EntryRead::Entry(read) = read else { panic!("not there") };
    assert_eq!((read.data["featured"].clone(), told(&read)), (json!([other.entry]), "تشير:featured()".to_owned()));
    assert_eq!(read.truncated, ["featured"]);
    // Below a page that is closed to it, its own pages stand in that one's place.
    let below = bed.live_page(mine, Some(other.entry), "فرع").await;
    let hidden = bed.live_page(theirs, Some(below.entry), "مخفي").await;
    bed.live_page(mine, Some(hidden.entry), "ورقة").await;
    let request = by(bed, &someone(8, Role::Publisher, mine).actor, bed.cms.now()).await.unwrap();
    let tree = bed.cms.published_tree(request.clone(), "pages", None).await.unwrap().value;
    assert_eq!(outline(&tree), "/لنا /لهم/فرع(/لهم/فرع/مخفي/ورقة) /تشير");
    for path in ["/لهم/فرع", "/لهم/فرع/مخفي/ورقة"] {
        assert!(at(bed, &request, path).await.contains(' '), "{path}");
    }
    assert_eq!(at(bed, &request, "/لهم/فرع/مخفي").await, "history_closed");
    let now = bed.cms.published_tree(public(), "pages", None).await.unwrap().value;
    assert_eq!(outline(&now), "/لنا /لهم(/لهم/فرع(/لهم/فرع/مخفي(/لهم/فرع/مخفي/ورقة))) /تشير");
    // Rights go by who owns the entry today.
    bed.cms.transfer(&system(), other.entry, mine).await.unwrap();
    let request = by(bed, &someone(8, Role::Publisher, mine).actor, past).await.unwrap();
    assert_eq!(by_id(bed, &request, &other).await, "لهم لهم");
}

/// The paths of a tree, what stands below one in brackets.
fn outline(nodes: &[TreeNode]) -> String {
    let one = |node: &TreeNode| {
        let path = node.path.as_ref().map(ToString::to_string).unwrap_or_default();
        if node.children.is_empty() { path } else { format!("{path}({})", outline(&node.children)) }
    };
    nodes.iter().map(one).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn every_publication_is_found_by_the_folded_form_of_its_path(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "الموازنة").await;
    let past = bed.cms.now();
    bed.publish(&bed.rename(&page, "أخرى").await).await;
    assert_eq!(at(bed, &then(bed, past).await, "/الموازنه").await, "-> /الموازنة");
    let rows = tables(bed, "publications").await;
    assert!(rows.iter().all(|row| row["path"].is_null() == row["folded_path"].is_null()), "{rows:?}");
}
