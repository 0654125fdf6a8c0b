//! The management list: localizations with their entries, newest change first.

use diwan_content::{DepartmentId, EntryId, Handle, Locale, Scope, Status, Timestamp};
use sea_orm::Value;

use crate::{
    conditions::Conditions,
    entries::{self, Entry},
    error::StoreError,
    localizations::{self, JoinedRow, Localization},
    snapshot::Queries,
    stored,
};

/// Which localizations a management list holds; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManagementFilter {
    /// Of that collection.
    pub collection: Option<Handle>,
    /// In that locale.
    pub locale: Option<Locale>,
    /// Of that status; absent: all but those in the trash.
    pub status: Option<Status>,
    /// Whose folded title contains this folded text.
    pub title_folded: Option<String>,
    /// Of that department alone.
    pub department: Option<DepartmentId>,
}

/// A place in a management list: that of its last row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementPlace {
    /// When it changed.
    pub changed_at: Timestamp,
    /// Which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
}

impl Queries {
    /// What a scope may see of it, behind the place that is given.
    pub async fn list_localizations(
        &self,
        scope: &Scope,
        filter: &ManagementFilter,
        after: Option<&ManagementPlace>,
        limit: u32,
    ) -> Result<Vec<(Entry, Localization)>, StoreError> {
        let ManagementFilter { collection, locale, status, title_folded, department } = filter;
        let mut conditions = Conditions::default();
        conditions.within(scope, "e.department");
        conditions.add_text(status_condition(*status));
        if let Some(collection) = collection {
            conditions.add("e.collection =", collection.as_str());
        }
        if let Some(locale) = locale {
            conditions.add("l.locale =", locale.as_str());
        }
        if let Some(department) = department {
            conditions.add("e.department =", department.0);
        }
        if let Some(text) = title_folded {
            conditions.contains("l.title_folded", text);
        }
        if let Some(ManagementPlace { changed_at, entry, locale }) = after {
            let place: [Value; 3] = [changed_at.unix_ms().into(), entry.0.into(), locale.as_str().into()];
            conditions.below("(l.changed_at, l.entry, l.locale)", place);
        }
        let (filter, limit_at) = (conditions.sql(), conditions.values.len() + 1);
        conditions.values.push(stored::bounded(limit).into());
        let sql = format!(
            "SELECT {}, {} FROM localizations l JOIN entries e ON e.id = l.entry {filter} \
             ORDER BY l.changed_at DESC, l.entry DESC, l.locale DESC LIMIT ${limit_at}",
            entries::COLUMNS,
            localizations::COLUMNS
        );
        let rows: Vec<JoinedRow> = self.connection.list(&sql, conditions.values).await?;
        rows.into_iter().map(JoinedRow::into_domain).collect()
    }
}

/// The status is derived, so the filter says what [`Status::derive`] says.
fn status_condition(status: Option<Status>) -> &'static str {
    match status {
        None => "e.trashed_at IS NULL",
        Some(Status::Draft) => "e.trashed_at IS NULL AND l.published IS NULL AND NOT l.was_public",
        Some(Status::Published) => "e.trashed_at IS NULL AND l.published = l.head",
        Some(Status::Changed) => "e.trashed_at IS NULL AND l.published <> l.head",
        Some(Status::Withdrawn) => "e.trashed_at IS NULL AND l.published IS NULL AND l.was_public",
        Some(Status::Trashed) => "e.trashed_at IS NOT NULL",
    }
}
