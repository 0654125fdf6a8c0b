//! What each client may ask of expensive reads. Pages, entries by id and lists without conditions are free.

use std::{
    hash::{BuildHasher as _, RandomState},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use diwan_cms::ClientToken;
use diwan_content::rights::ActorRef;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use poem::http::header;

use super::{client_address::ClientAddress, problem::Problem, problem_codes::ProblemCode};

/// Seconds of the rate that a client may use at once.
const BURST_SECONDS: u32 = 10;
/// After so many questions, clients that have their whole budget again are forgotten.
const FORGET_EVERY: u32 = 4_096;

/// Who a budget belongs to: the holder of a key, else an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Spender {
    /// A key.
    Key(ActorRef),
    /// An address.
    Address(ClientAddress),
}

/// The budgets of all clients.
pub(crate) struct ClientBudgets {
    limiter: Option<DefaultKeyedRateLimiter<Spender>>,
    most_at_once: NonZeroU32,
    asked: AtomicU32,
    /// Made anew at each start, so that a token means nothing elsewhere.
    tokens: RandomState,
}

impl Spender {
    /// Who asks, from where.
    pub(crate) fn new(actor: ActorRef, address: ClientAddress) -> Self {
        if actor == ActorRef::Anonymous { Self::Address(address) } else { Self::Key(actor) }
    }
}

impl ClientBudgets {
    /// Budgets of so many units a second; none are kept for 0.
    pub(crate) fn new(units_per_second: u32) -> Self {
        let most_at_once = NonZeroU32::new(units_per_second.saturating_mul(BURST_SECONDS)).unwrap_or(NonZeroU32::MAX);
        let rate = NonZeroU32::new(units_per_second);
        let limiter = rate.map(|rate| RateLimiter::keyed(Quota::per_second(rate).allow_burst(most_at_once)));
        Self { limiter, most_at_once, asked: AtomicU32::new(0), tokens: RandomState::new() }
    }

    /// A number for a client, which tells nobody who that is.
    pub(crate) fn token_of(&self, client: &Spender) -> ClientToken {
        self.tokens.hash_one(client)
    }

    /// Takes units from a client's budget.
    ///
    /// # Errors
    /// 429 with `Retry-After` when it has too few.
    pub(crate) fn spend(&self, client: &Spender, units: u32) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let units = NonZeroU32::new(units).unwrap_or(NonZeroU32::MIN).min(self.most_at_once);
        let wait = match limiter.check_key_n(client, units) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(until)) => until.wait_time_from(DefaultClock::default().now()),
            Err(_more_than_the_burst) => Duration::from_secs(BURST_SECONDS.into()),
        };
        let seconds = wait.as_secs() + 1;
        Err(Problem::new(ProblemCode::TooManyRequests)
            .with("seconds", seconds)
            .header(header::RETRY_AFTER, &seconds.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Spender {
        Spender::new(ActorRef::Anonymous, ClientAddress::new(address.parse().unwrap()))
    }

    #[test]
    fn each_client_has_a_budget_of_its_own() {
        let budgets = ClientBudgets::new(1);
        assert!(budgets.spend(&from("192.0.2.1"), 10).is_ok());
        let refused = budgets.spend(&from("192.0.2.1"), 10).unwrap_err();
        assert_eq!(refused.code, ProblemCode::TooManyRequests);
        assert!(budgets.spend(&from("192.0.2.2"), 10).is_ok());
        assert!(
            budgets.spend(&from("192.0.2.3"), 1_000).is_ok(),
            "what costs more than there ever is costs all there is"
        );
        assert!(ClientBudgets::new(0).spend(&from("192.0.2.1"), u32::MAX).is_ok());
    }
}
