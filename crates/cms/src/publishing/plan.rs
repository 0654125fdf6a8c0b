//! What becomes public, where, and what it takes along.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use diwan_content::{
    Actor, CalendarDate, Collection, Conformed, ContentHash, EntryId, Fault, FaultCode, Locale, Misfit, Pointer,
    PublicPath, Rank, Reference, ReferenceTarget, RevisionNumber, Slug, Timestamp, Version, present,
    presented_references, resolve,
};
use diwan_store::{Entry, Localization, Publication, PublishedReference, PublishedTarget, Queries, Revision};
use serde_json::{Map, Value};

use super::{
    paths::{Asker, plan_paths},
    pins::Pins,
};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::OlderTargets,
    error::{CmsError, Conflict, Thing},
};

/// One revision that shall become public.
#[derive(Debug, Clone)]
pub(crate) struct PlanItem {
    pub(crate) entry: EntryId,
    pub(crate) locale: Locale,
    pub(crate) revision: RevisionNumber,
    pub(crate) hash: ContentHash,
    pub(crate) version: Version,
    /// Where in the request its faults are reported.
    pub(crate) at: Pointer,
    /// When it was published elsewhere, for imports.
    pub(crate) published_at: Option<Timestamp>,
    /// When it was first published elsewhere, for imports.
    pub(crate) first_published_at: Option<Timestamp>,
}

/// One localization that will be public in another way than now.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) entry: Entry,
    pub(crate) collection: Arc<Collection>,
    pub(crate) locale: Locale,
    pub(crate) revision: RevisionNumber,
    pub(crate) origin_revision: RevisionNumber,
    pub(crate) slug: Slug,
    pub(crate) parent: Option<EntryId>,
    pub(crate) rank: Option<Rank>,
    pub(crate) date: Option<CalendarDate>,
    pub(crate) path: Option<PublicPath>,
    pub(crate) content: Content,
    /// Which revisions of assets it shows.
    pub(crate) pins: Pins,
    /// What is public now.
    pub(crate) live: Option<Publication>,
    /// Whether anything ever was; nothing has to be cleared away otherwise.
    pub(crate) was_public: bool,
    /// The item that asks for it, or the one that takes it along.
    pub(crate) item: usize,
    /// Taken along: the same revision, presented anew or at another path.
    pub(crate) represented: bool,
    pub(crate) published_at: Timestamp,
    pub(crate) first_published_at: Timestamp,
}

/// What the public will read.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Newly rendered.
    Rendered(Arc<Rendered>),
    /// As it is public now; only the path changes.
    Unchanged,
}

/// What a localization looks like to the public, but for envelope and references.
#[derive(Debug)]
pub(crate) struct Rendered {
    /// Resolved values as they are written, private ones too.
    pub(crate) resolved: Map<String, Value>,
    /// What of the own values does not fit today's blueprint; places are those of the data.
    pub(crate) misfits: Vec<Fault>,
    /// What the own values refer to, where they were written under another blueprint; places are those of the data.
    pub(crate) older_references: Vec<Reference>,
    /// Shape of the blueprint that presented it, if everything fits.
    pub(crate) presented_under: Option<ContentHash>,
    /// Presented values.
    pub(crate) presented: Map<String, Value>,
    /// Presented values as stored.
    pub(crate) text: String,
    /// Hash of that text.
    pub(crate) hash: ContentHash,
    /// What names the entry to people.
    pub(crate) title: String,
    /// What the presented values refer to.
    pub(crate) references: Vec<PublishedReference>,
}

/// Reads revisions and renders them once outside the transaction and finds both again inside: a revision never changes.
#[derive(Debug, Default)]
pub(crate) struct RenderCache {
    revisions: HashMap<(EntryId, Locale, RevisionNumber), Arc<Revision>>,
    rendered: HashMap<RenderKey, Arc<Rendered>>,
}

type RenderKey = (EntryId, Locale, RevisionNumber, RevisionNumber);

/// Whether rendering may still be done or must have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rendering {
    /// Outside a transaction: render what is missing.
    Allowed,
    /// Inside: what is missing sends the verb back outside.
    Done,
}

/// All that one publish does.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Items first, in their order; then what they take along.
    pub(crate) changes: Vec<Change>,
    /// Everything that the plan rests on and that must not move until it is carried out.
    pub(crate) involved: BTreeSet<(EntryId, Locale)>,
    pub(crate) faults: Vec<Fault>,
    /// Something must be rendered that may not be rendered here.
    pub(crate) incomplete: bool,
}

/// Makes plans; see the module.
pub(crate) struct Planner<'a> {
    pub(crate) queries: &'a Queries,
    pub(crate) cms: &'a Cms,
    /// Who asks: faults name what they may know of.
    pub(crate) actor: &'a Actor,
    pub(crate) cache: &'a mut RenderCache,
    pub(crate) rendering: Rendering,
    /// Rows that were locked, so that they need not be read again.
    pub(crate) locked: BTreeMap<(EntryId, Locale), (Entry, Localization)>,
}

/// An item with what it names.
struct Named {
    entry: Entry,
    collection: Arc<Collection>,
    revision: Arc<Revision>,
    was_public: bool,
    live: Option<Publication>,
}

impl Planner<'_> {
    /// Plans the publishing of all items together: they count as public for one another.
    pub(crate) async fn plan(mut self, items: &[PlanItem]) -> Result<Plan, CmsError> {
        let mut plan = Plan::default();
        let mut named: BTreeMap<(EntryId, Locale), (usize, Named)> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            plan.involved.insert((item.entry, item.locale.clone()));
            let found = self.name(item).await.map_err(|error| error.in_item(&item.at))?;
            if named.insert((item.entry, item.locale.clone()), (index, found)).is_some() {
                plan.faults.push(Fault::new(item.at.clone(), FaultCode::DuplicateItem));
            }
        }
        for (index, item) in items.iter().enumerate() {
            self.plan_item(index, item, &named, &mut plan).await?;
        }
        self.plan_inheriting(items, &named, &mut plan).await?;
        if plan.faults.is_empty() && !plan.incomplete {
            let asker = Asker { queries: self.queries, registry: self.cms.registry(), actor: self.actor };
            plan_paths(asker, items, &mut plan, self.rendering).await?;
        }
        Ok(plan)
    }

    /// Finds what an item names and checks that it is what the caller saw.
    async fn name(&mut self, item: &PlanItem) -> Result<Named, CmsError> {
        let locked = self.locked.get(&(item.entry, item.locale.clone())).cloned();
        let found = match locked {
            Some(found) => Some(found),
            None => self.queries.find_with_entry(item.entry, &item.locale).await?,
        };
        let Some((entry, localization)) = found else {
            let entry = self.queries.find_entry(item.entry).await?;
            let localization = Thing::Localization(item.entry, item.locale.clone());
            return Err(CmsError::NotFound(if entry.is_some() { localization } else { Thing::Entry(item.entry) }));
        };
        if localization.version != item.version {
            return Err(CmsError::VersionMismatch { current: localization.version });
        }
        if entry.trashed_at.is_some() {
            return Err(CmsError::Conflict(Conflict::Trashed));
        }
        let revision = self.cache.revision(self.queries, item.entry, &item.locale, item.revision).await?;
        let revision = revision
            .ok_or_else(|| CmsError::NotFound(Thing::Revision(item.entry, item.locale.clone(), item.revision)))?;
        if revision.hash != item.hash {
            return Err(CmsError::Conflict(Conflict::HashMismatch));
        }
        let collection = self.cms.collection(entry.collection.as_str())?;
        let live = match localization.published {
            Some(_) => self.queries.find_live(item.entry, &item.locale).await?.map(|live| live.publication),
            None => None,
        };
        Ok(Named { entry, collection, revision, was_public: localization.was_public, live })
    }

    async fn plan_item(
        &mut self,
        index: usize,
        item: &PlanItem,
        named: &BTreeMap<(EntryId, Locale), (usize, Named)>,
        plan: &mut Plan,
    ) -> Result<(), CmsError> {
        let Some((first, Named { entry, collection, revision, was_public, live })) =
            named.get(&(item.entry, item.locale.clone()))
        else {
            return Ok(());
        };
        if *first != index {
            return Ok(());
        }
        let origin_locale = collection.origin().clone();
        let origin = if item.locale == origin_locale {
            None
        } else {
            plan.involved.insert((item.entry, origin_locale.clone()));
            let in_batch = named.get(&(item.entry, origin_locale.clone())).map(|(_, named)| named.revision.clone());
            let origin = match in_batch {
                Some(revision) => Some(revision),
                None => self.published_revision(item.entry, &origin_locale).await?,
            };
            if origin.is_none() {
                plan.faults.push(
                    Fault::new(item.at.clone(), FaultCode::OriginNotPublic).with("origin", origin_locale.as_str()),
                );
                return Ok(());
            }
            origin
        };
        let Some(rendered) = self.cache.get(self.rendering, self.cms, collection, revision, origin.as_deref())? else {
            plan.incomplete = true;
            return Ok(());
        };
        let blueprint = blueprint_of(self.cms.registry(), revision.content.blueprint.as_str())?;
        let at = item.at.key("data");
        let misfits = rendered.misfits.iter().cloned();
        plan.faults.extend(misfits.map(|fault| Fault { pointer: fault.pointer.under(&at), ..fault }));
        let older: Vec<&Reference> = rendered.older_references.iter().collect();
        let targets = OlderTargets::find(self.queries, &older).await?;
        let wrong = older.into_iter().filter_map(|reference| targets.fault(reference));
        plan.faults.extend(wrong.map(|fault| Fault { pointer: fault.pointer.under(&at), ..fault }));
        plan.faults.extend(blueprint.publish_faults(&rendered.resolved, &at));
        let Some(slug) = revision.content.slug.clone() else {
            plan.faults.push(Fault::new(item.at.key("slug"), FaultCode::Required));
            return Ok(());
        };
        let shape = origin.as_deref().unwrap_or(revision);
        let pins = Pins::newest(self.queries, &rendered.references, live.as_ref()).await?;
        let published_at = item.published_at.unwrap_or(self.cms.now());
        plan.changes.push(Change {
            entry: entry.clone(),
            collection: collection.clone(),
            locale: item.locale.clone(),
            revision: revision.number,
            origin_revision: shape.number,
            slug,
            parent: shape.content.parent,
            rank: shape.content.rank.clone(),
            date: shape.content.date,
            path: None,
            content: Content::Rendered(rendered),
            pins,
            live: live.clone(),
            item: index,
            represented: false,
            published_at,
            first_published_at: self.first_published_at(item, *was_public, live.as_ref(), published_at).await?,
            was_public: *was_public,
        });
        Ok(())
    }

    /// A localization keeps the time at which it first became public, also over a withdrawal.
    async fn first_published_at(
        &self,
        item: &PlanItem,
        was_public: bool,
        live: Option<&Publication>,
        published_at: Timestamp,
    ) -> Result<Timestamp, CmsError> {
        if let Some(live) = live {
            return Ok(live.first_published_at);
        }
        let past = if was_public { self.queries.find_last_publication(item.entry, &item.locale).await? } else { None };
        Ok(past.map_or(item.first_published_at.unwrap_or(published_at), |past| past.first_published_at))
    }

    /// Publishing an origin presents anew the public localizations that inherit a changed value.
    async fn plan_inheriting(
        &mut self,
        items: &[PlanItem],
        named: &BTreeMap<(EntryId, Locale), (usize, Named)>,
        plan: &mut Plan,
    ) -> Result<(), CmsError> {
        for (index, item) in items.iter().enumerate() {
            let Some((_, Named { entry, collection, revision: origin, was_public, live: _ })) =
                named.get(&(item.entry, item.locale.clone()))
            else {
                continue;
            };
            // Nothing inherits publicly from an origin that never was public.
            if item.locale != *collection.origin() || !*was_public {
                continue;
            }
            for live in self.queries.inheriting_lives(item.entry, collection.origin()).await? {
                if named.contains_key(&(item.entry, live.locale.clone())) {
                    continue;
                }
                plan.involved.insert((item.entry, live.locale.clone()));
                self.plan_represented(index, entry, collection, origin, live, plan).await?;
            }
        }
        Ok(())
    }

    async fn plan_represented(
        &mut self,
        item: usize,
        entry: &Entry,
        collection: &Arc<Collection>,
        origin: &Revision,
        live: Publication,
        plan: &mut Plan,
    ) -> Result<(), CmsError> {
        let own = self.cache.revision(self.queries, entry.id, &live.locale, live.revision).await?;
        let own = own.ok_or_else(|| CmsError::damaged("a published revision is not there"))?;
        let rendered = self.cache.get(self.rendering, self.cms, collection, &own, Some(origin))?;
        let Some(rendered) = rendered else {
            plan.incomplete = true;
            return Ok(());
        };
        let shape = &origin.content;
        let same_place = live.parent == shape.parent && live.rank == shape.rank && live.date == shape.date;
        let of_item = plan.changes.iter().find(|change| change.item == item && !change.represented);
        let of_origin = of_item.map_or(&[][..], |change| &change.pins.all);
        let pins = Pins::inherited(self.queries, &rendered.references, &live, of_origin).await?;
        if rendered.hash == live.data_hash && same_place && !pins.new_bytes {
            return Ok(());
        }
        plan.changes.push(Change {
            entry: entry.clone(),
            collection: collection.clone(),
            locale: live.locale.clone(),
            revision: live.revision,
            origin_revision: origin.number,
            slug: live.slug.clone(),
            parent: shape.parent,
            rank: shape.rank.clone(),
            date: shape.date,
            path: None,
            content: Content::Rendered(rendered),
            pins,
            item,
            represented: true,
            published_at: live.published_at,
            first_published_at: live.first_published_at,
            was_public: true,
            live: Some(live),
        });
        Ok(())
    }

    async fn published_revision(&mut self, entry: EntryId, locale: &Locale) -> Result<Option<Arc<Revision>>, CmsError> {
        let published = self.queries.find_localization(entry, locale).await?.and_then(|found| found.published);
        match published {
            Some(number) => self.cache.revision(self.queries, entry, locale, number).await,
            None => Ok(None),
        }
    }
}

impl Change {
    /// Whether anything differs from what is public now.
    pub(crate) fn is_needed(&self) -> bool {
        let Some(live) = &self.live else { return true };
        let same_content = match &self.content {
            Content::Rendered(rendered) => rendered.hash == live.data_hash,
            Content::Unchanged => true,
        };
        let same_place = live.path == self.path && live.slug == self.slug && live.parent == self.parent;
        let same_order = live.rank == self.rank && live.date == self.date;
        !(same_content && same_place && same_order && live.revision == self.revision && !self.pins.new_bytes)
    }

    /// What names the entry to people.
    pub(crate) fn title(&self) -> String {
        match (&self.content, &self.live) {
            (Content::Rendered(rendered), _) => rendered.title.clone(),
            (Content::Unchanged, Some(live)) => live.title.clone(),
            (Content::Unchanged, None) => String::new(),
        }
    }
}

impl RenderCache {
    /// The revision, read at most once.
    pub(crate) async fn revision(
        &mut self,
        queries: &Queries,
        entry: EntryId,
        locale: &Locale,
        number: RevisionNumber,
    ) -> Result<Option<Arc<Revision>>, CmsError> {
        let key = (entry, locale.clone(), number);
        if let Some(found) = self.revisions.get(&key) {
            return Ok(Some(found.clone()));
        }
        let found = queries.find_revision(entry, locale, number).await?.map(Arc::new);
        if let Some(found) = &found {
            self.revisions.insert(key, found.clone());
        }
        Ok(found)
    }

    /// The rendered form; `None` when it is missing and may not be made here.
    pub(crate) fn get(
        &mut self,
        rendering: Rendering,
        cms: &Cms,
        collection: &Collection,
        own: &Revision,
        origin: Option<&Revision>,
    ) -> Result<Option<Arc<Rendered>>, CmsError> {
        let origin_number = origin.map_or(own.number, |origin| origin.number);
        let key = (own.entry, own.locale.clone(), own.number, origin_number);
        if let Some(found) = self.rendered.get(&key) {
            return Ok(Some(found.clone()));
        }
        match rendering {
            Rendering::Done => Ok(None),
            Rendering::Allowed => {
                let rendered = Arc::new(render(cms, collection, own, origin)?);
                self.rendered.insert(key, rendered.clone());
                Ok(Some(rendered))
            }
        }
    }
}

/// Resolves and presents a revision.
fn render(cms: &Cms, collection: &Collection, own: &Revision, origin: Option<&Revision>) -> Result<Rendered, CmsError> {
    let blueprint = blueprint_of(cms.registry(), own.content.blueprint.as_str())?;
    let of_today = |revision: &Revision| cms.conformed(revision, blueprint, &collection.role(&revision.locale));
    let is_older = own.content.blueprint_hash != blueprint.hash;
    let (own, origin) = (of_today(own)?, origin.map(of_today).transpose()?);
    let older_references =
        if is_older { blueprint.references(own.data().as_map(), &Pointer::root()) } else { Vec::new() };
    let resolved = resolve(blueprint, own.data(), origin.as_ref().map(Conformed::data));
    let shown = origin.as_ref().map(Conformed::shown);
    let presented = present(blueprint, &resolve(blueprint, &own.shown(), shown.as_ref()));
    let fits = |conformed: &Conformed| !conformed.misfits().iter().any(Misfit::is_unanswerable);
    let presented_under = (fits(&own) && origin.as_ref().is_none_or(fits)).then_some(blueprint.shape);
    let misfits = own.publish_faults(&Pointer::root());
    let references = presented_references(blueprint, &presented)
        .into_iter()
        .map(|reference| PublishedReference {
            field: reference.field.to_string(),
            target: published_target(reference.target),
        })
        .collect();
    let text = serde_json::to_string(&presented).map_err(|error| CmsError::internal(error.to_string()))?;
    let title = title_of(collection, &resolved);
    let hash = ContentHash::of(text.as_bytes());
    Ok(Rendered { hash, resolved, misfits, older_references, presented_under, presented, text, title, references })
}

fn published_target(target: ReferenceTarget) -> PublishedTarget {
    match target {
        ReferenceTarget::Entry(id) => PublishedTarget::Entry(id),
        ReferenceTarget::Asset(id) => PublishedTarget::Asset(id),
    }
}

/// What names an entry to people: the text of the collection's title field, or nothing.
pub(crate) fn title_of(collection: &Collection, resolved: &Map<String, Value>) -> String {
    resolved.get(collection.title_field.as_str()).and_then(Value::as_str).unwrap_or_default().to_owned()
}
