//! Settings: values that an installation makes once, such as the secret of its cursors.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set, sea_query::OnConflict};

use crate::{
    connection::{Queries, write::WriteTx},
    error::StoreError,
    tables::settings::{ActiveModel, Column, Entity},
};

impl Queries {
    /// The value, if it was made.
    pub async fn find_setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = Entity::find_by_id(name).one(&self.connection).await?;
        Ok(row.map(|row| row.setting))
    }

    /// All values whose names begin so, by the rest of their names.
    pub async fn settings_under(&self, prefix: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = Entity::find().filter(Column::Name.starts_with(prefix)).all(&self.connection).await?;
        let named = rows.into_iter().filter_map(|row| Some((row.name.strip_prefix(prefix)?.to_owned(), row.setting)));
        Ok(named.collect())
    }
}

impl WriteTx {
    /// Makes or replaces a value.
    pub async fn replace_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let replace = OnConflict::column(Column::Name).update_column(Column::Setting).to_owned();
        Entity::insert(row(name, value)).on_conflict(replace).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Removes a value, if there is one.
    pub async fn forget_setting(&mut self, name: &str) -> Result<(), StoreError> {
        Entity::delete_by_id(name).exec(&self.connection).await?;
        Ok(())
    }

    /// Makes a value where there is none; answers the one that stands.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<String, StoreError> {
        let keep = OnConflict::column(Column::Name).do_nothing().to_owned();
        let inserted =
            Entity::insert(row(name, value)).on_conflict(keep).exec_without_returning(&self.connection).await?;
        if inserted > 0 {
            return Ok(value.to_owned());
        }
        self.find_setting(name).await?.ok_or(StoreError::Missing { what: "the setting" })
    }
}

fn row(name: &str, value: &str) -> ActiveModel {
    ActiveModel { name: Set(name.to_owned()), setting: Set(value.to_owned()) }
}
