//! All live paths of a locale, for static builds and site maps.

use std::collections::BTreeSet;

use diwan_content::{ContentHash, EntryId, FoldedPath, Handle, Locale, PublicPath, Tag, Timestamp, seal_cursor};

use super::{
    list::check_size,
    view::{ReadRequest, Tagged, check_locale, moment_bytes},
};
use crate::{cms::Cms, error::CmsError};

/// A live path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPath {
    /// The path.
    pub path: PublicPath,
    /// The entry that lives there.
    pub entry: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// When its revision became public.
    pub published_at: Timestamp,
}

/// A page of paths.
#[derive(Debug, Clone)]
pub struct PathsPage {
    /// Paths in the order of their folded form.
    pub items: Vec<PublishedPath>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
    /// The locale of the paths.
    pub locale: Locale,
}

impl Cms {
    /// A page of all live paths of a locale (the first configured one unless named).
    ///
    /// # Errors
    /// Parameters that cannot be read; the database fails.
    pub async fn published_paths(
        &self,
        request: impl Into<ReadRequest>,
        locale: Option<&Locale>,
        size: Option<u32>,
        after: Option<String>,
    ) -> Result<Tagged<PathsPage>, CmsError> {
        let ReadRequest { scope, moment, selection: _ } = request.into();
        let mut faults = Vec::new();
        let locales = self.locales(scope);
        let locale = match locale {
            Some(locale) => locale.clone(),
            None => locales.first().cloned().ok_or_else(|| CmsError::internal("there is no collection"))?,
        };
        check_locale("locale", Some(&locale), &locales, &mut faults);
        let size = check_size(size, &mut faults);
        let query = ContentHash::of_parts(&[
            b"paths",
            locale.as_str().as_bytes(),
            &[u8::from(scope.is_keyed())],
            &moment_bytes(&moment),
        ]);
        let position = self.check_cursor(&query, after, &mut faults);
        let mut after = position.and_then(|bytes| String::from_utf8(bytes).ok()).map(FoldedPath::from_stored);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let view = self.public_view(scope, &moment).await?;
        let mut items = Vec::new();
        let mut next = None;
        // Rows of collections that are not shown are passed over.
        'pages: loop {
            let (rows, last) = view.paths(&locale, after.as_ref(), size + 1).await?;
            for row in rows {
                if items.len() == size as usize {
                    next = after.map(|at| seal_cursor(&self.parts().cursor_secret, &query, at.as_str().as_bytes()));
                    break 'pages;
                }
                after = Some(row.folded);
                let (entry, published_at) = (row.entry, row.published_at);
                items.push(PublishedPath { path: row.path, entry, collection: row.collection, published_at });
            }
            if last.is_none() {
                break;
            }
            after = last;
        }
        let tags = BTreeSet::from([Tag::Paths(locale.clone())]);
        Ok(Tagged { value: PathsPage { items, next, size, locale }, tags })
    }
}
