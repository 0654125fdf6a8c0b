//! Blueprints that change while data that was written under them are stored and public.

use diwan_cms::{EntryRead, ListQuery, LocalizationState, PublishItem, ReadRequest, RevisionInput};
use diwan_content::{Actor, EntryId, Registry, RevisionNumber};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    history::then,
    including::{selection, told},
    support::{ar, en, options_for, png, public, refusal, registry_of, system, tables},
};

const PRICES: &str = "
  - { handle: price, type: text, LABEL, filterable: true }
  - { handle: kind, type: select, LABEL, filterable: true, options: [{ value: law, LABEL }, { value: news, LABEL }] }
  - { handle: body, type: markdown, LABEL }
  - { handle: extra, type: text, LABEL }
  - { handle: rows, type: grid, LABEL, fields: [{ handle: n, type: text, LABEL }, { handle: m, type: text, LABEL }] }
";
const CHANGED: &str = "
  - { handle: price, type: number, LABEL, filterable: true }
  - { handle: kind, type: select, LABEL, filterable: true, options: [{ value: news, LABEL }] }
  - { handle: body, type: rich_text, LABEL }
  - { handle: fresh, type: list, LABEL }
  - { handle: rows, type: grid, LABEL, fields: [{ handle: n, type: integer, LABEL }] }
";

/// A collection of a title and some fields, ordered by price.
fn schemas(fields: &str) -> Registry {
    registry_of(
        fields,
        "indexes: [[price], [kind]]\nkind: list\nlocales: [ar]\nsort: [price]\npath: { ar: \"/offers/{slug}\" }",
    )
}

fn offer(title: &str, price: &str) -> Value {
    json!({
        "title": title, "price": price, "kind": ["law", "news"], "body": "نص **مهم**", "extra": "زيادة",
        "rows": [{"id": "a", "n": "7", "m": "م"}, {"id": "b", "n": "سبعة"}],
    })
}

async fn opened(bed: &Bed) -> Option<Bed> {
    Bed::open(bed.kind(), schemas(PRICES)).await
}

fn item_of(state: &LocalizationState, revision: RevisionNumber, hash: diwan_content::ContentHash) -> PublishItem {
    PublishItem { entry: state.entry, locale: state.locale.clone(), revision, hash, version: state.version }
}

pub(crate) async fn what_is_public_is_answered_as_the_blueprint_of_today_says(bed: &Bed) {
    let Some(bed) = opened(bed).await else { return };
    let owner = bed.owner().await;
    let dear = bed.create("offers", owner, offer("غال", "1000")).await;
    let cheap = bed.create("offers", owner, offer("رخيص", "150")).await;
    let odd = bed.create("offers", owner, offer("بلا رقم", "قريبًا")).await;
    for state in [&dear, &cheap, &odd] {
        bed.publish(state).await;
    }
    assert_eq!(bed.titles("offers", None).await, ["غال", "رخيص", "بلا رقم"], "as texts");
    let bed = bed.reopen(schemas(CHANGED)).await;
    for _ in 0..2 {
        let entry = bed.read("offers", cheap.entry, &ar()).await;
        assert_eq!(
            Value::Object(entry.data.clone()),
            json!({"title": "رخيص", "price": 150, "kind": ["news"], "body": null, "fresh": [], "rows": [{"id": "a", "n": 7}, {"id": "b", "n": null}]})
        );
        let listed: Vec<String> =
            entry.unresolved.iter().map(|place| format!("{} {}", place.pointer, place.reason.as_str())).collect();
        let expected = ["/data/kind/0", "/data/body", "/data/rows/1/n"];
        assert_eq!(listed, expected.map(|place| format!("{place} does_not_fit")));
        assert_eq!(bed.read("offers", odd.entry, &ar()).await.data["price"], Value::Null);
        // Keys are those of the numbers that are answered.
        assert_eq!(bed.titles("offers", None).await, ["رخيص", "غال", "بلا رقم"]);
        let query =
            ListQuery { filter: vec![("filter[price][lt]".to_owned(), "500".to_owned())], ..ListQuery::default() };
        let page = bed.cms.published_list(public(), "offers", query).await.unwrap().value;
        assert_eq!(page.items.len(), 1);
    }
    // Back again, everything is as it was published.
    let bed = bed.reopen(schemas(PRICES)).await;
    let entry = bed.read("offers", cheap.entry, &ar()).await;
    assert_eq!((entry.data["price"].clone(), entry.unresolved.len()), (json!("150"), 0));
    assert_eq!(entry.data["body"], json!({"html": "<p>نص <strong>مهم</strong></p>\n"}));
    assert_eq!(bed.titles("offers", None).await, ["غال", "رخيص", "بلا رقم"]);
}

pub(crate) async fn targets_that_a_field_takes_no_more_are_left_out(bed: &Bed) {
    let schemas = |collections: &str, kinds: &str| {
        let fields = format!(
            "
  - {{ handle: see, type: reference, reverse: seen_by, LABEL{collections} }}
  - {{ handle: any, type: reference, LABEL }}
  - {{ handle: files, type: asset, LABEL{kinds} }}
  - {{ handle: menu, type: navigation, LABEL{collections} }}
"
        );
        registry_of(&fields, "kind: list\nlocales: [ar]\nsort: [title]\npath: { ar: \"/offers/{slug}\" }")
    };
    let Some(bed) = Bed::open(bed.kind(), schemas("", "")).await else { return };
    let owner = bed.owner().await;
    let department = EntryId(owner.0);
    let own = bed.cms.manage_localization(&Actor::system(), department, &ar()).await.unwrap().state;
    bed.publish(&own).await;
    let picture = bed.upload(owner, "a.png", png(5)).await;
    let other = bed.publish(&bed.create("offers", owner, json!({ "title": "آخر" })).await).await;
    let data = json!({
        "title": "عرض", "see": [department, other.entry], "any": [department], "files": [picture],
        "menu": [{ "id": "a", "entry": department }],
    });
    let state = bed.publish(&bed.create("offers", owner, data).await).await;
    let before = "عرض:any(وزارة المالية:seen_by(عرض:files(a.png))):files(a.png):see(وزارة المالية آخر)";
    let after = "عرض:any(وزارة المالية:seen_by()):see(آخر)";
    let past = bed.cms.now();
    let left_out = ["/data/see/0", "/data/files/0", "/data/menu/0"].map(|place| format!("{place} does_not_fit"));
    let mut bed = bed;
    for (registry, expected, left_out, targets) in [
        (schemas("", ""), before, &left_out[..0], json!([department, other.entry])),
        (schemas(", collections: [offers]", ", accept: [document]"), after, &left_out[..], json!([other.entry])),
        (schemas(", collections: [departments, offers]", ""), before, &left_out[..0], json!([department, other.entry])),
    ] {
        bed = bed.reopen(registry).await;
        for request in [ReadRequest::from(public()), then(&bed, past).await] {
            let request = ReadRequest { selection: selection("see,any.seen_by"), ..request };
            let read = bed.cms.published_entry(request.clone(), "offers", state.entry, Some(&ar()), None).await;
            let EntryRead::Entry(entry) = read.unwrap().value else { panic!("not there") };
            let ReadRequest { scope, moment, selection } = request;
            let query = ListQuery { moment, selection, ..ListQuery::default() };
            let page = bed.cms.published_list(scope, "offers", query).await.unwrap().value;
            let listed = page.items.into_iter().find(|item| item.id == state.entry).unwrap();
            for entry in [*entry, listed] {
                let unresolved: Vec<String> = entry
                    .unresolved
                    .iter()
                    .map(|place| format!("{} {}", place.pointer, place.reason.as_str()))
                    .collect();
                assert_eq!((told(&entry).as_str(), &unresolved[..]), (expected, left_out));
                assert_eq!((&entry.data["see"], &entry.truncated), (&targets, &Vec::new()));
            }
        }
    }
}

pub(crate) async fn an_old_revision_is_published_whole_or_refused(bed: &Bed) {
    let Some(bed) = opened(bed).await else { return };
    let owner = bed.owner().await;
    let state = bed.create("offers", owner, offer("عرض", "150")).await;
    let bed = bed.reopen(schemas(CHANGED)).await;
    let refused = bed.cms.publish_one(&system(), item_of(&state, state.head, state.hash)).await;
    assert_eq!(refusal(refused), "faults /data/kind/0 not_an_option, /data/body wrong_type, /data/rows/1/n wrong_type");
    let limited = PRICES.replace("handle: extra, type: text", "handle: extra, type: text, max_chars: 2");
    let bed = bed.reopen(schemas(&limited)).await;
    let refused = bed.cms.publish_one(&system(), item_of(&state, state.head, state.hash)).await;
    assert_eq!(refusal(refused), "faults /data/extra too_long");
    // A field that nothing declares any more hinders nobody.
    let without = PRICES.lines().filter(|line| !line.contains("extra")).collect::<Vec<_>>().join("\n");
    let bed = bed.reopen(schemas(&without)).await;
    bed.cms.publish_one(&system(), item_of(&state, state.head, state.hash)).await.unwrap();
    assert_eq!(bed.read("offers", state.entry, &ar()).await.data["price"], "150");
}

pub(crate) async fn what_does_not_fit_is_kept_beside_the_data_when_it_is_saved_or_restored(bed: &Bed) {
    let Some(bed) = opened(bed).await else { return };
    let owner = bed.owner().await;
    let old = bed.create("offers", owner, offer("عرض", "150")).await;
    let bed = bed.reopen(schemas(CHANGED)).await;
    let work = bed.cms.manage_localization(&Actor::system(), old.entry, &ar()).await.unwrap();
    let kept = |kept: &[diwan_content::KeptAside]| -> Vec<String> {
        kept.iter().map(|kept| format!("{} {}", kept.pointer, kept.value)).collect()
    };
    let expected =
        ["/body \"نص **مهم**\"", "/extra \"زيادة\"", "/kind/0 \"law\"", "/rows/0/m \"م\"", "/rows/1/n \"سبعة\""];
    assert_eq!(kept(&work.kept_aside), expected);
    assert_eq!(
        (&work.data["price"], &work.data["kind"], work.data.get("extra")),
        (&json!(150), &json!(["news"]), None)
    );
    // What was read can be sent back.
    let saved = bed.save(&work.state, Value::Object(work.data.clone())).await;
    assert_eq!(kept(&saved.kept_aside), expected);
    let again = bed.cms.manage_localization(&Actor::system(), old.entry, &ar()).await.unwrap();
    assert_eq!((kept(&again.kept_aside), &again.data), (expected.map(str::to_owned).to_vec(), &work.data));
    bed.publish(&saved).await;
    let now = bed.now(&saved).await;
    let restored =
        bed.cms.restore_revision(&system(), old.entry, ar(), RevisionNumber(1), None, now.version).await.unwrap().value;
    assert_eq!(kept(&restored.kept_aside), expected);
    bed.publish(&restored).await;
    let revision = bed.cms.revision(&Actor::system(), old.entry, &ar(), RevisionNumber(1)).await.unwrap();
    assert_eq!((kept(&revision.kept_aside), &revision.data), (expected.map(str::to_owned).to_vec(), &work.data));
}

pub(crate) async fn the_texts_of_blueprints_are_kept(bed: &Bed) {
    let Some(bed) = opened(bed).await else { return };
    let owner = bed.owner().await;
    let state = bed.create("offers", owner, offer("عرض", "150")).await;
    let known = |bed: &Bed, number: i64| {
        let (cms, entry) = (bed.cms.clone(), state.entry);
        async move {
            let found = cms.revision(&Actor::system(), entry, &ar(), RevisionNumber(number)).await.unwrap();
            (found.summary.blueprint_known, found.summary.blueprint_hash)
        }
    };
    let first = known(&bed, 1).await;
    assert!(first.0);
    let bed = bed.reopen(schemas(CHANGED)).await;
    let today = bed.registry.find_blueprint("offers").unwrap().clone();
    assert_eq!(known(&bed, 1).await, first);
    let texts = tables(&bed, "blueprints").await;
    let offers: Vec<&Value> = texts.iter().filter(|row| row["handle"] == "offers").collect();
    assert_eq!(offers.len(), 2);
    let text = offers.iter().map(|row| row["text"].as_str().unwrap()).find(|text| text.contains("rich_text")).unwrap();
    let read = diwan_content::Blueprint::from_text(&today.handle, text).unwrap();
    assert_eq!(read.hash, today.hash);
    // Starting again keeps nothing twice.
    let bed = bed.reopen(schemas(CHANGED)).await;
    assert_eq!(tables(&bed, "blueprints").await, texts);
}

pub(crate) async fn other_spellings_are_no_change(bed: &Bed) {
    let Some(bed) = Bed::open(
        bed.kind(),
        schemas("\n  - { handle: price, type: number, LABEL }\n  - { handle: kind, type: text, LABEL }\n"),
    )
    .await
    else {
        return;
    };
    let owner = bed.owner().await;
    let first = bed.create("offers", owner, json!({"title": "آمال", "price": 1000, "kind": "é"})).await;
    let written = r#"{"title": "ا\u0653مال", "price": 1e3, "kind": "e\u0301"}"#;
    let input = RevisionInput { data: serde_json::from_str(written).unwrap(), ..RevisionInput::default() };
    let second = bed.save_as(&first, input).await.unwrap().value;
    assert_eq!(second.hash, first.hash);
    if second.head != first.head {
        let compared =
            bed.cms.compare_revisions(&Actor::system(), first.entry, &ar(), first.head, second.head).await.unwrap();
        assert!(compared.fields.is_empty(), "{:?}", compared.fields);
    }
    assert!(second.kept_aside.is_empty());
}

pub(crate) async fn a_check_sees_what_a_start_sees(bed: &Bed) {
    let Some(bed) = opened(bed).await else { return };
    let options = |registry: Registry| options_for(&bed, registry);
    assert_eq!(diwan_cms::Cms::survey(options(schemas(PRICES))).await.unwrap(), diwan_cms::Survey::default());
    let owner = bed.owner().await;
    let state = bed.create("offers", owner, offer("عرض", "150")).await;
    bed.publish(&state).await;
    let touched = diwan_cms::Cms::survey(options(schemas(CHANGED))).await.unwrap().touched;
    let told: Vec<String> = touched.iter().map(|one| format!("{} {} {}", one.field, one.heads, one.public)).collect();
    assert_eq!(told, ["body 1 1", "extra 1 1", "kind 1 1", "rows 1 1"]);
    let nothing = crate::support::small_registry(&[]);
    let refused = diwan_cms::Cms::survey(options(nothing.clone())).await.unwrap_err().to_string();
    assert_eq!(Some(refused.clone()), bed.opening_under(nothing).await);
    assert!(refused.contains("the collection offers (1 entries)"), "{refused}");
}

pub(crate) async fn localizations_and_the_past_are_answered_so_too(bed: &Bed) {
    let schemas = |price: &str, kind: &str| {
        let fields = format!(
            "\n  - {{ handle: price, type: {price}, localizable: true, LABEL }}\n  - {{ handle: kind, type: {kind}, LABEL }}\n"
        );
        let paths = "path: { ar: \"/offers/{slug}\", en: \"/en/offers/{slug}\" }";
        registry_of(&fields, &format!("kind: list\nlocales: [ar, en]\nsort: [title]\n{paths}"))
    };
    let Some(bed) = Bed::open(bed.kind(), schemas("text", "text")).await else { return };
    let owner = bed.owner().await;
    let arabic = bed.create("offers", owner, json!({"title": "عرض", "price": "150", "kind": "5"})).await;
    let arabic = bed.publish(&arabic).await;
    let english = bed.translate(arabic.entry, "offer", json!({"price": "soon"})).await;
    bed.publish(&english).await;
    let at = bed.cms.now();
    let saved = bed.save(&arabic, json!({"title": "عرض", "price": "200", "kind": "5"})).await;
    bed.publish(&saved).await;
    let bed = bed.reopen(schemas("number", "integer")).await;
    let english = bed.read("offers", arabic.entry, &en()).await;
    assert_eq!(Value::Object(english.data), json!({"title": "عرض", "price": null, "kind": 5}));
    assert_eq!(english.unresolved.len(), 1);
    assert_eq!(bed.read("offers", arabic.entry, &ar()).await.data["price"], 200);
    let past = then(&bed, at).await;
    let found = bed.cms.published_entry(past, "offers", arabic.entry, Some(&ar()), None).await.unwrap().value;
    let EntryRead::Entry(found) = found else { panic!("{found:?}") };
    assert_eq!(found.data["price"], 150);
}

pub(crate) async fn a_changed_blueprint_publishes_nothing(bed: &Bed) {
    const BEFORE: &str = "
  - { handle: kind, type: text, LABEL }
  - { handle: late, type: text, LABEL, if: { kind: event } }
  - { handle: pairs, type: key_value, LABEL }
  - { handle: box, type: group, LABEL, fields: [{ handle: open, type: text, LABEL }, { handle: secret, type: text, private: true, LABEL }] }
";
    let after = "
  - { handle: kind, type: text, LABEL }
  - { handle: late, type: text, LABEL }
  - { handle: pairs, type: grid, LABEL, fields: [{ handle: key, type: text, LABEL }] }
  - { handle: box, type: json, LABEL }
";
    let Some(bed) = Bed::open(bed.kind(), schemas_by_title(BEFORE)).await else { return };
    let owner = bed.owner().await;
    let data = json!({
        "title": "عرض", "kind": "news", "late": "سر", "pairs": [{"key": "أ", "value": "ب"}],
        "box": {"open": "علن", "secret": "سر"},
    });
    let state = bed.publish(&bed.create("offers", owner, data.clone()).await).await;
    let bed = bed.reopen(schemas_by_title(after)).await;
    let entry = bed.read("offers", state.entry, &ar()).await;
    let shown = json!({"title": "عرض", "kind": "news", "late": null, "pairs": [], "box": null});
    assert_eq!(Value::Object(entry.data), shown);
    let listed: Vec<&str> = entry.unresolved.iter().map(|place| place.pointer.as_str()).collect();
    assert_eq!(listed, ["/data/pairs", "/data/box"]);
    // The old revision is not published without its values.
    let refused = bed.cms.publish_one(&system(), item_of(&bed.now(&state).await, state.head, state.hash)).await;
    assert_eq!(refusal(refused), "faults /data/pairs/0/value unknown_field");
    // Saved and published under the blueprint of today, what it holds is public.
    let work = bed.cms.manage_localization(&Actor::system(), state.entry, &ar()).await.unwrap();
    let saved = bed.save(&work.state, Value::Object(work.data)).await;
    bed.publish(&saved).await;
    let entry = bed.read("offers", state.entry, &ar()).await;
    assert_eq!((&entry.data["late"], &entry.data["box"]), (&json!("سر"), &data["box"]));
    assert_eq!(entry.unresolved.len(), 0);
}

/// A collection of a title and some fields, ordered by title.
fn schemas_by_title(fields: &str) -> Registry {
    registry_of(fields, "kind: list\nlocales: [ar]\nsort: [title]\npath: { ar: \"/offers/{slug}\" }")
}

pub(crate) async fn fewer_references_are_no_reference_less(bed: &Bed) {
    let related =
        |max: u8| schemas_by_title(&format!("\n  - {{ handle: related, type: reference, max_items: {max}, LABEL }}\n"));
    let Some(bed) = Bed::open(bed.kind(), related(3)).await else { return };
    let owner = bed.owner().await;
    let (one, two) = (bed.department("قسم", None).await, bed.department("شعبة", None).await);
    for department in [one, two] {
        let id = diwan_content::EntryId(department.0);
        let draft = bed.cms.manage_localization(&Actor::system(), id, &ar()).await.unwrap().state;
        bed.publish(&draft).await;
    }
    let state = bed.create("offers", owner, json!({"title": "عرض", "related": [one, two]})).await;
    let state = bed.publish(&state).await;
    let bed = bed.reopen(related(1)).await;
    let entry = bed.read("offers", state.entry, &ar()).await;
    assert_eq!((&entry.data["related"], entry.unresolved.len()), (&Value::Null, 1));
    let refused = bed.cms.publish_one(&system(), item_of(&bed.now(&state).await, state.head, state.hash)).await;
    assert_eq!(refusal(refused), "faults /data/related wrong_type");
    let work = bed.cms.manage_localization(&Actor::system(), state.entry, &ar()).await.unwrap();
    assert_eq!((&work.data["related"], work.kept_aside.len()), (&Value::Null, 1));
    let input = RevisionInput { data: json!({"title": "عرض", "related": [one, two]}), ..RevisionInput::default() };
    assert_eq!(refusal(bed.save_as(&work.state, input).await), "faults /data/related wrong_type");
}

pub(crate) async fn what_only_the_origin_holds_today_is_left_out_of_a_translation(bed: &Bed) {
    let schemas = |localizable: bool| {
        let fields = format!(
            "\n  - {{ handle: price, type: integer, localizable: {localizable}, LABEL }}\n  - {{ handle: note, type: text, localizable: true, LABEL }}\n"
        );
        let paths = "path: { ar: \"/offers/{slug}\", en: \"/en/offers/{slug}\" }";
        registry_of(&fields, &format!("kind: list\nlocales: [ar, en]\nsort: [title]\n{paths}"))
    };
    let Some(bed) = Bed::open(bed.kind(), schemas(true)).await else { return };
    let owner = bed.owner().await;
    let arabic = bed.publish(&bed.create("offers", owner, json!({"title": "عرض", "price": 100})).await).await;
    let english = bed.translate(arabic.entry, "offer", json!({"price": 150, "note": "a"})).await;
    let bed = bed.reopen(schemas(false)).await;
    let work = bed.cms.manage_localization(&Actor::system(), arabic.entry, &en()).await.unwrap();
    assert_eq!(Value::Object(work.data.clone()), json!({"note": "a"}));
    assert_eq!(work.kept_aside.len(), 1);
    // What was read can be sent back, and an older revision comes back without it.
    let saved = bed.save(&work.state, Value::Object(work.data)).await;
    let restored = bed.cms.restore_revision(&system(), arabic.entry, en(), english.head, None, saved.version).await;
    bed.publish(&restored.unwrap().value).await;
    assert_eq!(bed.read("offers", arabic.entry, &en()).await.data["price"], 100);
}

pub(crate) async fn references_become_no_texts(bed: &Bed) {
    const BEFORE: &str = "
  - { handle: see, type: reference, LABEL, filterable: true }
  - { handle: link, type: link, LABEL }
  - { handle: box, type: group, LABEL, fields: [{ handle: see, type: reference, LABEL }] }
";
    let after = |many: &str| {
        format!(
            "
  - {{ handle: see, type: {many}, LABEL, filterable: true, searchable: 1 }}
  - {{ handle: link, type: text, LABEL, filterable: true }}
  - {{ handle: box, type: group, LABEL, fields: [{{ handle: see, type: json, LABEL }}] }}
"
        )
    };
    let Some(bed) = Bed::open(bed.kind(), schemas_by_title(BEFORE)).await else { return };
    let owner = bed.owner().await;
    let draft = bed.create("offers", owner, json!({ "title": "مسودة" })).await.entry;
    let link = format!("entry:{draft}");
    let data = json!({ "title": "عرض", "see": [draft], "link": link, "box": { "see": [draft] } });
    let state = bed.publish(&bed.create("offers", owner, data.clone()).await).await;
    let mut bed = bed;
    for many in ["text", "list"] {
        bed = bed.reopen(schemas_by_title(&after(many))).await;
        let entry = bed.read("offers", state.entry, &ar()).await;
        let shown = Value::Object(entry.data.clone()).to_string();
        assert!(!shown.contains(&draft.to_string()), "{shown}");
        let listed: Vec<String> =
            entry.unresolved.iter().map(|place| format!("{} {}", place.pointer, place.reason.as_str())).collect();
        assert_eq!(listed, ["/data/see", "/data/link", "/data/box/see"].map(|place| format!("{place} does_not_fit")));
        for (field, value) in [("see", draft.to_string()), ("link", link.clone())] {
            let filter = vec![(format!("filter[{field}][eq]"), value)];
            let query = ListQuery { filter, ..ListQuery::default() };
            let page = bed.cms.published_list(public(), "offers", query).await.unwrap().value;
            assert_eq!(page.items.len(), 0, "{field}");
        }
        let refused = bed.cms.publish_one(&system(), item_of(&bed.now(&state).await, state.head, state.hash)).await;
        let expected = ["see", "link", "box/see"].map(|place| format!("/data/{place} was_reference")).join(", ");
        assert_eq!(refusal(refused), format!("faults {expected}"));
        // An editor finds it beside the data.
        let work = bed.cms.manage_localization(&Actor::system(), state.entry, &ar()).await.unwrap();
        let kept: Vec<&str> = work.kept_aside.iter().map(|kept| kept.pointer.as_str()).collect();
        assert_eq!(kept, ["/box/see", "/link", "/see"]);
    }
    let bed = bed.reopen(schemas_by_title(BEFORE)).await;
    let entry = bed.read("offers", state.entry, &ar()).await;
    assert!(entry.unresolved.iter().all(|place| place.reason.as_str() == "not_public"), "{:?}", entry.unresolved);
}
