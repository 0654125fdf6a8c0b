//! From what an editor sends to a revision: values, slug, place in a tree, date, with all faults at once.

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{
    Actor, Blueprint, CalendarDate, Collection, Data, EntryId, Fault, FaultCode, Foreign, KeptAside, Locale, PathParts,
    Pointer, PublicPath, Rank, RevisionContent, RevisionNumber, Slug, other_spellings, resolve,
};
use diwan_store::{Queries, Revision};
use serde_json::{Map, Value};

use super::targets::check_targets;
use crate::{
    cms::Cms,
    conforming::stored_data,
    error::CmsError,
    publishing::{path_reserved, title_of},
};

/// Longest note in characters.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// What a revision holds, as an editor sends it.
#[derive(Debug, Clone, Default)]
pub struct RevisionInput {
    /// The whole own data.
    pub data: Value,
    /// Last segment of the path: absent keeps the head's, at first it is made of the title. The empty one is the home page.
    pub slug: Option<String>,
    /// Parent in a tree: absent keeps the head's, null makes a root.
    pub parent: Keep<EntryId>,
    /// Place among siblings: absent keeps the head's, at first behind all.
    pub rank: Option<Rank>,
    /// Date of dated entries: absent keeps the head's, at first today.
    pub date: Option<CalendarDate>,
    /// Why, for the history.
    pub note: Option<String>,
    /// Revision of the origin that a localization translates: absent, it is the origin's head where the data changes, and
    /// as it was where they do not.
    pub translates: Option<RevisionNumber>,
}

/// A value that may be absent, null or there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep<T> {
    /// Absent: as it was.
    #[default]
    Keep,
    /// Null: none.
    Clear,
    /// This one.
    Set(T),
}

/// Where a new revision belongs.
pub(super) struct Draft<'a> {
    pub(super) queries: &'a Queries,
    pub(super) actor: &'a Actor,
    pub(super) entry: EntryId,
    pub(super) collection: &'a Arc<Collection>,
    pub(super) blueprint: &'a Arc<Blueprint>,
    pub(super) locale: &'a Locale,
    /// The head that the revision follows.
    pub(super) base: Option<&'a Revision>,
    /// The origin's head, for other locales.
    pub(super) origin: Option<&'a Revision>,
    /// Where in the request the revision stands.
    pub(super) at: Pointer,
}

/// A revision that may be stored.
pub(super) struct Drafted {
    pub(super) content: RevisionContent,
    pub(super) title: String,
    pub(super) note: Option<String>,
    /// The slug that the title makes, where a number was put after it.
    pub(super) wanted_slug: Option<Slug>,
}

/// A slug that was chosen or made.
#[derive(Default)]
struct MadeSlug {
    slug: Option<Slug>,
    /// What it was made of by putting a number after it.
    wanted: Option<Slug>,
}

impl MadeSlug {
    fn of(slug: Slug) -> Self {
        Self { slug: Some(slug), wanted: None }
    }
}

/// Own values that may be stored.
struct ReadData {
    data: Data,
    /// With what is inherited.
    resolved: Map<String, Value>,
    /// What the head holds that today's blueprint does not take.
    kept_aside: Vec<KeptAside>,
}

impl Cms {
    /// Checks what an editor sent and makes the revision's content of it, or tells every fault.
    pub(super) async fn draft(&self, draft: Draft<'_>, input: &RevisionInput) -> Result<Drafted, CmsError> {
        let mut faults = Vec::new();
        let ReadData { data, resolved, kept_aside } = self.read_data(&draft, input, &mut faults).await?;
        let title = title_of(draft.collection, &resolved);
        let is_origin = draft.collection.role(draft.locale).is_origin();
        let date = self.date(&draft, input, is_origin, &mut faults);
        let parent = self.parent(&draft, input, is_origin, &mut faults).await?;
        let rank = self.rank(&draft, input, is_origin, &mut faults);
        let slug = self.slug(&draft, input, &title, date, parent, &mut faults).await?;
        if let Some(note) = &input.note {
            check_note(note, &draft.at, &mut faults);
        }
        if !faults.is_empty() {
            return Err(CmsError::Faults(faults));
        }
        let MadeSlug { slug, wanted } = slug;
        let mut foreign = Foreign::from_stored(draft.base.and_then(|base| base.content.foreign_text.as_deref()));
        foreign.keep_aside(&kept_aside);
        foreign.set_written(&other_spellings(&input.data, &Pointer::root()));
        let content = RevisionContent {
            data_text: data.to_stored(),
            slug,
            parent,
            rank,
            date,
            foreign_text: foreign.to_stored(),
            blueprint: draft.blueprint.handle.clone(),
            blueprint_hash: draft.blueprint.hash,
        };
        let note = input.note.clone().filter(|note| !note.is_empty());
        Ok(Drafted { content, title, note, wanted_slug: wanted })
    }

    async fn read_data(
        &self,
        draft: &Draft<'_>,
        input: &RevisionInput,
        faults: &mut Vec<Fault>,
    ) -> Result<ReadData, CmsError> {
        let at = draft.at.key("data");
        let role = draft.collection.role(draft.locale);
        let (base, kept_aside) = match draft.base {
            Some(base) => {
                let (data, aside) = self.editable(base, draft.blueprint, draft.collection)?;
                (Some(data), aside)
            }
            None => (None, Vec::new()),
        };
        let (mut data, data_faults) = draft.blueprint.read_keeping(&input.data, &role, &at, base.as_ref());
        faults.extend(data_faults);
        if role.is_origin() && draft.base.is_none() {
            data = draft.blueprint.with_defaults(data);
        }
        let old = base.map(|base| draft.blueprint.references(base.as_map(), &at)).unwrap_or_default();
        // Of what was sent: a value that was refused leaves no gap in it, and so each place is the editor's.
        let mut new = draft.blueprint.written_references(&input.data, &role, &at);
        let unsent = data.as_map().iter().filter(|(field, _)| input.data.get(field).is_none());
        let defaults: Map<String, Value> = unsent.map(|(field, value)| (field.clone(), value.clone())).collect();
        new.extend(draft.blueprint.references(&defaults, &at));
        check_targets(draft.queries, draft.actor, &old, &new, faults).await?;
        let origin = draft.origin.map(stored_data).transpose()?;
        let resolved = resolve(draft.blueprint, &data, origin.as_ref());
        Ok(ReadData { data, resolved, kept_aside })
    }

    fn date(
        &self,
        draft: &Draft<'_>,
        input: &RevisionInput,
        is_origin: bool,
        faults: &mut Vec<Fault>,
    ) -> Option<CalendarDate> {
        let at = draft.at.key("date");
        if input.date.is_some() && !draft.collection.dated {
            faults.push(Fault::new(at, FaultCode::UnknownField).with("allowed", Vec::<String>::new()));
            return None;
        }
        if input.date.is_some() && !is_origin {
            faults.push(not_localizable(at, draft.collection));
            return None;
        }
        if !is_origin || !draft.collection.dated {
            return None;
        }
        let kept = draft.base.and_then(|base| base.content.date);
        input.date.or(kept).or_else(|| Some(self.today()))
    }

    fn rank(&self, draft: &Draft<'_>, input: &RevisionInput, is_origin: bool, faults: &mut Vec<Fault>) -> Option<Rank> {
        let at = draft.at.key("rank");
        if input.rank.is_some() && !draft.collection.is_tree() {
            faults.push(Fault::new(at, FaultCode::UnknownField).with("allowed", Vec::<String>::new()));
            return None;
        }
        if input.rank.is_some() && !is_origin {
            faults.push(not_localizable(at, draft.collection));
            return None;
        }
        if !is_origin || !draft.collection.is_tree() {
            return None;
        }
        let kept = draft.base.and_then(|base| base.content.rank.clone());
        // Seconds since 1970 grow: what is new stands behind what is there.
        let behind_all = || Rank::from_place(u32::try_from(self.now().unix_ms() / 1_000).unwrap_or(u32::MAX));
        input.rank.clone().or(kept).or_else(|| Some(behind_all()))
    }

    async fn parent(
        &self,
        draft: &Draft<'_>,
        input: &RevisionInput,
        is_origin: bool,
        faults: &mut Vec<Fault>,
    ) -> Result<Option<EntryId>, CmsError> {
        let at = draft.at.key("parent");
        let wanted = match input.parent {
            Keep::Keep if is_origin => return Ok(draft.base.and_then(|base| base.content.parent)),
            Keep::Keep => return Ok(None),
            // None where there is none anyway: what a management read answered may be sent back.
            Keep::Clear if !is_origin || !draft.collection.is_tree() => return Ok(None),
            Keep::Clear => None,
            Keep::Set(parent) => Some(parent),
        };
        if !draft.collection.is_tree() {
            faults.push(Fault::new(at, FaultCode::UnknownField).with("allowed", Vec::<String>::new()));
            return Ok(None);
        }
        if !is_origin {
            faults.push(not_localizable(at, draft.collection));
            return Ok(None);
        }
        if let Some(parent) = wanted
            && let Some(fault) = parent_fault(draft.queries, draft.collection, draft.entry, parent, at).await?
        {
            faults.push(fault);
            return Ok(None);
        }
        Ok(wanted)
    }

    /// The slug as sent, or the head's, or one made of the title and parted from those that are taken; none while there is
    /// nothing to make it of.
    async fn slug(
        &self,
        draft: &Draft<'_>,
        input: &RevisionInput,
        title: &str,
        date: Option<CalendarDate>,
        parent: Option<EntryId>,
        faults: &mut Vec<Fault>,
    ) -> Result<MadeSlug, CmsError> {
        let at = draft.at.key("slug");
        let made = Slug::from_title(title, draft.collection.slugs);
        let invalid = || {
            let example = made.as_ref().map_or("al-muwazana", Slug::as_str);
            Fault::new(at.clone(), FaultCode::InvalidSlug).with("example", example)
        };
        let before = draft.base.and_then(|base| base.content.slug.as_ref());
        match (&input.slug, before) {
            (Some(text), _) if text.is_empty() => {
                let parent = parent.or_else(|| draft.origin.and_then(|origin| origin.content.parent));
                if !draft.collection.home || parent.is_some() {
                    faults.push(invalid());
                }
                Ok(MadeSlug::of(Slug::home()))
            }
            // Also one that the rules of today would not make.
            (Some(text), Some(before)) if text == before.as_str() => Ok(MadeSlug::of(before.clone())),
            (Some(text), before) => {
                let Ok(slug) = text.parse::<Slug>() else {
                    faults.push(invalid());
                    return Ok(MadeSlug::default());
                };
                let is_new = before != Some(&slug);
                let path = if is_new { certain_path(draft, &slug, date, parent) } else { None };
                let reserved = path.filter(|path| self.is_reserved(draft, path));
                faults.extend(reserved.map(|path| path_reserved(&draft.at, &path)));
                Ok(MadeSlug::of(slug))
            }
            (None, Some(before)) => Ok(MadeSlug::of(before.clone())),
            (None, None) => match made {
                Some(made) => {
                    let slug = self.free_slug(draft, made.clone(), date, parent).await?;
                    let wanted = Some(made).filter(|made| *made != slug);
                    Ok(MadeSlug { slug: Some(slug), wanted })
                }
                None => Ok(MadeSlug::default()),
            },
        }
    }

    /// Puts a number after a slug made of a title while its path is reserved or belongs to another entry.
    async fn free_slug(
        &self,
        draft: &Draft<'_>,
        slug: Slug,
        date: Option<CalendarDate>,
        parent: Option<EntryId>,
    ) -> Result<Slug, CmsError> {
        let mut candidate = slug.clone();
        for number in 2..1_000 {
            let Some(path) = certain_path(draft, &candidate, date, parent) else { return Ok(slug) };
            // Pages of a tree may change places until they are published, so that only what never can be is avoided.
            let row = if draft.collection.is_tree() {
                None
            } else {
                draft.queries.find_path(draft.locale, &path.folded()).await?
            };
            if row.is_none_or(|row| row.entry == Some(draft.entry)) && !self.is_reserved(draft, &path) {
                return Ok(candidate);
            }
            candidate = slug.numbered(number);
        }
        Ok(candidate)
    }

    fn is_reserved(&self, draft: &Draft<'_>, path: &PublicPath) -> bool {
        self.registry().reserves(draft.collection, draft.locale, path)
    }
}

/// The path that a slug leads to, where it is known before publishing: not below a parent, which may move until then.
fn certain_path(
    draft: &Draft<'_>,
    slug: &Slug,
    date: Option<CalendarDate>,
    parent: Option<EntryId>,
) -> Option<PublicPath> {
    let pattern = draft.collection.path.get(draft.locale)?;
    let parent = parent.or_else(|| draft.origin.and_then(|origin| origin.content.parent));
    if draft.collection.is_tree() && parent.is_some() {
        return None;
    }
    let date = date.or_else(|| draft.origin.and_then(|origin| origin.content.date));
    pattern.fill(PathParts { slug, parents: &[], date })
}

fn not_localizable(at: Pointer, collection: &Collection) -> Fault {
    Fault::new(at, FaultCode::NotLocalizable).with("origin", collection.origin().as_str())
}

fn check_note(note: &str, at: &Pointer, faults: &mut Vec<Fault>) {
    let at = at.key("note");
    if note.chars().count() > MAX_NOTE_CHARS {
        faults.push(Fault::new(at.clone(), FaultCode::TooLong).with("max", MAX_NOTE_CHARS));
    }
    if let Some(bad) = note.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        faults
            .push(Fault::new(at, FaultCode::ForbiddenCharacter).with("character", format!("U+{:04X}", u32::from(bad))));
    }
}

/// What stands against a parent: it must be of the same collection, not in the trash, not below the entry itself, and
/// not so deep that the entry would stand deeper than the collection allows.
pub(super) async fn parent_fault(
    queries: &Queries,
    collection: &Collection,
    entry: EntryId,
    parent: EntryId,
    at: Pointer,
) -> Result<Option<Fault>, CmsError> {
    let invalid = Some(Fault::new(at.clone(), FaultCode::InvalidParent));
    let mut above = Some(parent);
    let mut seen = BTreeSet::from([entry]);
    while let Some(id) = above {
        if !seen.insert(id) {
            return Ok(invalid);
        }
        if seen.len() > collection.max_depth {
            return Ok(Some(Fault::new(at, FaultCode::TooDeep).with("max", collection.max_depth)));
        }
        let Some(entry) = queries.find_entry(id).await? else { return Ok(invalid) };
        if entry.collection != collection.handle || entry.trashed_at.is_some() {
            return Ok(invalid);
        }
        let Some(head) = queries.find_head(id, collection.origin()).await? else { return Ok(invalid) };
        above = head.content.parent;
    }
    Ok(None)
}
