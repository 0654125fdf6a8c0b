//! What a start under the schemas of today changes for what is stored: values that today's blueprints do not take, or would
//! show that were private, and collections that more people may read. Told by `check` before a start, and by the start.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use diwan_content::{
    Access, Collection, ContentHash, EntryId, Handle, Locale, Pointer, Reference, Registry, disclosed_fields,
};
use diwan_store::{Queries, UsedRevision};

use crate::{
    cms::{Cms, blueprint_of},
    conforming::{OlderTargets, conformed, stored_data},
    error::CmsError,
    opening::past_blueprints::PastBlueprints,
};

/// Localizations that are looked at together.
const BATCH: u32 = 100;

/// What a start under the schemas of today changes for what is stored. Shown as one line for each change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Collections that more people may read.
    pub opened: Vec<Opened>,
    /// Values that today's schemas concern.
    pub touched: Vec<Touched>,
}

impl Survey {
    /// One line for each change.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.opened.iter().map(Opened::to_string).chain(self.touched.iter().map(Touched::to_string))
    }
}

/// A collection that more people may read than at the last start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub collection: Handle,
    /// Who could read it.
    pub before: Access,
    /// Who can.
    pub today: Access,
    /// Published localizations that it holds.
    pub published: u64,
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, before, today, published } = self;
        let (before, today) = (before.as_str(), today.as_str());
        write!(f, "{collection}: access was {before} and is {today}: {published} published localizations are shown")
    }
}

/// Values of one field that a start under the schemas of today concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// In which collection.
    pub collection: Handle,
    /// The field; none of today's where it was removed.
    pub field: String,
    /// How they are concerned.
    pub reason: TouchedReason,
    /// Localizations whose newest revision holds such a value.
    pub heads: u64,
    /// Localizations whose public revision does.
    pub public: u64,
}

/// How stored values are concerned by a change of the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TouchedReason {
    /// Today's blueprint does not take them.
    DoesNotFit,
    /// They were written into a private field, which is public today: publishing their revision shows them.
    WasPrivate,
}

impl TouchedReason {
    /// In words, after what holds the values.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DoesNotFit => "hold values that do not fit",
            Self::WasPrivate => "hold values that were private and become public when they are published",
        }
    }
}

impl fmt::Display for Touched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, field, reason, heads, public } = self;
        write!(f, "{collection}.{field}: {public} public and {heads} newest revisions {}", reason.as_str())
    }
}

/// Which fields of a revision are concerned, and what it refers to.
struct Look<'r> {
    used: &'r UsedRevision,
    fields: BTreeSet<(String, TouchedReason)>,
    references: Vec<Reference>,
}

/// Counts by collection and field. Reads every newest and public revision that was written under another blueprint.
pub(crate) async fn count_touched(
    queries: &Queries,
    registry: &Registry,
    past: &PastBlueprints,
) -> Result<Vec<Touched>, CmsError> {
    let mut counts: BTreeMap<(Handle, String, TouchedReason), (u64, u64)> = BTreeMap::new();
    for collection in registry.collections() {
        let mut after: Option<(EntryId, Locale)> = None;
        loop {
            let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
            let used = queries.used_revisions(&collection.handle, from, BATCH).await?;
            let Some(UsedRevision { revision: last, .. }) = used.last() else { break };
            after = Some((last.entry, last.locale.clone()));
            let mut looks = Vec::new();
            for used in &used {
                looks.extend(look_at(used, registry, collection, past)?);
            }
            let references: Vec<&Reference> = looks.iter().flat_map(|look| &look.references).collect();
            let targets = OlderTargets::find(queries, &references).await?;
            for Look { used, mut fields, references } in looks {
                let wrong = references.iter().filter(|reference| targets.fault(reference).is_some());
                fields.extend(wrong.map(|reference| (reference.field.to_string(), TouchedReason::DoesNotFit)));
                for (field, reason) in fields {
                    let (heads, public) = counts.entry((collection.handle.clone(), field, reason)).or_default();
                    *heads += u64::from(used.is_head);
                    *public += u64::from(used.is_public);
                }
            }
        }
    }
    let touched = |((collection, field, reason), (heads, public))| Touched { collection, field, reason, heads, public };
    Ok(counts.into_iter().map(touched).collect())
}

/// Nothing of a revision that was written under today's blueprint is concerned.
fn look_at<'r>(
    used: &'r UsedRevision,
    registry: &Registry,
    collection: &Collection,
    past: &PastBlueprints,
) -> Result<Option<Look<'r>>, CmsError> {
    let revision = &used.revision;
    let (handle, hash) = (&revision.content.blueprint, &revision.content.blueprint_hash);
    let blueprint = blueprint_of(registry, handle.as_str())?;
    if *hash == blueprint.hash {
        return Ok(None);
    }
    let conformed = conformed(past, revision, blueprint, &collection.role(&revision.locale))?;
    let misfits = conformed.misfits().iter().filter_map(|misfit| misfit.field());
    let mut fields: BTreeSet<(String, TouchedReason)> =
        misfits.map(|field| (field, TouchedReason::DoesNotFit)).collect();
    if let Some(before) = past.find(handle, hash) {
        let disclosed = disclosed_fields(&stored_data(revision)?, before, blueprint);
        fields.extend(disclosed.into_iter().map(|field| (field, TouchedReason::WasPrivate)));
    }
    let references = blueprint.references(conformed.data().as_map(), &Pointer::root());
    Ok(Some(Look { used, fields, references }))
}

impl Cms {
    /// Counts what today's blueprints do not take, where they are others than at the last count, and logs it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_touched(&self) -> Result<(), CmsError> {
        let hashes: Vec<String> = self.registry().blueprints().map(|blueprint| blueprint.hash.to_string()).collect();
        let stamp = ContentHash::of(hashes.join("\n").as_bytes()).to_string();
        let snapshot = self.store().snapshot().await?;
        if snapshot.find_setting("touched_stamp").await?.as_deref() == Some(&stamp) {
            return Ok(());
        }
        let touched = count_touched(&snapshot, self.registry(), &self.parts().past_blueprints).await?;
        drop(snapshot);
        for Touched { collection, field, reason, heads, public } in touched {
            let why = reason.as_str();
            tracing::warn!(%collection, field, heads, public, why, "today's schemas concern stored values");
        }
        self.replace_settings(&[("touched_stamp".to_owned(), stamp)]).await
    }
}
