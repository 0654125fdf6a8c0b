//! Entries and localizations as editors see them.

use diwan_content::{
    Actor, CalendarDate, ContentHash, DepartmentId, EntryId, Fault, Handle, KeptAside, Locale, Rank, RevisionNumber,
    Status, Timestamp, fold_text,
    rights::{Action, ActorRef},
    seal_cursor,
};
use diwan_store::{ManagementFilter, ManagementPlace, Revision};
use serde_json::{Map, Value};

use crate::{
    cms::{Cms, blueprint_of},
    error::{CmsError, Thing},
    frame::{
        authority::permit_on_entry,
        states::{LocalizationState, origin_head, state_of},
    },
    reads::check_size,
};

/// Which localizations a management list shows, as sent.
#[derive(Debug, Clone, Default)]
pub struct ManagementList {
    /// In this collection.
    pub collection: Option<Handle>,
    /// In this locale.
    pub locale: Option<Locale>,
    /// With this status.
    pub status: Option<Status>,
    /// Whose title contains this, in any spelling.
    pub title: Option<String>,
    /// Owned by this department.
    pub department: Option<DepartmentId>,
    /// Size of a page, 1 to 100.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
}

/// An entry with its localizations.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedEntry {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its blueprint.
    pub blueprint: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// What another system called it.
    pub foreign_id: Option<String>,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRef,
    /// Its localizations.
    pub localizations: Vec<ManagedItem>,
}

/// A localization in lists.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedItem {
    /// What names the head.
    pub title: String,
    /// Where it stands.
    pub state: LocalizationState,
}

/// A localization with what its head holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedLocalization {
    /// Where it stands.
    pub state: LocalizationState,
    /// Its blueprint.
    pub blueprint: Handle,
    /// The locale that holds what is not localizable.
    pub origin: Locale,
    /// Own values of the head that today's blueprint takes, and those that only exceed a limit of it.
    pub data: Map<String, Value>,
    /// Values that are kept beside the data: today's blueprint does not take them.
    pub kept_aside: Vec<KeptAside>,
    /// The values with what is inherited from the origin's head.
    pub resolved: Map<String, Value>,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Place among siblings.
    pub rank: Option<Rank>,
    /// Date of dated entries.
    pub date: Option<CalendarDate>,
    /// Why the head was saved.
    pub note: Option<String>,
    /// By whom.
    pub author: ActorRef,
    /// When.
    pub saved_at: Timestamp,
    /// Revision of the origin that the head translates.
    pub translates: Option<RevisionNumber>,
}

/// A page of a management list.
#[derive(Debug, Clone)]
pub struct ManagedPage {
    /// Localizations, the last changed first.
    pub items: Vec<ManagedItem>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
}

impl Cms {
    /// An entry with its localizations.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn manage_entry(&self, actor: &Actor, id: EntryId) -> Result<ManagedEntry, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, entry) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let mut localizations = Vec::new();
        for localization in snapshot.localizations(id).await? {
            let state = state_of(&snapshot, &entry, &localization).await?;
            localizations.push(ManagedItem { title: localization.title, state });
        }
        Ok(ManagedEntry {
            id,
            collection: entry.collection,
            blueprint: entry.blueprint,
            department: entry.department,
            foreign_id: entry.foreign_id,
            trashed_at: entry.trashed_at,
            created_at: entry.created_at,
            created_by: entry.created_by,
            localizations,
        })
    }

    /// A localization with what its head holds.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn manage_localization(
        &self,
        actor: &Actor,
        id: EntryId,
        locale: &Locale,
    ) -> Result<ManagedLocalization, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, entry) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let localization = snapshot.find_localization(id, locale).await?;
        let localization = localization.ok_or_else(|| CmsError::NotFound(Thing::Localization(id, locale.clone())))?;
        let head = snapshot.find_revision(id, locale, localization.head).await?;
        let head = head.ok_or_else(|| CmsError::damaged("a localization has no head"))?;
        let collection = self.collection(entry.collection.as_str())?;
        let origin = origin_head(&snapshot, id, &collection, locale).await?;
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?;
        let (data, kept_aside) = self.editable(&head, blueprint, &collection)?;
        let origin_data = match &origin {
            Some(origin) => Some(self.editable(origin, blueprint, &collection)?.0),
            None => None,
        };
        let resolved = diwan_content::resolve(blueprint, &data, origin_data.as_ref());
        let state = state_of(&snapshot, &entry, &localization).await?;
        let Revision { content, at, author, note, translates, .. } = head;
        Ok(ManagedLocalization {
            state,
            blueprint: entry.blueprint,
            origin: collection.origin().clone(),
            data: data.as_map().clone(),
            kept_aside,
            resolved,
            parent: content.parent,
            rank: content.rank,
            date: content.date,
            note,
            author,
            saved_at: at,
            translates,
        })
    }

    /// Localizations within the actor's scope, the last changed first.
    ///
    /// # Errors
    /// No right to read drafts anywhere; parameters that cannot be read.
    pub async fn manage_list(&self, actor: &Actor, list: ManagementList) -> Result<ManagedPage, CmsError> {
        let ManagementList { collection, locale, status, title, department, size, after } = list;
        let snapshot = self.store().snapshot().await?;
        let scope = actor.scope(&snapshot.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let mut faults: Vec<Fault> = Vec::new();
        let size = check_size(size, &mut faults);
        let filter = ManagementFilter {
            collection,
            locale,
            status,
            title_folded: title.map(|title| fold_text(&title)).filter(|title| !title.is_empty()),
            department,
        };
        let query = ContentHash::of(format!("{} {filter:?}", actor.reference).as_bytes());
        let place = self.check_cursor(&query, after, &mut faults).and_then(|bytes| read_place(&bytes));
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let mut rows = snapshot.list_localizations(&scope, &filter, place.as_ref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = rows.last().filter(|_| more).map(|(_, last)| {
            let place = format!("{}|{}|{}", last.changed_at.unix_ms(), last.entry, last.locale);
            seal_cursor(&self.parts().cursor_secret, &query, place.as_bytes())
        });
        let mut items = Vec::with_capacity(rows.len());
        for (entry, localization) in rows {
            let state = state_of(&snapshot, &entry, &localization).await?;
            items.push(ManagedItem { title: localization.title, state });
        }
        Ok(ManagedPage { items, next, size })
    }
}

fn read_place(bytes: &[u8]) -> Option<ManagementPlace> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut parts = text.split('|');
    let changed_at = Timestamp::from_unix_ms(parts.next()?.parse().ok()?).ok()?;
    Some(ManagementPlace { changed_at, entry: parts.next()?.parse().ok()?, locale: parts.next()?.parse().ok()? })
}
