//! Who may do what: the departments' hierarchy, keys, people and users, how they sign in, and which action covers which change.

pub(crate) mod departments;
pub(crate) mod keys;
pub(crate) mod people;
pub(crate) mod permits;
pub(crate) mod sign_in;
pub(crate) mod users;
