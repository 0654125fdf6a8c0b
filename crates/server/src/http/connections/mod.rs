//! Which connections are open, and which of them must make room for others.
//!
//! A full server closes connections of which nothing is lost first: those that wait for a request. Then those whose clients
//! keep the server waiting in the middle of a request or of an answer. Waits add up, and only bytes at [`LOWEST_RATE`] make
//! up for them: a client that sends a byte every second is no better than one that sends none. `Yield` has the whole order.
//! Among connections of one kind, those of the address with the most connections are closed first. Where all are at work, a
//! newcomer is refused with 503 in one of a few places that are kept for refusing, and for answering whether the server
//! lives.

mod deadlines;
mod heads;
pub(crate) mod listen;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use self::deadlines::Progress;
use super::client_address::ClientAddress;
use crate::observe::metrics::ConnectionMetrics;

/// Connections beyond the limit that are open at once to be refused or to be told about health.
const MAX_REFUSALS: usize = 64;
/// The same of one client address.
const MAX_REFUSALS_PER_ADDRESS: usize = 8;
/// Time that every new connection gets for its first request, however many others want its place.
const GRACE: Duration = Duration::from_millis(100);
/// Bytes per second that a client must take or send to keep its place in a full server. The slowest mobile lines reach it
/// (GPRS has 4 to 5 KiB/s); to hold 1,024 places, an attacker must move 4 MiB/s. While there is room, slower clients are
/// served too.
const LOWEST_RATE: u64 = 4 * 1024;
/// One address may hold this part of the places; beyond it, its clients that keep a full server waiting are closed for
/// others whatever their rate.
const FAIR_PART: usize = 16;

/// Most bytes of answers that clients have not taken yet; then the answer that has waited longest is given up.
const MAX_UNREAD_BYTES: usize = 64 * 1024 * 1024;

/// The open connections of one listener.
pub(crate) struct Connections {
    max: usize,
    max_per_address: usize,
    /// How long a client may keep the server waiting within a request before it makes room for others.
    patience: Duration,
    table: Mutex<Table>,
    next_id: AtomicU64,
    /// Bytes of answers in memory that clients have not taken yet.
    unread: AtomicUsize,
    metrics: ConnectionMetrics,
}

#[derive(Default)]
struct Table {
    served: HashMap<u64, Arc<Connection>>,
    /// Served connections by client, and requests at work that trusted proxies passed on.
    counts: HashMap<ClientAddress, usize>,
    refused: VecDeque<Arc<Connection>>,
}

/// One open connection.
pub(crate) struct Connection {
    id: u64,
    /// Absent for a trusted proxy, whose connections carry many clients.
    address: Option<ClientAddress>,
    /// It is beyond the limit: everything but health is refused.
    pub(crate) refused: bool,
    opened: Instant,
    activity: Mutex<Activity>,
    evicted: Notify,
}

/// What a connection does.
struct Activity {
    /// A request was read and its answer is not written yet.
    busy: bool,
    answered: u64,
    /// Bytes of its answer that the client has not taken yet.
    unread: usize,
    /// Waits for the first or next request since then.
    idle_since: Instant,
    /// Waits for the rest of a body, or for its client to read, since then.
    stalled_since: Option<Instant>,
    /// Time of earlier waits within the request, less what its bytes take at [`LOWEST_RATE`].
    waited: Duration,
}

/// Why a connection makes room for others. The first kind is closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Yield {
    /// It waits for a request.
    Idle,
    /// Its client keeps the server waiting within a request, and is slower than [`LOWEST_RATE`].
    TooSlow,
    /// It was opened just now, and its first request is on the way.
    New,
    /// Its client keeps the server waiting within a request, and its address has more than its part of the places.
    Crowd,
}

/// A connection's place in the table, given back when dropped.
pub(crate) struct Place {
    connections: Arc<Connections>,
    /// The connection itself.
    pub(crate) connection: Arc<Connection>,
}

/// One request at work, until its answer is written or given up.
pub(crate) struct Work {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    /// The client whose request it is, where a proxy passed it on.
    counted: Option<ClientAddress>,
    /// Everything but health is refused.
    pub(crate) is_refused: bool,
    /// The connection should end with this answer, so that others get its place.
    pub(crate) is_last: bool,
}

impl Connections {
    /// None yet; at most `max` at once, and `max_per_address` of one client. A client that keeps the server waiting within a
    /// request for longer than `patience` may have to make room for others.
    pub(crate) fn new(max: usize, max_per_address: usize, patience: Duration, metrics: ConnectionMetrics) -> Arc<Self> {
        let (table, next_id, unread) = (Mutex::default(), AtomicU64::new(0), AtomicUsize::new(0));
        Arc::new(Self { max, max_per_address, patience, table, next_id, unread, metrics })
    }

    /// A place for a new connection; `None` as address for a trusted proxy. Another connection may be closed for it.
    pub(crate) fn admit(self: &Arc<Self>, address: Option<ClientAddress>) -> Place {
        let mut table = self.lock();
        let crowded = address.filter(|address| table.count(Some(*address)) >= self.max_per_address);
        let room = if crowded.is_some() || table.served.len() >= self.max {
            let victim = table.victim(crowded, self);
            victim.is_some_and(|id| table.evict(id, &self.metrics))
        } else {
            true
        };
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection::new(id, address, !room));
        if room {
            table.served.insert(id, connection.clone());
            if let Some(address) = address {
                *table.counts.entry(address).or_default() += 1;
            }
        } else {
            self.metrics.refused.inc();
            table.refuse(connection.clone());
        }
        drop(table);
        self.metrics.open.inc();
        Place { connections: self.clone(), connection }
    }

    /// Closes the connection that a newcomer would replace; false if there is none.
    pub(crate) fn shed(&self) -> bool {
        let mut table = self.lock();
        table.victim(None, self).is_some_and(|id| table.evict(id, &self.metrics))
    }

    /// Gives up answers that nobody takes, until the others fit.
    fn drop_unread(&self) {
        let mut table = self.lock();
        let now = Instant::now();
        while self.unread.load(Ordering::Relaxed) > MAX_UNREAD_BYTES {
            let waiting = table.served.values().filter_map(|connection| {
                let activity = connection.lock();
                Some((activity.stalled(now).filter(|_| activity.unread > 0)?, Reverse(connection.id)))
            });
            let Some(connection) = waiting.max().and_then(|(_, Reverse(id))| table.remove(id)) else { return };
            connection.evicted.notify_one();
            self.metrics.evicted.inc();
            self.forget_unread(&connection);
        }
    }

    fn forget_unread(&self, connection: &Connection) {
        let bytes = std::mem::take(&mut connection.lock().unread);
        self.unread.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn count(&self, address: Option<ClientAddress>) -> usize {
        address.and_then(|address| self.counts.get(&address)).copied().unwrap_or_default()
    }

    /// The connection that makes room, among those of one client if one is named.
    fn victim(&self, among: Option<ClientAddress>, limits: &Connections) -> Option<u64> {
        let now = Instant::now();
        let fair = (limits.max / FAIR_PART).max(1);
        let candidates = self.served.values().filter(|connection| among.is_none() || connection.address == among);
        let ranked = candidates.filter_map(|connection| {
            let count = self.count(connection.address);
            // A client whose own limit is reached takes no place of others.
            let is_crowd = among.is_none() && count > fair;
            let (kind, waited) = connection.lock().yields(now, limits.patience, is_crowd)?;
            Some(((kind, Reverse(count), Reverse(waited)), connection.id))
        });
        ranked.min().map(|(_, id)| id)
    }

    /// Keeps a place for refusing. None is taken from a connection that had no time yet to say what it wants; where there is
    /// none, the newcomer is closed.
    fn refuse(&mut self, newcomer: Arc<Connection>) {
        let of = |address| self.refused.iter().filter(|connection| connection.address == address).count();
        // A proxy has many clients.
        let crowded = newcomer.address.is_some() && of(newcomer.address) >= MAX_REFUSALS_PER_ADDRESS;
        if crowded || self.refused.len() >= MAX_REFUSALS {
            let now = Instant::now();
            let had_time = self.refused.iter().enumerate().filter(|(_, connection)| {
                now - connection.opened >= GRACE && (!crowded || connection.address == newcomer.address)
            });
            // The oldest of the address with the most.
            let victim = had_time.max_by_key(|(place, connection)| (of(connection.address), Reverse(*place)));
            let Some(victim) = victim.map(|(place, _)| place).and_then(|place| self.refused.remove(place)) else {
                newcomer.evicted.notify_one();
                return;
            };
            victim.evicted.notify_one();
        }
        self.refused.push_back(newcomer);
    }

    fn evict(&mut self, id: u64, metrics: &ConnectionMetrics) -> bool {
        let Some(connection) = self.remove(id) else { return false };
        connection.evicted.notify_one();
        metrics.evicted.inc();
        true
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Connection>> {
        let connection = self.served.remove(&id)?;
        if let Some(address) = connection.address {
            self.uncount(address);
        }
        Some(connection)
    }

    fn uncount(&mut self, client: ClientAddress) {
        if let Some(count) = self.counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&client);
            }
        }
    }
}

impl Connection {
    fn new(id: u64, address: Option<ClientAddress>, refused: bool) -> Self {
        let opened = Instant::now();
        let activity = Activity {
            busy: false,
            answered: 0,
            unread: 0,
            idle_since: opened,
            stalled_since: None,
            waited: Duration::ZERO,
        };
        Self { id, address, refused, opened, activity: Mutex::new(activity), evicted: Notify::new() }
    }

    /// Ends when the connection must make room for others.
    pub(crate) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// The client keeps the server waiting.
    pub(crate) fn stalls(&self) {
        self.lock().stalled_since.get_or_insert_with(Instant::now);
    }

    /// The client keeps the server waiting no longer, and moved this many bytes of the request or its answer.
    pub(crate) fn moves(&self, bytes: usize) {
        let mut activity = self.lock();
        if let Some(since) = activity.stalled_since.take() {
            activity.waited += since.elapsed();
        }
        let earned = Duration::from_micros((bytes as u64).saturating_mul(1_000_000) / LOWEST_RATE);
        activity.waited = activity.waited.saturating_sub(earned);
    }

    fn lock(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Activity {
    /// How long the client has kept the server waiting within the request beyond what its bytes take, if it does so now.
    fn stalled(&self, now: Instant) -> Option<Duration> {
        self.stalled_since.map(|since| self.waited + (now - since))
    }

    /// Why the connection would make room for others, and how long it has waited; `None` while it works.
    fn yields(&self, now: Instant, patience: Duration, is_crowd: bool) -> Option<(Yield, Duration)> {
        let Some(waited) = self.stalled(now) else {
            let waited = now - self.idle_since;
            let kind = if self.answered == 0 && waited < GRACE { Yield::New } else { Yield::Idle };
            return (!self.busy).then_some((kind, waited));
        };
        if waited >= patience { Some((Yield::TooSlow, waited)) } else { is_crowd.then_some((Yield::Crowd, waited)) }
    }
}

impl Place {
    /// How the writing of an answer goes on.
    pub(crate) fn writes(&self, progress: Progress) {
        match progress {
            Progress::Waits => self.connection.stalls(),
            Progress::Taken(bytes) => self.connection.moves(bytes),
            Progress::Flushed => self.connections.forget_unread(&self.connection),
        }
    }

    /// A request of a client was read.
    pub(crate) fn begin(&self, client: ClientAddress) -> Work {
        let mut table = self.connections.lock();
        let connection = self.connection.clone();
        let (max, max_per_address) = (self.connections.max, self.connections.max_per_address);
        let count = table.count(Some(connection.address.unwrap_or(client)));
        let mut is_refused = connection.refused;
        let mut counted = None;
        if connection.address.is_none() {
            // The connections of a proxy carry many clients: each request counts as a connection of its client.
            is_refused |= count >= max_per_address;
            if !is_refused {
                *table.counts.entry(client).or_default() += 1;
                counted = Some(client);
            }
        }
        let mut activity = connection.lock();
        activity.busy = true;
        activity.waited = Duration::ZERO;
        // It had its turn, and newcomers need places.
        let is_crowded = table.served.len() >= max || connection.address.is_some() && count >= max_per_address;
        let is_last = connection.refused || activity.answered > 0 && is_crowded;
        drop(activity);
        Work { connections: self.connections.clone(), connection, counted, is_refused, is_last }
    }
}

impl Work {
    /// The answer takes this many bytes of memory until the client has taken it.
    pub(crate) fn answers(&self, bytes: usize) {
        self.connection.lock().unread += bytes;
        if self.connections.unread.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_UNREAD_BYTES {
            self.connections.drop_unread();
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(client) = self.counted {
            self.connections.lock().uncount(client);
        }
        let mut activity = self.connection.lock();
        activity.busy = false;
        activity.answered += 1;
        activity.idle_since = Instant::now();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.connections.lock();
        if self.connection.refused {
            table.refused.retain(|connection| connection.id != self.connection.id);
        } else {
            table.remove(self.connection.id);
        }
        drop(table);
        self.connections.forget_unread(&self.connection);
        self.connections.metrics.open.dec();
    }
}
