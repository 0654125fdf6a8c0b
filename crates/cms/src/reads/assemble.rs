//! From live publications to what is answered: references resolved as they are public now, assets expanded.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{
    AssetId, Blueprint, CalendarDate, DepartmentId, EntryId, Handle, LiveAsset, LiveEntry, Locale, Lookup, PublicPath,
    Rank, ReferenceKind, ReferenceTarget, RevisionNumber, Slug, Tag, Timestamp, Unresolved, deliver,
    presented_references, rights::PublicScope,
};
use diwan_store::{KnownAsset, Live, LiveTarget, Queries};
use serde_json::{Map, Value};

use crate::{cms::Cms, error::CmsError, publishing::blueprint_of, rebuild::stored_presented};

/// An entry as the public reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedEntry {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its blueprint.
    pub blueprint: Handle,
    /// The locale of this answer.
    pub locale: Locale,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// Last segment of the path.
    pub slug: Slug,
    /// Its owner.
    pub department: DepartmentId,
    /// The public revision.
    pub revision: RevisionNumber,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Place among siblings in a tree.
    pub rank: Option<Rank>,
    /// Date of dated entries.
    pub date: Option<CalendarDate>,
    /// When it first became public.
    pub first_published_at: Timestamp,
    /// When this revision became public.
    pub published_at: Timestamp,
    /// The locales in which it is public, this one among them.
    pub translations: Vec<Translation>,
    /// Its values.
    pub data: Map<String, Value>,
    /// Assets by field.
    pub included: BTreeMap<String, Vec<IncludedAsset>>,
    /// What could not be resolved.
    pub unresolved: Vec<Unresolved>,
}

/// A locale in which an entry is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The locale.
    pub locale: Locale,
    /// Where it lives there.
    pub path: Option<PublicPath>,
}

/// An asset beside the entry that refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedAsset {
    /// The asset.
    pub id: AssetId,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Alternative text in the entry's locale.
    pub alternative_text: Option<String>,
    /// Where its bytes are.
    pub url: String,
}

/// A live publication on its way to an answer.
struct Part<'a> {
    live: &'a Live,
    blueprint: &'a Blueprint,
    presented: Map<String, Value>,
}

/// What was looked up for all parts together.
struct Found {
    entries: BTreeMap<EntryId, Vec<LiveTarget>>,
    assets: BTreeMap<AssetId, (KnownAsset, String)>,
}

/// What is public, as seen from one locale.
struct Seen<'a> {
    found: &'a Found,
    locale: &'a Locale,
}

impl Lookup for Seen<'_> {
    /// The page in the same locale, else the entry's first one in another.
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>> {
        let targets = self.found.entries.get(&id)?;
        let target = targets.iter().find(|target| target.locale == *self.locale).or_else(|| targets.first())?;
        let in_locale = target.locale == *self.locale;
        Some(LiveEntry { path: target.path.as_ref(), title: &target.title, in_locale })
    }

    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>> {
        self.found.assets.get(&id).map(|(known, url)| LiveAsset { url, name: &known.asset.name })
    }
}

impl Cms {
    /// Answers live publications in their order, with two batched look-ups for all of them.
    pub(super) async fn assemble(
        &self,
        queries: &Queries,
        scope: PublicScope,
        lives: &[Live],
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Vec<PublishedEntry>, CmsError> {
        let mut parts = Vec::with_capacity(lives.len());
        for live in lives {
            let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
            parts.push(Part { live, blueprint, presented: public_values(blueprint, stored_presented(live)?) });
        }
        let found = self.look_up(queries, scope, &parts, tags).await?;
        Ok(parts.into_iter().map(|part| part.answer(&found)).collect())
    }

    async fn look_up(
        &self,
        queries: &Queries,
        scope: PublicScope,
        parts: &[Part<'_>],
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Found, CmsError> {
        let mut entries: BTreeSet<EntryId> = BTreeSet::new();
        let mut assets: BTreeSet<AssetId> = BTreeSet::new();
        for part in parts {
            entries.insert(part.live.entry);
            tags.insert(Tag::Blueprint(part.live.blueprint.clone()));
            for reference in presented_references(part.blueprint, &part.presented) {
                match reference.target {
                    ReferenceTarget::Entry(id) => entries.insert(id),
                    ReferenceTarget::Asset(id) => assets.insert(id),
                };
            }
        }
        tags.extend(entries.iter().copied().map(Tag::Entry));
        tags.extend(assets.iter().copied().map(Tag::Asset));
        let mut found = Found { entries: BTreeMap::new(), assets: BTreeMap::new() };
        for target in queries.live_localizations(&entries.into_iter().collect::<Vec<_>>()).await? {
            if self.shows(scope, target.collection.as_str()) {
                found.entries.entry(target.entry).or_default().push(target);
            }
        }
        for targets in found.entries.values_mut() {
            targets.sort_by_key(|target| self.locale_place(&target.collection, &target.locale));
        }
        // What a published entry refers to is public with it.
        for known in queries.known_assets(&assets.into_iter().collect::<Vec<_>>()).await? {
            let url = self.asset_url(known.asset.id);
            found.assets.insert(known.asset.id, (known, url));
        }
        Ok(found)
    }

    /// Whether a scope shows what is published in a collection.
    pub(super) fn shows(&self, scope: PublicScope, collection: &str) -> bool {
        self.registry().find_collection(collection).is_some_and(|collection| scope.allows(collection))
    }

    /// The place of a locale among its collection's, the origin first.
    fn locale_place(&self, collection: &Handle, locale: &Locale) -> usize {
        let collection = self.registry().find_collection(collection.as_str());
        collection.and_then(|found| found.locales.iter().position(|known| known == locale)).unwrap_or(usize::MAX)
    }

    pub(super) fn asset_url(&self, id: AssetId) -> String {
        format!("{}{id}", self.parts().asset_url_prefix)
    }
}

impl Part<'_> {
    fn answer(self, found: &Found) -> PublishedEntry {
        let Self { live, blueprint, presented } = self;
        let included = included_assets(blueprint, &presented, found, &live.locale);
        let delivered = deliver(blueprint, presented, &Seen { found, locale: &live.locale });
        let translations = found.entries.get(&live.entry).into_iter().flatten();
        PublishedEntry {
            id: live.entry,
            collection: live.collection.clone(),
            blueprint: live.blueprint.clone(),
            locale: live.locale.clone(),
            path: live.path.clone(),
            slug: live.slug.clone(),
            department: live.department,
            revision: live.revision,
            parent: live.parent,
            rank: live.rank.clone(),
            date: live.date,
            first_published_at: live.first_published_at,
            published_at: live.published_at,
            translations: translations
                .map(|target| Translation { locale: target.locale.clone(), path: target.path.clone() })
                .collect(),
            data: delivered.data,
            included,
            unresolved: delivered.unresolved,
        }
    }
}

/// Just the fields that are public by today's blueprint, each there: what was presented under an older one may hold others.
fn public_values(blueprint: &Blueprint, mut stored: Map<String, Value>) -> Map<String, Value> {
    blueprint
        .public_fields()
        .map(|field| {
            let name = field.handle.to_string();
            let value = stored.remove(&name).unwrap_or(Value::Null);
            (name, value)
        })
        .collect()
}

fn included_assets(
    blueprint: &Blueprint,
    presented: &Map<String, Value>,
    found: &Found,
    locale: &Locale,
) -> BTreeMap<String, Vec<IncludedAsset>> {
    let mut included = BTreeMap::new();
    for reference in presented_references(blueprint, presented) {
        let ReferenceTarget::Asset(id) = reference.target else { continue };
        let by_id = reference.kind == ReferenceKind::Field;
        let Some((known, url)) = found.assets.get(&id).filter(|_| by_id) else { continue };
        let assets: &mut Vec<IncludedAsset> = included.entry(reference.field.to_string()).or_default();
        if assets.iter().any(|earlier| earlier.id == id) {
            continue;
        }
        assets.push(IncludedAsset {
            id,
            name: known.asset.name.clone(),
            media_type: known.blob.media_type.clone(),
            size_bytes: known.blob.size_bytes,
            width: known.blob.width,
            height: known.blob.height,
            alternative_text: known.asset.alternative_text.get(locale).cloned(),
            url: url.clone(),
        });
    }
    included
}
