//! Expensive reads share few places, so that pages never wait for them: neither for a database connection nor for a processor.
//!
//! Clients take turns: a free place goes to the client that has waited longest for one, and the client goes to the end of the
//! line with its other reads. So a client that asks much delays its own reads, not those of others.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use diwan_search::SearchError;
use tokio::{runtime::Handle, sync::oneshot};
use tracing::Instrument as _;

use crate::{cms::Cms, error::CmsError, following::search::blocking, reads::search::log::ClientToken};

/// Reads that may wait for each place of a lane.
pub(crate) const WAITING_PER_PLACE: usize = 32;
/// How long a read waits for a place.
const WAIT: Duration = Duration::from_secs(5);

/// What one read may cost, and how many expensive ones run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Places of each lane: lists and answers with inclusions at once, as many lists that read much, and as many searches.
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

/// A few places for one kind of expensive read. Clones are the same lane.
#[derive(Debug, Clone)]
pub(crate) struct Lane(Arc<Mutex<Turns>>);

#[derive(Debug)]
struct Turns {
    free: usize,
    waiting_max: usize,
    /// The clients that wait, the next turn first; each with its reads in their order.
    clients: VecDeque<(ClientToken, VecDeque<Turn>)>,
}

/// Gives a read its place; the read has given up where nobody receives any more.
type Turn = oneshot::Sender<Place>;

/// A place in a lane. When it is dropped, the next read gets it.
#[derive(Debug)]
pub(crate) struct Place {
    lane: Lane,
}

impl Lane {
    /// A lane with a number of places, for each of which a number of reads may wait.
    pub(crate) fn new(places: NonZeroUsize, waiting_per_place: usize) -> Self {
        let waiting_max = places.get().saturating_mul(waiting_per_place);
        Self(Arc::new(Mutex::new(Turns { free: places.get(), waiting_max, clients: VecDeque::new() })))
    }

    /// Waits for a place. Hold no snapshot of the database meanwhile.
    ///
    /// # Errors
    /// [`CmsError::Overloaded`] after 5 s, and where too many reads wait already: a client may use the whole queue, but its
    /// newest read gives way to one of a client with fewer waiting reads.
    pub(crate) async fn enter(&self, client: ClientToken) -> Result<Place, CmsError> {
        let turn = {
            let mut turns = self.lock();
            if turns.free > 0 {
                turns.free -= 1;
                return Ok(Place { lane: self.clone() });
            }
            turns.wait(client).ok_or(CmsError::Overloaded)?
        };
        match tokio::time::timeout(WAIT, turn).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_displaced)) => Err(CmsError::Overloaded),
            Err(_elapsed) => Err(CmsError::Overloaded),
        }
    }

    /// Asks the index something in a place of the lane. A client that hangs up does not end the work, so the work keeps the
    /// place to its end.
    pub(crate) async fn ask_index<T: Send + 'static>(
        &self,
        client: ClientToken,
        question: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, CmsError> {
        let place = self.enter(client).await?;
        blocking(move || {
            let _place = place;
            question()
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Runs a read in this place, to its end: a client that hangs up does not end a statement that the database is working
    /// on. The read has a thread of its own, since what it makes of its rows keeps a processor busy without a pause.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        read: impl Future<Output = Result<T, CmsError>> + Send + 'static,
    ) -> Result<T, CmsError> {
        let (runtime, read) = (Handle::current(), read.in_current_span());
        let running = tokio::task::spawn_blocking(move || {
            let _place = self;
            runtime.block_on(read)
        });
        running.await.unwrap_or_else(|error| Err(CmsError::internal(error.to_string())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let next = self.lane.lock().next();
        if let Some(turn) = next {
            // A read that gives up at this moment leaves the place here, which is dropped again.
            let _ = turn.send(Self { lane: self.lane.clone() });
        }
    }
}

impl Cms {
    /// Runs a read that answers more than one plain page in a place of the lane for those, and to its end also if the caller
    /// gives up. Clients take turns. Hold no snapshot meanwhile. A list enters the lane by itself.
    ///
    /// # Errors
    /// [`CmsError::Overloaded`] if it gets no place in time.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        client: ClientToken,
        read: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, CmsError> {
        let place = self.parts().answer_lane.enter(client).await?;
        place.run(async move { Ok(read.await) }).await
    }
}

impl Turns {
    /// Puts a read of a client at the end of the client's reads; `None` where there is no room for it.
    fn wait(&mut self, client: ClientToken) -> Option<oneshot::Receiver<Place>> {
        if self.waiting() >= self.waiting_max {
            self.forget_given_up();
        }
        if self.waiting() >= self.waiting_max {
            self.displace_for(client)?;
        }
        let (turn, receiver) = oneshot::channel();
        match self.clients.iter_mut().find(|(waiting, _)| *waiting == client) {
            Some((_, reads)) => reads.push_back(turn),
            None => self.clients.push_back((client, VecDeque::from([turn]))),
        }
        Some(receiver)
    }

    fn waiting(&self) -> usize {
        self.clients.iter().map(|(_, reads)| reads.len()).sum()
    }

    fn forget_given_up(&mut self) {
        for (_, reads) in &mut self.clients {
            reads.retain(|turn| !turn.is_closed());
        }
        self.clients.retain(|(_, reads)| !reads.is_empty());
    }

    /// Refuses the newest read of the client that has the most, if it then still has no fewer than this client.
    fn displace_for(&mut self, client: ClientToken) -> Option<()> {
        let own = self.clients.iter().find(|(waiting, _)| *waiting == client).map_or(0, |(_, reads)| reads.len());
        let (_, most) = self.clients.iter_mut().max_by_key(|(_, reads)| reads.len())?;
        if most.len() <= own + 1 {
            return None;
        }
        most.pop_back();
        Some(())
    }

    /// The read whose turn it is; without one the place is free.
    fn next(&mut self) -> Option<Turn> {
        while let Some((client, mut reads)) = self.clients.pop_front() {
            let next = reads.pop_front();
            if !reads.is_empty() {
                self.clients.push_back((client, reads));
            }
            if let Some(turn) = next.filter(|turn| !turn.is_closed()) {
                return Some(turn);
            }
        }
        self.free += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        sync::mpsc,
        task::{Context, Poll, Waker},
    };

    use super::*;

    type Entering<'a> = Pin<Box<dyn Future<Output = Result<Place, CmsError>> + 'a>>;

    const GREEDY: ClientToken = 1;
    const MODEST: ClientToken = 2;

    fn lane(waiting: usize) -> Lane {
        Lane::new(NonZeroUsize::MIN, waiting)
    }

    fn poll<T>(future: &mut Pin<Box<dyn Future<Output = T> + '_>>) -> Poll<T> {
        future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    /// A read that waits, or has its place or its refusal already.
    fn waits(lane: &Lane, client: ClientToken) -> Entering<'_> {
        Box::pin(lane.enter(client))
    }

    fn is_refused(entering: &mut Entering<'_>) -> bool {
        matches!(poll(entering), Poll::Ready(Err(CmsError::Overloaded)))
    }

    #[tokio::test]
    async fn a_read_that_finds_the_queue_full_is_refused_at_once() {
        let lane = lane(0);
        let place = lane.enter(GREEDY).await.unwrap();
        assert!(matches!(lane.enter(MODEST).await, Err(CmsError::Overloaded)));
        drop(place);
        assert!(lane.enter(MODEST).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_gets_no_place_in_time_is_refused_and_leaves_the_queue() {
        let lane = lane(1);
        let place = lane.enter(GREEDY).await.unwrap();
        assert!(matches!(lane.enter(MODEST).await, Err(CmsError::Overloaded)));
        let mut next = waits(&lane, MODEST);
        assert!(poll(&mut next).is_pending(), "the read that gave up takes no room");
        drop(place);
        assert!(next.await.is_ok());
    }

    #[tokio::test]
    async fn clients_take_turns_however_many_reads_each_has() {
        let lane = lane(10);
        let mut place = lane.enter(GREEDY).await.unwrap();
        let clients = [GREEDY, GREEDY, GREEDY, MODEST, GREEDY];
        let mut waiting: Vec<_> = clients.iter().map(|client| waits(&lane, *client)).collect();
        assert!(waiting.iter_mut().all(|entering| poll(entering).is_pending()));
        let mut order = Vec::new();
        while order.len() < clients.len() {
            drop(place);
            let served = |(number, entering): (usize, &mut Entering<'_>)| match poll(entering) {
                Poll::Ready(place) => Some((number, place.unwrap())),
                Poll::Pending => None,
            };
            let mut unserved = waiting.iter_mut().enumerate().filter(|(number, _)| !order.contains(number));
            let (number, next) = unserved.find_map(served).unwrap();
            order.push(number);
            place = next;
        }
        assert_eq!(order, [0, 3, 1, 2, 4]);
    }

    #[tokio::test]
    async fn a_client_that_fills_the_queue_gives_way_to_others_as_far_as_they_have_fewer_reads() {
        let lane = lane(4);
        let _place = lane.enter(GREEDY).await.unwrap();
        let mut greedy: Vec<_> = (0..4).map(|_| waits(&lane, GREEDY)).collect();
        assert!(greedy.iter_mut().all(|entering| poll(entering).is_pending()));
        assert!(is_refused(&mut waits(&lane, GREEDY)));
        let mut modest: Vec<_> = (0..3).map(|_| waits(&lane, MODEST)).collect();
        assert_eq!(modest.iter_mut().map(is_refused).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(greedy.iter_mut().map(is_refused).collect::<Vec<_>>(), [false, false, true, true]);
    }

    #[tokio::test]
    async fn a_search_whose_client_hangs_up_keeps_its_place_until_it_ends() {
        let lane = lane(0);
        let ((begun, begins), (end, ends)) = (mpsc::channel(), mpsc::channel::<()>());
        let mut search: Pin<Box<dyn Future<Output = _>>> = Box::pin(lane.ask_index(GREEDY, move || {
            begun.send(()).unwrap();
            ends.recv().map_err(|_| SearchError::NotReady)
        }));
        assert!(poll(&mut search).is_pending());
        begins.recv().unwrap();
        drop(search);
        assert!(matches!(lane.enter(MODEST).await, Err(CmsError::Overloaded)));
        end.send(()).unwrap();
        freed(&lane).await;
    }

    #[tokio::test]
    async fn a_list_whose_client_hangs_up_keeps_its_place_until_it_ends() {
        let lane = lane(0);
        let (end, ends) = oneshot::channel::<()>();
        let place = lane.enter(GREEDY).await.unwrap();
        let list = place.run(async { ends.await.map_err(|_| CmsError::Overloaded) });
        let mut list: Pin<Box<dyn Future<Output = _>>> = Box::pin(list);
        assert!(poll(&mut list).is_pending());
        drop(list);
        assert!(matches!(lane.enter(MODEST).await, Err(CmsError::Overloaded)));
        end.send(()).unwrap();
        freed(&lane).await;
    }

    /// Until there is a place again.
    async fn freed(lane: &Lane) {
        let until = async {
            while lane.enter(MODEST).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), until).await.unwrap();
    }
}
