//! Wakes followers of the event log.

use tokio::sync::watch;
#[cfg(feature = "postgres")]
use tokio::task::JoinHandle;

/// On which PostgreSQL channel a commit with events is told.
pub(crate) const CHANNEL: &str = "diwan_events";

/// Is marked changed after every commit with events. Waking too often is allowed, so a follower asks the log each time.
#[derive(Debug, Clone)]
pub struct Watch {
    receiver: watch::Receiver<u64>,
}

/// The side that wakes.
#[derive(Debug)]
pub(crate) struct Waker {
    sender: watch::Sender<u64>,
    #[cfg(feature = "postgres")]
    listener: Option<JoinHandle<()>>,
}

impl Watch {
    /// Waits for the next commit with events; answers at once when there was one since the last call.
    /// `false` when the store is gone and there will be none.
    pub async fn changed(&mut self) -> bool {
        self.receiver.changed().await.is_ok()
    }
}

impl Waker {
    /// Wakes for commits of this process.
    pub(crate) fn local() -> Self {
        Self {
            sender: watch::Sender::new(0),
            #[cfg(feature = "postgres")]
            listener: None,
        }
    }

    pub(crate) fn wake(&self) {
        self.sender.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch { receiver: self.sender.subscribe() }
    }

    /// Ends the task that listens to others.
    pub(crate) fn stop(&self) {
        #[cfg(feature = "postgres")]
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

impl Drop for Waker {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(feature = "postgres")]
mod listening {
    use std::time::Duration;

    use sea_orm::sqlx::{Error, postgres::PgListener};
    use tokio::sync::watch;

    use super::{CHANNEL, Waker};

    /// Pause before a lost connection is tried again; a follower's own poll covers the gap.
    const RETRY_AFTER: Duration = Duration::from_secs(1);

    impl Waker {
        /// Wakes for commits of other processes too, over a connection of its own that is made anew whenever it breaks.
        pub(crate) fn listening(url: &str) -> Self {
            let sender = watch::Sender::new(0);
            let listener = tokio::spawn(listen_for_ever(url.to_owned(), sender.clone()));
            Self { sender, listener: Some(listener) }
        }
    }

    async fn listen_for_ever(url: String, sender: watch::Sender<u64>) {
        loop {
            if let Err(error) = listen(&url, &sender).await {
                tracing::warn!(error.kind = %kind(&error), "lost the connection that tells of other replicas' commits");
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    async fn listen(url: &str, sender: &watch::Sender<u64>) -> Result<(), Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        loop {
            // Also after connecting: something may have been told before.
            sender.send_modify(|count| *count = count.wrapping_add(1));
            if listener.try_recv().await?.is_none() {
                return Ok(());
            }
        }
    }

    /// Without the driver's text, which may hold the address.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an open set: only the likely ones are told apart")]
    fn kind(error: &Error) -> &'static str {
        match error {
            Error::Io(_) => "io",
            Error::Tls(_) => "tls",
            Error::Database(_) => "database",
            _ => "other",
        }
    }
}
