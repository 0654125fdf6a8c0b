//! From publications to what is answered: references resolved as they are public at the moment of the read, assets and what
//! was asked for expanded beside them.
//!
//! Goes level by level, from the entries that were asked for to what they include, with one batched query per level and
//! kind. Nobody is asked twice: what was looked up for one level is known to the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use diwan_content::{
    AssetId, Blueprint, EntryId, FieldType, Handle, InclusionWay, LiveAsset, LiveEntry, Locale, Lookup, Reference,
    ReferenceKind, ReferenceTarget, ReverseSource, Tag, Unresolved, deliver, presented_references,
};
use diwan_store::{KnownAsset, Live, LiveTarget};
use serde_json::{Map, Value};

use super::view::PublicView;
use crate::{
    cms::{Cms, blueprint_of},
    conforming::{asset_kind, stored_values},
    error::CmsError,
};

mod include;
mod published;
mod referring;

pub(super) use self::include::Expansion;
use self::include::Wanted;
pub use self::published::{Included, IncludedAsset, PublishedEntry, Translation};

/// Most entries that one answer includes, however often the same one.
const MAX_NODES: usize = 500;
/// Most entries that a reverse name adds to one entry.
const MAX_REVERSE: usize = 50;

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

/// Nodes in the order of their levels, so that each stands behind the one that includes it.
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
    asked: BTreeSet<ReferenceTarget>,
    entries: BTreeMap<EntryId, Vec<LiveTarget>>,
    assets: BTreeMap<AssetId, (KnownAsset, String)>,
    lives: BTreeMap<(EntryId, Locale), Arc<Live>>,
}

/// What is public, as seen from one locale.
struct Seen<'a> {
    found: &'a Found,
    locale: &'a Locale,
}

/// Where one name leads from one node.
struct Lead<'a> {
    node: usize,
    name: &'a str,
    inclusion: &'a Wanted,
    places: Vec<(EntryId, Locale)>,
    whole: bool,
}

impl Cms {
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
        let mut wanted: BTreeSet<ReferenceTarget> = BTreeSet::new();
        for node in level {
            wanted.insert(ReferenceTarget::Entry(node.live.entry));
            wanted.extend(node.targets.values().flatten().map(|(id, _)| ReferenceTarget::Entry(*id)));
            wanted.extend(node.references.iter().map(|reference| reference.target));
            tags.insert(Tag::Blueprint(node.live.blueprint.clone()));
        }
        wanted.retain(|target| found.asked.insert(*target));
        let (mut entries, mut assets) = (Vec::new(), Vec::new());
        for target in wanted {
            match target {
                ReferenceTarget::Entry(id) => entries.push(id),
                ReferenceTarget::Asset(id) => assets.push(id),
            }
        }
        tags.extend(entries.iter().copied().map(Tag::Entry));
        tags.extend(assets.iter().copied().map(Tag::Asset));
        for target in view.localizations(&entries).await? {
            found.entries.entry(target.entry).or_default().push(target);
        }
        for id in entries {
            if let Some(targets) = found.entries.get_mut(&id) {
                targets.sort_by_key(|target| self.locale_place(&target.collection, &target.locale));
            }
        }
        // What a published entry refers to is public with it.
        for known in view.queries().known_assets(&assets).await? {
            let url = self.asset_url(known.asset.id);
            found.assets.insert(known.asset.id, (known, url));
        }
        Ok(())
    }

    /// Adds the next level: what the names of this one lead to.
    async fn include<'a>(
        &'a self,
        view: &PublicView<'_>,
        nodes: &mut Nodes<'a>,
        level: Range<usize>,
        found: &mut Found,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<(), CmsError> {
        let mut leads: Vec<Lead<'a>> = Vec::new();
        for node in level {
            let expansion = nodes.all[node].expansion;
            for (name, inclusion) in &expansion.inclusions {
                let places = match inclusion.way {
                    InclusionWay::Field => found.places(&nodes.all[node], name),
                    InclusionWay::Reverse(_) => Vec::new(),
                };
                leads.push(Lead { node, name, inclusion, places, whole: true });
            }
        }
        self.refer_back(view, nodes, &mut leads, tags).await?;
        self.fetch(view, &leads, found).await?;
        for Lead { node, name, inclusion, places, mut whole } in leads {
            let root = nodes.all[node].root;
            let mut children = Vec::with_capacity(places.len());
            for place in places {
                let live = found.lives.get(&place).filter(|_| nodes.included < MAX_NODES);
                let Some(live) = live else {
                    whole = false;
                    continue;
                };
                if let InclusionWay::Reverse(sources) = &inclusion.way
                    && !self.may_refer(live, sources, &nodes.all[node].live.collection)?
                {
                    continue;
                }
                nodes.included += 1;
                children.push(nodes.all.len());
                nodes.all.push(self.node(live.clone(), &inclusion.expansion, root)?);
            }
            nodes.all[node].children.insert(name, children);
            if !whole {
                nodes.truncated.insert((root, &inclusion.path));
            }
        }
        Ok(())
    }

    /// Finds who refers to the nodes of a level, by one query for each source and locale.
    async fn refer_back(
        &self,
        view: &PublicView<'_>,
        nodes: &Nodes<'_>,
        leads: &mut [Lead<'_>],
        tags: &mut BTreeSet<Tag>,
    ) -> Result<(), CmsError> {
        let mut asked: BTreeMap<(&Handle, &Handle, Locale), (&ReverseSource, BTreeSet<EntryId>)> = BTreeMap::new();
        for lead in leads.iter() {
            let InclusionWay::Reverse(sources) = &lead.inclusion.way else { continue };
            let live = &nodes.all[lead.node].live;
            tags.insert(Tag::References(live.entry));
            for source in sources.iter().filter(|source| self.takes(source, &live.collection)) {
                let key = (&source.collection.handle, &source.field, live.locale.clone());
                asked.entry(key).or_insert_with(|| (source, BTreeSet::new())).1.insert(live.entry);
            }
        }
        let mut answers = BTreeMap::new();
        for ((collection, field, locale), (source, targets)) in asked {
            let targets: Vec<EntryId> = targets.into_iter().collect();
            let referring = self.referring(view, source, &locale, &targets, MAX_REVERSE + 1).await?;
            answers.insert((collection.clone(), field.clone(), locale), referring);
        }
        for lead in leads.iter_mut() {
            let InclusionWay::Reverse(sources) = &lead.inclusion.way else { continue };
            let live = &nodes.all[lead.node].live;
            for source in sources.iter().filter(|source| self.takes(source, &live.collection)) {
                let key = (source.collection.handle.clone(), source.field.clone(), live.locale.clone());
                let Some(referring) = answers.get(&key) else { continue };
                lead.whole &= referring.whole;
                for entry in referring.by_target.get(&live.entry).into_iter().flatten() {
                    let place = (*entry, live.locale.clone());
                    if !lead.places.contains(&place) {
                        lead.places.push(place);
                    }
                }
            }
            if lead.places.len() > MAX_REVERSE {
                lead.places.truncate(MAX_REVERSE);
                lead.whole = false;
            }
        }
        Ok(())
    }

    /// Whether some blueprint of a source takes entries of a collection by its field today.
    fn takes(&self, source: &ReverseSource, collection: &Handle) -> bool {
        self.registry()
            .blueprints_of(&source.collection)
            .any(|blueprint| takes_by(blueprint, &source.field, collection))
    }

    /// Whether one of the fields by which a publication refers to others takes entries of a collection today.
    fn may_refer(&self, live: &Live, sources: &[ReverseSource], collection: &Handle) -> Result<bool, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let mut own = sources.iter().filter(|source| source.collection.handle == live.collection);
        Ok(own.any(|source| takes_by(blueprint, &source.field, collection)))
    }

    /// Fetches what is not there yet, by one query for each locale.
    async fn fetch(&self, view: &PublicView<'_>, leads: &[Lead<'_>], found: &mut Found) -> Result<(), CmsError> {
        let mut wanted: BTreeMap<&Locale, BTreeSet<EntryId>> = BTreeMap::new();
        for (entry, locale) in leads.iter().flat_map(|lead| &lead.places).take(MAX_NODES) {
            if !found.lives.contains_key(&(*entry, locale.clone())) {
                wanted.entry(locale).or_default().insert(*entry);
            }
        }
        for (locale, entries) in wanted {
            for live in view.lives(&entries.into_iter().collect::<Vec<_>>(), locale).await? {
                found.lives.insert((live.entry, live.locale.clone()), Arc::new(live));
            }
        }
        Ok(())
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
        let included = included_assets(&references, found, &live.locale);
        let delivered = deliver(blueprint, values, &Seen { found, locale: &live.locale });
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
    /// An entry in the same locale, else in its first one.
    fn place(&self, id: EntryId, locale: &Locale) -> Option<&LiveTarget> {
        let targets = self.entries.get(&id)?;
        targets.iter().find(|target| target.locale == *locale).or_else(|| targets.first())
    }

    /// Where the public ones are of what a node refers to by a field, as far as the field takes them today.
    fn places(&self, node: &Node<'_>, name: &str) -> Vec<(EntryId, Locale)> {
        let targets = node.targets.get(name).into_iter().flatten();
        let place = |(id, reference): &(EntryId, Reference)| {
            let target = self.place(*id, &node.live.locale)?;
            reference.takes_entries_of(target.collection.as_str()).then(|| (*id, target.locale.clone()))
        };
        targets.filter_map(place).collect()
    }
}

impl Lookup for Seen<'_> {
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>> {
        let target = self.found.place(id, self.locale)?;
        let in_locale = target.locale == *self.locale;
        let collection = target.collection.as_str();
        Some(LiveEntry { collection, path: target.path.as_ref(), title: &target.title, in_locale })
    }

    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>> {
        let (known, url) = self.found.assets.get(&id)?;
        Some(LiveAsset { kind: asset_kind(known), url, name: &known.asset.name })
    }
}

/// Whether a public field of a blueprint takes entries of a collection.
fn takes_by(blueprint: &Blueprint, field: &Handle, collection: &Handle) -> bool {
    blueprint.public_fields().filter(|known| known.handle == *field).any(|known| {
        matches!(&known.field_type, FieldType::Reference(reference) if reference.takes_entries_of(collection.as_str()))
    })
}

fn included_assets(references: &[Reference], found: &Found, locale: &Locale) -> BTreeMap<String, Vec<Included>> {
    let mut included: BTreeMap<String, Vec<Included>> = BTreeMap::new();
    for reference in references {
        let ReferenceTarget::Asset(id) = reference.target else { continue };
        let by_id = reference.kind == ReferenceKind::Field;
        let Some((known, url)) = found.assets.get(&id).filter(|_| by_id) else { continue };
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
            media_type: known.blob.media_type.clone(),
            size_bytes: known.blob.size_bytes,
            width: known.blob.width,
            height: known.blob.height,
            alternative_text: known.asset.alternative_text.get(locale).cloned(),
            url: url.clone(),
        }));
    }
    included
}
