//! Import of entry files: what is kept, what a second run does, what is reported.

use std::{
    fs,
    path::{Path, PathBuf},
};

use diwan_cms::{FileResult, ImportReport, ImportStatamic, WithdrawMode};
use diwan_content::{Actor, DepartmentId, EntryId, PersonId, RevisionNumber, Status, rights::ActorRef};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    support::{ar, en, refusal, someone, system, tables},
};

pub(crate) const PLANNING: &str = "3f0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e01";
const DRAFT: &str = "3f0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e02";
pub(crate) const NEWS: &str = "3f0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e04";
const BODY: &str = "<h3>نبذة</h3> \nتضع الإدارة الخطط  .\n\n\n  سطر أخير بلا نهاية";

pub(crate) fn id(text: &str) -> EntryId {
    text.parse().unwrap()
}

/// A copy of the site that a story may change.
pub(crate) fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/statamic"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::write(target, fs::read(&path).unwrap()).unwrap() }
    }
}

pub(crate) async fn import(bed: &Bed, folder: &Path, department: Option<DepartmentId>) -> ImportReport {
    let time_zone = Some("Asia/Hebron".parse().unwrap());
    let input = ImportStatamic { folder: folder.to_owned(), site: None, time_zone, collection: None, department };
    bed.cms.import_statamic(&system(), input, |_| {}).await.unwrap()
}

/// The results that there are, with their counts.
pub(crate) fn counted(report: &ImportReport) -> Vec<(&'static str, usize)> {
    report.counts().into_iter().filter(|(_, count)| *count > 0).collect()
}

/// File by file, in a word; the name without the folders that all share.
pub(crate) fn told(report: &ImportReport) -> Vec<String> {
    let files = report.files.iter();
    files
        .map(|file| {
            format!(
                "{} {}",
                file.file.trim_start_matches("content/").trim_start_matches("collections/"),
                file.result.word()
            )
        })
        .collect()
}

pub(crate) fn edit(site: &tempfile::TempDir, file: &str, from: &str, to: &str) -> PathBuf {
    let path = site.path().join("content/collections").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} holds no {from}");
    fs::write(&path, text.replace(from, to)).unwrap();
    path
}

pub(crate) async fn an_import_keeps_ids_authors_times_unknown_keys_and_exact_bodies(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(
        told(&report),
        [
            "blog/post.md skipped",
            "departments.yaml skipped",
            "departments/ar/alias.md published",
            "departments/ar/broken.md broken",
            "departments/ar/draft.md draft",
            "departments/ar/planning.md published",
            "departments/en/planning.md published",
            "news/2022-06-21.budget-circular.md published",
        ]
    );
    let broken = &report.files.iter().find(|file| file.file.ends_with("broken.md")).unwrap().result;
    assert!(matches!(broken, FileResult::Broken(problems) if problems[0].starts_with("line ")), "{broken:?}");
    let text = report.to_string();
    assert!(
        text.ends_with(
            "done: 4 published, 1 draft, 0 updated, 0 unchanged, 0 kept\nto look at: 0 held_back, 0 duplicate, \
             0 conflict, 0 needs_withdrawal, 0 deleted_there, 2 skipped, 1 broken\n"
        ),
        "{text}"
    );

    let managed = bed.cms.manage_localization(&Actor::system(), id(PLANNING), &ar()).await.unwrap();
    let author = ActorRef::Person(PersonId("00dab2f0-a935-4acf-99ab-161b5e8bd365".parse().unwrap()));
    assert_eq!((managed.data["content"].as_str(), managed.author), (Some(BODY), author));
    assert_eq!(managed.saved_at.to_string(), "2022-06-21T05:55:10Z");
    assert_eq!((managed.state.head, managed.state.status), (RevisionNumber(1), Status::Published));
    assert_eq!(managed.state.department, DepartmentId::from(id(PLANNING)));
    let read = bed.read("departments", id(PLANNING), &ar()).await;
    assert_eq!(read.published_at.to_string(), "2022-06-21T05:55:10Z");
    assert_eq!(read.path.unwrap().as_str(), "/department/planning");
    // A file name that names no asset is never answered.
    assert_eq!(read.data["thumbnail"], Value::Null);
    let unresolved: Vec<String> =
        read.unresolved.iter().map(|u| format!("{} {}", u.pointer, u.reason.as_str())).collect();
    assert_eq!(unresolved, ["/data/thumbnail unreadable"]);
    // The English localization inherits what only the origin holds.
    let english = bed.read("departments", id(PLANNING), &en()).await;
    assert_eq!((&english.data["title"], &english.data["order"]), (&json!("Directorate of Planning"), &json!(5)));
    assert_eq!(bed.at("/en/department/planning").await, "en Directorate of Planning");

    let news = bed.read("news", id(NEWS), &ar()).await;
    assert_eq!((news.department, news.date.unwrap().to_string()), (owner, "2022-06-21".to_owned()));
    assert_eq!(news.path.unwrap().as_str(), "/news/2022/budget-circular");
    assert_eq!(news.first_published_at.to_string(), "2022-06-20T21:00:00Z");
    let draft = bed.cms.manage_localization(&Actor::system(), id(DRAFT), &ar()).await.unwrap();
    assert_eq!((draft.state.status, bed.at("/department/draft").await), (Status::Draft, "absent".to_owned()));
    let alias = bed.titles("departments", None).await;
    assert_eq!(alias, ["الإدارة العامة للتخطيط", "مكتب الجمارك"]);

    let revisions = tables(bed, "revisions").await;
    let row = revisions.iter().find(|row| row["entry"] == PLANNING && row["locale"] == "ar").unwrap();
    let foreign: Value = serde_json::from_str(row["foreign_text"].as_str().unwrap()).unwrap();
    assert_eq!(
        foreign["keys"],
        json!({ "old_layout": "wide", "old_blocks": [{ "kind": "quote", "text": "نص محفوظ" }] })
    );
    let people = tables(bed, "people").await;
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0]["id"].as_str(), &people[0]["name"]),
        (Some("00dab2f0-a935-4acf-99ab-161b5e8bd365"), &Value::Null)
    );
    let entries = tables(bed, "entries").await;
    assert!(entries.iter().any(|row| row["foreign_id"] == "customs-office"));
    assert_eq!(bed.cms.verify_events().await.unwrap(), None);
}

pub(crate) async fn a_second_import_changes_nothing(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    let before =
        (bed.cms.last_sequence().await.unwrap(), tables(bed, "revisions").await, tables(bed, "publications").await);
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(counted(&report), [("unchanged", 5), ("skipped", 2), ("broken", 1)]);
    let after =
        (bed.cms.last_sequence().await.unwrap(), tables(bed, "revisions").await, tables(bed, "publications").await);
    assert_eq!(before, after);
}

pub(crate) async fn what_changed_there_is_updated_and_what_changed_here_is_a_conflict(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    let first = bed.read("departments", id(PLANNING), &ar()).await;
    edit(&site, "departments/ar/planning.md", "order: 5", "order: 6");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5..7], ["departments/ar/planning.md updated", "departments/en/planning.md unchanged"]);
    let second = bed.read("departments", id(PLANNING), &ar()).await;
    assert_eq!(
        (&second.data["order"], second.revision, second.first_published_at),
        (&json!(6), RevisionNumber(2), first.first_published_at)
    );
    // What inherits follows.
    assert_eq!(bed.read("departments", id(PLANNING), &en()).await.data["order"], 6);

    // Edited here: never overwritten. What the import brought beside the data is carried on.
    let managed = bed.cms.manage_localization(&Actor::system(), id(PLANNING), &ar()).await.unwrap();
    let mut data = managed.data.clone();
    data.insert("order".into(), json!(7));
    let saved = bed.save(&managed.state, Value::Object(data)).await;
    let revisions = tables(bed, "revisions").await;
    let foreign = |number: i64| {
        let row =
            revisions.iter().find(|row| row["entry"] == PLANNING && row["locale"] == "ar" && row["number"] == number);
        row.unwrap()["foreign_text"].clone()
    };
    assert_eq!((foreign(3), foreign(3).is_null()), (foreign(2), false));
    edit(&site, "departments/ar/planning.md", "order: 6", "order: 8");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5], "departments/ar/planning.md conflict");
    assert_eq!(bed.now(&saved).await, saved);
    // Withdrawn and in the trash: also a change made here.
    let public = bed.publish(&saved).await;
    let english = bed.cms.manage_localization(&Actor::system(), id(PLANNING), &en()).await.unwrap().state;
    bed.withdraw(&english, WithdrawMode::Gone).await;
    bed.withdraw(&public, WithdrawMode::Gone).await;
    bed.cms.trash(&system(), id(PLANNING)).await.unwrap();
    edit(&site, "departments/en/planning.md", "makes", "made");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[5..7], ["departments/ar/planning.md conflict", "departments/en/planning.md conflict"]);
}

pub(crate) async fn a_draft_that_was_published_there_is_published_here(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    edit(&site, "departments/ar/draft.md", "published: false", "published: true");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[4], "departments/ar/draft.md updated");
    assert_eq!(bed.at("/department/draft").await, "ar إدارة قيد الإنشاء");
}

pub(crate) async fn an_entry_made_here_under_the_same_id_is_a_conflict(bed: &Bed) {
    let owner = bed.owner().await;
    let input = diwan_cms::CreateEntry {
        id: Some(id(PLANNING)),
        ..crate::support::new_entry("departments", None, json!({ "title": "أخرى" }))
    };
    let mine = bed.cms.create_entry(&system(), input).await.unwrap().value;
    let report = import(bed, site().path(), Some(owner)).await;
    assert_eq!(told(&report)[5], "departments/ar/planning.md conflict");
    assert_eq!(bed.now(&mine).await, mine);
}

pub(crate) async fn an_owner_must_be_named_and_be_there(bed: &Bed) {
    let report = import(bed, site().path(), None).await;
    let news = report.files.last().unwrap();
    assert_eq!(
        news.result,
        FileResult::Broken(vec!["entries of news need an owner: name one with --department".into()])
    );
    let nowhere = DepartmentId("00000000-0000-0000-0000-000000000005".parse().unwrap());
    let input = |department| ImportStatamic {
        folder: site().path().to_owned(),
        site: None,
        time_zone: None,
        collection: None,
        department,
    };
    assert_eq!(
        refusal(bed.cms.import_statamic(&system(), input(Some(nowhere)), |_| {}).await),
        "faults /department unknown_target"
    );
    for role in [diwan_content::rights::Role::DepartmentAdmin, diwan_content::rights::Role::Auditor] {
        let ctx = someone(7, role, DepartmentId::MINISTRY);
        assert_eq!(refusal(bed.cms.import_statamic(&ctx, input(None), |_| {}).await), "import is forbidden");
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) async fn a_lone_file_comes_in_by_its_blueprint(bed: &Bed) {
    let Some(shared) = std::env::var_os("DIWAN_SHARED") else {
        eprintln!("skipped: DIWAN_SHARED is not set");
        return;
    };
    let seed = Path::new(&shared).join("seed");
    let report = import(bed, &seed, None).await;
    assert_eq!(report.counts()[0], ("published", 1), "{report}");
    let entry = id("6c5a7ac3-546c-4172-947a-231133096268");
    let file = fs::read_to_string(seed.join("international-relations-and-projects.md")).unwrap();
    let body = file.splitn(3, "---\n").nth(2).unwrap();
    let managed = bed.cms.manage_localization(&Actor::system(), entry, &ar()).await.unwrap();
    assert_eq!(managed.data["content"].as_str(), Some(body));
    let title = "الإدارة العامة للعلاقات الدولية والمشاريع";
    assert_eq!(bed.at("/department/international-relations-and-projects").await, format!("ar {title}"));
    assert_eq!(bed.found("العلاقات الدوليه").await, [title]);
    assert_eq!(import(bed, &seed, None).await.counts()[3], ("unchanged", 1));
}

pub(crate) async fn what_is_taken_back_there_is_reported_and_stays_public_here(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    import(bed, site.path(), Some(owner)).await;
    edit(&site, "departments/ar/alias.md", "order: 9", "order: 10\npublished: false");
    let report = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&report)[2], "departments/ar/alias.md needs_withdrawal");
    assert!(report.to_string().contains("revision 1 stays public here until somebody withdraws it"), "{report}");
    // It is told again until that is done, also where nothing changed since.
    let again = import(bed, site.path(), Some(owner)).await;
    assert_eq!(told(&again)[2], "departments/ar/alias.md needs_withdrawal");
    // To withdraw is for people here: an import takes nothing back.
    let path = "/department/alias";
    assert_eq!(bed.at(path).await, "ar مكتب الجمارك");
}

/// The clock of a bed begins in 2026.
pub(crate) async fn what_its_date_hides_there_is_a_draft_here(bed: &Bed) {
    let owner = bed.owner().await;
    let site = site();
    let collections = site.path().join("content/collections");
    let text = fs::read_to_string(collections.join("news/2022-06-21.budget-circular.md")).unwrap();
    let embargoed = text.replace(NEWS, "3f0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e44");
    fs::write(collections.join("news/2026-03-01-0900.embargo.md"), embargoed).unwrap();
    let settings = |behavior: &str| {
        let text = format!("title: News\ndate: true\ndate_behavior: {behavior}\n");
        fs::write(collections.join("news.yaml"), text).unwrap();
    };
    settings("{ past: public, future: private }");
    let news = async || {
        let report = import(bed, site.path(), Some(owner)).await;
        let told = told(&report);
        let [.., past, future] = &told[..] else { unreachable!("two files are of news") };
        (past.clone(), future.clone(), report.to_string())
    };
    let (past, future, report) = news().await;
    assert_eq!(past, "news/2022-06-21.budget-circular.md published");
    assert_eq!(future, "news/2026-03-01-0900.embargo.md draft");
    assert!(report.contains("private there; it would be public from 2026-03-01T07:00:00"), "{report}");
    assert_eq!(news().await.1, "news/2026-03-01-0900.embargo.md unchanged");
    // What the site would hide from now on is public here until somebody withdraws it.
    settings("{ past: unlisted, future: private }");
    let (past, _, report) = news().await;
    assert_eq!(past, "news/2022-06-21.budget-circular.md needs_withdrawal");
    assert!(report.contains("keeps entries of the past unlisted there"), "{report}");
    // Settings that say something else than the site could understand hide nothing by accident.
    settings("{ future: secret }");
    assert_eq!(news().await.1, "news/2026-03-01-0900.embargo.md broken");
    settings("{ future: private }");
    bed.clock.move_on(90 * 24 * 3_600 * 1_000);
    assert_eq!(news().await.1, "news/2026-03-01-0900.embargo.md updated");
}
