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
    use std::{io, time::Duration};

    use sea_orm::sqlx::{
        Error,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    };
    use tokio::{sync::watch, time::timeout};

    use super::{CHANNEL, Waker};
    use crate::connection::postgres::set_up;

    /// Pause before a lost connection is tried again; a follower's own poll covers the gap.
    const RETRY_AFTER: Duration = Duration::from_secs(1);
    /// Silence after which the connection is asked for a sign of life.
    const TEST_AFTER: Duration = Duration::from_secs(10);
    /// Time for connecting, and for the sign of life.
    const DEADLINE: Duration = Duration::from_secs(5);

    impl Waker {
        /// Wakes for commits of other processes too, over a connection of its own that is made again whenever it breaks.
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
        let mut listener = within(connect(url)).await?;
        within(listener.listen(CHANNEL)).await?;
        loop {
            // Also after connecting: something may have been told before.
            sender.send_modify(|count| *count = count.wrapping_add(1));
            loop {
                match timeout(TEST_AFTER, listener.try_recv()).await {
                    Ok(Ok(Some(_))) => break,
                    Ok(Ok(None)) => return Ok(()),
                    Ok(Err(error)) => return Err(error),
                    // A connection that fell silent looks like one on which nothing happens.
                    Err(_) => within(listener.listen(CHANNEL)).await?,
                }
            }
        }
    }

    async fn connect(url: &str) -> Result<PgListener, Error> {
        let options = set_up(url.parse::<PgConnectOptions>()?);
        PgListener::connect_with(&PgPoolOptions::new().max_connections(1).connect_lazy_with(options)).await
    }

    async fn within<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(DEADLINE, call).await.unwrap_or_else(|_| Err(Error::Io(io::ErrorKind::TimedOut.into())))
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
