//! Entries: one identity across locales and revisions.

use diwan_content::{DepartmentId, EntryId, Handle, Permit, Timestamp, rights::ActorRef};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    connection::{padded, placeholders},
    error::StoreError,
    permits::{self, check_action, check_department},
    snapshot::Queries,
    stored,
    write::WriteTx,
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

#[derive(Debug, FromQueryResult)]
pub(crate) struct EntryRow {
    id: Uuid,
    collection: String,
    blueprint: String,
    department: Uuid,
    foreign_id: Option<String>,
    trashed_at: Option<i64>,
    created_at: i64,
    created_by: String,
}

#[derive(Debug, FromQueryResult)]
struct KnownRow {
    id: Uuid,
    collection: String,
}

/// Columns of [`EntryRow`], of a table that is called `e`.
pub(crate) const COLUMNS: &str =
    "e.id, e.collection, e.blueprint, e.department, e.foreign_id, e.trashed_at, e.created_at, e.created_by";

impl Queries {
    /// The entry, in the trash or not.
    pub async fn find_entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entries e WHERE e.id = $1");
        self.connection.find::<EntryRow>(&sql, [id.0.into()]).await?.map(Entry::try_from).transpose()
    }

    /// The entry that came from another system under that name.
    pub async fn find_entry_by_foreign_id(
        &self,
        collection: &Handle,
        foreign_id: &str,
    ) -> Result<Option<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entries e WHERE e.collection = $1 AND e.foreign_id = $2");
        let values: [Value; 2] = [collection.as_str().into(), foreign_id.into()];
        self.connection.find::<EntryRow>(&sql, values).await?.map(Entry::try_from).transpose()
    }

    /// Those of these entries that there are, in the trash or not, in no order.
    pub async fn find_entries(&self, ids: &[EntryId]) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let list = placeholders(1, ids.len());
            let sql = format!("SELECT {COLUMNS} FROM entries e WHERE e.id IN ({list})");
            for row in self.connection.list::<EntryRow>(&sql, ids).await? {
                found.push(row.try_into()?);
            }
        }
        Ok(found)
    }

    /// Which of these there are and in which collection; not those in the trash. In no order.
    pub async fn known_entries(&self, ids: &[EntryId]) -> Result<Vec<(EntryId, Handle)>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let list = placeholders(1, ids.len());
            let sql = format!("SELECT id, collection FROM entries WHERE trashed_at IS NULL AND id IN ({list})");
            for KnownRow { id, collection } in self.connection.list(&sql, ids).await? {
                known.push((EntryId(id), stored::handle(&collection)?));
            }
        }
        Ok(known)
    }

    /// Entries outside the trash whose head names this entry as parent, at most 100.
    pub async fn children_of_heads(&self, parent: EntryId) -> Result<Vec<EntryId>, StoreError> {
        let sql = "SELECT DISTINCT e.id AS id, e.collection AS collection FROM revisions r \
                   JOIN localizations l ON l.entry = r.entry AND l.locale = r.locale AND l.head = r.number \
                   JOIN entries e ON e.id = r.entry \
                   WHERE r.parent = $1 AND e.trashed_at IS NULL ORDER BY e.id LIMIT 100";
        let rows: Vec<KnownRow> = self.connection.list(sql, [parent.0.into()]).await?;
        Ok(rows.into_iter().map(|KnownRow { id, collection: _ }| EntryId(id)).collect())
    }
}

impl WriteTx {
    /// The entry, locked until the transaction ends.
    pub async fn lock_entry(&mut self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        let lock = if self.connection.is_postgres() { " FOR NO KEY UPDATE" } else { "" };
        let sql = format!("SELECT {COLUMNS} FROM entries e WHERE e.id = $1{lock}");
        let entry = self.connection.find::<EntryRow>(&sql, [id.0.into()]).await?.map(Entry::try_from).transpose()?;
        if let Some(entry) = &entry {
            self.remember_owner(id, entry.department);
        }
        Ok(entry)
    }

    /// Makes an entry. Its first localization follows in the same transaction.
    pub async fn insert_entry(&mut self, permit: &Permit, entry: &Entry) -> Result<(), StoreError> {
        check_action(permit, permits::CREATES, "making an entry")?;
        check_department(permit, entry.department, "making an entry of that department")?;
        let Entry { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = entry;
        let sql = "INSERT INTO entries (id, collection, blueprint, department, foreign_id, trashed_at, created_at, \
                   created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values: [Value; 8] = [
            id.0.into(),
            collection.as_str().into(),
            blueprint.as_str().into(),
            department.0.into(),
            foreign_id.clone().into(),
            trashed_at.map(Timestamp::unix_ms).into(),
            created_at.unix_ms().into(),
            created_by.to_string().into(),
        ];
        self.connection.run(sql, values).await?;
        self.remember_owner(*id, *department);
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
        let values: [Value; 2] = [trashed_at.map(Timestamp::unix_ms).into(), entry.0.into()];
        let changed = self.connection.run("UPDATE entries SET trashed_at = $1 WHERE id = $2", values).await?;
        self.raise_versions(entry, changed).await
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
        let values: [Value; 2] = [department.0.into(), entry.0.into()];
        let changed = self.connection.run("UPDATE entries SET department = $1 WHERE id = $2", values).await?;
        self.raise_versions(entry, changed).await?;
        self.remember_owner(entry, department);
        Ok(())
    }

    async fn raise_versions(&mut self, entry: EntryId, entries_changed: u64) -> Result<(), StoreError> {
        if entries_changed == 0 {
            return Err(StoreError::Missing { what: "the entry" });
        }
        let sql = "UPDATE localizations SET version = version + 1, changed_at = $1 WHERE entry = $2";
        let values: [Value; 2] = [self.now().unix_ms().into(), entry.0.into()];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let EntryRow { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = row;
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
