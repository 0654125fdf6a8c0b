//! What the delivery API answers.

use std::collections::BTreeMap;

use diwan_cms::{CollectionCount, DepartmentCount, IncludedAsset, PathsPage, PublishedEntry, PublishedPage, PublishedPath, SearchHit, SearchPage, Translation, TreeNode};
use diwan_content::{Collection, Locale, Unresolved};
use poem_openapi::{Object, Union};
use serde::Serialize;
use uuid::Uuid;

use crate::openapi::scalars::{AnyObject, Time};

/// A published entry in one locale; the same shape for all blueprints. `data` is typed by the blueprint.
#[derive(Serialize, Object)]
pub(crate) struct Entry {
    /// The entry.
    pub(crate) id: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// The blueprint that types `data`.
    pub(crate) blueprint: String,
    /// Locale of this answer.
    pub(crate) locale: String,
    /// The same as a value for HTML's `lang`.
    pub(crate) lang: String,
    /// Writing direction: `rtl` or `ltr`.
    pub(crate) dir: String,
    /// Public path; null when the collection has no pages in this locale.
    pub(crate) path: Option<String>,
    /// Last segment of the path.
    pub(crate) slug: String,
    /// Department that owns the entry.
    pub(crate) department: Uuid,
    /// Number of the public revision.
    pub(crate) revision: i64,
    /// The entry's date, in dated collections.
    pub(crate) date: Option<String>,
    /// The page above, in trees.
    pub(crate) parent: Option<Uuid>,
    /// Place among siblings, in trees.
    pub(crate) rank: Option<String>,
    /// When it first became public.
    pub(crate) first_published_at: Time,
    /// When this revision became public.
    pub(crate) published_at: Time,
    /// Other locales in which the entry is public.
    pub(crate) translations: Vec<TranslationView>,
    /// Values by field.
    pub(crate) data: AnyObject,
    /// What references in `data` lead to, by field.
    pub(crate) included: BTreeMap<String, Vec<IncludedAssetView>>,
    /// Notes about the answer.
    pub(crate) meta: EntryMeta,
}

/// Another locale of an entry.
#[derive(Serialize, Object)]
#[oai(rename = "Translation")]
pub(crate) struct TranslationView {
    /// The locale.
    pub(crate) locale: String,
    /// Its public path.
    pub(crate) path: Option<String>,
}

/// Notes about an entry's answer.
#[derive(Serialize, Object)]
pub(crate) struct EntryMeta {
    /// References whose targets are not public; their values are null or left out.
    pub(crate) unresolved: Vec<UnresolvedView>,
}

/// A reference whose target is not public.
#[derive(Serialize, Object)]
#[oai(rename = "Unresolved")]
pub(crate) struct UnresolvedView {
    /// Where in `data`.
    pub(crate) pointer: String,
    /// Why, as a code.
    pub(crate) reason: String,
}

/// An asset that an entry refers to.
#[derive(Serialize, Object)]
#[oai(rename = "IncludedAsset")]
pub(crate) struct IncludedAssetView {
    /// The asset.
    pub(crate) id: Uuid,
    /// File name.
    pub(crate) name: String,
    /// Media type.
    pub(crate) media_type: String,
    /// Size in bytes.
    pub(crate) size_bytes: u64,
    /// Width of a picture in pixels.
    pub(crate) width: Option<u32>,
    /// Height of a picture in pixels.
    pub(crate) height: Option<u32>,
    /// Alternative text in the entry's locale.
    pub(crate) alternative_text: Option<String>,
    /// Where its bytes are.
    pub(crate) url: String,
}

/// What lives at a path.
#[derive(Serialize, Union)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[oai(discriminator_name = "kind")]
#[expect(clippy::large_enum_variant, reason = "made once for an answer and written at once")]
pub(crate) enum AtPath {
    /// The entry that lives there.
    #[oai(mapping = "entry")]
    Entry(Entry),
    /// Where it lives now.
    #[oai(mapping = "redirect")]
    Redirect(Redirect),
}

/// The page lives elsewhere, or its path is written otherwise.
#[derive(Serialize, Object)]
pub(crate) struct Redirect {
    /// The path that it leads to.
    pub(crate) to: String,
    /// Status that a front end should answer.
    pub(crate) status: u16,
    /// Locale of that path.
    pub(crate) locale: String,
}

/// One page of a list of entries.
#[derive(Serialize, Object)]
pub(crate) struct EntryList {
    /// The entries.
    pub(crate) data: Vec<Entry>,
    /// How to go on.
    pub(crate) page: Page,
    /// Notes about the answer.
    pub(crate) meta: ListMeta,
}

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
    /// `list` or `tree`.
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

/// Hits of a search.
#[derive(Serialize, Object)]
pub(crate) struct SearchAnswer {
    /// The hits, best first.
    pub(crate) data: Vec<HitView>,
    /// How to go on; `total` counts all hits.
    pub(crate) page: Page,
    /// How the hits are spread.
    pub(crate) facets: Facets,
    /// Notes about the answer.
    pub(crate) meta: SearchMeta,
}

/// A hit.
#[derive(Serialize, Object)]
#[oai(rename = "SearchHit")]
pub(crate) struct HitView {
    /// The entry.
    pub(crate) id: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// Department that owns it.
    pub(crate) department: Uuid,
    /// Its locale.
    pub(crate) locale: String,
    /// Writing direction: `rtl` or `ltr`.
    pub(crate) dir: String,
    /// Public path.
    pub(crate) path: Option<String>,
    /// Its title, plain.
    pub(crate) title: String,
    /// What was found, as safe HTML with `<mark>`.
    pub(crate) highlights: HighlightsView,
    /// When this revision became public.
    pub(crate) published_at: Time,
}

/// What was found, as safe HTML with `<mark>`.
#[derive(Serialize, Object)]
#[oai(rename = "Highlights")]
pub(crate) struct HighlightsView {
    /// The title, where something was found in it.
    pub(crate) title: Option<String>,
    /// Fragments of the texts.
    pub(crate) fragments: Vec<String>,
}

/// How hits are spread over collections and departments.
#[derive(Serialize, Object)]
pub(crate) struct Facets {
    /// By collection.
    pub(crate) collections: Vec<CollectionFacet>,
    /// By department.
    pub(crate) departments: Vec<DepartmentFacet>,
}

/// Hits of one collection.
#[derive(Serialize, Object)]
pub(crate) struct CollectionFacet {
    /// Its handle.
    pub(crate) handle: String,
    /// Its label in both languages.
    pub(crate) label: LabelView,
    /// How many.
    pub(crate) count: u64,
}

/// Hits of one department.
#[derive(Serialize, Object)]
pub(crate) struct DepartmentFacet {
    /// The department.
    pub(crate) id: Uuid,
    /// Its title, where it is public.
    pub(crate) title: Option<String>,
    /// How many.
    pub(crate) count: u64,
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

/// Notes about a search.
#[derive(Serialize, Object)]
pub(crate) struct SearchMeta {
    /// Not all words were found together, so hits need only some of them.
    pub(crate) relaxed: bool,
}

impl From<PublishedEntry> for Entry {
    fn from(entry: PublishedEntry) -> Self {
        let PublishedEntry {
            id,
            collection,
            blueprint,
            locale,
            path,
            slug,
            department,
            revision,
            parent,
            rank,
            date,
            first_published_at,
            published_at,
            translations,
            data,
            included,
            unresolved,
        } = entry;
        let unresolved = unresolved
            .into_iter()
            .map(|Unresolved { pointer, reason }| UnresolvedView { pointer: pointer.to_string(), reason: reason.as_str().to_owned() })
            .collect();
        Self {
            id: id.0,
            collection: collection.to_string(),
            blueprint: blueprint.to_string(),
            dir: locale.direction().as_str().to_owned(),
            lang: locale.to_string(),
            locale: locale.to_string(),
            path: path.map(|path| path.to_string()),
            slug: slug.to_string(),
            department: department.0,
            revision: revision.0,
            date: date.map(|date| date.to_string()),
            parent: parent.map(|parent| parent.0),
            rank: rank.map(|rank| rank.as_str().to_owned()),
            first_published_at: Time(first_published_at),
            published_at: Time(published_at),
            translations: translations.into_iter().map(TranslationView::from).collect(),
            data: AnyObject(data),
            included: included
                .into_iter()
                .map(|(field, assets)| (field, assets.into_iter().map(IncludedAssetView::from).collect()))
                .collect(),
            meta: EntryMeta { unresolved },
        }
    }
}

impl From<Translation> for TranslationView {
    fn from(Translation { locale, path }: Translation) -> Self {
        Self { locale: locale.to_string(), path: path.map(|path| path.to_string()) }
    }
}

impl From<IncludedAsset> for IncludedAssetView {
    fn from(asset: IncludedAsset) -> Self {
        let IncludedAsset { id, name, media_type, size_bytes, width, height, alternative_text, url } = asset;
        Self { id: id.0, name, media_type, size_bytes, width, height, alternative_text, url }
    }
}

impl From<PublishedPage> for EntryList {
    fn from(page: PublishedPage) -> Self {
        let PublishedPage { items, next, size, total, locale } = page;
        let meta = ListMeta::of(&locale);
        Self { data: items.into_iter().map(Entry::from).collect(), page: Page { next, size, total }, meta }
    }
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

impl From<SearchPage> for SearchAnswer {
    fn from(page: SearchPage) -> Self {
        let SearchPage { hits, total, collections, departments, relaxed, next, size } = page;
        let collections = collections
            .into_iter()
            .map(|CollectionCount { handle, label, count }| CollectionFacet {
                handle: handle.to_string(),
                label: LabelView { ar: label.ar, en: label.en },
                count,
            })
            .collect();
        let departments = departments
            .into_iter()
            .map(|DepartmentCount { id, title, count }| DepartmentFacet { id: id.0, title, count })
            .collect();
        Self {
            data: hits.into_iter().map(HitView::from).collect(),
            page: Page { next, size, total: Some(total) },
            facets: Facets { collections, departments },
            meta: SearchMeta { relaxed },
        }
    }
}

impl From<SearchHit> for HitView {
    fn from(hit: SearchHit) -> Self {
        let SearchHit { id, collection, department, locale, path, title, highlights, published_at } = hit;
        Self {
            id: id.0,
            collection: collection.to_string(),
            department: department.0,
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            path: path.map(|path| path.to_string()),
            title,
            highlights: HighlightsView { title: highlights.title, fragments: highlights.fragments },
            published_at: Time(published_at),
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

impl From<&Collection> for CollectionView {
    fn from(collection: &Collection) -> Self {
        Self {
            handle: collection.handle.to_string(),
            kind: if collection.is_tree() { "tree" } else { "list" }.to_owned(),
            label: LabelView { ar: collection.label.ar.clone(), en: collection.label.en.clone() },
            blueprints: collection.blueprints.iter().map(ToString::to_string).collect(),
            locales: collection.locales.iter().map(ToString::to_string).collect(),
            title_field: collection.title_field.to_string(),
            dated: collection.dated,
            has_pages: !collection.path.is_empty(),
            searched: collection.search.enabled,
            sorts: collection.indexes.iter().map(|index| written_order(index)).collect(),
        }
    }
}

fn written_order(index: &[diwan_content::SortKey]) -> String {
    let steps: Vec<String> = index.iter().map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.by.as_str())).collect();
    steps.join(",")
}
