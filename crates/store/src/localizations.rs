//! Localizations: an entry in one locale, with its head, what is published of it and its version.

use diwan_content::{
    ContentHash, EntryId, Locale, Permit, PublicPath, RevisionNumber, Slug, Timestamp, Version, rights::Action,
};
use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::{
    entries::{self, Entry, EntryRow},
    error::StoreError,
    permits::{self, check_action},
    revisions::{self, Revision},
    snapshot::Queries,
    stored,
    write::WriteTx,
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
pub(crate) struct LocalizationRow {
    entry: Uuid,
    locale: String,
    head: i64,
    published: Option<i64>,
    version: i64,
    was_public: bool,
    title: String,
    changed_at: i64,
}

/// A localization joined with its entry.
#[derive(Debug)]
pub(crate) struct JoinedRow {
    entry: EntryRow,
    localization: LocalizationRow,
}

#[derive(Debug, FromQueryResult)]
struct FactsRow {
    #[sea_orm(nested)]
    row: JoinedRow,
    head_hash: Vec<u8>,
    head_slug: Option<String>,
    live_path: Option<String>,
}

#[derive(Debug, FromQueryResult)]
struct VersionRow {
    version: i64,
}

/// Columns of [`LocalizationRow`], of a table that is called `l`.
pub(crate) const COLUMNS: &str =
    "l.entry, l.locale, l.head, l.published, l.version, l.was_public, l.title, l.changed_at";
/// The same of the table that a statement changes.
const RETURNED: &str = "entry, locale, head, published, version, was_public, title, changed_at";

impl Queries {
    /// The entry in one locale.
    pub async fn find_localization(&self, entry: EntryId, locale: &Locale) -> Result<Option<Localization>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM localizations l WHERE l.entry = $1 AND l.locale = $2");
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        self.connection.find::<LocalizationRow>(&sql, values).await?.map(Localization::try_from).transpose()
    }

    /// The entry with the one locale.
    pub async fn find_with_entry(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<(Entry, Localization)>, StoreError> {
        let sql = format!(
            "SELECT {}, {COLUMNS} FROM localizations l JOIN entries e ON e.id = l.entry \
             WHERE l.entry = $1 AND l.locale = $2",
            entries::COLUMNS
        );
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        self.connection.find::<JoinedRow>(&sql, values).await?.map(JoinedRow::into_domain).transpose()
    }

    /// The entry in one locale with its head and its place, in one statement.
    pub async fn find_facts(&self, entry: EntryId, locale: &Locale) -> Result<Option<LocalizationFacts>, StoreError> {
        let sql = format!(
            "SELECT {}, {COLUMNS}, r.content_hash AS head_hash, r.slug AS head_slug, p.path AS live_path \
             FROM localizations l JOIN entries e ON e.id = l.entry \
             JOIN revisions r ON r.entry = l.entry AND r.locale = l.locale AND r.number = l.head \
             LEFT JOIN publications p ON p.entry = l.entry AND p.locale = l.locale \
             AND p.to_sequence IS NULL AND p.kind = 'live' WHERE l.entry = $1 AND l.locale = $2",
            entries::COLUMNS
        );
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        self.connection.find::<FactsRow>(&sql, values).await?.map(LocalizationFacts::try_from).transpose()
    }

    /// The entry in all its locales, ordered by locale.
    pub async fn localizations(&self, entry: EntryId) -> Result<Vec<Localization>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM localizations l WHERE l.entry = $1 ORDER BY l.locale");
        let rows: Vec<LocalizationRow> = self.connection.list(&sql, [entry.0.into()]).await?;
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
        let lock = if self.connection.is_postgres() { "FOR NO KEY UPDATE" } else { "" };
        let sql = format!(
            "SELECT {}, {COLUMNS} FROM localizations l JOIN entries e ON e.id = l.entry \
             WHERE l.entry = $1 AND l.locale = $2 {lock}",
            entries::COLUMNS
        );
        // One by one: only so is the order of the locks certain.
        for (entry, locale) in &which {
            let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
            let Some(row) = self.connection.find::<JoinedRow>(&sql, values).await? else { continue };
            let (entry, localization) = row.into_domain()?;
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
        let localization = Localization {
            entry: first.entry,
            locale: first.locale.clone(),
            head: first.number,
            published: None,
            version: Version(1),
            was_public: false,
            title: title.text.to_owned(),
            changed_at: self.now(),
        };
        let sql = "INSERT INTO localizations (entry, locale, head, published, version, was_public, title, \
                   title_folded, changed_at) VALUES ($1, $2, $3, NULL, 1, $4, $5, $6, $7)";
        let values: [Value; 7] = [
            first.entry.0.into(),
            first.locale.as_str().into(),
            first.number.0.into(),
            false.into(),
            title.text.into(),
            title.folded.into(),
            self.now().unix_ms().into(),
        ];
        self.connection.run(sql, values).await?;
        revisions::insert(&self.connection, first).await?;
        Ok(localization)
    }

    /// Writes a revision behind the head, makes it the head and raises the version.
    pub async fn append_revision(
        &mut self,
        permit: &Permit,
        revision: &Revision,
        title: Title<'_>,
    ) -> Result<Localization, StoreError> {
        self.check_save(permit, revision)?;
        revisions::insert(&self.connection, revision).await?;
        let sql = format!(
            "UPDATE localizations SET head = $3, version = version + 1, title = $4, title_folded = $5, \
             changed_at = $6 WHERE entry = $1 AND locale = $2 AND head = $3 - 1 \
             RETURNING {RETURNED}"
        );
        let values: [Value; 6] = [
            revision.entry.0.into(),
            revision.locale.as_str().into(),
            revision.number.0.into(),
            title.text.into(),
            title.folded.into(),
            self.now().unix_ms().into(),
        ];
        let row: Option<LocalizationRow> = self.connection.find(&sql, values).await?;
        row.ok_or(StoreError::Missing { what: "the head before that revision" })?.try_into()
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
        let sql = "UPDATE localizations SET published = $3, was_public = (was_public OR $4), version = version + 1, \
                   changed_at = $5 WHERE entry = $1 AND locale = $2 RETURNING version";
        let values: [Value; 5] = [
            entry.0.into(),
            locale.as_str().into(),
            published.map(|number| number.0).into(),
            published.is_some().into(),
            self.now().unix_ms().into(),
        ];
        let row: Option<VersionRow> = self.connection.find(sql, values).await?;
        row.map(|row| Version(row.version)).ok_or(StoreError::Missing { what: "the localization" })
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

impl JoinedRow {
    pub(crate) fn into_domain(self) -> Result<(Entry, Localization), StoreError> {
        let Self { entry, localization } = self;
        Ok((entry.try_into()?, localization.try_into()?))
    }
}

impl FromQueryResult for JoinedRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let entry = EntryRow::from_query_result(row, prefix)?;
        let localization = LocalizationRow::from_query_result(row, prefix)?;
        Ok(Self { entry, localization })
    }
}

impl TryFrom<FactsRow> for LocalizationFacts {
    type Error = StoreError;

    fn try_from(row: FactsRow) -> Result<Self, StoreError> {
        let FactsRow { row, head_hash, head_slug, live_path } = row;
        let (entry, localization) = row.into_domain()?;
        Ok(Self {
            entry,
            localization,
            head_hash: stored::hash(&head_hash)?,
            head_slug: head_slug.map(Slug::from_stored),
            path: live_path.map(PublicPath::from_stored),
        })
    }
}

impl TryFrom<LocalizationRow> for Localization {
    type Error = StoreError;

    fn try_from(row: LocalizationRow) -> Result<Self, StoreError> {
        let LocalizationRow { entry, locale, head, published, version, was_public, title, changed_at } = row;
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
