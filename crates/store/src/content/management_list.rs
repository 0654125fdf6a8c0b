//! The management list: localizations with their entries, newest change first.

use diwan_content::{DepartmentId, EntryId, Handle, Locale, Scope, Status, Timestamp};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::ExprTrait as _,
};

use crate::{
    conditions::{before, contains, entries_within},
    connection::Queries,
    content::{
        entries::Entry,
        localizations::{Localization, with_entry},
    },
    error::StoreError,
    stored,
    tables::{entries, localizations},
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
        let mut matching = Condition::all()
            .add_option(entries_within(scope))
            .add(has_status(*status))
            .add_option(collection.as_ref().map(|collection| entries::Column::Collection.eq(collection.as_str())))
            .add_option(locale.as_ref().map(|locale| localizations::Column::Locale.eq(locale.as_str())))
            .add_option(department.map(|department| entries::Column::Department.eq(department.0)))
            .add_option(title_folded.as_ref().map(|text| contains(localizations::Column::TitleFolded, text)));
        if let Some(ManagementPlace { changed_at, entry, locale }) = after {
            let place = [changed_at.unix_ms().into(), entry.0.into(), locale.as_str().into()];
            matching = matching.add(before(ORDER, place));
        }
        let mut list = localizations::Entity::find().find_both_related(entries::Entity).filter(matching);
        for column in ORDER {
            list = list.order_by_desc(column);
        }
        let rows = list.limit(stored::bounded(limit)).all(&self.connection).await?;
        rows.into_iter().map(with_entry).collect()
    }
}

/// Columns by which a management list is ordered, the newest change first.
const ORDER: [localizations::Column; 3] =
    [localizations::Column::ChangedAt, localizations::Column::Entry, localizations::Column::Locale];

/// The status is derived, so the filter says what [`Status::derive`] says.
fn has_status(status: Option<Status>) -> Condition {
    use localizations::Column::{Head, Published, WasPublic};
    let trashed = entries::Column::TrashedAt;
    let kept = Condition::all().add(trashed.is_null());
    match status {
        None => kept,
        Some(Status::Draft) => kept.add(Published.is_null()).add(WasPublic.eq(false)),
        Some(Status::Published) => kept.add(Published.into_expr().equals(Head.as_column_ref())),
        Some(Status::Changed) => kept.add(Published.into_expr().not_equals(Head.as_column_ref())),
        Some(Status::Withdrawn) => kept.add(Published.is_null()).add(WasPublic.eq(true)),
        Some(Status::Trashed) => Condition::all().add(trashed.is_not_null()),
    }
}
