//! Where something is used: who points to an entry or asset among what is public.

use diwan_content::{
    Actor, AssetId, ContentHash, DepartmentId, EntryId, Handle, Locale, PublicPath, RevisionNumber, Status,
    rights::Action, seal_cursor,
};
use diwan_store::{LiveUse, PublishedTarget, Queries};
use serde::{Deserialize, Serialize};

use crate::{
    cms::Cms,
    error::{CmsError, Thing},
    frame::authority::{permit, permit_on_entry},
    reads::check_size,
};

/// Most places that a verb lists of those that it leaves without their target.
const MAX_DANGLING: u32 = 100;

/// A published localization that points to something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Use {
    /// The entry.
    pub entry: EntryId,
    /// In this locale.
    pub locale: Locale,
    /// In this field.
    pub field: String,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// Its public title.
    pub title: String,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// Where it stands.
    pub status: Status,
    /// Which bytes of an asset it shows; `None` where it points to an entry.
    #[serde(default)]
    pub bytes: Option<UsedBytes>,
}

/// Which bytes of an asset a publication shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedBytes {
    /// Their hash, as uploaded.
    pub hash: ContentHash,
    /// The revision of the asset that brought them.
    pub since: RevisionNumber,
    /// The asset has newer ones: publishing again would show these.
    pub outdated: bool,
}

/// A page of uses.
#[derive(Debug, Clone)]
pub struct UsesPage {
    /// Uses by entry, locale and field.
    pub items: Vec<Use>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
    /// All that the actor may see.
    pub total: u64,
    /// How many more there are in departments whose drafts the actor may not see.
    pub hidden: u64,
}

/// What a verb took out of sight, with who still points to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Left<T> {
    /// What was taken.
    #[serde(flatten)]
    pub value: T,
    /// Published localizations that the actor may see and that are answered without this target from now on; at most 100.
    #[serde(default)]
    pub left_dangling: Vec<Use>,
    /// How many more there are.
    #[serde(default)]
    pub left_dangling_more: u64,
}

/// Which uses are asked for, as sent.
#[derive(Debug, Clone, Default)]
pub struct UsesQuery {
    /// Size of a page, 1 to 100.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
}

impl Cms {
    /// Who points to an entry among what is public.
    ///
    /// # Errors
    /// Not found, or not to be seen; parameters that cannot be read.
    pub async fn entry_uses(&self, actor: &Actor, id: EntryId, query: UsesQuery) -> Result<UsesPage, CmsError> {
        let snapshot = self.store().snapshot().await?;
        permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        self.uses(&snapshot, actor, PublishedTarget::Entry(id), query).await
    }

    /// Who points to an asset among what is public.
    ///
    /// # Errors
    /// Not found, or not to be seen; parameters that cannot be read.
    pub async fn asset_uses(&self, actor: &Actor, id: AssetId, query: UsesQuery) -> Result<UsesPage, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let known = snapshot.find_asset(id).await?.ok_or(CmsError::NotFound(Thing::Asset(id)))?;
        permit(actor, Action::Read, known.asset.department, &snapshot.hierarchy().await?, Thing::Asset(id))?;
        let mut page = self.uses(&snapshot, actor, PublishedTarget::Asset(id), query).await?;
        let wanted = page.items.iter().map(|used| (used.entry, used.locale.clone(), id)).collect();
        let shown = self.shown_assets(&snapshot, None, &wanted).await?;
        for used in &mut page.items {
            used.bytes = shown.get(&(used.entry, used.locale.clone(), id)).map(|shown| UsedBytes {
                hash: shown.known.blob.hash,
                since: shown.known.asset.bytes_since,
                outdated: shown.known.asset.bytes_since != known.asset.bytes_since,
            });
        }
        Ok(page)
    }

    async fn uses(
        &self,
        queries: &Queries,
        actor: &Actor,
        target: PublishedTarget,
        query: UsesQuery,
    ) -> Result<UsesPage, CmsError> {
        let UsesQuery { size, after } = query;
        let scope = actor.scope(&queries.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        let hash = ContentHash::of(format!("uses {} {target:?}", actor.reference).as_bytes());
        let place = self.check_cursor(&hash, after, &mut faults).and_then(|bytes| read_place(&bytes));
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let behind = place.as_ref().map(|(entry, locale, field)| (*entry, locale, field.as_str()));
        let mut rows = queries.live_uses(&scope, target, behind, size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = rows.last().filter(|_| more).map(|LiveUse { entry, locale, field, .. }| {
            let place = format!("{entry}|{locale}|{field}");
            seal_cursor(&self.parts().cursor_secret, &hash, place.as_bytes())
        });
        let (all, total) = queries.count_live_uses(&scope, target).await?;
        Ok(UsesPage { items: rows.into_iter().map(Use::from).collect(), next, size, total, hidden: all - total })
    }
}

/// What a verb leaves behind that points to entries which are public in no locale any more.
pub(crate) async fn left<T>(queries: &Queries, actor: &Actor, gone: &[EntryId], value: T) -> Result<Left<T>, CmsError> {
    let scope = actor.scope(&queries.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
    let (mut left_dangling, mut all) = (Vec::new(), 0);
    for entry in gone {
        if !queries.live_localizations(&[*entry]).await?.is_empty() {
            continue;
        }
        let target = PublishedTarget::Entry(*entry);
        let room = MAX_DANGLING - u32::try_from(left_dangling.len()).unwrap_or(MAX_DANGLING);
        if room > 0 {
            left_dangling.extend(queries.live_uses(&scope, target, None, room).await?.into_iter().map(Use::from));
        }
        all += queries.count_live_uses(&scope, target).await?.0;
    }
    let left_dangling_more = all - u64::try_from(left_dangling.len()).unwrap_or(all);
    Ok(Left { value, left_dangling, left_dangling_more })
}

impl From<LiveUse> for Use {
    fn from(row: LiveUse) -> Self {
        let LiveUse { entry, locale, field, collection, department, title, path, head, published } = row;
        let status = Status::derive(false, head, published, true);
        Self { entry, locale, field, collection, department, title, path, status, bytes: None }
    }
}

fn read_place(bytes: &[u8]) -> Option<(EntryId, Locale, String)> {
    let mut parts = std::str::from_utf8(bytes).ok()?.splitn(3, '|');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}
