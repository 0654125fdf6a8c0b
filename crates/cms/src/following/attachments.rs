//! What stands in documents that published entries refer to, as search takes it in and shows it.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{AssetId, EntryId, Locale};
use diwan_search::{ATTACHMENTS_MAX, Attachment};
use diwan_store::{AttachedText, PublishedTarget, Queries};

use crate::error::CmsError;

/// The texts that have been read of what each localization of these entries refers to.
pub(crate) async fn attachments_of(
    queries: &Queries,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<(EntryId, Locale), Vec<Attachment>>, CmsError> {
    let entries: BTreeSet<EntryId> = entries.into_iter().collect();
    let entries: Vec<EntryId> = entries.into_iter().collect();
    let texts = queries.attached_texts(&entries, ATTACHMENTS_MAX).await?;
    let attachment = |AttachedText { asset, name, text }: AttachedText| Attachment { asset, name, text };
    Ok(texts.into_iter().map(|(place, texts)| (place, texts.into_iter().map(attachment).collect())).collect())
}

/// The assets that a published localization refers to now.
pub(crate) async fn attached_now(
    queries: &Queries,
    entry: EntryId,
    locale: &Locale,
) -> Result<BTreeSet<AssetId>, CmsError> {
    let references = queries.published_references_of(entry, locale).await?;
    let assets = references.into_iter().filter_map(|reference| match reference.target {
        PublishedTarget::Asset(asset) => Some(asset),
        PublishedTarget::Entry(_) => None,
    });
    Ok(assets.collect())
}
