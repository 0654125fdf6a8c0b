//! What a start of this program would change in a data folder, found out without changing it.

use std::fs;

use diwan_store::Store;

use crate::{
    cms::{Cms, CmsOptions, DATABASE_FILE},
    opening::{OpenError, survey_stored},
    operating::{disk::free_bytes, survey::Survey},
};

/// Room for the index and the write-ahead log, in bytes, beside what migrations copy.
const SPARE_BYTES: u64 = 64 * 1024 * 1024;

/// What the next start would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeReport {
    /// Newest migration of the tables; `None` where nothing is stored yet.
    pub newest: Option<String>,
    /// Migrations that would run, oldest first.
    pub pending: Vec<String>,
    /// What the schemas change for what is stored. Values that do not fit are kept; answers leave them out.
    pub survey: Survey,
    /// Bytes that the disk should have free: migrations may write each table again.
    pub needed_bytes: u64,
    /// Bytes that it has free.
    pub free_bytes: u64,
}

impl Cms {
    /// Looks at an installation as the next start would find it. A server may run meanwhile.
    ///
    /// # Errors
    /// What would stop a start: see [`OpenError`]. Without a data folder, [`OpenError::Folder`].
    pub async fn check_upgrade(options: CmsOptions) -> Result<UpgradeReport, OpenError> {
        let folder = options.data_dir.clone();
        let failed = |source| OpenError::Folder { path: folder.clone(), source };
        let free_bytes = free_bytes(&folder).map_err(failed)?;
        let database = folder.join(DATABASE_FILE);
        if !options.has_database()? {
            return Ok(UpgradeReport {
                newest: None,
                pending: Vec::new(),
                survey: Survey::default(),
                needed_bytes: SPARE_BYTES,
                free_bytes,
            });
        }
        let store = Store::open(options.store_options()?).await?;
        let compared = store.migrations().await;
        let survey = survey_stored(&store, &options).await;
        store.close().await?;
        let ((applied, pending), survey) = (compared?, survey?);
        let stored_bytes = fs::metadata(&database).map_or(0, |file| file.len());
        let copied_bytes = if pending.is_empty() { 0 } else { stored_bytes.saturating_mul(2) };
        let needed_bytes = copied_bytes.saturating_add(SPARE_BYTES);
        Ok(UpgradeReport { newest: applied.last().cloned(), pending, survey, needed_bytes, free_bytes })
    }
}
