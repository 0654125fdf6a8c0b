//! What poem can do at best: one handler, prepared bytes, no look at the request.

use std::net::SocketAddr;

use bytes::Bytes;
use poem::{
    EndpointExt as _, Response, Server, handler,
    http::{StatusCode, header},
    listener::{Acceptor as _, Listener as _, TcpListener},
    web::Data,
};
use tokio::task::JoinHandle;

use crate::client::Answer;

pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Prepared {
    status: StatusCode,
    content_type: Option<String>,
    etag: Option<String>,
    body: Bytes,
}

#[handler]
fn answer(Data(prepared): Data<&Prepared>) -> Response {
    let mut response = Response::builder().status(prepared.status);
    if let Some(content_type) = &prepared.content_type {
        response = response.header(header::CONTENT_TYPE, content_type);
    }
    if let Some(etag) = &prepared.etag {
        response = response.header(header::ETAG, etag);
    }
    response.body(prepared.body.clone())
}

impl Bare {
    pub(crate) async fn start(sample: Answer) -> Self {
        let Answer { status, content_type, etag, body } = sample;
        let status = StatusCode::from_u16(status).unwrap();
        let prepared = Prepared { status, content_type, etag, body: body.into() };
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
        let endpoint = answer.data(prepared);
        let task = tokio::spawn(async move { Server::new_with_acceptor(acceptor).run(endpoint).await.unwrap() });
        Self { address, task }
    }

    pub(crate) fn stop(self) {
        self.task.abort();
    }
}
