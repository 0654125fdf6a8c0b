//! Who may do what. [`Permit`] and [`Scope`] are made only here, from an actor and its grants.
//!
//! A permit proves that one action on one target is allowed; every verb and every change in the store takes one.
//! A scope bounds what a management query may see. [`PublicScope`] bounds what delivery and search may see.
//!
//! Their fields are private, so outside of this module an actor with its grants is the one way to them. This compiles:
//!
//! ```
//! use diwan_content::{Actor, DepartmentId, Permit, Scope, rights::{Action, Denied, Hierarchy, PublicScope}};
//! let ministry = Hierarchy::default();
//! let permit: Result<Permit, Denied> = Actor::system().permit(Action::Publish, DepartmentId::MINISTRY, &ministry);
//! assert_eq!(permit.map(|permit| permit.action()), Ok(Action::Publish));
//! let scope: Result<Scope, Denied> = Actor::anonymous().scope(&ministry);
//! assert_eq!(scope, Err(Denied::Forbidden));
//! let public: PublicScope = Actor::anonymous().public_scope();
//! assert!(!public.is_keyed());
//! ```
//!
//! and nothing of this does:
//!
//! ```compile_fail,E0451
//! use diwan_content::{DepartmentId, Permit, rights::{Action, ActorRef}};
//! let _ = Permit { action: Action::Publish, actor: ActorRef::System, on_behalf_of: None, department: DepartmentId::MINISTRY };
//! ```
//!
//! ```compile_fail,E0451
//! use diwan_content::Scope;
//! let _ = Scope { parts: Vec::new() };
//! ```
//!
//! ```compile_fail,E0451
//! use diwan_content::rights::PublicScope;
//! let _ = PublicScope { keyed: true };
//! ```
//!
//! ```compile_fail,E0616
//! use diwan_content::{Permit, rights::Action};
//! fn widen(mut permit: Permit) -> Permit {
//!     permit.action = Action::Publish;
//!     permit
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn made<T: Default>() -> T {
//!     T::default()
//! }
//! let _: diwan_content::Permit = made();
//! ```
//!
//! ```compile_fail,E0277
//! fn read<T: serde::de::DeserializeOwned>(text: &str) -> serde_json::Result<T> {
//!     serde_json::from_str(text)
//! }
//! let _: serde_json::Result<diwan_content::Scope> = read("{}");
//! ```

mod action;
mod actor_ref;
mod grant;
mod hierarchy;
mod past;
mod role;

pub use self::{
    action::Action,
    actor_ref::{ActorRef, NotAnActor},
    grant::{Grant, Target},
    hierarchy::Hierarchy,
    past::{Moment, NotYet, Past},
    role::{NotARole, Role},
};

use std::collections::BTreeSet;

use crate::{
    model::{Access, Collection},
    values::{DepartmentId, Handle, PersonId},
};

/// Who asks, with what was granted. A key acts on behalf of a person where one stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub reference: ActorRef,
    /// The person behind a key.
    pub on_behalf_of: Option<PersonId>,
    /// What was granted.
    pub grants: Vec<Grant>,
}

/// Why an action is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The actor may not even know that the target exists: answered as not found.
    Invisible,
    /// The actor may see the target but not do this.
    Forbidden,
}

/// Proof that one action on one department's content is allowed to one actor. Made only by [`Actor::permit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    action: Action,
    actor: ActorRef,
    on_behalf_of: Option<PersonId>,
    department: DepartmentId,
}

/// What a management query may see. Made only by [`Actor::scope`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    parts: Vec<ScopePart>,
}

/// Entries of some departments, and of some or all collections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopePart {
    /// Whose.
    pub departments: Departments,
    /// Of these collections; `None`: of all.
    pub collections: Option<BTreeSet<Handle>>,
}

/// Departments of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Departments {
    /// All.
    All,
    /// These alone.
    Only(BTreeSet<DepartmentId>),
}

/// What delivery and search may see: public collections, with a delivery key those with `access: key` too. Never a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicScope {
    keyed: bool,
}

impl Actor {
    /// Somebody unknown, who may read what is public.
    pub fn anonymous() -> Self {
        Self { reference: ActorRef::Anonymous, on_behalf_of: None, grants: Vec::new() }
    }

    /// Diwan itself, for what an operator starts on the machine.
    pub fn system() -> Self {
        let roles = [Role::DepartmentAdmin, Role::SystemAdmin];
        let grants = roles.map(|role| Grant::new(role, DepartmentId::MINISTRY)).into();
        Self { reference: ActorRef::System, on_behalf_of: None, grants }
    }

    /// Whether an action on something is allowed, as a permit.
    pub fn permit<'t>(
        &self,
        action: Action,
        target: impl Into<Target<'t>>,
        hierarchy: &Hierarchy,
    ) -> Result<Permit, Denied> {
        let target = target.into();
        if self.deciding(action, target, hierarchy).is_some() {
            let Self { reference, on_behalf_of, grants: _ } = self;
            let (actor, on_behalf_of, department) = (*reference, *on_behalf_of, target.department());
            return Ok(Permit { action, actor, on_behalf_of, department });
        }
        Err(match self.deciding(Action::Read, target, hierarchy) {
            Some(_) => Denied::Forbidden,
            None => Denied::Invisible,
        })
    }

    /// What a person may do with their own account, whatever was granted to them; `None` for keys and for nobody known.
    pub fn permit_own_account(&self) -> Option<Permit> {
        let ActorRef::Person(_) = self.reference else { return None };
        let (action, department) = (Action::ManageOwnAccount, DepartmentId::MINISTRY);
        Some(Permit { action, actor: self.reference, on_behalf_of: None, department })
    }

    /// The first grant that allows an action on something.
    pub fn deciding<'t>(&self, action: Action, target: impl Into<Target<'t>>, hierarchy: &Hierarchy) -> Option<&Grant> {
        let target = target.into();
        self.grants.iter().find(|grant| grant.allows(action, target, hierarchy))
    }

    /// What management queries of this actor may see; `Forbidden` when no grant lets it read anything.
    pub fn scope(&self, hierarchy: &Hierarchy) -> Result<Scope, Denied> {
        self.scope_for(Action::Read, hierarchy)
    }

    /// The same for queries that need another action than reading, such as events.
    pub fn scope_for(&self, action: Action, hierarchy: &Hierarchy) -> Result<Scope, Denied> {
        let mut parts: Vec<ScopePart> = Vec::new();
        for Grant { role: _, department, collections, locales: _ } in
            self.grants.iter().filter(|grant| grant.role.allows(action))
        {
            let departments = if *department == DepartmentId::MINISTRY {
                Departments::All
            } else {
                Departments::Only(hierarchy.subtree(*department))
            };
            // Grants of the same collections are one part, so that conditions stay few.
            match parts.iter_mut().find(|part| part.collections == *collections) {
                Some(part) => part.departments.add(departments),
                None => parts.push(ScopePart { departments, collections: collections.clone() }),
            }
        }
        if parts.is_empty() { Err(Denied::Forbidden) } else { Ok(Scope { parts }) }
    }

    /// Whether anything beyond reading what is published was granted.
    pub fn manages(&self) -> bool {
        self.grants.iter().any(|grant| grant.role != Role::Delivery)
    }

    /// What delivery and search may show this actor.
    pub fn public_scope(&self) -> PublicScope {
        let keyed = self.grants.iter().any(|grant| match grant.role {
            Role::Delivery | Role::Reader | Role::Author | Role::Editor | Role::Publisher => true,
            Role::DepartmentAdmin | Role::Auditor => true,
            Role::SystemAdmin => false,
        });
        PublicScope { keyed }
    }
}

impl Permit {
    /// What is allowed.
    pub fn action(&self) -> Action {
        self.action
    }

    /// To whom.
    pub fn actor(&self) -> ActorRef {
        self.actor
    }

    /// The person behind it, who counts as the author.
    pub fn on_behalf_of(&self) -> Option<PersonId> {
        self.on_behalf_of
    }

    /// On whose content.
    pub fn department(&self) -> DepartmentId {
        self.department
    }

    /// The same permit for what the action takes along elsewhere: pages below a page move with it, whoever owns them.
    #[must_use]
    pub fn for_consequence(&self, department: DepartmentId) -> Self {
        Self { department, ..self.clone() }
    }

    /// Who counts as the author of what is done under this permit.
    pub fn author(&self) -> ActorRef {
        self.on_behalf_of.map_or(self.actor, ActorRef::Person)
    }
}

impl Scope {
    /// What may be seen, part by part.
    pub fn parts(&self) -> &[ScopePart] {
        &self.parts
    }

    /// Whether everything may be seen.
    pub fn is_everything(&self) -> bool {
        self.parts.contains(&ScopePart { departments: Departments::All, collections: None })
    }

    /// Of whom anything may be seen.
    pub fn departments(&self) -> Departments {
        let mut all = Departments::Only(BTreeSet::new());
        self.parts.iter().for_each(|part| all.add(part.departments.clone()));
        all
    }

    /// Whose entries of a collection may be seen.
    pub fn owners(&self, collection: &Handle) -> Departments {
        let mut all = Departments::Only(BTreeSet::new());
        let has = |part: &&ScopePart| part.collections.as_ref().is_none_or(|only| only.contains(collection));
        self.parts.iter().filter(has).for_each(|part| all.add(part.departments.clone()));
        all
    }

    /// Whether things of that department may be seen that are no entries.
    pub fn contains(&self, department: DepartmentId) -> bool {
        self.parts.iter().any(|part| part.departments.contains(department))
    }

    /// Whether entries of that department and collection may be seen.
    pub fn contains_entry(&self, department: DepartmentId, collection: &Handle) -> bool {
        self.owners(collection).contains(department)
    }
}

impl Departments {
    /// Whether that one is among them.
    pub fn contains(&self, department: DepartmentId) -> bool {
        match self {
            Self::All => true,
            Self::Only(departments) => departments.contains(&department),
        }
    }

    fn add(&mut self, more: Self) {
        match (&mut *self, more) {
            (Self::All, _) => {}
            (Self::Only(departments), Self::Only(more)) => departments.extend(more),
            (Self::Only(_), Self::All) => *self = Self::All,
        }
    }
}

impl PublicScope {
    /// Whether what is published in a collection may be shown.
    pub fn allows(self, collection: &Collection) -> bool {
        match collection.access {
            Access::Public => true,
            Access::Key => self.keyed,
            Access::Internal => false,
        }
    }

    /// Whether collections with `access: key` may be shown.
    pub fn is_keyed(self) -> bool {
        self.keyed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BUDGET: DepartmentId = DepartmentId(Uuid::from_u128(1));
    const FORMS: DepartmentId = DepartmentId(Uuid::from_u128(2));
    const CUSTOMS: DepartmentId = DepartmentId(Uuid::from_u128(3));

    fn hierarchy() -> Hierarchy {
        Hierarchy::new([(BUDGET, DepartmentId::MINISTRY), (FORMS, BUDGET), (CUSTOMS, DepartmentId::MINISTRY)])
    }

    fn actor(role: Role, department: DepartmentId) -> Actor {
        Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants: vec![Grant::new(role, department)] }
    }

    #[test]
    fn a_grant_holds_in_its_subtree_and_nowhere_else() {
        let publisher = actor(Role::Publisher, BUDGET);
        let permit = |department| publisher.permit(Action::Publish, department, &hierarchy()).map(|p| p.department());
        assert_eq!(permit(BUDGET), Ok(BUDGET));
        assert_eq!(permit(FORMS), Ok(FORMS));
        assert_eq!(permit(CUSTOMS), Err(Denied::Invisible));
        assert_eq!(permit(DepartmentId::MINISTRY), Err(Denied::Invisible));
        let departments = publisher.scope(&hierarchy()).map(|scope| scope.departments());
        assert_eq!(departments, Ok(Departments::Only([BUDGET, FORMS].into())));
    }

    #[test]
    fn who_sees_a_thing_is_told_that_it_is_forbidden_and_who_does_not_is_told_nothing() {
        assert_eq!(actor(Role::Reader, BUDGET).permit(Action::Save, FORMS, &hierarchy()), Err(Denied::Forbidden));
        assert_eq!(actor(Role::SystemAdmin, BUDGET).permit(Action::Save, FORMS, &hierarchy()), Err(Denied::Invisible));
        assert_eq!(actor(Role::Delivery, BUDGET).scope(&hierarchy()), Err(Denied::Forbidden));
        assert!(!actor(Role::Delivery, BUDGET).manages() && !Actor::anonymous().manages());
        assert!(actor(Role::SystemAdmin, BUDGET).manages() && actor(Role::Reader, BUDGET).manages());
    }
}
