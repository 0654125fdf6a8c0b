//! Changes of publications; the building blocks of publishing and withdrawing.

use diwan_content::{ContentHash, EntryId, Locale, Permit};
use sea_orm::Value;

use crate::{
    error::StoreError,
    permits::{self, check_action},
    publication_rows::{ClosedRow, RETURNED},
    publications::{Publication, PublicationKind},
    write::{EventIndex, WriteTx},
};

impl WriteTx {
    /// Keeps presented data under its hash; what is there already stays.
    pub async fn put_presented(&mut self, hash: &ContentHash, data_text: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO presented (hash, data_text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
        self.connection.run(sql, [hash.as_bytes().to_vec().into(), data_text.into()]).await?;
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
        let sql = format!(
            "INSERT INTO publications ({RETURNED}, from_sequence, from_at, kind, redirect_to, folded_path) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
        );
        let values: [Value; 22] = [
            entry.0.into(),
            locale.as_str().into(),
            collection.as_str().into(),
            blueprint.as_str().into(),
            department.0.into(),
            revision.0.into(),
            origin_revision.0.into(),
            slug.as_str().into(),
            path.as_ref().map(|path| path.as_str().to_owned()).into(),
            parent.map(|parent| parent.0).into(),
            rank.as_ref().map(|rank| rank.as_str().to_owned()).into(),
            date.map(|date| date.to_string()).into(),
            title.as_str().into(),
            data_hash.as_bytes().to_vec().into(),
            first_published_at.unix_ms().into(),
            published_at.unix_ms().into(),
            presented_under.map(|shape| shape.as_bytes().to_vec()).into(),
            from.sequence.into(),
            from.at.unix_ms().into(),
            kind.as_str().into(),
            kind.redirect_to().map(|to| to.0).into(),
            path.as_ref().map(|path| path.folded().as_str().to_owned()).into(),
        ];
        self.connection.run(&sql, values).await?;
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
        let sql = format!(
            "UPDATE publications SET to_sequence = $3, to_at = $4 \
             WHERE entry = $1 AND locale = $2 AND to_sequence IS NULL RETURNING {RETURNED}, kind, redirect_to"
        );
        let values: [Value; 4] = [entry.0.into(), locale.as_str().into(), to.sequence.into(), to.at.unix_ms().into()];
        let Some(row) = self.connection.find::<ClosedRow>(&sql, values).await? else { return Ok(None) };
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
        let sql = "UPDATE publications SET presented_under = $3 \
                   WHERE entry = $1 AND locale = $2 AND to_sequence IS NULL AND kind = 'live'";
        let values: [Value; 3] = [entry.0.into(), locale.as_str().into(), shape.as_bytes().to_vec().into()];
        self.connection.run(sql, values).await?;
        Ok(())
    }

    fn number_at_commit(&mut self, entry: EntryId) {
        if self.connection.is_postgres() {
            self.unnumbered.push(entry);
        }
    }
}
