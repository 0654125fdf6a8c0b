//! Many published entries, written straight into the store: for stories and measurements over thousands of them.

use diwan_content::{
    Actor, Blueprint, Collection, ContentHash, DepartmentId, EntryId, EventKind, EventSubject, Locale, Permit,
    Registry, RevisionContent, RevisionNumber, Slug, Subject, Timestamp, list_keys, present,
    rights::{Action, ActorRef, Hierarchy},
};
use diwan_store::{Entry, Publication, PublicationKind, PublishedReference, PublishedTarget, Revision, Store, Title};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub(crate) const ARTICLE_BLUEPRINT: &str = "handle: articles
label: { ar: مقال, en: Article }
fields:
  - { handle: title, type: text, label: { ar: العنوان, en: Title }, required: true, filterable: true }
  - { handle: kind, type: select, label: { ar: النوع, en: Kind }, max_items: 1, filterable: true, options: [{ value: news, label: { ar: خبر, en: News } }, { value: event, label: { ar: فعالية, en: Event } }, { value: report, label: { ar: تقرير, en: Report } }, { value: notice, label: { ar: إعلان, en: Notice } }] }
  - { handle: topics, type: list, label: { ar: المواضيع, en: Topics }, filterable: true }
  - { handle: year, type: integer, label: { ar: السنة, en: Year }, filterable: true }
  - { handle: category, type: reference, label: { ar: التصنيف, en: Category }, collections: [categories, hidden], max_items: 1, filterable: true }
  - { handle: related, type: reference, label: { ar: ذو صلة, en: Related }, collections: [categories, hidden], filterable: true }
  - { handle: secret, type: text, label: { ar: سر, en: Secret }, private: true }
  - { handle: note, type: text, label: { ar: ملاحظة, en: Note } }
  - { handle: body, type: textarea, label: { ar: المتن, en: Body } }
";
pub(crate) const ARTICLES: &str = "handle: articles
kind: list
label: { ar: مقالات, en: Articles }
blueprints: [articles]
locales: [ar]
title_field: title
dated: true
owner: required
sort: [-date, title]
indexes: [[title], [kind, -date], [topics, -date], [department, -date], [category, -date], [-year, title]]
search: { enabled: false }
";
pub(crate) const CATEGORY_BLUEPRINT: &str = "handle: categories
label: { ar: تصنيف, en: Category }
fields:
  - { handle: title, type: text, label: { ar: الاسم, en: Name }, required: true, localizable: true, filterable: true }
  - { handle: code, type: integer, label: { ar: الرمز, en: Code }, filterable: true }
  - { handle: clue, type: text, label: { ar: قرينة, en: Clue }, private: true }
";

/// A collection of categories.
pub(crate) fn categories(handle: &str, access: &str) -> String {
    format!(
        "handle: {handle}\nkind: list\nlabel: {{ ar: تصنيفات, en: Categories }}\nblueprints: [categories]\nlocales: [ar, en]\n\
         title_field: title\nowner: required\nsort: [title]\naccess: {access}\nsearch: {{ enabled: false }}\n"
    )
}

/// One entry to be made public in Arabic.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    pub(crate) id: u128,
    pub(crate) department: DepartmentId,
    pub(crate) date: String,
    pub(crate) data: Value,
}

/// The n-th of many articles: every value follows from the number.
pub(crate) fn article(number: u128, body: &str) -> Seed {
    let kinds = ["news", "event", "report", "notice"];
    let topics = [format!("موضوع {}", number % 7), format!("موضوع {}", 7 + number % 11)];
    Seed {
        id: ARTICLE + number,
        department: DepartmentId(Uuid::from_u128(DEPARTMENT + number % 5)),
        date: format!("{}-{:02}-{:02}", 2000 + number % 25, 1 + number % 12, 1 + number % 28),
        data: json!({
            "title": format!("مقال {} عن {}", number * 7_919 % 100_003, topics[1]),
            "kind": kinds[usize::try_from(number % 4).unwrap()],
            "topics": topics,
            "year": 1990 + number % 30,
            "category": EntryId(Uuid::from_u128(CATEGORY + number % 20)),
            "body": body,
        }),
    }
}

/// Ids of articles, departments and categories begin here.
pub(crate) const ARTICLE: u128 = 0xA000_0000_0000_4000_8000_0000_0000_0000;
pub(crate) const DEPARTMENT: u128 = 0xD000_0000_0000_4000_8000_0000_0000_0000;
pub(crate) const CATEGORY: u128 = 0xC000_0000_0000_4000_8000_0000_0000_0000;

/// Makes entries of one collection public, a few hundred in a transaction.
pub(crate) async fn publish(store: &Store, registry: &Registry, collection: &str, seeds: &[Seed]) {
    let collection = registry.find_collection(collection).unwrap().clone();
    let blueprint = registry.blueprints_of(&collection).next().unwrap().clone();
    let at = Timestamp::from_unix_ms(1_700_000_000_000).unwrap();
    for batch in seeds.chunks(500) {
        let mut tx = store.begin(at).await.unwrap();
        for seed in batch {
            put(&mut tx, &collection, &blueprint, seed, at).await.unwrap();
        }
        tx.end(Ok::<_, diwan_store::StoreError>(())).await.unwrap();
    }
}

async fn put(
    tx: &mut diwan_store::WriteTx,
    collection: &Collection,
    blueprint: &Blueprint,
    seed: &Seed,
    at: Timestamp,
) -> Result<(), diwan_store::StoreError> {
    let permit = permit();
    let (id, locale) = (EntryId(Uuid::from_u128(seed.id)), collection.origin().clone());
    let revision = revision(id, &locale, blueprint, seed, at);
    let title = seed.data["title"].as_str().unwrap();
    let entry = Entry {
        id,
        collection: collection.handle.clone(),
        blueprint: blueprint.handle.clone(),
        department: seed.department,
        foreign_id: None,
        trashed_at: None,
        created_at: at,
        created_by: ActorRef::System,
    };
    tx.insert_entry(&permit, &entry).await?;
    tx.insert_localization(&permit, &revision, Title { text: title, folded: title }).await?;
    let subject = EventSubject { entry: Some(id), locale: Some(locale.clone()), ..EventSubject::default() };
    let event = tx.record(&permit, EventKind::Imported, subject);
    let presented = present(blueprint, seed.data.as_object().unwrap());
    let text = serde_json::to_string(&presented).unwrap();
    let data_hash = ContentHash::of(text.as_bytes());
    tx.put_presented(&data_hash, &text).await?;
    // Times of their own, so that orders by them are orders.
    let published_at = Timestamp::from_unix_ms(at.unix_ms() + i64::try_from(seed.id % 1_000_000).unwrap()).unwrap();
    let publication = Publication {
        entry: id,
        locale: locale.clone(),
        collection: collection.handle.clone(),
        blueprint: blueprint.handle.clone(),
        department: seed.department,
        revision: RevisionNumber(1),
        origin_revision: RevisionNumber(1),
        slug: revision.content.slug.clone().unwrap_or_else(Slug::home),
        path: None,
        parent: None,
        rank: None,
        date: revision.content.date,
        title: title.to_owned(),
        data_hash,
        first_published_at: published_at,
        published_at,
        presented_under: Some(blueprint.shape),
    };
    tx.open_publication(&permit, &publication, PublicationKind::Live, event).await?;
    tx.insert_keys(&permit, id, &locale, &keys(collection, blueprint, &publication, &presented)).await?;
    let category = presented.get("category").and_then(Value::as_str).map(|target| PublishedReference {
        field: "category".to_owned(),
        target: PublishedTarget::Entry(target.parse().unwrap()),
    });
    tx.replace_references(&permit, id, &locale, category.as_slice()).await?;
    tx.set_published(&permit, id, &locale, Some(RevisionNumber(1))).await?;
    Ok(())
}

fn keys(
    collection: &Collection,
    blueprint: &Blueprint,
    publication: &Publication,
    presented: &Map<String, Value>,
) -> Vec<(String, Vec<u8>)> {
    let subject = Subject {
        entry: publication.entry,
        locale: &publication.locale,
        blueprint,
        presented,
        department: publication.department,
        parent: None,
        slug: &publication.slug,
        rank: None,
        date: publication.date,
        published_at: publication.published_at,
        first_published_at: publication.first_published_at,
    };
    list_keys(collection, &[blueprint], &subject)
}

fn revision(entry: EntryId, locale: &Locale, blueprint: &Blueprint, seed: &Seed, at: Timestamp) -> Revision {
    let content = RevisionContent {
        data_text: seed.data.to_string(),
        slug: Some(Slug::from_stored(format!("مقال-{:x}", seed.id % (1 << 40)))),
        parent: None,
        rank: None,
        date: seed.date.parse().ok(),
        foreign_text: None,
        blueprint: blueprint.handle.clone(),
        blueprint_hash: blueprint.hash,
    };
    Revision {
        entry,
        locale: locale.clone(),
        number: RevisionNumber(1),
        hash: content.hash(),
        content,
        at,
        author: ActorRef::System,
        note: None,
        based_on: None,
        translates: None,
    }
}

fn permit() -> Permit {
    Actor::system().permit(Action::Import, DepartmentId::MINISTRY, &Hierarchy::default()).unwrap()
}
