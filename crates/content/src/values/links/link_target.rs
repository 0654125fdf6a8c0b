//! Where a written link leads.

use super::web_address::is_url;
use crate::values::identity::{AssetId, EntryId};

/// Where a written link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkTarget {
    /// Anywhere; the text is the URL.
    Url,
    /// An entry's page, wherever it lives.
    Entry(EntryId),
    /// An asset's file.
    Asset(AssetId),
}

impl LinkTarget {
    /// Schemes of URLs that may be linked to.
    const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

    /// Reads a link as it is written; `None` for what may not be linked to.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        match scheme.to_ascii_lowercase().as_str() {
            "entry" => rest.parse().ok().map(Self::Entry),
            "asset" => rest.parse().ok().map(Self::Asset),
            _ => is_url(text, &Self::SCHEMES).then_some(Self::Url),
        }
    }
}

/// Whether a text names an entry or an asset, or means to.
pub(crate) fn is_inner_link(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("entry") || scheme.eq_ignore_ascii_case("asset"))
}
