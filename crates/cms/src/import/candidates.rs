//! The first look at all files, before anything is stored: which of them claim the same id or the same address.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{CalendarDate, Collection, ContentHash, EntryId, Locale, PathParts, PublicPath, Slug};
use diwan_statamic::{Converted, FoundFile};

use super::FileResult;

/// Most other files that a report names for one.
const NAMED_FILES: usize = 5;

/// What is kept of a file until all were seen.
pub(super) struct Candidate {
    pub(super) file: FoundFile,
    /// Hash of the bytes that were looked at.
    pub(super) hash: ContentHash,
    /// The entry that it localizes, where it is not an entry of its own.
    pub(super) origin: Option<EntryId>,
    /// What it is there; see [`diwan_store::ImportSource`].
    pub(super) source: String,
    claims: Vec<Claim>,
    /// Where it would be public; `None` for drafts there.
    address: Option<Address>,
    entry: EntryId,
    date: Option<CalendarDate>,
}

/// What only one file can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Id(String),
    Localization(EntryId, Locale),
    Address(Locale, String),
}

/// What an address is made of.
struct Address {
    locale: Locale,
    slug: Slug,
    pattern: Option<diwan_content::PathPattern>,
}

impl Candidate {
    pub(super) fn new(
        file: FoundFile,
        converted: &Converted,
        collection: &Collection,
        slug: Option<&Slug>,
        source: String,
    ) -> Self {
        let entry = converted.origin.unwrap_or(converted.entry);
        let locale = converted.locale.clone();
        let claims = vec![Claim::Id(converted.foreign_id.clone()), Claim::Localization(entry, locale.clone())];
        let pattern = collection.path.get(&locale).cloned();
        let address = slug.filter(|_| converted.published).map(|slug| Address { locale, slug: slug.clone(), pattern });
        let Converted { origin, source_hash, date, .. } = converted;
        Self { file, hash: *source_hash, origin: *origin, source, claims, address, entry, date: *date }
    }

    /// The path that it would be public at, as far as its file tells; the date may be the origin's.
    fn path(&self, dates: &BTreeMap<EntryId, CalendarDate>) -> Option<(Locale, PublicPath)> {
        let Address { locale, slug, pattern } = self.address.as_ref()?;
        let date = self.date.or_else(|| dates.get(&self.entry).copied());
        let path = pattern.as_ref()?.fill(PathParts { slug, parents: &[], date })?;
        Some((locale.clone(), path))
    }
}

/// What becomes of the files that claim what others claim too, by their place in the list. Files that are equal byte for
/// byte count once: the first one is imported. Of others none is, for nobody can tell which of them is meant.
pub(super) fn clashes(candidates: &[Candidate]) -> BTreeMap<usize, FileResult> {
    let origins = candidates.iter().filter(|candidate| candidate.origin.is_none());
    let dates = origins.filter_map(|candidate| Some((candidate.entry, candidate.date?))).collect();
    let mut claims: BTreeMap<Claim, Vec<usize>> = BTreeMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        let path = candidate.path(&dates).map(|(locale, path)| Claim::Address(locale, path.folded().to_string()));
        for claim in candidate.claims.iter().cloned().chain(path) {
            claims.entry(claim).or_default().push(place);
        }
    }
    let (mut duplicates, mut copies) = (BTreeMap::new(), BTreeMap::new());
    for (claim, places) in claims.iter().filter(|(_, places)| places.len() > 1) {
        let hashes: BTreeSet<_> = places.iter().map(|place| candidates[*place].hash).collect();
        for place in places {
            if hashes.len() > 1 {
                duplicates
                    .entry(*place)
                    .or_insert_with(|| FileResult::Duplicate(reason(claim, *place, places, candidates)));
            } else if *place != places[0] {
                let first = &candidates[places[0]].file.relative;
                copies
                    .entry(*place)
                    .or_insert_with(|| FileResult::Skipped(format!("is equal to {first} byte for byte")));
            }
        }
    }
    copies.extend(duplicates);
    copies
}

fn reason(claim: &Claim, own: usize, places: &[usize], candidates: &[Candidate]) -> String {
    let others = places.iter().filter(|place| **place != own).map(|place| candidates[*place].file.relative.as_str());
    let named: Vec<&str> = others.clone().take(NAMED_FILES).collect();
    let more = others.count() - named.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let shared = match claim {
        Claim::Id(id) => format!("the id {id}"),
        Claim::Localization(entry, locale) => format!("the entry {entry} in {locale}"),
        Claim::Address(_, path) => format!("the address {path}"),
    };
    format!("shares {shared} with {}{more}: none of them was imported", named.join(", "))
}
