//! A database that is gone while the files of its site are still there: that is no new site, and nothing may be made in its
//! place.

use std::{fs, io, path::Path};

use diwan_store::{Store, StoreError};

use super::{OpenError, UNFINISHED_RESTORE};
use crate::cms::{CmsOptions, ProcessRole};

impl CmsOptions {
    /// Whether there may be content to look at: a database that others run, or a file of an embedded one that holds anything.
    ///
    /// # Errors
    /// [`OpenError::DatabaseLost`] where there is none beside the files of a site; an address that cannot be read.
    pub fn has_database(&self) -> Result<bool, OpenError> {
        let url = self.store_options()?.url;
        let Some(file) = url.sqlite_file() else { return Ok(true) };
        let what = match fs::metadata(file) {
            Ok(found) if found.is_file() && found.len() == 0 => "is empty",
            Ok(found) if found.is_dir() => "is a folder",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "is missing",
            // One that cannot be looked at says why when it is opened.
            Ok(_) | Err(_) => return Ok(true),
        };
        self.refuse_beside_files(format!("the database {} {what}", file.display()))?;
        Ok(false)
    }

    /// Refuses to go on without a database where there are files of a site.
    fn refuse_beside_files(&self, database: String) -> Result<(), OpenError> {
        let (blobs, index) = (self.data_dir.join("blobs"), self.data_dir.join("index"));
        let files = blobs.join("blobs");
        match holds_files(&files) {
            Ok(false) => Ok(()),
            Ok(true) => Err(OpenError::DatabaseLost { database, blobs, index }),
            Err(source) => Err(OpenError::Folder { path: files, source }),
        }
    }
}

/// Refuses a database whose restore is not finished, and one without tables where there are files of a site. Changes nothing;
/// the tables may be of any version.
pub(super) async fn refuse_lost(store: &Store, options: &CmsOptions) -> Result<(), OpenError> {
    if !store.has_tables().await? {
        return options.refuse_beside_files("the database has no tables".to_owned());
    }
    match store.snapshot().await?.find_setting(UNFINISHED_RESTORE).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(OpenError::UnfinishedRestore),
        // Damage is what may be looked for.
        Err(StoreError::Damaged { .. }) if options.role == ProcessRole::Looking => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether there is a file in a folder, however deep.
fn holds_files(folder: &Path) -> io::Result<bool> {
    let items = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        items => items?,
    };
    for item in items {
        let item = item?;
        if !item.file_type()?.is_dir() || holds_files(&item.path())? {
            return Ok(true);
        }
    }
    Ok(false)
}
