//! Everything that can become public of a localization, as it was saved. Rows never change.

use diwan_content::{EntryId, RevisionContent, RevisionNumber, Slug};
use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{content::revisions::Revision, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) data_text: String,
    pub(crate) slug: Option<String>,
    pub(crate) parent: Option<Uuid>,
    pub(crate) rank: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) foreign_text: Option<String>,
    pub(crate) blueprint: String,
    pub(crate) blueprint_hash: Hash,
    pub(crate) content_hash: Hash,
    pub(crate) saved_at: i64,
    pub(crate) author: String,
    pub(crate) note: Option<String>,
    pub(crate) based_on: Option<i64>,
    pub(crate) translates: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Revision> for ActiveModel {
    fn from(revision: &Revision) -> Self {
        let Revision { entry, locale, number, content, hash, at, author, note, based_on, translates } = revision;
        let RevisionContent { data_text, slug, parent, rank, date, foreign_text, blueprint, blueprint_hash } = content;
        Self {
            entry: Set(entry.0),
            locale: Set(locale.to_string()),
            number: Set(number.0),
            data_text: Set(data_text.clone()),
            slug: Set(slug.as_ref().map(|slug| slug.as_str().to_owned())),
            parent: Set(parent.map(|parent| parent.0)),
            rank: Set(rank.as_ref().map(|rank| rank.as_str().to_owned())),
            date: Set(date.map(|date| date.to_string())),
            foreign_text: Set(foreign_text.clone()),
            blueprint: Set(blueprint.to_string()),
            blueprint_hash: Set((*blueprint_hash).into()),
            content_hash: Set((*hash).into()),
            saved_at: Set(at.unix_ms()),
            author: Set(author.to_string()),
            note: Set(note.clone()),
            based_on: Set(based_on.map(|number| number.0)),
            translates: Set(translates.map(|number| number.0)),
        }
    }
}

impl TryFrom<Model> for Revision {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            entry,
            locale,
            number,
            data_text,
            slug,
            parent,
            rank,
            date,
            foreign_text,
            blueprint,
            blueprint_hash,
            content_hash,
            saved_at,
            author,
            note,
            based_on,
            translates,
        } = row;
        let content = RevisionContent {
            data_text,
            slug: slug.map(Slug::from_stored),
            parent: parent.map(EntryId),
            rank: stored::rank(rank.as_deref())?,
            date: stored::date(date.as_deref())?,
            foreign_text,
            blueprint: stored::handle(&blueprint)?,
            blueprint_hash: blueprint_hash.try_into()?,
        };
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            number: RevisionNumber(number),
            content,
            hash: content_hash.try_into()?,
            at: stored::time(saved_at)?,
            author: stored::actor(&author)?,
            note,
            based_on: based_on.map(RevisionNumber),
            translates: translates.map(RevisionNumber),
        })
    }
}
