//! What all requests share, and how routes are put together.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock, atomic::AtomicBool},
};

use crate::{
    config::{Config, HttpLimits, TrustedNetworks},
    delivery,
    http::{
        body_budget::BodyBudget,
        budgets::ClientBudgets,
        frame::Frame,
        surface::{Gate, Surface},
    },
    management,
    observe::{health, metrics::Metrics},
    openapi::{self, Documents},
    pages,
};
use diwan_cms::Cms;
use diwan_content::IdSource;

/// What all requests share.
pub(crate) struct App {
    /// The system.
    pub(crate) cms: Cms,
    /// Ids of requests.
    pub(crate) ids: Arc<dyn IdSource>,
    /// Bounds of requests.
    pub(crate) limits: HttpLimits,
    /// Memory for bodies of requests.
    pub(crate) body_budget: Arc<BodyBudget>,
    /// Largest upload in bytes.
    pub(crate) max_upload_bytes: u64,
    /// Where uploads may be spooled.
    pub(crate) data_folder: PathBuf,
    /// Networks of proxies whose word on the client's address is taken.
    pub(crate) trusted_proxies: TrustedNetworks,
    /// The server is about to stop: it is no longer ready.
    pub(crate) is_ending: AtomicBool,
    /// Origins whose pages may call the management API.
    pub(crate) management_origins: Vec<String>,
    documents: OnceLock<Documents>,
    /// What each client may ask of expensive reads.
    pub(crate) client_budgets: ClientBudgets,
    /// Counters.
    pub(crate) metrics: Metrics,
}

impl App {
    /// For an open installation.
    pub(crate) fn new(cms: Cms, ids: Arc<dyn IdSource>, config: &Config) -> Arc<Self> {
        Arc::new(Self {
            ids,
            limits: config.http,
            body_budget: BodyBudget::new(config.http.body_memory_bytes, config.http.max_body_bytes),
            max_upload_bytes: config.max_upload_bytes,
            data_folder: config.data.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            is_ending: AtomicBool::new(false),
            management_origins: config.management_origins.clone(),
            documents: OnceLock::new(),
            client_budgets: ClientBudgets::new(config.reads.client_units_per_second),
            metrics: Metrics::new(),
            cms,
        })
    }

    /// The OpenAPI documents, written when somebody asks for the first time.
    pub(crate) fn documents(&self) -> &Documents {
        self.documents.get_or_init(|| Documents::new(self.cms.registry()))
    }
}

/// The APIs, their documents and the routes of operation. Metrics are here, for keys, unless they have an address of their own.
pub(crate) fn main_frame(app: &Arc<App>, with_metrics: bool) -> Frame {
    let mut surfaces = vec![
        Surface { gate: Gate::Open, prefix: "", routes: health::LIVE_ROUTES },
        Surface { gate: Gate::KeyAllowed, prefix: "", routes: health::READY_ROUTES },
        Surface { gate: Gate::Open, prefix: "", routes: pages::ROUTES },
        Surface { gate: Gate::KeyAllowed, prefix: "", routes: openapi::DELIVERY_ROUTES },
        Surface { gate: Gate::ManagementKeyNeeded, prefix: "", routes: openapi::MANAGEMENT_ROUTES },
        Surface { gate: Gate::KeyAllowed, prefix: delivery::PREFIX, routes: delivery::ROUTES },
        Surface { gate: Gate::ManagementKeyNeeded, prefix: management::PREFIX, routes: management::ROUTES },
    ];
    if with_metrics {
        surfaces.push(Surface { gate: Gate::KeyNeeded, prefix: "", routes: health::KEYED_METRICS_ROUTES });
    }
    Frame::new(app.clone(), surfaces)
}

/// Metrics and health, for an address of their own.
pub(crate) fn metrics_frame(app: &Arc<App>) -> Frame {
    Frame::new(app.clone(), vec![Surface { gate: Gate::Open, prefix: "", routes: health::OPERATORS_ROUTES }])
}
