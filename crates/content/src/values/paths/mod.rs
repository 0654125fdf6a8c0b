//! Public paths and what they are made of: slugs, patterns, ranks among siblings.

mod path;
mod rank;
mod slug;

pub(crate) use self::path::percent_decode;
pub use self::{
    path::{FoldedPath, NotAPath, NotAPattern, PathParts, PathPattern, PublicPath},
    rank::{NotARank, Rank},
    slug::{NotASlug, Slug, SlugStyle},
};
