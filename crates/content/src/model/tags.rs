//! What an answer was made from, so that a publish knows which answers it makes stale.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::values::{AssetId, EntryId, FoldedPath, Handle, Locale};

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
    /// More than a header holds: goes stale with every change.
    Wide,
}

/// Secret of an installation under which tags are sealed.
#[derive(Clone)]
pub struct TagSecret([u8; 32]);

/// 64 bits are kept: beyond guessing without the secret, and two tags in one are rare and cost one answer too many.
const SEALED_BYTES: usize = 8;

impl TagSecret {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TagSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagSecret(…)")
    }
}

impl Tag {
    /// The tag as caches see it: 16 hexadecimal digits of an HMAC of its name. Who has no secret learns nothing of the name,
    /// which may be that of an entry that is not public.
    pub fn sealed(&self, secret: &TagSecret) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
        mac.update(b"cache-tag-1\0");
        mac.update(self.to_string().as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..SEALED_BYTES])
    }
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
            Self::Wide => f.write_str("wide"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_tag_depends_on_its_name_and_the_secret_alone() {
        let (secret, other) = (TagSecret::new([7; 32]), TagSecret::new([8; 32]));
        let news = Tag::Blueprint("news".parse().unwrap());
        let sealed = news.sealed(&secret);
        assert!(sealed.len() == 16 && sealed.bytes().all(|b| b.is_ascii_hexdigit()), "{sealed}");
        assert_eq!(news.clone().sealed(&secret.clone()), sealed);
        assert_ne!(news.sealed(&other), sealed);
        assert_ne!(Tag::Wide.sealed(&secret), sealed);
    }
}
