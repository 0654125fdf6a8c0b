//! Writes what was gathered in memory because it may be lost, and forgets what is kept for a time only.

use std::{error::Error, time::Duration};

use super::{
    Stop,
    runner::{Follower, Pace, Step},
};
use crate::{cms::Cms, error::CmsError};

pub(super) struct Housekeeping;

impl Follower for Housekeeping {
    const NAME: &'static str = "housekeeping";
    const PACE: Pace = Pace { gather: None, poll: Duration::from_secs(5), pause_after_failure: Duration::from_secs(5) };

    async fn step(&mut self, cms: &Cms, _: &mut Stop) -> Result<Step, CmsError> {
        // One that fails does not keep the others from being done.
        warn(cms.flush_key_uses().await, "failed to write when keys were last used");
        warn(cms.flush_refusals().await, "failed to write what was refused");
        warn(cms.flush_search_log().await, "failed to write what was searched for");
        warn(cms.forget_old_searches().await, "failed to forget what was searched for");
        Ok(Step::Done)
    }
}

fn warn(done: Result<(), CmsError>, message: &'static str) {
    if let Err(error) = done {
        tracing::warn!(error = &error as &dyn Error, "{message}");
    }
}
