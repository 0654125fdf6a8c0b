//! From actor and target to permit, and from denial to error.

use diwan_content::{
    Actor, DepartmentId, EntryId, Handle, Locale, Permit, Registry,
    rights::{Action, Denied, Hierarchy, Target},
};
use diwan_store::{Entry, Queries};

use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// The permit for an action on an entry in one locale, or as a whole where none is given. What the actor may not see does not
/// exist.
pub(crate) async fn permit_on_entry(
    registry: &Registry,
    queries: &Queries,
    actor: &Actor,
    action: Action,
    entry: EntryId,
    locale: Option<&Locale>,
) -> Result<(Permit, Entry), CmsError> {
    let (permit, found) = permit_below(queries, actor, action, entry, locale).await?;
    check_internal(registry, actor, action, &found.collection, &queries.hierarchy().await?)?;
    Ok((permit, found))
}

/// Entries of internal collections hold for the whole site: changing them takes the right to publish everywhere.
pub(crate) fn check_internal(
    registry: &Registry,
    actor: &Actor,
    action: Action,
    collection: &Handle,
    hierarchy: &Hierarchy,
) -> Result<(), CmsError> {
    let internal = registry.find_collection(collection.as_str()).is_some_and(|collection| collection.is_internal());
    if !internal || action == Action::Read {
        return Ok(());
    }
    let everywhere = actor.permit(Action::Publish, Target::Entry(DepartmentId::MINISTRY, collection), hierarchy);
    everywhere.map(drop).map_err(|_denied| CmsError::SiteWide(action))
}

/// The same for an entry below one that the action was permitted on: its collection is that one's.
pub(crate) async fn permit_below(
    queries: &Queries,
    actor: &Actor,
    action: Action,
    entry: EntryId,
    locale: Option<&Locale>,
) -> Result<(Permit, Entry), CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry(entry)))?;
    let hierarchy = queries.hierarchy().await?;
    let permit = permit(actor, action, target(&found, locale), &hierarchy, Thing::Entry(entry))?;
    Ok((permit, found))
}

/// The permit for saving: of any entry, or of an entry that the actor made.
pub(crate) async fn permit_to_save(
    registry: &Registry,
    queries: &Queries,
    actor: &Actor,
    entry: EntryId,
    locale: &Locale,
) -> Result<(Permit, Entry), CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry(entry)))?;
    let hierarchy = queries.hierarchy().await?;
    let target = target(&found, Some(locale));
    let any = permit(actor, Action::Save, target, &hierarchy, Thing::Entry(entry));
    let permit = match any {
        Err(CmsError::Forbidden(_)) if is_own(actor, &found) => {
            permit(actor, Action::SaveOwn, target, &hierarchy, Thing::Entry(entry))?
        }
        other => other?,
    };
    check_internal(registry, actor, permit.action(), &found.collection, &hierarchy)?;
    Ok((permit, found))
}

/// The entry in a locale, or as a whole.
fn target<'t>(entry: &'t Entry, locale: Option<&'t Locale>) -> Target<'t> {
    match locale {
        Some(locale) => Target::Localization(entry.department, &entry.collection, locale),
        None => Target::Entry(entry.department, &entry.collection),
    }
}

/// The permit for an action on something.
pub(crate) fn permit<'t>(
    actor: &Actor,
    action: Action,
    target: impl Into<Target<'t>>,
    hierarchy: &Hierarchy,
    thing: Thing,
) -> Result<Permit, CmsError> {
    actor.permit(action, target, hierarchy).map_err(|denied| match denied {
        Denied::Invisible => CmsError::NotFound(thing),
        Denied::Forbidden => CmsError::Forbidden(action),
    })
}

impl Cms {
    /// The permit of the program itself, for what it does by itself on everything.
    pub(crate) async fn permit_system(&self, action: Action) -> Result<Permit, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let ministry = DepartmentId::MINISTRY;
        permit(&Actor::system(), action, ministry, &hierarchy, Thing::Department(ministry))
    }
}

/// Whether the actor, or the person behind it, made the entry.
fn is_own(actor: &Actor, entry: &Entry) -> bool {
    let person = actor.on_behalf_of.map(diwan_content::rights::ActorRef::Person);
    entry.created_by == actor.reference || person == Some(entry.created_by)
}
