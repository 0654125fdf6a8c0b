//! The log as auditors read it, and the departments' hierarchy.

use diwan_content::{Actor, EntryId, Event, EventKind, Sequence, Timestamp, rights::Action};
use diwan_store::{Department, EventFilter, LeftOut, Refusal};
use uuid::Uuid;

use crate::{cms::Cms, error::CmsError, reads::check_size};

/// Which events a list shows.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Of this entry.
    pub entry: Option<EntryId>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// Before this one.
    pub before: Option<Sequence>,
    /// Size of a page, 1 to 100.
    pub size: Option<u32>,
}

/// A page of events.
#[derive(Debug, Clone)]
pub struct EventsPage {
    /// Events, the newest first.
    pub items: Vec<Event>,
    /// Name this as `before` for the next page; `None` at the end.
    pub next: Option<Sequence>,
    /// The page size in force.
    pub size: u32,
}

impl Cms {
    /// Events within the actor's scope, the newest first.
    ///
    /// # Errors
    /// Only for auditors; parameters that cannot be read.
    pub async fn events(&self, actor: &Actor, query: EventQuery) -> Result<EventsPage, CmsError> {
        let EventQuery { entry, kind, before, size } = query;
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let scope =
            actor.scope_for(Action::ReadEvents, &hierarchy).map_err(|_| CmsError::Forbidden(Action::ReadEvents))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let filter = EventFilter { entry, kind, actor: None };
        let mut items = snapshot.list_events(&scope, &filter, before, size + 1).await?;
        let more = items.len() > size as usize;
        items.truncate(size as usize);
        let next = items.last().filter(|_| more).map(|event| event.sequence);
        Ok(EventsPage { items, next, size })
    }

    /// Refusals, the newest first. They belong to no department, so only auditors of the whole ministry read them.
    ///
    /// # Errors
    /// Only for auditors of the ministry.
    pub async fn refusals(
        &self,
        actor: &Actor,
        before: Option<(Timestamp, Uuid)>,
        size: Option<u32>,
    ) -> Result<Vec<Refusal>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let ministry = diwan_content::DepartmentId::MINISTRY;
        actor.permit(Action::ReadEvents, ministry, &hierarchy).map_err(|_| CmsError::Forbidden(Action::ReadEvents))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        Ok(snapshot.list_refusals(before, size).await?)
    }

    /// How many refusals of the newest hundred hours with very many were only counted.
    ///
    /// # Errors
    /// Only for auditors of the ministry.
    pub async fn refusals_left_out(&self, actor: &Actor) -> Result<Vec<LeftOut>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let ministry = diwan_content::DepartmentId::MINISTRY;
        actor.permit(Action::ReadEvents, ministry, &hierarchy).map_err(|_| CmsError::Forbidden(Action::ReadEvents))?;
        Ok(snapshot.refusals_left_out(100).await?)
    }

    /// The departments' hierarchy for rights, as far as the actor may see into it.
    ///
    /// # Errors
    /// No right to read anywhere.
    pub async fn departments(&self, actor: &Actor) -> Result<Vec<Department>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let reads = actor.scope(&hierarchy);
        let makes = actor.scope_for(Action::CreateDepartment, &hierarchy);
        let ((Ok(scope), _) | (Err(_), Ok(scope))) = (reads, makes) else {
            return Err(CmsError::Forbidden(Action::Read));
        };
        let departments = snapshot.departments().await?;
        Ok(departments.into_iter().filter(|department| scope.contains(department.id)).collect())
    }

    /// The first event whose link in the chain does not hold; `None` when all do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_events(&self) -> Result<Option<diwan_store::BrokenChain>, CmsError> {
        Ok(self.store().snapshot().await?.verify_chain(Sequence(0)).await?)
    }
}
