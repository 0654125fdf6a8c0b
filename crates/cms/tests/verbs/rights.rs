//! Who may do what: every role at its own department, below it and elsewhere.

use diwan_cms::{
    AssetList, CmsError, CreateKey, EventQuery, Expect, LocalizationState, ManagementList, ReplaceAsset, RevisionInput,
    Rights, SaveAsset, TranslationList, UploadAsset, WithdrawMode, WriteContext,
};
use diwan_content::{
    Actor, AssetId, DepartmentId, EntryId, KeyId, Locale, PersonId, RevisionNumber, Version,
    rights::{Action, ActorRef, Grant, Hierarchy, Role},
};
use diwan_store::{DatabaseUrl, Person, Store, StoreOptions, SyncMode};
use futures_util::stream;
use serde_json::json;
use uuid::Uuid;

use crate::{
    bed::Bed,
    support::{ar, en, item, new_entry, png, refusal, service, someone, system, withdrawal},
};

/// Three departments: one with another below it, and one beside.
struct Ministry {
    own: DepartmentId,
    below: DepartmentId,
    other: DepartmentId,
}

async fn ministry(bed: &Bed) -> Ministry {
    let own = bed.department("قسمي", None).await;
    let below = bed.department("وحدة", Some(own)).await;
    let other = bed.department("قسم آخر", None).await;
    Ministry { own, below, other }
}

/// What each verb answers a role at a department, in the order of [`VERBS`].
async fn tried(bed: &Bed, ctx: &WriteContext, at: DepartmentId, ministry: &Ministry) -> Vec<String> {
    let cms = &bed.cms;
    let mut answers = Vec::new();
    let mut told = |answer: Result<(), CmsError>| {
        answers.push(answer.map_or_else(|error| refusal::<()>(Err(error)), |()| "ok".into()))
    };
    let draft = || bed.service(at, "مسودة");
    let live = async || bed.publish(&bed.service(at, "علنية").await).await;
    let input = || RevisionInput { data: service("جديدة"), ..RevisionInput::default() };

    let state = draft().await;
    told(cms.manage_localization(&ctx.actor, state.entry, &ar()).await.map(drop));
    told(cms.create_entry(ctx, new_entry("services", Some(at), service("خدمة"))).await.map(drop));
    told(cms.save(ctx, state.entry, ar(), input(), Expect::Version(state.version)).await.map(drop));
    told(cms.publish_one(ctx, item(&bed.now(&state).await)).await.map(drop));
    let state = live().await;
    told(cms.withdraw(ctx, withdrawal(&state, WithdrawMode::Gone)).await.map(drop));
    let state = live().await;
    told(cms.restore_revision(ctx, state.entry, ar(), RevisionNumber(1), None, state.version).await.map(drop));
    told(cms.trash(ctx, draft().await.entry).await.map(drop));
    let was_public = bed.withdraw(&live().await, WithdrawMode::Gone).await;
    told(cms.trash(ctx, was_public.entry).await.map(drop));
    let target = if at == ministry.own { ministry.below } else { ministry.own };
    told(cms.transfer(ctx, draft().await.entry, target).await.map(drop));
    let upload = UploadAsset {
        id: None,
        name: "ص.png".into(),
        media_type: None,
        department: Some(at),
        alternative_text: [].into(),
    };
    told(cms.upload_asset(ctx, upload, stream::iter([Ok(png(1).into())])).await.map(drop));
    let asset = bed.upload(at, "ص.png", png(1)).await;
    told(cms.save_asset(ctx, asset, SaveAsset::default(), Version(1)).await.map(drop));
    let bytes = stream::iter([Ok(png(2).into())]);
    told(cms.replace_asset(ctx, asset, ReplaceAsset::default(), Version(1), bytes).await.map(drop));
    let unused = bed.upload(at, "ص.png", png(3)).await;
    told(cms.delete_asset(ctx, unused, Version(1)).await.map(drop));
    answers
}

const VERBS: [&str; 13] = [
    "read",
    "create",
    "save",
    "publish",
    "withdraw",
    "restore",
    "trash",
    "trash_public",
    "transfer",
    "upload",
    "save_asset",
    "replace_asset",
    "delete_asset",
];

/// The files of `src/verbs/` whose verbs are in [`VERBS`].
const IN_TABLE: [&str; 11] = [
    "create_entry",
    "delete_asset",
    "publish",
    "replace_asset",
    "restore_revision",
    "save",
    "save_asset",
    "transfer",
    "trash",
    "upload_asset",
    "withdraw",
];

/// Those whose verbs are for system administrators alone, and have a test of their own.
const NOT_IN_TABLE: [&str; 1] = ["keys"];

#[test]
fn every_verb_is_in_the_table_or_has_a_test_of_its_own() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verbs");
    let mut verbs = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("self.verb(") || text.contains("self.answer_or_refuse(") {
            verbs.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    verbs.sort();
    let mut known = [&IN_TABLE[..], &NOT_IN_TABLE].concat();
    known.sort_unstable();
    assert_eq!(verbs, known);
}

/// The verbs that are done, those that are forbidden, and what the others answer.
fn summary(answers: &[String]) -> String {
    let mut done = Vec::new();
    let mut forbidden = Vec::new();
    let mut others = Vec::new();
    for (verb, answer) in VERBS.iter().zip(answers) {
        match answer.as_str() {
            "ok" => done.push(*verb),
            answer if answer.ends_with("is forbidden") => forbidden.push(*verb),
            answer => others.push(format!("{verb}: {answer}")),
        }
    }
    format!("done {} | forbidden {} | {}", done.join(" "), forbidden.join(" "), others.join(", "))
}

pub(crate) async fn each_role_may_do_what_the_table_says(bed: &Bed) {
    let ministry = ministry(bed).await;
    let all = VERBS.join(" ");
    let but = |done: &[&str]| -> String {
        let rest: Vec<&str> = VERBS.into_iter().filter(|verb| !done.contains(verb)).collect();
        format!("done {} | forbidden {} | ", done.join(" "), rest.join(" "))
    };
    let editor = ["read", "create", "save", "trash", "upload", "save_asset", "replace_asset", "delete_asset"];
    let publisher = [
        "read",
        "create",
        "save",
        "publish",
        "withdraw",
        "restore",
        "trash",
        "trash_public",
        "upload",
        "save_asset",
        "replace_asset",
        "delete_asset",
    ];
    let table = [
        (Role::Reader, but(&["read"])),
        (Role::Author, but(&["read", "create", "upload", "save_asset", "replace_asset"])),
        (Role::Editor, but(&editor)),
        (Role::Publisher, but(&publisher)),
        (Role::DepartmentAdmin, format!("done {all} | forbidden  | ")),
        (Role::Auditor, but(&["read"])),
    ];
    let unseen = "done  | forbidden  | read: no entry, create: faults /department unknown_target, save: no entry, \
                  publish: no entry, withdraw: no entry, restore: no entry, trash: no entry, trash_public: no entry, \
                  transfer: no entry, upload: faults /department unknown_target, save_asset: no asset, replace_asset: no asset, \
                  delete_asset: no asset";
    for (role, expected) in table {
        let ctx = someone(7, role, ministry.own);
        for at in [ministry.own, ministry.below] {
            assert_eq!(summary(&tried(bed, &ctx, at, &ministry).await), expected, "{role:?}");
        }
        let elsewhere = summary(&tried(bed, &ctx, ministry.other, &ministry).await);
        // Who may create nowhere learns that alone.
        let creates = expected.split_once('|').is_some_and(|(done, _)| done.contains("create"));
        let mut wanted = unseen.to_owned();
        if !creates {
            wanted = wanted
                .replace("create: faults /department unknown_target, ", "")
                .replace("upload: faults /department unknown_target, ", "");
            wanted = wanted.replace("forbidden  |", "forbidden create upload |");
        }
        assert_eq!(elsewhere, wanted, "{role:?}");
    }
    for role in [Role::SystemAdmin, Role::Delivery] {
        let ctx = someone(7, role, DepartmentId::MINISTRY);
        let answers = summary(&tried(bed, &ctx, ministry.own, &ministry).await);
        assert!(answers.starts_with("done  | forbidden create upload | read: no entry"), "{role:?}: {answers}");
    }
}

pub(crate) async fn an_author_saves_what_it_made_itself(bed: &Bed) {
    let ministry = ministry(bed).await;
    let author = someone(7, Role::Author, ministry.own);
    let made =
        bed.cms.create_entry(&author, new_entry("services", Some(ministry.own), service("خدمة"))).await.unwrap().value;
    let input = || RevisionInput { data: service("أخرى"), ..RevisionInput::default() };
    let saved = bed.cms.save(&author, made.entry, ar(), input(), Expect::Version(made.version)).await.unwrap().value;
    let colleague = someone(8, Role::Author, ministry.own);
    let refused = bed.cms.save(&colleague, made.entry, ar(), input(), Expect::Version(saved.version)).await;
    assert_eq!(refusal(refused), "save is forbidden");
    assert_eq!(refusal(bed.cms.trash(&author, made.entry).await), "trash is forbidden");

    // A key that acts for a person: what that person made is its own.
    let person = PersonId(Uuid::from_u128(77));
    let for_person = |number| {
        let mut ctx = someone(number, Role::Author, ministry.own);
        ctx.actor.on_behalf_of = Some(person);
        ctx
    };
    let made = bed
        .cms
        .create_entry(&for_person(20), new_entry("services", Some(ministry.own), service("خدمة")))
        .await
        .unwrap()
        .value;
    let revision = bed.cms.revision(&Actor::system(), made.entry, &ar(), RevisionNumber(1)).await.unwrap();
    assert_eq!(revision.summary.author, ActorRef::Person(person));
    assert!(bed.cms.save(&for_person(21), made.entry, ar(), input(), Expect::Version(made.version)).await.is_ok());
}

pub(crate) async fn refusals_of_known_actors_are_recorded(bed: &Bed) {
    let ministry = ministry(bed).await;
    let state = bed.service(ministry.own, "خدمة").await;
    let reader = WriteContext { request_id: Some("req-1".into()), ..someone(7, Role::Reader, ministry.own) };
    let stranger = someone(8, Role::Publisher, ministry.other);
    assert_eq!(refusal(bed.cms.publish_one(&reader, item(&state)).await), "publish is forbidden");
    assert_eq!(refusal(bed.cms.publish_one(&stranger, item(&state)).await), "no entry");
    let auditor = someone(9, Role::Auditor, DepartmentId::MINISTRY).actor;
    let refusals = bed.cms.refusals(&auditor, None, None).await.unwrap();
    let told: Vec<_> = refusals
        .iter()
        .map(|r| (r.actor, r.action.as_str(), r.entry, r.code.as_str(), r.request_id.as_str()))
        .collect();
    let expected = [
        (stranger.actor.reference, "publish", Some(state.entry), "not_found", ""),
        (reader.actor.reference, "publish", Some(state.entry), "forbidden", "req-1"),
    ];
    assert_eq!(told, expected);
    let department_auditor = someone(9, Role::Auditor, ministry.own).actor;
    assert_eq!(refusal(bed.cms.refusals(&department_auditor, None, None).await), "read_events is forbidden");
    assert_eq!(refusal(bed.cms.refusals(&reader.actor, None, None).await), "read_events is forbidden");
}

pub(crate) async fn management_lists_end_at_the_scope(bed: &Bed) {
    let ministry = ministry(bed).await;
    for (owner, title) in [(ministry.own, "خدمة أولى"), (ministry.below, "خدمة ثانية"), (ministry.other, "خدمة ثالثة")]
    {
        bed.service(owner, title).await;
        bed.upload(owner, &format!("{title}.png"), png(1)).await;
    }
    let list = async |actor: &Actor, list: ManagementList| -> Vec<String> {
        let page = bed.cms.manage_list(actor, list).await.unwrap();
        page.items.into_iter().map(|item| item.title).collect()
    };
    let services = || ManagementList { collection: Some("services".parse().unwrap()), ..ManagementList::default() };
    let reader = someone(7, Role::Reader, ministry.own).actor;
    assert_eq!(list(&reader, services()).await, ["خدمة ثانية", "خدمة أولى"]);
    assert_eq!(list(&Actor::system(), services()).await, ["خدمة ثالثة", "خدمة ثانية", "خدمة أولى"]);
    let elsewhere = ManagementList { department: Some(ministry.other), ..services() };
    assert_eq!(list(&reader, elsewhere).await, Vec::<String>::new());
    let by_title = ManagementList { title: Some("خِدمه ثاني".into()), ..services() };
    assert_eq!(list(&reader, by_title).await, ["خدمة ثانية"]);
    let titled = ManagementList { title: Some("ثالثة".into()), ..services() };
    assert_eq!(list(&reader, titled).await, Vec::<String>::new());

    let assets = bed.cms.manage_assets(&reader, AssetList::default()).await.unwrap();
    let names: Vec<&str> = assets.items.iter().map(|asset| asset.asset.name.as_str()).collect();
    assert_eq!(names, ["خدمة ثانية.png", "خدمة أولى.png"]);
    let departments: Vec<DepartmentId> =
        bed.cms.departments(&reader).await.unwrap().into_iter().map(|d| d.id).collect();
    assert!(
        departments.contains(&ministry.own)
            && departments.contains(&ministry.below)
            && !departments.contains(&ministry.other)
    );
    let nobody = Actor::anonymous();
    assert_eq!(refusal(bed.cms.manage_list(&nobody, services()).await), "read is forbidden");
    assert_eq!(refusal(bed.cms.manage_assets(&nobody, AssetList::default()).await), "read is forbidden");
    assert_eq!(refusal(bed.cms.departments(&nobody).await), "read is forbidden");
    // Pages of a list: every row once, and the cursor is of no use to another actor.
    let first = bed.cms.manage_list(&Actor::system(), ManagementList { size: Some(2), ..services() }).await.unwrap();
    let after = ManagementList { size: Some(2), after: first.next.clone(), ..services() };
    assert_eq!(list(&Actor::system(), after.clone()).await, ["خدمة أولى"]);
    assert_eq!(refusal(bed.cms.manage_list(&reader, after).await), "parameters /page[after] invalid_parameter");
}

pub(crate) async fn a_narrowed_grant_ends_at_its_collections_and_locales(bed: &Bed) {
    let ministry = ministry(bed).await;
    let mine = bed.publish(&bed.service(ministry.below, "خدمة").await).await;
    let page = bed.page(ministry.below, None, "صفحة").await;
    let english = bed.translate(mine.entry, "service", json!({ "title": "Service", "summary": "Short" })).await;
    let mut ctx = someone(7, Role::Publisher, ministry.own);
    ctx.actor.grants[0].collections = Some(["services".parse().unwrap()].into());
    ctx.actor.grants[0].locales = Some([en()].into());
    let (cms, actor) = (&bed.cms, &ctx.actor);

    // Who translates reads the original, and nothing of another collection.
    assert!(cms.manage_localization(actor, mine.entry, &ar()).await.is_ok());
    assert_eq!(refusal(cms.manage_entry(actor, page.entry).await), "no entry");
    let listed = cms.manage_list(actor, ManagementList::default()).await.unwrap();
    let listed: Vec<EntryId> = listed.items.iter().map(|item| item.state.entry).collect();
    assert_eq!(listed, [english.entry, mine.entry]);
    let translations = cms.translation_list(actor, TranslationList::default()).await.unwrap();
    assert!(translations.items.iter().all(|item| item.entry == mine.entry));

    // It changes English alone.
    let english = cms.publish_one(&ctx, item(&english)).await.unwrap().value;
    let text = RevisionInput { data: json!({ "title": "Better" }), ..RevisionInput::default() };
    let saved = cms.save(&ctx, mine.entry, en(), text.clone(), Expect::Version(english.version)).await.unwrap();
    let refused = [
        refusal(cms.save(&ctx, mine.entry, ar(), text, Expect::Version(mine.version)).await),
        refusal(cms.publish_one(&ctx, item(&bed.now(&mine).await)).await),
        refusal(cms.withdraw(&ctx, withdrawal(&mine, WithdrawMode::Gone)).await),
        refusal(cms.restore_revision(&ctx, mine.entry, ar(), RevisionNumber(1), None, mine.version).await),
        refusal(cms.trash(&ctx, mine.entry).await),
        refusal(cms.create_entry(&ctx, new_entry("services", Some(ministry.own), service("خدمة"))).await),
        refusal(cms.create_entry(&ctx, new_entry("pages", Some(ministry.own), json!({ "title": "صفحة" }))).await),
    ];
    let expected = [
        "save is forbidden",
        "publish is forbidden",
        "withdraw is forbidden",
        "restore_revision is forbidden",
        "trash_published is forbidden",
        "create is forbidden",
        "faults /department unknown_target",
    ];
    assert_eq!(refused, expected);
    assert!(cms.withdraw(&ctx, withdrawal(&saved.value, WithdrawMode::Gone)).await.is_ok());

    // Pictures are in no collection.
    bed.upload(ministry.below, "ص.png", png(1)).await;
    assert_eq!(cms.manage_assets(actor, AssetList::default()).await.unwrap().items.len(), 1);
}

pub(crate) async fn events_are_for_auditors_of_their_departments(bed: &Bed) {
    let ministry = ministry(bed).await;
    let mine = bed.service(ministry.below, "خدمة").await;
    bed.service(ministry.other, "خدمة").await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Auditor) {
        let actor = someone(7, role, DepartmentId::MINISTRY).actor;
        assert_eq!(
            refusal(bed.cms.events(&actor, EventQuery::default()).await),
            "read_events is forbidden",
            "{role:?}"
        );
    }
    let auditor = someone(7, Role::Auditor, ministry.own).actor;
    let seen = bed.cms.events(&auditor, EventQuery::default()).await.unwrap();
    let kinds: Vec<&str> = seen.items.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["entry_created", "entry_created", "department_created", "entry_created", "department_created"]);
    assert_eq!(seen.items[0].subject.entry, Some(mine.entry));
    assert!(seen.items.iter().all(|event| event.subject.department != Some(ministry.other)));
}

pub(crate) async fn what_one_may_not_see_is_not_told_by_any_id(bed: &Bed) {
    let ministry = ministry(bed).await;
    let hidden = bed.service(ministry.other, "خدمة").await;
    let asset = bed.upload(ministry.other, "ص.png", png(1)).await;
    let reader = someone(7, Role::Publisher, ministry.own);
    let nothing = EntryId(Uuid::from_u128(5));
    let nowhere = LocalizationState { entry: nothing, ..hidden.clone() };
    let answers = async |state: &LocalizationState, asset: AssetId| {
        let (cms, actor, id) = (&bed.cms, &reader.actor, state.entry);
        let one = RevisionNumber(1);
        [
            refusal(cms.manage_entry(actor, id).await),
            refusal(cms.manage_localization(actor, id, &ar()).await),
            refusal(cms.revisions(actor, id, &ar(), None, 10).await),
            refusal(cms.revision(actor, id, &ar(), one).await),
            refusal(cms.compare_revisions(actor, id, &ar(), one, one).await),
            refusal(cms.publish_one(&reader, item(state)).await),
            refusal(cms.trash(&reader, id).await),
            refusal(cms.untrash(&reader, id).await),
            refusal(cms.manage_asset(actor, asset).await),
            refusal(cms.save_asset(&reader, asset, SaveAsset::default(), Version(1)).await),
        ]
    };
    assert_eq!(answers(&hidden, asset).await, answers(&nowhere, AssetId(Uuid::from_u128(6))).await);
}

pub(crate) async fn a_key_holds_its_grants_until_it_ends(bed: &Bed) {
    let ministry = ministry(bed).await;
    let grant = Grant::new(Role::Editor, ministry.own);
    let key = |expires_at| CreateKey {
        label: Some("مفتاح".into()),
        grants: vec![grant.clone()],
        on_behalf_of: None,
        expires_at,
    };
    let admin = someone(7, Role::SystemAdmin, DepartmentId::MINISTRY);
    let made = bed.cms.create_key(&admin, key(None)).await.unwrap().value;
    let actor = bed.cms.authenticate(&made.token).await.unwrap().unwrap();
    assert_eq!((actor.reference, actor.grants), (ActorRef::Key(made.id), vec![grant.clone()]));
    assert!(bed.cms.authenticate(&format!("{}0", made.token)).await.unwrap().is_none());
    let listed = bed.cms.list_keys(&admin.actor).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(!format!("{listed:?}").contains(&made.token[6..40]));
    bed.cms.revoke_key(&admin, made.id).await.unwrap();
    assert!(bed.cms.authenticate(&made.token).await.unwrap().is_none());
    let over = key(Some(bed.cms.now()));
    assert_eq!(refusal(bed.cms.create_key(&admin, over).await), "faults /expires_at not_in_future");
    for role in [Role::DepartmentAdmin, Role::Auditor, Role::Publisher] {
        let ctx = someone(8, role, ministry.own);
        assert_eq!(refusal(bed.cms.create_key(&ctx, key(None)).await), "manage_keys is forbidden");
    }
    let none = CreateKey { grants: vec![], ..key(None) };
    assert_eq!(refusal(bed.cms.create_key(&admin, none).await), "faults /grants required");
    let nowhere = Grant::new(Role::Editor, DepartmentId(Uuid::from_u128(9)));
    let none = CreateKey { grants: vec![grant.clone(), nowhere], ..key(None) };
    assert_eq!(refusal(bed.cms.create_key(&system(), none).await), "faults /grants/1/department unknown_target");
}

pub(crate) async fn a_key_is_replaced_with_an_overlap(bed: &Bed) {
    let ministry = ministry(bed).await;
    let admin = someone(7, Role::SystemAdmin, DepartmentId::MINISTRY);
    let grants = vec![Grant::new(Role::Editor, ministry.own)];
    let input = CreateKey { label: Some("البوابة".into()), grants, on_behalf_of: None, expires_at: None };
    let first = bed.cms.create_key(&admin, input).await.unwrap().value;
    let second = bed.cms.rotate_key(&admin, first.id, 1).await.unwrap().value;
    let (old, new) = (
        bed.cms.manage_key(&admin.actor, first.id).await.unwrap(),
        bed.cms.manage_key(&admin.actor, second.id).await.unwrap(),
    );
    assert_eq!((new.replaces, &new.label, &new.grants), (Some(first.id), &old.label, &old.grants));
    assert_eq!(new.expires_at, None);
    let ends_at = old.expires_at.unwrap().unix_ms() - new.created_at.unix_ms();
    assert!(bed.cms.authenticate(&first.token).await.unwrap().is_some(), "both are good for {ends_at} ms");
    assert!((3_600_000..3_660_000).contains(&ends_at), "{ends_at}");

    // Without an overlap the old one is revoked.
    let third = bed.cms.rotate_key(&admin, second.id, 0).await.unwrap().value;
    assert!(bed.cms.authenticate(&second.token).await.unwrap().is_none());
    assert!(bed.cms.authenticate(&third.token).await.unwrap().is_some());
    assert_eq!(refusal(bed.cms.rotate_key(&admin, second.id, 1).await), "key_over");
    let reader = someone(8, Role::DepartmentAdmin, ministry.own);
    assert_eq!(refusal(bed.cms.rotate_key(&reader, third.id, 1).await), "manage_keys is forbidden");
    let nowhere = KeyId(Uuid::from_u128(5));
    assert_eq!(refusal(bed.cms.rotate_key(&admin, nowhere, 1).await), "no key");
    let kinds: Vec<String> =
        bed.events().await.iter().rev().take(4).map(|event| event.kind.as_str().to_owned()).collect();
    assert_eq!(kinds, ["key_revoked", "key_created", "key_changed", "key_created"]);
}

pub(crate) async fn grants_of_a_key_are_possible_ones(bed: &Bed) {
    let ministry = ministry(bed).await;
    let admin = someone(7, Role::SystemAdmin, DepartmentId::MINISTRY);
    let narrowed = |role, collections: &[&str], locales: &[&str]| Grant {
        collections: Some(collections.iter().map(|name| name.parse().unwrap()).collect()),
        locales: Some(locales.iter().map(|name| name.parse().unwrap()).collect()),
        ..Grant::new(role, ministry.own)
    };
    let try_with = async |grant: Grant, owner: Option<PersonId>| {
        let input = CreateKey { label: None, grants: vec![grant], on_behalf_of: owner, expires_at: None };
        refusal(bed.cms.create_key(&admin, input).await)
    };
    let refused = [
        try_with(narrowed(Role::Auditor, &["services"], &["ar"]), None).await,
        try_with(narrowed(Role::Editor, &["nothing"], &["xx"]), None).await,
        try_with(narrowed(Role::Editor, &[], &["ar"]), None).await,
        try_with(Grant::new(Role::Editor, ministry.own), Some(PersonId(Uuid::from_u128(5)))).await,
    ];
    let expected = [
        "faults /grants/0/collections cannot_be_narrowed, /grants/0/locales cannot_be_narrowed",
        "faults /grants/0/collections not_an_option, /grants/0/locales not_an_option",
        "faults /grants/0/collections too_few_items",
        "faults /owner unknown_target",
    ];
    assert_eq!(refused, expected);

    // Nobody gives themselves more than they have, by a key of their own either.
    let person = PersonId(Uuid::from_u128(77));
    make_known(bed, person).await;
    let mut own = admin.clone();
    own.actor.on_behalf_of = Some(person);
    let input = |role| CreateKey {
        label: None,
        grants: vec![Grant::new(role, ministry.own)],
        on_behalf_of: Some(person),
        expires_at: None,
    };
    assert_eq!(refusal(bed.cms.create_key(&own, input(Role::Publisher)).await), "faults /grants/0 beyond_own_rights");
    assert!(bed.cms.create_key(&own, input(Role::SystemAdmin)).await.is_ok());
    let unowned = CreateKey { on_behalf_of: None, ..input(Role::Publisher) };
    let made = bed.cms.create_key(&own, unowned).await.unwrap().value;
    assert_eq!(refusal(bed.cms.name_key_owner(&own, made.id, person).await), "faults /owner beyond_own_rights");
    assert!(bed.cms.name_key_owner(&admin, made.id, person).await.is_ok());
    let other = PersonId(Uuid::from_u128(78));
    assert_eq!(refusal(bed.cms.name_key_owner(&admin, made.id, other).await), "faults /owner unknown_target");
}

/// Makes a person known, as an import does.
async fn make_known(bed: &Bed, person: PersonId) {
    let url = match bed.url() {
        Some(url) => DatabaseUrl::parse(&url).unwrap(),
        None => DatabaseUrl::sqlite(&bed.folder.path().join("diwan.db")).unwrap(),
    };
    let store = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap();
    let permit = Actor::system().permit(Action::Import, DepartmentId::MINISTRY, &Hierarchy::default()).unwrap();
    let mut tx = store.begin(bed.cms.now()).await.unwrap();
    let known = tx.put_person(&permit, &Person { id: person, name: None, created_at: bed.cms.now() }).await;
    tx.end(known).await.unwrap();
    store.close().await.unwrap();
}

pub(crate) async fn one_learns_what_one_may_do(bed: &Bed) {
    let ministry = ministry(bed).await;
    let state = bed.service(ministry.below, "خدمة").await;
    let mut ctx = someone(7, Role::Editor, ministry.own);
    ctx.actor.grants[0].collections = Some(["services".parse().unwrap()].into());
    ctx.actor.grants[0].locales = Some([en()].into());
    ctx.actor.grants.push(Grant::new(Role::Reader, ministry.other));
    let me = bed.cms.me(&ctx.actor).await.unwrap();
    let of = |department: DepartmentId| -> Vec<(usize, Option<String>, String)> {
        let rows = me.rights.iter().filter(|rights| rights.department == department);
        rows.map(|rights| {
            let actions: Vec<&str> = rights.actions.iter().map(|action| action.as_str()).collect();
            let locales = rights.locales.as_ref().map(|only| only.iter().map(Locale::as_str).collect());
            (rights.collections.len(), locales, actions.join(" "))
        })
        .collect()
    };
    let all = bed.cms.registry().collections().count();
    let expected = [(1, None, "read".to_owned()), (1, Some("en".to_owned()), "save_own save".to_owned())];
    assert_eq!(of(ministry.own), expected);
    assert_eq!(of(ministry.below), expected);
    assert_eq!(of(ministry.other), [(all, None, "read".to_owned())]);
    assert_eq!(of(DepartmentId::MINISTRY), []);
    assert_eq!(me.actions, [Action::SaveAsset, Action::DeleteAsset]);

    // Departments are made by system administrators, and belong to themselves.
    let admin = bed.cms.me(&someone(8, Role::SystemAdmin, DepartmentId::MINISTRY).actor).await.unwrap();
    let ministry_row = Rights {
        department: DepartmentId::MINISTRY,
        collections: vec!["departments".parse().unwrap()],
        locales: None,
        actions: vec![Action::Create],
    };
    assert_eq!(admin.rights[0], ministry_row);
    let department_admin = bed.cms.me(&someone(8, Role::DepartmentAdmin, ministry.own).actor).await.unwrap();
    let of_departments =
        department_admin.rights.iter().find(|row| row.collections.iter().any(|name| name.as_str() == "departments"));
    let actions = &of_departments.unwrap().actions;
    assert!(actions.contains(&Action::Save) && !actions.contains(&Action::Create), "{actions:?}");
    assert!(!actions.contains(&Action::Transfer), "{actions:?}");

    let explained = bed.cms.explain(&ctx.actor, Action::Save, state.entry, Some(&en())).await.unwrap();
    assert_eq!((explained.allowed, explained.by.as_ref()), (true, Some(&ctx.actor.grants[0])));
    for (action, locale) in [(Action::Save, ar()), (Action::Publish, en()), (Action::Trash, en())] {
        let explained = bed.cms.explain(&ctx.actor, action, state.entry, Some(&locale)).await.unwrap();
        assert!(!explained.allowed && explained.by.is_none(), "{action:?}");
        assert!(explained.roles.contains(&Role::Publisher), "{action:?}");
    }
    let stranger = someone(9, Role::Editor, DepartmentId(Uuid::from_u128(77))).actor;
    assert_eq!(refusal(bed.cms.explain(&stranger, Action::Save, state.entry, None).await), "no entry");
}

pub(crate) async fn a_key_s_secret_is_kept_nowhere(bed: &Bed) {
    let grant = Grant::new(Role::Editor, DepartmentId::MINISTRY);
    let input = CreateKey { label: None, grants: vec![grant], on_behalf_of: None, expires_at: None };
    let ctx = crate::support::keyed(system(), "k", "key");
    let made = bed.cms.create_key(&ctx, input).await.unwrap().value;
    let folder = tempfile::tempdir().unwrap();
    bed.cms.backup(&folder.path().join("b")).await.unwrap();
    for file in std::fs::read_dir(folder.path().join("b/tables")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&made.token), "{} holds the secret", path.display());
    }
}

pub(crate) async fn a_department_is_made_by_a_system_administrator_alone(bed: &Bed) {
    let ministry = ministry(bed).await;
    let input = || new_entry("departments", Some(ministry.own), json!({ "title": "وحدة جديدة" }));
    for role in [Role::DepartmentAdmin, Role::Publisher, Role::Author] {
        assert_eq!(
            refusal(bed.cms.create_entry(&someone(7, role, DepartmentId::MINISTRY), input()).await),
            "create_department is forbidden"
        );
    }
    let admin = someone(8, Role::SystemAdmin, DepartmentId::MINISTRY);
    let made = bed.cms.create_entry(&admin, input()).await.unwrap().value;
    assert_eq!(made.department, DepartmentId::from(made.entry));
    // It stands below: the administrator of the department above may publish it.
    let department_admin = someone(9, Role::DepartmentAdmin, ministry.own);
    assert!(bed.cms.publish_one(&department_admin, item(&made)).await.is_ok());
    // What its content says of a parent is shown, never trusted.
    let state = bed.now(&made).await;
    let data = json!({ "title": "وحدة جديدة", "parent_department": ministry.other.0 });
    bed.save(&state, data).await;
    let stranger = someone(10, Role::Reader, ministry.other).actor;
    assert_eq!(refusal(bed.cms.manage_entry(&stranger, made.entry).await), "no entry");
}
