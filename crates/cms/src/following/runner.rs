//! The one loop that all followers run in.

use std::{error::Error, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::Stop;
use crate::{cms::Cms, error::CmsError};

/// Something that is kept in step with the log. How far it has come it knows by itself, from where its result is kept, so
/// that result and mark are never at odds; an event that it sees twice changes nothing.
pub(crate) trait Follower: Send + 'static {
    /// Its name in logs.
    const NAME: &'static str;
    /// When it is woken.
    const PACE: Pace;

    /// Does the next piece of work, if there is any. After an error or a panic it is called again, and begins from its
    /// mark.
    fn step(&mut self, cms: &Cms, stop: &mut Stop) -> impl Future<Output = Result<Step, CmsError>> + Send;

    /// Comes back when there is work that no event tells of.
    fn wait_for_other_work(&mut self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Ends what it has running beside its steps.
    fn end(self) -> impl Future<Output = ()> + Send
    where
        Self: Sized,
    {
        std::future::ready(())
    }
}

/// When a follower is woken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// A commit wakes it, and what follows within this time is taken along; `None`: commits do not wake it.
    pub(crate) gather: Option<Duration>,
    /// It looks by itself so often: other processes may write too.
    pub(crate) poll: Duration,
    /// How long it waits after a failure.
    pub(crate) pause_after_failure: Duration,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// There was nothing to do.
    Nothing,
    /// All that there was.
    Done,
    /// There may be more to do at once.
    More,
}

/// The followers of a process.
pub struct Followers {
    cms: Cms,
    stop: watch::Sender<bool>,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
}

impl Followers {
    /// None yet.
    pub(super) fn new(cms: Cms) -> Self {
        Self { cms, stop: watch::channel(false).0, tasks: Vec::new() }
    }

    pub(super) fn start<F: Follower>(&mut self, follower: F) {
        self.tasks.push((F::NAME, tokio::spawn(run(follower, self.cms.clone(), self.stop.subscribe()))));
    }

    /// Lets each finish the piece of work at hand, or give it up where it is done again at the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for (follower, task) in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(follower, error = &error as &dyn Error, "a follower ended badly");
            }
        }
    }
}

async fn run<F: Follower>(mut follower: F, cms: Cms, mut stop: Stop) {
    let Pace { gather, poll, pause_after_failure } = F::PACE;
    let mut wake = cms.store().watch();
    while !is_stopped(&stop) {
        let stepped = AssertUnwindSafe(follower.step(&cms, &mut stop)).catch_unwind().await;
        match stepped.unwrap_or_else(|_| Err(CmsError::internal("a step ended in a panic"))) {
            Ok(Step::More) => continue,
            Ok(Step::Done | Step::Nothing) => {}
            Err(error) => {
                tracing::error!(
                    follower = F::NAME,
                    error = &error as &dyn Error,
                    "cannot follow the log; will try again"
                );
                let _ = timeout(pause_after_failure, stop.wait_for(|stop| *stop)).await;
                continue;
            }
        }
        tokio::select! {
            _ = wake.changed(), if gather.is_some() => sleep(gather.unwrap_or_default()).await,
            () = follower.wait_for_other_work() => {}
            () = sleep(poll) => {}
            _ = stop.changed() => {}
        }
    }
    follower.end().await;
}

/// Whether it is to end: it was told so, or nobody is left who could tell it. Without the second it would never wait again,
/// since a signal whose sender is gone is always ready.
fn is_stopped(stop: &Stop) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follower_that_nobody_can_stop_any_more_ends() {
        let (sender, stop) = watch::channel(false);
        assert!(!is_stopped(&stop));
        drop(sender);
        assert!(is_stopped(&stop));
        let (sender, stop) = watch::channel(false);
        sender.send_replace(true);
        assert!(is_stopped(&stop));
    }
}
