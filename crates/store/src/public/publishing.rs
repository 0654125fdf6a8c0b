//! Changes of publications; the building blocks of publishing and withdrawing.

use diwan_content::{ContentHash, EntryId, Locale, Permit};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _, QueryTrait as _,
    Set, UpdateMany,
    sea_query::{OnConflict, Query},
};

use crate::{
    access::permits::{self, check_action},
    connection::write::{EventIndex, WriteTx},
    error::StoreError,
    public::{
        publication_rows::{ClosedRow, READ},
        publications::{Publication, PublicationKind},
    },
    tables::{
        Hash, presented,
        publications::{ActiveModel, Column, Entity, is_live},
    },
};

impl WriteTx {
    /// Keeps presented data under its hash; what is there already stays.
    pub async fn put_presented(&mut self, hash: &ContentHash, data_text: &str) -> Result<(), StoreError> {
        let row = presented::ActiveModel { hash: Set((*hash).into()), data_text: Set(data_text.to_owned()) };
        let keep = OnConflict::column(presented::Column::Hash).do_nothing().to_owned();
        presented::Entity::insert(row).on_conflict(keep).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Begins a span that an event of this transaction opens. The one before has to be closed first, and the presented
    /// data to be put.
    pub async fn open_publication(
        &mut self,
        permit: &Permit,
        publication: &Publication,
        kind: PublicationKind,
        event: EventIndex,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "opening a publication")?;
        let from = self.boundary(event).await?;
        let Publication {
            entry,
            locale,
            collection,
            blueprint,
            department,
            revision,
            origin_revision,
            slug,
            path,
            parent,
            rank,
            date,
            title,
            data_hash,
            first_published_at,
            published_at,
            presented_under,
        } = publication;
        let row = ActiveModel {
            entry: Set(entry.0),
            locale: Set(locale.to_string()),
            from_sequence: Set(from.sequence),
            from_at: Set(from.at.unix_ms()),
            to_sequence: Set(None),
            to_at: Set(None),
            kind: Set(kind.as_str().to_owned()),
            redirect_to: Set(kind.redirect_to().map(|to| to.0)),
            collection: Set(collection.to_string()),
            blueprint: Set(blueprint.to_string()),
            department: Set(department.0),
            revision: Set(revision.0),
            origin_revision: Set(origin_revision.0),
            slug: Set(slug.as_str().to_owned()),
            path: Set(path.as_ref().map(|path| path.as_str().to_owned())),
            parent: Set(parent.map(|parent| parent.0)),
            rank: Set(rank.as_ref().map(|rank| rank.as_str().to_owned())),
            date: Set(date.map(|date| date.to_string())),
            title: Set(title.clone()),
            data_hash: Set((*data_hash).into()),
            first_published_at: Set(first_published_at.unix_ms()),
            published_at: Set(published_at.unix_ms()),
            folded_path: Set(path.as_ref().map(|path| path.folded().as_str().to_owned())),
            presented_under: Set(presented_under.map(Hash::from)),
        };
        Entity::insert(row).exec_without_returning(&self.connection).await?;
        self.number_at_commit(*entry);
        Ok(())
    }

    /// Ends the open span of a localization, of whatever kind; answers what it was. Keys of lists, references and paths
    /// are changed on their own.
    pub async fn close_publication(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        event: EventIndex,
    ) -> Result<Option<(Publication, PublicationKind)>, StoreError> {
        check_action(permit, permits::PUBLISHES, "closing a publication")?;
        let to = self.boundary(event).await?;
        let closed = ActiveModel {
            to_sequence: Set(Some(to.sequence)),
            to_at: Set(Some(to.at.unix_ms())),
            ..Default::default()
        };
        let mut update = update_open(entry, locale, closed).into_query();
        update.returning(Query::returning().columns(READ.into_iter().chain([Column::Kind, Column::RedirectTo])));
        let Some(row) = self.connection.query_one(&update).await? else { return Ok(None) };
        let row = ClosedRow::from_query_result(&row, "")?;
        self.number_at_commit(entry);
        Ok(Some(row.try_into()?))
    }

    /// Notes that what is public of a localization is what a blueprint of that shape makes of it.
    pub async fn set_presented_under(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        shape: &ContentHash,
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "noting how a publication was presented")?;
        let presented = ActiveModel { presented_under: Set(Some((*shape).into())), ..Default::default() };
        update_open(entry, locale, presented).filter(is_live()).exec(&self.connection).await?;
        Ok(())
    }

    fn number_at_commit(&mut self, entry: EntryId) {
        if self.connection.is_postgres() {
            self.unnumbered.push(entry);
        }
    }
}

/// The change of the open span of a localization.
fn update_open(entry: EntryId, locale: &Locale, changed: ActiveModel) -> UpdateMany<Entity> {
    Entity::update_many()
        .set(changed)
        .filter(Column::Entry.eq(entry.0))
        .filter(Column::Locale.eq(locale.as_str()))
        .filter(Column::ToSequence.is_null())
}
