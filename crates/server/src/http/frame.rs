//! What surrounds every request: id, language, panics, problems for what the framework refuses, headers, CORS, log line, metrics.

use std::{
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use diwan_content::Expected;
use futures_util::FutureExt as _;
use poem::{
    Endpoint, Request, Response, Route as PoemRoute,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
};

use tracing::Instrument as _;

use super::{
    app::App,
    call::{Handled, RequestInfo, poem_routes},
    client_address::{ClientAddress, is_forwarded, is_near},
    cors,
    language::message_language,
    problem::{Problem, ProblemCode},
    request_id::{REQUEST_ID, request_id},
    route::{Surface, fits, named_segments},
};

/// Longest request target in bytes: the longest public path with every byte encoded, a cursor and a query fit.
const MAX_TARGET_BYTES: usize = 16 * 1024;
/// Path of the route that tells whether the process runs.
pub(crate) const LIVE_PATH: &str = "/livez";
/// Path of the route that tells whether requests can be answered.
pub(crate) const READY_PATH: &str = "/readyz";
/// Headers of every answer: nothing here is a page that others may frame, sniff or script.
const SECURITY_HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// The outermost endpoint.
pub(crate) struct Frame {
    app: Arc<App>,
    routes: Arc<PoemRoute>,
    /// All routes, for `Allow`.
    surfaces: Vec<Surface>,
    /// It was logged that a proxy passes requests on that is not trusted.
    saw_unknown_proxy: AtomicBool,
}

impl Frame {
    /// Around poem's router over surfaces.
    pub(crate) fn new(app: Arc<App>, surfaces: Vec<Surface>) -> Self {
        let routes = Arc::new(poem_routes(&app, &surfaces));
        Self { app, routes, surfaces, saw_unknown_proxy: AtomicBool::new(false) }
    }

    /// What all requests share.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Who sent a request that came from `peer`, as limits count.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let trusted = &self.app.trusted_proxies;
        if is_near(peer)
            && is_forwarded(headers)
            && !trusted.contains(peer)
            && !self.saw_unknown_proxy.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "a proxy passes requests on, but http.trusted_proxies does not name it: limits per address see it as one client"
            );
        }
        ClientAddress::of_request(peer, headers, trusted)
    }

    /// Answers one request of a client; never fails. Where the server is full, everything but health is refused.
    pub(crate) async fn answer(&self, mut request: Request, client: ClientAddress, is_refused: bool) -> Response {
        let started = Instant::now();
        let _running = self.app.metrics.request_started();
        let info = RequestInfo {
            request_id: request_id(request.headers(), self.app.ids.as_ref()),
            language: message_language(request.headers()),
            client,
        };
        request.extensions_mut().insert(info.clone());
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let origin: HeaderMap =
            request.headers().get(header::ORIGIN).map(|value| (header::ORIGIN, value.clone())).into_iter().collect();

        // What is logged on the way carries the request's id and route.
        let span = tracing::info_span!("request", request.id = info.request_id, http.route = tracing::field::Empty);
        let mut response = match self.early(&request, &info, is_refused) {
            Some(response) => response,
            None => self.dispatch(request, &path, &info).instrument(span).await,
        };
        let headers = response.headers_mut();
        cors::add_headers(&path, &self.app.management_origins, &origin, headers);
        if method == Method::OPTIONS {
            cors::add_preflight_headers(headers);
        }
        for (name, value) in SECURITY_HEADERS {
            headers.entry(name).or_insert(value);
        }
        if let Ok(value) = HeaderValue::from_str(&info.request_id) {
            headers.insert(REQUEST_ID, value);
        }
        self.tell(&method, &response, &info, started);
        response
    }

    /// What needs no route.
    fn early(&self, request: &Request, info: &RequestInfo, is_refused: bool) -> Option<Response> {
        if is_refused && !is_health(request.uri().path()) {
            return Some(Problem::overloaded().into_response(info.language, &info.request_id));
        }
        let target = request.uri().path().len() + request.uri().query().map_or(0, str::len);
        if target > MAX_TARGET_BYTES {
            let problem = Problem::new(ProblemCode::UriTooLong).with("max_bytes", MAX_TARGET_BYTES);
            return Some(problem.into_response(info.language, &info.request_id));
        }
        // RFC 9112, 3.2: proxies before this server must not disagree with it about the host.
        let hosts = request.headers().get_all(header::HOST).iter().count();
        if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
            return Some(Problem::parameter("Host", Expected::Once).into_response(info.language, &info.request_id));
        }
        if request.method() != Method::OPTIONS {
            return None;
        }
        let allowed = self.allowed_methods(request.uri().path())?;
        Some(Response::builder().status(StatusCode::NO_CONTENT).header(header::ALLOW, allowed).finish())
    }

    async fn dispatch(&self, request: Request, path: &str, info: &RequestInfo) -> Response {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let routes = self.routes.clone();
        let work = AssertUnwindSafe(async move { routes.call(request).await }).catch_unwind();
        // A write goes on when its client hangs up: what follows its commit must not be lost half way.
        let result = if reads {
            work.await
        } else {
            tokio::spawn(work.in_current_span()).await.unwrap_or_else(|error| Err(Box::new(error)))
        };
        let status = match result {
            Ok(Ok(response)) if is_ours(&response) => return response,
            Ok(Ok(response)) => response.status(),
            Ok(Err(error)) => error.status(),
            Err(_panic) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut problem = match status {
            StatusCode::NOT_FOUND => Problem::nowhere(path),
            status => Problem::new(ProblemCode::of_status(status)),
        };
        if let Some(allowed) = self.allowed_methods(path).filter(|_| status == StatusCode::METHOD_NOT_ALLOWED) {
            problem = problem.header(header::ALLOW, &allowed).with("allowed", allowed);
        }
        if status.is_server_error() {
            problem = problem.because("a handler panicked or the framework failed");
        }
        let (code, inner) = (Some(problem.code), problem.inner().map(str::to_owned));
        let mut response = problem.into_response(info.language, &info.request_id);
        response.extensions_mut().insert(Handled { code, inner, ..Handled::default() });
        response
    }

    /// What may be asked of a path: like the router, the routes that name most of it themselves.
    fn allowed_methods(&self, path: &str) -> Option<String> {
        let (mut names, mut most): (Vec<String>, usize) = (Vec::new(), 0);
        for Surface { gate: _, prefix, routes } in &self.surfaces {
            let Some(rest) = path.strip_prefix(prefix) else { continue };
            for route in routes.iter().filter(|route| fits(route.path, rest)) {
                let named = named_segments(prefix) + named_segments(route.path);
                if named > most {
                    names.clear();
                    most = named;
                }
                if named < most {
                    continue;
                }
                names.push(route.method.to_string());
                if route.is_read() {
                    names.push("HEAD".to_owned());
                }
            }
        }
        if names.is_empty() {
            return None;
        }
        names.push("OPTIONS".to_owned());
        Some(names.join(", "))
    }

    /// One log line and one count a request; no bodies, tokens or personal data.
    #[expect(clippy::cast_precision_loss, reason = "a request takes less than 2^53 microseconds")]
    fn tell(&self, method: &Method, response: &Response, info: &RequestInfo, started: Instant) {
        let handled = response.extensions().get::<Handled>().cloned().unwrap_or_default();
        let template = if handled.path.is_empty() {
            "unmatched".to_owned()
        } else {
            format!("{}{}", handled.prefix, handled.path)
        };
        let (status, elapsed) = (response.status().as_u16(), started.elapsed());
        self.app.metrics.request_done(method, &template, status, elapsed);
        let elapsed_ms = elapsed.as_micros() as f64 / 1_000.0;
        let Handled { actor, code, inner, prefix: _, path: _ } = handled;
        // It lasts until somebody acts.
        let is_damage = code == Some(ProblemCode::DatabaseDamaged);
        let (actor, code, id) = (actor.map(|actor| actor.to_string()), code.map(ProblemCode::as_str), &info.request_id);
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(http.method = %method, http.route = template, http.status = status, elapsed_ms, request.id = id, actor, code, reason = inner, "request")
            };
        }
        match (status, template.as_str()) {
            (503, _) if is_damage => tell!(error),
            (503, _) => tell!(warn),
            (500.., _) => tell!(error),
            (_, template) if is_health(template) => tell!(debug),
            (_, _) => tell!(info),
        }
    }
}

/// Whether a path is one of those that are answered also where everything else is refused.
fn is_health(path: &str) -> bool {
    path == LIVE_PATH || path == READY_PATH
}

/// Whether a response was made by a handler of ours; the framework's own refusals have no problem in them.
fn is_ours(response: &Response) -> bool {
    response.extensions().get::<Handled>().is_some()
}
