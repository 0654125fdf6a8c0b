//! The management list: localizations with their entries, newest change first.
use crate::{entries::Entry, error::StoreError, localizations::Localization, snapshot::Queries};
use diwan_content::{DepartmentId, EntryId, Handle, Locale, Scope, Status, Timestamp};
/// Which localizations a management list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManagementFilter {
    pub collection: Option<Handle>,
    pub locale: Option<Locale>,
    pub status: Option<Status>,
    pub title_folded: Option<String>,
    pub department: Option<DepartmentId>,
}
/// A place in a management list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementPlace {
    pub changed_at: Timestamp,
    pub entry: EntryId,
    pub locale: Locale,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_localizations(
        &self,
        scope: &Scope,
        filter: &ManagementFilter,
        after: Option<&ManagementPlace>,
        limit: u32,
    ) -> Result<Vec<(Entry, Localization)>, StoreError> {
        todo!()
    }
}
