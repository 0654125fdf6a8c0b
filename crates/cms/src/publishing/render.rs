//! From revisions to what is stored as presented: a function of own revision, origin's revision and blueprint.

use std::{collections::HashMap, sync::Arc};

use diwan_content::{
    Blueprint, Collection, Conformed, ContentHash, Data, EntryId, Fault, Locale, Misfit, Pointer, Reference,
    ReferenceTarget, Registry, RevisionNumber, Subject, key_lists, list_keys, present, presented_references, resolve,
};
use diwan_store::{PublishedReference, PublishedTarget, Queries, Revision};
use serde_json::{Map, Value};

use crate::{cms::Cms, error::CmsError};

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
pub(crate) fn render(
    cms: &Cms,
    collection: &Collection,
    own: &Revision,
    origin: Option<&Revision>,
) -> Result<Rendered, CmsError> {
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

/// The data of a stored revision.
pub(crate) fn stored_data(revision: &Revision) -> Result<Data, CmsError> {
    Data::from_stored(&revision.content.data_text).map_err(|error| CmsError::Damaged {
        what: format!("revision {} of {} in {} cannot be read", revision.number, revision.entry, revision.locale),
        source: Some(Box::new(error)),
    })
}

/// The blueprint that stored content names.
pub(crate) fn blueprint_of<'a>(registry: &'a Registry, handle: &str) -> Result<&'a Arc<Blueprint>, CmsError> {
    registry
        .find_blueprint(handle)
        .ok_or_else(|| CmsError::internal(format!("stored content names the blueprint {handle}, which is not there")))
}

/// The keys of a published localization in all lists of its collection.
pub(crate) fn keys_of(registry: &Registry, collection: &Collection, subject: &Subject<'_>) -> Vec<(String, Vec<u8>)> {
    let blueprints: Vec<&Blueprint> = registry.blueprints_of(collection).map(|found| &**found).collect();
    list_keys(collection, &blueprints, subject)
}

/// The name of the list that holds a collection in its default order.
pub(crate) fn default_list(registry: &Registry, collection: &Collection, locale: &Locale) -> String {
    let blueprints: Vec<&Blueprint> = registry.blueprints_of(collection).map(|found| &**found).collect();
    let lists = key_lists(collection, &blueprints);
    lists.first().map(|list| list.name(&collection.handle, locale)).unwrap_or_default()
}

/// Where the faults of a revision's values are reported.
pub(crate) fn data_pointer(at: &Pointer) -> Pointer {
    at.key("data")
}
