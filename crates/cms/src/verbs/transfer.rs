//! Transfer: an entry goes to another department; both are asked.

use diwan_content::{
    DepartmentId, EntryId, EventKind, EventSubject, Fault, FaultCode, Owner, Permit, Pointer,
    rights::{Action, Target},
};
use diwan_store::WriteTx;

use super::trash::hold_department;
use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        authority::{permit, permit_on_entry},
        states::{EntryState, entry_state},
    },
};

impl Cms {
    /// Gives an entry to another department. What is public stays as it is, under its new owner.
    ///
    /// # Errors
    /// Not found or not allowed on either side; the department is not there or in the trash; a department cannot be
    /// transferred.
    pub async fn transfer(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        to: DepartmentId,
    ) -> Result<Outcome<EntryState>, CmsError> {
        self.verb(ctx, "transfer", Some(entry), || self.transfer_once(ctx, entry, to)).await
    }

    async fn transfer_once(
        &self,
        ctx: &WriteContext,
        entry: EntryId,
        to: DepartmentId,
    ) -> Result<Outcome<EntryState>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let (from, found) =
            permit_on_entry(self.registry(), &snapshot, &ctx.actor, Action::Transfer, entry, None).await?;
        let hierarchy = snapshot.hierarchy().await?;
        let collection = self.collection(found.collection.as_str())?;
        if collection.owner == Owner::Itself {
            return Err(CmsError::OwnsItself);
        }
        let receives = permit(
            &ctx.actor,
            Action::Transfer,
            Target::Entry(to, &found.collection),
            &hierarchy,
            Thing::Department(to),
        );
        if !hierarchy.contains(to) || receives.is_err() {
            let fault = Fault::new(Pointer::root().key("department"), FaultCode::UnknownTarget);
            return Err(CmsError::Faults(vec![fault.with("id", to.to_string())]));
        }
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = transfer_in(self, &mut tx, &from, entry, to).await;
        tx.end(outcome).await
    }
}

async fn transfer_in(
    cms: &Cms,
    tx: &mut WriteTx,
    from: &Permit,
    id: EntryId,
    to: DepartmentId,
) -> Result<EntryState, CmsError> {
    // Locks are taken in the order of ids.
    let department_first = EntryId(to.0) < id;
    if department_first {
        hold_department(tx, to).await?;
    }
    let entry = tx.lock_entry(id).await?.ok_or(CmsError::NotFound(Thing::Entry(id)))?;
    if !department_first {
        hold_department(tx, to).await?;
    }
    if entry.department == to {
        return Err(CmsError::Conflict(Conflict::SameDepartment));
    }
    if entry.department != from.department() {
        return Err(CmsError::Conflict(Conflict::Busy));
    }
    tx.set_department(from, id, to).await?;
    let subject = EventSubject { entry: Some(id), department: Some(to), ..EventSubject::default() };
    let event = tx.record(from, EventKind::Transferred, subject);
    cms.reown_publications(tx, from, id, to, event).await?;
    entry_state(tx, id).await
}
