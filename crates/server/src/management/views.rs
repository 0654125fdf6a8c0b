//! What the management API answers about entries.

use diwan_cms::{Comparison, EntryState, EnvelopeDifference, LocalizationState, ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage, ManagedRevision, Outcome, RevisionSummary};
use diwan_content::FieldDifference;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    delivery::views::{LabelView, Page},
    openapi::scalars::{AnyObject, Time},
};

/// Where a localization stands.
#[derive(Serialize, Object)]
#[oai(rename = "Localization")]
pub(crate) struct LocalizationView {
    /// The entry.
    pub(crate) entry: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// Department that owns it.
    pub(crate) department: Uuid,
    /// The locale.
    pub(crate) locale: String,
    /// What the next `If-Match` must name, in quotes.
    pub(crate) version: i64,
    /// Number of the newest revision.
    pub(crate) head: i64,
    /// The head's hash: what publishing names.
    pub(crate) hash: String,
    /// The head's slug.
    pub(crate) slug: String,
    /// Number of the public revision.
    pub(crate) published: Option<i64>,
    /// Public path.
    pub(crate) path: Option<String>,
    /// `draft`, `published`, `changed`, `withdrawn` or `trashed`.
    pub(crate) status: String,
    /// When it last changed.
    pub(crate) changed_at: Time,
}

/// A localization after a change.
#[derive(Serialize, Object)]
pub(crate) struct ChangedLocalization {
    /// Place of the change in the log; null when nothing had to change.
    pub(crate) sequence: Option<i64>,
    /// The localization now.
    #[serde(flatten)]
    #[oai(flatten)]
    pub(crate) localization: LocalizationView,
}

/// Localizations that changed together.
#[derive(Serialize, Object)]
pub(crate) struct ChangedLocalizations {
    /// Place of the change in the log; null when nothing had to change.
    pub(crate) sequence: Option<i64>,
    /// The localizations now, as they were named.
    pub(crate) localizations: Vec<LocalizationView>,
}

/// An entry after a change to all of it.
#[derive(Serialize, Object)]
pub(crate) struct ChangedEntry {
    /// Place of the change in the log; null when nothing had to change.
    pub(crate) sequence: Option<i64>,
    /// The entry.
    pub(crate) id: Uuid,
    /// Department that owns it.
    pub(crate) department: Uuid,
    /// Since when it is in the trash.
    pub(crate) trashed_at: Option<Time>,
    /// Its localizations.
    pub(crate) localizations: Vec<LocalizationView>,
}

/// An entry as editors see it.
#[derive(Serialize, Object)]
#[oai(rename = "ManagedEntry")]
pub(crate) struct EntryView {
    /// The entry.
    pub(crate) id: Uuid,
    /// Its collection.
    pub(crate) collection: String,
    /// Its blueprint.
    pub(crate) blueprint: String,
    /// Department that owns it.
    pub(crate) department: Uuid,
    /// What another system called it.
    pub(crate) foreign_id: Option<String>,
    /// Since when it is in the trash.
    pub(crate) trashed_at: Option<Time>,
    /// When it was made.
    pub(crate) created_at: Time,
    /// By whom: `key:<id>`, `person:<id>`, `system`.
    pub(crate) created_by: String,
    /// Its localizations.
    pub(crate) localizations: Vec<TitledLocalization>,
}

/// A localization with what names it.
#[derive(Serialize, Object)]
pub(crate) struct TitledLocalization {
    /// Title of the head.
    pub(crate) title: String,
    /// Where it stands.
    #[serde(flatten)]
    #[oai(flatten)]
    pub(crate) localization: LocalizationView,
}

/// A page of localizations.
#[derive(Serialize, Object)]
pub(crate) struct LocalizationList {
    /// Localizations, the last changed first.
    pub(crate) data: Vec<TitledLocalization>,
    /// How to go on.
    pub(crate) page: Page,
}

/// A localization with its head, as editors work on it.
#[derive(Serialize, Object)]
#[oai(rename = "ManagedLocalization")]
pub(crate) struct WorkView {
    /// Where it stands.
    #[serde(flatten)]
    #[oai(flatten)]
    pub(crate) localization: LocalizationView,
    /// Its blueprint.
    pub(crate) blueprint: String,
    /// Locale that holds what is not localizable.
    pub(crate) origin: String,
    /// Own values of the head: absent inherits from the origin, null empties.
    pub(crate) data: AnyObject,
    /// The values with what is inherited.
    pub(crate) resolved: AnyObject,
    /// Parent in a tree.
    pub(crate) parent: Option<Uuid>,
    /// Place among siblings in a tree.
    pub(crate) rank: Option<String>,
    /// Date of dated entries.
    pub(crate) date: Option<String>,
    /// Why the head was saved.
    pub(crate) note: Option<String>,
    /// By whom.
    pub(crate) author: String,
    /// When.
    pub(crate) saved_at: Time,
    /// Revision of the origin that the head translates.
    pub(crate) translates: Option<i64>,
}

/// A revision without its content.
#[derive(Serialize, Object)]
pub(crate) struct RevisionView {
    /// Its number.
    pub(crate) number: i64,
    /// Its hash: what publishing names.
    pub(crate) hash: String,
    /// When it was saved.
    pub(crate) saved_at: Time,
    /// By whom.
    pub(crate) author: String,
    /// Why.
    pub(crate) note: Option<String>,
    /// Revision that it followed or restored.
    pub(crate) based_on: Option<i64>,
    /// Revision of the origin that it translates.
    pub(crate) translates: Option<i64>,
    /// Blueprint that it was written under.
    pub(crate) blueprint: String,
}

/// Revisions, newest first.
#[derive(Serialize, Object)]
pub(crate) struct RevisionList {
    /// The revisions.
    pub(crate) data: Vec<RevisionView>,
    /// How to go on.
    pub(crate) page: Page,
}

/// A revision with its content.
#[derive(Serialize, Object)]
pub(crate) struct RevisionContentView {
    /// What lists show of it.
    #[serde(flatten)]
    #[oai(flatten)]
    pub(crate) revision: RevisionView,
    /// Own values, as stored.
    pub(crate) data: AnyObject,
    /// Last segment of the path.
    pub(crate) slug: String,
    /// Parent in a tree.
    pub(crate) parent: Option<Uuid>,
    /// Place among siblings in a tree.
    pub(crate) rank: Option<String>,
    /// Date of dated entries.
    pub(crate) date: Option<String>,
}

/// Two revisions, compared.
#[derive(Serialize, Object)]
#[oai(rename = "Comparison")]
pub(crate) struct ComparisonView {
    /// The one that was named first.
    pub(crate) from: RevisionView,
    /// The other one.
    pub(crate) to: RevisionView,
    /// Fields whose own values differ, in the order of the form.
    pub(crate) fields: Vec<FieldChangeView>,
    /// What differs beside the data: slug, parent, rank, date.
    pub(crate) envelope: Vec<EnvelopeChangeView>,
}

/// A field whose own value differs.
#[derive(Serialize, Object)]
#[oai(rename = "FieldChange")]
pub(crate) struct FieldChangeView {
    /// The field.
    pub(crate) field: String,
    /// What editors call it; null when the blueprint no longer has it.
    pub(crate) label: Option<LabelView>,
    /// `added`, `removed` or `changed`.
    pub(crate) change: String,
    /// The own value before; null also when there was none.
    pub(crate) from: Option<Value>,
    /// The own value after.
    pub(crate) to: Option<Value>,
}

/// Something beside the data that differs.
#[derive(Serialize, Object)]
#[oai(rename = "EnvelopeChange")]
pub(crate) struct EnvelopeChangeView {
    /// `slug`, `parent`, `rank` or `date`.
    pub(crate) name: String,
    /// What it was.
    pub(crate) from: Option<Value>,
    /// What it became.
    pub(crate) to: Option<Value>,
}

impl From<LocalizationState> for LocalizationView {
    fn from(state: LocalizationState) -> Self {
        let LocalizationState { entry, collection, department, locale, version, head, hash, slug, published, path, status, changed_at } = state;
        Self {
            entry: entry.0,
            collection: collection.to_string(),
            department: department.0,
            locale: locale.to_string(),
            version: version.0,
            head: head.0,
            hash: hash.to_string(),
            slug,
            published: published.map(|number| number.0),
            path: path.map(|path| path.to_string()),
            status: status.as_str().to_owned(),
            changed_at: Time(changed_at),
        }
    }
}

impl From<Outcome<LocalizationState>> for ChangedLocalization {
    fn from(Outcome { value, sequence }: Outcome<LocalizationState>) -> Self {
        Self { sequence: sequence.map(|sequence| sequence.0), localization: value.into() }
    }
}

impl From<Outcome<Vec<LocalizationState>>> for ChangedLocalizations {
    fn from(Outcome { value, sequence }: Outcome<Vec<LocalizationState>>) -> Self {
        Self { sequence: sequence.map(|sequence| sequence.0), localizations: value.into_iter().map(LocalizationView::from).collect() }
    }
}

impl From<Outcome<EntryState>> for ChangedEntry {
    fn from(Outcome { value, sequence }: Outcome<EntryState>) -> Self {
        let EntryState { entry, department, trashed_at, localizations } = value;
        Self {
            sequence: sequence.map(|sequence| sequence.0),
            id: entry.0,
            department: department.0,
            trashed_at: trashed_at.map(Time),
            localizations: localizations.into_iter().map(LocalizationView::from).collect(),
        }
    }
}

impl From<ManagedItem> for TitledLocalization {
    fn from(ManagedItem { title, state }: ManagedItem) -> Self {
        Self { title, localization: state.into() }
    }
}

impl From<ManagedPage> for LocalizationList {
    fn from(ManagedPage { items, next, size }: ManagedPage) -> Self {
        Self { data: items.into_iter().map(TitledLocalization::from).collect(), page: Page { next, size, total: None } }
    }
}

impl From<ManagedEntry> for EntryView {
    fn from(entry: ManagedEntry) -> Self {
        let ManagedEntry { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by, localizations } = entry;
        Self {
            id: id.0,
            collection: collection.to_string(),
            blueprint: blueprint.to_string(),
            department: department.0,
            foreign_id,
            trashed_at: trashed_at.map(Time),
            created_at: Time(created_at),
            created_by: created_by.to_string(),
            localizations: localizations.into_iter().map(TitledLocalization::from).collect(),
        }
    }
}

impl From<ManagedLocalization> for WorkView {
    fn from(work: ManagedLocalization) -> Self {
        let ManagedLocalization { state, blueprint, origin, data, resolved, parent, rank, date, note, author, saved_at, translates } = work;
        Self {
            localization: state.into(),
            blueprint: blueprint.to_string(),
            origin: origin.to_string(),
            data: AnyObject(data),
            resolved: AnyObject(resolved),
            parent: parent.map(|parent| parent.0),
            rank: rank.map(|rank| rank.as_str().to_owned()),
            date: date.map(|date| date.to_string()),
            note,
            author: author.to_string(),
            saved_at: Time(saved_at),
            translates: translates.map(|number| number.0),
        }
    }
}

impl From<RevisionSummary> for RevisionView {
    fn from(summary: RevisionSummary) -> Self {
        let RevisionSummary { number, hash, at, author, note, based_on, translates, blueprint } = summary;
        Self {
            number: number.0,
            hash: hash.to_string(),
            saved_at: Time(at),
            author: author.to_string(),
            note,
            based_on: based_on.map(|number| number.0),
            translates: translates.map(|number| number.0),
            blueprint: blueprint.to_string(),
        }
    }
}

impl From<ManagedRevision> for RevisionContentView {
    fn from(revision: ManagedRevision) -> Self {
        let ManagedRevision { summary, data, slug, parent, rank, date } = revision;
        Self {
            revision: summary.into(),
            data: AnyObject(data),
            slug: slug.to_string(),
            parent: parent.map(|parent| parent.0),
            rank: rank.map(|rank| rank.as_str().to_owned()),
            date: date.map(|date| date.to_string()),
        }
    }
}

impl From<Comparison> for ComparisonView {
    fn from(Comparison { from, to, fields, envelope }: Comparison) -> Self {
        let fields = fields
            .into_iter()
            .map(|FieldDifference { field, label, change, from, to }| FieldChangeView {
                field,
                label: label.map(|label| LabelView { ar: label.ar, en: label.en }),
                change: change.as_str().to_owned(),
                from,
                to,
            })
            .collect();
        let envelope = envelope
            .into_iter()
            .map(|EnvelopeDifference { name, from, to }| EnvelopeChangeView { name: name.to_owned(), from: Some(from), to: Some(to) })
            .collect();
        Self { from: from.into(), to: to.into(), fields, envelope }
    }
}
