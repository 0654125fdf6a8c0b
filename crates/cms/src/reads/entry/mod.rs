//! A published entry: found by its id, what it refers to looked up as it is public at the moment of the read, and answered.
//!
//! Lists answer their entries in the same way. What is answered is assembled level by level, from the entries that were asked
//! for to what they include, with one batched query for each level and kind. Nothing is looked up twice: what was found for
//! one level is known to the next.
//!
//! | file | contains |
//! |---|---|
//! | `selection.rs` | which fields are answered and what is expanded beside an entry, from names as sent |
//! | `include.rs` | the entries beside an entry, by its fields and by those who refer to it |
//! | `published.rs` | what is answered |

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use diwan_content::{
    AssetId, Blueprint, Collection, EntryId, Handle, LiveAsset, LiveEntry, Locale, Lookup, PublicPath, Reference,
    ReferenceKind, ReferenceTarget, Tag, Timestamp, Unresolved, deliver, presented_references, rights::PublicScope,
};
use diwan_store::{Entry, Live, LiveTarget};
use serde_json::{Map, Value};

use super::{
    shown_assets::{ShownAsset, ShownPlace},
    view::{PublicView, ReadRequest, Tagged, Whereabouts, check_locale},
};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::{asset_kind, stored_values},
    error::{CmsError, Thing},
};

mod include;
mod published;
mod selection;

pub(super) use self::selection::Expansion;
pub use self::{
    published::{Included, IncludedAsset, PublishedEntry, Translation},
    selection::Selection,
};

/// Status of redirects: the page has moved for good.
pub const REDIRECT_STATUS: u16 = 301;
/// Most redirects from entry to entry that are followed. Each was made when the one behind it was withdrawn.
const MAX_REDIRECTS: usize = 100;

/// What is known in public of an id or a path.
#[derive(Debug, Clone)]
pub enum EntryRead {
    /// It is public.
    Entry(Box<PublishedEntry>),
    /// It is at another path, is written otherwise, or was taken back in favour of another page.
    Moved {
        /// Where that is.
        to: PublicPath,
        /// In this locale.
        locale: Locale,
    },
    /// It was taken back.
    Gone {
        /// When.
        at: Timestamp,
    },
    /// Nothing, as far as anybody may know.
    Absent,
}

/// A publication on its way to an answer, as often as it occurs there.
struct Node<'a> {
    live: Arc<Live>,
    blueprint: &'a Blueprint,
    expansion: &'a Expansion,
    /// Values that are answered.
    values: Map<String, Value>,
    /// What they refer to, in order.
    references: Vec<Reference>,
    /// What the fields refer to that are expanded, in order.
    targets: BTreeMap<&'a str, Vec<(EntryId, Reference)>>,
    /// Places of the nodes that it includes.
    children: BTreeMap<&'a str, Vec<usize>>,
    /// Place of the entry that was asked for.
    root: usize,
}

/// Nodes in the order of their levels, so that each follows the one that includes it.
#[derive(Default)]
struct Nodes<'a> {
    all: Vec<Node<'a>>,
    /// Names that are not expanded whole, by the entry that was asked for.
    truncated: BTreeSet<(usize, &'a str)>,
    included: usize,
}

/// What was looked up for all nodes together.
#[derive(Default)]
struct Found {
    asked: BTreeSet<EntryId>,
    entries: BTreeMap<EntryId, Vec<LiveTarget>>,
    assets: BTreeMap<ShownPlace, ShownAsset>,
    lives: BTreeMap<(EntryId, Locale), Arc<Live>>,
}

/// What is public, as seen from one publication.
struct Seen<'a> {
    found: &'a Found,
    live: &'a Live,
}

impl Cms {
    /// A published entry of a collection in a locale (the collection's origin unless named), or else in the fallback.
    ///
    /// # Errors
    /// An unknown collection; locales that it does not have; a selection of fields and inclusions that does not fit it; a past that is not open to the
    /// asker; the database fails.
    pub async fn published_entry(
        &self,
        request: impl Into<ReadRequest>,
        collection: &str,
        id: EntryId,
        locale: Option<&Locale>,
        fallback: Option<&Locale>,
    ) -> Result<Tagged<EntryRead>, CmsError> {
        let request = request.into();
        let collection = self.public_collection(request.scope, collection)?;
        let mut faults = Vec::new();
        for (parameter, locale) in [("locale", locale), ("fallback", fallback)] {
            check_locale(parameter, locale, &collection.locales, &mut faults);
        }
        let expansion = self.selected(request.scope, &collection, &request.selection, faults)?;
        let locale = locale.unwrap_or_else(|| collection.origin());
        let view = self.public_view(request.scope, &request.moment).await?;
        let mut tags = BTreeSet::from([Tag::Entry(id)]);
        let entry = view.queries().find_entry(id).await?.filter(|entry| entry.collection == collection.handle);
        check_may_look(&view, &collection, entry.as_ref())?;
        if entry.is_none() {
            return Ok(Tagged { value: EntryRead::Absent, tags });
        }
        for locale in [Some(locale), fallback].into_iter().flatten() {
            if let Some(live) = view.find_live(id, locale).await? {
                let mut entries = self.assemble(&view, vec![live], &expansion, &mut tags).await?;
                let value = entries.pop().map_or(EntryRead::Absent, |entry| EntryRead::Entry(Box::new(entry)));
                return Ok(Tagged { value, tags });
            }
        }
        Ok(Tagged { value: self.moved(&view, id, locale, &mut tags).await?, tags })
    }

    /// Where an entry lives that left a path or cannot be read by its id, or how it ended.
    pub(super) async fn moved(
        &self,
        view: &PublicView<'_>,
        entry: EntryId,
        locale: &Locale,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<EntryRead, CmsError> {
        let mut at = entry;
        for _ in 0..MAX_REDIRECTS {
            tags.insert(Tag::Entry(at));
            match view.whereabouts(at, locale, at != entry).await? {
                Whereabouts::Live(Some(to)) => return Ok(EntryRead::Moved { to, locale: locale.clone() }),
                Whereabouts::Live(None) | Whereabouts::Unknown => return Ok(EntryRead::Absent),
                Whereabouts::Gone(at) => return Ok(EntryRead::Gone { at }),
                Whereabouts::Redirect(to) => at = to,
            }
        }
        Ok(EntryRead::Absent)
    }

    /// A collection that the scope shows; another one is not there.
    pub fn public_collection(&self, scope: PublicScope, handle: &str) -> Result<Arc<Collection>, CmsError> {
        let found = self.registry().find_collection(handle).filter(|collection| scope.allows(collection));
        found.cloned().ok_or_else(|| CmsError::NotFound(Thing::Collection(handle.to_owned())))
    }

    /// Answers publications in their order.
    pub(super) async fn assemble(
        &self,
        view: &PublicView<'_>,
        lives: Vec<Live>,
        expansion: &Expansion,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Vec<PublishedEntry>, CmsError> {
        let (mut nodes, mut found) = (Nodes::default(), Found::default());
        for (root, live) in lives.into_iter().enumerate() {
            nodes.all.push(self.node(Arc::new(live), expansion, root)?);
        }
        let roots = nodes.all.len();
        let mut level = 0..roots;
        while !level.is_empty() {
            self.look_up(view, &nodes.all[level.clone()], &mut found, tags).await?;
            let end = level.end;
            self.include(view, &mut nodes, level, &mut found, tags).await?;
            level = end..nodes.all.len();
        }
        Ok(nodes.answers(roots, &found))
    }

    fn node<'a>(&'a self, live: Arc<Live>, expansion: &'a Expansion, root: usize) -> Result<Node<'a>, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let answered = |name: &str| expansion.fields.as_ref().is_none_or(|fields| fields.contains(name));
        let followed = |name: &str| expansion.inclusions.contains_key(name);
        let mut values = stored_values(&live, blueprint, |name| answered(name) || followed(name))?;
        let mut references = presented_references(blueprint, &values);
        let mut targets: BTreeMap<&str, Vec<(EntryId, Reference)>> = BTreeMap::new();
        for reference in &references {
            let name = expansion.inclusions.get_key_value(reference.field.as_str());
            if let (Some((name, _)), ReferenceTarget::Entry(id), ReferenceKind::Field) =
                (name, reference.target, reference.kind)
            {
                targets.entry(name.as_str()).or_default().push((id, reference.clone()));
            }
        }
        values.retain(|name, _| answered(name));
        references.retain(|reference| answered(reference.field.as_str()));
        Ok(Node { live, blueprint, expansion, values, references, targets, children: BTreeMap::new(), root })
    }

    /// Where everything is that one level refers to.
    async fn look_up(
        &self,
        view: &PublicView<'_>,
        level: &[Node<'_>],
        found: &mut Found,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<(), CmsError> {
        let (mut entries, mut assets) = (BTreeSet::new(), BTreeSet::new());
        for node in level {
            let live = &node.live;
            entries.insert(live.entry);
            entries.extend(node.targets.values().flatten().map(|(id, _)| *id));
            for reference in &node.references {
                match reference.target {
                    ReferenceTarget::Entry(id) => entries.insert(id),
                    ReferenceTarget::Asset(id) => assets.insert((live.entry, live.locale.clone(), id)),
                };
            }
            tags.insert(Tag::Blueprint(live.blueprint.clone()));
        }
        entries.retain(|id| found.asked.insert(*id));
        assets.retain(|place| !found.assets.contains_key(place));
        let entries: Vec<EntryId> = entries.into_iter().collect();
        tags.extend(entries.iter().copied().map(Tag::Entry));
        tags.extend(assets.iter().map(|(.., asset)| Tag::Asset(*asset)));
        for target in view.localizations(&entries).await? {
            found.entries.entry(target.entry).or_default().push(target);
        }
        for id in entries {
            if let Some(targets) = found.entries.get_mut(&id) {
                targets.sort_by_key(|target| self.locale_place(&target.collection, &target.locale));
            }
        }
        // What a published entry refers to is public with it.
        found.assets.extend(self.shown_assets(view.queries(), view.past(), &assets).await?);
        Ok(())
    }

    /// The place of a locale among its collection's, the origin first.
    fn locale_place(&self, collection: &Handle, locale: &Locale) -> usize {
        let collection = self.registry().find_collection(collection.as_str());
        collection.and_then(|found| found.locales.iter().position(|known| known == locale)).unwrap_or(usize::MAX)
    }
}

impl Nodes<'_> {
    /// What was asked for, with what it includes. From the last level up, so that nothing goes as deep as the names do.
    fn answers(self, roots: usize, found: &Found) -> Vec<PublishedEntry> {
        let Self { all, truncated, included: _ } = self;
        let mut answers: Vec<Option<PublishedEntry>> = Vec::new();
        answers.resize_with(all.len(), || None);
        for (place, mut node) in all.into_iter().enumerate().rev() {
            let children = std::mem::take(&mut node.children);
            let mut answer = node.answer(found);
            for (name, places) in children {
                let entries = places.into_iter().filter_map(|child| answers[child].take());
                answer
                    .included
                    .insert(name.to_owned(), entries.map(|entry| Included::Entry(Box::new(entry))).collect());
            }
            answers[place] = Some(answer);
        }
        let mut answers: Vec<PublishedEntry> = answers.into_iter().take(roots).flatten().collect();
        for (root, path) in truncated {
            answers[root].truncated.push(path.to_owned());
        }
        answers
    }
}

impl Node<'_> {
    fn answer(self, found: &Found) -> PublishedEntry {
        let Self { live, blueprint, expansion, values, references, targets: _, children: _, root: _ } = self;
        let included = included_assets(&references, found, &live);
        let delivered = deliver(blueprint, values, &Seen { found, live: &live });
        let is_answered = |place: &&Unresolved| match (&expansion.fields, place.field()) {
            (Some(fields), Some(field)) => fields.contains(&field),
            (Some(_) | None, Some(_) | None) => true,
        };
        let mut unresolved: Vec<Unresolved> = live.unresolved.iter().filter(is_answered).cloned().collect();
        unresolved.extend(delivered.unresolved);
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
            unresolved,
            truncated: Vec::new(),
        }
    }
}

impl Found {
    /// What a publication shows of an asset.
    fn asset(&self, live: &Live, id: AssetId) -> Option<&ShownAsset> {
        self.assets.get(&(live.entry, live.locale.clone(), id))
    }

    /// An entry in the same locale, else in its first one.
    fn place(&self, id: EntryId, locale: &Locale) -> Option<&LiveTarget> {
        let targets = self.entries.get(&id)?;
        targets.iter().find(|target| target.locale == *locale).or_else(|| targets.first())
    }
}

impl Lookup for Seen<'_> {
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>> {
        let target = self.found.place(id, &self.live.locale)?;
        let in_locale = target.locale == self.live.locale;
        let collection = target.collection.as_str();
        Some(LiveEntry { collection, path: target.path.as_ref(), title: &target.title, in_locale })
    }

    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>> {
        let ShownAsset { known, blob: _, url } = self.found.asset(self.live, id)?;
        Some(LiveAsset { kind: asset_kind(known), url, name: &known.asset.name })
    }
}

fn included_assets(references: &[Reference], found: &Found, live: &Live) -> BTreeMap<String, Vec<Included>> {
    let mut included: BTreeMap<String, Vec<Included>> = BTreeMap::new();
    for reference in references {
        let ReferenceTarget::Asset(id) = reference.target else { continue };
        let by_id = reference.kind == ReferenceKind::Field;
        let Some(ShownAsset { known, blob, url }) = found.asset(live, id).filter(|_| by_id) else { continue };
        if !reference.takes_assets_of(asset_kind(known)) {
            continue;
        }
        let included = included.entry(reference.field.to_string()).or_default();
        let is_same = |earlier: &Included| matches!(earlier, Included::Asset(asset) if asset.id == id);
        if included.iter().any(is_same) {
            continue;
        }
        included.push(Included::Asset(IncludedAsset {
            id,
            name: known.asset.name.clone(),
            media_type: blob.media_type.clone(),
            size_bytes: blob.size_bytes,
            width: blob.width,
            height: blob.height,
            alternative_text: known.asset.alternative_text.get(&live.locale).cloned(),
            url: url.clone(),
        }));
    }
    included
}

/// Of a past that is not open to the asker whole, an entry that is not there and one that is closed are alike.
fn check_may_look(view: &PublicView<'_>, collection: &Collection, entry: Option<&Entry>) -> Result<(), CmsError> {
    view.check_enters(collection)?;
    let Some(past) = view.past() else { return Ok(()) };
    let open = match entry {
        Some(entry) => past.shows(collection, entry.department),
        None => collection.public_history || past.is_whole(),
    };
    if open { Ok(()) } else { Err(CmsError::HistoryClosed) }
}
