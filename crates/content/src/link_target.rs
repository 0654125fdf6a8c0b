//! Where a written link leads.

use crate::ids::{AssetId, EntryId};

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
    /// Reads a link as it is written; `None` for what may not be linked to. A URL may hold letters of any script (they are
    /// encoded by who follows it), but no white space, quotes or angle brackets.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\')) {
            return None;
        }
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {
                let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
                (!host.is_empty()).then_some(Self::Url)
            }
            "mailto" | "tel" => (!rest.is_empty()).then_some(Self::Url),
            "entry" => rest.parse().ok().map(Self::Entry),
            "asset" => rest.parse().ok().map(Self::Asset),
            _ => None,
        }
    }
}
