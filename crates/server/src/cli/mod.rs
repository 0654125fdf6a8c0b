//! The command line: parse, wire, exit. Each command is a role of the one binary.

mod arguments;
mod commands;
mod demo;
mod failure;
mod health;
mod keys;
mod search;
mod serve;
mod types;
mod upgrade;
mod verify;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;
use diwan_cms::run_reader;

use self::{
    arguments::{Arguments, AuditArguments, AuditCommand, Command, HealthArguments, ServeArguments},
    failure::Failure,
};
use crate::{
    config::{Config, Sources},
    observe::finish_logging,
};

/// Stack of a worker thread. Unoptimized builds keep every step of a nested future there; memory is taken as it is used.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Runs the command that the words of a command line name to its end; the first word is the program. (Not generic: the
/// binary would compile all that the commands use a second time.)
pub fn run(words: Vec<OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too; where nobody reads what is printed, nothing is lost.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    // Before anything else is started or read: it does without threads, files and settings.
    if let Command::ReadText { media_type } = &arguments.command {
        return run_reader(media_type).into();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()
    {
        Ok(runtime) => runtime,
        Err(error) => return Failure::from(error).tell(),
    };
    match runtime.block_on(dispatch(arguments)) {
        Ok(()) => {
            finish_logging(&[]);
            ExitCode::SUCCESS
        }
        Err(failure) => failure.tell(),
    }
}

async fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let config = Config::load(&sources(&arguments)).map_err(Failure::of_config)?;
    match arguments.command {
        Command::Serve(options) => serve::serve(&config, options.demo).await,
        Command::Migrate => commands::migrate(&config).await,
        Command::Check => commands::check(&config).await,
        Command::Health(_) => health::health(&config),
        Command::Import(import) => commands::import(&config, import.from).await,
        Command::Key(key) => keys::key(&config, key.command).await,
        Command::Reindex => commands::reindex(&config).await,
        Command::Backup { folder } => commands::backup(&config, &folder).await,
        Command::Restore { folder, keep_keys } => commands::restore(&config, &folder, keep_keys).await,
        Command::Verify => verify::verify(&config).await,
        Command::Audit(AuditArguments { command: AuditCommand::Verify }) => verify::audit(&config).await,
        Command::Search(arguments) => search::search(arguments.command).await,
        Command::Upgrade(_) => upgrade::check(&config).await,
        Command::Types(arguments) => types::types(&config, &arguments),
        Command::Openapi { api } => commands::openapi(&config, api),
        Command::ReadText { media_type } => Err(Failure::new(format!("{media_type} is read without settings"))),
    }
}

fn sources(arguments: &Arguments) -> Sources {
    let mut flags = Vec::new();
    let folder = |path: &std::path::PathBuf| path.display().to_string();
    if let Some(data) = &arguments.data {
        flags.push(("--data", "data", folder(data)));
    }
    if let Command::Upgrade(upgrade) = &arguments.command {
        flags.push(("--check", "data", folder(&upgrade.check)));
    }
    if let Some(schemas) = &arguments.schemas {
        flags.push(("--schemas", "schemas", folder(schemas)));
    }
    if let Command::Serve(ServeArguments { listen: Some(listen), .. })
    | Command::Health(HealthArguments { listen: Some(listen) }) = &arguments.command
    {
        flags.push(("--listen", "listen", listen.clone()));
    }
    let text = |text: OsString| text.to_string_lossy().into_owned();
    let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
    Sources { file: arguments.config.clone(), environment, flags }
}
