//! What the management API answers about entries.

use diwan_cms::{EntryState, LocalizationState, ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage, Outcome};
use diwan_content::KeptAside;
use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    delivery::list_views::Page,
    http::{
        answer::{
            scalars::{AnyObject, AnyValue, Time},
            versioned_json, with_header, with_sequence,
        },
        problem::Problem,
    },
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
    /// The same as a value for HTML's `lang`.
    pub(crate) lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    pub(crate) dir: String,
    /// What the next `If-Match` must name, in quotes.
    pub(crate) version: i64,
    /// Number of the newest revision.
    pub(crate) head: i64,
    /// The head's hash: what publishing names.
    pub(crate) hash: String,
    /// The head's slug; null for a draft that has no title yet.
    pub(crate) slug: Option<String>,
    /// The slug that the title makes, in the answer of the save that put a number after it because it was taken; else null.
    pub(crate) wanted_slug: Option<String>,
    /// Number of the public revision.
    pub(crate) published: Option<i64>,
    /// Public path.
    pub(crate) path: Option<String>,
    /// `draft`, `published`, `changed`, `withdrawn` or `trashed`.
    pub(crate) status: String,
    /// When it last changed.
    pub(crate) changed_at: Time,
}

/// A value that is kept beside the data because today's blueprint does not take it.
#[derive(Serialize, Object)]
#[oai(rename = "KeptAside")]
pub(crate) struct KeptAsideView {
    /// JSON pointer to where it was in the data.
    pub(crate) pointer: String,
    /// What it was.
    pub(crate) value: AnyValue,
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
    /// Values that the new revision keeps beside its data; empty where no revision was saved.
    pub(crate) kept_aside: Vec<KeptAsideView>,
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
    /// Own values of the head: absent inherits from the origin, null empties. May be sent back as they are.
    pub(crate) data: AnyObject,
    /// Values that are kept beside the data because today's blueprint does not take them.
    pub(crate) kept_aside: Vec<KeptAsideView>,
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

impl From<KeptAside> for KeptAsideView {
    fn from(KeptAside { pointer, value }: KeptAside) -> Self {
        Self { pointer: pointer.to_string(), value: AnyValue(value) }
    }
}

/// A localization that changed, with its version as entity tag.
pub(crate) fn changed(status: StatusCode, outcome: Outcome<LocalizationState>) -> Result<Response, Problem> {
    let (version, sequence) = (outcome.value.version, outcome.sequence);
    let location = format!("/manage/v1/entries/{}/{}", outcome.value.entry, outcome.value.locale);
    let response = with_sequence(versioned_json(status, &ChangedLocalization::from(outcome), version)?, sequence);
    Ok(if status == StatusCode::CREATED { with_header(response, header::LOCATION, &location) } else { response })
}

impl From<LocalizationState> for LocalizationView {
    fn from(state: LocalizationState) -> Self {
        let LocalizationState {
            entry,
            collection,
            department,
            locale,
            version,
            head,
            hash,
            slug,
            wanted_slug,
            published,
            path,
            status,
            changed_at,
            kept_aside: _,
        } = state;
        Self {
            entry: entry.0,
            collection: collection.to_string(),
            department: department.0,
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            version: version.0,
            head: head.0,
            hash: hash.to_string(),
            slug,
            wanted_slug,
            published: published.map(|number| number.0),
            path: path.map(|path| path.to_string()),
            status: status.as_str().to_owned(),
            changed_at: Time(changed_at),
        }
    }
}

impl From<Outcome<LocalizationState>> for ChangedLocalization {
    fn from(Outcome { mut value, sequence }: Outcome<LocalizationState>) -> Self {
        let kept_aside = std::mem::take(&mut value.kept_aside);
        Self {
            sequence: sequence.map(|sequence| sequence.0),
            localization: value.into(),
            kept_aside: kept_aside.into_iter().map(KeptAsideView::from).collect(),
        }
    }
}

impl From<Outcome<Vec<LocalizationState>>> for ChangedLocalizations {
    fn from(Outcome { value, sequence }: Outcome<Vec<LocalizationState>>) -> Self {
        Self {
            sequence: sequence.map(|sequence| sequence.0),
            localizations: value.into_iter().map(LocalizationView::from).collect(),
        }
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
        let ManagedEntry {
            id,
            collection,
            blueprint,
            department,
            foreign_id,
            trashed_at,
            created_at,
            created_by,
            localizations,
        } = entry;
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
        let ManagedLocalization {
            state,
            blueprint,
            origin,
            data,
            kept_aside,
            resolved,
            parent,
            rank,
            date,
            note,
            author,
            saved_at,
            translates,
        } = work;
        Self {
            localization: state.into(),
            blueprint: blueprint.to_string(),
            origin: origin.to_string(),
            data: AnyObject(data),
            kept_aside: kept_aside.into_iter().map(KeptAsideView::from).collect(),
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
