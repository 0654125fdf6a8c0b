//! How users prove who they are: credentials, sessions, and tokens that are used once.

use std::str::FromStr;

use diwan_content::{ContentHash, Permit, PersonId, Timestamp};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use strum::{Display, EnumString};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, open::Store, write::WriteTx},
    error::StoreError,
    stored,
    tables::{Hash, credentials, one_time_tokens, sessions},
};

/// What a user proves it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum CredentialKind {
    /// A password: `secret` is its hash.
    Password,
    /// One-time codes by time: `secret` is the sealed secret.
    Totp,
    /// A code for whoever lost the device: `secret` is its hash.
    RecoveryCode,
    /// An account of single sign-on: `issuer` and `subject` name it.
    Openid,
}

/// A way in which a user proves who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its identity.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// What it is.
    pub kind: CredentialKind,
    /// What is kept of it.
    pub secret: Option<String>,
    /// Who vouches for an account of single sign-on.
    pub issuer: Option<String>,
    /// Which account of theirs.
    pub subject: Option<String>,
    /// The last step of time whose code was used: no code is good twice.
    pub last_step: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user first proved that it works; before that it counts for nothing.
    pub confirmed_at: Option<Timestamp>,
    /// When a code that is good once was used.
    pub used_at: Option<Timestamp>,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identity.
    pub id: Uuid,
    /// Hash of its token.
    pub token_hash: ContentHash,
    /// Whose.
    pub person: PersonId,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// What the browser said of itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the user last proved who they are.
    pub confirmed_at: Timestamp,
    /// When it was last used, as far as that was flushed.
    pub last_used_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// What a token is good for, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum OneTimePurpose {
    /// The first password of a new user.
    Invitation,
    /// A new password.
    PasswordReset,
}

/// A token that is used once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// Hash of the token.
    pub token_hash: ContentHash,
    /// Whose.
    pub person: PersonId,
    /// What for.
    pub purpose: OneTimePurpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Queries {
    /// All credentials of a user, the oldest first.
    pub async fn credentials_of(&self, person: PersonId) -> Result<Vec<Credential>, StoreError> {
        use credentials::{Column, Entity};
        let of_them = Entity::find().filter(Column::Person.eq(person.0));
        let rows = of_them.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&self.connection).await?;
        rows.into_iter().map(Credential::try_from).collect()
    }

    /// The user of an account of single sign-on.
    pub async fn find_openid(&self, issuer: &str, subject: &str) -> Result<Option<Credential>, StoreError> {
        use credentials::{Column, Entity};
        let account = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject));
        account.one(&self.connection).await?.map(Credential::try_from).transpose()
    }

    /// The session of a token, over or not.
    pub async fn find_session(&self, token_hash: &ContentHash) -> Result<Option<Session>, StoreError> {
        let of_it = sessions::Entity::find().filter(sessions::Column::TokenHash.eq(Hash::from(*token_hash)));
        of_it.one(&self.connection).await?.map(Session::try_from).transpose()
    }

    /// The sessions of a user, the newest first.
    pub async fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>, StoreError> {
        use sessions::{Column, Entity};
        let of_them = Entity::find().filter(Column::Person.eq(person.0));
        let rows = of_them.order_by_desc(Column::CreatedAt).order_by_asc(Column::Id).all(&self.connection).await?;
        rows.into_iter().map(Session::try_from).collect()
    }

    /// What a token is good for, over or not.
    pub async fn find_one_time_token(&self, token_hash: &ContentHash) -> Result<Option<OneTimeToken>, StoreError> {
        let row = one_time_tokens::Entity::find_by_id(Hash::from(*token_hash)).one(&self.connection).await?;
        row.map(OneTimeToken::try_from).transpose()
    }
}

impl WriteTx {
    /// Adds a credential.
    pub async fn insert_credential(&mut self, permit: &Permit, credential: &Credential) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "adding a credential")?;
        let row = credentials::ActiveModel::from(credential);
        credentials::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Writes all of a credential; `false` when it is gone.
    pub async fn replace_credential(&mut self, permit: &Permit, credential: &Credential) -> Result<bool, StoreError> {
        check_action(permit, permits::USERS, "changing a credential")?;
        let row = credentials::ActiveModel { id: sea_orm::NotSet, ..credentials::ActiveModel::from(credential) };
        let of_it = credentials::Column::Id.eq(credential.id);
        let changed = credentials::Entity::update_many().set(row).filter(of_it).exec(&self.connection).await?;
        Ok(changed.rows_affected > 0)
    }

    /// Takes all credentials of a kind from a user.
    pub async fn delete_credentials(
        &mut self,
        permit: &Permit,
        person: PersonId,
        kind: CredentialKind,
    ) -> Result<(), StoreError> {
        use credentials::{Column, Entity};
        check_action(permit, permits::USERS, "taking credentials")?;
        let of_them = Entity::delete_many().filter(Column::Person.eq(person.0));
        of_them.filter(Column::Kind.eq(kind.to_string())).exec(&self.connection).await?;
        Ok(())
    }

    /// Begins a session.
    pub async fn insert_session(&mut self, permit: &Permit, session: &Session) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "beginning a session")?;
        let row = sessions::ActiveModel::from(session);
        sessions::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Remembers that the user of a session proved again who they are.
    pub async fn confirm_session(&mut self, permit: &Permit, id: Uuid, second_factor: bool) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "confirming a session")?;
        let confirmed_at = Set(self.now().unix_ms());
        let row = sessions::ActiveModel {
            id: Set(id),
            confirmed_at,
            second_factor: Set(second_factor),
            ..Default::default()
        };
        sessions::Entity::update(row).exec(&self.connection).await?;
        Ok(())
    }

    /// Ends a session of a user; `false` when it has ended.
    pub async fn delete_session(&mut self, permit: &Permit, person: PersonId, id: Uuid) -> Result<bool, StoreError> {
        check_action(permit, permits::USERS, "ending a session")?;
        let of_them = sessions::Entity::delete_many().filter(sessions::Column::Person.eq(person.0));
        let ended = of_them.filter(sessions::Column::Id.eq(id)).exec(&self.connection).await?;
        Ok(ended.rows_affected > 0)
    }

    /// Ends all sessions of a user but one that is kept, and all that their tokens were good for.
    pub async fn end_access(
        &mut self,
        permit: &Permit,
        person: PersonId,
        kept: Option<Uuid>,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::USERS, "ending sessions")?;
        let of_them = sessions::Entity::delete_many().filter(sessions::Column::Person.eq(person.0));
        let ended = of_them.filter(sessions::Column::Id.ne(kept.unwrap_or(Uuid::nil())));
        ended.exec(&self.connection).await?;
        let tokens = one_time_tokens::Column::Person.eq(person.0);
        one_time_tokens::Entity::delete_many().filter(tokens).exec(&self.connection).await?;
        Ok(())
    }

    /// Makes a token that is used once. Earlier ones of the same user are good for nothing from then on.
    pub async fn replace_one_time_token(&mut self, permit: &Permit, token: &OneTimeToken) -> Result<(), StoreError> {
        use one_time_tokens::{ActiveModel, Column, Entity};
        check_action(permit, permits::USERS, "making a token")?;
        Entity::delete_many().filter(Column::Person.eq(token.person.0)).exec(&self.connection).await?;
        Entity::insert(ActiveModel::from(token)).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

impl Store {
    /// Writes when sessions were last used, in one transaction, and forgets those that are over.
    pub async fn touch_sessions(
        &self,
        uses: &[(Uuid, Timestamp)],
        unused_since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        use sessions::{ActiveModel, Column, Entity};
        let mut uses = uses.to_vec();
        // In the order of their ids, so that two transactions never wait for each other.
        uses.sort_unstable();
        let connection = self.begin_write_connection().await?;
        for (id, at) in uses {
            Entity::update_many()
                .set(ActiveModel { last_used_at: Set(at.unix_ms()), ..Default::default() })
                .filter(Column::Id.eq(id))
                .filter(Column::LastUsedAt.lt(at.unix_ms()))
                .exec(&connection)
                .await?;
        }
        let unused = Column::LastUsedAt.lte(unused_since.unix_ms());
        let over = Condition::any().add(Column::ExpiresAt.lte(now.unix_ms())).add(unused);
        Entity::delete_many().filter(over).exec(&connection).await?;
        let ended = one_time_tokens::Column::ExpiresAt.lte(now.unix_ms());
        one_time_tokens::Entity::delete_many().filter(ended).exec(&connection).await?;
        connection.commit().await
    }
}

impl From<&Credential> for credentials::ActiveModel {
    fn from(credential: &Credential) -> Self {
        let Credential { id, person, kind, secret, issuer, subject, last_step, created_at, confirmed_at, used_at } =
            credential;
        Self {
            id: Set(*id),
            person: Set(person.0),
            kind: Set(kind.to_string()),
            secret: Set(secret.clone()),
            issuer: Set(issuer.clone()),
            subject: Set(subject.clone()),
            last_step: Set(*last_step),
            created_at: Set(created_at.unix_ms()),
            confirmed_at: Set(confirmed_at.map(Timestamp::unix_ms)),
            used_at: Set(used_at.map(Timestamp::unix_ms)),
        }
    }
}

impl TryFrom<credentials::Model> for Credential {
    type Error = StoreError;

    fn try_from(row: credentials::Model) -> Result<Self, StoreError> {
        let credentials::Model {
            id,
            person,
            kind,
            secret,
            issuer,
            subject,
            last_step,
            created_at,
            confirmed_at,
            used_at,
        } = row;
        Ok(Self {
            id,
            person: PersonId(person),
            kind: CredentialKind::from_str(&kind).map_err(|_| stored::damaged("kind of credential", &kind))?,
            secret,
            issuer,
            subject,
            last_step,
            created_at: stored::time(created_at)?,
            confirmed_at: stored::optional_time(confirmed_at)?,
            used_at: stored::optional_time(used_at)?,
        })
    }
}

impl From<&Session> for sessions::ActiveModel {
    fn from(session: &Session) -> Self {
        let Session {
            id,
            token_hash,
            person,
            second_factor,
            user_agent,
            created_at,
            confirmed_at,
            last_used_at,
            expires_at,
        } = session;
        Self {
            id: Set(*id),
            token_hash: Set((*token_hash).into()),
            person: Set(person.0),
            second_factor: Set(*second_factor),
            user_agent: Set(user_agent.clone()),
            created_at: Set(created_at.unix_ms()),
            confirmed_at: Set(confirmed_at.unix_ms()),
            last_used_at: Set(last_used_at.unix_ms()),
            expires_at: Set(expires_at.unix_ms()),
        }
    }
}

impl TryFrom<sessions::Model> for Session {
    type Error = StoreError;

    fn try_from(row: sessions::Model) -> Result<Self, StoreError> {
        let sessions::Model {
            id,
            token_hash,
            person,
            second_factor,
            user_agent,
            created_at,
            confirmed_at,
            last_used_at,
            expires_at,
        } = row;
        Ok(Self {
            id,
            token_hash: token_hash.try_into()?,
            person: PersonId(person),
            second_factor,
            user_agent,
            created_at: stored::time(created_at)?,
            confirmed_at: stored::time(confirmed_at)?,
            last_used_at: stored::time(last_used_at)?,
            expires_at: stored::time(expires_at)?,
        })
    }
}

impl From<&OneTimeToken> for one_time_tokens::ActiveModel {
    fn from(token: &OneTimeToken) -> Self {
        let OneTimeToken { token_hash, person, purpose, created_at, expires_at } = token;
        Self {
            token_hash: Set((*token_hash).into()),
            person: Set(person.0),
            purpose: Set(purpose.to_string()),
            created_at: Set(created_at.unix_ms()),
            expires_at: Set(expires_at.unix_ms()),
        }
    }
}

impl TryFrom<one_time_tokens::Model> for OneTimeToken {
    type Error = StoreError;

    fn try_from(row: one_time_tokens::Model) -> Result<Self, StoreError> {
        let one_time_tokens::Model { token_hash, person, purpose, created_at, expires_at } = row;
        Ok(Self {
            token_hash: token_hash.try_into()?,
            person: PersonId(person),
            purpose: OneTimePurpose::from_str(&purpose).map_err(|_| stored::damaged("purpose of a token", &purpose))?,
            created_at: stored::time(created_at)?,
            expires_at: stored::time(expires_at)?,
        })
    }
}
