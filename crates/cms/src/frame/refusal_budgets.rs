//! How many refusals of one actor are recorded one by one: a key that is refused all day must not fill the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use diwan_content::{Timestamp, rights::ActorRef};
use diwan_store::LeftOut;

/// Refusals of one actor in an hour that are recorded, the first ones. Of more, every one whose number is a power of two.
const RECORDED_MAX: u64 = 100;
/// Actors that are remembered at a time; they are known ones, so there are hardly ever more.
const ACTORS_MAX: usize = 10_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// What was refused to whom in the current hour.
#[derive(Debug, Default)]
pub(crate) struct RefusalBudgets(Mutex<HashMap<ActorRef, Hourly>>);

#[derive(Debug)]
struct Hourly {
    began_at: Timestamp,
    refused: u64,
    left_out: u64,
}

impl RefusalBudgets {
    /// Whether a refusal is recorded by itself; otherwise it is counted.
    pub(crate) fn may_record(&self, actor: ActorRef, at: Timestamp) -> bool {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = |at: Timestamp| at.unix_ms().div_euclid(HOUR_MS);
        let known = actors.get(&actor).is_some_and(|known| hour(known.began_at) == hour(at) || known.left_out > 0);
        if !known && actors.len() >= ACTORS_MAX {
            actors.retain(|_, known| known.left_out > 0);
        }
        let hourly = actors.entry(actor).or_insert(Hourly { began_at: at, refused: 0, left_out: 0 });
        if hour(hourly.began_at) != hour(at) {
            // What was left out and not written yet counts for the new hour: minutes at most.
            *hourly = Hourly { began_at: at, refused: 0, left_out: hourly.left_out };
        }
        hourly.refused += 1;
        let recorded = hourly.refused <= RECORDED_MAX || hourly.refused.is_power_of_two();
        hourly.left_out += u64::from(!recorded);
        recorded
    }

    /// Counts again what was taken and could not be written.
    pub(crate) fn put_back(&self, taken: &[LeftOut]) {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for LeftOut { at, actor, refusals } in taken {
            let hourly = actors.entry(*actor).or_insert(Hourly { began_at: *at, refused: 0, left_out: 0 });
            hourly.left_out = hourly.left_out.saturating_add(*refusals);
        }
    }

    /// What was only counted since the last time.
    pub(crate) fn take_left_out(&self) -> Vec<LeftOut> {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = actors.iter_mut().filter(|(_, hourly)| hourly.left_out > 0);
        counted
            .map(|(actor, hourly)| LeftOut {
                at: hourly.began_at,
                actor: *actor,
                refusals: std::mem::take(&mut hourly.left_out),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use diwan_content::KeyId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_many_refusals_some_are_recorded_and_all_are_counted() {
        let budgets = RefusalBudgets::default();
        let actor = |number| ActorRef::Key(KeyId(Uuid::from_u128(number)));
        let at = |ms| Timestamp::from_unix_ms(ms).expect("a time");
        let recorded = (0..10_000).filter(|ms| budgets.may_record(actor(1), at(*ms))).count();
        // The first hundred, and 128, 256 … 8,192.
        assert_eq!(recorded, 107);
        assert!(budgets.may_record(actor(2), at(0)), "another actor has a budget of its own");
        let left_out = budgets.take_left_out();
        assert_eq!(left_out, [LeftOut { at: at(0), actor: actor(1), refusals: 10_000 - 107 }]);
        assert_eq!(budgets.take_left_out(), []);
        budgets.put_back(&left_out);
        assert_eq!(budgets.take_left_out(), left_out, "what could not be written waits");
        assert!(budgets.may_record(actor(1), at(HOUR_MS)), "a new hour");
        assert!(budgets.may_record(actor(1), at(HOUR_MS + 1)));
    }
}
