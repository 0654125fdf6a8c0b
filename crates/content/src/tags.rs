//! What an answer was made from, so that a publish knows which answers it makes stale.

use std::fmt;

use crate::{
    handle::Handle,
    ids::{AssetId, EntryId},
    locale::Locale,
    path::FoldedPath,
};

/// Something that an answer depends on, there or absent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// The public state of an entry in any locale, also of one that is not public.
    Entry(EntryId),
    /// Which entries of a collection are public in a locale, and their order.
    List(Handle, Locale),
    /// Shape of a tree in a locale.
    Tree(Handle, Locale),
    /// What lives at a path, also nothing.
    Path(Locale, FoldedPath),
    /// All live paths of a locale.
    Paths(Locale),
    /// Which public entries refer to an entry.
    References(EntryId),
    /// An asset's name, alternative text and bytes.
    Asset(AssetId),
    /// The form of a kind of entry.
    Blueprint(Handle),
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(id) => write!(f, "entry:{id}"),
            Self::List(collection, locale) => write!(f, "list:{collection}:{locale}"),
            Self::Tree(collection, locale) => write!(f, "tree:{collection}:{locale}"),
            Self::Path(locale, path) => write!(f, "path:{locale}:{path}"),
            Self::Paths(locale) => write!(f, "paths:{locale}"),
            Self::References(id) => write!(f, "references:{id}"),
            Self::Asset(id) => write!(f, "asset:{id}"),
            Self::Blueprint(handle) => write!(f, "blueprint:{handle}"),
        }
    }
}
