//! Refused requests of known actors. Rows never change.

use diwan_content::EntryId;
use sea_orm::{Set, entity::prelude::*};

use crate::{error::StoreError, log::refusals::Refusal, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refusals")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) refused_at: i64,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) entry: Option<Uuid>,
    pub(crate) code: String,
    pub(crate) request_id: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Refusal> for ActiveModel {
    fn from(refusal: &Refusal) -> Self {
        let Refusal { id, at, actor, action, entry, code, request_id } = refusal;
        Self {
            id: Set(*id),
            refused_at: Set(at.unix_ms()),
            actor: Set(actor.to_string()),
            action: Set(action.clone()),
            entry: Set(entry.map(|entry| entry.0)),
            code: Set(code.clone()),
            request_id: Set(request_id.clone()),
        }
    }
}

impl TryFrom<Model> for Refusal {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, refused_at, actor, action, entry, code, request_id } = row;
        let (at, actor) = (stored::time(refused_at)?, stored::actor(&actor)?);
        Ok(Self { id, at, actor, action, entry: entry.map(EntryId), code, request_id })
    }
}
