//! The log of events. Rows never change, and every column is part of the chain's hash.

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Event, EventKind, EventSubject, KeyId, PersonId, RevisionNumber,
    Sequence,
};
use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sequence: i64,
    pub(crate) happened_at: i64,
    pub(crate) kind: String,
    pub(crate) actor: String,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) entry: Option<Uuid>,
    pub(crate) locale: Option<String>,
    pub(crate) revision: Option<i64>,
    pub(crate) asset: Option<Uuid>,
    pub(crate) api_key: Option<Uuid>,
    pub(crate) department: Option<Uuid>,
    pub(crate) content_hash: Option<Hash>,
    pub(crate) cause: Option<i64>,
    pub(crate) previous_hash: Hash,
    pub(crate) hash: Hash,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Event> for ActiveModel {
    fn from(event: &Event) -> Self {
        let Event { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash } = event;
        let EventSubject { entry, locale, revision, asset, key, department, content_hash, cause } = subject;
        Self {
            sequence: Set(sequence.0),
            happened_at: Set(at.unix_ms()),
            kind: Set(kind.as_str().to_owned()),
            actor: Set(actor.to_string()),
            on_behalf_of: Set(on_behalf_of.map(|id| id.0)),
            entry: Set(entry.map(|id| id.0)),
            locale: Set(locale.as_ref().map(|locale| locale.as_str().to_owned())),
            revision: Set(revision.map(|number| number.0)),
            asset: Set(asset.map(|id| id.0)),
            api_key: Set(key.map(|id| id.0)),
            department: Set(department.map(|id| id.0)),
            content_hash: Set(content_hash.map(Hash::from)),
            cause: Set(cause.map(|sequence| sequence.0)),
            previous_hash: Set((*previous_hash).into()),
            hash: Set((*hash).into()),
        }
    }
}

impl TryFrom<Model> for Event {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            sequence,
            happened_at,
            kind,
            actor,
            on_behalf_of,
            entry,
            locale,
            revision,
            asset,
            api_key,
            department,
            content_hash,
            cause,
            previous_hash,
            hash,
        } = row;
        let subject = EventSubject {
            entry: entry.map(EntryId),
            locale: locale.map(|locale| stored::locale(&locale)).transpose()?,
            revision: revision.map(RevisionNumber),
            asset: asset.map(AssetId),
            key: api_key.map(KeyId),
            department: department.map(DepartmentId),
            content_hash: content_hash.map(ContentHash::try_from).transpose()?,
            cause: cause.map(Sequence),
        };
        Ok(Self {
            sequence: Sequence(sequence),
            at: stored::time(happened_at)?,
            kind: EventKind::from_stored(&kind).ok_or_else(|| stored::damaged("kind of event", &kind))?,
            actor: stored::actor(&actor)?,
            on_behalf_of: on_behalf_of.map(PersonId),
            subject,
            previous_hash: previous_hash.try_into()?,
            hash: hash.try_into()?,
        })
    }
}
