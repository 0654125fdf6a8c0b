//! The one table of all settings: the table of the operators' guide, `--help`, reading and checking are made of it.

/// One setting of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Dotted name in the TOML file. In the environment it is `DIWAN_` and the name in capitals, dots as underscores.
    pub key: &'static str,
    /// Value when nobody says otherwise, as text; `None` leaves the setting out.
    pub default: Option<&'static str>,
    /// What values it takes.
    pub kind: SettingKind,
    /// What it is for.
    pub help: &'static str,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// An IP address with a port.
    Address,
    /// A folder.
    Folder,
    /// A connection string, never shown.
    Secret,
    /// A whole number within bounds, both included.
    Number {
        /// Least value.
        min: u64,
        /// Greatest value.
        max: u64,
    },
    /// Exact origins such as `https://www.example.org`; in the environment separated by commas.
    Origins,
    /// Networks of IP addresses such as `10.0.0.0/8`; in the environment separated by commas.
    Networks,
    /// One of several words.
    OneOf(&'static [&'static str]),
    /// A time zone of the IANA database.
    Zone,
    /// Directives of a log filter.
    Filter,
}

const MILLISECONDS: SettingKind = SettingKind::Number { min: 1, max: 3_600_000 };

/// Every setting that there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        default: Some("127.0.0.1:8080"),
        kind: SettingKind::Address,
        help: "address of the HTTP server",
    },
    Setting {
        key: "data",
        default: Some("./diwan-data"),
        kind: SettingKind::Folder,
        help: "data folder: database, blobs and index",
    },
    Setting {
        key: "schemas",
        default: None,
        kind: SettingKind::Folder,
        help: "folder of blueprints, fieldsets and collections; replaces the embedded ones whole",
    },
    Setting {
        key: "time_zone",
        default: Some("UTC"),
        kind: SettingKind::Zone,
        help: "where \"today\" is: dates that are left out, and local times of imports without a zone of their own",
    },
    Setting {
        key: "database.url",
        default: None,
        kind: SettingKind::Secret,
        help: "`postgres://…` or `sqlite:///…`; absent: SQLite in the data folder",
    },
    Setting {
        key: "assets.max_upload_bytes",
        default: Some("52428800"),
        kind: SettingKind::Number { min: 1_024, max: 10_737_418_240 },
        help: "largest upload",
    },
    Setting {
        key: "http.max_body_bytes",
        default: Some("8388608"),
        kind: SettingKind::Number { min: 1_024, max: 104_857_600 },
        help: "largest JSON body that carries content; others have smaller limits",
    },
    Setting {
        key: "http.body_memory_bytes",
        default: Some("33554432"),
        kind: SettingKind::Number { min: 1_024, max: 10_737_418_240 },
        help: "memory for JSON bodies of all requests together, and 256 KiB of it for each upload while it runs; one key or address gets a quarter; beyond, requests get 503. At least one largest body fits",
    },
    Setting {
        key: "http.max_connections",
        default: Some("1024"),
        kind: SettingKind::Number { min: 1, max: 100_000 },
        help: "connections served at once; beyond, idle ones are closed, and where all are at work, new ones get 503",
    },
    Setting {
        key: "http.max_connections_per_address",
        default: Some("256"),
        kind: SettingKind::Number { min: 1, max: 100_000 },
        help: "of them, connections of one client address (IPv6: one /64), and requests of one client through a trusted proxy",
    },
    Setting {
        key: "http.trusted_proxies",
        default: None,
        kind: SettingKind::Networks,
        help: "proxies whose `X-Forwarded-For` or `Forwarded` names the client; behind a proxy that is not named, limits per address see one client",
    },
    Setting {
        key: "http.first_byte_timeout_ms",
        default: Some("3000"),
        kind: MILLISECONDS,
        help: "time for the first byte of a new connection; also how long a client of a full server may leave a request unfinished or an answer unread before others get its place",
    },
    Setting {
        key: "http.header_timeout_ms",
        default: Some("10000"),
        kind: MILLISECONDS,
        help: "time for a whole request head, also how long an idle connection is kept",
    },
    Setting {
        key: "http.body_timeout_ms",
        default: Some("30000"),
        kind: MILLISECONDS,
        help: "time for a whole JSON body, and between two pieces of an upload",
    },
    Setting {
        key: "http.upload_timeout_ms",
        default: Some("600000"),
        kind: MILLISECONDS,
        help: "time for a whole upload",
    },
    Setting {
        key: "http.write_timeout_ms",
        default: Some("30000"),
        kind: MILLISECONDS,
        help: "how long a client may leave its answer unread",
    },
    Setting {
        key: "http.shutdown_delay_ms",
        default: Some("2000"),
        kind: SettingKind::Number { min: 0, max: 3_600_000 },
        help: "how long connections are still taken after SIGTERM, while `/readyz` answers 503 already",
    },
    Setting {
        key: "http.shutdown_timeout_ms",
        default: Some("20000"),
        kind: MILLISECONDS,
        help: "how long running requests are waited for at shutdown",
    },
    Setting {
        key: "reads.expensive_at_once",
        default: None,
        kind: SettingKind::Number { min: 1, max: 1_024 },
        help: "lists and reads with `include` at once, as many lists that read much, and as many searches; others wait; absent: half of the processors",
    },
    Setting {
        key: "reads.client_units_per_second",
        default: Some("200"),
        kind: SettingKind::Number { min: 0, max: 1_000_000 },
        help: "what one client (key or address) may ask beside plain pages: a unit for each read, condition, word and name in `include`, and for each 32 KiB of an answer; ten times as many at once; 0 for no bound",
    },
    Setting {
        key: "search.rebuild_memory_bytes",
        default: Some("35000000"),
        kind: SettingKind::Number { min: 15_000_000, max: 4_000_000_000 },
        help: "memory for changes while the search index is rebuilt; documents that wait and merges take up to 100 MB more",
    },
    Setting {
        key: "search.starter_synonyms",
        default: Some("on"),
        kind: SettingKind::OneOf(&["on", "off"]),
        help: "whether searches use the synonyms that the program carries; groups of editors come first",
    },
    Setting {
        key: "cors.management_origins",
        default: None,
        kind: SettingKind::Origins,
        help: "origins whose pages may call the management API, exactly",
    },
    Setting {
        key: "metrics.listen",
        default: None,
        kind: SettingKind::Address,
        help: "address of its own for `/metrics`, open to all who reach it; absent: on the main address with a key that may read metrics",
    },
    Setting {
        key: "log.format",
        default: Some("pretty"),
        kind: SettingKind::OneOf(&["pretty", "json"]),
        help: "form of the log on standard error",
    },
    Setting {
        key: "log.filter",
        default: Some("info,sea_orm_migration=warn"),
        kind: SettingKind::Filter,
        help: "which events are logged, such as `info,diwan_server=debug`",
    },
];

impl Setting {
    /// Name in the environment.
    pub fn variable(&self) -> String {
        format!("DIWAN_{}", self.key.replace('.', "_").to_ascii_uppercase())
    }
}

impl SettingKind {
    /// What is allowed, for messages and the table.
    pub fn expected(self) -> String {
        match self {
            Self::Address => "an IP address with a port, such as 127.0.0.1:8080".to_owned(),
            Self::Folder => "a folder".to_owned(),
            Self::Secret => "a URL that starts with postgres:// or sqlite://".to_owned(),
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Origins => "origins such as https://www.example.org, without a path".to_owned(),
            Self::Networks => "networks such as 10.0.0.0/8 or single IP addresses".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::Zone => "a time zone of the IANA database, such as Asia/Riyadh".to_owned(),
            Self::Filter => "log levels by target, such as info,diwan_server=debug".to_owned(),
        }
    }
}

/// The table of settings in Markdown, for the operators' guide.
pub fn settings_table() -> String {
    let mut table = String::from("| key | variable | default | value | meaning |\n|---|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = setting.default.map_or_else(|| "—".to_owned(), |default| format!("`{default}`"));
        let (variable, expected) = (setting.variable(), address_as_code(&setting.kind.expected()));
        table.push_str(&format!("| `{}` | `{variable}` | {default} | {expected} | {} |\n", setting.key, setting.help));
    }
    table
}

/// Documents make links of addresses; one in a text of ours is an example.
fn address_as_code(text: &str) -> String {
    let Some(begin) = text.find("https://") else { return text.to_owned() };
    let end = text[begin..].find([' ', ',']).map_or(text.len(), |length| begin + length);
    format!("{}`{}`{}", &text[..begin], &text[begin..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_names_of_their_own_in_file_and_environment() {
        let mut names: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), SETTINGS.len());
        assert_eq!(settings_table().lines().count(), SETTINGS.len() + 2);
    }
}
