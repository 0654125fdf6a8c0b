//! People who are named as authors. Names stand apart from what they did, so that erasing one leaves the chain valid.

use diwan_content::{Permit, PersonId, Timestamp};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set, sea_query::OnConflict};

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, padded, write::WriteTx},
    error::StoreError,
    stored,
    tables::people::{ActiveModel, Column, Entity, Model},
};

/// A person; nameless where an import told an identity alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// What they are called.
    pub name: Option<String>,
    /// Since when they are known here.
    pub created_at: Timestamp,
}

impl Queries {
    /// Those of some people who are known, by id.
    pub async fn find_people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        let mut people = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(256) {
            let ids = padded(chunk.iter().map(|id| id.0).collect());
            let found = Entity::find().filter(Column::Id.is_in(ids)).order_by_asc(Column::Id);
            for row in found.all(&self.connection).await? {
                people.push(Person::try_from(row)?);
            }
        }
        Ok(people)
    }

    /// The person.
    pub async fn find_person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        Entity::find_by_id(id.0).one(&self.connection).await?.map(Person::try_from).transpose()
    }
}

impl WriteTx {
    /// Makes a person known; one who is known already stays as they are.
    pub async fn put_person(&mut self, permit: &Permit, person: &Person) -> Result<(), StoreError> {
        check_action(permit, permits::PEOPLE, "naming a person")?;
        let keep = OnConflict::column(Column::Id).do_nothing().to_owned();
        Entity::insert(ActiveModel::from(person)).on_conflict(keep).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

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
