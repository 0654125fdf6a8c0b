//! Which action covers which change. A mismatch is a mistake in the calling code, never of a caller of the API.

use diwan_content::{DepartmentId, Permit, rights::Action};

use crate::error::StoreError;

pub(crate) const CREATES: &[Action] = &[Action::Create, Action::CreateDepartment, Action::Import];

pub(crate) const SAVES: &[Action] =
    &[Action::Create, Action::SaveOwn, Action::Save, Action::RestoreRevision, Action::CreateDepartment, Action::Import];

/// Trash and transfer change what is public too: they take it back or present it anew.
pub(crate) const PUBLISHES: &[Action] =
    &[Action::Publish, Action::Withdraw, Action::Trash, Action::TrashPublished, Action::Transfer, Action::Import];

pub(crate) const TRASHES: &[Action] = &[Action::Trash, Action::TrashPublished];

pub(crate) const TRANSFERS: &[Action] = &[Action::Transfer];

pub(crate) const ASSETS: &[Action] = &[Action::SaveAsset, Action::Import];

pub(crate) const DELETED_ASSETS: &[Action] = &[Action::DeleteAsset];

pub(crate) const DEPARTMENTS: &[Action] = &[Action::CreateDepartment, Action::Import];

pub(crate) const KEYS: &[Action] = &[Action::ManageKeys];

pub(crate) const USERS: &[Action] = &[Action::ManageUsers, Action::GrantRoles, Action::ManageOwnAccount];

/// Who makes a user names a person.
pub(crate) const PEOPLE: &[Action] = &[Action::Import, Action::ManageUsers];

pub(crate) const IMPORTS: &[Action] = &[Action::Import];

/// Checks that the permit's action is one of those.
pub(crate) fn check_action(permit: &Permit, allowed: &[Action], what: &'static str) -> Result<(), StoreError> {
    if allowed.contains(&permit.action()) { Ok(()) } else { Err(StoreError::PermitMismatch { what }) }
}

/// Checks that the permit is for that department's content. Imports and new departments are asked of the ministry.
pub(crate) fn check_department(permit: &Permit, owner: DepartmentId, what: &'static str) -> Result<(), StoreError> {
    let for_all = matches!(permit.action(), Action::Import | Action::CreateDepartment);
    if for_all || permit.department() == owner { Ok(()) } else { Err(StoreError::PermitMismatch { what }) }
}
