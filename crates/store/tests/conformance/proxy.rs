//! A network to a PostgreSQL server that fails as it is told to.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What becomes of a `COMMIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtCommit {
    /// It is handed on, as is its answer.
    Pass,
    /// It is handed on; its answer is dropped and the connection closed.
    LoseAnswer,
    /// The same, and nobody else reaches the server after it either.
    LoseAnswerAndRefuse,
    /// It is dropped, and the connection closed.
    LoseRequest,
}

/// Hands bytes on between clients and the server.
pub(crate) struct Proxy {
    /// Where the database is reached through this.
    pub(crate) url: String,
    network: Arc<Network>,
}

struct Network {
    server: String,
    /// Counts silences: connections from before the last one hand on nothing.
    silences: watch::Sender<u64>,
    refuses: AtomicBool,
    at_commit: Mutex<AtCommit>,
}

impl Proxy {
    /// Listens for connections to the database of a URL.
    pub(crate) async fn before(url: &str) -> Self {
        let (user, rest) = url.split_once('@').unwrap();
        let (server, path) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{user}@{}/{path}", listener.local_addr().unwrap());
        let network = Arc::new(Network {
            server: server.to_owned(),
            silences: watch::Sender::new(0),
            refuses: AtomicBool::new(false),
            at_commit: Mutex::new(AtCommit::Pass),
        });
        let accepting = network.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if !accepting.refuses.load(Ordering::SeqCst) {
                    tokio::spawn(accepting.clone().connect(near));
                }
            }
        });
        Self { url, network }
    }

    /// From now on the connections that there are say nothing, and are not closed either.
    pub(crate) fn silence(&self) {
        self.network.silences.send_modify(|count| *count += 1);
    }

    /// Whether new connections are closed at once.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.network.refuses.store(refuses, Ordering::SeqCst);
    }

    /// What becomes of each `COMMIT` from now on.
    pub(crate) fn at_commit(&self, at_commit: AtCommit) {
        *self.network.at_commit.lock().unwrap() = at_commit;
    }
}

impl Network {
    async fn connect(self: Arc<Self>, near: TcpStream) {
        let mut silences = self.silences.subscribe();
        let Ok(far) = TcpStream::connect(&self.server).await else { return };
        let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
        let answers_lost = AtomicBool::new(false);
        let both = std::pin::pin!(async {
            tokio::select! {
                () = self.hand_on(near_read, far_write, &answers_lost) => {}
                () = self.hand_answers_on(far_read, near_write, &answers_lost) => {}
            }
        });
        tokio::select! {
            () = both => {}
            // The sockets stay open with the future that is left here.
            _ = silences.changed() => std::future::pending().await,
        }
    }

    async fn hand_on(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        answers_lost: &AtomicBool,
    ) {
        let mut bytes = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            let commits = bytes[..length].windows(6).any(|window| window == b"COMMIT");
            let at_commit = if commits { *self.at_commit.lock().unwrap() } else { AtCommit::Pass };
            match at_commit {
                AtCommit::LoseRequest => return,
                AtCommit::LoseAnswer | AtCommit::LoseAnswerAndRefuse => {
                    if at_commit == AtCommit::LoseAnswerAndRefuse {
                        self.refuses.store(true, Ordering::SeqCst);
                        self.silences.send_modify(|count| *count += 1);
                    }
                    answers_lost.store(true, Ordering::SeqCst);
                }
                AtCommit::Pass => {}
            }
            if to.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    }

    /// Ends before the first answer that is to be lost: the server has committed by then.
    async fn hand_answers_on(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        answers_lost: &AtomicBool,
    ) {
        let mut bytes = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            if answers_lost.load(Ordering::SeqCst) || to.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    }
}
