//! Users: people who may sign in, and what was granted to them.

use std::collections::BTreeSet;

use diwan_content::{
    DepartmentId, Handle, Locale, Permit, PersonId, Timestamp, Version,
    rights::{ActorRef, Grant},
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::{Expr, ExprTrait as _, LockType},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        grants, people,
        users::{ActiveModel, Column, Entity, Model},
    },
};

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub person: PersonId,
    /// Where mail reaches them, and what they sign in with; as it was written.
    pub email: String,
    /// The same as it is compared: unique.
    pub email_folded: String,
    /// In which language they are written to: `ar` or `en`.
    pub language: String,
    /// Raised by every change of the user, of their grants and of how they sign in.
    pub version: Version,
    /// When they were made known.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRef,
    /// Since when they may not sign in.
    pub suspended_at: Option<Timestamp>,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
}

/// What was granted to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserGrant {
    /// Its identity.
    pub id: Uuid,
    /// To whom.
    pub person: PersonId,
    /// What.
    pub grant: Grant,
    /// The rule of single sign-on that gave it; `None` where a person or the program did.
    pub source: Option<String>,
    /// When.
    pub granted_at: Timestamp,
    /// By whom.
    pub granted_by: ActorRef,
}

impl Queries {
    /// The user.
    pub async fn find_user(&self, person: PersonId) -> Result<Option<User>, StoreError> {
        Entity::find_by_id(person.0).one(&self.connection).await?.map(User::try_from).transpose()
    }

    /// The user with a folded address.
    pub async fn find_user_by_email(&self, email_folded: &str) -> Result<Option<User>, StoreError> {
        let row = Entity::find().filter(Column::EmailFolded.eq(email_folded)).one(&self.connection).await?;
        row.map(User::try_from).transpose()
    }

    /// Whether anybody may sign in.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        Ok(Entity::find().limit(1).one(&self.connection).await?.is_some())
    }

    /// Users by their folded addresses, behind the one that is given.
    pub async fn list_users(&self, after: Option<&str>, limit: u32) -> Result<Vec<User>, StoreError> {
        let behind = Condition::all().add_option(after.map(|after| Column::EmailFolded.gt(after)));
        let rows = Entity::find().filter(behind).order_by_asc(Column::EmailFolded);
        let rows = rows.limit(stored::bounded(limit)).all(&self.connection).await?;
        rows.into_iter().map(User::try_from).collect()
    }

    /// The grants of a user, the first given first.
    pub async fn grants_of(&self, person: PersonId) -> Result<Vec<UserGrant>, StoreError> {
        let of_them = grants::Entity::find().filter(grants::Column::Person.eq(person.0));
        let ordered = of_them.order_by_asc(grants::Column::GrantedAt).order_by_asc(grants::Column::Id);
        ordered.all(&self.connection).await?.into_iter().map(UserGrant::try_from).collect()
    }

    /// All grants of users, in no order.
    pub async fn all_grants(&self) -> Result<Vec<UserGrant>, StoreError> {
        let rows = grants::Entity::find().all(&self.connection).await?;
        rows.into_iter().map(UserGrant::try_from).collect()
    }

    /// One grant.
    pub async fn find_grant(&self, id: Uuid) -> Result<Option<UserGrant>, StoreError> {
        grants::Entity::find_by_id(id).one(&self.connection).await?.map(UserGrant::try_from).transpose()
    }
}

impl WriteTx {
    /// Makes a user of a person.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the address or the person is a user already.
    pub async fn insert_user(&mut self, permit: &Permit, user: &User) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "making a user")?;
        Entity::insert(ActiveModel::from(user)).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Writes all of a user but who it is, and raises the version.
    pub async fn replace_user(&mut self, permit: &Permit, user: &User) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "changing a user")?;
        let row = ActiveModel { version: Set(user.version.0 + 1), ..ActiveModel::from(user) };
        Entity::update(row).exec(&self.connection).await?;
        Ok(())
    }

    /// Locks a user until the transaction ends.
    pub async fn lock_user(&mut self, person: PersonId) -> Result<Option<User>, StoreError> {
        let row = Entity::find_by_id(person.0).lock(LockType::NoKeyUpdate).one(&self.connection).await?;
        row.map(User::try_from).transpose()
    }

    /// Remembers that a user's grants or credentials changed, for those who have read the older version.
    pub async fn touch_user(&mut self, permit: &Permit, person: PersonId) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "changing a user")?;
        Entity::update_many()
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Person.eq(person.0))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Names a person anew.
    pub async fn rename_person(&mut self, permit: &Permit, person: PersonId, name: &str) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "naming a person")?;
        let row = people::ActiveModel { id: Set(person.0), name: Set(Some(name.to_owned())), ..Default::default() };
        people::Entity::update(row).exec(&self.connection).await?;
        Ok(())
    }

    /// Remembers when a user signed in.
    pub async fn note_sign_in(&mut self, person: PersonId) -> Result<(), StoreError> {
        let at = self.now().unix_ms();
        Entity::update_many()
            .set(ActiveModel { signed_in_at: Set(Some(at)), ..Default::default() })
            .filter(Column::Person.eq(person.0))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Gives a user a role.
    pub async fn insert_grant(&mut self, permit: &Permit, grant: &UserGrant) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "granting a role")?;
        let row = grants::ActiveModel::try_from(grant)?;
        grants::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Takes a role from a user; `false` when it is gone.
    pub async fn delete_grant(&mut self, permit: &Permit, id: Uuid) -> Result<bool, StoreError> {
        check_action(permit, permits::USERS, "taking a role")?;
        Ok(grants::Entity::delete_by_id(id).exec(&self.connection).await?.rows_affected > 0)
    }
}

impl From<&User> for ActiveModel {
    fn from(user: &User) -> Self {
        let User { person, email, email_folded, language, version, created_at, created_by, suspended_at, signed_in_at } =
            user;
        Self {
            person: Set(person.0),
            email: Set(email.clone()),
            email_folded: Set(email_folded.clone()),
            language: Set(language.clone()),
            version: Set(version.0),
            created_at: Set(created_at.unix_ms()),
            created_by: Set(created_by.to_string()),
            suspended_at: Set(suspended_at.map(Timestamp::unix_ms)),
            signed_in_at: Set(signed_in_at.map(Timestamp::unix_ms)),
        }
    }
}

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            person,
            email,
            email_folded,
            language,
            version,
            created_at,
            created_by,
            suspended_at,
            signed_in_at,
        } = row;
        Ok(Self {
            person: PersonId(person),
            email,
            email_folded,
            language,
            version: Version(version),
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
            suspended_at: stored::optional_time(suspended_at)?,
            signed_in_at: stored::optional_time(signed_in_at)?,
        })
    }
}

impl TryFrom<&UserGrant> for grants::ActiveModel {
    type Error = StoreError;

    fn try_from(granted: &UserGrant) -> Result<Self, StoreError> {
        let UserGrant { id, person, grant, source, granted_at, granted_by } = granted;
        let Grant { role, department, collections, locales } = grant;
        Ok(Self {
            id: Set(*id),
            person: Set(person.0),
            role: Set(role.as_str().to_owned()),
            department: Set(department.0),
            collections: Set(collections.as_ref().map(to_json).transpose()?),
            locales: Set(locales.as_ref().map(to_json).transpose()?),
            source: Set(source.clone()),
            granted_at: Set(granted_at.unix_ms()),
            granted_by: Set(granted_by.to_string()),
        })
    }
}

impl TryFrom<grants::Model> for UserGrant {
    type Error = StoreError;

    fn try_from(row: grants::Model) -> Result<Self, StoreError> {
        let grants::Model { id, person, role, department, collections, locales, source, granted_at, granted_by } = row;
        let collections: Option<BTreeSet<Handle>> = collections.as_deref().map(from_json).transpose()?;
        let locales: Option<BTreeSet<Locale>> = locales.as_deref().map(from_json).transpose()?;
        Ok(Self {
            id,
            person: PersonId(person),
            grant: Grant { role: stored::role(&role)?, department: DepartmentId(department), collections, locales },
            source,
            granted_at: stored::time(granted_at)?,
            granted_by: stored::actor(&granted_by)?,
        })
    }
}

fn to_json<T: Serialize>(names: &BTreeSet<T>) -> Result<String, StoreError> {
    serde_json::to_string(names).map_err(|error| stored::damaged("list of names", &error.to_string()))
}

fn from_json<T: DeserializeOwned + Ord>(json: &str) -> Result<BTreeSet<T>, StoreError> {
    serde_json::from_str(json).map_err(|_| stored::damaged("list of names", json))
}
