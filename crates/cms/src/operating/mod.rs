//! For those who run an installation: who holds the data folder, whether it is sound, and what a start or an upgrade changes.

pub(crate) mod disk;
pub(crate) mod health;
pub(crate) mod lock;
pub(crate) mod public_pictures;
pub(crate) mod survey;
pub(crate) mod upgrade;
pub(crate) mod verify;
