//! Localizations: an entry in one locale, with its head, what is published of it and its version.

use diwan_content::{
    ContentHash, EntryId, Locale, Permit, PublicPath, RevisionNumber, Slug, Timestamp, Version, rights::Action,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, FromQueryResult, Iterable as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, Set, UpdateMany,
    sea_query::{Expr, ExprTrait as _, LockType},
};

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    content::{entries::Entry, revisions::Revision},
    error::StoreError,
    stored,
    tables::{
        Hash, entries,
        localizations::{ActiveModel, Column, Entity, Model, Relation},
        publications, revisions,
    },
};

/// An entry in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localization {
    /// Which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// The newest revision.
    pub head: RevisionNumber,
    /// The revision that is public.
    pub published: Option<RevisionNumber>,
    /// Raised by every change of this row; what `If-Match` names.
    pub version: Version,
    /// Whether any revision ever was public.
    pub was_public: bool,
    /// Title of the head, for management lists.
    pub title: String,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// An entry in one locale with what answers tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalizationFacts {
    /// The entry.
    pub entry: Entry,
    /// The entry in this locale.
    pub localization: Localization,
    /// Hash of the head.
    pub head_hash: ContentHash,
    /// Slug of the head.
    pub head_slug: Option<Slug>,
    /// Where it lives, if it is public and has a path.
    pub path: Option<PublicPath>,
}

/// Title of a head: as it is shown, and in the folded form that filters compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title<'a> {
    /// As written.
    pub text: &'a str,
    /// Folded.
    pub folded: &'a str,
}

/// Somebody else was faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {expected} was expected")]
pub struct VersionMismatch {
    /// What the caller knew.
    pub expected: Version,
    /// What stands; `None` when there is no such thing.
    pub found: Option<Version>,
}

#[derive(Debug, FromQueryResult)]
struct FactsRow {
    #[sea_orm(nested)]
    localization: Model,
    #[sea_orm(nested)]
    entry: entries::Model,
    head_hash: Hash,
    head_slug: Option<String>,
    live_path: Option<String>,
}

impl Queries {
    /// The entry in one locale.
    pub async fn find_localization(&self, entry: EntryId, locale: &Locale) -> Result<Option<Localization>, StoreError> {
        find(entry, locale).one(&self.connection).await?.map(Localization::try_from).transpose()
    }

    /// The entry with the one locale.
    pub async fn find_with_entry(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<(Entry, Localization)>, StoreError> {
        let rows = find(entry, locale).find_both_related(entries::Entity).one(&self.connection).await?;
        rows.map(with_entry).transpose()
    }

    /// The entry in one locale with its head and its place, in one statement.
    pub async fn find_facts(&self, entry: EntryId, locale: &Locale) -> Result<Option<LocalizationFacts>, StoreError> {
        let row = find(entry, locale)
            .inner_join(entries::Entity)
            .columns(entries::Column::iter())
            .join(JoinType::InnerJoin, Relation::Head.def())
            .column_as(revisions::Column::ContentHash, "head_hash")
            .column_as(revisions::Column::Slug, "head_slug")
            .join(JoinType::LeftJoin, Relation::Live.def())
            .column_as(publications::Column::Path, "live_path")
            .into_model::<FactsRow>()
            .one(&self.connection)
            .await?;
        row.map(LocalizationFacts::try_from).transpose()
    }

    /// The entry in all its locales, ordered by locale.
    pub async fn localizations(&self, entry: EntryId) -> Result<Vec<Localization>, StoreError> {
        let rows =
            Entity::find().filter(Column::Entry.eq(entry.0)).order_by_asc(Column::Locale).all(&self.connection).await?;
        rows.into_iter().map(Localization::try_from).collect()
    }
}

impl WriteTx {
    /// Locks localizations with their entries until the transaction ends, ordered by entry and locale; those that are
    /// not there are left out. To be called once, with all that the transaction will change, before anything else.
    pub async fn lock_localizations(
        &mut self,
        which: &[(EntryId, Locale)],
    ) -> Result<Vec<(Entry, Localization)>, StoreError> {
        let mut which = which.to_vec();
        which.sort_unstable();
        which.dedup();
        let mut found = Vec::with_capacity(which.len());
        // One by one: only so is the order of the locks certain.
        for (entry, locale) in &which {
            let locked = find(*entry, locale)
                .find_both_related(entries::Entity)
                .lock(LockType::NoKeyUpdate)
                .one(&self.connection)
                .await?;
            let Some(rows) = locked else { continue };
            let (entry, localization) = with_entry(rows)?;
            self.remember_owner(entry.id, entry.department);
            found.push((entry, localization));
        }
        Ok(found)
    }

    /// Locks a localization and compares its version.
    pub async fn check_version(
        &mut self,
        entry: EntryId,
        locale: &Locale,
        expected: Version,
    ) -> Result<Result<Localization, VersionMismatch>, StoreError> {
        let locked = self.lock_localizations(&[(entry, locale.clone())]).await?;
        let Some((_, localization)) = locked.into_iter().next() else {
            return Ok(Err(VersionMismatch { expected, found: None }));
        };
        if localization.version != expected {
            return Ok(Err(VersionMismatch { expected, found: Some(localization.version) }));
        }
        Ok(Ok(localization))
    }

    /// Adds a locale to an entry, with its first revision.
    pub async fn insert_localization(
        &mut self,
        permit: &Permit,
        first: &Revision,
        title: Title<'_>,
    ) -> Result<Localization, StoreError> {
        self.check_save(permit, first)?;
        let localization = ActiveModel {
            entry: Set(first.entry.0),
            locale: Set(first.locale.to_string()),
            head: Set(first.number.0),
            version: Set(1),
            was_public: Set(false),
            title: Set(title.text.to_owned()),
            title_folded: Set(title.folded.to_owned()),
            changed_at: Set(self.now().unix_ms()),
            ..Default::default()
        };
        let row = localization.insert(&self.connection).await?;
        self.insert_revision(first).await?;
        row.try_into()
    }

    /// Writes a revision behind the head, makes it the head and raises the version.
    pub async fn append_revision(
        &mut self,
        permit: &Permit,
        revision: &Revision,
        title: Title<'_>,
    ) -> Result<Localization, StoreError> {
        self.check_save(permit, revision)?;
        self.insert_revision(revision).await?;
        let changed = ActiveModel {
            head: Set(revision.number.0),
            title: Set(title.text.to_owned()),
            title_folded: Set(title.folded.to_owned()),
            ..Default::default()
        };
        let rows = update(revision.entry, &revision.locale, changed, self.now())
            .filter(Column::Head.eq(revision.number.0 - 1))
            .exec_with_returning(&self.connection)
            .await?;
        rows.into_iter().next().ok_or(StoreError::Missing { what: "the head before that revision" })?.try_into()
    }

    /// Says which revision is public, if any, and raises the version; answers the new one.
    pub async fn set_published(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        published: Option<RevisionNumber>,
    ) -> Result<Version, StoreError> {
        check_action(permit, permits::PUBLISHES, "saying what is public")?;
        self.check_owner(permit, entry, "publishing for that department")?;
        let mut changed = ActiveModel { published: Set(published.map(|number| number.0)), ..Default::default() };
        if published.is_some() {
            changed.was_public = Set(true);
        }
        let rows = update(entry, locale, changed, self.now()).exec_with_returning(&self.connection).await?;
        rows.first().map(|row| Version(row.version)).ok_or(StoreError::Missing { what: "the localization" })
    }

    fn check_save(&self, permit: &Permit, revision: &Revision) -> Result<(), StoreError> {
        check_action(permit, permits::SAVES, "saving a revision")?;
        self.check_owner(permit, revision.entry, "saving for that department")?;
        if permit.action() != Action::Import && permit.author() != revision.author {
            return Err(StoreError::PermitMismatch { what: "saving in the name of somebody else" });
        }
        Ok(())
    }
}

fn find(entry: EntryId, locale: &Locale) -> Select<Entity> {
    Entity::find_by_id((entry.0, locale.to_string()))
}

/// The change of a localization, which raises its version.
fn update(entry: EntryId, locale: &Locale, changed: ActiveModel, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .set(ActiveModel { changed_at: Set(now.unix_ms()), ..changed })
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Entry.eq(entry.0))
        .filter(Column::Locale.eq(locale.as_str()))
}

pub(crate) fn with_entry(rows: (Model, entries::Model)) -> Result<(Entry, Localization), StoreError> {
    let (localization, entry) = rows;
    Ok((entry.try_into()?, localization.try_into()?))
}

impl TryFrom<FactsRow> for LocalizationFacts {
    type Error = StoreError;

    fn try_from(row: FactsRow) -> Result<Self, StoreError> {
        let FactsRow { localization, entry, head_hash, head_slug, live_path } = row;
        let (entry, localization) = with_entry((localization, entry))?;
        Ok(Self {
            entry,
            localization,
            head_hash: head_hash.try_into()?,
            head_slug: head_slug.map(Slug::from_stored),
            path: live_path.map(PublicPath::from_stored),
        })
    }
}

impl TryFrom<Model> for Localization {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { entry, locale, head, published, version, was_public, title, title_folded: _, changed_at } = row;
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            head: RevisionNumber(head),
            published: published.map(RevisionNumber),
            version: Version(version),
            was_public,
            title,
            changed_at: stored::time(changed_at)?,
        })
    }
}
