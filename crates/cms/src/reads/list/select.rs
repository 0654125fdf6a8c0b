//! Which entries a list holds: keys alone where an index serves it, else few candidates that are looked at.

use std::collections::BTreeSet;

use diwan_content::{
    Blueprint, Bounds, Collection, ContentHash, EntryId, Expected, Fault, FaultCode, Filter, KeyList, KeyPlan, Locale,
    Plan, Pointer, SortKey, Tag, effective_order, key_lists, needed_index, order_name, plan, rights::PublicScope,
};
use diwan_store::Live;

use super::{
    super::view::PublicView,
    cost::{Cost, conditions_of},
    merge::Merge,
};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::some_values,
    error::CmsError,
    opening::rebuild::subject_of,
};

/// Most entries that are looked at where no index serves a list.
pub(crate) const MAX_CANDIDATES: u32 = 5_000;
/// Live publications fetched at once.
const BATCH: usize = 200;
/// Keys that the database counts without answering them cost less than those that it answers.
const COUNTED_PER_UNIT: u64 = 8;
/// Bytes that name the order in which a position stands.
const MARK_BYTES: usize = 4;
/// The name of just the order that was asked for.
const AS_ASKED: [u8; MARK_BYTES] = [0; MARK_BYTES];

/// What a list is asked for, once its parameters are read and its references followed.
pub(super) struct Asked<'a> {
    pub(super) collection: &'a Collection,
    pub(super) locale: &'a Locale,
    pub(super) filter: &'a Filter,
    pub(super) order: &'a [SortKey],
    /// Behind this position.
    pub(super) after: Option<&'a [u8]>,
    /// At most so many.
    pub(super) size: u32,
    pub(super) count_exact: bool,
}

/// What a list holds.
#[derive(Debug, Default)]
pub(super) struct Selected {
    pub(super) ids: Vec<EntryId>,
    /// The position of the last of them, if more follow.
    pub(super) next: Option<Vec<u8>>,
    /// How many there are in all, when asked for.
    pub(super) total: Option<u64>,
}

/// How one goes through a list: in which order, and from where on.
///
/// Where keys hold more than the order that was asked for, the first page stands in the order of the keys, and the pages
/// behind it keep to that one: whatever serves them then, for entries come and go between two pages, and with them what a
/// filter costs.
struct Walk<'a> {
    order: Vec<SortKey>,
    mark: [u8; MARK_BYTES],
    position: Option<&'a [u8]>,
}

/// One read with what it cost and depends on.
pub(super) struct Reading<'a> {
    pub(super) view: &'a PublicView<'a>,
    pub(super) scope: PublicScope,
    pub(super) tags: &'a mut BTreeSet<Tag>,
    /// Keys fetched or counted, and entries looked at.
    pub(super) looked_at: u64,
    pub(super) cost: Cost,
}

impl Reading<'_> {
    /// Keys that were fetched or counted.
    fn read_keys(&mut self, count: u64) -> Result<(), CmsError> {
        self.looked_at += count;
        self.cost.keys(count)
    }
}

impl Cms {
    /// Selects a page of a list.
    pub(super) async fn select(&self, reading: &mut Reading<'_>, asked: &Asked<'_>) -> Result<Selected, CmsError> {
        let Asked { collection, locale, filter, order, count_exact, .. } = asked;
        let blueprints: Vec<&Blueprint> = self.registry().blueprints_of(collection).map(|found| &**found).collect();
        let lists = key_lists(collection, &blueprints);
        let order = effective_order(filter, order);
        let walk = walk_of(asked.after, &order, &lists)?;
        match plan(filter, &walk.order, &lists, locale) {
            Plan::Nothing => Ok(Selected { total: count_exact.then_some(0), ..Selected::default() }),
            Plan::Entries(ids) => {
                let found = self.look_at(reading, asked, &walk.order, &ids).await?;
                Ok(sorted_page(asked, &walk, found))
            }
            Plan::Keys(_) | Plan::Candidates(_) if reading.view.past().is_some() => {
                self.select_then(reading, asked, &walk).await
            }
            Plan::Keys(plan) if plan.in_order || walk.position.is_none() => {
                self.select_by_keys(reading, asked, &walk, &plan).await
            }
            Plan::Keys(plan) => {
                let found = self.select_among(reading, asked, &walk, &[plan]).await?;
                found.ok_or_else(|| refusal(asked, &order, &lists))
            }
            Plan::Candidates(plans) => {
                let found = self.select_among(reading, asked, &walk, &plans).await?;
                found.ok_or_else(|| refusal(asked, &order, &lists))
            }
        }
    }

    /// Looks at the candidates of the first plan that leaves few enough; `None` where each leaves too many.
    async fn select_among(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        walk: &Walk<'_>,
        plans: &[KeyPlan],
    ) -> Result<Option<Selected>, CmsError> {
        for plan in plans {
            let candidates = self.count(reading, asked, plan, MAX_CANDIDATES + 1).await?;
            if candidates > MAX_CANDIDATES {
                continue;
            }
            if plan.in_order && !asked.count_exact {
                return Ok(Some(self.select_in_order(reading, asked, walk, plan).await?));
            }
            reading.cost.expect_entries(candidates.into(), conditions_of(asked.filter))?;
            let mut merge = merge_of(reading, asked, plan, None, MAX_CANDIDATES + 1);
            let ids: Vec<EntryId> = merge.take(MAX_CANDIDATES as usize).await?.into_iter().map(|(_, id)| id).collect();
            reading.read_keys(merge.looked_at)?;
            let found = self.look_at(reading, asked, &walk.order, &ids).await?;
            return Ok(Some(sorted_page(asked, walk, found)));
        }
        Ok(None)
    }

    async fn select_by_keys(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        walk: &Walk<'_>,
        plan: &KeyPlan,
    ) -> Result<Selected, CmsError> {
        let mark = if plan.in_order { walk.mark } else { mark_of(&plan.order) };
        let mut merge = merge_of(reading, asked, plan, walk.position, asked.size + 1);
        let mut keys = merge.take(asked.size as usize + 1).await?;
        reading.read_keys(merge.looked_at)?;
        let total = if asked.count_exact { Some(self.count_all(reading, asked, plan).await?) } else { None };
        let more = keys.len() > asked.size as usize;
        keys.truncate(asked.size as usize);
        let next = keys.last().filter(|_| more).map(|(position, _)| marked(mark, position));
        Ok(Selected { ids: keys.into_iter().map(|(_, id)| id).collect(), next, total })
    }

    /// Looks back: keys are kept of what is public now alone, so that everything is looked at that was public then within
    /// the bounds of the filter.
    async fn select_then(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        walk: &Walk<'_>,
    ) -> Result<Selected, CmsError> {
        let Some(past) = reading.view.past() else { return Ok(Selected::default()) };
        reading.cost.need_place()?;
        let Asked { collection, locale, filter, .. } = asked;
        let bounds = Bounds::of(filter);
        let ids = reading.view.entries_then(past, collection, locale, &bounds, MAX_CANDIDATES + 1).await?;
        if ids.len() > MAX_CANDIDATES as usize {
            return Err(CmsError::TooMuchHistory { most: MAX_CANDIDATES, narrower: Bounds::names(collection) });
        }
        let found = self.look_at(reading, asked, &walk.order, &ids).await?;
        Ok(sorted_page(asked, walk, found))
    }

    /// Looks at candidates in the order of the list until the page is full.
    async fn select_in_order(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        walk: &Walk<'_>,
        plan: &KeyPlan,
    ) -> Result<Selected, CmsError> {
        let wanted = asked.size as usize + 1;
        let batch = (wanted * 2).clamp(50, BATCH);
        let mut merge = merge_of(reading, asked, plan, walk.position, u32::try_from(batch).unwrap_or(u32::MAX));
        let (mut found, mut charged): (Vec<(Vec<u8>, EntryId)>, u64) = (Vec::new(), 0);
        while found.len() < wanted {
            let candidates: Vec<EntryId> = merge.take(batch).await?.into_iter().map(|(_, id)| id).collect();
            reading.read_keys(merge.looked_at - charged)?;
            charged = merge.looked_at;
            if candidates.is_empty() {
                break;
            }
            let mut answering = self.look_at(reading, asked, &walk.order, &candidates).await?;
            answering.sort();
            found.extend(answering);
        }
        Ok(page_of(asked, walk.mark, found))
    }

    /// The keys, in the order, of those of these entries that answer the filter.
    async fn look_at(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        order: &[SortKey],
        ids: &[EntryId],
    ) -> Result<Vec<(Vec<u8>, EntryId)>, CmsError> {
        let Asked { collection, locale, filter, .. } = asked;
        let mut fields = filter.fields();
        fields.extend(order.iter().filter_map(|key| key.by.field()).map(ToString::to_string));
        let (named, conditions) = (filter.named_entries(), conditions_of(filter));
        let mut found = Vec::new();
        for batch in ids.chunks(BATCH) {
            reading.looked_at += batch.len() as u64;
            reading.cost.entries(batch.len() as u64, conditions)?;
            let (mut stored, mut compared) = (0, 0);
            let mut lives: Vec<(Live, &Blueprint, _)> = Vec::with_capacity(batch.len());
            let (view, cost) = (reading.view, &mut reading.cost);
            for live in view.lives_at_cost(batch, locale, &mut |bytes| cost.revisions(bytes)).await? {
                if live.collection == collection.handle {
                    let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
                    let values = some_values(&live, |name| fields.contains(name))?;
                    stored += live.data_text.len();
                    compared += values.values().filter_map(|value| value.as_str()).map(str::len).sum::<usize>();
                    lives.push((live, blueprint, values));
                }
            }
            reading.cost.bytes(stored, compared, conditions)?;
            let mut asked: BTreeSet<EntryId> = BTreeSet::new();
            for (live, blueprint, values) in &lives {
                asked.extend(filter.asked_references(&subject_of(live, blueprint, values)));
            }
            let public = self.public_among(reading, asked).await?;
            for (live, blueprint, values) in &lives {
                let subject = subject_of(live, blueprint, values);
                // Those that the filter names are public, or they would not be in it any more.
                if filter.matches(&subject, &|id| named.contains(&id) || public.contains(&id)) {
                    found.push((subject.sort_key(order), live.entry));
                }
            }
        }
        Ok(found)
    }

    /// Those of some entries that the caller may know of.
    pub(super) async fn public_among(
        &self,
        reading: &Reading<'_>,
        ids: BTreeSet<EntryId>,
    ) -> Result<BTreeSet<EntryId>, CmsError> {
        let ids: Vec<EntryId> = ids.into_iter().collect();
        let targets = reading.view.localizations(&ids).await?;
        Ok(targets.into_iter().map(|target| target.entry).collect())
    }

    async fn count(
        &self,
        reading: &mut Reading<'_>,
        asked: &Asked<'_>,
        plan: &KeyPlan,
        at_most: u32,
    ) -> Result<u32, CmsError> {
        let list = plan.list.name(&asked.collection.handle, asked.locale);
        let counted = reading.view.queries().count_keys(&list, &plan.spans, at_most).await?;
        reading.read_keys(counted.into())?;
        Ok(counted)
    }

    /// Counts every key that a served list has; an entry with keys in several runs once.
    async fn count_all(&self, reading: &mut Reading<'_>, asked: &Asked<'_>, plan: &KeyPlan) -> Result<u64, CmsError> {
        let list = plan.list.name(&asked.collection.handle, asked.locale);
        let queries = reading.view.queries();
        let total = if plan.repeats {
            queries.count_entries(&list, &plan.spans).await?
        } else {
            u64::from(queries.count_keys(&list, &plan.spans, u32::MAX).await?)
        };
        reading.cost.keys(total / COUNTED_PER_UNIT)?;
        Ok(total)
    }
}

fn merge_of<'a>(
    reading: &Reading<'a>,
    asked: &Asked<'_>,
    plan: &KeyPlan,
    after: Option<&[u8]>,
    wanted: u32,
) -> Merge<'a> {
    let list = plan.list.name(&asked.collection.handle, asked.locale);
    Merge::new(reading.view.queries(), list, &plan.spans, after, wanted)
}

/// The page of entries that were all looked at.
fn sorted_page(asked: &Asked<'_>, walk: &Walk<'_>, mut found: Vec<(Vec<u8>, EntryId)>) -> Selected {
    found.sort();
    found.dedup();
    let total = asked.count_exact.then_some(found.len() as u64);
    if let Some(after) = walk.position {
        found.retain(|(position, _)| position.as_slice() > after);
    }
    Selected { total, ..page_of(asked, walk.mark, found) }
}

fn page_of(asked: &Asked<'_>, mark: [u8; MARK_BYTES], mut found: Vec<(Vec<u8>, EntryId)>) -> Selected {
    let more = found.len() > asked.size as usize;
    found.truncate(asked.size as usize);
    let next = found.last().filter(|_| more).map(|(position, _)| marked(mark, position));
    Selected { ids: found.into_iter().map(|(_, id)| id).collect(), next, total: None }
}

/// What names an order that goes on behind the one that was asked for.
fn mark_of(order: &[SortKey]) -> [u8; MARK_BYTES] {
    let mut mark = AS_ASKED;
    mark.copy_from_slice(&ContentHash::of(order_name(order).as_bytes()).as_bytes()[..MARK_BYTES]);
    mark
}

fn marked(mark: [u8; MARK_BYTES], position: &[u8]) -> Vec<u8> {
    [mark.as_slice(), position].concat()
}

/// Goes on where a cursor of the same query stands, in its order. The declarations of indexes may have changed since it was
/// given; then nothing tells its order any more.
fn walk_of<'a>(after: Option<&'a [u8]>, order: &[SortKey], lists: &[KeyList]) -> Result<Walk<'a>, CmsError> {
    let Some(after) = after else { return Ok(Walk { order: order.to_vec(), mark: AS_ASKED, position: None }) };
    let foreign = || CmsError::BadParameters(vec![foreign_cursor()]);
    let (mark, position) = after.split_first_chunk::<MARK_BYTES>().ok_or_else(foreign)?;
    let order = if *mark == AS_ASKED {
        order.to_vec()
    } else {
        let mut longer = lists.iter().flat_map(KeyList::orders).filter(|longer| longer.starts_with(order));
        longer.find(|longer| mark_of(longer) == *mark).ok_or_else(foreign)?
    };
    Ok(Walk { order, mark: *mark, position: Some(position) })
}

/// A cursor that is not of this query.
pub(super) fn foreign_cursor() -> Fault {
    Fault::new(Pointer::root().key("page[after]"), FaultCode::InvalidParameter).expecting(Expected::Cursor)
}

/// Why no index serves a list: one could be declared that would, or none could.
fn refusal(asked: &Asked<'_>, order: &[SortKey], lists: &[KeyList]) -> CmsError {
    let is_stored = |needed: &Vec<SortKey>| {
        let begins = |list: &KeyList| {
            let steps = list.parts.iter().zip(needed);
            needed.len() <= list.parts.len()
                && steps.into_iter().all(|(part, key)| part.by == key.by && part.descending == key.descending)
        };
        lists.iter().any(begins)
    };
    match needed_index(asked.filter, order).filter(|needed| !is_stored(needed)) {
        Some(needed) => CmsError::NeedsIndex { needed: written(&needed) },
        None => CmsError::TooManyCandidates {
            most: MAX_CANDIDATES,
            indexes: asked.collection.indexes.iter().map(|index| written(index)).collect(),
        },
    }
}

fn written(order: &[SortKey]) -> String {
    let steps: Vec<String> = order.iter().map(ToString::to_string).collect();
    format!("[{}]", steps.join(", "))
}
