//! Looking back: what was public at a time, and who may ask. A [`Past`] is made only here, from an actor and its grants.
//!
//! ```
//! use diwan_content::{Actor, Timestamp, rights::{Hierarchy, NotYet}};
//! let (then, now): (Timestamp, Timestamp) = ("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?);
//! let past = Actor::anonymous().past(then, now, &Hierarchy::default());
//! assert!(past.is_ok_and(|past| past.at() == then && !past.is_privileged()));
//! assert_eq!(Actor::anonymous().past(now, then, &Hierarchy::default()), Err(NotYet));
//! # Ok::<(), diwan_content::NotATimestamp>(())
//! ```
//!
//! There is no other way to one:
//!
//! ```compile_fail,E0451
//! use diwan_content::{Timestamp, rights::Past};
//! fn widened(at: Timestamp) -> Past {
//!     Past { at, scope: None }
//! }
//! ```
//!
//! ```compile_fail,E0616
//! use diwan_content::{Timestamp, rights::Past};
//! fn moved(mut past: Past, at: Timestamp) -> Past {
//!     past.at = at;
//!     past
//! }
//! ```

use std::collections::BTreeSet;

use super::{Actor, Departments, Scope, action::Action, hierarchy::Hierarchy};
use crate::{
    model::Collection,
    values::{DepartmentId, Timestamp},
};

/// When a public read looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Moment {
    /// At what is public now.
    #[default]
    Now,
    /// At what was public then.
    At(Past),
}

/// A time that is not ahead, with the bounds of what its asker may see of it. Made only by [`Actor::past`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    at: Timestamp,
    /// Whose closed history may be seen; `None`: nobody's.
    scope: Option<Scope>,
}

/// The time is still ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is still ahead")]
pub struct NotYet;

impl Actor {
    /// A look back from `now`. Everybody sees the history of collections that open it; who publishes, audits or administers
    /// sees the history of the departments where the grant holds.
    ///
    /// # Errors
    /// [`NotYet`] when `at` is after `now`.
    pub fn past(&self, at: Timestamp, now: Timestamp, hierarchy: &Hierarchy) -> Result<Past, NotYet> {
        if at > now {
            return Err(NotYet);
        }
        Ok(Past { at, scope: self.scope_for(Action::ReadHistory, hierarchy).ok() })
    }
}

impl Past {
    /// The time that is looked at.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the history of an entry may be seen, by its collection and the department that owns it today.
    pub fn shows(&self, collection: &Collection, owner: DepartmentId) -> bool {
        self.owners(collection).contains(owner)
    }

    /// Whose entries of a collection are seen.
    pub fn owners(&self, collection: &Collection) -> Departments {
        match &self.scope {
            _ if collection.public_history => Departments::All,
            Some(scope) => scope.owners(&collection.handle),
            None => Departments::Only(BTreeSet::new()),
        }
    }

    /// Whether the history of anything in a collection may be seen.
    pub fn enters(&self, collection: &Collection) -> bool {
        self.owners(collection) != Departments::Only(BTreeSet::new())
    }

    /// Whether more may be seen than anybody sees.
    pub fn is_privileged(&self) -> bool {
        self.scope.is_some()
    }

    /// Whether all history may be seen.
    pub fn is_whole(&self) -> bool {
        self.scope.as_ref().is_some_and(Scope::is_everything)
    }
}

impl Moment {
    /// The look back, if it is one.
    pub fn past(&self) -> Option<&Past> {
        match self {
            Self::Now => None,
            Self::At(past) => Some(past),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::rights::{Grant, actor_ref::ActorRef, role::Role};

    #[test]
    fn history_is_seen_by_those_who_publish_audit_or_administer_where_they_do() {
        let (budget, customs) = (DepartmentId(Uuid::from_u128(1)), DepartmentId(Uuid::from_u128(2)));
        let hierarchy = Hierarchy::new([(budget, DepartmentId::MINISTRY), (customs, DepartmentId::MINISTRY)]);
        let now = Timestamp::from_unix_ms(1_000).unwrap();
        for role in Role::ALL {
            let grants = vec![Grant::new(role, budget)];
            let actor = Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants };
            let past = actor.past(now, now, &hierarchy).unwrap();
            let sees = matches!(role, Role::Publisher | Role::DepartmentAdmin | Role::Auditor | Role::SystemAdmin);
            assert_eq!(past.is_privileged(), sees, "{role:?}");
            let scope = past.scope.as_ref();
            assert_eq!(scope.is_some_and(|scope| scope.contains(budget)), sees, "{role:?}");
            assert!(!scope.is_some_and(|scope| scope.contains(customs)) && !past.is_whole(), "{role:?}");
        }
        assert!(Actor::system().past(now, now, &hierarchy).unwrap().is_whole());
    }
}
