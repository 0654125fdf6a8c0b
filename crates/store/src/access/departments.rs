//! The departments' hierarchy for rights. The ministry is above all and has no row.

use diwan_content::{DepartmentId, EntryId, Permit, Timestamp, rights::Hierarchy};
use sea_orm::{EntityTrait as _, FromQueryResult, QueryOrder as _, QuerySelect as _, Set, sea_query::LockType};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        departments::{ActiveModel, Column, Entity, Model},
        entries,
    },
};

/// A place in the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Which department.
    pub id: DepartmentId,
    /// What it stands right below; the ministry where there is nothing else.
    pub parent: DepartmentId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a department owns, apart from the entry that is the department itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Entries that are not in the trash.
    pub entries: u64,
    /// Localizations of its entries that are public.
    pub published: u64,
    /// Assets.
    pub assets: u64,
    /// Departments right below it that are not in the trash.
    pub departments: u64,
}

impl Holdings {
    /// Whether it owns nothing.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

#[derive(Debug, FromQueryResult)]
struct HoldingsRow {
    entries: i64,
    published: i64,
    assets: i64,
    departments: i64,
}

impl Queries {
    /// All departments, by id.
    pub async fn departments(&self) -> Result<Vec<Department>, StoreError> {
        let rows = Entity::find().order_by_asc(Column::Id).all(&self.connection).await?;
        rows.into_iter().map(Department::try_from).collect()
    }

    /// What a department owns.
    pub async fn owned_by(&self, department: DepartmentId) -> Result<Holdings, StoreError> {
        let sql = "SELECT \
             (SELECT count(*) FROM entries WHERE department = $1 AND id <> $1 AND trashed_at IS NULL) AS entries, \
             (SELECT count(*) FROM localizations l JOIN entries e ON e.id = l.entry \
              WHERE e.department = $1 AND e.id <> $1 AND l.published IS NOT NULL) AS published, \
             (SELECT count(*) FROM assets WHERE department = $1) AS assets, \
             (SELECT count(*) FROM departments d LEFT JOIN entries e ON e.id = d.id \
              WHERE d.parent = $1 AND e.trashed_at IS NULL) AS departments";
        let row: Option<HoldingsRow> = self.connection.find(sql, [department.0.into()]).await?;
        let HoldingsRow { entries, published, assets, departments } =
            row.ok_or(StoreError::Missing { what: "counts of what a department owns" })?;
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(Holdings {
            entries: count(entries),
            published: count(published),
            assets: count(assets),
            departments: count(departments),
        })
    }

    /// Whether the entry of a department is in the trash.
    pub async fn department_is_trashed(&self, department: DepartmentId) -> Result<bool, StoreError> {
        let entry = self.find_entry(EntryId(department.0)).await?;
        Ok(entry.is_some_and(|entry| entry.trashed_at.is_some()))
    }

    /// The department right above one; the ministry where there is nothing else.
    pub async fn department_above(&self, department: DepartmentId) -> Result<DepartmentId, StoreError> {
        let row = Entity::find_by_id(department.0).one(&self.connection).await?;
        Ok(row.map_or(DepartmentId::MINISTRY, |row| DepartmentId(row.parent)))
    }

    /// The hierarchy that permits are made with.
    pub async fn hierarchy(&self) -> Result<Hierarchy, StoreError> {
        let departments = self.departments().await?;
        Ok(Hierarchy::new(departments.into_iter().map(|department| (department.id, department.parent))))
    }
}

impl WriteTx {
    /// Whether the entry of a department is in the trash; keeps it where it is until the transaction ends. Many may do so at
    /// the same time. As every lock of an entry, to be taken in the order of ids.
    pub async fn hold_department(&mut self, department: DepartmentId) -> Result<bool, StoreError> {
        // SQLite has one writer at a time and needs no lock.
        if self.connection.is_postgres() {
            let row = entries::Entity::find_by_id(department.0).select_only().column(entries::Column::Id);
            row.lock(LockType::Share).into_tuple::<Uuid>().one(&self.connection).await?;
        }
        self.department_is_trashed(department).await
    }

    /// Gives a department its place.
    pub async fn insert_department(&mut self, permit: &Permit, department: &Department) -> Result<(), StoreError> {
        check_action(permit, permits::DEPARTMENTS, "making a department")?;
        Entity::insert(ActiveModel::from(department)).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

impl From<&Department> for ActiveModel {
    fn from(department: &Department) -> Self {
        let Department { id, parent, created_at } = department;
        Self { id: Set(id.0), parent: Set(parent.0), created_at: Set(created_at.unix_ms()) }
    }
}

impl TryFrom<Model> for Department {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, parent, created_at } = row;
        Ok(Self { id: DepartmentId(id), parent: DepartmentId(parent), created_at: stored::time(created_at)? })
    }
}
