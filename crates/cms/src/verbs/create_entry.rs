//! Create an entry: its identity, its owner and the first revision of its origin.

use std::sync::Arc;

use diwan_content::{
    Actor, Blueprint, Collection, DepartmentId, EntryId, EventKind, EventSubject, Fault, FaultCode, Owner, Permit,
    Pointer, RevisionNumber, Slug,
    rights::{Action, Hierarchy, Target},
};
use diwan_store::{Department, Entry, Queries, Revision, Title, WriteTx};

use super::{
    revision::{Draft, Drafted, RevisionInput},
    trash::hold_department,
};
use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::{check_internal, permit},
        states::{LocalizationState, localization_state},
    },
};

/// A new entry with the first revision of its origin.
#[derive(Debug, Clone, Default)]
pub struct CreateEntry {
    /// Its id, where the caller brings one.
    pub id: Option<EntryId>,
    /// Its collection, as sent.
    pub collection: String,
    /// Its blueprint, as sent; the collection's default when absent.
    pub blueprint: Option<String>,
    /// Its locale, as sent; must be the collection's origin.
    pub locale: Option<String>,
    /// Its owner (for a department: the department above it).
    pub department: Option<DepartmentId>,
    /// What the first revision holds.
    pub revision: RevisionInput,
}

/// What a new entry is made as.
struct NewEntry {
    permit: Permit,
    entry: Entry,
    /// The department above, where the entry is itself a department.
    above: Option<DepartmentId>,
    revision: Revision,
    title: String,
    collection: Arc<Collection>,
    wanted_slug: Option<Slug>,
}

impl Cms {
    /// Makes an entry with the first revision of its origin. Nothing becomes public.
    ///
    /// # Errors
    /// Not allowed; faults in collection, blueprint, locale, department or content; the id is taken; the department is in the
    /// trash.
    pub async fn create_entry(
        &self,
        ctx: &WriteContext,
        input: CreateEntry,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        self.verb(ctx, "create", input.id, || self.create_entry_once(ctx, &input)).await
    }

    async fn create_entry_once(
        &self,
        ctx: &WriteContext,
        input: &CreateEntry,
    ) -> Result<Outcome<LocalizationState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let new = self.new_entry(&snapshot, ctx, input).await?;
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = insert(&mut tx, &new).await;
        tx.end(outcome).await
    }

    /// The same as a part of a larger transaction.
    pub(crate) async fn create_entry_in(
        &self,
        tx: &mut WriteTx,
        ctx: &WriteContext,
        input: &CreateEntry,
    ) -> Result<LocalizationState, CmsError> {
        let new = self.new_entry(tx, ctx, input).await?;
        insert(tx, &new).await
    }

    async fn new_entry(
        &self,
        queries: &Queries,
        ctx: &WriteContext,
        input: &CreateEntry,
    ) -> Result<NewEntry, CmsError> {
        let Kind { collection, blueprint } = self.kind(input)?;
        let hierarchy = queries.hierarchy().await?;
        let id = input.id.unwrap_or_else(|| EntryId(self.parts().ids.next_id()));
        if queries.find_entry(id).await?.is_some() {
            return Err(CmsError::Conflict(Conflict::IdTaken));
        }
        let Owned { permit, department, above } = own(&ctx.actor, &collection, id, input.department, &hierarchy)?;
        check_internal(self.registry(), &ctx.actor, Action::Create, &collection.handle, &hierarchy)?;
        refuse_second(queries, &collection).await?;
        let draft = Draft {
            queries,
            actor: &ctx.actor,
            entry: id,
            collection: &collection,
            blueprint: &blueprint,
            locale: collection.origin(),
            base: None,
            origin: None,
            at: Pointer::root(),
        };
        let Drafted { content, title, note, wanted_slug } = self.draft(draft, &input.revision).await?;
        let now = self.now();
        let author = permit.author();
        let entry = Entry {
            id,
            collection: collection.handle.clone(),
            blueprint: blueprint.handle.clone(),
            department,
            foreign_id: None,
            trashed_at: None,
            created_at: now,
            created_by: author,
        };
        let hash = content.hash();
        let revision = Revision {
            entry: id,
            locale: collection.origin().clone(),
            number: RevisionNumber(1),
            content,
            hash,
            at: now,
            author,
            note,
            based_on: None,
            translates: None,
        };
        Ok(NewEntry { permit, entry, above, revision, title, collection, wanted_slug })
    }

    /// Collection and blueprint as sent, or every fault in them.
    fn kind(&self, input: &CreateEntry) -> Result<Kind, CmsError> {
        let allowed = |handles: Vec<String>, at: &str| {
            Fault::new(Pointer::root().key(at), FaultCode::NotAllowedHere).with("allowed", handles)
        };
        let Some(collection) = self.registry().find_collection(&input.collection).cloned() else {
            let handles = self.registry().collections().map(|collection| collection.handle.to_string()).collect();
            return Err(CmsError::Faults(vec![allowed(handles, "collection")]));
        };
        let mut faults = Vec::new();
        let wanted = input.blueprint.as_deref().unwrap_or_else(|| collection.blueprints[0].as_str());
        let blueprint =
            self.registry().blueprints_of(&collection).find(|blueprint| blueprint.handle == wanted).cloned();
        if blueprint.is_none() {
            let handles = collection.blueprints.iter().map(ToString::to_string).collect();
            faults.push(allowed(handles, "blueprint"));
        }
        if input.locale.as_deref().is_some_and(|locale| locale != collection.origin().as_str()) {
            faults.push(allowed(vec![collection.origin().to_string()], "locale"));
        }
        if collection.owner == Owner::Required && input.department.is_none() {
            faults.push(Fault::new(Pointer::root().key("department"), FaultCode::Required));
        }
        match blueprint {
            Some(blueprint) if faults.is_empty() => Ok(Kind { collection, blueprint }),
            Some(_) | None => Err(CmsError::Faults(faults)),
        }
    }
}

struct Kind {
    collection: Arc<Collection>,
    blueprint: Arc<Blueprint>,
}

struct Owned {
    permit: Permit,
    department: DepartmentId,
    above: Option<DepartmentId>,
}

/// Who will own the entry, and the permit to make it there.
fn own(
    actor: &Actor,
    collection: &Collection,
    id: EntryId,
    department: Option<DepartmentId>,
    hierarchy: &Hierarchy,
) -> Result<Owned, CmsError> {
    let at = Pointer::root().key("department");
    match collection.owner {
        Owner::Itself => {
            let above = department.unwrap_or(DepartmentId::MINISTRY);
            let permit = permit_at(actor, Action::CreateDepartment, Target::Department(above), hierarchy, at)?;
            Ok(Owned { permit, department: DepartmentId::from(id), above: Some(above) })
        }
        Owner::Required => {
            let Some(department) = department else {
                return Err(CmsError::Faults(vec![Fault::new(at, FaultCode::Required)]));
            };
            let target = Target::Localization(department, &collection.handle, collection.origin());
            let permit = permit_at(actor, Action::Create, target, hierarchy, at)?;
            Ok(Owned { permit, department, above: None })
        }
    }
}

/// A department that is not there and one that the actor may not see are answered alike.
fn permit_at(
    actor: &Actor,
    action: Action,
    target: Target<'_>,
    hierarchy: &Hierarchy,
    at: Pointer,
) -> Result<Permit, CmsError> {
    let department = target.department();
    let unknown = || {
        let fault = Fault::new(at, FaultCode::UnknownTarget).with("id", department.to_string());
        CmsError::Faults(vec![fault])
    };
    if !hierarchy.contains(department) {
        return Err(unknown());
    }
    // Somebody who may do this nowhere learns that, not which departments there are.
    if actor.scope_for(action, hierarchy).is_err() {
        return Err(CmsError::Forbidden(action));
    }
    match permit(actor, action, target, hierarchy, Thing::Department(department)) {
        Err(CmsError::NotFound(_)) => Err(unknown()),
        other => other,
    }
}

/// A global or navigation has one entry, also while that one is in the trash: it may come back.
pub(crate) async fn refuse_second(queries: &Queries, collection: &Collection) -> Result<(), CmsError> {
    if collection.kind.is_single() && queries.has_entries(&collection.handle).await? {
        return Err(CmsError::Conflict(Conflict::SingleExists));
    }
    Ok(())
}

async fn insert(tx: &mut WriteTx, new: &NewEntry) -> Result<LocalizationState, CmsError> {
    let NewEntry { permit, entry, above, revision, title, collection, wanted_slug } = new;
    if collection.kind.is_single() {
        tx.lock_collection(&collection.handle).await?;
        refuse_second(tx, collection).await?;
    }
    hold_department(tx, above.unwrap_or(entry.department)).await?;
    if let Some(parent) = above {
        let department = Department { id: entry.department, parent: *parent, created_at: entry.created_at };
        tx.insert_department(permit, &department).await?;
        let subject = EventSubject { department: Some(entry.department), ..EventSubject::default() };
        tx.record(permit, EventKind::DepartmentCreated, subject);
    }
    tx.insert_entry(permit, entry).await?;
    let folded = diwan_content::fold_text(title);
    tx.insert_localization(permit, revision, Title { text: title, folded: &folded }).await?;
    let subject = EventSubject {
        entry: Some(entry.id),
        locale: Some(revision.locale.clone()),
        revision: Some(revision.number),
        department: Some(entry.department),
        content_hash: Some(revision.hash),
        ..EventSubject::default()
    };
    tx.record(permit, EventKind::EntryCreated, subject);
    let state = localization_state(tx, entry.id, &revision.locale).await?;
    Ok(state.wanting(wanted_slug.as_ref()))
}
