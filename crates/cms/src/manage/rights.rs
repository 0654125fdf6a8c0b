//! Who one is and what one may do, so that no tool shows what then fails; and why something is allowed or not.

use std::collections::BTreeMap;

use diwan_content::{
    Actor, Collection, DepartmentId, EntryId, Handle, KeyId, Locale, Owner, PersonId,
    rights::{Action, ActorRef, Grant, Hierarchy, Role, Target},
};

use crate::{
    cms::Cms,
    error::{CmsError, Thing},
    frame::authority::{check_internal, permit_on_entry},
};

/// Who asks.
#[derive(Debug, Clone)]
pub struct Me {
    /// The key, if one asks.
    pub key: Option<KeyId>,
    /// What people call the key.
    pub label: Option<String>,
    /// The person, or the one behind the key.
    pub person: Option<PersonId>,
    /// What they are called.
    pub name: Option<String>,
    /// What was granted.
    pub grants: Vec<Grant>,
    /// What may be done that is not about entries.
    pub actions: Vec<Action>,
    /// What may be done with entries.
    pub rights: Vec<Rights>,
}

/// What may be done with the entries of a department, in some of the collections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// Whose entries.
    pub department: DepartmentId,
    /// Of these collections.
    pub collections: Vec<Handle>,
    /// In these locales alone; `None`: in all.
    pub locales: Option<Vec<Locale>>,
    /// What. Actions on an entry as a whole are in the row of all locales alone.
    pub actions: Vec<Action>,
}

/// Why an action on something is allowed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Which action.
    pub action: Action,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Whose the thing is.
    pub department: DepartmentId,
    /// The grant that allows it.
    pub by: Option<Grant>,
    /// Changing an entry of this collection takes the right to publish everywhere as well.
    pub is_site_wide: bool,
    /// The roles that allow the action where they hold.
    pub roles: Vec<Role>,
}

/// In which locales, and what.
type Extent = (Option<Vec<Locale>>, Vec<Action>);

/// Actions that are about entries; others are about the installation, departments as such, or oneself.
const ON_ENTRIES: [Action; 10] = [
    Action::Read,
    Action::Create,
    Action::SaveOwn,
    Action::Save,
    Action::Trash,
    Action::TrashPublished,
    Action::Publish,
    Action::Withdraw,
    Action::RestoreRevision,
    Action::Transfer,
];

/// Of those, the ones that concern an entry in all of its locales.
const ON_WHOLE_ENTRIES: [Action; 3] = [Action::Trash, Action::TrashPublished, Action::Transfer];

impl Cms {
    /// Who asks, and what they may do where.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn me(&self, actor: &Actor) -> Result<Me, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let (key, own) = match actor.reference {
            ActorRef::Key(id) => (snapshot.find_key(id).await?, None),
            ActorRef::Person(id) => (None, Some(id)),
            ActorRef::Anonymous | ActorRef::System => (None, None),
        };
        let person = actor.on_behalf_of.or(own);
        let name = match person {
            Some(id) => snapshot.find_person(id).await?.and_then(|person| person.name),
            None => None,
        };
        let departments = hierarchy.subtree(DepartmentId::MINISTRY).into_iter();
        let rights = departments.flat_map(|department| self.rights_on(actor, department, &hierarchy)).collect();
        let elsewhere = Action::ALL.iter().copied().filter(|action| !ON_ENTRIES.contains(action));
        let is_person = matches!(actor.reference, ActorRef::Person(_));
        // A key has no account of its own.
        let is_own = |action: Action| action == Action::ManageOwnAccount;
        let may = |action: Action| if is_own(action) { is_person } else { actor.scope_for(action, &hierarchy).is_ok() };
        let actions = elsewhere.filter(|action| may(*action)).collect();
        let (key, label) = key.map_or((None, None), |key| (Some(key.id), key.label));
        Ok(Me { key, label, person, name, grants: actor.grants.clone(), actions, rights })
    }

    /// What may be done with the entries of one department; collections with the same rights are together.
    fn rights_on(&self, actor: &Actor, department: DepartmentId, hierarchy: &Hierarchy) -> Vec<Rights> {
        let mut rows: BTreeMap<Extent, Vec<Handle>> = BTreeMap::new();
        for collection in self.registry().collections() {
            let handle = &collection.handle;
            let may = |action: Action, target: Target<'_>| {
                deciding(actor, action, collection, target, hierarchy).is_some()
                    && check_internal(self.registry(), actor, action, handle, hierarchy).is_ok()
            };
            let whole: Vec<Action> =
                ON_ENTRIES.into_iter().filter(|action| may(*action, Target::Entry(department, handle))).collect();
            // What a locale has more than the whole.
            let mut more: BTreeMap<Vec<Action>, Vec<Locale>> = BTreeMap::new();
            for locale in &collection.locales {
                let target = Target::Localization(department, handle, locale);
                let here = ON_ENTRIES.into_iter().filter(|action| !ON_WHOLE_ENTRIES.contains(action));
                let here: Vec<Action> = here.filter(|action| may(*action, target) && !whole.contains(action)).collect();
                if !here.is_empty() {
                    more.entry(here).or_default().push(locale.clone());
                }
            }
            if !whole.is_empty() {
                rows.entry((None, whole)).or_default().push(handle.clone());
            }
            for (actions, locales) in more {
                rows.entry((Some(locales), actions)).or_default().push(handle.clone());
            }
        }
        let row = |((locales, actions), collections)| Rights { department, collections, locales, actions };
        rows.into_iter().map(row).collect()
    }

    /// Why an action on an entry, or in one of its locales, is allowed to the asker or not.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn explain(
        &self,
        actor: &Actor,
        action: Action,
        entry: EntryId,
        locale: Option<&Locale>,
    ) -> Result<Explained, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, found) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, entry, None).await?;
        let hierarchy = snapshot.hierarchy().await?;
        let collection = self.collection(found.collection.as_str())?;
        if let Some(locale) = locale.filter(|locale| !collection.locales.contains(locale)) {
            return Err(CmsError::NotFound(Thing::UnknownLocale(entry, locale.clone(), collection.locales.clone())));
        }
        let target = match locale.filter(|_| !ON_WHOLE_ENTRIES.contains(&action)) {
            Some(locale) => Target::Localization(found.department, &found.collection, locale),
            None => Target::Entry(found.department, &found.collection),
        };
        let by = deciding(actor, action, &collection, target, &hierarchy).cloned();
        let is_open = check_internal(self.registry(), actor, action, &found.collection, &hierarchy).is_ok();
        let is_site_wide = collection.is_internal() && action != Action::Read;
        let (allowed, department) = (by.is_some() && is_open, found.department);
        Ok(Explained { action, allowed, department, by, is_site_wide, roles: action.roles() })
    }
}

/// The grant by which the verbs allow an action on entries of a collection.
fn deciding<'a>(
    actor: &'a Actor,
    action: Action,
    collection: &Collection,
    target: Target<'_>,
    hierarchy: &Hierarchy,
) -> Option<&'a Grant> {
    let owns_itself = collection.owner == Owner::Itself;
    match (action, target) {
        // A department is made where it will be in the hierarchy, and belongs to itself.
        (Action::Create, _) if owns_itself => actor.deciding(Action::CreateDepartment, target.department(), hierarchy),
        (Action::Transfer, _) if owns_itself => None,
        // An entry begins in the origin locale.
        (Action::Create, Target::Localization(_, _, locale)) if locale != collection.origin() => None,
        _ => actor.deciding(action, target, hierarchy),
    }
}
