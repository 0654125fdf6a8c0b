//! Which translations are fresh, stale or missing: each localization's revision knows which revision of its origin it
//! translates.

use std::sync::Arc;

use diwan_content::{
    Actor, Blueprint, Collection, ContentHash, Data, DepartmentId, EntryId, Handle, Locale, RevisionNumber, Status,
    is_same_value, rights::Action, seal_cursor,
};
use diwan_store::{Entry, Localization, Queries};
use serde_json::Value;

use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_data,
    error::CmsError,
    frame::authority::permit_on_entry,
    reads::check_size,
};

/// Most localizations that one page of a list looks at; a page that a filter leaves short says where to go on.
const MAX_LOOKED_AT: usize = 500;

/// How a localization stands to its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TranslationState {
    /// No localizable field of the origin has changed since the revision that it translates.
    Fresh,
    /// Some have.
    Stale,
    /// There is none.
    Missing,
}

/// One locale of an entry, held against the origin.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedTranslation {
    /// The entry.
    pub entry: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// Title of the origin's head.
    pub title: String,
    /// The locale.
    pub locale: Locale,
    /// How it stands to the origin.
    pub state: TranslationState,
    /// Where it stands by itself; `None` while it is missing.
    pub status: Option<Status>,
    /// Its newest revision.
    pub head: Option<RevisionNumber>,
    /// The revision of the origin that it translates.
    pub translates: Option<RevisionNumber>,
    /// The newest revision of the origin.
    pub origin_head: RevisionNumber,
    /// Its localizable fields, in the order of the form; none while it is missing.
    pub fields: Vec<TranslatedField>,
}

/// A localizable field of a localization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslatedField {
    /// The field.
    pub field: Handle,
    /// Where its value comes from.
    pub source: ValueSource,
    /// The origin's value has changed since the revision that is translated.
    pub origin_changed: bool,
}

/// Where the value of a localization's field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueSource {
    /// It has one of its own.
    Own,
    /// It shows the origin's.
    Inherited,
    /// It has none, whatever the origin holds.
    Emptied,
}

/// Which translations a list shows, as sent.
#[derive(Debug, Clone, Default)]
pub struct TranslationList {
    /// Of this collection.
    pub collection: Option<Handle>,
    /// In this locale.
    pub locale: Option<Locale>,
    /// That stand so.
    pub state: Option<TranslationState>,
    /// Size of a page, 1 to 100.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
}

/// A page of translations.
#[derive(Debug, Clone)]
pub struct TranslationsPage {
    /// Translations by entry and the order of the collection's locales.
    pub items: Vec<ManagedTranslation>,
    /// Where to go on; `None` at the end. There may be more also behind a page that is not full.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
}

/// The place of a translation in a list.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    entry: EntryId,
    locale: Locale,
}

impl Cms {
    /// All locales of an entry but the origin, held against it, in the order of the collection.
    ///
    /// # Errors
    /// Not found, or not to be seen.
    pub async fn translations(&self, actor: &Actor, id: EntryId) -> Result<Vec<ManagedTranslation>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (_, entry) = permit_on_entry(self.registry(), &snapshot, actor, Action::Read, id, None).await?;
        let Some(origin) = self.origin_of(&snapshot, entry).await? else { return Ok(Vec::new()) };
        let mut translations = Vec::new();
        for locale in &origin.collection.locales[1..] {
            translations.push(origin.translation(&snapshot, locale).await?);
        }
        Ok(translations)
    }

    /// Translations of entries within the actor's scope; not of those in the trash.
    ///
    /// # Errors
    /// No right to read drafts anywhere; parameters that cannot be read.
    pub async fn translation_list(&self, actor: &Actor, list: TranslationList) -> Result<TranslationsPage, CmsError> {
        let TranslationList { collection, locale, state, size, after } = list;
        let snapshot = self.store().snapshot().await?;
        let scope = actor.scope(&snapshot.hierarchy().await?).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        let asked = format!("translations {} {collection:?} {locale:?} {state:?}", actor.reference);
        let query = ContentHash::of(asked.as_bytes());
        let mut place = self.check_cursor(&query, after, &mut faults).and_then(|bytes| read_place(&bytes));
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let mut items = Vec::new();
        let mut looked_at = 0;
        let mut entries = snapshot.entries_from(&scope, collection.as_ref(), place.as_ref().map(|at| at.entry)).await?;
        while !entries.is_empty() {
            let last = entries.last().map(|entry| entry.id);
            for entry in entries {
                let id = entry.id;
                let Some(origin) = self.origin_of(&snapshot, entry).await? else { continue };
                for at in origin.locales_behind(place.as_ref(), locale.as_ref()) {
                    if items.len() == size as usize || looked_at == MAX_LOOKED_AT {
                        let next = place.map(|place| {
                            let place = format!("{}|{}", place.entry, place.locale);
                            seal_cursor(&self.parts().cursor_secret, &query, place.as_bytes())
                        });
                        return Ok(TranslationsPage { items, next, size });
                    }
                    looked_at += 1;
                    let found = origin.translation(&snapshot, &at).await?;
                    items.extend(Some(found).filter(|found| state.is_none_or(|state| state == found.state)));
                    place = Some(Place { entry: id, locale: at });
                }
            }
            entries = snapshot.entries_behind(&scope, collection.as_ref(), last).await?;
        }
        Ok(TranslationsPage { items, next: None, size })
    }

    /// An entry with its origin; `None` for one whose origin is in a locale that its collection no longer has.
    async fn origin_of(&self, queries: &Queries, entry: Entry) -> Result<Option<Origin>, CmsError> {
        let collection = self.collection(entry.collection.as_str())?;
        let blueprint = blueprint_of(self.registry(), entry.blueprint.as_str())?.clone();
        let Some(found) = queries.find_localization(entry.id, collection.origin()).await? else { return Ok(None) };
        let head = queries.find_revision(entry.id, collection.origin(), found.head).await?;
        let head = head.ok_or_else(|| CmsError::damaged("a localization has no head"))?;
        Ok(Some(Origin { head: stored_data(&head)?, number: head.number, entry, collection, blueprint, found }))
    }
}

/// The origin that translations are held against.
struct Origin {
    entry: Entry,
    collection: Arc<Collection>,
    blueprint: Arc<Blueprint>,
    found: Localization,
    number: RevisionNumber,
    head: Data,
}

impl Origin {
    /// The locales to look at: those behind the place, and of those the wanted one.
    fn locales_behind(&self, place: Option<&Place>, wanted: Option<&Locale>) -> Vec<Locale> {
        let done = place.filter(|place| place.entry == self.entry.id);
        let done = done.and_then(|place| self.collection.locales.iter().position(|locale| *locale == place.locale));
        let rest = self.collection.locales.iter().skip(done.unwrap_or(0) + 1);
        rest.filter(|locale| wanted.is_none_or(|wanted| wanted == *locale)).cloned().collect()
    }

    async fn translation(&self, queries: &Queries, locale: &Locale) -> Result<ManagedTranslation, CmsError> {
        let mut translation = ManagedTranslation {
            entry: self.entry.id,
            collection: self.entry.collection.clone(),
            department: self.entry.department,
            title: self.found.title.clone(),
            locale: locale.clone(),
            state: TranslationState::Missing,
            status: None,
            head: None,
            translates: None,
            origin_head: self.number,
            fields: Vec::new(),
        };
        let Some(found) = queries.find_localization(self.entry.id, locale).await? else { return Ok(translation) };
        let head = queries.find_revision(self.entry.id, locale, found.head).await?;
        let head = head.ok_or_else(|| CmsError::damaged("a localization has no head"))?;
        let own = stored_data(&head)?;
        let translated = match head.translates {
            Some(number) if number != self.number => {
                let translated = queries.find_revision(self.entry.id, self.collection.origin(), number).await?;
                translated.as_ref().map(stored_data).transpose()?
            }
            Some(_) => Some(self.head.clone()),
            None => None,
        };
        for field in self.blueprint.fields.iter().filter(|field| field.localizable) {
            let name = field.handle.as_str();
            // Where nobody knows what was translated, whatever the origin holds may be new.
            let then = translated.as_ref().and_then(|data| data.find(name)).unwrap_or(&Value::Null);
            let source = match own.find(name) {
                None => ValueSource::Inherited,
                Some(Value::Null) => ValueSource::Emptied,
                Some(_) => ValueSource::Own,
            };
            let origin_changed = !is_same_value(self.head.find(name).unwrap_or(&Value::Null), then);
            translation.fields.push(TranslatedField { field: field.handle.clone(), source, origin_changed });
        }
        let stale = translation.fields.iter().any(|field| field.origin_changed);
        translation.state = if stale { TranslationState::Stale } else { TranslationState::Fresh };
        let trashed = self.entry.trashed_at.is_some();
        translation.status = Some(Status::derive(trashed, found.head, found.published, found.was_public));
        translation.head = Some(found.head);
        translation.translates = head.translates;
        Ok(translation)
    }
}

impl TranslationState {
    /// All, for documentation.
    pub const ALL: [Self; 3] = [Self::Fresh, Self::Stale, Self::Missing];

    /// As in queries and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Missing => "missing",
        }
    }
}

impl ValueSource {
    /// As in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Inherited => "inherited",
            Self::Emptied => "emptied",
        }
    }
}

fn read_place(bytes: &[u8]) -> Option<Place> {
    let (entry, locale) = std::str::from_utf8(bytes).ok()?.split_once('|')?;
    Some(Place { entry: entry.parse().ok()?, locale: locale.parse().ok()? })
}
