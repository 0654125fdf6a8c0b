//! From actor and target to permit, and from denial to error.

use diwan_content::{
    Actor, DepartmentId, EntryId, Permit,
    rights::{Action, Denied, Hierarchy},
};
use diwan_store::{Entry, Queries};

use crate::error::{CmsError, Thing};

/// The permit for an action on an entry. What the actor may not see does not exist.
pub(crate) async fn permit_on_entry(
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

/// Whether the actor, or the person behind it, made the entry.
fn is_own(actor: &Actor, entry: &Entry) -> bool {
    let person = actor.on_behalf_of.map(diwan_content::rights::ActorRef::Person);
    entry.created_by == actor.reference || person == Some(entry.created_by)
}
