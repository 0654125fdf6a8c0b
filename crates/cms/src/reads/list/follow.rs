//! Follows the references of a filter: which of the entries that it names the caller may know, and what its hops lead to.

use std::collections::BTreeSet;

use diwan_content::{Comparable, EntryId, Filter, Handle, Hop, Locale, Tag, Term, Test};

use super::select::{Asked, MAX_CANDIDATES, Reading};
use crate::{cms::Cms, error::CmsError};

impl Cms {
    /// The same filter without what the caller may not know and without hops. An entry that is not public is named by no
    /// filter: it answers as one that does not exist.
    pub(super) async fn follow_references(
        &self,
        reading: &mut Reading<'_>,
        filter: &Filter,
        locale: &Locale,
    ) -> Result<Filter, CmsError> {
        let mut named = filter.named_entries();
        let (mut hops, mut asks) = (Vec::new(), false);
        filter.visit(&mut |part| match part {
            Filter::Hop(hop) => hops.push(hop),
            Filter::Term(Term { reference: true, test: Test::Exists(_), .. }) => asks = true,
            Filter::Term(_) | Filter::All(_) | Filter::Any(_) | Filter::PointsTo { .. } => {}
        });
        for Hop { term, .. } in &hops {
            named.extend(Filter::Term(term.clone()).named_entries());
            asks |= term.reference && matches!(term.test, Test::Exists(_));
        }
        if asks {
            self.tag_everything_shown(reading);
        }
        reading.tags.extend(named.iter().copied().map(Tag::Entry));
        let public = self.public_among(reading, named).await?;
        let mut targets = Vec::with_capacity(hops.len());
        for hop in hops {
            reading.cost.charge_to(Some(hop));
            targets.push(self.targets_of(reading, hop, &public, locale).await?);
        }
        reading.cost.charge_to(None);
        Ok(followed(filter, &public, &mut targets.into_iter()))
    }

    /// The entries that a hop may lead to, in the locale of the list; in its origin where a collection does not have that
    /// locale. Boxed, for what is found behind a hop is itself selected.
    async fn targets_of(
        &self,
        reading: &mut Reading<'_>,
        hop: &Hop,
        public: &BTreeSet<EntryId>,
        locale: &Locale,
    ) -> Result<BTreeSet<EntryId>, CmsError> {
        let filter = Filter::Term(known_only(&hop.term, public));
        let mut targets = BTreeSet::new();
        for handle in &hop.collections {
            let collection = self.collection(handle.as_str())?;
            let locale = if collection.has_locale(locale) { locale } else { collection.origin() };
            reading.tags.insert(Tag::List(handle.clone(), locale.clone()));
            let asked = Asked {
                collection: &collection,
                locale,
                filter: &filter,
                order: &[],
                after: None,
                size: MAX_CANDIDATES,
                count_exact: false,
            };
            let selected = self.select(reading, &asked).await.map_err(|error| at_target(error, handle))?;
            if selected.next.is_some() {
                return Err(CmsError::TooManyCandidates { most: MAX_CANDIDATES, indexes: Vec::new() });
            }
            targets.extend(selected.ids);
        }
        Ok(targets)
    }

    /// Whether a reference counts as a value changes with what is public anywhere.
    fn tag_everything_shown(&self, reading: &mut Reading<'_>) {
        for collection in self.registry().collections().filter(|collection| reading.scope.allows(collection)) {
            let tag = |locale: &Locale| Tag::List(collection.handle.clone(), locale.clone());
            reading.tags.extend(collection.locales.iter().map(tag));
        }
    }
}

/// The index that is needed belongs to the collection behind the hop.
fn at_target(error: CmsError, collection: &Handle) -> CmsError {
    if let CmsError::NeedsIndex { needed } = error {
        return CmsError::NeedsIndex { needed: format!("{collection}: {needed}") };
    }
    error
}

/// Goes no deeper than the grammar of filters allows.
fn followed(
    filter: &Filter,
    public: &BTreeSet<EntryId>,
    targets: &mut impl Iterator<Item = BTreeSet<EntryId>>,
) -> Filter {
    match filter {
        Filter::All(filters) => Filter::All(filters.iter().map(|part| followed(part, public, targets)).collect()),
        Filter::Any(filters) => Filter::Any(filters.iter().map(|part| followed(part, public, targets)).collect()),
        Filter::Term(term) => Filter::Term(known_only(term, public)),
        Filter::Hop(Hop { by, .. }) => Filter::PointsTo { by: by.clone(), targets: targets.next().unwrap_or_default() },
        Filter::PointsTo { by, targets } => Filter::PointsTo { by: by.clone(), targets: targets.clone() },
    }
}

/// A condition without the entries that the caller may not know.
fn known_only(term: &Term, public: &BTreeSet<EntryId>) -> Term {
    let known = |values: &[Comparable]| {
        let is_public = |value: &&Comparable| value.entry().is_some_and(|entry| public.contains(&entry));
        values.iter().filter(is_public).cloned().collect::<Vec<Comparable>>()
    };
    let Term { by, reference, test } = term;
    let test = match test {
        Test::OneOf(values) if *reference => Test::OneOf(known(values)),
        Test::NoneOf(values) if *reference => Test::NoneOf(known(values)),
        Test::OneOf(_)
        | Test::NoneOf(_)
        | Test::Below { .. }
        | Test::Above { .. }
        | Test::Contains(_)
        | Test::StartsWith(_)
        | Test::Exists(_) => test.clone(),
    };
    Term { by: by.clone(), reference: *reference, test }
}
