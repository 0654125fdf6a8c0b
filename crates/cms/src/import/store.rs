//! One file into the database: entry, revision, source and publication in one transaction.

use std::collections::BTreeMap;

use diwan_content::{
    EntryId, EventKind, EventSubject, Locale, Owner, Pointer, Rank, RevisionContent, RevisionNumber, fold_text,
    resolve, rights::ActorRef,
};
use diwan_store::{Department, Entry, ImportSource, Localization, Person, Revision, Title, WriteTx};

use super::{FileResult, Ready, fault_lines};
use crate::{
    cms::Cms,
    error::CmsError,
    frame::Step,
    publishing::{PlanItem, Planner, RenderCache, Rendering, apply_plan, blueprint_of, stored_data, title_of},
};

/// What a transaction did; kept apart from [`FileResult`] so that it can be written as JSON.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) enum Stored {
    Published,
    Draft(String),
    Updated,
    Unchanged,
    NeedsWithdrawal(String),
    Conflict(String),
}

impl From<Stored> for FileResult {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Published => Self::Published,
            Stored::Draft(why) => Self::Draft(why),
            Stored::Updated => Self::Updated,
            Stored::Unchanged => Self::Unchanged,
            Stored::NeedsWithdrawal(why) => Self::NeedsWithdrawal(why),
            Stored::Conflict(why) => Self::Conflict(why),
        }
    }
}

pub(super) async fn store_file(cms: &Cms, tx: &mut WriteTx, ready: &Ready) -> Result<Step<Stored>, CmsError> {
    let Ready { converted, collection, source, .. } = ready;
    let id = converted.origin.unwrap_or(converted.entry);
    let locale = &converted.locale;
    let entry = tx.find_entry(id).await?;
    let localization = tx.find_localization(id, locale).await?;
    let before = tx.find_import_source(source).await?;
    let is_update = match (&localization, &before) {
        (None, _) => false,
        (Some(_), None) => {
            return Ok(Step::Done(Stored::Conflict("an entry of that id was made here".to_owned())));
        }
        (Some(here), Some(before)) if here.head != before.revision => {
            let why = format!("revision {} was saved here since revision {} was imported", here.head, before.revision);
            return Ok(Step::Done(Stored::Conflict(why)));
        }
        (Some(_), Some(before)) if before.source_hash == converted.source_hash => {
            let public = localization.as_ref().filter(|_| !converted.published).and_then(|here| here.published);
            return Ok(Step::Done(public.map_or(Stored::Unchanged, needs_withdrawal)));
        }
        (Some(_), Some(_)) => true,
    };
    if let Some(found) = &entry {
        if found.trashed_at.is_some() {
            return Ok(Step::Done(Stored::Conflict("the entry is in the trash here".to_owned())));
        }
        if found.collection != collection.handle {
            let why = format!("the entry belongs to {} here", found.collection);
            return Ok(Step::Done(Stored::Conflict(why)));
        }
    }
    let origin = match (&converted.origin, locale == collection.origin()) {
        (Some(_), false) => {
            let Some(origin) = tx.find_head(id, collection.origin()).await? else {
                return Ok(Step::Done(Stored::Conflict("its origin was not imported".to_owned())));
            };
            Some(origin)
        }
        (Some(_) | None, _) => None,
    };
    if entry.is_none() {
        if collection.kind.is_single() {
            tx.lock_collection(&collection.handle).await?;
            if tx.has_entries(&collection.handle).await? {
                return Ok(Step::Done(Stored::Conflict(format!("{} has its one entry here", collection.handle))));
            }
        }
        insert_entry(tx, ready, id).await?;
    }
    let revision = revision_of(cms, tx, ready, id, localization.as_ref(), origin.as_ref());
    let title = title_text(cms, ready, origin.as_ref())?;
    let folded = fold_text(&title);
    let title = Title { text: &title, folded: &folded };
    let permit = &ready.permit;
    put_author(tx, ready).await?;
    match localization {
        Some(_) => tx.append_revision(permit, &revision, title).await?,
        None => tx.insert_localization(permit, &revision, title).await?,
    };
    record_saved(tx, ready, &revision, entry.is_none(), is_update);
    put_source(tx, ready, &revision).await?;
    let still_public = tx.find_localization(id, locale).await?.and_then(|here| here.published);
    if let (false, Some(public)) = (converted.published, still_public) {
        return Ok(Step::Done(needs_withdrawal(public)));
    }
    let unpublished = if converted.published {
        publish_imported(cms, tx, ready, &revision).await?
    } else {
        Some("it is a draft there".to_owned())
    };
    Ok(Step::Done(match unpublished {
        Some(why) => Stored::Draft(why),
        None if is_update => Stored::Updated,
        None => Stored::Published,
    }))
}

fn needs_withdrawal(public: RevisionNumber) -> Stored {
    Stored::NeedsWithdrawal(format!(
        "it is a draft there, and revision {public} stays public here until somebody withdraws it"
    ))
}

async fn insert_entry(tx: &mut WriteTx, ready: &Ready, id: EntryId) -> Result<(), CmsError> {
    let Ready { converted, collection, owner, above, permit, .. } = ready;
    if collection.owner == Owner::Itself && !tx.hierarchy().await?.contains(*owner) {
        let department = Department { id: *owner, parent: *above, created_at: tx.now() };
        tx.insert_department(permit, &department).await?;
        let subject = EventSubject { department: Some(*owner), ..EventSubject::default() };
        tx.record(permit, EventKind::DepartmentCreated, subject);
    }
    let is_alias = converted.foreign_id != id.to_string();
    let entry = Entry {
        id,
        collection: collection.handle.clone(),
        blueprint: converted.blueprint.clone(),
        department: *owner,
        foreign_id: is_alias.then(|| converted.foreign_id.clone()),
        trashed_at: None,
        created_at: converted.first_published_at.or(converted.updated_at).unwrap_or_else(|| tx.now()),
        created_by: author_of(ready),
    };
    Ok(tx.insert_entry(permit, &entry).await?)
}

fn author_of(ready: &Ready) -> ActorRef {
    ready.converted.author.as_ref().map_or_else(|| ready.permit.author(), |author| ActorRef::Person(author.person))
}

/// The author becomes a nameless row in `people`.
async fn put_author(tx: &mut WriteTx, ready: &Ready) -> Result<(), CmsError> {
    if let Some(author) = &ready.converted.author {
        let person = Person { id: author.person, name: None, created_at: tx.now() };
        tx.put_person(&ready.permit, &person).await?;
    }
    Ok(())
}

fn revision_of(
    cms: &Cms,
    tx: &WriteTx,
    ready: &Ready,
    id: EntryId,
    localization: Option<&Localization>,
    origin: Option<&Revision>,
) -> Revision {
    let Ready { converted, collection, data, slug, .. } = ready;
    let is_origin = origin.is_none();
    let blueprint_hash = cms.registry().find_blueprint(converted.blueprint.as_str()).map(|blueprint| blueprint.hash);
    let content = RevisionContent {
        data_text: data.to_stored(),
        slug: slug.clone(),
        parent: None,
        rank: (is_origin && collection.is_tree()).then(Rank::first),
        date: converted.date.filter(|_| is_origin && collection.dated),
        foreign_text: Some(serde_json::Value::Object(converted.foreign.clone()).to_string()),
        blueprint: converted.blueprint.clone(),
        blueprint_hash: blueprint_hash.unwrap_or_else(|| diwan_content::ContentHash::of(b"")),
    };
    let hash = content.hash();
    let based_on = localization.map(|found| found.head);
    Revision {
        entry: id,
        locale: converted.locale.clone(),
        number: based_on.map_or(RevisionNumber(1), RevisionNumber::next),
        content,
        hash,
        at: converted.updated_at.unwrap_or_else(|| tx.now()),
        author: author_of(ready),
        note: None,
        based_on,
        translates: origin.map(|origin| origin.number),
    }
}

fn title_text(cms: &Cms, ready: &Ready, origin: Option<&Revision>) -> Result<String, CmsError> {
    let blueprint = blueprint_of(cms.registry(), ready.converted.blueprint.as_str())?;
    let origin = origin.map(stored_data).transpose()?;
    Ok(title_of(&ready.collection, &resolve(blueprint, &ready.data, origin.as_ref())))
}

fn record_saved(tx: &mut WriteTx, ready: &Ready, revision: &Revision, new_entry: bool, is_update: bool) {
    let kind = match (new_entry, is_update) {
        (true, _) => EventKind::EntryCreated,
        (false, true) => EventKind::RevisionSaved,
        (false, false) => EventKind::LocalizationCreated,
    };
    let subject = EventSubject {
        entry: Some(revision.entry),
        locale: Some(revision.locale.clone()),
        revision: Some(revision.number),
        department: Some(ready.owner),
        content_hash: Some(revision.hash),
        ..EventSubject::default()
    };
    tx.record(&ready.permit, kind, subject);
}

async fn put_source(tx: &mut WriteTx, ready: &Ready, revision: &Revision) -> Result<(), CmsError> {
    let source = ImportSource {
        source: ready.source.clone(),
        entry: revision.entry,
        locale: revision.locale.clone(),
        revision: revision.number,
        source_hash: ready.converted.source_hash,
        source_bytes: ready.raw.as_bytes().to_vec(),
    };
    Ok(tx.put_import_source(&ready.permit, &source).await?)
}

/// Publishes what was just saved, with the original times; tells why it stays a draft where it cannot be public.
async fn publish_imported(
    cms: &Cms,
    tx: &mut WriteTx,
    ready: &Ready,
    revision: &Revision,
) -> Result<Option<String>, CmsError> {
    let locale: &Locale = &revision.locale;
    let localization = tx.find_localization(revision.entry, locale).await?;
    let localization = localization.ok_or_else(|| CmsError::internal("what was just saved is not there"))?;
    let item = PlanItem {
        entry: revision.entry,
        locale: locale.clone(),
        revision: revision.number,
        hash: revision.hash,
        version: localization.version,
        at: Pointer::root(),
        published_at: Some(revision.at),
        first_published_at: ready.converted.first_published_at,
    };
    let items = [item];
    let mut cache = RenderCache::default();
    let planner =
        Planner { queries: tx, cms, cache: &mut cache, rendering: Rendering::Allowed, locked: BTreeMap::new() };
    let plan = planner.plan(&items).await?;
    if !plan.faults.is_empty() {
        return Ok(Some(fault_lines(&plan.faults).join("; ")));
    }
    apply_plan(cms, tx, &plan, &items, std::slice::from_ref(&ready.permit), EventKind::Imported).await?;
    Ok(None)
}
