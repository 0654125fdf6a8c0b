//! Lists that editors ask for beside the one of localizations: entries by id, and who points to something.

use diwan_content::{DepartmentId, EntryId, Handle, Locale, PublicPath, RevisionNumber, Scope};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, Value, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    conditions::{after, entries_within},
    connection::Queries,
    content::entries::Entry,
    error::StoreError,
    public::references::PublishedTarget,
    stored,
    tables::{entries, localizations, publications, published_references},
};

/// Entries of one look: few, for each is looked at more closely.
const ENTRIES: u64 = 50;

/// A published localization that points to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveUse {
    /// Which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// In which field.
    pub field: String,
    /// Of which collection.
    pub collection: Handle,
    /// Whose.
    pub department: DepartmentId,
    /// Its public title.
    pub title: String,
    /// Where it lives.
    pub path: Option<PublicPath>,
    /// Its newest revision.
    pub head: RevisionNumber,
    /// Its public revision.
    pub published: Option<RevisionNumber>,
}

#[derive(Debug, FromQueryResult)]
struct UseRow {
    entry: Uuid,
    locale: String,
    field: String,
    collection: String,
    department: Uuid,
    title: String,
    path: Option<String>,
    head: i64,
    published: Option<i64>,
}

/// A kind of entry that the database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindInUse {
    /// The collection.
    pub collection: String,
    /// The blueprint.
    pub blueprint: String,
    /// How many entries there are, in the trash or not.
    pub entries: u64,
}

#[derive(Debug, FromQueryResult)]
struct KindRow {
    collection: String,
    blueprint: String,
    entries: i64,
}

/// A locale of a collection that the database holds texts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocaleInUse {
    /// The collection.
    pub collection: String,
    /// The locale.
    pub locale: String,
    /// How many localizations there are, of entries in the trash too.
    pub localizations: u64,
}

#[derive(Debug, FromQueryResult)]
struct LocaleRow {
    collection: String,
    locale: String,
    localizations: i64,
}

/// Where the entries of a collection are: what only some kinds of collections keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlacedEntries {
    /// How many have a parent or a place among siblings, in the trash or not.
    pub with_place: u64,
    /// How many have a date.
    pub with_date: u64,
}

#[derive(Debug, FromQueryResult)]
struct PlacedRow {
    with_place: i64,
    with_date: i64,
}

#[derive(Debug, FromQueryResult)]
struct EntriesRow {
    entries: i64,
}

impl Queries {
    /// Every kind of entry that the database holds, by collection and blueprint.
    pub async fn kinds_in_use(&self) -> Result<Vec<KindInUse>, StoreError> {
        let sql = "SELECT collection, blueprint, COUNT(*) AS entries FROM entries \
                   GROUP BY collection, blueprint ORDER BY collection, blueprint";
        let rows: Vec<KindRow> = self.connection.list(sql, []).await?;
        let kind = |KindRow { collection, blueprint, entries }: KindRow| KindInUse {
            collection,
            blueprint,
            entries: entries.unsigned_abs(),
        };
        Ok(rows.into_iter().map(kind).collect())
    }

    /// Every locale that localizations are in, by collection and locale.
    pub async fn locales_in_use(&self) -> Result<Vec<LocaleInUse>, StoreError> {
        let sql = "SELECT e.collection, l.locale, COUNT(*) AS localizations FROM localizations l \
                   JOIN entries e ON e.id = l.entry GROUP BY e.collection, l.locale ORDER BY e.collection, l.locale";
        let rows: Vec<LocaleRow> = self.connection.list(sql, []).await?;
        let locale = |LocaleRow { collection, locale, localizations }: LocaleRow| LocaleInUse {
            collection,
            locale,
            localizations: localizations.unsigned_abs(),
        };
        Ok(rows.into_iter().map(locale).collect())
    }

    /// How many entries of a collection have no localization in a locale.
    pub async fn count_entries_without(&self, collection: &Handle, locale: &Locale) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS entries FROM entries e WHERE e.collection = $1 AND NOT EXISTS \
                   (SELECT 1 FROM localizations l WHERE l.entry = e.id AND l.locale = $2)";
        let values: [Value; 2] = [collection.as_str().into(), locale.as_str().into()];
        let row: Option<EntriesRow> = self.connection.find(sql, values).await?;
        Ok(row.map_or(0, |EntriesRow { entries }| entries.unsigned_abs()))
    }

    /// How many entries of a collection have a place or a date in their newest revision of a locale. Reads each of these.
    pub async fn count_placed(&self, collection: &Handle, locale: &Locale) -> Result<PlacedEntries, StoreError> {
        let sql = "SELECT COUNT(CASE WHEN r.parent IS NOT NULL OR r.rank IS NOT NULL THEN 1 END) AS with_place, \
                   COUNT(r.date) AS with_date FROM entries e \
                   JOIN localizations l ON l.entry = e.id AND l.locale = $2 \
                   JOIN revisions r ON r.entry = l.entry AND r.locale = l.locale AND r.number = l.head \
                   WHERE e.collection = $1";
        let values: [Value; 2] = [collection.as_str().into(), locale.as_str().into()];
        let row: Option<PlacedRow> = self.connection.find(sql, values).await?;
        Ok(row.map_or_else(PlacedEntries::default, |PlacedRow { with_place, with_date }| PlacedEntries {
            with_place: with_place.unsigned_abs(),
            with_date: with_date.unsigned_abs(),
        }))
    }

    /// How many localizations of a collection are public.
    pub async fn count_public(&self, collection: &Handle) -> Result<u64, StoreError> {
        let of_it = publications::Entity::find().filter(publications::Column::Collection.eq(collection.as_str()));
        Ok(of_it.count(&self.connection).await?)
    }

    /// Entries within a scope and outside the trash from an id on, by id.
    pub async fn entries_from(
        &self,
        scope: &Scope,
        collection: Option<&Handle>,
        from: Option<EntryId>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.entries_where(scope, collection, from.map(|from| entries::Column::Id.gte(from.0))).await
    }

    /// Entries within a scope and outside the trash behind an id, by id.
    pub async fn entries_behind(
        &self,
        scope: &Scope,
        collection: Option<&Handle>,
        after: Option<EntryId>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.entries_where(scope, collection, after.map(|after| entries::Column::Id.gt(after.0))).await
    }

    async fn entries_where(
        &self,
        scope: &Scope,
        collection: Option<&Handle>,
        place: Option<Expr>,
    ) -> Result<Vec<Entry>, StoreError> {
        let matching = Condition::all()
            .add_option(entries_within(scope))
            .add(entries::Column::TrashedAt.is_null())
            .add_option(collection.map(|collection| entries::Column::Collection.eq(collection.as_str())))
            .add_option(place);
        let page = entries::Entity::find().filter(matching).order_by_asc(entries::Column::Id).limit(ENTRIES);
        page.all(&self.connection).await?.into_iter().map(Entry::try_from).collect()
    }

    /// Who points to something among what is public and within a scope, behind a place, by entry, locale and field.
    pub async fn live_uses(
        &self,
        scope: &Scope,
        target: PublishedTarget,
        place: Option<(EntryId, &Locale, &str)>,
        limit: u32,
    ) -> Result<Vec<LiveUse>, StoreError> {
        use published_references::Column as Reference;
        let order = [Reference::Entry, Reference::Locale, Reference::Field];
        let place =
            place.map(|(entry, locale, field)| after(order, [entry.0.into(), locale.as_str().into(), field.into()]));
        let rows = uses(target, entries_within(scope))
            .columns(order)
            .columns([publications::Column::Collection, publications::Column::Title, publications::Column::Path])
            .column(entries::Column::Department)
            .columns([localizations::Column::Head, localizations::Column::Published])
            .filter(Condition::all().add_option(place))
            .order_by_asc(Reference::Entry)
            .order_by_asc(Reference::Locale)
            .order_by_asc(Reference::Field)
            .limit(stored::bounded(limit))
            .into_model::<UseRow>()
            .all(&self.connection)
            .await?;
        rows.into_iter().map(LiveUse::try_from).collect()
    }

    /// How many point to something among what is public: all of them, and those within a scope.
    pub async fn count_live_uses(&self, scope: &Scope, target: PublishedTarget) -> Result<(u64, u64), StoreError> {
        let all = self.count_uses(uses(target, None)).await?;
        Ok((all, self.count_uses(uses(target, entries_within(scope))).await?))
    }

    async fn count_uses(&self, uses: Select<published_references::Entity>) -> Result<u64, StoreError> {
        let count = uses.column_as(published_references::Column::Entry.count(), "uses");
        let found: Option<i64> = count.into_tuple().one(&self.connection).await?;
        Ok(found.and_then(|uses| u64::try_from(uses).ok()).unwrap_or(0))
    }
}

/// What is public, refers to a target and is within a scope, with the tables that say more of it. Selects nothing yet.
fn uses(target: PublishedTarget, seen: Option<Condition>) -> Select<published_references::Entity> {
    use published_references::{Column, Entity, Relation};
    let (kind, id) = target.parts();
    Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, Relation::Live.def())
        .join(JoinType::InnerJoin, Relation::Entry.def())
        .join(JoinType::InnerJoin, Relation::Localization.def())
        .filter(Column::Target.eq(id))
        .filter(Column::TargetKind.eq(kind))
        .filter(Condition::all().add_option(seen))
}

impl TryFrom<UseRow> for LiveUse {
    type Error = StoreError;

    fn try_from(row: UseRow) -> Result<Self, StoreError> {
        let UseRow { entry, locale, field, collection, department, title, path, head, published } = row;
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            field,
            collection: stored::handle(&collection)?,
            department: DepartmentId(department),
            title,
            path: path.map(PublicPath::from_stored),
            head: RevisionNumber(head),
            published: published.map(RevisionNumber),
        })
    }
}
