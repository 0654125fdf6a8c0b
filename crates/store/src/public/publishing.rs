//! Publishing and withdrawing: every change of what is public, first the whole of it, then its steps.

use diwan_content::{ContentHash, EntryId, Locale, Permit, PublicPath};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryTrait as _, Set, UpdateMany,
    sea_query::{Expr, OnConflict, Query},
};

use crate::{
    access::permits::{self, check_action},
    assets::pins::AssetPin,
    connection::write::{EventIndex, WriteTx},
    error::StoreError,
    public::{
        paths::PathKind,
        publications::{ClosedRow, Publication, PublicationKind, READ},
        references::PublishedReference,
    },
    tables::{Hash, paths, presented, publications, published_keys, published_references},
};

/// One localization that becomes public, or is public from now on in another way than before.
#[derive(Debug)]
pub struct Publish<'c> {
    /// For the department of the entry.
    pub permit: Permit,
    /// The event of this transaction from which on it is public so.
    pub event: EventIndex,
    /// What is public from now on.
    pub publication: Publication,
    /// Where it has lived until now.
    pub old_path: Option<&'c PublicPath>,
    /// Whether anything of it ever was public; otherwise there is nothing to clear away.
    pub was_public: bool,
    /// Which revisions of assets it shows.
    pub pins: &'c [AssetPin],
    /// What was presented anew; absent where only the place changes.
    pub presented: Option<Presented<'c>>,
}

/// Presented data of a publication, and by what it is found.
#[derive(Debug)]
pub struct Presented<'c> {
    /// The data as JSON.
    pub data_text: &'c str,
    /// Its places in lists, each with the list.
    pub keys: Vec<(String, Vec<u8>)>,
    /// What it points to.
    pub references: &'c [PublishedReference],
}

/// What a withdrawn path answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawMode {
    /// That it is gone (410).
    Gone,
    /// That it leads to another page now.
    Redirect(EntryId),
    /// As if it had never been (404).
    Vanished,
}

/// A path belongs to somebody else; `None`: it is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("path is taken")]
pub struct PathTaken {
    /// Which entry lives there.
    pub by: Option<EntryId>,
}

/// Kinds of paths that give way to what comes there.
const YIELDING: [PathKind; 2] = [PathKind::Redirect, PathKind::Gone];

impl WriteTx {
    /// Makes localizations public together. All paths that are left are released before any is claimed: two pages may swap
    /// theirs.
    ///
    /// # Errors
    /// Inside: the first one, by its place, whose path belongs to somebody else. The transaction must be rolled back then.
    pub async fn publish(&mut self, all: &[Publish<'_>]) -> Result<Result<(), (usize, PathTaken)>, StoreError> {
        for Publish { permit, publication, .. } in all.iter().filter(|one| one.left_path().is_some()) {
            self.release_path(permit, publication.entry, &publication.locale).await?;
        }
        for (place, one) in all.iter().enumerate() {
            let Publication { entry, locale, .. } = &one.publication;
            if let Some(path) = one.new_path()
                && let Err(taken) = self.claim_path(&one.permit, locale, path, *entry).await?
            {
                return Ok(Err((place, taken)));
            }
        }
        for one in all {
            if let Some(path) = one.left_path() {
                self.leave_redirect(&one.permit, &one.publication.locale, path, one.publication.entry).await?;
            }
        }
        for one in all {
            self.replace_publication(one).await?;
        }
        Ok(Ok(()))
    }

    /// Takes back what is public of a localization.
    pub async fn withdraw(
        &mut self,
        permit: &Permit,
        live: &Publication,
        mode: WithdrawMode,
        event: EventIndex,
    ) -> Result<(), StoreError> {
        let Publication { entry, locale, .. } = live;
        self.close_publication(permit, *entry, locale, event).await?;
        let path = self.release_path(permit, *entry, locale).await?;
        match (mode, &path) {
            (WithdrawMode::Gone, Some(path)) => self.leave_gone(permit, locale, path, *entry).await?,
            // The path stays this entry's: it leads to the other one as long as this one is not public again.
            (WithdrawMode::Redirect(_), Some(path)) => self.leave_redirect(permit, locale, path, *entry).await?,
            (WithdrawMode::Gone | WithdrawMode::Redirect(_), None) => {}
            (WithdrawMode::Vanished, _) => self.forget_paths(permit, *entry, locale).await?,
        }
        self.open_publication(permit, live, mode.into(), event).await?;
        self.replace_keys(permit, *entry, locale, &[]).await?;
        self.replace_references(permit, *entry, locale, &[]).await?;
        self.set_published(permit, *entry, locale, None).await?;
        Ok(())
    }

    /// Closes what was public of a localization and opens what is public from now on, with its data, keys and references.
    async fn replace_publication(&mut self, one: &Publish<'_>) -> Result<(), StoreError> {
        let Publish { permit, event, publication, old_path: _, was_public, pins, presented } = one;
        let Publication { entry, locale, revision, data_hash, .. } = publication;
        // Also where nothing is public now: a withdrawal holds an open publication of another kind.
        if *was_public {
            self.close_publication(permit, *entry, locale, *event).await?;
        }
        if let Some(Presented { data_text, .. }) = presented {
            self.put_presented(data_hash, data_text).await?;
        }
        self.open_publication(permit, publication, PublicationKind::Live, *event).await?;
        self.insert_pins(permit, *entry, locale, *event, pins).await?;
        if let Some(Presented { data_text: _, keys, references }) = presented {
            if *was_public {
                self.replace_keys(permit, *entry, locale, keys).await?;
            } else {
                self.insert_keys(permit, *entry, locale, keys).await?;
            }
            if *was_public || !references.is_empty() {
                self.replace_references(permit, *entry, locale, references).await?;
            }
        }
        self.set_published(permit, *entry, locale, Some(*revision)).await?;
        Ok(())
    }

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
        let row = publications::ActiveModel {
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
        publications::Entity::insert(row).exec_without_returning(&self.connection).await?;
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
        let closed = publications::ActiveModel {
            to_sequence: Set(Some(to.sequence)),
            to_at: Set(Some(to.at.unix_ms())),
            ..Default::default()
        };
        let mut update = update_open(entry, locale, closed).into_query();
        update.returning(
            Query::returning()
                .columns(READ.into_iter().chain([publications::Column::Kind, publications::Column::RedirectTo])),
        );
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
        let presented = publications::ActiveModel { presented_under: Set(Some((*shape).into())), ..Default::default() };
        update_open(entry, locale, presented).filter(publications::is_live()).exec(&self.connection).await?;
        Ok(())
    }

    /// Frees the path where an entry lives; answers which it was. Two entries swap by releasing both before claiming.
    pub async fn release_path(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<PublicPath>, StoreError> {
        check_action(permit, permits::PUBLISHES, "releasing a path")?;
        let released = paths::Entity::delete_many()
            .filter(paths::Column::Entry.eq(entry.0))
            .filter(paths::Column::Locale.eq(locale.as_str()))
            .filter(paths::Column::Kind.eq(PathKind::Live.as_str()))
            .exec_with_returning(&self.connection)
            .await?;
        Ok(released.into_iter().next().map(|row| PublicPath::from_stored(row.path)))
    }

    /// Lets an entry live at a path. Redirects and what is gone give way; live entries and reserved paths do not.
    pub async fn claim_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        let same = Condition::all().add(has_kind([PathKind::Live])).add(paths::Column::Entry.eq(entry.0));
        let yields = Condition::any().add(has_kind(YIELDING)).add(same);
        self.take_path(permit, locale, path, PathKind::Live, Some(entry), yields).await
    }

    /// Lets a path lead to where an entry lives, unless something lives there or it is reserved.
    pub async fn leave_redirect(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        to: EntryId,
    ) -> Result<(), StoreError> {
        self.leave(permit, locale, path, PathKind::Redirect, to).await
    }

    /// Says that what lived at a path was taken back, unless something else lives there or it is reserved.
    pub async fn leave_gone(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<(), StoreError> {
        self.leave(permit, locale, path, PathKind::Gone, entry).await
    }

    /// Leaves something at a path where nothing lives; what lives there or is reserved stays.
    async fn leave(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        kind: PathKind,
        entry: EntryId,
    ) -> Result<(), StoreError> {
        let yields = has_kind(YIELDING).into();
        let _taken = self.take_path(permit, locale, path, kind, Some(entry), yields).await?;
        Ok(())
    }

    /// Keeps a path free of entries.
    pub async fn reserve_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        let yields = has_kind([PathKind::Redirect, PathKind::Gone, PathKind::Reserved]).into();
        self.take_path(permit, locale, path, PathKind::Reserved, None, yields).await
    }

    /// Forgets every path of an entry, redirects to it too, as if it had never been there.
    pub async fn forget_paths(&mut self, permit: &Permit, entry: EntryId, locale: &Locale) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "forgetting paths")?;
        paths::Entity::delete_many()
            .filter(paths::Column::Entry.eq(entry.0))
            .filter(paths::Column::Locale.eq(locale.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// One statement where the path is free or `yields`; a second one only to tell whose it is.
    async fn take_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        kind: PathKind,
        entry: Option<EntryId>,
        yields: Condition,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        check_action(permit, permits::PUBLISHES, "taking a path")?;
        let folded = path.folded();
        let row = paths::ActiveModel {
            locale: Set(locale.to_string()),
            folded: Set(folded.as_str().to_owned()),
            path: Set(path.as_str().to_owned()),
            kind: Set(kind.as_str().to_owned()),
            entry: Set(entry.map(|entry| entry.0)),
            since_at: Set(self.now().unix_ms()),
        };
        let mut conflict = OnConflict::columns([paths::Column::Locale, paths::Column::Folded]);
        conflict
            .update_columns([paths::Column::Path, paths::Column::Kind, paths::Column::Entry, paths::Column::SinceAt])
            .action_cond_where(yields);
        if paths::Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.connection).await? > 0 {
            return Ok(Ok(()));
        }
        let owner = self.find_path(locale, &folded).await?;
        Ok(Err(PathTaken { by: owner.and_then(|owner| owner.entry) }))
    }

    /// Replaces all keys of a localization, each with the list that it stands in; none takes it out of every list.
    pub async fn replace_keys(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        keys: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing lists")?;
        published_keys::Entity::delete_many()
            .filter(published_keys::Column::Entry.eq(entry.0))
            .filter(published_keys::Column::Locale.eq(locale.as_str()))
            .exec(&self.connection)
            .await?;
        self.insert_keys(permit, entry, locale, keys).await
    }

    /// The same for a localization that stands in no list yet.
    pub async fn insert_keys(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        keys: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing lists")?;
        let mut keys: Vec<&(String, Vec<u8>)> = keys.iter().collect();
        keys.sort_unstable();
        keys.dedup();
        let row = |(list, key): &(String, Vec<u8>)| published_keys::ActiveModel {
            list: Set(list.clone()),
            sort_key: Set(key.clone()),
            entry: Set(entry.0),
            locale: Set(locale.to_string()),
        };
        self.connection.insert_all(keys.into_iter().map(row).collect(), None).await
    }

    /// Replaces all pointers out of a localization.
    pub async fn replace_references(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        references: &[PublishedReference],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing references")?;
        published_references::Entity::delete_many()
            .filter(published_references::Column::Entry.eq(entry.0))
            .filter(published_references::Column::Locale.eq(locale.as_str()))
            .exec(&self.connection)
            .await?;
        let mut references: Vec<&PublishedReference> = references.iter().collect();
        references.sort_unstable();
        references.dedup();
        let row = |PublishedReference { field, target }: &PublishedReference| {
            let (kind, id) = target.parts();
            published_references::ActiveModel {
                entry: Set(entry.0),
                locale: Set(locale.to_string()),
                field: Set(field.clone()),
                target_kind: Set(kind.to_owned()),
                target: Set(id),
            }
        };
        self.connection.insert_all(references.into_iter().map(row).collect(), None).await
    }

    fn number_at_commit(&mut self, entry: EntryId) {
        if self.connection.is_postgres() {
            self.unnumbered.push(entry);
        }
    }
}

impl Publish<'_> {
    /// Where it lived and does not live any more.
    fn left_path(&self) -> Option<&PublicPath> {
        self.old_path.filter(|old| self.publication.path.as_ref() != Some(*old))
    }

    /// Where it lives now and did not live before.
    fn new_path(&self) -> Option<&PublicPath> {
        self.publication.path.as_ref().filter(|path| self.old_path != Some(*path))
    }
}

impl From<WithdrawMode> for PublicationKind {
    fn from(mode: WithdrawMode) -> Self {
        match mode {
            WithdrawMode::Gone => Self::Gone,
            WithdrawMode::Redirect(to) => Self::Redirect { to },
            WithdrawMode::Vanished => Self::Vanished,
        }
    }
}

fn has_kind<const N: usize>(kinds: [PathKind; N]) -> Expr {
    paths::Column::Kind.is_in(kinds.map(PathKind::as_str))
}

/// The change of the open span of a localization.
fn update_open(
    entry: EntryId,
    locale: &Locale,
    changed: publications::ActiveModel,
) -> UpdateMany<publications::Entity> {
    publications::Entity::update_many()
        .set(changed)
        .filter(publications::Column::Entry.eq(entry.0))
        .filter(publications::Column::Locale.eq(locale.as_str()))
        .filter(publications::Column::ToSequence.is_null())
}
