//! Which connections are open, and which of them must make room for others.
//!
//! A full server closes connections of which nothing is lost first: those that wait for a request, of the address with the
//! most of them, the longest waiting first. Then those whose clients keep the server waiting in the middle of a request or of
//! an answer. Where all are at work, a newcomer is refused with 503 in one of a few places that are kept for refusing, and for
//! answering whether the server lives.

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

use prometheus_client::metrics::{counter::Counter, gauge::Gauge};
use tokio::{sync::Notify, time::Instant};

use super::{client_address::ClientAddress, deadlines::Progress};

/// Connections beyond the limit that are open at once to be refused or to be told about health.
const MAX_REFUSALS: usize = 64;

/// Most bytes of answers that clients have not taken yet; then the answer that has waited longest is given up.
const MAX_UNREAD_BYTES: usize = 64 * 1024 * 1024;

/// What is counted about connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionMetrics {
    /// Open connections.
    pub(crate) open: Gauge,
    /// Connections closed to make room for others.
    pub(crate) evicted: Counter,
    /// Connections refused because all others were at work.
    pub(crate) refused: Counter,
}

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
            let victim = table.victim(crowded, self.patience);
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
            if table.refused.len() >= MAX_REFUSALS {
                // The oldest had its time.
                table.refused.pop_front().inspect(|oldest| oldest.evicted.notify_one());
            }
            table.refused.push_back(connection.clone());
        }
        drop(table);
        self.metrics.open.inc();
        Place { connections: self.clone(), connection }
    }

    /// Closes the connection that a newcomer would replace; false if there is none.
    pub(crate) fn shed(&self) -> bool {
        let mut table = self.lock();
        table.victim(None, self.patience).is_some_and(|id| table.evict(id, &self.metrics))
    }

    /// Gives up answers that nobody takes, until the others fit.
    fn drop_unread(&self) {
        let mut table = self.lock();
        while self.unread.load(Ordering::Relaxed) > MAX_UNREAD_BYTES {
            let waiting = table.served.values().filter_map(|connection| {
                let activity = connection.lock();
                Some((activity.stalled_since.filter(|_| activity.unread > 0)?, connection.id))
            });
            let Some(connection) = waiting.min().and_then(|(_, id)| table.remove(id)) else { return };
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
    fn victim(&self, among: Option<ClientAddress>, patience: Duration) -> Option<u64> {
        let now = Instant::now();
        let candidates = self.served.values().filter(|connection| among.is_none() || connection.address == among);
        let ranked = candidates.filter_map(|connection| {
            let (stalled, since) = connection.lock().waits_since(now, patience)?;
            Some(((stalled, Reverse(self.count(connection.address)), since), connection.id))
        });
        ranked.min().map(|(_, id)| id)
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
        let activity =
            Activity { busy: false, answered: 0, unread: 0, idle_since: Instant::now(), stalled_since: None };
        Self { id, address, refused, activity: Mutex::new(activity), evicted: Notify::new() }
    }

    /// Ends when the connection must make room for others.
    pub(crate) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// The client keeps the server waiting, or no longer.
    pub(crate) fn stalls(&self, stalls: bool) {
        let since = &mut self.lock().stalled_since;
        match stalls {
            true if since.is_none() => *since = Some(Instant::now()),
            true => {}
            false => *since = None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Activity {
    /// Whether it waits for its client in the middle of something, and since when it waits. `None` while it works.
    fn waits_since(&self, now: Instant, patience: Duration) -> Option<(bool, Instant)> {
        match self.stalled_since {
            Some(since) => (now - since >= patience).then_some((true, since)),
            None => (!self.busy).then_some((false, self.idle_since)),
        }
    }
}

impl Place {
    /// How the writing of an answer goes on.
    pub(crate) fn writes(&self, progress: Progress) {
        match progress {
            Progress::Waits => self.connection.stalls(true),
            Progress::GoesOn => self.connection.stalls(false),
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
