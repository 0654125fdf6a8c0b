//! The processor time of this thread, which other work on the machine does not lengthen.

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Time that this thread has run on a processor; elapsed time where the system does not report that.
pub(crate) fn time() -> Duration {
    let elapsed = BEGUN.elapsed();
    let reported = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = reported.as_deref().and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or(elapsed, Duration::from_nanos)
}
