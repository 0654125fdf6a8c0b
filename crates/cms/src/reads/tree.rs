//! The public tree of a collection.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{EntryId, Locale, PublicPath, Rank, Slug, Tag, Timestamp};
use diwan_store::Publication;

use super::view::{ReadRequest, Tagged, check_locale};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// A page in its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeNode {
    /// The entry.
    pub id: EntryId,
    /// What names it.
    pub title: String,
    /// Where it lives.
    pub path: Option<PublicPath>,
    /// Last segment of the path.
    pub slug: Slug,
    /// Place among siblings.
    pub rank: Option<Rank>,
    /// When its revision became public.
    pub published_at: Timestamp,
    /// Pages below it, in order.
    pub children: Vec<TreeNode>,
}

impl Cms {
    /// The public pages of a tree collection, nested and in order.
    ///
    /// # Errors
    /// An unknown collection, or one that is no tree; a locale that it does not have; a past that is not open to the asker.
    pub async fn published_tree(
        &self,
        request: impl Into<ReadRequest>,
        collection: &str,
        locale: Option<&Locale>,
    ) -> Result<Tagged<Vec<TreeNode>>, CmsError> {
        let ReadRequest { scope, moment, selection: _ } = request.into();
        let collection = self.public_collection(scope, collection)?;
        if !collection.is_tree() {
            return Err(CmsError::NotFound(Thing::Collection(collection.handle.to_string())));
        }
        let locale = locale.unwrap_or_else(|| collection.origin());
        let mut faults = Vec::new();
        check_locale("locale", Some(locale), &collection.locales, &mut faults);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let view = self.public_view(scope, &moment).await?;
        view.check_enters(&collection)?;
        let pages = view.tree(&collection, locale).await?;
        let tags = BTreeSet::from([Tag::Tree(collection.handle.clone(), locale.clone())]);
        Ok(Tagged { value: nest(pages), tags })
    }
}

/// Nests pages. Every public page has a public parent; one whose parent is missing all the same is left out rather than shown
/// at the root. What stands below a page that may not be shown stands in its place.
fn nest(pages: Vec<(Publication, bool)>) -> Vec<TreeNode> {
    let mut by_parent: BTreeMap<Option<EntryId>, Vec<(Publication, bool)>> = BTreeMap::new();
    for page in pages {
        by_parent.entry(page.0.parent).or_default().push(page);
    }
    children_of(None, &mut by_parent)
}

fn children_of(
    parent: Option<EntryId>,
    by_parent: &mut BTreeMap<Option<EntryId>, Vec<(Publication, bool)>>,
) -> Vec<TreeNode> {
    // Taken out, so that a circle would end.
    let mut pages = by_parent.remove(&parent).unwrap_or_default();
    pages.sort_by(|(a, _), (b, _)| (&a.rank, a.entry).cmp(&(&b.rank, b.entry)));
    let mut nodes = Vec::with_capacity(pages.len());
    for (page, shown) in pages {
        let children = children_of(Some(page.entry), by_parent);
        if shown {
            nodes.push(TreeNode {
                id: page.entry,
                title: page.title,
                path: page.path,
                slug: page.slug,
                rank: page.rank,
                published_at: page.published_at,
                children,
            });
        } else {
            nodes.extend(children);
        }
    }
    nodes
}
