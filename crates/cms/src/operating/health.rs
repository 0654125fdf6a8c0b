//! What an operator must know while the server runs: whether changes are taken, and whether the clock can be believed.
//!
//! Looked at every two seconds by a task of its own, so that asking for it costs nothing and never waits.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use diwan_content::Timestamp;
use tokio::{task::JoinHandle, time::timeout};

use crate::{cms::Cms, error::CmsError, operating::disk::is_full};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// A database that is not free for so long is being written to.
const WRITERS_BUSY: Duration = Duration::from_millis(500);
/// Difference beyond which a clock is not believed; clocks of servers that are kept in step differ far less.
const CLOCK_TOLERANCE_MS: i64 = 60_000;

/// How the installation is, as it was found last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// What takes no changes: `database`, `assets`, or the `disk` of the data folder, which is full.
    pub read_only: Option<&'static str>,
    /// The database says that it is damaged.
    pub damaged: bool,
    /// What is wrong with the clock.
    pub clock: ClockState,
}

/// Whether the clock can be believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClockState {
    /// As far as anybody can tell.
    #[default]
    Ok,
    /// It is before the newest event: that was written with a clock that was ahead, or this one is wrong now. New events
    /// get the newest event's time.
    BehindLog {
        /// By how much.
        seconds: i64,
    },
    /// It was set while the server ran.
    Jumped {
        /// By how much; negative for backwards.
        seconds: i64,
    },
}

/// The last findings.
#[derive(Debug, Default)]
pub(crate) struct LastHealth {
    found: Mutex<Health>,
    /// Why there is no index that answers.
    search: Mutex<Option<String>>,
}

/// The task that looks. Ends when dropped.
#[derive(Debug)]
pub struct HealthWatch(JoinHandle<()>);

impl Drop for HealthWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The clock and the time that has passed, at one look.
#[derive(Debug, Clone, Copy)]
struct ClockReading {
    clock: Timestamp,
    passed: Instant,
}

impl Cms {
    /// How the installation was found last; sound before the first look.
    pub fn health(&self) -> Health {
        self.parts().health.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the search index can be neither made nor checked; `None` while one answers, or as long as nothing has failed.
    pub fn search_failure(&self) -> Option<String> {
        self.parts().health.search.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_search_failure(&self, failure: Option<String>) {
        *self.parts().health.search.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// Looks once, and then again and again until the watch is dropped.
    pub async fn watch_health(&self) -> HealthWatch {
        let mut reading = ClockReading { clock: self.now(), passed: Instant::now() };
        self.look(&mut reading).await;
        let cms = self.clone();
        HealthWatch(tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                cms.look(&mut reading).await;
            }
        }))
    }

    async fn look(&self, reading: &mut ClockReading) {
        let now = ClockReading { clock: self.now(), passed: Instant::now() };
        let jump_ms = jump_ms(*reading, now);
        *reading = now;
        let before = self.health();
        let store = async { self.store().check_writable().await.map_err(CmsError::from) };
        let written = timeout(WRITERS_BUSY, store).await.unwrap_or(Ok(()));
        let newest = self.last_event_at().await;
        let is_damage = |error: Option<&CmsError>| matches!(error, Some(CmsError::Damaged { .. }));
        let health = Health {
            read_only: self.read_only(&written).await,
            damaged: is_damage(written.as_ref().err()) || is_damage(newest.as_ref().err()),
            clock: clock_state(before.clock, now.clock, newest.ok(), jump_ms),
        };
        if health != before {
            tell(&before, &health);
            *self.parts().health.found.lock().unwrap_or_else(PoisonError::into_inner) = health;
        }
    }

    async fn read_only(&self, database: &Result<(), CmsError>) -> Option<&'static str> {
        let assets = self.parts().blobs.check_writable().await.map_err(CmsError::from);
        let folder = self.parts().data_dir.clone();
        // A disk that does not answer holds up nobody else.
        let is_full = tokio::task::spawn_blocking(move || is_full(&folder)).await.unwrap_or(false);
        read_only(database, assets, is_full)
    }

    async fn last_event_at(&self) -> Result<Timestamp, CmsError> {
        Ok(self.store().snapshot().await?.last_event_at().await?)
    }

    /// The time that a look back means. The newest event may bear a time that the clock has not reached: who asks for the
    /// last minute then means what is public now.
    pub(crate) async fn moment_meant(&self, at: Timestamp) -> Result<Timestamp, CmsError> {
        let newest = self.last_event_at().await?;
        let recent = at.unix_ms() + CLOCK_TOLERANCE_MS >= self.now().unix_ms();
        Ok(if recent && newest > self.now() { newest } else { at })
    }
}

/// What takes no changes, of what was tried. Only what is certain: a database that does not answer shows in each call to it.
fn read_only(
    database: &Result<(), CmsError>,
    assets: Result<(), CmsError>,
    disk_is_full: bool,
) -> Option<&'static str> {
    match (database, assets) {
        (Err(CmsError::ReadOnly { part, .. }), _) => Some(part),
        (Err(CmsError::NoSpace), _) | (_, Err(CmsError::NoSpace)) => Some("disk"),
        // Any other hindrance lasts until an operator acts.
        (_, Err(_)) => Some("assets"),
        (_, Ok(())) => disk_is_full.then_some("disk"),
    }
}

fn clock_state(before: ClockState, clock: Timestamp, newest: Option<Timestamp>, jump_ms: i64) -> ClockState {
    let behind_ms = newest.map_or(0, |newest| newest.unix_ms() - clock.unix_ms());
    if behind_ms > CLOCK_TOLERANCE_MS {
        return ClockState::BehindLog { seconds: behind_ms / 1_000 };
    }
    match (jump_ms.abs() > CLOCK_TOLERANCE_MS, before) {
        (true, _) => ClockState::Jumped { seconds: jump_ms / 1_000 },
        // Until the next start, so that it is seen.
        (false, ClockState::Jumped { seconds }) => ClockState::Jumped { seconds },
        (false, ClockState::Ok | ClockState::BehindLog { .. }) => ClockState::Ok,
    }
}

/// By how much the clock was set between two readings.
fn jump_ms(first: ClockReading, second: ClockReading) -> i64 {
    let passed = i64::try_from(second.passed.duration_since(first.passed).as_millis()).unwrap_or(i64::MAX);
    second.clock.unix_ms() - first.clock.unix_ms() - passed
}

fn tell(before: &Health, now: &Health) {
    if let Some(part) = now.read_only.filter(|_| before.read_only != now.read_only) {
        tracing::error!(part, "nothing can be written: only reads are answered");
    }
    if before.read_only.is_some() && now.read_only.is_none() {
        tracing::info!("changes are taken again");
    }
    if now.damaged && !before.damaged {
        tracing::error!("the database is damaged: stop the server and restore a backup");
    }
    match now.clock {
        ClockState::Ok => {}
        ClockState::BehindLog { seconds } => {
            if !matches!(before.clock, ClockState::BehindLog { .. }) {
                tracing::warn!(seconds, "the clock is behind the newest event, whose time new events get");
            }
        }
        ClockState::Jumped { seconds } => {
            if before.clock != now.clock {
                tracing::warn!(seconds, "the clock was set while the server runs");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_takes_no_changes() {
        let read_only_assets = || Err(CmsError::ReadOnly { part: "assets", source: None });
        assert_eq!(read_only(&Ok(()), Ok(()), false), None);
        assert_eq!(read_only(&Ok(()), Ok(()), true), Some("disk"));
        assert_eq!(read_only(&Ok(()), Err(CmsError::NoSpace), false), Some("disk"));
        assert_eq!(read_only(&Ok(()), read_only_assets(), true), Some("assets"));
        let database = CmsError::ReadOnly { part: "database", source: None };
        assert_eq!(read_only(&Err(database), Ok(()), true), Some("database"));
    }

    #[test]
    fn a_clock_that_was_set_is_told_from_time_that_passed() {
        let began = Instant::now();
        let reading = |clock_ms, passed_ms| ClockReading {
            clock: Timestamp::from_unix_ms(clock_ms).expect("a time"),
            passed: began + Duration::from_millis(passed_ms),
        };
        assert_eq!(jump_ms(reading(1_000, 0), reading(3_000, 2_000)), 0);
        assert_eq!(jump_ms(reading(1_000, 0), reading(90_003_000, 2_000)), 90_000_000);
        assert_eq!(jump_ms(reading(90_003_000, 0), reading(1_000, 10)), -90_002_010);
    }
}
