//! Revisions: immutable, numbered. A trigger refuses to change or delete one.

use diwan_content::{
    ContentHash, EntryId, Handle, Locale, RevisionContent, RevisionNumber, Slug, Timestamp, rights::ActorRef,
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, IdenStatic as _, Iterable as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Set, Value,
};

use crate::{
    conditions::after,
    connection::{Queries, padded, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        localizations,
        revisions::{ActiveModel, Column, Entity, Model},
    },
};

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

#[derive(Debug, FromQueryResult)]
struct UsedRow {
    #[sea_orm(nested)]
    revision: Model,
    head: i64,
    published: Option<i64>,
}

/// Columns of the key, by which revisions are ordered.
const KEY: [Column; 3] = [Column::Entry, Column::Locale, Column::Number];

impl Queries {
    /// One revision.
    pub async fn find_revision(
        &self,
        entry: EntryId,
        locale: &Locale,
        number: RevisionNumber,
    ) -> Result<Option<Revision>, StoreError> {
        let key = (entry.0, locale.to_string(), number.0);
        Entity::find_by_id(key).one(&self.connection).await?.map(Revision::try_from).transpose()
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
            let mut any = Condition::any();
            for (entry, locale, number) in padded(chunk.iter().collect()) {
                let one = Condition::all()
                    .add(Column::Entry.eq(entry.0))
                    .add(Column::Locale.eq(locale.as_str()))
                    .add(Column::Number.eq(number.0));
                any = any.add(one);
            }
            for row in Entity::find().filter(any).all(&self.connection).await? {
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
        let columns: Vec<String> = Column::iter().map(|column| format!("r.{}", column.as_str())).collect();
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
        place: Option<&CheckedRevision>,
        limit: u32,
    ) -> Result<Vec<CheckedRevision>, StoreError> {
        let place = place.map(|CheckedRevision { entry, locale, number, .. }| {
            after(KEY, [entry.0.into(), locale.as_str().into(), number.0.into()])
        });
        let mut page = Entity::find().apply_if(place, |page, place| page.filter(place)).limit(stored::bounded(limit));
        for column in KEY {
            page = page.order_by_asc(column);
        }
        let rows = page.all(&self.connection).await?;
        let check = |row: Model| {
            let (entry, locale, number) = (EntryId(row.entry), row.locale.clone(), RevisionNumber(row.number));
            let is_sound = Revision::try_from(row).is_ok_and(|revision| revision.content.hash() == revision.hash);
            CheckedRevision { entry, locale, number, is_sound }
        };
        Ok(rows.into_iter().map(check).collect())
    }

    /// The newest revision of a localization, if there is such a one.
    pub async fn find_head(&self, entry: EntryId, locale: &Locale) -> Result<Option<Revision>, StoreError> {
        let row = Entity::find()
            .join_rev(JoinType::InnerJoin, localizations::Relation::Head.def())
            .filter(localizations::Column::Entry.eq(entry.0))
            .filter(localizations::Column::Locale.eq(locale.as_str()))
            .one(&self.connection)
            .await?;
        row.map(Revision::try_from).transpose()
    }

    /// Revisions of a localization, the newest first, those below `before` where it is given.
    pub async fn revisions(
        &self,
        entry: EntryId,
        locale: &Locale,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Entry.eq(entry.0))
            .filter(Column::Locale.eq(locale.as_str()))
            .filter(Column::Number.lt(before.map_or(i64::MAX, |number| number.0)))
            .order_by_desc(Column::Number)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(Revision::try_from).collect()
    }
}

impl WriteTx {
    /// Writes a revision; only [`Self::insert_localization`] and [`Self::append_revision`] do.
    pub(crate) async fn insert_revision(&mut self, revision: &Revision) -> Result<(), StoreError> {
        Entity::insert(ActiveModel::from(revision)).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

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
