//! Revisions: immutable, numbered. A trigger refuses to change or delete one.

use diwan_content::{ContentHash, EntryId, Locale, RevisionContent, RevisionNumber, Slug, Timestamp, rights::ActorRef};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{connection::Connection, error::StoreError, snapshot::Queries, stored};

/// Everything that can become public of one localization, as it was once saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Of which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// Its number, from 1 without gaps.
    pub number: RevisionNumber,
    /// What was saved.
    pub content: RevisionContent,
    /// [`RevisionContent::hash`] of it.
    pub hash: ContentHash,
    /// When it was saved (of an import: there).
    pub at: Timestamp,
    /// By whom.
    pub author: ActorRef,
    /// Why, in the author's words.
    pub note: Option<String>,
    /// Which revision it was made from.
    pub based_on: Option<RevisionNumber>,
    /// Which revision of the origin it translates.
    pub translates: Option<RevisionNumber>,
}

#[derive(Debug, FromQueryResult)]
struct RevisionRow {
    entry: Uuid,
    locale: String,
    number: i64,
    data_text: String,
    slug: String,
    parent: Option<Uuid>,
    rank: Option<String>,
    date: Option<String>,
    foreign_text: Option<String>,
    blueprint: String,
    blueprint_hash: Vec<u8>,
    content_hash: Vec<u8>,
    saved_at: i64,
    author: String,
    note: Option<String>,
    based_on: Option<i64>,
    translates: Option<i64>,
}

const COLUMNS: &str = "entry, locale, number, data_text, slug, parent, rank, date, foreign_text, blueprint, \
                       blueprint_hash, content_hash, saved_at, author, note, based_on, translates";

impl Queries {
    /// One revision.
    pub async fn find_revision(
        &self,
        entry: EntryId,
        locale: &Locale,
        number: RevisionNumber,
    ) -> Result<Option<Revision>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM revisions WHERE entry = $1 AND locale = $2 AND number = $3");
        let values: [Value; 3] = [entry.0.into(), locale.as_str().into(), number.0.into()];
        self.connection.find::<RevisionRow>(&sql, values).await?.map(Revision::try_from).transpose()
    }

    /// The newest revision of a localization, if there is such a one.
    pub async fn find_head(&self, entry: EntryId, locale: &Locale) -> Result<Option<Revision>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM revisions WHERE entry = $1 AND locale = $2 AND number = \
             (SELECT head FROM localizations \
             WHERE localizations.entry = revisions.entry AND localizations.locale = revisions.locale)"
        );
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        self.connection.find::<RevisionRow>(&sql, values).await?.map(Revision::try_from).transpose()
    }

    /// Revisions of a localization, the newest first, those below `before` where it is given.
    pub async fn revisions(
        &self,
        entry: EntryId,
        locale: &Locale,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM revisions WHERE entry = $1 AND locale = $2 AND number < $3 \
             ORDER BY number DESC LIMIT $4"
        );
        let before = before.map_or(i64::MAX, |number| number.0);
        let values: [Value; 4] = [entry.0.into(), locale.as_str().into(), before.into(), stored::bounded(limit).into()];
        let rows: Vec<RevisionRow> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(Revision::try_from).collect()
    }
}

/// Writes a revision; only [`crate::WriteTx::insert_localization`] and [`crate::WriteTx::append_revision`] do.
pub(crate) async fn insert(connection: &Connection, revision: &Revision) -> Result<(), StoreError> {
    let Revision { entry, locale, number, content, hash, at, author, note, based_on, translates } = revision;
    let RevisionContent { data_text, slug, parent, rank, date, foreign_text, blueprint, blueprint_hash } = content;
    let sql = format!(
        "INSERT INTO revisions ({COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    );
    let values: [Value; 17] = [
        entry.0.into(),
        locale.as_str().into(),
        number.0.into(),
        data_text.as_str().into(),
        slug.as_str().into(),
        parent.map(|parent| parent.0).into(),
        rank.as_ref().map(|rank| rank.as_str().to_owned()).into(),
        date.map(|date| date.to_string()).into(),
        foreign_text.clone().into(),
        blueprint.as_str().into(),
        blueprint_hash.as_bytes().to_vec().into(),
        hash.as_bytes().to_vec().into(),
        at.unix_ms().into(),
        author.to_string().into(),
        note.clone().into(),
        based_on.map(|number| number.0).into(),
        translates.map(|number| number.0).into(),
    ];
    connection.run(&sql, values).await?;
    Ok(())
}

impl TryFrom<RevisionRow> for Revision {
    type Error = StoreError;

    fn try_from(row: RevisionRow) -> Result<Self, StoreError> {
        let RevisionRow {
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
            slug: Slug::from_stored(slug),
            parent: parent.map(EntryId),
            rank: stored::rank(rank.as_deref())?,
            date: stored::date(date.as_deref())?,
            foreign_text,
            blueprint: stored::handle(&blueprint)?,
            blueprint_hash: stored::hash(&blueprint_hash)?,
        };
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            number: RevisionNumber(number),
            content,
            hash: stored::hash(&content_hash)?,
            at: stored::time(saved_at)?,
            author: stored::actor(&author)?,
            note,
            based_on: based_on.map(RevisionNumber),
            translates: translates.map(RevisionNumber),
        })
    }
}
