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
//! use diwan_content::{Scope, rights::Departments};
//! let _ = Scope { departments: Departments::All };
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
mod hierarchy;
mod past;
mod role;

pub use self::{
    action::Action,
    actor_ref::{ActorRef, NotAnActor},
    hierarchy::Hierarchy,
    past::{Moment, NotYet, Past},
    role::{NotARole, Role},
};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    model::{Access, Collection},
    values::{DepartmentId, PersonId},
};

/// A role on a department and all below it; on [`DepartmentId::MINISTRY`] it holds everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What it allows.
    pub role: Role,
    /// Where it holds.
    pub department: DepartmentId,
}

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
    departments: Departments,
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
        let grants = roles.map(|role| Grant { role, department: DepartmentId::MINISTRY }).into();
        Self { reference: ActorRef::System, on_behalf_of: None, grants }
    }

    /// Whether an action on a department's content is allowed, as a permit.
    pub fn permit(&self, action: Action, department: DepartmentId, hierarchy: &Hierarchy) -> Result<Permit, Denied> {
        let here = |grant: &&Grant| hierarchy.is_within(department, grant.department);
        if self.grants.iter().filter(here).any(|grant| grant.role.allows(action)) {
            let Self { reference, on_behalf_of, grants: _ } = self;
            return Ok(Permit { action, actor: *reference, on_behalf_of: *on_behalf_of, department });
        }
        let sees = self.grants.iter().filter(here).any(|grant| grant.role.allows(Action::Read));
        Err(if sees { Denied::Forbidden } else { Denied::Invisible })
    }

    /// What management queries of this actor may see; `Forbidden` when no grant lets it read anything.
    pub fn scope(&self, hierarchy: &Hierarchy) -> Result<Scope, Denied> {
        self.scope_for(Action::Read, hierarchy)
    }

    /// The same for queries that need another action than reading, such as events.
    pub fn scope_for(&self, action: Action, hierarchy: &Hierarchy) -> Result<Scope, Denied> {
        let places: Vec<DepartmentId> =
            self.grants.iter().filter(|grant| grant.role.allows(action)).map(|grant| grant.department).collect();
        if places.is_empty() {
            return Err(Denied::Forbidden);
        }
        if places.contains(&DepartmentId::MINISTRY) {
            return Ok(Scope { departments: Departments::All });
        }
        let departments = places.into_iter().flat_map(|place| hierarchy.subtree(place)).collect();
        Ok(Scope { departments: Departments::Only(departments) })
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
    /// Whose content may be seen.
    pub fn departments(&self) -> &Departments {
        &self.departments
    }

    /// Whether content of that department may be seen.
    pub fn contains(&self, department: DepartmentId) -> bool {
        match &self.departments {
            Departments::All => true,
            Departments::Only(departments) => departments.contains(&department),
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
        Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants: vec![Grant { role, department }] }
    }

    #[test]
    fn a_grant_holds_in_its_subtree_and_nowhere_else() {
        let publisher = actor(Role::Publisher, BUDGET);
        let permit = |department| publisher.permit(Action::Publish, department, &hierarchy()).map(|p| p.department());
        assert_eq!(permit(BUDGET), Ok(BUDGET));
        assert_eq!(permit(FORMS), Ok(FORMS));
        assert_eq!(permit(CUSTOMS), Err(Denied::Invisible));
        assert_eq!(permit(DepartmentId::MINISTRY), Err(Denied::Invisible));
        assert_eq!(publisher.scope(&hierarchy()).map(|s| s.departments), Ok(Departments::Only([BUDGET, FORMS].into())));
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
