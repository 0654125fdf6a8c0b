//! Memory for the bodies of requests and for uploads: one budget for all connections, of which no client gets more than its
//! share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::http::{budgets::Client, problem::Problem};

/// A client gets at most one part of the budget in so many; but always enough for the largest body.
const SHARES: usize = 4;
/// Bodies up to this size are also taken where larger ones have used up the budget: a reserve of a quarter is kept for them.
const SMALL_BYTES: usize = 64 * 1024;

/// What an upload takes until it ends: what was read from its connection and is not written to disk yet.
const UPLOAD_BYTES: usize = 256 * 1024;

/// Bytes that the bodies of requests may take in memory.
pub(crate) struct BodyBudget {
    total: usize,
    share: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    total: usize,
    by_client: HashMap<Client, usize>,
}

/// The memory of one body, given back when dropped.
pub(crate) struct BodyHold {
    budget: Arc<BodyBudget>,
    client: Client,
    bytes: usize,
}

impl BodyBudget {
    /// Of `total` bytes; at least one body of `max_body_bytes` fits.
    pub(crate) fn new(total: usize, max_body_bytes: usize) -> Arc<Self> {
        let total = total.max(max_body_bytes);
        Arc::new(Self { total, share: (total / SHARES).max(max_body_bytes), held: Mutex::default() })
    }

    /// Nothing yet, for one body.
    pub(crate) fn hold(self: &Arc<Self>, client: Client) -> BodyHold {
        BodyHold { budget: self.clone(), client, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BodyHold {
    /// Holds this many bytes in all; 503 where they are more than the budget or the share of the client has left.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let more = bytes.saturating_sub(self.bytes);
        if more == 0 {
            return Ok(());
        }
        let mut held = self.budget.lock();
        let reserve = if bytes <= SMALL_BYTES { self.budget.total / 4 } else { 0 };
        let mine = held.by_client.get(&self.client).copied().unwrap_or_default() + more;
        if mine > self.budget.share || held.total + more > self.budget.total + reserve {
            return Err(Problem::overloaded().because("the memory for request bodies is used up"));
        }
        held.total += more;
        held.by_client.insert(self.client, mine);
        self.bytes = bytes;
        Ok(())
    }

    /// Holds what an upload takes while it runs; 503 as above. Where a share is less, one upload of a client fits.
    pub(crate) fn grow_for_upload(&mut self) -> Result<(), Problem> {
        self.grow_to(UPLOAD_BYTES.min(self.budget.share))
    }
}

impl Drop for BodyHold {
    fn drop(&mut self) {
        let mut held = self.budget.lock();
        held.total -= self.bytes;
        if let Some(mine) = held.by_client.get_mut(&self.client) {
            *mine -= self.bytes;
            if *mine == 0 {
                held.by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::rights::ActorRef;

    use super::*;
    use crate::http::client_address::ClientAddress;

    const KB: usize = 1024;

    fn client(last: u8) -> Client {
        Client::new(ActorRef::Anonymous, ClientAddress::new([203, 0, 113, last].into()))
    }

    #[test]
    fn nobody_gets_more_than_a_share_and_all_together_no_more_than_the_budget() {
        let budget = BodyBudget::new(4_000 * KB, 500 * KB);
        let mut holds: Vec<BodyHold> = (0..6).map(|at| budget.hold(client(at / 2))).collect();
        assert!(holds[0].grow_to(600 * KB).is_ok() && holds[1].grow_to(400 * KB).is_ok());
        assert!(holds[1].grow_to(401 * KB).is_err(), "the share is used up");
        for hold in &mut holds[2..] {
            assert!(hold.grow_to(500 * KB).is_ok());
        }
        let mut last: Vec<BodyHold> = (3..6).map(|at| budget.hold(client(at))).collect();
        assert!(last[0].grow_to(1_000 * KB).is_ok());
        assert!(last[1].grow_to(100 * KB).is_err(), "the budget is used up");
        assert!(last[1].grow_to(60 * KB).is_ok(), "a reserve is left for small bodies");
        drop(holds);
        assert!(last[1].grow_to(1_000 * KB).is_ok());
        drop(last);
        let held = budget.lock();
        assert!(held.total == 0 && held.by_client.is_empty());
    }

    #[test]
    fn the_largest_body_always_fits() {
        let budget = BodyBudget::new(1, 8 * KB);
        assert!(budget.hold(client(1)).grow_to(8 * KB).is_ok());
    }
}
