//! What the frame and the routes tell one another about a request.

use std::net::{IpAddr, Ipv4Addr};

use diwan_content::{Language, rights::ActorRef};

use super::{client_address::ClientAddress, problem::ProblemCode};

/// What handlers know of the request around them.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    /// Its id.
    pub(crate) request_id: String,
    /// Language of messages.
    pub(crate) language: Language,
    /// Who asks, as limits count.
    pub(crate) client: ClientAddress,
}

impl Default for RequestInfo {
    fn default() -> Self {
        let client = ClientAddress::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Self { request_id: String::new(), language: Language::Ar, client }
    }
}

/// What a route tells the frame about its answer, for log and metrics.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handled {
    /// Prefix of the surface.
    pub(crate) prefix: &'static str,
    /// Template of the path.
    pub(crate) path: &'static str,
    /// Who asked.
    pub(crate) actor: Option<ActorRef>,
    /// What went wrong.
    pub(crate) code: Option<ProblemCode>,
    /// What went wrong inside.
    pub(crate) inner: Option<String>,
}
