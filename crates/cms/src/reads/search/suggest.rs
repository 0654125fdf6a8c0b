//! Titles as one types, and entries about the same things.

use diwan_content::{
    DepartmentId, EntryId, Expected, Fault, FaultCode, Handle, Locale, Pointer, PublicPath, rights::PublicScope,
};
use diwan_search::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SearchRequest, SuggestRequest, Suggestion};

use super::{super::view::check_locale, SearchHit, checks::check_names};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
    reads::search::log::ClientToken,
};

/// A beginning as asked for.
#[derive(Debug, Clone, Default)]
pub struct SuggestInput {
    /// What was typed so far.
    pub beginning: String,
    /// Titles in this locale alone.
    pub locale: Option<Locale>,
    /// Titles of these collections alone.
    pub collections: Vec<String>,
    /// Titles of these departments and those below them alone.
    pub departments: Vec<DepartmentId>,
    /// At most so many, 1 to 20; 10 when absent.
    pub size: Option<u32>,
    /// The client, as a number that is stored nowhere.
    pub client: ClientToken,
}

/// A title that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedTitle {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// The title's locale.
    pub locale: Locale,
    /// Where it lives now.
    pub path: Option<PublicPath>,
    /// The title.
    pub title: String,
}

const DEFAULT_SUGGESTIONS: u32 = 10;
const DEFAULT_RELATED: u32 = 5;

impl Cms {
    /// Titles that begin as typed, or in which a word does. One letter is enough; work is bounded, so for one letter they
    /// are some, not the best of all.
    ///
    /// # Errors
    /// Parameters that cannot be read; the index fails.
    pub async fn suggest(&self, scope: PublicScope, input: SuggestInput) -> Result<Vec<SuggestedTitle>, CmsError> {
        let SuggestInput { beginning, locale, collections, departments, size, client } = input;
        let mut faults = Vec::new();
        let allowed = self.searched(scope);
        let wanted = check_names(&collections, &allowed, "collection", &mut faults);
        check_locale("locale", locale.as_ref(), &self.locales(scope), &mut faults);
        let size = check_few(size, DEFAULT_SUGGESTIONS, &mut faults);
        if beginning.chars().count() > SUGGEST_MAX_CHARS {
            let fault = Fault::new(Pointer::root().key("q"), FaultCode::InvalidParameter);
            faults.push(fault.expecting(Expected::TextUpTo).with("max", SUGGEST_MAX_CHARS));
        }
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let departments = self.with_those_below(departments).await?;
        let request = SuggestRequest {
            beginning,
            scope,
            locale,
            departments,
            collections: if collections.is_empty() { allowed } else { wanted },
            size: size as usize,
        };
        let (lane, index) = (&self.parts().suggest_lane, self.index()?.clone());
        let suggestions = lane.ask_index(client, move || index.suggest(&request)).await?;
        let snapshot = self.store().snapshot().await?;
        let ids: Vec<EntryId> = suggestions.iter().map(|suggestion| suggestion.entry).collect();
        let lives = snapshot.live_localizations(&ids).await?;
        let mut titles = Vec::with_capacity(suggestions.len());
        for Suggestion { entry, locale, collection, department, path: _, title: _ } in suggestions {
            // As it is called and where it lives now.
            if let Some(live) = lives.iter().find(|live| live.entry == entry && live.locale == locale) {
                let (path, title) = (live.path.clone(), live.title.clone());
                titles.push(SuggestedTitle { id: entry, collection, department, locale, path, title });
            }
        }
        Ok(titles)
    }

    /// Public entries in the same locale that share most with a public one, best first.
    ///
    /// # Errors
    /// The entry is not public in that locale; parameters that cannot be read; the index fails.
    pub async fn related(
        &self,
        scope: PublicScope,
        collection: &str,
        id: EntryId,
        locale: Option<&Locale>,
        size: Option<u32>,
        client: ClientToken,
    ) -> Result<Vec<SearchHit>, CmsError> {
        let collection = self.public_collection(scope, collection)?;
        let locale = locale.unwrap_or_else(|| collection.origin()).clone();
        let mut faults = Vec::new();
        check_locale("locale", Some(&locale), &collection.locales, &mut faults);
        let size = check_few(size, DEFAULT_RELATED, &mut faults);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let live = self.store().snapshot().await?.find_live(id, &locale).await?;
        if live.is_none_or(|live| live.collection != collection.handle) {
            return Err(CmsError::NotFound(Thing::Entry(id)));
        }
        let request = SearchRequest {
            locale: Some(locale.clone()),
            size: size as usize,
            ..SearchRequest::of(String::new(), scope, self.searched(scope))
        };
        let (lane, index) = (&self.parts().search_lane, self.index()?.clone());
        let hits = lane.ask_index(client, move || index.related(id, &locale, &request)).await?;
        let snapshot = self.store().snapshot().await?;
        self.still_public(&snapshot, hits).await
    }

    /// The collections that the scope may search.
    pub(crate) fn searched(&self, scope: PublicScope) -> Vec<Handle> {
        let shown = self.registry().collections().filter(|found| found.search.enabled && scope.allows(found));
        shown.map(|found| found.handle.clone()).collect()
    }
}

fn check_few(size: Option<u32>, default: u32, faults: &mut Vec<Fault>) -> u32 {
    let size = size.unwrap_or(default);
    if size == 0 || size as usize > SUGGESTIONS_MAX {
        let fault = Fault::new(Pointer::root().key("page[size]"), FaultCode::InvalidParameter);
        faults.push(fault.expecting(Expected::IntegerWithin).with("min", 1).with("max", SUGGESTIONS_MAX));
    }
    size
}
