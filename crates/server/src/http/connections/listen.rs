//! The loop that takes connections: a bounded number, with deadlines for heads and answers, HTTP/1.1 (HTTP/2 and TLS end at a proxy).
//!
//! Poem's own server has no head deadline, no connection limit, and spins when accepting fails; its endpoints are served here by hyper.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::Stream;
use hyper::{
    body::{Body as HttpBody, Frame as BodyFrame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Addr, Body, Request, Response,
    http::{HeaderValue, Method, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use super::{Connection, Connections, Place, Work, deadlines::Patient, heads::StrictHeads};
use crate::{
    config::HttpLimits,
    http::{client_address::ClientAddress, frame::Frame},
    observe::metrics::ConnectionMetrics,
};

/// Longest request head in bytes, and most bytes read from a connection at once; hyper answers 431 beyond.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Time for the head of a request that is refused because the server is full.
const REFUSAL_TIME: Duration = Duration::from_secs(2);
/// Most headers of a request.
const MAX_HEADERS: usize = 100;
/// What the system may hold of an answer that its client does not read, in bytes; Linux counts its own needs on top, about
/// as much again. Left to itself it takes up to 4 MB for each connection, which no limit of this process sees. It is enough
/// for 60 MB a second to a proxy that answers within a millisecond.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// Pause after a failed accept, such as when no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Time for a connection to end that gives back its file descriptor.
const SHED_PAUSE: Duration = Duration::from_millis(2);

/// Serves until `stop` turns true, then lets running requests end within the shutdown time.
pub(crate) async fn serve(
    listener: TcpListener,
    frame: Arc<Frame>,
    limits: HttpLimits,
    metrics: ConnectionMetrics,
    mut stop: watch::Receiver<bool>,
) {
    let HttpLimits { max_connections, max_connections_per_address, first_byte_timeout, .. } = limits;
    let table = Connections::new(max_connections, max_connections_per_address, first_byte_timeout, metrics);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => break,
            Some(_ended) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                // Where file descriptors are used up, a connection of which nothing is lost gives its own back.
                if table.shed() {
                    tokio::time::sleep(SHED_PAUSE).await;
                } else {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        set_up(&socket);
        let is_proxy = frame.app().trusted_proxies.contains(peer.ip());
        let place = Arc::new(table.admit((!is_proxy).then(|| ClientAddress::new(peer.ip()))));
        let (frame, stop) = (frame.clone(), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = serve_connection(socket, peer, &place, frame, limits, stop) => {}
                () = place.connection.evicted() => tracing::debug!("a connection made room for others"),
            }
        });
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.shutdown_timeout, all_ended).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests were cut off at shutdown");
        connections.shutdown().await;
    }
}

/// Sends small answers at once, and lets the system hold no more of large ones than [`SEND_BUFFER_BYTES`]: what a client
/// does not read stays here, where its connection is counted and its answer made once.
fn set_up(socket: &TcpStream) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    if let Err(error) = rustix::net::sockopt::set_socket_send_buffer_size(socket, SEND_BUFFER_BYTES) {
        tracing::debug!(%error, "the system chooses how much of an answer it holds");
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
    place: &Arc<Place>,
    frame: Arc<Frame>,
    limits: HttpLimits,
    mut stop: watch::Receiver<bool>,
) {
    let refused = place.connection.refused;
    let (first_byte, head) =
        if refused { (REFUSAL_TIME, REFUSAL_TIME) } else { (limits.first_byte_timeout, limits.header_timeout) };
    // Connections that say nothing are most of a flood of them: they get less time than one that has begun to ask.
    tokio::select! {
        biased;
        first = tokio::time::timeout(first_byte, socket.readable()) => {
            if !matches!(first, Ok(Ok(()))) {
                return;
            }
        }
        () = stopped(&mut stop) => return,
    }
    let local = socket.local_addr().unwrap_or(peer);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (frame, place) = (frame.clone(), place.clone());
        async move {
            let addresses = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
            let request = Request::from((request, addresses.0, addresses.1, Scheme::HTTP));
            let (response, work) = answer(&frame, &place, peer, request).await;
            let response: hyper::Response<_> = response.into();
            // Bodies of unknown size are read from elsewhere piece by piece.
            let bytes = response.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
            work.answers(bytes.unwrap_or_default());
            Ok::<_, Infallible>(response.map(|body| Worked { body, _work: work }))
        }
    });
    let socket = Patient::new(socket, limits.write_timeout, |progress| place.writes(progress));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(StrictHeads::new(socket)), service);
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

/// Answers one request of a connection. The work ends when the answer is written or given up.
async fn answer(frame: &Frame, place: &Place, peer: SocketAddr, mut request: Request) -> (Response, Work) {
    let client = frame.client(peer.ip(), request.headers());
    let work = place.begin(client);
    // The end of such a body is not known to the check of heads.
    let is_last = work.is_last || request.headers().contains_key(header::TRANSFER_ENCODING);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let pieces = Box::pin(request.take_body().into_bytes_stream());
        request.set_body(Body::from_bytes_stream(Watched { pieces, connection: place.connection.clone() }));
    }
    let mut response = frame.answer(request, client, work.is_refused).await;
    if is_last {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    (response, work)
}

/// The pieces of a request's body; the connection counts as stalled while its client sends none.
struct Watched<S> {
    pieces: Pin<Box<S>>,
    connection: Arc<Connection>,
}

impl<S: Stream<Item = io::Result<Bytes>>> Stream for Watched<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let piece = self.pieces.as_mut().poll_next(context);
        match &piece {
            Poll::Pending => self.connection.stalls(),
            Poll::Ready(Some(Ok(bytes))) => self.connection.moves(bytes.len()),
            Poll::Ready(Some(Err(_)) | None) => self.connection.moves(0),
        }
        piece
    }
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        self.connection.moves(0);
    }
}

/// The body of an answer with the work that it ends.
struct Worked<B> {
    body: B,
    _work: Work,
}

impl<B: HttpBody + Unpin> HttpBody for Worked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Ends when the value turns true or its sender is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_system_holds_little_of_an_answer_that_nobody_reads() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        set_up(&socket);
        socket.writable().await.unwrap();
        let mut sent = 0;
        while let Ok(bytes) = socket.try_write(&[0; 16 * 1024]) {
            sent += bytes;
        }
        // What the client's side holds is its own affair; here that is this system too.
        let received = rustix::net::sockopt::socket_recv_buffer_size(&client).unwrap();
        assert!(sent > 0 && sent <= received + 4 * SEND_BUFFER_BYTES, "{sent} bytes beside {received}");
    }
}
