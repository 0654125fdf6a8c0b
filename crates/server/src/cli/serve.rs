//! `diwan serve`: the server, until it is told to stop.

use diwan_cms::{Cms, ProcessRole, ReaderCommand};

use super::{
    arguments::READ_TEXT,
    commands::registry,
    demo::{self, Sample},
    failure::{Failure, of_verb, say},
};
use crate::{
    config::Config,
    observe::start_logging,
    start::{Surroundings, lock, open_installation, start},
};

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(config: &Config, with_demo: bool) -> Result<(), Failure> {
    start_logging(config);
    refuse_huge_pages();
    let registry = registry(config)?;
    let _lock = lock(config, "serve")?;
    let surroundings = Surroundings { text_reader: Some(text_reader()?), ..Surroundings::default() };
    let cms = open_installation(config, registry, &surroundings, ProcessRole::Holder).await?;
    match cms.sweep_uploads().await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "leftovers of broken uploads are removed"),
        // They only take room; what can be read is served.
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to remove leftovers of broken uploads")
        }
    }
    let is_first_start = cms.is_empty().await.map_err(of_verb)?;
    let sample = if is_first_start { begin(&cms, with_demo).await? } else { None };
    raise_descriptor_limit();
    let mut signals = Signals::new()?;
    let server = start(config, cms, &surroundings).await?;
    let guide = match &sample {
        Some(sample) => sample.guide(server.address),
        None if with_demo => format!(
            "http://{}\nThis folder holds data already: the samples were not loaded. New keys: diwan key create --role publisher",
            server.address
        ),
        None => format!("http://{}", server.address),
    };
    // On a thread of its own: where nobody reads standard output, the server must still hear that it is to stop.
    std::thread::spawn(move || say(guide));
    if signals.wait().await == Ending::Announced {
        server.announce_end();
        let delay = config.http.shutdown_delay;
        tracing::info!(delay_ms = delay.as_millis(), "no longer ready; about to shut down");
        // Another signal ends the wait.
        let _ = tokio::time::timeout(delay, signals.wait()).await;
    }
    server.shutdown().await;
    Ok(())
}

/// Fills a new installation with the samples, if they are wanted, and makes its index: there is little to index yet, and
/// search answers from the first request on.
async fn begin(cms: &Cms, with_demo: bool) -> Result<Option<Sample>, Failure> {
    if !with_demo {
        index(cms).await;
        return Ok(None);
    }
    tracing::info!("loading the sample ministry");
    let report = cms.load_demo().await.map_err(of_verb)?;
    let (sample, ()) = tokio::join!(demo::prepare(cms, report), index(cms));
    sample.map(Some).map_err(of_verb)
}

/// Makes the search index. Without it everything else is served, and it is tried again then.
async fn index(cms: &Cms) {
    if let Err(error) = cms.reindex().await {
        tracing::error!(error = &error as &dyn std::error::Error, "the search index cannot be made yet");
    }
}

/// Pages of 2 MiB cannot be given back while anything in them is used: the server would keep about twice what it needs.
#[cfg(target_os = "linux")]
fn refuse_huge_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "huge pages stay allowed");
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_huge_pages() {}

/// Service managers often leave 1,024 descriptors, which are fewer than connections and files together.
fn raise_descriptor_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files cannot be raised; connections may end sooner than set");
    }
}

/// Documents are read by this program too, in processes of their own.
fn text_reader() -> std::io::Result<ReaderCommand> {
    Ok(ReaderCommand {
        program: std::env::current_exe()?,
        arguments: vec![READ_TEXT.into()],
        environment: Vec::new(),
        media_type_variable: None,
    })
}

/// How a server is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// By a service manager: others may still send requests here for a while.
    Announced,
    /// By somebody at a keyboard.
    AtOnce,
}

/// What tells a server to stop.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) -> Ending {
        tokio::select! {
            _ = self.terminate.recv() => Ending::Announced,
            _ = self.interrupt.recv() => Ending::AtOnce,
        }
    }
}

/// What tells a server to stop.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) -> Ending {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "signals cannot be heard");
        }
        Ending::AtOnce
    }
}
