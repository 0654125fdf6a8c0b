//! How much of what is stored today's blueprints do not take. Counted by `check` before a start, and by a start beside its
//! work.

use std::{collections::BTreeMap, fmt};

use diwan_content::{ContentHash, EntryId, Handle, Locale, Registry};
use diwan_store::{Queries, UsedRevision};

use crate::{cms::Cms, error::CmsError, past_blueprints::PastBlueprints, publishing::blueprint_of, today::conformed};

/// Localizations that are looked at together.
const BATCH: u32 = 100;

/// Values of one field that today's blueprint does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// In which collection.
    pub collection: Handle,
    /// The field; none of today's where it was removed.
    pub field: String,
    /// Localizations whose newest revision holds such a value.
    pub heads: u64,
    /// Localizations whose public revision does.
    pub public: u64,
}

impl fmt::Display for Touched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, field, heads, public } = self;
        write!(f, "{collection}.{field}: {public} public and {heads} newest revisions hold values that do not fit")
    }
}

/// Counts by collection and field. Reads every newest and public revision that was written under another blueprint.
pub(crate) async fn count_touched(
    queries: &Queries,
    registry: &Registry,
    past: &PastBlueprints,
) -> Result<Vec<Touched>, CmsError> {
    let mut counts: BTreeMap<(Handle, String), (u64, u64)> = BTreeMap::new();
    for collection in registry.collections() {
        let mut after: Option<(EntryId, Locale)> = None;
        loop {
            let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
            let used = queries.used_revisions(&collection.handle, from, BATCH).await?;
            let Some(UsedRevision { revision: last, .. }) = used.last() else { break };
            after = Some((last.entry, last.locale.clone()));
            for UsedRevision { revision, is_head, is_public } in &used {
                let blueprint = blueprint_of(registry, revision.content.blueprint.as_str())?;
                let conformed = conformed(past, revision, blueprint, &collection.role(&revision.locale))?;
                let mut fields: Vec<String> = conformed.misfits().iter().filter_map(|misfit| misfit.field()).collect();
                fields.sort_unstable();
                fields.dedup();
                for field in fields {
                    let (heads, public) = counts.entry((collection.handle.clone(), field)).or_default();
                    *heads += u64::from(*is_head);
                    *public += u64::from(*is_public);
                }
            }
        }
    }
    let touched = |((collection, field), (heads, public))| Touched { collection, field, heads, public };
    Ok(counts.into_iter().map(touched).collect())
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
        for Touched { collection, field, heads, public } in touched {
            tracing::warn!(%collection, field, heads, public, "stored values do not fit today's blueprint");
        }
        self.replace_setting("touched_stamp".to_owned(), stamp).await
    }
}
