//! Grants: a role in a place, and how far it reaches.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{action::Action, hierarchy::Hierarchy, role::Role};
use crate::values::{DepartmentId, Handle, Locale};

/// A role on a department and all below it; on [`DepartmentId::MINISTRY`] it holds everywhere.
///
/// It may be narrowed, where [`Role::can_be_narrowed`] says so. Collections bound all that it allows on entries. Locales
/// bound what it changes, never what it reads: who translates reads the original.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What it allows.
    pub role: Role,
    /// Where it holds.
    pub department: DepartmentId,
    /// On entries of these collections alone; `None`: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collections: Option<BTreeSet<Handle>>,
    /// In these locales alone; `None`: in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locales: Option<BTreeSet<Locale>>,
}

/// What somebody wants to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// A department itself, or something of it that is no entry, such as an asset.
    Department(DepartmentId),
    /// An entry as a whole, in all its locales.
    Entry(DepartmentId, &'a Handle),
    /// An entry in one locale.
    Localization(DepartmentId, &'a Handle, &'a Locale),
}

impl Grant {
    /// A role in a place, not narrowed.
    pub fn new(role: Role, department: DepartmentId) -> Self {
        Self { role, department, collections: None, locales: None }
    }

    /// Whether it allows an action on a target.
    pub(super) fn allows(&self, action: Action, target: Target<'_>, hierarchy: &Hierarchy) -> bool {
        self.role.allows(action) && self.reaches(action, target, hierarchy)
    }

    /// Whether the target is where it holds, whatever the role.
    pub(super) fn reaches(&self, action: Action, target: Target<'_>, hierarchy: &Hierarchy) -> bool {
        let Self { role: _, department, collections, locales } = self;
        let has = |collection| collections.as_ref().is_none_or(|only| only.contains(collection));
        let is_reading = matches!(action, Action::Read | Action::ReadHistory);
        hierarchy.is_within(target.department(), *department)
            && match target {
                Target::Department(_) => true,
                Target::Entry(_, collection) => has(collection) && (is_reading || locales.is_none()),
                Target::Localization(_, collection, locale) => {
                    has(collection) && (is_reading || locales.as_ref().is_none_or(|only| only.contains(locale)))
                }
            }
    }

    /// Whether who has this grant has all that another one gives.
    pub fn includes(&self, other: &Self, hierarchy: &Hierarchy) -> bool {
        fn within<T: Ord>(inner: &Option<BTreeSet<T>>, outer: &Option<BTreeSet<T>>) -> bool {
            outer.as_ref().is_none_or(|outer| inner.as_ref().is_some_and(|inner| inner.is_subset(outer)))
        }
        Action::ALL.iter().all(|action| self.role.allows(*action) || !other.role.allows(*action))
            && hierarchy.is_within(other.department, self.department)
            && within(&other.collections, &self.collections)
            && within(&other.locales, &self.locales)
    }
}

impl Target<'_> {
    /// Whose it is.
    pub fn department(&self) -> DepartmentId {
        match self {
            Self::Department(department) | Self::Entry(department, _) | Self::Localization(department, _, _) => {
                *department
            }
        }
    }
}

impl From<DepartmentId> for Target<'_> {
    fn from(department: DepartmentId) -> Self {
        Self::Department(department)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BUDGET: DepartmentId = DepartmentId(Uuid::from_u128(1));
    const FORMS: DepartmentId = DepartmentId(Uuid::from_u128(2));

    fn narrowed(role: Role, collections: &[&str], locales: &[&str]) -> Grant {
        let collections = collections.iter().map(|name| name.parse().unwrap()).collect();
        let locales = locales.iter().map(|name| name.parse().unwrap()).collect();
        Grant { collections: Some(collections), locales: Some(locales), ..Grant::new(role, BUDGET) }
    }

    #[test]
    fn collections_bound_everything_and_locales_bound_changes() {
        let hierarchy = Hierarchy::new([(BUDGET, DepartmentId::MINISTRY), (FORMS, BUDGET)]);
        let translator = narrowed(Role::Editor, &["news"], &["en"]);
        let (news, pages) = ("news".parse().unwrap(), "pages".parse().unwrap());
        let (ar, en) = ("ar".parse().unwrap(), "en".parse().unwrap());
        let allows = |action, target| translator.allows(action, target, &hierarchy);
        assert!(allows(Action::Save, Target::Localization(FORMS, &news, &en)));
        assert!(!allows(Action::Save, Target::Localization(FORMS, &news, &ar)));
        assert!(allows(Action::Read, Target::Localization(FORMS, &news, &ar)), "who translates reads the original");
        assert!(allows(Action::Read, Target::Entry(FORMS, &news)));
        assert!(!allows(Action::Trash, Target::Entry(FORMS, &news)), "that is in all locales");
        assert!(!allows(Action::Read, Target::Entry(FORMS, &pages)));
        assert!(!allows(Action::Read, Target::Localization(FORMS, &pages, &en)));
        assert!(allows(Action::SaveAsset, Target::Department(FORMS)), "pictures are in no collection");
        assert!(!allows(Action::Save, Target::Localization(DepartmentId::MINISTRY, &news, &en)));
    }

    #[test]
    fn a_grant_includes_what_reaches_no_further() {
        let hierarchy = Hierarchy::new([(BUDGET, DepartmentId::MINISTRY), (FORMS, BUDGET)]);
        let publisher = Grant::new(Role::Publisher, BUDGET);
        let includes = |other: &Grant| publisher.includes(other, &hierarchy);
        assert!(includes(&publisher) && includes(&Grant::new(Role::Author, FORMS)));
        assert!(includes(&narrowed(Role::Editor, &["news"], &["en"])));
        for more in [Role::DepartmentAdmin, Role::Auditor, Role::SystemAdmin] {
            assert!(!includes(&Grant::new(more, FORMS)), "{more:?}");
        }
        assert!(!includes(&Grant::new(Role::Reader, DepartmentId::MINISTRY)));
        let narrow = narrowed(Role::Editor, &["news", "pages"], &["en"]);
        assert!(narrow.includes(&narrowed(Role::Author, &["news"], &["en"]), &hierarchy));
        assert!(!narrow.includes(&narrowed(Role::Author, &["faqs"], &["en"]), &hierarchy));
        assert!(!narrow.includes(&Grant::new(Role::Author, BUDGET), &hierarchy));
        assert!(publisher.includes(&Grant::new(Role::Delivery, BUDGET), &hierarchy));
    }
}
