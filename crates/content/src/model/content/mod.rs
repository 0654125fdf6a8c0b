//! The content of revisions, and what is derived of it.

mod data;
mod foreign;
mod locale_role;
mod status;

pub use self::{
    data::{DamagedContent, Data, RevisionContent},
    foreign::{Foreign, KeptAside},
    locale_role::LocaleRole,
    status::Status,
};
