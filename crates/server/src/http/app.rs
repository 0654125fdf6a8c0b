//! What all requests share.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use diwan_cms::Cms;
use diwan_content::IdSource;

use super::{budgets::ClientBudgets, request::body::BodyBudget};
use crate::{
    config::{Config, HttpLimits, TrustedNetworks},
    observe::metrics::Metrics,
};

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
            client_budgets: ClientBudgets::new(config.reads.client_units_per_second),
            metrics: Metrics::new(),
            cms,
        })
    }
}
