//! People who are named as authors.

use diwan_content::PersonId;
use sea_orm::{Set, entity::prelude::*};

use crate::{access::people::Person, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) name: Option<String>,
    pub(crate) created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Person> for ActiveModel {
    fn from(person: &Person) -> Self {
        let Person { id, name, created_at } = person;
        Self { id: Set(id.0), name: Set(name.clone()), created_at: Set(created_at.unix_ms()) }
    }
}

impl TryFrom<Model> for Person {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, name, created_at } = row;
        Ok(Self { id: PersonId(id), name, created_at: stored::time(created_at)? })
    }
}
