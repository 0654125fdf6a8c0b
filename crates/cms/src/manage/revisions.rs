//! The history of a localization: its revisions and how two of them differ.

use diwan_content::{
    Actor, CalendarDate, ContentHash, EntryId, FieldDifference, Handle, KeptAside, Locale, Rank, RevisionNumber, Slug,
    Timestamp, compare,
    rights::{Action, ActorRef},
};
use diwan_store::{Queries, Revision};
use serde_json::{Map, Value, json};

use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_data,
    error::{CmsError, Thing},
    frame::authority::permit_on_entry,
    reads::MAX_PAGE_SIZE,
};

/// A revision in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionSummary {
    /// Its number.
    pub number: RevisionNumber,
    /// Its hash: what publishing names.
    pub hash: ContentHash,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom.
    pub author: ActorRef,
    /// Why.
    pub note: Option<String>,
    /// The revision that it followed or restored.
    pub based_on: Option<RevisionNumber>,
    /// The origin's revision that it translates.
    pub translates: Option<RevisionNumber>,
    /// The blueprint that it was written under.
    pub blueprint: Handle,
    /// That blueprint's hash.
    pub blueprint_hash: ContentHash,
    /// Whether the text of that blueprint is kept; not where it changed before texts were kept.
    pub blueprint_known: bool,
}

/// A revision with what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedRevision {
    /// What lists show of it.
    pub summary: RevisionSummary,
    /// Own values that today's blueprint takes, and those that only exceed a limit of it.
    pub data: Map<String, Value>,
    /// Values that are kept beside the data: today's blueprint does not take them.
    pub kept_aside: Vec<KeptAside>,
    /// Last segment of the path, if it has one yet.
    pub slug: Option<Slug>,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Place among siblings.
    pub rank: Option<Rank>,
    /// Date of dated entries.
    pub date: Option<CalendarDate>,
}

/// How two revisions differ.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The older one, as named.
    pub from: RevisionSummary,
    /// The newer one, as named.
    pub to: RevisionSummary,
    /// Values, field by field.
    pub fields: Vec<FieldDifference>,
    /// Slug, parent, rank and date.
    pub envelope: Vec<EnvelopeDifference>,
}

/// A difference beside the values.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeDifference {
    /// `slug`, `parent`, `rank` or `date`.
    pub name: &'static str,
    /// What it was.
    pub from: Value,
    /// What it became.
    pub to: Value,
}

impl Cms {
    /// Revisions of a localization, the newest first.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn revisions(
        &self,
        actor: &Actor,
        id: EntryId,
        locale: &Locale,
        before: Option<RevisionNumber>,
        size: u32,
    ) -> Result<Vec<RevisionSummary>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let found = snapshot.find_localization(id, locale).await?;
        found.ok_or_else(|| CmsError::NotFound(Thing::Localization(id, locale.clone())))?;
        let revisions = snapshot.revisions(id, locale, before, size.clamp(1, MAX_PAGE_SIZE)).await?;
        Ok(revisions.iter().map(|revision| self.summary(revision)).collect())
    }

    /// One revision with what it holds.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn revision(
        &self,
        actor: &Actor,
        id: EntryId,
        locale: &Locale,
        number: RevisionNumber,
    ) -> Result<ManagedRevision, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, entry) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let revision = find(&snapshot, id, locale, number).await?;
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?;
        let collection = self.collection(entry.collection.as_str())?;
        let (data, kept_aside) = self.editable(&revision, blueprint, &collection)?;
        let data = data.as_map().clone();
        let summary = self.summary(&revision);
        let Revision { content, .. } = revision;
        let (slug, parent, rank, date) = (content.slug, content.parent, content.rank, content.date);
        Ok(ManagedRevision { summary, data, kept_aside, slug, parent, rank, date })
    }

    /// How two revisions of a localization differ, field by field.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn compare_revisions(
        &self,
        actor: &Actor,
        id: EntryId,
        locale: &Locale,
        from: RevisionNumber,
        to: RevisionNumber,
    ) -> Result<Comparison, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, entry) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let (from, to) = (find(&snapshot, id, locale, from).await?, find(&snapshot, id, locale, to).await?);
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?;
        let fields = compare(blueprint, &stored_data(&from)?, &stored_data(&to)?);
        let envelope = compare_envelopes(&from, &to);
        Ok(Comparison { envelope, fields, from: self.summary(&from), to: self.summary(&to) })
    }

    fn summary(&self, revision: &Revision) -> RevisionSummary {
        let (blueprint, blueprint_hash) = (revision.content.blueprint.clone(), revision.content.blueprint_hash);
        RevisionSummary {
            number: revision.number,
            hash: revision.hash,
            at: revision.at,
            author: revision.author,
            note: revision.note.clone(),
            based_on: revision.based_on,
            translates: revision.translates,
            blueprint_known: self.parts().past_blueprints.is_kept(&blueprint, &blueprint_hash),
            blueprint,
            blueprint_hash,
        }
    }
}

async fn find(queries: &Queries, id: EntryId, locale: &Locale, number: RevisionNumber) -> Result<Revision, CmsError> {
    let found = queries.find_revision(id, locale, number).await?;
    found.ok_or_else(|| CmsError::NotFound(Thing::Revision(id, locale.clone(), number)))
}

fn compare_envelopes(from: &Revision, to: &Revision) -> Vec<EnvelopeDifference> {
    let (a, b) = (&from.content, &to.content);
    let pairs = [
        ("slug", json!(a.slug), json!(b.slug)),
        ("parent", json!(a.parent), json!(b.parent)),
        ("rank", json!(a.rank), json!(b.rank)),
        ("date", json!(a.date), json!(b.date)),
    ];
    let differ = pairs.into_iter().filter(|(_, from, to)| from != to);
    differ.map(|(name, from, to)| EnvelopeDifference { name, from, to }).collect()
}
