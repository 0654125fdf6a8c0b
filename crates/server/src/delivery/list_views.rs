//! What the delivery API answers: trees, paths, collections.

use diwan_cms::{PathsPage, PublishedPath, TreeNode};
use diwan_content::{Blueprint, Collection, Locale, Registry, SortKey, order_name, sort_names};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::http::answer::scalars::Time;

/// How to go on in a list.
#[derive(Serialize, Object)]
pub(crate) struct Page {
    /// Cursor for `page[after]`; null on the last page.
    pub(crate) next: Option<String>,
    /// Size of a full page.
    pub(crate) size: u32,
    /// All entries of the list, where `count=exact` asks for it.
    pub(crate) total: Option<u64>,
}

/// Notes about a list.
#[derive(Serialize, Object)]
pub(crate) struct ListMeta {
    /// Locale of the list.
    pub(crate) locale: String,
    /// Writing direction: `rtl` or `ltr`.
    pub(crate) dir: String,
}

impl ListMeta {
    /// Of a locale.
    pub(crate) fn of(locale: &Locale) -> Self {
        Self { locale: locale.to_string(), dir: locale.direction().as_str().to_owned() }
    }
}

/// A text in both languages.
#[derive(Serialize, Object)]
#[oai(rename = "Label")]
pub(crate) struct LabelView {
    /// In Arabic.
    pub(crate) ar: String,
    /// In English.
    pub(crate) en: String,
}

/// A page of a tree with those below it.
#[derive(Serialize, Object)]
pub(crate) struct TreePage {
    /// The entry.
    pub(crate) id: Uuid,
    /// Its title.
    pub(crate) title: String,
    /// Public path.
    pub(crate) path: Option<String>,
    /// Last segment of the path.
    pub(crate) slug: String,
    /// When this revision became public.
    pub(crate) published_at: Time,
    /// Pages below, in order.
    pub(crate) children: Vec<TreePage>,
}

/// A tree collection in one locale.
#[derive(Serialize, Object)]
pub(crate) struct Tree {
    /// The root pages, in order.
    pub(crate) data: Vec<TreePage>,
    /// Notes about the answer.
    pub(crate) meta: ListMeta,
}

/// Live paths of a locale.
#[derive(Serialize, Object)]
pub(crate) struct PathList {
    /// The paths.
    pub(crate) data: Vec<PathView>,
    /// How to go on.
    pub(crate) page: Page,
    /// Notes about the answer.
    pub(crate) meta: ListMeta,
}

/// A live path.
#[derive(Serialize, Object)]
#[oai(rename = "Path")]
pub(crate) struct PathView {
    /// The path.
    pub(crate) path: String,
    /// The entry that lives there.
    pub(crate) entry: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// When its revision became public.
    pub(crate) published_at: Time,
}

/// Collections that may be read.
#[derive(Serialize, Object)]
pub(crate) struct CollectionList {
    /// The collections, by handle.
    pub(crate) data: Vec<CollectionView>,
}

/// A collection.
#[derive(Serialize, Object)]
#[oai(rename = "Collection")]
pub(crate) struct CollectionView {
    /// Its handle.
    pub(crate) handle: String,
    /// `list`, `tree`, `taxonomy`, `global` or `navigation`.
    pub(crate) kind: String,
    /// Its label in both languages.
    pub(crate) label: LabelView,
    /// Blueprints of its entries, the default first.
    pub(crate) blueprints: Vec<String>,
    /// Its locales, the origin first.
    pub(crate) locales: Vec<String>,
    /// Field that names an entry to people.
    pub(crate) title_field: String,
    /// Entries carry a date.
    pub(crate) dated: bool,
    /// Entries have pages of their own.
    pub(crate) has_pages: bool,
    /// Search finds its entries.
    pub(crate) searched: bool,
    /// Orders that are always served, the default first.
    pub(crate) sorts: Vec<String>,
}

impl From<TreeNode> for TreePage {
    /// Depth is bounded by the verbs, which refuse deeper trees.
    fn from(node: TreeNode) -> Self {
        let TreeNode { id, title, path, slug, rank: _, published_at, children } = node;
        Self {
            id: id.0,
            title,
            path: path.map(|path| path.to_string()),
            slug: slug.to_string(),
            published_at: Time(published_at),
            children: children.into_iter().map(Self::from).collect(),
        }
    }
}

impl From<PathsPage> for PathList {
    fn from(page: PathsPage) -> Self {
        let PathsPage { items, next, size, locale } = page;
        let data = items
            .into_iter()
            .map(|PublishedPath { path, entry, collection, published_at }| PathView {
                path: path.to_string(),
                entry: entry.0,
                collection: collection.to_string(),
                published_at: Time(published_at),
            })
            .collect();
        Self { data, page: Page { next, size, total: None }, meta: ListMeta::of(&locale) }
    }
}

impl CollectionView {
    pub(crate) fn of(registry: &Registry, collection: &Collection) -> Self {
        let blueprints: Vec<&Blueprint> = registry.blueprints_of(collection).map(|blueprint| &**blueprint).collect();
        let sortable = sort_names(collection, &blueprints);
        let is_order = |index: &&Vec<SortKey>| index.iter().all(|key| sortable.contains(&key.by));
        Self {
            handle: collection.handle.to_string(),
            kind: collection.kind.as_str().to_owned(),
            label: LabelView { ar: collection.label.ar.clone(), en: collection.label.en.clone() },
            blueprints: collection.blueprints.iter().map(ToString::to_string).collect(),
            locales: collection.locales.iter().map(ToString::to_string).collect(),
            title_field: collection.title_field.to_string(),
            dated: collection.dated,
            has_pages: !collection.path.is_empty(),
            searched: collection.search.enabled,
            sorts: collection.indexes.iter().filter(is_order).map(|index| order_name(index)).collect(),
        }
    }
}
