//! What `/metrics` shows, in the text form of OpenMetrics.

use std::time::Duration;

use poem::http::Method;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::logging::LOST_LINES;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

/// Counters of one server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<RouteLabels, Histogram>,
    running: Gauge,
    /// What became of connections.
    pub(crate) connections: ConnectionMetrics,
    index_lag: Gauge,
    last_sequence: Gauge,
}

/// What is counted about connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionMetrics {
    /// Open connections.
    pub(crate) open: Gauge,
    /// Connections closed to make room for others.
    pub(crate) evicted: Counter,
    /// Connections refused because all others were at work.
    pub(crate) refused: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// Counts a request as running until it is dropped.
pub(crate) struct Running(Gauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("diwan");
        let requests = Family::<RequestLabels, Counter>::default();
        let latency = Family::<RouteLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let (running, index_lag, last_sequence) = (Gauge::default(), Gauge::default(), Gauge::default());
        let connections = ConnectionMetrics::default();
        registry.register("http_requests", "requests by method, route and status", requests.clone());
        registry.register("http_request_seconds", "time to answer by route", latency.clone());
        registry.register("http_requests_running", "requests being answered", running.clone());
        registry.register("http_connections", "open connections", connections.open.clone());
        let (evicted, refused) = (connections.evicted.clone(), connections.refused.clone());
        registry.register("http_connections_evicted", "connections closed to make room for others", evicted);
        registry.register("http_connections_refused", "connections refused while all others were at work", refused);
        registry.register("index_lag_events", "events of the log that search has not seen", index_lag.clone());
        registry.register("last_sequence", "last event of the log", last_sequence.clone());
        registry.register("log_lines_lost", "lines of the log that standard error did not take", LOST_LINES.clone());
        Self { registry, requests, latency, running, connections, index_lag, last_sequence }
    }

    /// A request began.
    pub(crate) fn request_started(&self) -> Running {
        self.running.inc();
        Running(self.running.clone())
    }

    /// A request was answered. Methods beyond the known ones count as one, so that labels stay few.
    pub(crate) fn request_done(&self, method: &Method, route: &str, status: u16, elapsed: Duration) {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS].contains(method);
        let method = if known { method.to_string() } else { "other".to_owned() };
        self.requests.get_or_create(&RequestLabels { method, route: route.to_owned(), status }).inc();
        self.latency.get_or_create(&RouteLabels { route: route.to_owned() }).observe(elapsed.as_secs_f64());
    }

    /// The text, with the marks of the log as they are now.
    pub(crate) fn text(&self, last_sequence: i64, search_mark: i64) -> String {
        self.last_sequence.set(last_sequence);
        self.index_lag.set((last_sequence - search_mark).max(0));
        let mut text = String::new();
        // Writing to a string cannot fail; an unlikely formatter error shows as a short text.
        if encode(&mut text, &self.registry).is_err() {
            text.push_str("# EOF\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let metrics = Metrics::new();
        let running = metrics.request_started();
        metrics.request_done(&Method::GET, "/v1/search", 200, Duration::from_millis(3));
        metrics.request_done(&Method::from_bytes(b"BREW").unwrap(), "unmatched", 404, Duration::ZERO);
        let text = metrics.text(7, 5);
        for line in [
            "diwan_http_requests_total{method=\"GET\",route=\"/v1/search\",status=\"200\"} 1",
            "diwan_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"} 1",
            "diwan_http_requests_running 1",
            "diwan_index_lag_events 2",
            "diwan_last_sequence 7",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        drop(running);
        assert!(metrics.text(7, 7).contains("diwan_http_requests_running 0\n"));
    }
}
