//! People who are named as authors. Names stand apart from what they did, so that erasing one leaves the chain valid.

use diwan_content::{Permit, PersonId, Timestamp};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
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

#[derive(Debug, FromQueryResult)]
struct PersonRow {
    id: Uuid,
    name: Option<String>,
    created_at: i64,
}

impl Queries {
    /// The person.
    pub async fn find_person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let sql = "SELECT id, name, created_at FROM people WHERE id = $1";
        self.connection.find::<PersonRow>(sql, [id.0.into()]).await?.map(Person::try_from).transpose()
    }
}

impl WriteTx {
    /// Makes a person known; one who is known already stays as they are.
    pub async fn put_person(&mut self, permit: &Permit, person: &Person) -> Result<(), StoreError> {
        check_action(permit, permits::IMPORTS, "naming a person")?;
        let Person { id, name, created_at } = person;
        let sql = "INSERT INTO people (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
        let values: [Value; 3] = [id.0.into(), name.clone().into(), created_at.unix_ms().into()];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let PersonRow { id, name, created_at } = row;
        Ok(Self { id: PersonId(id), name, created_at: stored::time(created_at)? })
    }
}
