//! Roles, and the table of what each may do.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumCount, VariantArray};

use super::action::Action;
use crate::values::{Language, variants};

/// What a grant allows, on a department with its subtree or on the whole ministry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumCount, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads drafts and revisions.
    Reader,
    /// Creates; saves own entries.
    Author,
    /// Saves all; trashes what was never published.
    Editor,
    /// Publishes, withdraws, restores, reads history.
    Publisher,
    /// All of that in the subtree; transfers and grants there.
    DepartmentAdmin,
    /// Reads everything, events and refusals; changes nothing.
    Auditor,
    /// Departments, keys, configuration, metrics; no content rights by itself.
    SystemAdmin,
    /// Reads published content of collections with `access: key` (keys only).
    Delivery,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: one of {}", Role::ALL.map(Role::as_str).join(", "))]
pub struct NotARole;

impl Role {
    /// All roles.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// As in the command line and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
            Self::DepartmentAdmin => "department_admin",
            Self::Auditor => "auditor",
            Self::SystemAdmin => "system_admin",
            Self::Delivery => "delivery",
        }
    }

    /// What people call it.
    pub fn name(self, language: Language) -> &'static str {
        let (arabic, english) = match self {
            Self::Reader => ("قارئ المسودات", "reader"),
            Self::Author => ("كاتب", "author"),
            Self::Editor => ("محرر", "editor"),
            Self::Publisher => ("مسؤول النشر", "publisher"),
            Self::DepartmentAdmin => ("مشرف محتوى الإدارة", "department administrator"),
            Self::Auditor => ("مراقب السجل", "auditor"),
            Self::SystemAdmin => ("مدير النظام", "system administrator"),
            Self::Delivery => ("قارئ المنشور", "delivery"),
        };
        match language {
            Language::Ar => arabic,
            Language::En => english,
        }
    }

    /// Whether a grant of it may be bounded to collections and locales: where it is about entries and about nothing else.
    pub fn can_be_narrowed(self) -> bool {
        match self {
            Self::Reader | Self::Author | Self::Editor | Self::Publisher => true,
            Self::DepartmentAdmin | Self::Auditor | Self::SystemAdmin | Self::Delivery => false,
        }
    }

    /// The table of rights: each content role holds what the one before it holds.
    pub(super) fn allows(self, action: Action) -> bool {
        match action {
            Action::Read => match self {
                Self::Reader
                | Self::Author
                | Self::Editor
                | Self::Publisher
                | Self::DepartmentAdmin
                | Self::Auditor => true,
                Self::SystemAdmin | Self::Delivery => false,
            },
            Action::Create | Action::SaveOwn => self.is_at_least(Self::Author),
            Action::Save | Action::Trash | Action::SaveAsset | Action::DeleteAsset => {
                self.is_at_least(Self::Editor) || (self == Self::Author && action == Action::SaveAsset)
            }
            Action::TrashPublished | Action::Publish | Action::Withdraw | Action::RestoreRevision => {
                self.is_at_least(Self::Publisher)
            }
            Action::Transfer => self.is_at_least(Self::DepartmentAdmin),
            Action::GrantRoles => self.is_at_least(Self::DepartmentAdmin) || self == Self::SystemAdmin,
            Action::ManageOwnAccount => self != Self::Delivery,
            Action::ReadHistory => {
                self.is_at_least(Self::Publisher) || self == Self::Auditor || self == Self::SystemAdmin
            }
            Action::ReadEvents => self == Self::Auditor,
            Action::CreateDepartment
            | Action::ManageKeys
            | Action::ManageUsers
            | Action::ReadMetrics
            | Action::Import => self == Self::SystemAdmin,
        }
    }

    fn is_at_least(self, least: Self) -> bool {
        let level = |role| match role {
            Self::Author => 1,
            Self::Editor => 2,
            Self::Publisher => 3,
            Self::DepartmentAdmin => 4,
            Self::Reader | Self::Auditor | Self::SystemAdmin | Self::Delivery => 0,
        };
        level(self) >= level(least)
    }
}

impl Action {
    /// The roles that allow it.
    pub fn roles(self) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| role.allows(self)).collect()
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(NotARole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_allow_what_the_table_says() {
        use Action::*;
        let allowed = |role: Role| Action::ALL.iter().copied().filter(|a| role.allows(*a)).collect::<Vec<_>>();
        assert_eq!(allowed(Role::Reader), [Read, ManageOwnAccount]);
        assert_eq!(allowed(Role::Author), [Read, Create, SaveOwn, SaveAsset, ManageOwnAccount]);
        assert_eq!(
            allowed(Role::Editor),
            [Read, Create, SaveOwn, Save, Trash, SaveAsset, DeleteAsset, ManageOwnAccount]
        );
        assert_eq!(
            allowed(Role::Publisher),
            [
                Read,
                Create,
                SaveOwn,
                Save,
                Trash,
                TrashPublished,
                Publish,
                Withdraw,
                RestoreRevision,
                SaveAsset,
                DeleteAsset,
                ReadHistory,
                ManageOwnAccount
            ]
        );
        assert_eq!(
            allowed(Role::DepartmentAdmin),
            [
                Read,
                Create,
                SaveOwn,
                Save,
                Trash,
                TrashPublished,
                Publish,
                Withdraw,
                RestoreRevision,
                Transfer,
                SaveAsset,
                DeleteAsset,
                ReadHistory,
                GrantRoles,
                ManageOwnAccount
            ]
        );
        assert_eq!(allowed(Role::Auditor), [Read, ReadHistory, ReadEvents, ManageOwnAccount]);
        assert_eq!(
            allowed(Role::SystemAdmin),
            [CreateDepartment, ReadHistory, ManageKeys, ManageUsers, GrantRoles, ManageOwnAccount, ReadMetrics, Import]
        );
        assert_eq!(allowed(Role::Delivery), []);
    }
}
