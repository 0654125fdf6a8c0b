//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use diwan_content::{DepartmentId, Handle, KeyId, TimeZone, Timestamp, rights::Role};

use crate::config::SETTINGS;

/// Name of the command that reads documents.
pub(super) const READ_TEXT: &str = "read-text";

/// Diwan (ديوان): a headless CMS for ministries.
#[derive(Debug, Parser)]
#[command(
    name = "diwan",
    version,
    after_help = "Every setting can also stand in the environment and in a TOML file: see `diwan serve --help`."
)]
pub(super) struct Arguments {
    /// Data folder: database, blobs and index [env: DIWAN_DATA] [default: ./diwan-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Folder of blueprints and collections that replaces the embedded ones [env: DIWAN_SCHEMAS]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) schemas: Option<PathBuf>,
    /// Configuration file [env: DIWAN_CONFIG] [default: diwan.toml in the data folder, if there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the APIs
    #[command(after_help = settings_help())]
    Serve(ServeArguments),
    /// Bring the database to this version's tables
    Migrate,
    /// Check configuration, blueprints and collections without starting
    Check,
    /// Ask the running server of this configuration whether it is alive; exit code 1 when it is not
    Health(HealthArguments),
    /// Bring content in from another system
    Import(ImportArguments),
    /// Make, revoke and list API keys
    Key(KeyArguments),
    /// Build the search index anew
    Reindex,
    /// Measure how good search is
    Search(SearchArguments),
    /// Write a backup into a new folder; the server may run
    Backup {
        /// The folder, empty or not there.
        folder: PathBuf,
    },
    /// Restore a backup into an empty data folder and database; its keys are revoked
    Restore {
        /// The backup's folder.
        folder: PathBuf,
        /// Leave the keys as they were, also those that were revoked after the backup.
        #[arg(long)]
        keep_keys: bool,
    },
    /// Look for damage in events, files, paths and lists; the server may run
    Verify,
    /// Check the log of events
    Audit(AuditArguments),
    /// Look at a data folder as the next start of this program would, and change nothing
    #[command(
        after_help = "Exit codes: 0 it can start; 3 this program is too old for the data; 4 the schemas lack what the \
data use; 5 the disk has too little space; 2 mistakes in the configuration; 1 anything else."
    )]
    Upgrade(UpgradeArguments),
    /// Print the types of what the delivery API answers, for front ends
    Types(TypesArguments),
    /// Read the text of one document from standard input, within bounds; the server starts it for itself
    #[command(name = READ_TEXT, hide = true)]
    ReadText {
        /// Its media type.
        media_type: String,
    },
    /// Print an OpenAPI document
    Openapi {
        /// Which API.
        #[arg(value_enum, default_value_t = Api::Delivery)]
        api: Api,
    },
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Load the sample ministry if the data folder is empty, and print what to try
    #[arg(long)]
    pub(super) demo: bool,
    /// Address to listen on [env: DIWAN_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
}

/// Arguments of `health`.
#[derive(Debug, Args)]
pub(super) struct HealthArguments {
    /// Address that the server listens on [env: DIWAN_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// What to do with the log.
    #[command(subcommand)]
    pub(super) command: AuditCommand,
}

/// What to do with the log of events.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Follow the chain of hashes from the first event to the last; the server may run
    Verify,
}

/// Arguments of `upgrade`.
#[derive(Debug, Args)]
pub(super) struct UpgradeArguments {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub(super) check: PathBuf,
}

/// Arguments of `search`.
#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// What to do with search.
    #[command(subcommand)]
    pub(super) command: SearchCommand,
}

/// What to do with search.
#[derive(Debug, Subcommand)]
pub(super) enum SearchCommand {
    /// Search a collection of queries in a throw-away index, and print how well they are answered
    Evaluate(EvaluateArguments),
}

/// Arguments of `search evaluate`: a judged collection, a table of pairs, or both.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct EvaluateArguments {
    /// Documents: JSON Lines of id, title, text
    #[arg(long, value_name = "FILE", requires_all = ["queries", "qrels"])]
    pub(super) docs: Option<PathBuf>,
    /// Queries: JSON Lines of id, text
    #[arg(long, value_name = "FILE", requires = "docs")]
    pub(super) queries: Option<PathBuf>,
    /// Judgements: lines of query, document, grade
    #[arg(long, value_name = "FILE", requires = "docs")]
    pub(super) qrels: Option<PathBuf>,
    /// Pairs: lines of query, text, 1 or 0, class and reason, parted by tabs
    #[arg(long, value_name = "FILE")]
    pub(super) pairs: Option<PathBuf>,
}

/// Arguments of `types`.
#[derive(Debug, Args)]
pub(super) struct TypesArguments {
    /// Language of the types.
    #[arg(long, value_enum)]
    pub(super) lang: TypesLanguage,
    /// File to write instead of standard output; it is replaced only where its content changes
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Language of types.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum TypesLanguage {
    /// TypeScript
    Ts,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// From which system.
    #[command(subcommand)]
    pub(super) from: ImportFrom,
}

/// From which system content comes.
#[derive(Debug, Subcommand)]
pub(super) enum ImportFrom {
    /// Entry files of a Statamic site
    Statamic {
        /// The site, its content folder, a collection's folder, or one file.
        folder: PathBuf,
        /// Name of the site where several are imported, the same at each import: ids that are no UUID belong to it.
        #[arg(long = "as", value_name = "NAME")]
        site: Option<Handle>,
        /// Time zone of the site's times, such as Asia/Riyadh; absent: the setting time_zone.
        #[arg(long, value_name = "ZONE")]
        timezone: Option<TimeZone>,
        /// Collection of files whose place does not tell it.
        #[arg(long, value_name = "HANDLE")]
        collection: Option<String>,
        /// Department that owns the entries; needed for collections whose entries must have one.
        #[arg(long, value_name = "UUID")]
        department: Option<DepartmentId>,
    },
}

/// Arguments of `key`.
#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// What to do with keys.
    #[command(subcommand)]
    pub(super) command: KeyCommand,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and show it once
    Create {
        /// What it may do; may be given several times.
        #[arg(long, required = true, value_name = "ROLE", help = role_help())]
        role: Vec<Role>,
        /// Department with its subtree where that holds; absent: the whole ministry.
        #[arg(long, value_name = "UUID")]
        department: Option<DepartmentId>,
        /// What people call it.
        #[arg(long)]
        label: Option<String>,
        /// When it ends, such as 2027-01-01T00:00:00Z.
        #[arg(long, value_name = "TIME")]
        expires: Option<Timestamp>,
    },
    /// Revoke a key
    Revoke {
        /// Its id.
        id: KeyId,
    },
    /// List keys without their secrets
    List,
}

/// Which API a document is of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Api {
    /// `/v1`
    Delivery,
    /// `/manage/v1`
    Management,
}

fn role_help() -> String {
    format!("What it may do: {}; may be given several times", Role::ALL.map(Role::as_str).join(", "))
}

fn settings_help() -> String {
    let mut text = String::from("Settings (key in diwan.toml, variable, default):\n");
    for setting in SETTINGS {
        let default = setting.default.unwrap_or("none");
        text.push_str(&format!("  {} | {} | {default}\n      {}\n", setting.key, setting.variable(), setting.help));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_stand_before_and_behind_the_command() {
        let parsed =
            Arguments::try_parse_from(["diwan", "--data", "d", "serve", "--demo", "--listen", "127.0.0.1:1"]).unwrap();
        assert_eq!(parsed.data, Some(PathBuf::from("d")));
        assert!(matches!(parsed.command, Command::Serve(ServeArguments { demo: true, listen: Some(_) })));
        let parsed = Arguments::try_parse_from([
            "diwan",
            "key",
            "create",
            "--role",
            "publisher",
            "--role",
            "auditor",
            "--data",
            "d",
        ])
        .unwrap();
        assert_eq!(parsed.data, Some(PathBuf::from("d")));
        for bad in [
            &["diwan", "key", "create"][..],
            &["diwan", "key", "create", "--role", "king"],
            &["diwan", "import", "statamic", "x", "--timezone", "Riyadh"],
        ] {
            assert!(Arguments::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
