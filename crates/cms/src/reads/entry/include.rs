//! Entries beside an entry: what it refers to by the names that are expanded, and who refers to it, in their default order.
//!
//! Goes level by level, with one batched query for each source and locale.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use diwan_content::{
    Blueprint, Bounds, EntryId, FieldType, Handle, InclusionWay, Locale, Reference, ReferenceTarget, ReverseSource,
    Tag, presented_references, rights::Past,
};
use diwan_store::Live;

use super::{super::view::PublicView, Found, Node, Nodes, selection::Wanted};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::{some_values, stored_presented},
    error::CmsError,
    opening::rebuild::subject_of,
};

/// Most entries that one answer includes, however often the same one.
const MAX_NODES: usize = 500;
/// Most entries that a reverse name adds to one entry.
const MAX_REVERSE: usize = 50;
/// Most publications that are looked through for who referred to something at a time.
const MAX_CANDIDATES: u32 = 5_000;
/// Publications fetched at once.
const BATCH: usize = 200;

/// Where one name leads from one node.
struct Lead<'a> {
    node: usize,
    name: &'a str,
    inclusion: &'a Wanted,
    places: Vec<(EntryId, Locale)>,
    whole: bool,
}

/// Entries that refer to others.
#[derive(Debug)]
struct Referring {
    /// Those who refer to it, by what they refer to.
    by_target: BTreeMap<EntryId, Vec<EntryId>>,
    /// False where there was too much to look through, or some of it is closed to the asker.
    whole: bool,
}

impl Cms {
    /// Adds the next level: what the names of this one lead to.
    pub(super) async fn include<'a>(
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

    /// Who refers to entries by a field, in the same locale; at most so many for each. Of a look back, what was public then
    /// is looked through, where that is not too much: references are kept of what is public now alone.
    async fn referring(
        &self,
        view: &PublicView<'_>,
        source: &ReverseSource,
        locale: &Locale,
        targets: &[EntryId],
        most: usize,
    ) -> Result<Referring, CmsError> {
        if !source.collection.has_locale(locale) {
            return Ok(Referring { by_target: BTreeMap::new(), whole: true });
        }
        if let Some(past) = view.past() {
            return self.referring_then(view, past, source, locale, targets, most).await;
        }
        let list = self.default_list(&source.collection, locale);
        let limit = u32::try_from(most).unwrap_or(u32::MAX);
        let rows = view.queries().referring_entries(source.field.as_str(), locale, &list, targets, limit).await?;
        let mut by_target: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
        for (target, entry) in rows {
            by_target.entry(target).or_default().push(entry);
        }
        Ok(Referring { by_target, whole: true })
    }

    async fn referring_then(
        &self,
        view: &PublicView<'_>,
        past: &Past,
        source: &ReverseSource,
        locale: &Locale,
        targets: &[EntryId],
        most: usize,
    ) -> Result<Referring, CmsError> {
        let all = Bounds::default();
        let candidates = view.entries_then(past, &source.collection, locale, &all, MAX_CANDIDATES + 1).await?;
        if candidates.len() > MAX_CANDIDATES as usize {
            return Ok(Referring { by_target: BTreeMap::new(), whole: false });
        }
        let mut found: BTreeMap<EntryId, Vec<(Vec<u8>, EntryId)>> = BTreeMap::new();
        for batch in candidates.chunks(BATCH) {
            for live in view.lives(batch, locale).await? {
                let referred = self.referred(&live, source)?;
                if referred.iter().any(|target| targets.contains(target)) {
                    let key = self.default_key(&live, source)?;
                    for target in referred.into_iter().filter(|target| targets.contains(target)) {
                        found.entry(target).or_default().push((key.clone(), live.entry));
                    }
                }
            }
        }
        let ordered = |mut entries: Vec<(Vec<u8>, EntryId)>| {
            entries.sort();
            entries.dedup();
            entries.into_iter().take(most).map(|(_, entry)| entry).collect()
        };
        let by_target = found.into_iter().map(|(target, entries)| (target, ordered(entries))).collect();
        Ok(Referring { by_target, whole: view.enters_whole(&source.collection) })
    }

    /// What a publication refers to by the source's field.
    fn referred(&self, live: &Live, source: &ReverseSource) -> Result<Vec<EntryId>, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let values = some_values(live, |name| name == source.field.as_str())?;
        let references = presented_references(blueprint, &values);
        let entries = references.into_iter().filter_map(|reference| match reference.target {
            ReferenceTarget::Entry(id) => Some(id),
            ReferenceTarget::Asset(_) => None,
        });
        Ok(entries.collect())
    }

    /// The place of a publication in its collection's default order.
    fn default_key(&self, live: &Live, source: &ReverseSource) -> Result<Vec<u8>, CmsError> {
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let presented = stored_presented(live)?;
        Ok(subject_of(live, blueprint, &presented).sort_key(&source.collection.indexes[0]))
    }
}

impl Found {
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

/// Whether a public field of a blueprint takes entries of a collection.
fn takes_by(blueprint: &Blueprint, field: &Handle, collection: &Handle) -> bool {
    blueprint.public_fields().filter(|known| known.handle == *field).any(|known| {
        matches!(&known.field_type, FieldType::Reference(reference) if reference.takes_entries_of(collection.as_str()))
    })
}
