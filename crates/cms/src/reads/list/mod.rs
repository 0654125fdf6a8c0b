//! Lists of published entries: what is asked for is read (`mod.rs`), references in it are followed
//! (`follow.rs`), entries are selected by their stored keys (`select.rs`, `merge.rs`), and what that costs
//! is bounded (`cost.rs`).

mod cost;
mod follow;
mod merge;
mod select;

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{
    Blueprint, Collection, ContentHash, EntryId, Expected, Fault, FaultCode, Filter, FilterName, Handle, Locale,
    Pointer, SortBy, SortKey, Tag, Vocabulary, filter_names, names_behind, open_cursor, order_name, parse_filter,
    rights::{Moment, PublicScope},
    seal_cursor, sort_names,
};
use diwan_store::Live;

use self::{
    cost::{Cost, with_own_conditions},
    select::{Asked, Reading, Selected, foreign_cursor},
};
use super::{
    entry::{Expansion, PublishedEntry, Selection},
    view::{PublicView, Tagged, check_locale, moment_bytes},
};
use crate::{cms::Cms, error::CmsError, reads::search::log::ClientToken};

/// Largest page of any list.
pub const MAX_PAGE_SIZE: u32 = 100;
/// Page size when none is asked for.
pub const DEFAULT_PAGE_SIZE: u32 = 20;
/// Most steps of an order.
const MAX_STEPS: usize = 4;

/// A list as asked for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// The parameters `filter[…]`, each with its whole name and its value, as sent.
    pub filter: Vec<(String, String)>,
    /// The order, as sent; the collection's own when absent.
    pub sort: Option<String>,
    /// Size of a page, 1 to 100; 20 when absent.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// In this locale; the collection's origin when absent.
    pub locale: Option<Locale>,
    /// Count all.
    pub count_exact: bool,
    /// As it is now, or as it was.
    pub moment: Moment,
    /// Which fields, and what beside them.
    pub selection: Selection,
    /// The client, as a number that is stored nowhere.
    pub client: ClientToken,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct PublishedPage {
    /// The entries in order.
    pub items: Vec<PublishedEntry>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
    /// How many there are in all, when asked for.
    pub total: Option<u64>,
    /// The locale of the list.
    pub locale: Locale,
    /// What selecting the entries cost: keys fetched, candidates counted and looked at. Those that an exact count counts
    /// are not among them.
    pub looked_at: u64,
}

/// A list whose parameters were checked; see [`Cms::check_list`].
pub struct CheckedList {
    scope: PublicScope,
    moment: Moment,
    client: ClientToken,
    checked: Checked,
}

/// Parameters that were read.
struct Checked {
    collection: Arc<Collection>,
    locale: Locale,
    filter: Filter,
    order: Vec<SortKey>,
    size: u32,
    after: Option<Vec<u8>>,
    count_exact: bool,
    query: ContentHash,
    expansion: Expansion,
}

impl Cms {
    /// A page of what is published in a collection.
    ///
    /// # Errors
    /// An unknown collection; parameters that cannot be read; what no index serves, over too many entries; a past that is
    /// not open to the asker, or that had too many entries.
    pub async fn published_list(
        &self,
        scope: PublicScope,
        collection: &str,
        query: ListQuery,
    ) -> Result<Tagged<PublishedPage>, CmsError> {
        self.answer_list(self.check_list(scope, collection, query)?, std::convert::identity).await
    }

    /// Checks the parameters of a list against its collection. Nothing is read.
    ///
    /// # Errors
    /// An unknown collection; all parameters that cannot be read.
    pub fn check_list(&self, scope: PublicScope, collection: &str, query: ListQuery) -> Result<CheckedList, CmsError> {
        let collection = self.public_collection(scope, collection)?;
        let (moment, client) = (query.moment.clone(), query.client);
        Ok(CheckedList { scope, moment, client, checked: self.check_query(scope, collection, query)? })
    }

    /// The same with an answer that is made of the page before the next list gets the place: writing a page takes about as
    /// long as reading it.
    ///
    /// # Errors
    /// Those of [`Self::published_list`].
    pub async fn answer_list<T: Send + 'static>(
        &self,
        list: CheckedList,
        answer: impl FnOnce(Tagged<PublishedPage>) -> T + Send + 'static,
    ) -> Result<T, CmsError> {
        let CheckedList { scope, moment, client, checked } = list;
        let (cms, place) = (self.clone(), self.parts().answer_lane.enter(client).await?);
        let first = place.run(async move {
            Ok(match cms.read_list(scope, &moment, &checked, false).await? {
                Some(page) => Ok(answer(page)),
                None => Err((moment, checked, answer)),
            })
        });
        let (moment, checked, answer) = match first.await? {
            Ok(answered) => return Ok(answered),
            Err(too_dear) => too_dear,
        };
        // It is begun again, for it holds neither a place nor a snapshot while it waits.
        let (cms, place) = (self.clone(), self.parts().list_lane.enter(client).await?);
        let again = place.run(async move {
            let page = cms.read_list(scope, &moment, &checked, true).await?.ok_or(CmsError::Overloaded)?;
            Ok(answer(page))
        });
        again.await
    }

    /// The page; `None` if the list must wait for a place first.
    async fn read_list(
        &self,
        scope: PublicScope,
        moment: &Moment,
        checked: &Checked,
        has_place: bool,
    ) -> Result<Option<Tagged<PublishedPage>>, CmsError> {
        let view = self.public_view(scope, moment).await?;
        view.check_enters(&checked.collection)?;
        let mut tags = BTreeSet::from([Tag::List(checked.collection.handle.clone(), checked.locale.clone())]);
        let cost = Cost::new(self.parts().limits.list_cost_max, has_place);
        let mut reading = Reading { view: &view, scope, tags: &mut tags, looked_at: 0, cost };
        let selected = self.select_checked(&mut reading, checked).await;
        let Reading { looked_at, cost, .. } = reading;
        match selected {
            Err(_) if cost.wants_place => Ok(None),
            Err(error) => Err(with_own_conditions(error, &checked.filter)),
            Ok(selected) => self.list_page(&view, checked, selected, looked_at, tags).await.map(Some),
        }
    }

    /// Follows the references of the filter and selects the page.
    async fn select_checked(&self, reading: &mut Reading<'_>, checked: &Checked) -> Result<Selected, CmsError> {
        let Checked { collection, locale, filter, order, size, after, count_exact, query: _, expansion: _ } = checked;
        let filter = self.follow_references(reading, filter, locale).await?;
        let asked = Asked {
            collection,
            locale,
            filter: &filter,
            order,
            after: after.as_deref(),
            size: *size,
            count_exact: *count_exact,
        };
        self.select(reading, &asked).await
    }

    async fn list_page(
        &self,
        view: &PublicView<'_>,
        checked: &Checked,
        Selected { ids, next, total }: Selected,
        looked_at: u64,
        mut tags: BTreeSet<Tag>,
    ) -> Result<Tagged<PublishedPage>, CmsError> {
        let Checked { locale, size, query, expansion, .. } = checked;
        let lives = in_order(&ids, view.lives(&ids, locale).await?);
        let items = self.assemble(view, lives, expansion, &mut tags).await?;
        let next = next.map(|position| seal_cursor(&self.parts().cursor_secret, query, &position));
        let page = PublishedPage { items, next, size: *size, total, locale: locale.clone(), looked_at };
        Ok(Tagged { value: page, tags })
    }

    /// All parameters, or every fault in them.
    fn check_query(
        &self,
        scope: PublicScope,
        collection: Arc<Collection>,
        query: ListQuery,
    ) -> Result<Checked, CmsError> {
        let ListQuery { filter, sort, size, after, locale, count_exact, moment, selection, client: _ } = query;
        let mut faults = Vec::new();
        let names = selection.read(&mut faults);
        let expansion = self.expansion(scope, &collection, &names, &mut faults);
        let locale = locale.unwrap_or_else(|| collection.origin().clone());
        check_locale("locale", Some(&locale), &collection.locales, &mut faults);
        let filter = self.check_filter(scope, &collection, &filter, &mut faults);
        let order = match sort.map(|sort| read_order(&sort, &sort_names(&collection, &self.blueprints(&collection)))) {
            None => collection.sort.clone(),
            Some(Ok(order)) => order,
            Some(Err(fault)) => {
                faults.push(fault);
                collection.sort.clone()
            }
        };
        let size = check_size(size, &mut faults);
        let query = ContentHash::of_parts(&[
            b"list",
            collection.handle.as_str().as_bytes(),
            locale.as_str().as_bytes(),
            order_name(&order).as_bytes(),
            filter.canonical().as_bytes(),
            &[u8::from(scope.is_keyed())],
            &moment_bytes(&moment),
        ]);
        let after = self.check_cursor(&query, after, &mut faults);
        if faults.is_empty() {
            Ok(Checked { collection, locale, filter, order, size, after, count_exact, query, expansion })
        } else {
            Err(CmsError::BadParameters(faults))
        }
    }

    /// The filter; one that asks nothing where there is none or it has faults.
    fn check_filter(
        &self,
        scope: PublicScope,
        collection: &Collection,
        parameters: &[(String, String)],
        faults: &mut Vec<Fault>,
    ) -> Filter {
        let nothing = Filter::All(Vec::new());
        if parameters.is_empty() {
            return nothing;
        }
        let behind = |declared: Option<&[Handle]>| self.names_behind(scope, declared);
        let names = filter_names(collection, &self.blueprints(collection));
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match parse_filter(&parameters, &Vocabulary { names, behind: &behind }) {
            Ok(filter) => filter.unwrap_or(nothing),
            Err(found) => {
                faults.extend(found);
                nothing
            }
        }
    }

    /// The collections behind a reference that a scope shows, and what filters may name there.
    fn names_behind(&self, scope: PublicScope, declared: Option<&[Handle]>) -> (Vec<Handle>, Vec<FilterName>) {
        let targets: Vec<&Collection> = self
            .registry()
            .collections()
            .map(|collection| &**collection)
            .filter(|collection| scope.allows(collection))
            .filter(|collection| declared.is_none_or(|declared| declared.contains(&collection.handle)))
            .collect();
        let names = names_behind(targets.iter().map(|collection| (*collection, self.blueprints(collection))));
        (targets.into_iter().map(|collection| collection.handle.clone()).collect(), names)
    }

    fn blueprints<'a>(&'a self, collection: &'a Collection) -> Vec<&'a Blueprint> {
        self.registry().blueprints_of(collection).map(|blueprint| &**blueprint).collect()
    }

    /// The position of a cursor, or a fault where it is not one of this query.
    pub(crate) fn check_cursor(
        &self,
        query: &ContentHash,
        cursor: Option<String>,
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<u8>> {
        let cursor = cursor?;
        let position = open_cursor(&self.parts().cursor_secret, query, &cursor);
        if position.is_none() {
            faults.push(foreign_cursor());
        }
        position
    }
}

/// The page size, or a fault.
pub(crate) fn check_size(size: Option<u32>, faults: &mut Vec<Fault>) -> u32 {
    let size = size.unwrap_or(DEFAULT_PAGE_SIZE);
    if !(1..=MAX_PAGE_SIZE).contains(&size) {
        let fault = Fault::new(Pointer::root().key("page[size]"), FaultCode::InvalidParameter);
        faults.push(fault.expecting(Expected::IntegerWithin).with("min", 1).with("max", MAX_PAGE_SIZE));
    }
    size.clamp(1, MAX_PAGE_SIZE)
}

fn in_order(ids: &[EntryId], mut lives: Vec<Live>) -> Vec<Live> {
    lives.sort_by_key(|live| ids.iter().position(|id| *id == live.entry));
    lives
}

/// Reads `-published_at,title`, or tells what a list of this collection can be sorted by.
fn read_order(text: &str, allowed: &[SortBy]) -> Result<Vec<SortKey>, Fault> {
    let refused = || {
        let mut names: Vec<String> = allowed.iter().map(|by| by.as_str().to_owned()).collect();
        names.sort();
        Fault::new(Pointer::root().key("sort"), FaultCode::NotAllowedHere).with("allowed", names)
    };
    let mut order = Vec::new();
    for step in text.split(',') {
        let (name, descending) = step.strip_prefix('-').map_or((step, false), |name| (name, true));
        let by = allowed.iter().find(|by| by.as_str() == name).ok_or_else(refused)?;
        if order.iter().any(|key: &SortKey| key.by == *by) || order.len() == MAX_STEPS {
            return Err(refused());
        }
        order.push(SortKey { by: by.clone(), descending });
    }
    Ok(order)
}
