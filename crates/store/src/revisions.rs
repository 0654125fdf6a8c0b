//! Revisions: immutable, numbered. A trigger refuses to change or delete one.

use diwan_content::{
    ContentHash, EntryId, Handle, Locale, RevisionContent, RevisionNumber, Slug, Timestamp, rights::ActorRef,
};
use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
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

/// A revision that is the newest or the public one of its localization.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedRevision {
    /// The revision.
    pub revision: Revision,
    /// It is the newest.
    pub is_head: bool,
    /// It is public.
    pub is_public: bool,
}

/// A revision, compared with its content hash. As it is stored: a locale that cannot be read is damage too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRevision {
    /// Of which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: String,
    /// Its number.
    pub number: RevisionNumber,
    /// Its content has the hash that was stored with it.
    pub is_sound: bool,
}

#[derive(Debug)]
struct UsedRow {
    revision: RevisionRow,
    head: i64,
    published: Option<i64>,
}

impl FromQueryResult for UsedRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let revision = RevisionRow::from_query_result(row, prefix)?;
        Ok(Self { revision, head: row.try_get(prefix, "head")?, published: row.try_get(prefix, "published")? })
    }
}

#[derive(Debug, FromQueryResult)]
struct RevisionRow {
    entry: Uuid,
    locale: String,
    number: i64,
    data_text: String,
    slug: Option<String>,
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

    /// Several revisions; those that are not there are left out. In no order.
    pub async fn find_revisions(
        &self,
        wanted: &[(EntryId, Locale, RevisionNumber)],
    ) -> Result<Vec<Revision>, StoreError> {
        /// Few statements of different lengths, so that they stay prepared.
        const BATCH: usize = 32;
        let mut revisions = Vec::with_capacity(wanted.len());
        for chunk in wanted.chunks(BATCH) {
            let length = chunk.len().next_power_of_two();
            let mut values: Vec<Value> = Vec::with_capacity(3 * length);
            let mut conditions = Vec::with_capacity(length);
            for (entry, locale, number) in chunk.iter().chain(std::iter::repeat(&chunk[0])).take(length) {
                let place = values.len();
                conditions.push(format!(
                    "(entry = ${} AND locale = ${} AND number = ${})",
                    place + 1,
                    place + 2,
                    place + 3
                ));
                values.extend([entry.0.into(), locale.as_str().into(), number.0.into()]);
            }
            let sql = format!("SELECT {COLUMNS} FROM revisions WHERE {}", conditions.join(" OR "));
            for row in self.connection.list::<RevisionRow>(&sql, values).await? {
                revisions.push(row.try_into()?);
            }
        }
        Ok(revisions)
    }

    /// The newest and the public revisions of localizations of a collection, ordered by entry and locale; of as many
    /// localizations as asked for.
    pub async fn used_revisions(
        &self,
        collection: &Handle,
        after: Option<(EntryId, &Locale)>,
        localizations: u32,
    ) -> Result<Vec<UsedRevision>, StoreError> {
        let mut values: Vec<Value> = vec![collection.as_str().into(), stored::bounded(localizations).into()];
        let mut behind = "";
        if let Some((entry, locale)) = after {
            behind = "AND (l.entry, l.locale) > ($3, $4)";
            values.extend([entry.0.into(), locale.as_str().into()]);
        }
        let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("r.{column}")).collect();
        let sql = format!(
            "SELECT {}, u.head, u.published FROM (SELECT l.entry, l.locale, l.head, l.published FROM localizations l \
             JOIN entries e ON e.id = l.entry WHERE e.collection = $1 {behind} ORDER BY l.entry, l.locale LIMIT $2) u \
             JOIN revisions r ON r.entry = u.entry AND r.locale = u.locale AND r.number IN (u.head, u.published) \
             ORDER BY r.entry, r.locale, r.number",
            columns.join(", ")
        );
        let rows: Vec<UsedRow> = self.connection.list(&sql, values).await?;
        let used = |UsedRow { revision, head, published }: UsedRow| {
            let (is_head, is_public) = (revision.number == head, Some(revision.number) == published);
            Ok(UsedRevision { revision: revision.try_into()?, is_head, is_public })
        };
        rows.into_iter().map(used).collect()
    }

    /// Revisions after a place, each compared with its content hash; by entry, locale and number.
    pub async fn check_revisions(
        &self,
        after: Option<&CheckedRevision>,
        limit: u32,
    ) -> Result<Vec<CheckedRevision>, StoreError> {
        let mut values: Vec<Value> = vec![stored::bounded(limit).into()];
        let mut place = "";
        if let Some(CheckedRevision { entry, locale, number, .. }) = after {
            place = "WHERE (entry, locale, number) > ($2, $3, $4)";
            values.extend([entry.0.into(), locale.as_str().into(), number.0.into()]);
        }
        let sql = format!("SELECT {COLUMNS} FROM revisions {place} ORDER BY entry, locale, number LIMIT $1");
        let rows: Vec<RevisionRow> = self.connection.list(&sql, values).await?;
        let check = |row: RevisionRow| {
            let (entry, locale, number) = (EntryId(row.entry), row.locale.clone(), RevisionNumber(row.number));
            let is_sound = Revision::try_from(row).is_ok_and(|revision| revision.content.hash() == revision.hash);
            CheckedRevision { entry, locale, number, is_sound }
        };
        Ok(rows.into_iter().map(check).collect())
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
        slug.as_ref().map(|slug| slug.as_str().to_owned()).into(),
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
            slug: slug.map(Slug::from_stored),
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
