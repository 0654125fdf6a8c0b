//! Public paths and what they are made of: slugs, patterns, ranks among siblings.

mod path;
mod path_pattern;
mod rank;
mod slug;

pub(crate) use self::path::percent_decode;
pub use self::{
    path::{FoldedPath, NotAPath, PublicPath},
    path_pattern::{NotAPattern, PathParts, PathPattern},
    rank::{NotARank, Rank},
    slug::{NotASlug, Slug, SlugStyle},
};
