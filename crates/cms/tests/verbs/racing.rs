//! Verbs that meet on one entry: one after the other, never half of each.

use diwan_cms::{CmsError, LocalizationState, Outcome};
use diwan_content::Actor;

use crate::{
    bed::Bed,
    support::{ar, item, refusal, system},
};

fn told(done: Result<Outcome<LocalizationState>, CmsError>) -> String {
    match done {
        Ok(_) => "published".to_owned(),
        error => refusal(error),
    }
}

pub(crate) async fn what_is_published_while_it_is_given_away_belongs_to_one_department(bed: &Bed) {
    let (from, to) = (bed.department("من", None).await, bed.department("إلى", None).await);
    for round in 0..10 {
        let draft = bed.service(from, &format!("خدمة {round}")).await;
        let (publisher, giver, entry) = (bed.cms.clone(), bed.cms.clone(), draft.entry);
        let publish = item(&draft);
        let (published, given) = tokio::join!(
            tokio::spawn(async move { publisher.publish_one(&system(), publish).await }),
            tokio::spawn(async move { giver.transfer(&system(), entry, to).await })
        );
        given.unwrap().unwrap();
        let told = told(published.unwrap());
        assert!(told == "published" || told == "version is 2", "{told}");
        let owner = bed.cms.manage_entry(&Actor::system(), entry).await.unwrap().department;
        assert_eq!(owner, to);
        if told == "published" {
            assert_eq!(bed.read("services", entry, &ar()).await.department, to, "round {round}");
        }
    }
    let by_department = diwan_cms::ListQuery { sort: Some("department,title".into()), ..Default::default() };
    let page = bed.cms.published_list(crate::support::public(), "services", by_department).await.unwrap().value;
    assert!(page.items.iter().all(|entry| entry.department == to));
}

pub(crate) async fn nothing_is_public_and_in_the_trash(bed: &Bed) {
    let owner = bed.owner().await;
    for round in 0..10 {
        let draft = bed.service(owner, &format!("خدمة {round}")).await;
        let (publisher, other, entry) = (bed.cms.clone(), bed.cms.clone(), draft.entry);
        let publish = item(&draft);
        let (published, trashed) = tokio::join!(
            tokio::spawn(async move { publisher.publish_one(&system(), publish).await }),
            tokio::spawn(async move { other.trash(&system(), entry).await })
        );
        let is_trashed = match trashed.unwrap() {
            Ok(_) => true,
            error => {
                assert_eq!(refusal(error), "still_public");
                false
            }
        };
        let told = told(published.unwrap());
        let expected: &[&str] = if is_trashed { &["version is 2", "trashed"] } else { &["published"] };
        assert!(expected.contains(&told.as_str()), "{told}");
        assert_eq!(bed.at(&format!("/services/خدمة-{round}")).await == "absent", is_trashed);
    }
}

pub(crate) async fn a_page_is_not_saved_below_one_that_goes_into_the_trash_and_then_published(bed: &Bed) {
    let owner = bed.owner().await;
    let parent = bed.page(owner, None, "parent").await;
    let child = bed.page(owner, None, "child").await;
    bed.cms.trash(&system(), parent.entry).await.unwrap();
    let refused = bed.save_place(&child, None, diwan_cms::Keep::Set(parent.entry)).await;
    assert_eq!(refusal(refused), "faults /parent invalid_parent");
}

pub(crate) async fn nothing_is_made_for_a_department_that_goes_into_the_trash(bed: &Bed) {
    let from = bed.department("من", None).await;
    for round in 0..10 {
        let department = bed.department(&format!("إدارة {round}"), None).await;
        let given = bed.service(from, &format!("منقولة {round}")).await.entry;
        let [maker, giver, other] = [bed.cms.clone(), bed.cms.clone(), bed.cms.clone()];
        let input = crate::support::new_entry("services", Some(department), crate::support::service("خدمة"));
        let (made, moved, trashed) = tokio::join!(
            tokio::spawn(async move { maker.create_entry(&system(), input).await }),
            tokio::spawn(async move { giver.transfer(&system(), given, department).await }),
            tokio::spawn(async move { other.trash(&system(), diwan_content::EntryId(department.0)).await })
        );
        let (made, moved) = (made.unwrap().map(|_| ()), moved.unwrap().map(|_| ()));
        let owns_something = made.is_ok() || moved.is_ok();
        for refused in [made, moved].into_iter().filter(Result::is_err) {
            assert_eq!(refusal(refused), "department_trashed");
        }
        match trashed.unwrap() {
            Ok(_) => assert!(!owns_something, "round {round}"),
            error => assert_eq!((refusal(error).as_str(), owns_something), ("owns_something", true)),
        }
    }
}
