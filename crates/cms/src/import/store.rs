//! One file into the database: entry, revision, source and publication in one transaction.

use std::collections::BTreeMap;

use diwan_content::{
    Actor, ContentHash, EntryId, EventKind, EventSubject, Locale, Owner, Pointer, Rank, RevisionContent,
    RevisionNumber, fold_text, resolve, rights::ActorRef,
};
use diwan_store::{Department, Entry, ImportSource, ImportedPlace, Localization, Person, Revision, Title, WriteTx};

use super::{FileResult, deleted::place_then, fault_lines, ready::Ready};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_data,
    error::CmsError,
    publishing::{PlanItem, Planner, RenderCache, Rendering, title_of},
    verbs::apply_plan,
};

/// What a transaction did.
#[derive(Debug)]
pub(super) enum Stored {
    Published,
    Draft(String),
    HeldBack(String),
    Updated,
    Unchanged,
    NeedsWithdrawal(String),
    Kept(String),
    Conflict(String),
}

impl From<Stored> for FileResult {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Published => Self::Published,
            Stored::Draft(why) => Self::Draft(why),
            Stored::HeldBack(why) => Self::HeldBack(why),
            Stored::Kept(why) => Self::Kept(why),
            Stored::Updated => Self::Updated,
            Stored::Unchanged => Self::Unchanged,
            Stored::NeedsWithdrawal(why) => Self::NeedsWithdrawal(why),
            Stored::Conflict(why) => Self::Conflict(why),
        }
    }
}

/// How an entry here compares with its file.
enum Standing {
    /// Nothing is to be stored.
    Settled(Stored),
    /// It is new, was changed there, or was held back until now.
    Open,
}

impl Cms {
    /// Stores a file in one transaction.
    pub(super) async fn store_file_once(&self, ready: &Ready) -> Result<Stored, CmsError> {
        let mut tx = self.store().begin(self.now()).await?;
        let outcome = store_file(self, &mut tx, ready).await;
        Ok(tx.end(outcome).await?.value)
    }
}

async fn store_file(cms: &Cms, tx: &mut WriteTx, ready: &Ready) -> Result<Stored, CmsError> {
    let Ready { converted, collection, .. } = ready;
    let id = converted.origin.unwrap_or(converted.entry);
    let locale = &converted.locale;
    let entry = tx.find_entry(id).await?;
    let localization = tx.find_localization(id, locale).await?;
    if let Standing::Settled(stored) = standing(tx, ready, entry.as_ref(), localization.as_ref()).await? {
        return Ok(stored);
    }
    let origin = match (&converted.origin, locale == collection.origin()) {
        (Some(_), false) => {
            let Some(origin) = tx.find_head(id, collection.origin()).await? else {
                return Ok(Stored::Conflict("its origin was not imported".to_owned()));
            };
            Some(origin)
        }
        (Some(_) | None, _) => None,
    };
    if entry.is_none() {
        if collection.kind.is_single() {
            tx.lock_collection(&collection.handle).await?;
            if tx.has_entries(&collection.handle).await? {
                return Ok(Stored::Conflict(format!("{} has its one entry here", collection.handle)));
            }
        }
        let holder = if collection.owner == Owner::Itself { ready.above } else { ready.owner };
        if tx.hold_department(holder).await? {
            return Ok(Stored::Conflict("its department is in the trash here".to_owned()));
        }
        insert_entry(tx, ready, id).await?;
    }
    let made = revision_of(cms, tx, ready, id, localization.as_ref(), origin.as_ref());
    let head = match &localization {
        Some(_) => tx.find_head(id, locale).await?,
        None => None,
    };
    // A file that was only moved, or that waited for its blueprint, needs no revision of its own.
    let same = head.filter(|head| says_the_same(head, &made));
    let (revision, is_new) = same.map_or((made, true), |head| (head, false));
    if is_new {
        store_revision(cms, tx, ready, &revision, entry.is_none(), localization.is_some(), origin.as_ref()).await?;
    }
    put_source(tx, ready, &revision).await?;
    let public = tx.find_localization(id, locale).await?.and_then(|here| here.published);
    Ok(match (ready.why_not_public(), public) {
        (Some(why), Some(public)) => needs_withdrawal(why, public),
        (Some(why), None) => Stored::Draft(why.to_owned()),
        (None, Some(public)) if public == revision.number => Stored::Unchanged,
        (None, public) => match publish_imported(cms, tx, ready, &revision).await? {
            Some(why) => Stored::HeldBack(held_back(&why, public)),
            None if localization.is_some() => Stored::Updated,
            None => Stored::Published,
        },
    })
}

/// Compares item, place and bytes: what changed here, what there.
async fn standing(
    tx: &WriteTx,
    ready: &Ready,
    entry: Option<&Entry>,
    localization: Option<&Localization>,
) -> Result<Standing, CmsError> {
    let Ready { converted, collection, source, .. } = ready;
    let conflict = |why: String| Ok(Standing::Settled(Stored::Conflict(why)));
    let is_trashed = entry.is_some_and(|entry| entry.trashed_at.is_some());
    let elsewhere = entry.filter(|entry| entry.collection != collection.handle);
    let Some(here) = localization else {
        return match elsewhere {
            _ if is_trashed => conflict("the entry is in the trash here".to_owned()),
            Some(found) => conflict(format!("the entry belongs to {} here", found.collection)),
            None => Ok(Standing::Open),
        };
    };
    let Some(before) = tx.find_import_source(source).await? else {
        return conflict("an entry of that id was made here, or imported from another site".to_owned());
    };
    let is_same = before.source_hash == converted.source_hash && place_of_source(tx, &before).await? == ready.place;
    let changed_here = if here.head != before.revision {
        Some(format!("revision {} was saved here since revision {} was imported", here.head, before.revision))
    } else if is_trashed {
        Some("the entry is in the trash here".to_owned())
    } else if ready.why_not_public().is_none() && here.was_public && here.published.is_none() {
        Some("it was withdrawn here".to_owned())
    } else {
        None
    };
    if let (None, true, Some(why)) = (&changed_here, is_same, ready.why_not_public()) {
        let stored = here.published.map_or(Stored::Unchanged, |public| needs_withdrawal(why, public));
        return Ok(Standing::Settled(stored));
    }
    Ok(match (changed_here, is_same) {
        (Some(why), true) => Standing::Settled(Stored::Kept(why)),
        (Some(why), false) => return conflict(why),
        (None, true) if here.published == Some(here.head) => Standing::Settled(Stored::Unchanged),
        (None, _) => match elsewhere {
            Some(found) => return conflict(format!("the entry belongs to {} here", found.collection)),
            None => Standing::Open,
        },
    })
}

/// Where the file was when it was imported last; nowhere if that is not known.
async fn place_of_source(tx: &WriteTx, before: &ImportSource) -> Result<String, CmsError> {
    let ImportSource { source, place, entry, locale, revision, .. } = before.clone();
    let imported = ImportedPlace { source, place, entry, locale, revision };
    Ok(place_then(tx, &imported).await?.unwrap_or_default())
}

/// Whether two revisions say the same, but for where their files are.
fn says_the_same(one: &Revision, other: &Revision) -> bool {
    let without_path = |revision: &Revision| {
        let text = revision.content.foreign_text.as_deref().unwrap_or("null");
        let mut foreign: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        if let Some(path) = foreign.pointer_mut("/source/path") {
            *path = serde_json::Value::Null;
        }
        let content =
            RevisionContent { foreign_text: None, blueprint_hash: ContentHash::of(b""), ..revision.content.clone() };
        (content, foreign)
    };
    without_path(one) == without_path(other)
}

async fn store_revision(
    cms: &Cms,
    tx: &mut WriteTx,
    ready: &Ready,
    revision: &Revision,
    is_new_entry: bool,
    is_update: bool,
    origin: Option<&Revision>,
) -> Result<(), CmsError> {
    let title = title_text(cms, ready, origin)?;
    let folded = fold_text(&title);
    let title = Title { text: &title, folded: &folded };
    put_author(tx, ready).await?;
    if is_update {
        tx.append_revision(&ready.permit, revision, title).await?;
    } else {
        tx.insert_localization(&ready.permit, revision, title).await?;
    }
    record_saved(tx, ready, revision, is_new_entry, is_update);
    Ok(())
}

fn held_back(why: &str, public: Option<RevisionNumber>) -> String {
    let stays = public.map(|public| format!("; revision {public} stays public here")).unwrap_or_default();
    format!("{why}{stays}")
}

fn needs_withdrawal(why: &str, public: RevisionNumber) -> Stored {
    Stored::NeedsWithdrawal(format!("{why}, and revision {public} stays public here until somebody withdraws it"))
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
    // An alias is unique in its collection; of a site with a name it belongs to that site.
    let alias = match &ready.site {
        Some(site) => format!("{site}:{}", converted.foreign_id),
        None => converted.foreign_id.clone(),
    };
    let entry = Entry {
        id,
        collection: collection.handle.clone(),
        blueprint: converted.blueprint.clone(),
        department: *owner,
        foreign_id: is_alias.then_some(alias),
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
        slug: Some(slug.clone()),
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
        site: ready.site.clone(),
        place: Some(ready.place.clone()),
        entry: revision.entry,
        locale: revision.locale.clone(),
        revision: revision.number,
        source_hash: ready.converted.source_hash,
        source_bytes: ready.raw.as_bytes().to_vec(),
    };
    Ok(tx.put_import_source(&ready.permit, &source).await?)
}

/// Publishes what was just saved, with the original times; says why it is held back where it cannot be public or would lose
/// something.
async fn publish_imported(
    cms: &Cms,
    tx: &mut WriteTx,
    ready: &Ready,
    revision: &Revision,
) -> Result<Option<String>, CmsError> {
    let losses = &ready.converted.losses;
    if !losses.is_empty() {
        return Ok(Some(format!("it would lose {}", losses.join("; "))));
    }
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
    let actor = Actor::system();
    let mut cache = RenderCache::default();
    let planner = Planner {
        queries: tx,
        cms,
        actor: &actor,
        cache: &mut cache,
        rendering: Rendering::Allowed,
        locked: BTreeMap::new(),
    };
    let plan = planner.plan(&items).await?;
    if !plan.faults.is_empty() {
        return Ok(Some(fault_lines(&plan.faults).join("; ")));
    }
    apply_plan(cms, tx, &plan, &items, std::slice::from_ref(&ready.permit), &actor, EventKind::Imported).await?;
    Ok(None)
}
