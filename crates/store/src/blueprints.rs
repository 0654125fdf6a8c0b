//! The texts of the blueprints that data was written under. A trigger refuses to change or delete one.

use diwan_content::{ContentHash, Handle, Timestamp};
use sea_orm::{FromQueryResult, Value};

use crate::{error::StoreError, snapshot::Queries, stored, write::WriteTx};

/// A blueprint as it once was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlueprint {
    /// The hash that revisions name; blueprints of the same fields share it.
    pub hash: ContentHash,
    /// Its name.
    pub handle: Handle,
    /// `Blueprint::to_text` of it.
    pub text: String,
    /// When this installation first started with it.
    pub first_used_at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
struct BlueprintRow {
    hash: Vec<u8>,
    handle: String,
    text: String,
    first_used_at: i64,
}

impl Queries {
    /// Every blueprint that is kept, the oldest first.
    pub async fn stored_blueprints(&self) -> Result<Vec<StoredBlueprint>, StoreError> {
        let sql = "SELECT hash, handle, text, first_used_at FROM blueprints ORDER BY first_used_at, handle, hash";
        let rows: Vec<BlueprintRow> = self.connection.list(sql, []).await?;
        rows.into_iter().map(StoredBlueprint::try_from).collect()
    }
}

impl WriteTx {
    /// Keeps a blueprint; one that is kept already stays as it is.
    pub async fn put_blueprint(&mut self, blueprint: &StoredBlueprint) -> Result<(), StoreError> {
        let StoredBlueprint { hash, handle, text, first_used_at } = blueprint;
        let sql = "INSERT INTO blueprints (hash, handle, text, first_used_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (hash, handle) DO NOTHING";
        let values: [Value; 4] = [
            hash.as_bytes().to_vec().into(),
            handle.as_str().into(),
            text.as_str().into(),
            first_used_at.unix_ms().into(),
        ];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl TryFrom<BlueprintRow> for StoredBlueprint {
    type Error = StoreError;

    fn try_from(row: BlueprintRow) -> Result<Self, StoreError> {
        let BlueprintRow { hash, handle, text, first_used_at } = row;
        Ok(Self {
            hash: stored::hash(&hash)?,
            handle: stored::handle(&handle)?,
            text,
            first_used_at: stored::time(first_used_at)?,
        })
    }
}
