//! Entries and their localizations: read, saved, published, withdrawn, with their history and translations.

mod common;
mod create;
mod publish;
mod read;
mod revision_views;
mod revisions;
mod save;
mod translations;
mod views;
mod whole_entry;
mod withdraw;

pub(crate) use self::{create::Create, save::Save};

use crate::http::route::Route;

/// Their routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        read::list_route(),
        create::route(),
        read::entry_route(),
        read::localization_route(),
        save::route(),
        publish::one_route(),
        withdraw::route(),
        publish::many_route(),
        whole_entry::trash_route(),
        whole_entry::untrash_route(),
        whole_entry::transfer_route(),
        translations::list_route(),
        translations::entry_route(),
        revisions::list_route(),
        revisions::get_route(),
        revisions::compare_route(),
        revisions::restore_route(),
    ]
}
