//! What each client may ask beside plain pages.
//!
//! An entry by its path, id or collection without `include` is free. Any other read of content costs one unit, one more for
//! each condition, word or name in `include`, and one for each 32 KiB of its answer. The size is known only afterwards: an
//! answer may leave its client in debt, and the client's next such read is refused until the debt is paid.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use diwan_cms::ClientToken;
use diwan_content::rights::ActorRef;
use poem::http::header;

use super::{
    client_address::ClientAddress,
    problem::{Problem, ProblemCode},
};

/// What a client that asked nothing for a while may spend at once: the units of this time.
const BURST: Duration = Duration::from_secs(10);
/// The most that a client may owe, as the time in which it is paid back: what was answered at once may add up to more.
const DEBT_MAX: Duration = Duration::from_secs(10);
/// After this number of reads, clients that have their whole budget again are forgotten.
const FORGET_EVERY: u32 = 4_096;
/// Bytes of an answer that cost a unit.
const BYTES_PER_UNIT: usize = 32 * 1_024;

/// Who budgets belong to: the holder of a key, else an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// A key.
    Key(ActorRef),
    /// An address.
    Address(ClientAddress),
}

/// The budgets of all clients.
pub(crate) struct ClientBudgets {
    /// 0 for no budgets.
    units_per_second: u32,
    spent: Mutex<Spent>,
    /// Made at each start, so that a token means nothing elsewhere.
    tokens: RandomState,
}

#[derive(Default)]
struct Spent {
    /// When each client has its whole budget again; clients that have it already may be missing.
    whole_at: HashMap<Client, Instant>,
    reads: u32,
}

impl Client {
    /// Who asks, from where.
    pub(crate) fn new(actor: ActorRef, address: ClientAddress) -> Self {
        if actor == ActorRef::Anonymous { Self::Address(address) } else { Self::Key(actor) }
    }
}

impl ClientBudgets {
    /// Budgets of a number of units per second; none are kept for 0.
    pub(crate) fn new(units_per_second: u32) -> Self {
        Self { units_per_second, spent: Mutex::default(), tokens: RandomState::new() }
    }

    /// A number for a client, which tells nobody who that is.
    pub(crate) fn token_of(&self, client: Client) -> ClientToken {
        self.tokens.hash_one(client)
    }

    /// Takes units from a client's budget before a read.
    ///
    /// # Errors
    /// 429 with `Retry-After` when it has too few.
    pub(crate) fn spend(&self, client: Client, units: usize) -> Result<(), Problem> {
        let Some(price) = self.price(units.max(1)) else { return Ok(()) };
        let now = Instant::now();
        let mut spent = self.lock();
        spent.forget(now);
        let after = spent.of(client, now) + price.min(BURST);
        if after <= BURST {
            spent.whole_at.insert(client, now + after);
            return Ok(());
        }
        let seconds = (after - BURST).as_secs() + 1;
        Err(Problem::new(ProblemCode::TooManyRequests)
            .with("seconds", seconds)
            .header(header::RETRY_AFTER, &seconds.to_string()))
    }

    /// Takes what the size of an answer costs, if need be more than there is.
    pub(crate) fn charge_answer(&self, client: Client, bytes: usize) {
        let Some(price) = self.price(bytes / BYTES_PER_UNIT) else { return };
        let now = Instant::now();
        let mut spent = self.lock();
        let after = (spent.of(client, now) + price).min(BURST + DEBT_MAX);
        spent.whole_at.insert(client, now + after);
    }

    /// The time in which units are earned; `None` where they cost nothing.
    fn price(&self, units: usize) -> Option<Duration> {
        if self.units_per_second == 0 || units == 0 {
            return None;
        }
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        Some(Duration::from_secs(1).saturating_mul(units) / self.units_per_second)
    }

    fn lock(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    /// What a client has spent and not earned back.
    fn of(&self, client: Client, now: Instant) -> Duration {
        self.whole_at.get(&client).map_or(Duration::ZERO, |whole_at| whole_at.saturating_duration_since(now))
    }

    fn forget(&mut self, now: Instant) {
        self.reads = (self.reads + 1) % FORGET_EVERY;
        if self.reads == 0 {
            self.whole_at.retain(|_, whole_at| *whole_at > now);
            self.whole_at.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Client {
        Client::new(ActorRef::Anonymous, ClientAddress::new(address.parse().unwrap()))
    }

    #[test]
    fn each_client_has_a_budget_of_its_own() {
        let budgets = ClientBudgets::new(1);
        assert!(budgets.spend(from("192.0.2.1"), 10).is_ok());
        let refused = budgets.spend(from("192.0.2.1"), 10).unwrap_err();
        assert_eq!(refused.code, ProblemCode::TooManyRequests);
        assert!(budgets.spend(from("192.0.2.2"), 10).is_ok());
        assert!(
            budgets.spend(from("192.0.2.3"), 1_000).is_ok(),
            "what costs more than there ever is costs all there is"
        );
        assert!(ClientBudgets::new(0).spend(from("192.0.2.1"), usize::MAX).is_ok());
    }

    #[test]
    fn a_large_answer_is_paid_for_before_the_next_read() {
        let budgets = ClientBudgets::new(1);
        let seconds = |client: Client| match budgets.spend(client, 1) {
            Ok(()) => 0,
            Err(problem) => {
                let sent = problem.into_response(diwan_content::Language::En, "id");
                sent.headers()[header::RETRY_AFTER].to_str().unwrap().parse::<u64>().unwrap()
            }
        };
        let (modest, greedy) = (from("192.0.2.1"), from("192.0.2.2"));
        budgets.charge_answer(modest, 6 * BYTES_PER_UNIT);
        assert_eq!(seconds(modest), 0, "there is enough left");
        budgets.charge_answer(greedy, 12 * BYTES_PER_UNIT);
        // Two units are owed and one is asked for.
        assert!((2..=3).contains(&seconds(greedy)));
        budgets.charge_answer(greedy, usize::MAX);
        assert!((10..=11).contains(&seconds(greedy)), "a debt has a bound");
        let free = ClientBudgets::new(0);
        free.charge_answer(greedy, usize::MAX);
        assert!(free.spend(greedy, 1).is_ok());
    }

    #[test]
    fn clients_that_have_their_whole_budget_again_are_forgotten() {
        let budgets = ClientBudgets::new(1_000_000_000);
        assert!((0..FORGET_EVERY).all(|number| {
            let [.., third, fourth] = number.to_be_bytes();
            budgets.spend(from(&format!("10.0.{third}.{fourth}")), 1).is_ok()
        }));
        assert!(budgets.lock().whole_at.len() < 100);
    }
}
