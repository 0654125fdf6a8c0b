//! Records of refusals. How many of one actor are recorded one by one is bounded: a key that is refused all day must not fill
//! the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use diwan_content::{EntryId, Timestamp, rights::ActorRef};
use diwan_store::{LeftOut, Refusal};

use crate::{cms::Cms, error::CmsError};

/// Most refusals of unknown ones that are kept in memory between two writes.
const MAX_GATHERED_REFUSALS: usize = 10_000;
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

impl Cms {
    /// Records that something was refused to a known actor; of very many in an hour some, and the number of the others.
    /// What cannot be recorded is logged: the refusal stands.
    pub async fn record_refusal(
        &self,
        actor: ActorRef,
        action: &str,
        entry: Option<EntryId>,
        code: &str,
        request_id: Option<&str>,
    ) {
        let at = self.now();
        if !self.parts().refusal_budgets.may_record(actor, at) {
            return;
        }
        let refusal = Refusal {
            id: self.parts().ids.next_id(),
            at,
            actor,
            action: action.to_owned(),
            entry,
            code: code.to_owned(),
            request_id: request_id.unwrap_or_default().to_owned(),
        };
        if let Err(error) = self.store().record_refusal(refusal).await {
            tracing::error!(error = &error as &dyn std::error::Error, action, code, "failed to record a refusal");
        }
    }

    /// Records that something was refused to somebody unknown: gathered in memory, counted per minute, written in batches,
    /// so that a flood of refusals is no flood of commits. What does not fit is dropped.
    pub fn record_anonymous_refusal(&self, action: &str, code: &str) {
        let mut gathered = self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if gathered.len() < MAX_GATHERED_REFUSALS {
            gathered.push(Refusal {
                id: self.parts().ids.next_id(),
                at: self.now(),
                actor: ActorRef::Anonymous,
                action: action.to_owned(),
                entry: None,
                code: code.to_owned(),
                request_id: String::new(),
            });
        }
    }

    /// Writes what was refused to unknown ones since the last time, and how many other refusals were left out. What could not
    /// be written waits for the next time, as far as there is room; a commit of which nobody knows may count twice.
    pub(crate) async fn flush_refusals(&self) -> Result<(), CmsError> {
        let left_out = self.parts().refusal_budgets.take_left_out();
        if !left_out.is_empty()
            && let Err(error) = self.store().count_left_out(&left_out).await
        {
            self.parts().refusal_budgets.put_back(&left_out);
            return Err(error.into());
        }
        let gathered =
            std::mem::take(&mut *self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner));
        if gathered.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store().record_refusals(&gathered).await {
            let mut since = self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner);
            put_back(&mut since, gathered);
            return Err(error.into());
        }
        Ok(())
    }
}

/// Puts refusals that could not be written before those that were gathered since, as far as there is room.
fn put_back(since: &mut Vec<Refusal>, gathered: Vec<Refusal>) {
    let room = MAX_GATHERED_REFUSALS.saturating_sub(since.len());
    since.splice(0..0, gathered.into_iter().take(room));
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

    #[test]
    fn refusals_that_could_not_be_written_wait_as_far_as_there_is_room() {
        let refusal = |number: usize| Refusal {
            id: Uuid::from_u128(number as u128),
            at: Timestamp::from_unix_ms(0).expect("a time"),
            actor: ActorRef::Anonymous,
            action: "read".to_owned(),
            entry: None,
            code: "forbidden".to_owned(),
            request_id: String::new(),
        };
        let mut since = vec![refusal(0)];
        put_back(&mut since, (1..4).map(refusal).collect());
        let ids: Vec<u128> = since.iter().map(|refusal| refusal.id.as_u128()).collect();
        assert_eq!(ids, [1, 2, 3, 0]);
        put_back(&mut since, (0..MAX_GATHERED_REFUSALS).map(refusal).collect());
        assert_eq!(since.len(), MAX_GATHERED_REFUSALS);
    }
}
