//! The sample ministry: brought in through the same verbs that editors use.

use std::collections::BTreeMap;

use diwan_content::{
    AssetId, CalendarDate, DepartmentId, EntryId, Locale, Rank,
    yaml::{Budget, parse},
};
use diwan_store::WriteTx;
use futures_util::{future, stream};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    cms::Cms,
    error::CmsError,
    frame::{WriteContext, retry, states::LocalizationState},
    verbs::{CreateEntry, Expect, Keep, NewAsset, PublishItem, RevisionInput, UploadAsset, store_upload},
};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// Folders in the order in which nothing refers to what comes later.
const FOLDERS: [&str; 14] = [
    "departments",
    "topics",
    "services",
    "reports",
    "news",
    "pages",
    "tenders",
    "circulars",
    "faqs",
    "ministry",
    "main_menu",
    "footer",
    "search_synonyms",
    "search_pins",
];

/// What was brought in.
#[derive(Debug, Clone)]
pub struct DemoReport {
    /// Entries that were made.
    pub entries: usize,
    /// Localizations that are public now.
    pub published: usize,
    /// Assets that were uploaded.
    pub assets: usize,
    /// What there is to try: the published states in order.
    pub states: Vec<LocalizationState>,
}

/// All that is to be stored.
struct Samples {
    assets: Vec<NewAsset>,
    entries: Vec<Prepared>,
}

/// One entry as it is to be stored.
struct Prepared {
    file: String,
    id: EntryId,
    origin: CreateEntry,
    translations: Vec<(Locale, RevisionInput)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleEntry {
    id: EntryId,
    blueprint: Option<String>,
    department: Option<DepartmentId>,
    parent: Option<EntryId>,
    rank: Option<u32>,
    date: Option<CalendarDate>,
    locales: BTreeMap<Locale, SampleLocalization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleLocalization {
    slug: Option<String>,
    note: Option<String>,
    data: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleAsset {
    id: AssetId,
    file: String,
    alternative_text: BTreeMap<Locale, String>,
}

impl Cms {
    /// Whether nothing was ever changed here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_empty(&self) -> Result<bool, CmsError> {
        Ok(self.last_sequence().await?.0 == 0)
    }

    /// Brings the sample ministry into an empty installation, all or nothing: assets, entries with their localizations, and
    /// one publish of all.
    ///
    /// # Errors
    /// A sample that the blueprints in force do not take; the database or the blobs fail.
    pub async fn load_demo(&self) -> Result<DemoReport, CmsError> {
        let ctx = WriteContext::system();
        let assets: Vec<SampleAsset> = read("assets.yaml")?;
        let uploads = assets.iter().map(|asset| self.take_sample(&ctx, asset));
        let mut samples = Samples { assets: future::try_join_all(uploads).await?, entries: Vec::new() };
        for folder in FOLDERS {
            for file in names(folder) {
                samples.entries.push(self.prepare(folder, &file, read(&file)?)?);
            }
        }
        let (entries, assets) = (samples.entries.len(), assets.len());
        let loaded = retry(|| async {
            let mut tx = self.store().begin(self.now()).await?;
            let outcome = self.store_samples(&mut tx, &samples).await;
            tx.end(outcome).await
        });
        let states = loaded.await?.value;
        Ok(DemoReport { entries, published: states.len(), assets, states })
    }

    async fn take_sample(&self, ctx: &WriteContext, asset: &SampleAsset) -> Result<NewAsset, CmsError> {
        let file =
            FILES.get_file(format!("assets/{}", asset.file)).ok_or_else(|| broken(&asset.file, "is not there"))?;
        let input = UploadAsset {
            id: Some(asset.id),
            name: asset.file.clone(),
            media_type: None,
            department: Some(DepartmentId::MINISTRY),
            alternative_text: asset.alternative_text.clone(),
        };
        let bytes = bytes::Bytes::from_static(file.contents());
        self.take_upload(ctx, input, stream::iter([Ok(bytes)])).await
    }

    /// The origin apart from the other locales.
    fn prepare(&self, collection: &str, file: &str, sample: SampleEntry) -> Result<Prepared, CmsError> {
        let SampleEntry { id, blueprint, department, parent, rank, date, mut locales } = sample;
        let known = self.registry().find_collection(collection).ok_or_else(|| broken(file, "has no collection"))?;
        let origin = locales.remove(known.origin()).ok_or_else(|| broken(file, "has no origin"))?;
        let revision = RevisionInput {
            data: origin.data,
            slug: origin.slug,
            parent: parent.map_or(Keep::Keep, Keep::Set),
            rank: rank.map(Rank::from_place),
            date,
            note: origin.note,
            translates: None,
        };
        let collection = collection.to_owned();
        let origin = CreateEntry { id: Some(id), collection, blueprint, locale: None, department, revision };
        let translations = locales.into_iter().map(|(locale, sample)| {
            let SampleLocalization { slug, note, data } = sample;
            (locale, RevisionInput { data, slug, note, ..RevisionInput::default() })
        });
        Ok(Prepared { file: file.to_owned(), id, origin, translations: translations.collect() })
    }

    async fn store_samples(&self, tx: &mut WriteTx, samples: &Samples) -> Result<Vec<LocalizationState>, CmsError> {
        let ctx = WriteContext::system();
        for asset in &samples.assets {
            store_upload(tx, asset).await?;
        }
        let mut items = Vec::new();
        for Prepared { file, id, origin, translations } in &samples.entries {
            let created = self.create_entry_in(tx, &ctx, origin).await;
            items.push(publish_item(created.map_err(|error| in_file(file, error))?));
            for (locale, revision) in translations {
                let saved = self.save_in(tx, &ctx, (*id, locale), revision, Expect::Absent).await;
                items.push(publish_item(saved.map_err(|error| in_file(file, error))?));
            }
        }
        self.publish_in(tx, &ctx, items).await
    }
}

fn publish_item(state: LocalizationState) -> PublishItem {
    let LocalizationState { entry, locale, version, head, hash, .. } = state;
    PublishItem { entry, locale, revision: head, hash, version }
}

/// Files of a folder by name.
fn names(folder: &str) -> Vec<String> {
    let files = FILES.get_dir(folder).into_iter().flat_map(Dir::files);
    let mut names: Vec<String> = files.map(|file| file.path().display().to_string()).collect();
    names.sort();
    names
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> Result<T, CmsError> {
    let text = FILES.get_file(name).and_then(include_dir::File::contents_utf8);
    let text = text.ok_or_else(|| broken(name, "is not there"))?;
    let node = parse(text, &Budget::default()).map_err(|error| broken(name, &error.to_string()))?;
    let value = node.to_json().map_err(|error| broken(name, &error.to_string()))?;
    serde_json::from_value(value).map_err(|error| broken(name, &error.to_string()))
}

fn broken(file: &str, what: &str) -> CmsError {
    CmsError::internal(format!("sample {file}: {what}"))
}

/// Samples are checked by the tests; with other blueprints they may not fit, and the file should be named then.
fn in_file(file: &str, error: CmsError) -> CmsError {
    let CmsError::Faults(faults) = error else { return error };
    let told = |fault: &diwan_content::Fault| format!("{} {}", fault.pointer, fault.text(diwan_content::Language::En));
    let texts: Vec<String> = faults.iter().map(told).collect();
    broken(file, &texts.join("; "))
}
