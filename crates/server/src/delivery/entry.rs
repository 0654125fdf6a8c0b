//! `GET /v1/collections/{collection}/entries/{id}`: an entry by its id; how every entry is asked for and answered.

use std::collections::BTreeMap;

use diwan_cms::{
    EntryRead, Included, IncludedAsset, PublishedEntry, REDIRECT_STATUS, ReadRequest, Selection, Thing, Translation,
};
use diwan_content::{EntryId, Locale, Timestamp, Unresolved, rights::Moment};
use poem::Response;
use poem_openapi::{Object, Union};
use serde::Serialize;
use uuid::Uuid;

use crate::http::{
    answer::{
        Caching, max_age, public_json,
        scalars::{AnyObject, Time},
    },
    call::Call,
    problem::{Problem, ProblemCode},
    request::{
        parameters::{COLLECTION, ENTRY, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

/// Locale of the answer.
pub(crate) const LOCALE: Parameter<Locale> =
    Parameter::new("locale", "locale of the answer; absent: the collection's origin");
/// Look at what was public at a time.
pub(crate) const AS_OF: Parameter<Timestamp> = Parameter::new(
    "as_of",
    "what was public at this time; in collections with `public_history` for all, else for keys of publishers, auditors and system administrators",
);
const INCLUDE: Parameter<String> = Parameter::text(
    "include",
    2_000,
    "names with commas between them to expand under `included`: reference fields, or the reverse names of others; with dots to go on from there, to depth 3",
);
const FIELDS: Parameter<String> = Parameter::text(
    "fields",
    4_000,
    "names of fields with commas between them to which `data` is narrowed; `fields[<name in include>]=…` does the same for included entries",
);
const INCLUDED_FIELDS: Parameter<String> = Parameter::text("fields", 4_000, "fields of included entries");

/// Locale for entries that are not public in the wanted one.
pub(crate) const FALLBACK: Parameter<Locale> =
    Parameter::new("fallback", "locale to answer when the entry is not public in the first");

pub(super) fn route() -> Route {
    Route::get("/collections/{collection}/entries/{id}", "get_entry", "A published entry by its id")
        .ok::<Entry>("the entry")
        .to(|call, entry: ReadEntry| page_or_turn(call, entry.options.included_names(), |call| get(call, entry)))
}

struct ReadEntry {
    collection: String,
    id: EntryId,
    locale: Option<Locale>,
    fallback: Option<Locale>,
    options: ReadOptions,
}

impl Parameters for ReadEntry {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.path(&COLLECTION),
            id: request.path(&ENTRY),
            locale: request.optional(&LOCALE),
            fallback: request.optional(&FALLBACK),
            options: ReadOptions::read(request),
        }
    }
}

/// The moment that the caller looks at, as a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsOf(Option<Timestamp>);

impl Parameters for AsOf {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.optional(&AS_OF))
    }
}

impl AsOf {
    /// The moment.
    pub(crate) async fn moment(self, call: &Call) -> Result<Moment, Problem> {
        Ok(call.app.cms.moment(&call.actor, self.0).await?)
    }

    /// A read of whole entries at this moment.
    pub(crate) async fn read_request(self, call: &Call) -> Result<ReadRequest, Problem> {
        Ok(ReadRequest {
            scope: call.actor.public_scope(),
            moment: self.moment(call).await?,
            selection: Selection::default(),
        })
    }
}

/// Which fields of entries, what beside them, and at which moment.
pub(crate) struct ReadOptions {
    /// Which fields, and what beside them.
    pub(crate) selection: Selection,
    /// At which moment.
    pub(crate) as_of: AsOf,
}

impl Parameters for ReadOptions {
    fn read(request: &mut RequestReader<'_>) -> Self {
        let selection = Selection {
            include: request.optional(&INCLUDE),
            fields: request.optional(&FIELDS),
            included_fields: request.bracketed(&INCLUDED_FIELDS),
        };
        Self { selection, as_of: AsOf::read(request) }
    }
}

impl ReadOptions {
    /// The read.
    pub(crate) async fn read_request(self, call: &Call) -> Result<ReadRequest, Problem> {
        Ok(ReadRequest { selection: self.selection, ..self.as_of.read_request(call).await? })
    }

    /// How many names `include` has.
    pub(crate) fn included_names(&self) -> usize {
        self.selection.include.as_deref().map_or(0, |names| names.split(',').count())
    }
}

async fn get(call: Call, entry: ReadEntry) -> Result<Response, Problem> {
    let ReadEntry { collection: handle, id, locale, fallback, options } = entry;
    let request = options.read_request(&call).await?;
    let found = call.app.cms.published_entry(request.clone(), &handle, id, locale.as_ref(), fallback.as_ref()).await?;
    match found.value {
        EntryRead::Entry(entry) => {
            let (locale, max_age_seconds) = (entry.locale.clone(), max_age(call.app.cms.registry(), &handle));
            let (tags, moment) = (&found.tags, &request.moment);
            let caching = Caching { max_age_seconds, tags, language: Some(&locale), moment };
            public_json(&call, &Entry::from(*entry), &caching)
        }
        EntryRead::Moved { to, locale } => Err(moved(to.as_str(), &locale)),
        EntryRead::Gone { at } => Err(gone(&call, at)),
        EntryRead::Absent => Err(Problem::not_found(Thing::Entry(id))),
    }
}

/// Answers a read of one entry: one plain page is free, one with `include` takes its turn.
pub(crate) async fn page_or_turn<A>(
    call: Call,
    included_names: usize,
    read: impl FnOnce(Call) -> A,
) -> Result<Response, Problem>
where
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    if included_names == 0 { read(call).await } else { in_turn(call, included_names, read).await }
}

/// Answers a read that is more than one plain page: it is charged to its client, and clients take turns.
pub(crate) async fn in_turn<A>(
    mut call: Call,
    included_names: usize,
    read: impl FnOnce(Call) -> A,
) -> Result<Response, Problem>
where
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    call.spend(1 + included_names)?;
    let (cms, client) = (call.app.cms.clone(), call.token());
    cms.in_turn(client, read(call)).await?
}

/// An entry that was taken back in favour of a page.
pub(crate) fn moved(to: &str, locale: &Locale) -> Problem {
    let problem = Problem::new(ProblemCode::Moved).with("to", to).with("locale", locale.as_str());
    problem.with("redirect_status", REDIRECT_STATUS)
}

/// A page that was withdrawn, with the day on which that was in the installation's time zone.
pub(crate) fn gone(call: &Call, at: Timestamp) -> Problem {
    let day = call.app.cms.time_zone().day_at(at);
    Problem::new(ProblemCode::Gone).with("at", at.to_string()).with("date", day.to_string())
}

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
    /// Locales in which the entry is public, this one too.
    pub(crate) translations: Vec<TranslationView>,
    /// Values by field.
    pub(crate) data: AnyObject,
    /// Assets by field, and entries by the name in `include` that expands them.
    pub(crate) included: BTreeMap<String, Vec<IncludedView>>,
    /// Notes about the answer.
    pub(crate) meta: EntryMeta,
}

/// A locale in which an entry is public.
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
    /// Names in `include` of which not all is here, for an answer is bounded.
    pub(crate) truncated: Vec<String>,
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

/// Something beside an entry that it refers to, or that refers to it.
#[derive(Serialize, Union)]
#[serde(untagged)]
#[oai(rename = "Included")]
pub(crate) enum IncludedView {
    /// An asset.
    Asset(IncludedAssetView),
    /// An entry, of the same shape.
    Entry(Box<Entry>),
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
            truncated,
        } = entry;
        let unresolved = unresolved
            .into_iter()
            .map(|Unresolved { pointer, reason }| UnresolvedView {
                pointer: pointer.to_string(),
                reason: reason.as_str().to_owned(),
            })
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
                .map(|(field, assets)| (field, assets.into_iter().map(IncludedView::from).collect()))
                .collect(),
            meta: EntryMeta { unresolved, truncated },
        }
    }
}

impl From<Translation> for TranslationView {
    fn from(Translation { locale, path }: Translation) -> Self {
        Self { locale: locale.to_string(), path: path.map(|path| path.to_string()) }
    }
}

impl From<Included> for IncludedView {
    /// Depth is bounded by the reads, which expand no deeper.
    fn from(included: Included) -> Self {
        match included {
            Included::Asset(asset) => Self::Asset(asset.into()),
            Included::Entry(entry) => Self::Entry(Box::new((*entry).into())),
        }
    }
}

impl From<IncludedAsset> for IncludedAssetView {
    fn from(asset: IncludedAsset) -> Self {
        let IncludedAsset { id, name, media_type, size_bytes, width, height, alternative_text, url } = asset;
        Self { id: id.0, name, media_type, size_bytes, width, height, alternative_text, url }
    }
}
