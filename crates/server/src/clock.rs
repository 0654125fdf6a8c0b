//! The one place that asks the system for the time and for new identities.

use diwan_content::{Clock, IdSource, Timestamp};
use uuid::Uuid;

/// The system's clock. One that stands before 1970 or behind the year 9999 is read as the nearest time between.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place with the real time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_unix_ms(ms).unwrap_or(Timestamp::MAX)
    }
}

/// UUIDs of version 7: new ones sort behind old ones.
#[derive(Debug, Clone, Copy)]
pub struct TimeOrderedIds;

impl IdSource for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "the one place with new identities")]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
