//! What the management API answers about revisions.

use diwan_cms::{Comparison, EnvelopeDifference, ManagedRevision, RevisionSummary};
use diwan_content::{FieldDifference, InnerDifference, Locale};
use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::views::KeptAsideView;
use crate::{
    delivery::list_views::{LabelView, Page},
    http::answer::scalars::{AnyObject, Time},
};

/// A revision without its content.
#[derive(Serialize, Object)]
#[oai(rename = "Revision")]
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
    /// Hash of that blueprint as it was then.
    pub(crate) blueprint_hash: String,
    /// Whether the text of that blueprint is kept; false for some that changed before texts were kept.
    pub(crate) blueprint_known: bool,
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
#[oai(rename = "RevisionContent")]
pub(crate) struct RevisionContentView {
    /// What lists show of it.
    #[serde(flatten)]
    #[oai(flatten)]
    pub(crate) revision: RevisionView,
    /// The locale.
    pub(crate) locale: String,
    /// The same as a value for HTML's `lang`.
    pub(crate) lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    pub(crate) dir: String,
    /// Own values that today's blueprint takes, and those that only exceed a limit of it.
    pub(crate) data: AnyObject,
    /// Values that are kept beside the data because today's blueprint does not take them.
    pub(crate) kept_aside: Vec<KeptAsideView>,
    /// Last segment of the path; null where the revision has none yet.
    pub(crate) slug: Option<String>,
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
    /// The locale.
    pub(crate) locale: String,
    /// The same as a value for HTML's `lang`.
    pub(crate) lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    pub(crate) dir: String,
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
    /// What differs inside fields that hold fields or rows; empty for others.
    pub(crate) inside: Vec<InnerChangeView>,
}

/// What differs inside a field.
#[derive(Serialize, Object)]
#[oai(rename = "InnerChange")]
pub(crate) struct InnerChangeView {
    /// JSON pointer from the field's name; places of rows are those of `to`, of removed ones those of `from`.
    pub(crate) pointer: String,
    /// `added`, `removed`, `moved` or `changed`.
    pub(crate) change: String,
    /// What stood there; the place of a row that was moved.
    pub(crate) from: Option<Value>,
    /// What stands there; the place of a row that was moved.
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

impl From<RevisionSummary> for RevisionView {
    fn from(summary: RevisionSummary) -> Self {
        let RevisionSummary {
            number,
            hash,
            at,
            author,
            note,
            based_on,
            translates,
            blueprint,
            blueprint_hash,
            blueprint_known,
        } = summary;
        Self {
            number: number.0,
            hash: hash.to_string(),
            saved_at: Time(at),
            author: author.to_string(),
            note,
            based_on: based_on.map(|number| number.0),
            translates: translates.map(|number| number.0),
            blueprint: blueprint.to_string(),
            blueprint_hash: blueprint_hash.to_string(),
            blueprint_known,
        }
    }
}

impl RevisionContentView {
    /// A revision of a localization.
    pub(crate) fn of(locale: &Locale, revision: ManagedRevision) -> Self {
        let ManagedRevision { summary, data, kept_aside, slug, parent, rank, date } = revision;
        Self {
            revision: summary.into(),
            locale: locale.to_string(),
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            data: AnyObject(data),
            kept_aside: kept_aside.into_iter().map(KeptAsideView::from).collect(),
            slug: slug.map(|slug| slug.to_string()),
            parent: parent.map(|parent| parent.0),
            rank: rank.map(|rank| rank.as_str().to_owned()),
            date: date.map(|date| date.to_string()),
        }
    }
}

impl From<InnerDifference> for InnerChangeView {
    fn from(InnerDifference { pointer, change, from, to }: InnerDifference) -> Self {
        Self { pointer: pointer.to_string(), change: change.as_str().to_owned(), from, to }
    }
}

impl ComparisonView {
    /// Two revisions of a localization.
    pub(crate) fn of(locale: &Locale, comparison: Comparison) -> Self {
        let Comparison { from, to, fields, envelope } = comparison;
        let fields = fields
            .into_iter()
            .map(|FieldDifference { field, label, change, from, to, inside }| FieldChangeView {
                field,
                label: label.map(|label| LabelView { ar: label.ar, en: label.en }),
                change: change.as_str().to_owned(),
                from,
                to,
                inside: inside.into_iter().map(InnerChangeView::from).collect(),
            })
            .collect();
        let envelope = envelope
            .into_iter()
            .map(|EnvelopeDifference { name, from, to }| EnvelopeChangeView {
                name: name.to_owned(),
                from: Some(from),
                to: Some(to),
            })
            .collect();
        Self {
            locale: locale.to_string(),
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            from: from.into(),
            to: to.into(),
            fields,
            envelope,
        }
    }
}
