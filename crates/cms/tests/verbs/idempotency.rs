//! A request that is sent twice is done once; of many that change the same thing one wins.

use std::sync::Arc;

use diwan_cms::{CmsError, Expect, PublishItem, RevisionInput, WithdrawMode};
use diwan_content::{Actor, RevisionNumber, Version, rights::Role};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, item, keyed, new_entry, refusal, service, someone, system, withdrawal},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

pub(crate) async fn a_repeat_is_answered_as_the_first_time(bed: &Bed) {
    let owner = bed.owner().await;
    let ctx = keyed(system(), "k-1", "create");
    let first = bed.cms.create_entry(&ctx, new_entry("services", Some(owner), service("خدمة"))).await.unwrap();
    let again = bed.cms.create_entry(&ctx, new_entry("services", Some(owner), service("خدمة"))).await.unwrap();
    assert_eq!(first, again);

    let ctx = keyed(system(), "k-2", "publish");
    let published = bed.cms.publish_one(&ctx, item(&first.value)).await.unwrap();
    // The version that the repeat names is stale by now: the key is looked up first.
    assert_eq!(bed.cms.publish_one(&ctx, item(&first.value)).await.unwrap(), published);
    bed.save(&published.value, service("أخرى")).await;
    assert_eq!(bed.cms.publish_one(&ctx, item(&first.value)).await.unwrap(), published);
    let other = keyed(system(), "k-2", "another request");
    assert_eq!(refusal(bed.cms.publish_one(&other, item(&first.value)).await), "idempotency_key_reused");
    // The same name of somebody else is another one.
    let ctx = keyed(someone(5, Role::Publisher, owner), "k-2", "another request");
    let head = bed.now(&first.value).await;
    let theirs = bed.cms.publish_one(&ctx, item(&head)).await.unwrap();
    assert_eq!(theirs.value.published, Some(RevisionNumber(2)));
}

pub(crate) async fn a_refused_request_may_be_sent_again_under_its_key(bed: &Bed) {
    let owner = bed.owner().await;
    let draft = bed.create("services", owner, json!({ "title": "خدمة" })).await;
    let ctx = keyed(system(), "k", "publish");
    let refused = bed.cms.publish_one(&ctx, item(&draft)).await;
    assert!(matches!(refused, Err(CmsError::Faults(_))));
    let whole = bed.save(&draft, service("خدمة")).await;
    let ctx = keyed(system(), "k", "publish the second one");
    assert!(bed.cms.publish_one(&ctx, item(&whole)).await.unwrap().sequence.is_some());
}

pub(crate) async fn nothing_to_do_is_kept_too(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.publish(&bed.service(owner, "خدمة").await).await;
    let ctx = keyed(system(), "k", "publish");
    let first = bed.cms.publish_one(&ctx, item(&state)).await.unwrap();
    assert_eq!((first.sequence, &first.value), (None, &state));
    bed.withdraw(&state, WithdrawMode::Gone).await;
    assert_eq!(bed.cms.publish_one(&ctx, item(&state)).await.unwrap(), first);
}

pub(crate) async fn a_key_is_free_again_after_a_day(bed: &Bed) {
    let owner = bed.owner().await;
    let ctx = keyed(system(), "k", "one");
    let first = bed.cms.create_entry(&ctx, new_entry("services", Some(owner), service("خدمة"))).await.unwrap();
    bed.clock.move_on(DAY_MS + 60_000);
    let ctx = keyed(system(), "k", "two");
    let second = bed.cms.create_entry(&ctx, new_entry("services", Some(owner), service("خدمة"))).await.unwrap();
    assert_ne!(first.value.entry, second.value.entry);
    let ctx = keyed(system(), "k", "one");
    let reused = bed.cms.create_entry(&ctx, new_entry("services", Some(owner), service("خدمة"))).await;
    assert_eq!(refusal(reused), "idempotency_key_reused");
}

pub(crate) async fn of_twenty_publishes_under_one_key_one_is_done(bed: &Bed) {
    let owner = bed.owner().await;
    let draft = bed.service(owner, "خدمة").await;
    let before = bed.cms.last_sequence().await.unwrap();
    let tasks = (0..20).map(|_| {
        let (cms, draft) = (bed.cms.clone(), draft.clone());
        tokio::spawn(async move { cms.publish_one(&keyed(system(), "k", "publish"), item(&draft)).await })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(|done| done.unwrap().unwrap()).collect();
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:#?}");
    assert_eq!(outcomes[0].sequence, Some(before.next()));
    assert_eq!(bed.cms.last_sequence().await.unwrap(), before.next());
}

pub(crate) async fn of_twenty_saves_of_one_version_one_wins(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.service(owner, "خدمة").await;
    let tasks = (0..20).map(|number| {
        let (cms, state) = (bed.cms.clone(), state.clone());
        tokio::spawn(async move {
            let input = RevisionInput { data: service(&format!("خدمة {number}")), ..RevisionInput::default() };
            cms.save(&system(), state.entry, state.locale, input, Expect::Version(state.version)).await
        })
    });
    let (mut won, mut lost) = (Vec::new(), 0);
    for done in join_all(tasks).await {
        match done.unwrap() {
            Ok(outcome) => won.push(outcome.value),
            Err(CmsError::VersionMismatch { current: Version(2) }) => lost += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((won.len(), lost), (1, 19));
    assert_eq!(bed.now(&state).await, won[0]);
    assert_eq!(bed.cms.revisions(&Actor::system(), state.entry, &ar(), None, 100).await.unwrap().len(), 2);
}

pub(crate) async fn of_twenty_localizations_made_at_once_one_is_made(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.service(owner, "خدمة").await;
    let tasks = (0..20).map(|number| {
        let (cms, entry) = (bed.cms.clone(), state.entry);
        tokio::spawn(async move {
            let input =
                RevisionInput { data: json!({ "title": format!("Service {number}") }), ..RevisionInput::default() };
            cms.save(&system(), entry, "en".parse().unwrap(), input, Expect::Absent).await
        })
    });
    let results = join_all(tasks).await.into_iter().map(|done| match done.unwrap() {
        Ok(_) => "made".to_owned(),
        error => refusal(error),
    });
    let mut results: Vec<String> = results.collect();
    results.sort();
    results.dedup();
    assert_eq!(results, ["localization_exists", "made"]);
}

pub(crate) async fn two_pages_that_want_one_path_at_once_get_it_in_turn(bed: &Bed) {
    let owner = bed.owner().await;
    for round in 0..5 {
        let slug = format!("same-{round}");
        let (a, b) = (bed.page(owner, None, &slug).await, bed.page(owner, None, &slug).await);
        let publish = |state: &diwan_cms::LocalizationState| {
            let (cms, item) = (bed.cms.clone(), item(state));
            tokio::spawn(async move { cms.publish_one(&system(), item).await })
        };
        let (first, second) = tokio::join!(publish(&a), publish(&b));
        let mut results: Vec<String> = [first, second]
            .into_iter()
            .map(|done| match done.unwrap() {
                Ok(_) => "published".to_owned(),
                error => refusal(error),
            })
            .collect();
        results.sort();
        assert_eq!(results, ["faults /slug path_taken", "published"]);
    }
}

pub(crate) async fn parents_move_while_children_are_published_and_every_path_is_right(bed: &Bed) {
    let owner = bed.owner().await;
    let (left, right) = (bed.live_page(owner, None, "left").await, bed.live_page(owner, None, "right").await);
    let mut parent = bed.live_page(owner, Some(left.entry), "p").await;
    for round in 0..8 {
        let to = if round % 2 == 0 { &right } else { &left };
        let moved = bed.move_to(&parent, Some(to.entry)).await;
        let mut drafts = Vec::new();
        for number in 0..4 {
            drafts.push(bed.page(owner, Some(parent.entry), &format!("c{round}-{number}")).await);
        }
        let items: Vec<PublishItem> = drafts.iter().chain([&moved]).map(item).collect();
        let tasks = items.into_iter().map(|item| {
            let cms = bed.cms.clone();
            tokio::spawn(async move { cms.publish_one(&system(), item).await })
        });
        for done in join_all(tasks).await {
            done.unwrap().unwrap();
        }
        parent = bed.now(&moved).await;
        let side = if round % 2 == 0 { "right" } else { "left" };
        for path in bed.paths(&ar()).await.iter().filter(|path| path.contains("/p")) {
            assert!(path.starts_with(&format!("/{side}/p")), "round {round}: {path}");
        }
        assert_eq!(bed.paths(&ar()).await.len(), 3 + 4 * (round + 1));
    }
}

pub(crate) async fn a_parent_is_withdrawn_while_a_child_is_published_and_no_child_is_left_alone(bed: &Bed) {
    let owner = bed.owner().await;
    for round in 0..8 {
        let parent = bed.live_page(owner, None, &format!("p{round}")).await;
        let child = bed.page(owner, Some(parent.entry), "child").await;
        let (cms, other) = (Arc::new(bed.cms.clone()), bed.cms.clone());
        let (withdraw, publish) = (withdrawal(&parent, WithdrawMode::Gone), item(&child));
        let (withdrawn, published) = tokio::join!(
            tokio::spawn(async move { cms.withdraw(&system(), withdraw).await }),
            tokio::spawn(async move { other.publish_one(&system(), publish).await })
        );
        let told = match (withdrawn.unwrap(), published.unwrap()) {
            (Ok(_), refused) => refusal(refused),
            (refused, Ok(_)) => refusal(refused),
            (Err(first), Err(second)) => panic!("{first:?} {second:?}"),
        };
        let children = format!("public children /p{round}/child");
        assert!(told == "faults /parent parent_not_public" || told == children, "{told}");
    }
}

pub(crate) async fn many_writers_leave_a_whole_chain(bed: &Bed) {
    let owner = bed.owner().await;
    let tasks = (0..20).map(|number| {
        let cms = bed.cms.clone();
        tokio::spawn(async move {
            let input = new_entry("services", Some(owner), service(&format!("خدمة رقم {number}")));
            let made = cms.create_entry(&system(), input).await?.value;
            cms.publish_one(&system(), item(&made)).await
        })
    });
    for done in join_all(tasks).await {
        done.unwrap().unwrap();
    }
    assert_eq!(bed.cms.verify_events().await.unwrap(), None);
    assert_eq!(bed.titles("services", None).await.len(), 20);
}
