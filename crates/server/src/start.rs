//! From a configuration to a running server, and back.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
};

use diwan_cms::{
    Cms, CmsError, CmsOptions, DataFolderLock, Followers, HealthWatch, IndexOptions, OpenError, ProcessRole,
    ReadLimits, ReaderCommand,
};
use diwan_content::{Clock, IdSource, Registry};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    clock::{SystemClock, TimeOrderedIds},
    config::{Config, Secret},
    http::{app::App, connections::listen::serve},
    jobs::{JobServer, serve_jobs},
    surfaces::{main_frame, metrics_frame},
};

/// Where the bytes of public assets are served, before the id.
const ASSET_URL_PREFIX: &str = "/v1/assets/";

/// What the outside world is to an installation; fixed in tests.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identities.
    pub ids: Arc<dyn IdSource>,
    /// Writes survive power loss; false only in tests.
    pub durable: bool,
    /// How the process is started that reads documents; absent: what stands in them is not found.
    pub text_reader: Option<ReaderCommand>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Search cannot follow the log.
    #[error("cannot follow the log: {0}")]
    Follow(#[source] CmsError),
}

/// A server at work.
pub struct RunningServer {
    /// Where it listens; the port is the real one when 0 was asked for.
    pub address: SocketAddr,
    /// Where metrics are, if they have an address of their own.
    pub metrics_address: Option<SocketAddr>,
    app: Arc<App>,
    cms: Cms,
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
    counting: JoinHandle<()>,
    followers: Followers,
    jobs: Option<JobServer>,
    pictures: JoinHandle<()>,
    health: HealthWatch,
}

impl Default for Surroundings {
    /// The real ones.
    fn default() -> Self {
        let text_reader = None;
        Self { clock: Arc::new(SystemClock), ids: Arc::new(TimeOrderedIds), durable: true, text_reader }
    }
}

/// Takes the lock of the data folder and of the database file that a configuration names.
pub(crate) fn lock(config: &Config, purpose: &str) -> Result<DataFolderLock, OpenError> {
    DataFolderLock::acquire(&config.data, config.database_url.as_ref().map(Secret::reveal), purpose)
}

/// What the verbs need to know of a configuration.
pub(crate) fn cms_options(
    config: &Config,
    registry: Registry,
    surroundings: &Surroundings,
    role: ProcessRole,
) -> CmsOptions {
    let Surroundings { clock, ids, durable, text_reader: _ } = surroundings.clone();
    CmsOptions {
        data_dir: config.data.clone(),
        database_url: config.database_url.as_ref().map(Secret::reveal).map(str::to_owned),
        registry,
        clock,
        ids,
        time_zone: config.time_zone.clone(),
        max_upload_bytes: config.max_upload_bytes,
        durable,
        limits: read_limits(config),
        index: IndexOptions {
            fill_memory_bytes: config.rebuild_memory_bytes,
            starter_synonyms: config.starter_synonyms,
            ..IndexOptions::default()
        },
        role,
        asset_url_prefix: ASSET_URL_PREFIX.to_owned(),
    }
}

fn read_limits(config: &Config) -> ReadLimits {
    let limits = ReadLimits::default();
    ReadLimits { places: config.reads.expensive_at_once.unwrap_or(limits.places), ..limits }
}

/// Opens the installation of a configuration and migrates its database.
///
/// # Errors
/// See [`OpenError`].
pub async fn open_installation(
    config: &Config,
    registry: Registry,
    surroundings: &Surroundings,
    role: ProcessRole,
) -> Result<Cms, OpenError> {
    Cms::open(cms_options(config, registry, surroundings, role)).await
}

/// Starts to serve an open installation.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: &Config, cms: Cms, surroundings: &Surroundings) -> Result<RunningServer, StartError> {
    let (listener, address) = listen(config.listen).await?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let followers = cms.start_followers(surroundings.text_reader.clone()).map_err(StartError::Follow)?;
    let pictures = cms.clone();
    let pictures = tokio::spawn(async move {
        match pictures.make_public_pictures().await {
            Ok(0) => {}
            Ok(made) => tracing::info!(made, "older pictures have their public form"),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "older pictures keep waiting for their public form"
                );
            }
        }
    });
    let jobs = match serve_jobs(&config.data, cms.clone()) {
        Ok(jobs) => Some(jobs),
        // A disk that is read-only or full; nothing could be stored either.
        Err(error) => {
            tracing::warn!(%error, "no command can hand over a job while this server runs");
            None
        }
    };
    let health = cms.watch_health().await;
    let app = App::new(cms.clone(), surroundings.ids.clone(), config);
    let (stop, stopped) = watch::channel(false);
    let counts = app.metrics.connections.clone();
    let frame = Arc::new(main_frame(&app, metrics.is_none()));
    let mut loops = vec![tokio::spawn(serve(listener, frame, config.http, counts.clone(), stopped.clone()))];
    let metrics_address = metrics.as_ref().map(|(_, address)| *address);
    if let Some((listener, _)) = metrics {
        loops.push(tokio::spawn(serve(listener, Arc::new(metrics_frame(&app)), config.http, counts, stopped)));
    }
    let counting = cms.clone();
    let counting = tokio::spawn(async move {
        if let Err(error) = counting.log_touched().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "failed to count what does not fit the blueprints"
            );
        }
    });
    tracing::info!(%address, data = %config.data.display(), "serving");
    Ok(RunningServer { address, metrics_address, app, cms, stop, loops, counting, followers, jobs, pictures, health })
}

impl RunningServer {
    /// From now on `/readyz` answers 503, and all else as before, so that load balancers send requests elsewhere.
    pub fn announce_end(&self) {
        self.app.is_ending.store(true, Ordering::Relaxed);
    }

    /// Takes no more requests, lets running ones end within the shutdown time, stops what follows the log and closes the database.
    pub async fn shutdown(self) {
        let Self { address, metrics_address: _, app: _, cms, stop, loops, counting, followers, jobs, pictures, health } =
            self;
        counting.abort();
        tracing::info!(%address, "shutting down");
        stop.send_replace(true);
        for task in loops {
            if let Err(error) = task.await {
                tracing::error!(%error, "a serving task failed");
            }
        }
        drop(health);
        if let Some(jobs) = jobs {
            jobs.stop().await;
        }
        // What it has not made is made at the next start.
        pictures.abort();
        followers.stop().await;
        if let Err(error) = cms.close().await {
            tracing::error!(error = &error as &dyn std::error::Error, "failed to close the database");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let real = listener.local_addr().map_err(failed)?;
    Ok((listener, real))
}
