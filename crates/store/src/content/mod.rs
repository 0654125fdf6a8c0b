//! What is written: entries, their localizations and revisions, where imported ones came from, and the blueprints that they
//! were written under.

pub(crate) mod blueprints;
pub(crate) mod entries;
pub(crate) mod imports;
pub(crate) mod localizations;
pub(crate) mod management_list;
pub(crate) mod revisions;
pub(crate) mod used;
