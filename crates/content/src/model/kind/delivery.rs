//! What is public at the time of a read, and what of the presented values has to be left out.

use serde::Serialize;
use strum::{EnumCount, VariantArray};

use super::references::ReferenceTarget;
use crate::values::{AssetId, AssetKind, EntryId, Pointer, PublicPath, variants};

/// Tells what is public now, from what was looked up before.
pub trait Lookup {
    /// The entry, if it is public.
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>>;
    /// The asset, if it is public.
    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>>;
}

/// An entry that is public.
#[derive(Debug, Clone, Copy)]
pub struct LiveEntry<'a> {
    /// Handle of its collection.
    pub collection: &'a str,
    /// Where it lives; `None` when its collection has no pages.
    pub path: Option<&'a PublicPath>,
    /// Its title there.
    pub title: &'a str,
    /// It is public in the locale of the answer; otherwise path and title are those of another one.
    pub in_locale: bool,
}

/// An asset that is public.
#[derive(Debug, Clone, Copy)]
pub struct LiveAsset<'a> {
    /// What it is, if its type is known.
    pub kind: Option<AssetKind>,
    /// Where its bytes are served.
    pub url: &'a str,
    /// Its file name.
    pub name: &'a str,
}

/// A place that names something that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unresolved {
    /// Where it stands in the presented data, from `/data`.
    pub pointer: Pointer,
    /// Why.
    pub reason: UnresolvedReason,
}

/// Why a reference or link is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum UnresolvedReason {
    /// It names nothing that is public; whether it exists is not told.
    NotPublic,
    /// A menu item whose target is public, but not in the locale of the answer.
    NotInLocale,
    /// A link to an entry that is public but has no page.
    NoPage,
    /// What is stored (imported, say) names nothing.
    Unreadable,
    /// What was published does not fit the field as it is declared today: its type, or the collections or kinds of assets
    /// that it takes.
    DoesNotFit,
}

impl Unresolved {
    /// The field of the blueprint that the place is in.
    pub fn field(&self) -> Option<String> {
        self.pointer.steps().nth(1)
    }
}

impl UnresolvedReason {
    /// All, for documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// As in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPublic => "not_public",
            Self::NotInLocale => "not_in_locale",
            Self::NoPage => "no_page",
            Self::Unreadable => "unreadable",
            Self::DoesNotFit => "does_not_fit",
        }
    }
}

/// A delivery on its way.
pub(crate) struct Delivery<'a> {
    /// What is public.
    pub(crate) lookup: &'a dyn Lookup,
    /// What was left out so far.
    pub(crate) unresolved: Vec<Unresolved>,
}

impl Delivery<'_> {
    /// Lists a place, once for each reason.
    pub(crate) fn unresolved(&mut self, pointer: Pointer, reason: UnresolvedReason) {
        let unresolved = Unresolved { pointer, reason };
        if self.unresolved.last() != Some(&unresolved) {
            self.unresolved.push(unresolved);
        }
    }

    /// Where a target is to be found.
    pub(crate) fn href(&self, target: ReferenceTarget) -> Result<String, UnresolvedReason> {
        match target {
            ReferenceTarget::Entry(id) => {
                let entry = self.lookup.entry(id).ok_or(UnresolvedReason::NotPublic)?;
                entry.path.map(PublicPath::to_string).ok_or(UnresolvedReason::NoPage)
            }
            ReferenceTarget::Asset(id) => {
                let asset = self.lookup.asset(id).ok_or(UnresolvedReason::NotPublic)?;
                Ok(asset.url.to_owned())
            }
        }
    }
}
