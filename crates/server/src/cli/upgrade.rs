//! `diwan upgrade --check`: what the next start would do to a data folder, without doing it.

use diwan_cms::{Cms, OpenError, ProcessRole, UpgradeReport};

use super::{
    commands::registry,
    failure::{Failure, say},
};
use crate::{
    config::Config,
    start::{Surroundings, cms_options},
};

/// A newer program made the tables or folded the paths: this one is too old.
const TOO_OLD: u8 = 3;
/// The schemas lack what stored content uses.
const SCHEMAS_LACK: u8 = 4;
/// The disk has too little space for the migrations.
const TOO_LITTLE_SPACE: u8 = 5;

/// Checks the data folder of a configuration.
pub(super) async fn check(config: &Config) -> Result<(), Failure> {
    if !config.data.is_dir() {
        return Err(Failure::new(format!("error: there is no data folder {}", config.data.display())));
    }
    let options = cms_options(config, registry(config)?, &Surroundings::default(), ProcessRole::Looking);
    let report = Cms::check_upgrade(options).await.map_err(|error| {
        let code = exit_code(&error);
        Failure::from(error).with_code(code)
    })?;
    let UpgradeReport { newest, pending, survey, needed_bytes, free_bytes } = report;
    say(format!("this program: {}", env!("CARGO_PKG_VERSION")));
    say(format!("tables: {}", newest.as_deref().unwrap_or("none yet")));
    if pending.is_empty() {
        say("migrations: none would run");
    } else {
        say(format!("migrations that would run: {}", pending.join(", ")));
    }
    survey.lines().for_each(say);
    let mebibytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
    say(format!("disk: {} MiB are free, {} MiB are needed", mebibytes(free_bytes), mebibytes(needed_bytes)));
    if free_bytes < needed_bytes {
        return Err(Failure::new("error: the disk has too little space").with_code(TOO_LITTLE_SPACE));
    }
    say("this program can start on this data folder");
    Ok(())
}

fn exit_code(error: &OpenError) -> u8 {
    match error {
        OpenError::Database(found) if found.is_newer_version() => TOO_OLD,
        OpenError::FoldVersion { .. } => TOO_OLD,
        OpenError::SchemasLack(_) => SCHEMAS_LACK,
        OpenError::Locked { .. }
        | OpenError::Folder { .. }
        | OpenError::DatabaseUrl(_)
        | OpenError::Database(_)
        | OpenError::Blobs(_)
        | OpenError::Search(_)
        | OpenError::OpenToOthers { .. }
        | OpenError::NoData(_)
        | OpenError::DatabaseLost { .. }
        | OpenError::UnfinishedRestore
        | OpenError::Rebuild(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_can_tell_what_stops_an_upgrade() {
        assert_eq!(exit_code(&OpenError::FoldVersion { stored: "9".to_owned(), ours: 1 }), TOO_OLD);
        assert_eq!(exit_code(&OpenError::SchemasLack(vec!["the collection news".to_owned()])), SCHEMAS_LACK);
        assert_eq!(exit_code(&OpenError::DatabaseUrl("x".to_owned())), 1);
    }
}
