//! The loop that takes connections: a bounded number, with deadlines for heads and answers, HTTP/1.1 (HTTP/2 and TLS end at a proxy).
//!
//! Poem's own server has no head deadline, no connection limit, and spins when accepting fails; its endpoints are served here by hyper.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Addr, Request,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::{deadlines::Patient, frame::Frame};
use crate::config::HttpLimits;

/// Longest request head in bytes; hyper answers 431 beyond.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Most headers of a request.
const MAX_HEADERS: usize = 100;
/// Pause after a failed accept, such as when no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves until `stop` turns true, then lets running requests end within the shutdown time.
pub(crate) async fn serve(
    listener: TcpListener,
    frame: Arc<Frame>,
    limits: HttpLimits,
    gauge: Gauge,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => break,
            Some(_ended) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((socket, peer, place)) = accepted else { continue };
        let (frame, gauge, stop) = (frame.clone(), gauge.clone(), stop.clone());
        connections.spawn(async move {
            gauge.add(1);
            serve_connection(socket, peer, frame, limits, stop).await;
            gauge.add(-1);
            drop(place);
        });
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.shutdown_timeout, all_ended).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests were cut off at shutdown");
        connections.shutdown().await;
    }
}

/// Counts open connections.
#[derive(Clone)]
pub(crate) struct Gauge(pub(crate) prometheus_client::metrics::gauge::Gauge);

impl Gauge {
    fn add(&self, count: i64) {
        self.0.inc_by(count);
    }
}

/// One connection with its place; `None` after a failure that was waited out.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.expect("the semaphore is never closed");
    match listener.accept().await {
        Ok((socket, peer)) => {
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            Some((socket, peer, place))
        }
        Err(error) if is_of_one_connection(&error) => None,
        Err(error) => {
            tracing::warn!(%error, "failed to accept a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    [
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::Interrupted,
    ]
    .contains(&error.kind())
}

async fn serve_connection(
    socket: TcpStream,
    peer: SocketAddr,
    frame: Arc<Frame>,
    limits: HttpLimits,
    mut stop: watch::Receiver<bool>,
) {
    let local = socket.local_addr().unwrap_or(peer);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let frame = frame.clone();
        async move {
            let addresses = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
            let request = Request::from((request, addresses.0, addresses.1, Scheme::HTTP));
            let response: hyper::Response<_> = frame.answer(request).await.into();
            Ok::<_, Infallible>(response)
        }
    });
    let io = TokioIo::new(Patient::new(socket, limits.write_timeout));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ends when the value turns true or its sender is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
