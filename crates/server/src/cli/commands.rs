//! Commands that do one thing and end.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use diwan_cms::{
    BackupReport, Cms, DamagedBlob, DataFolderLock, ImportProgress, ImportStatamic, OpenError, ProcessRole,
    RestoreReport, RestoredKeys,
};
use diwan_content::Registry;

use super::{
    arguments::{Api, ImportFrom},
    failure::{Failure, of_verb, say},
    verify::damage_lines,
};
use crate::{
    config::Config,
    jobs::{HandOverError, Job, hand_over},
    observe::start_logging,
    openapi::openapi_documents,
    schemas::load_registry,
    start::{Surroundings, cms_options, lock, open_installation},
};

/// All was done, and something is left for somebody to look at.
const TO_LOOK_AT: u8 = 2;

/// Brings the database to this version's tables.
pub(super) async fn migrate(config: &Config) -> Result<(), Failure> {
    let (_lock, cms) = hold(config, "migrate").await?;
    cms.close().await?;
    say("the database is up to date");
    Ok(())
}

/// Checks configuration and schemas, and what is stored against them; the configuration was checked when it was read.
pub(super) async fn check(config: &Config) -> Result<(), Failure> {
    let registry = registry(config)?;
    for warning in &config.warnings {
        say(format!("warning: {warning}"));
    }
    if config.trusted_proxies.is_empty() {
        say("note: http.trusted_proxies is not set: behind a proxy, limits per address see all clients as one");
    }
    let (collections, blueprints) = (registry.collections().count(), registry.blueprints().count());
    let options = cms_options(config, registry, &Surroundings::default(), ProcessRole::Looking);
    if config.data.exists() && !config.data.is_dir() {
        return Err(Failure::new(format!("error: {} is no folder", config.data.display())));
    }
    if !options.has_database()? {
        say(format!("note: nothing is stored in {} yet", config.data.display()));
    }
    Cms::survey(options).await?.lines().for_each(say);
    say(format!(
        "configuration, {collections} collections and {blueprints} blueprints are sound; the time zone is {}",
        config.time_zone
    ));
    Ok(())
}

/// Imports content and tells what became of each file; by the server that runs in the data folder, if there is one.
pub(super) async fn import(config: &Config, from: ImportFrom) -> Result<(), Failure> {
    let ImportFrom::Statamic { folder, site, timezone, collection, department } = from;
    if !folder.exists() {
        return Err(Failure::new(format!("error: there is no {}", folder.display())));
    }
    // A server may stand elsewhere.
    let folder = std::path::absolute(folder)?;
    let input = ImportStatamic { folder, site, time_zone: timezone, collection, department };
    run_job(config, "import", Job::ImportStatamic(input)).await
}

/// Does a job here, or has it done by the server that holds the data folder.
async fn run_job(config: &Config, purpose: &str, job: Job) -> Result<(), Failure> {
    start_logging(config);
    let done = match lock(config, purpose) {
        Ok(_lock) => {
            let cms =
                open_installation(config, registry(config)?, &Surroundings::default(), ProcessRole::Holder).await?;
            let done = job.run(&cms, show_progress()).await;
            cms.close().await?;
            done.map_err(of_verb)?
        }
        Err(held @ OpenError::Locked { .. }) => match hand_over(&config.data, job, show_progress()).await {
            Ok(done) => done,
            // Another command holds it, not a server.
            Err(HandOverError::NobodyThere(_)) => return Err(held.into()),
            Err(HandOverError::Failed(lines)) => return Err(Failure::of_lines(lines)),
            Err(lost @ HandOverError::Lost(_)) => return Err(lost.into()),
        },
        Err(error) => return Err(error.into()),
    };
    say(done.report);
    match done.to_look_at {
        0 => Ok(()),
        1 => Err(Failure::new("1 file is to be looked at").with_code(TO_LOOK_AT)),
        files => Err(Failure::new(format!("{files} files are to be looked at")).with_code(TO_LOOK_AT)),
    }
}

/// Shows how far an import is to somebody who looks at it, at most once a second.
fn show_progress() -> impl Fn(ImportProgress) + Send + Sync {
    let shown = Mutex::new(Instant::now());
    let is_seen = std::io::stderr().is_terminal();
    move |ImportProgress { done, all }| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if is_seen && shown.elapsed() >= Duration::from_secs(1) {
            *shown = Instant::now();
            let _ = writeln!(std::io::stderr(), "{done} of {all} files");
        }
    }
}

/// Builds the search index anew.
pub(super) async fn reindex(config: &Config) -> Result<(), Failure> {
    require_data(config)?;
    let (_lock, cms) = hold(config, "reindex").await?;
    cms.reindex().await.map_err(of_verb)?;
    let mark = cms.search_mark().map_or(0, |mark| mark.0);
    cms.close().await?;
    say(format!("the search index is built up to event {mark}"));
    Ok(())
}

/// Writes a backup.
pub(super) async fn backup(config: &Config, folder: &Path) -> Result<(), Failure> {
    let cms = open_to_look(config).await?;
    let report = cms.backup(folder).await;
    cms.close().await?;
    let report = report.map_err(of_verb)?;
    say(format!("{}, up to event {}", counts(&report), report.last_sequence));
    damage(&report.damaged)
}

/// Restores a backup into an empty installation and builds its index.
pub(super) async fn restore(config: &Config, folder: &Path, keep_keys: bool) -> Result<(), Failure> {
    start_logging(config);
    let _lock = lock(config, "restore")?;
    let options = cms_options(config, registry(config)?, &Surroundings::default(), ProcessRole::Holder);
    let keys = if keep_keys { RestoredKeys::Keep } else { RestoredKeys::Revoke };
    let RestoreReport { backup, damaged, revoked_keys, index_mark } = diwan_cms::restore(folder, options, keys).await?;
    say(format!("{} restored, up to event {}", counts(&backup), backup.last_sequence));
    say(match keys {
        RestoredKeys::Revoke => format!("{revoked_keys} keys are revoked: make new ones with `diwan key create`"),
        RestoredKeys::Keep => "keys are as they were when the backup was made".to_owned(),
    });
    say(format!("the search index is built up to event {index_mark}"));
    damage(&damaged)
}

fn counts(report: &BackupReport) -> String {
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    format!("{rows} rows of {} tables and {} files", report.tables.len(), report.blobs)
}

fn damage(damaged: &[DamagedBlob]) -> Result<(), Failure> {
    if damaged.is_empty() { Ok(()) } else { Err(Failure::of_damage(damage_lines(damaged).collect())) }
}

/// Prints an OpenAPI document.
pub(super) fn openapi(config: &Config, api: Api) -> Result<(), Failure> {
    let (delivery, management) = openapi_documents(&registry(config)?);
    let document = match api {
        Api::Delivery => delivery,
        Api::Management => management,
    };
    say(serde_json::to_string_pretty(&document)?);
    Ok(())
}

/// Blueprints and collections, or every mistake in them.
pub(super) fn registry(config: &Config) -> Result<Registry, Failure> {
    load_registry(config.schemas.as_deref()).map_err(|error| Failure::new(error.to_string()))
}

/// The installation as it is, beside a server, to be looked at; where there is none, none is made.
pub(super) async fn open_to_look(config: &Config) -> Result<Cms, Failure> {
    require_data(config)?;
    start_logging(config);
    let opened = open_installation(config, registry(config)?, &Surroundings::default(), ProcessRole::Looking).await;
    opened.map_err(|error| {
        let is_damage = matches!(&error, OpenError::Database(found) if found.is_damage());
        if is_damage { Failure::of_damage(vec![format!("damage: {error}")]) } else { error.into() }
    })
}

/// Refuses to look at what is not there: the folder's name may be misspelt.
pub(super) fn require_data(config: &Config) -> Result<(), Failure> {
    let registry = Registry::default();
    if cms_options(config, registry, &Surroundings::default(), ProcessRole::Looking).has_database()? {
        return Ok(());
    }
    Err(OpenError::NoData(config.data.clone()).into())
}

/// The installation with its lock, for commands that nobody may work beside.
async fn hold(config: &Config, purpose: &str) -> Result<(DataFolderLock, Cms), Failure> {
    start_logging(config);
    let registry = registry(config)?;
    let lock = lock(config, purpose)?;
    let cms = open_installation(config, registry, &Surroundings::default(), ProcessRole::Holder).await?;
    Ok((lock, cms))
}
