//! Hits of the index as they are public now.

use std::collections::BTreeMap;

use diwan_content::{EntryId, Locale};
use diwan_search::{AttachmentHit, Hit};
use diwan_store::{LiveTarget, Queries};

use super::{FoundAttachment, SearchHit};
use crate::{cms::Cms, error::CmsError, following::attachments::attached_now};

impl Cms {
    /// Drops hits that were taken back since the index last looked, and shows the others where they live now, with the
    /// attachments that they still refer to.
    pub(super) async fn still_public(&self, queries: &Queries, hits: Vec<Hit>) -> Result<Vec<SearchHit>, CmsError> {
        let ids: Vec<EntryId> = hits.iter().map(|hit| hit.entry).collect();
        let lives = queries.live_localizations(&ids).await?;
        let mut live: BTreeMap<(EntryId, Locale), LiveTarget> = BTreeMap::new();
        for target in lives {
            live.insert((target.entry, target.locale.clone()), target);
        }
        let mut shown = Vec::with_capacity(hits.len());
        for hit in hits {
            let Hit {
                entry,
                locale,
                collection,
                department,
                path: _,
                title,
                highlights,
                score: _,
                published_at,
                pinned,
                attachments,
                fewer_words,
                position: _,
            } = hit;
            let Some(target) = live.get(&(entry, locale.clone())) else { continue };
            let path = target.path.clone();
            let attachments = self.still_attached(queries, entry, &locale, attachments).await?;
            shown.push(SearchHit {
                id: entry,
                collection,
                department,
                locale,
                path,
                title,
                highlights,
                published_at,
                pinned,
                fewer_words,
                attachments,
            });
        }
        Ok(shown)
    }

    async fn still_attached(
        &self,
        queries: &Queries,
        entry: EntryId,
        locale: &Locale,
        found: Vec<AttachmentHit>,
    ) -> Result<Vec<FoundAttachment>, CmsError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let attached = attached_now(queries, entry, locale).await?;
        let still = found.into_iter().filter(|hit| attached.contains(&hit.asset));
        let shown = |AttachmentHit { asset, name, fragments }: AttachmentHit| {
            let url = format!("{}{asset}", self.parts().asset_url_prefix);
            FoundAttachment { asset, name, url, fragments }
        };
        Ok(still.map(shown).collect())
    }
}
