//! From actor and target to permit, and from denial to error.

use diwan_content::{
    Actor, DepartmentId, EntryId, Permit, Registry,
    rights::{Action, Denied, Hierarchy},
};
use diwan_store::{Entry, Queries};

use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// The permit for an action on an entry. What the actor may not see does not exist.
pub(crate) async fn permit_on_entry(
    registry: &Registry,
    queries: &Queries,
    actor: &Actor,
    action: Action,
    entry: EntryId,
) -> Result<(Permit, Entry), CmsError> {
    let (permit, found) = permit_below(queries, actor, action, entry).await?;
    check_internal(registry, actor, action, found.collection.as_str(), &queries.hierarchy().await?)?;
    Ok((permit, found))
}

/// Entries of internal collections hold for the whole site: changing them takes the right to publish everywhere.
pub(crate) fn check_internal(
    registry: &Registry,
    actor: &Actor,
    action: Action,
    collection: &str,
    hierarchy: &Hierarchy,
) -> Result<(), CmsError> {
    let internal = registry.find_collection(collection).is_some_and(|collection| collection.is_internal());
    if !internal || action == Action::Read {
        return Ok(());
    }
    let everywhere = actor.permit(Action::Publish, DepartmentId::MINISTRY, hierarchy);
    everywhere.map(drop).map_err(|_denied| CmsError::SiteWide(action))
}

/// The same for an entry below one that the action was permitted on: its collection is that one's.
pub(crate) async fn permit_below(
    queries: &Queries,
    actor: &Actor,
    action: Action,
    entry: EntryId,
) -> Result<(Permit, Entry), CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry(entry)))?;
    let hierarchy = queries.hierarchy().await?;
    let permit = permit(actor, action, found.department, &hierarchy, Thing::Entry(entry))?;
    Ok((permit, found))
}

/// The permit for saving: of any entry, or of an entry that the actor made.
pub(crate) async fn permit_to_save(
    registry: &Registry,
    queries: &Queries,
    actor: &Actor,
    entry: EntryId,
) -> Result<(Permit, Entry), CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry(entry)))?;
    let hierarchy = queries.hierarchy().await?;
    let any = permit(actor, Action::Save, found.department, &hierarchy, Thing::Entry(entry));
    let permit = match any {
        Err(CmsError::Forbidden(_)) if is_own(actor, &found) => {
            permit(actor, Action::SaveOwn, found.department, &hierarchy, Thing::Entry(entry))?
        }
        other => other?,
    };
    check_internal(registry, actor, permit.action(), found.collection.as_str(), &hierarchy)?;
    Ok((permit, found))
}

/// The permit for an action on a department's things.
pub(crate) fn permit(
    actor: &Actor,
    action: Action,
    department: DepartmentId,
    hierarchy: &Hierarchy,
    thing: Thing,
) -> Result<Permit, CmsError> {
    actor.permit(action, department, hierarchy).map_err(|denied| match denied {
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
