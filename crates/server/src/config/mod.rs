//! Configuration: one documented struct, made of a TOML file, the environment and flags.

mod load;
mod settings;
mod trusted_networks;

use std::{collections::BTreeMap, fmt, net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use diwan_content::TimeZone;

pub use self::{
    load::{Mistake, Sources},
    settings::{SETTINGS, Setting, SettingKind, settings_table},
    trusted_networks::TrustedNetworks,
};

/// All that an installation can be told. See [`SETTINGS`] for names, defaults and bounds.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address of the HTTP server.
    pub listen: SocketAddr,
    /// Data folder: database, blobs and index.
    pub data: PathBuf,
    /// Folder that replaces the embedded blueprints and collections.
    pub schemas: Option<PathBuf>,
    /// Where "today" is, and what local times of imports mean.
    pub time_zone: TimeZone,
    /// Connection string of the database; absent: SQLite in the data folder.
    pub database_url: Option<Secret>,
    /// Largest upload in bytes.
    pub max_upload_bytes: u64,
    /// Bounds of the HTTP server.
    pub http: HttpLimits,
    /// Networks of proxies whose word on the client's address is taken.
    pub trusted_proxies: TrustedNetworks,
    /// Memory for the changes of a search index that is rebuilt, in bytes.
    pub rebuild_memory_bytes: usize,
    /// Whether searches use the synonyms that the program carries.
    pub starter_synonyms: bool,
    /// Bounds of reads beside plain pages.
    pub reads: ReadBounds,
    /// Origins whose pages may call the management API.
    pub management_origins: Vec<String>,
    /// Address of its own for `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// Form of the log.
    pub log_format: LogFormat,
    /// Which events are logged.
    pub log_filter: String,
    /// What is no mistake, but may not be meant.
    pub warnings: Vec<Mistake>,
    /// Where each value that is no default came from, by key.
    pub origins_of_values: BTreeMap<&'static str, String>,
}

/// Bounds of the HTTP server.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// Largest JSON body.
    pub max_body_bytes: usize,
    /// Memory for the bodies of all requests together; at least `max_body_bytes` are taken.
    pub body_memory_bytes: usize,
    /// Connections served at once.
    pub max_connections: usize,
    /// Connections of one client address served at once; those of trusted proxies are not counted.
    pub max_connections_per_address: usize,
    /// Time for the first byte of a new connection; also how long a client of a full server may stall within a request.
    pub first_byte_timeout: Duration,
    /// Time for a whole request head; also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// Time for a whole JSON body, and between two pieces of an upload.
    pub body_timeout: Duration,
    /// Time for a whole upload.
    pub upload_timeout: Duration,
    /// How long a client may leave its answer unread.
    pub write_timeout: Duration,
    /// How long connections are still taken after SIGTERM, while `/readyz` already answers 503.
    pub shutdown_delay: Duration,
    /// How long running requests are waited for at shutdown.
    pub shutdown_timeout: Duration,
}

/// Bounds of reads beside plain pages.
#[derive(Debug, Clone, Copy)]
pub struct ReadBounds {
    /// Lists and reads with inclusions at once, as many lists that read much, and as many searches; absent: half of the
    /// processors.
    pub expensive_at_once: Option<NonZeroUsize>,
    /// What one client may ask; 0 for no bound.
    pub client_units_per_second: u32,
}

/// Form of the log on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A text that no log and no message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
