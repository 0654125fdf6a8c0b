//! Settings: values that an installation makes once, such as the secret of its cursors.

use sea_orm::FromQueryResult;

use crate::{error::StoreError, snapshot::Queries, write::WriteTx};

#[derive(Debug, FromQueryResult)]
struct SettingRow {
    setting: String,
}

impl Queries {
    /// The value, if it was made.
    pub async fn find_setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT setting FROM settings WHERE name = $1";
        let row: Option<SettingRow> = self.connection.find(sql, [name.into()]).await?;
        Ok(row.map(|row| row.setting))
    }
}

impl WriteTx {
    /// Makes or replaces a value.
    pub async fn replace_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings (name, setting) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET setting = excluded.setting";
        self.connection.run(sql, [name.into(), value.into()]).await?;
        Ok(())
    }

    /// Removes a value, if there is one.
    pub async fn forget_setting(&mut self, name: &str) -> Result<(), StoreError> {
        self.connection.run("DELETE FROM settings WHERE name = $1", [name.into()]).await?;
        Ok(())
    }

    /// Makes a value where there is none; answers the one that stands.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<String, StoreError> {
        let sql = "INSERT INTO settings (name, setting) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        if self.connection.run(sql, [name.into(), value.into()]).await? > 0 {
            return Ok(value.to_owned());
        }
        self.find_setting(name).await?.ok_or(StoreError::Missing { what: "the setting" })
    }
}
