//! Entries: one identity across locales and revisions.

use diwan_content::{DepartmentId, EntryId, Handle, Permit, Timestamp, rights::ActorRef};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    RelationTrait as _, Set,
    sea_query::{Expr, ExprTrait as _, LockType},
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action, check_department},
    connection::{Queries, padded, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        entries::{ActiveModel, Column, Entity, Model},
        localizations, revisions,
    },
};

/// One piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identity.
    pub id: EntryId,
    /// In which collection it is.
    pub collection: Handle,
    /// Under which blueprint it was made.
    pub blueprint: Handle,
    /// Whose it is.
    pub department: DepartmentId,
    /// What it was called where it came from; unique in its collection.
    pub foreign_id: Option<String>,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRef,
}

impl Queries {
    /// The entry, in the trash or not.
    pub async fn find_entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        Entity::find_by_id(id.0).one(&self.connection).await?.map(Entry::try_from).transpose()
    }

    /// Those of these entries that there are, in the trash or not, in no order.
    pub async fn find_entries(&self, ids: &[EntryId]) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| id.0).collect());
            for row in Entity::find().filter(Column::Id.is_in(ids)).all(&self.connection).await? {
                found.push(row.try_into()?);
            }
        }
        Ok(found)
    }

    /// Which of these there are and in which collection; not those in the trash. In no order.
    pub async fn known_entries(&self, ids: &[EntryId]) -> Result<Vec<(EntryId, Handle)>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let rows: Vec<(Uuid, String)> = Entity::find()
                .select_only()
                .columns([Column::Id, Column::Collection])
                .filter(Column::TrashedAt.is_null())
                .filter(Column::Id.is_in(padded(chunk.iter().map(|id| id.0).collect())))
                .into_tuple()
                .all(&self.connection)
                .await?;
            for (id, collection) in rows {
                known.push((EntryId(id), stored::handle(&collection)?));
            }
        }
        Ok(known)
    }

    /// Entries outside the trash whose head names this entry as parent, at most 100.
    pub async fn children_of_heads(&self, parent: EntryId) -> Result<Vec<EntryId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .distinct()
            .join_rev(JoinType::InnerJoin, localizations::Relation::Entry.def())
            .join(JoinType::InnerJoin, localizations::Relation::Head.def())
            .filter(revisions::Column::Parent.eq(parent.0))
            .filter(Column::TrashedAt.is_null())
            .order_by_asc(Column::Id)
            .limit(100)
            .into_tuple()
            .all(&self.connection)
            .await?;
        Ok(ids.into_iter().map(EntryId).collect())
    }
}

impl WriteTx {
    /// The entry, locked until the transaction ends.
    pub async fn lock_entry(&mut self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        let row = Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&self.connection).await?;
        let entry = row.map(Entry::try_from).transpose()?;
        if let Some(entry) = &entry {
            self.remember_owner(id, entry.department);
        }
        Ok(entry)
    }

    /// Makes an entry. Its first localization follows in the same transaction.
    pub async fn insert_entry(&mut self, permit: &Permit, entry: &Entry) -> Result<(), StoreError> {
        check_action(permit, permits::CREATES, "making an entry")?;
        check_department(permit, entry.department, "making an entry of that department")?;
        Entity::insert(ActiveModel::from(entry)).exec_without_returning(&self.connection).await?;
        self.remember_owner(entry.id, entry.department);
        Ok(())
    }

    /// Puts an entry into the trash or takes it out; raises the version of its localizations.
    pub async fn set_trashed(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        trashed_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::TRASHES, "moving an entry into or out of the trash")?;
        self.check_owner(permit, entry, "the trash of that department")?;
        let trashed = ActiveModel { trashed_at: Set(trashed_at.map(Timestamp::unix_ms)), ..Default::default() };
        self.update_entry(entry, trashed).await
    }

    /// Gives an entry to another department; raises the version of its localizations.
    pub async fn set_department(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        department: DepartmentId,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::TRANSFERS, "a transfer")?;
        if permit.department() != department {
            self.check_owner(permit, entry, "a transfer between other departments")?;
        }
        self.update_entry(entry, ActiveModel { department: Set(department.0), ..Default::default() }).await?;
        self.remember_owner(entry, department);
        Ok(())
    }

    /// Changes an entry and raises the version of its localizations.
    async fn update_entry(&mut self, entry: EntryId, changed: ActiveModel) -> Result<(), StoreError> {
        let updated = Entity::update_many().set(changed).filter(Column::Id.eq(entry.0)).exec(&self.connection).await?;
        if updated.rows_affected == 0 {
            return Err(StoreError::Missing { what: "the entry" });
        }
        localizations::Entity::update_many()
            .col_expr(localizations::Column::Version, Expr::col(localizations::Column::Version).add(1))
            .col_expr(localizations::Column::ChangedAt, self.now().unix_ms().into())
            .filter(localizations::Column::Entry.eq(entry.0))
            .exec(&self.connection)
            .await?;
        Ok(())
    }
}

impl From<&Entry> for ActiveModel {
    fn from(entry: &Entry) -> Self {
        let Entry { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = entry;
        Self {
            id: Set(id.0),
            collection: Set(collection.to_string()),
            blueprint: Set(blueprint.to_string()),
            department: Set(department.0),
            foreign_id: Set(foreign_id.clone()),
            trashed_at: Set(trashed_at.map(Timestamp::unix_ms)),
            created_at: Set(created_at.unix_ms()),
            created_by: Set(created_by.to_string()),
        }
    }
}

impl TryFrom<Model> for Entry {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = row;
        Ok(Self {
            id: EntryId(id),
            collection: stored::handle(&collection)?,
            blueprint: stored::handle(&blueprint)?,
            department: DepartmentId(department),
            foreign_id,
            trashed_at: stored::optional_time(trashed_at)?,
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
        })
    }
}
