//! Expensive reads share few places, so that pages never wait for them: neither for a database connection nor for a processor.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::CmsError;

/// Reads that may wait for each place of a lane; more are refused at once.
pub(crate) const WAITING_PER_PLACE: usize = 32;
/// How long a read waits for a place.
const WAIT: Duration = Duration::from_secs(5);

/// What one read may cost, and how many expensive ones run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Expensive lists at once, and as many searches.
    pub places: NonZeroUsize,
    /// What one list may cost in all: one for each key that is read, about twenty for each entry of 8 KiB that is looked at.
    pub list_cost_max: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let places = NonZeroUsize::new(processors / 2).unwrap_or(NonZeroUsize::MIN);
        Self { places, list_cost_max: 300_000 }
    }
}

/// A few places for one kind of expensive read, first come, first served.
#[derive(Debug)]
pub(crate) struct Lane {
    places: Arc<Semaphore>,
    /// Places and those who wait for one.
    queue: Arc<Semaphore>,
}

/// A place in a lane; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    _queue: OwnedSemaphorePermit,
}

impl Lane {
    /// A lane with a number of places, for each of which a number of reads may wait.
    pub(crate) fn new(places: NonZeroUsize, waiting_per_place: usize) -> Self {
        let queue = places.get().saturating_mul(waiting_per_place + 1).min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(places.get())), queue: Arc::new(Semaphore::new(queue)) }
    }

    /// Waits for a place. Hold no snapshot of the database meanwhile.
    pub(crate) async fn enter(&self) -> Result<Place, CmsError> {
        let queue = self.queue.clone().try_acquire_owned().map_err(|_full| CmsError::Overloaded)?;
        let place = tokio::time::timeout(WAIT, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_elapsed| CmsError::Overloaded)?.map_err(|_closed| CmsError::Overloaded)?;
        Ok(Place { _place: place, _queue: queue })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_read_that_finds_the_queue_full_is_refused_at_once() {
        let lane = Lane::new(NonZeroUsize::MIN, 0);
        let place = lane.enter().await.unwrap();
        assert!(matches!(lane.enter().await, Err(CmsError::Overloaded)));
        drop(place);
        assert!(lane.enter().await.is_ok());
    }
}
