//! From file, environment and flags to one checked [`Config`]; every mistake is told at once, with where it came from.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use diwan_content::TimeZone;
use toml::Value;
use tracing_subscriber::EnvFilter;

use super::{
    Config, HttpLimits, LogFormat, ReadBounds, Secret, TrustedNetworks,
    settings::{SETTINGS, Setting, SettingKind},
};

/// Largest configuration file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Where settings come from, the strongest last: file, environment, flags.
#[derive(Debug, Default)]
pub struct Sources {
    /// The file, if one was named.
    pub file: Option<PathBuf>,
    /// Variables of the environment.
    pub environment: Vec<(String, String)>,
    /// Values of flags: flag as written, key, value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// One mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// File and key, variable or flag.
    pub place: String,
    /// What is wrong and what is allowed.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl Config {
    /// Reads and checks everything. Without a named file, `diwan.toml` in the data folder is read if it is there.
    pub fn load(sources: &Sources) -> Result<Self, Vec<Mistake>> {
        let mut gathered = Gathered::default();
        gathered.take_environment(&sources.environment);
        gathered.take_flags(&sources.flags);
        let named = sources.file.clone().or_else(|| gathered.config_variable.clone());
        match named {
            Some(file) => gathered.take_file(&file),
            None => {
                let folder = gathered
                    .values
                    .get("data")
                    .map_or(PathBuf::from("./diwan-data"), |given| PathBuf::from(&given.texts[0]));
                let file = folder.join("diwan.toml");
                if file.is_file() {
                    gathered.take_file(&file);
                }
            }
        }
        gathered.finish()
    }
}

/// A value as somebody gave it.
struct Given {
    place: String,
    texts: Vec<String>,
}

#[derive(Default)]
struct Gathered {
    values: BTreeMap<&'static str, Given>,
    config_variable: Option<PathBuf>,
    mistakes: Vec<Mistake>,
    warnings: Vec<Mistake>,
}

impl Gathered {
    fn take_environment(&mut self, environment: &[(String, String)]) {
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("DIWAN_")) {
            if name == "DIWAN_CONFIG" {
                self.config_variable = Some(PathBuf::from(value));
                continue;
            }
            match SETTINGS.iter().find(|setting| setting.variable() == *name) {
                Some(setting) => self.set(setting, format!("environment {name}"), split(setting, value)),
                // Orchestrators add variables for a service of this name, such as `DIWAN_SERVICE_HOST`.
                None => self.warnings.push(Mistake {
                    place: format!("environment {name}"),
                    what: format!("unknown and ignored; known are {}", variables()),
                }),
            }
        }
    }

    fn take_flags(&mut self, flags: &[(&'static str, &'static str, String)]) {
        for (flag, key, value) in flags {
            let setting =
                SETTINGS.iter().find(|setting| setting.key == *key).expect("flags name settings of the table");
            self.set(setting, (*flag).to_owned(), vec![value.clone()]);
        }
    }

    /// The weakest source: fills only what environment and flags left open, but checks all of it.
    fn take_file(&mut self, file: &Path) {
        let text = match read_file(file) {
            Ok(text) => text,
            Err(what) => return self.mistake(file.display().to_string(), what),
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => return self.mistake(file.display().to_string(), error.to_string().trim().to_owned()),
        };
        let mut found = Vec::new();
        flatten("", &table, &mut found);
        for (key, value) in found {
            let place = format!("{}: {key}", file.display());
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
                let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
                self.mistake(place, format!("unknown; known are {}", known.join(", ")));
                continue;
            };
            match texts(value) {
                Some(texts) if self.values.contains_key(setting.key) => {
                    // Overridden, but a mistake in it is told all the same.
                    if let Err(what) = check(setting, &texts) {
                        self.mistake(place, what);
                    }
                }
                Some(texts) => self.set(setting, place, texts),
                None => self.mistake(place, format!("must be {}", setting.kind.expected())),
            }
        }
    }

    fn set(&mut self, setting: &'static Setting, place: String, texts: Vec<String>) {
        match check(setting, &texts) {
            Ok(()) => {
                self.values.insert(setting.key, Given { place, texts });
            }
            Err(what) => self.mistake(place, what),
        }
    }

    fn mistake(&mut self, place: String, what: String) {
        self.mistakes.push(Mistake { place, what });
    }

    fn finish(self) -> Result<Config, Vec<Mistake>> {
        if !self.mistakes.is_empty() {
            return Err(self.mistakes);
        }
        let milliseconds = |key| Duration::from_millis(self.number(key));
        Ok(Config {
            listen: self.address("listen").expect("has a default"),
            data: PathBuf::from(self.text("data").expect("has a default")),
            schemas: self.text("schemas").map(PathBuf::from),
            time_zone: self.text("time_zone").and_then(|name| name.parse().ok()).expect("has a checked default"),
            database_url: self.text("database.url").map(Secret::new),
            max_upload_bytes: self.number("assets.max_upload_bytes"),
            http: HttpLimits {
                max_body_bytes: usize::try_from(self.number("http.max_body_bytes")).unwrap_or(usize::MAX),
                body_memory_bytes: usize::try_from(self.number("http.body_memory_bytes")).unwrap_or(usize::MAX),
                max_connections: usize::try_from(self.number("http.max_connections")).unwrap_or(usize::MAX),
                max_connections_per_address: usize::try_from(self.number("http.max_connections_per_address"))
                    .unwrap_or(usize::MAX),
                first_byte_timeout: milliseconds("http.first_byte_timeout_ms"),
                header_timeout: milliseconds("http.header_timeout_ms"),
                body_timeout: milliseconds("http.body_timeout_ms"),
                upload_timeout: milliseconds("http.upload_timeout_ms"),
                write_timeout: milliseconds("http.write_timeout_ms"),
                shutdown_delay: milliseconds("http.shutdown_delay_ms"),
                shutdown_timeout: milliseconds("http.shutdown_timeout_ms"),
            },
            trusted_proxies: TrustedNetworks::parse(&self.texts("http.trusted_proxies")).unwrap_or_default(),
            rebuild_memory_bytes: usize::try_from(self.number("search.rebuild_memory_bytes")).unwrap_or(usize::MAX),
            starter_synonyms: self.text("search.starter_synonyms").as_deref() != Some("off"),
            reads: ReadBounds {
                expensive_at_once: self.text("reads.expensive_at_once").and_then(|text| text.parse().ok()),
                client_units_per_second: u32::try_from(self.number("reads.client_units_per_second"))
                    .unwrap_or(u32::MAX),
            },
            management_origins: self.texts("cors.management_origins"),
            metrics_listen: self.address("metrics.listen"),
            log_format: if self.text("log.format").as_deref() == Some("json") {
                LogFormat::Json
            } else {
                LogFormat::Pretty
            },
            log_filter: self.text("log.filter").expect("has a default"),
            warnings: self.warnings,
            origins_of_values: self.values.into_iter().map(|(key, given)| (key, given.place)).collect(),
        })
    }

    fn texts(&self, key: &'static str) -> Vec<String> {
        let setting =
            SETTINGS.iter().find(|setting| setting.key == key).expect("the table names every key that is read");
        match self.values.get(key) {
            Some(given) => given.texts.clone(),
            None => setting.default.map(str::to_owned).into_iter().collect(),
        }
    }

    fn text(&self, key: &'static str) -> Option<String> {
        self.texts(key).into_iter().next()
    }

    fn number(&self, key: &'static str) -> u64 {
        self.text(key).and_then(|text| text.parse().ok()).expect("numbers are checked and have defaults")
    }

    fn address(&self, key: &'static str) -> Option<SocketAddr> {
        self.text(key).and_then(|text| text.parse().ok())
    }
}

fn read_file(file: &Path) -> Result<String, String> {
    let size = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE_BYTES {
        return Err(format!("must have at most {MAX_FILE_BYTES} bytes"));
    }
    std::fs::read_to_string(file).map_err(|error| error.to_string())
}

/// Dotted keys with their values; the tables themselves are left out.
fn flatten<'a>(prefix: &str, table: &'a toml::Table, found: &mut Vec<(String, &'a Value)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value.as_table() {
            Some(inner) => flatten(&key, inner, found),
            None => found.push((key, value)),
        }
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn split(setting: &Setting, value: &str) -> Vec<String> {
    match setting.kind {
        SettingKind::Origins | SettingKind::Networks => {
            value.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
        }
        SettingKind::Address
        | SettingKind::Folder
        | SettingKind::Secret
        | SettingKind::Number { .. }
        | SettingKind::OneOf(_)
        | SettingKind::Zone
        | SettingKind::Filter => {
            vec![value.to_owned()]
        }
    }
}

fn check(setting: &Setting, texts: &[String]) -> Result<(), String> {
    let single = || if let [text] = texts { Some(text.as_str()) } else { None };
    let good = match setting.kind {
        SettingKind::Origins => texts.len() <= 100 && texts.iter().all(|text| is_origin(text)),
        SettingKind::Networks => texts.len() <= 100 && TrustedNetworks::parse(texts).is_some(),
        SettingKind::Address => single().is_some_and(|text| text.parse::<SocketAddr>().is_ok()),
        SettingKind::Folder => single().is_some_and(|text| !text.is_empty() && !text.contains('\0')),
        SettingKind::Secret => single().is_some_and(|text| {
            ["postgres://", "postgresql://", "sqlite://"].iter().any(|start| text.starts_with(start))
        }),
        SettingKind::Number { min, max } => {
            single().and_then(|text| text.parse::<u64>().ok()).is_some_and(|number| (min..=max).contains(&number))
        }
        SettingKind::OneOf(words) => single().is_some_and(|text| words.contains(&text)),
        SettingKind::Zone => single().is_some_and(|text| text.parse::<TimeZone>().is_ok()),
        SettingKind::Filter => single().is_some_and(|text| EnvFilter::try_new(text).is_ok()),
    };
    if good {
        return Ok(());
    }
    let expected = setting.kind.expected();
    match (setting.kind, texts) {
        // A connection string may hold a password: it is never repeated.
        (SettingKind::Secret, _) => Err(format!("must be {expected}")),
        (_, [text]) => Err(format!("must be {expected}, not {text:?}")),
        (_, _) => Err(format!("must be {expected}")),
    }
}

/// Scheme, host and perhaps a port, as browsers send it.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b))
}

fn variables() -> String {
    let names: Vec<String> = SETTINGS.iter().map(Setting::variable).chain(["DIWAN_CONFIG".to_owned()]).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, file).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let sources = Sources { file: Some(path.clone()), environment, flags: Vec::new() };
        let shown = path.display().to_string();
        match Config::load(&sources) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes.iter().map(|mistake| mistake.to_string().replace(&shown, "c.toml")).collect(),
        }
    }

    #[test]
    fn every_mistake_is_named_at_once_with_its_place() {
        let file = "listen = \"nowhere\"\nlsten = 1\n[http]\nmax_body_bytes = -1\nmax_connections = 1.5\n[cors]\nmanagement_origins = [\"https://a.example/\"]\n";
        let found =
            mistakes(file, &[("DIWAN_LOG_FORMAT", "xml"), ("DIWAN_DATABASE_URL", "mysql://secret"), ("HOME", "/")]);
        assert_eq!(found.len(), 7, "{found:#?}");
        assert_eq!(found[0], "environment DIWAN_LOG_FORMAT: must be one of pretty, json, not \"xml\"");
        assert!(found[1].starts_with("environment DIWAN_DATABASE_URL: must be a URL") && !found[1].contains("secret"));
        assert!(
            found.iter().any(|text| text
                == "c.toml: listen: must be an IP address with a port, such as 127.0.0.1:8080, not \"nowhere\"")
        );
        assert!(found.iter().any(|text| text.starts_with("c.toml: lsten: unknown")));
        assert!(found.iter().any(
            |text| text == "c.toml: http.max_body_bytes: must be a whole number from 1024 to 104857600, not \"-1\""
        ));
    }

    #[test]
    fn unknown_variables_are_warnings_and_bad_values_of_known_ones_still_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let injected = ["DIWAN_SERVICE_HOST", "DIWAN_PORT_8080_TCP", "DIWAN_LITSEN", "DIWAN_UPDATE_GUIDE", "DIWANIYA"];
        let mut environment = injected.map(|name| (name.to_owned(), "tcp://10.0.0.1:8080".to_owned())).to_vec();
        environment.push(("DIWAN_DATA".to_owned(), folder.path().display().to_string()));
        let load = |environment| Config::load(&Sources { file: None, environment, flags: Vec::new() });
        let config = load(environment.clone()).unwrap();
        let warned: Vec<&str> = config.warnings.iter().map(|warning| warning.place.as_str()).collect();
        assert_eq!(warned, injected[..4].iter().map(|name| format!("environment {name}")).collect::<Vec<_>>());
        assert!(config.warnings[2].what.starts_with("unknown and ignored; known are DIWAN_LISTEN"));
        environment.push(("DIWAN_LOG_FORMAT".to_owned(), "xml".to_owned()));
        assert_eq!(load(environment).unwrap_err()[0].place, "environment DIWAN_LOG_FORMAT");
    }

    #[test]
    fn a_time_zone_is_a_name_of_the_iana_database() {
        let expected = "must be a time zone of the IANA database, such as Asia/Riyadh, not \"Riyadh\"";
        assert_eq!(mistakes("time_zone = \"Riyadh\"", &[]), [format!("c.toml: time_zone: {expected}")]);
        assert_eq!(
            mistakes("", &[("DIWAN_TIME_ZONE", "Riyadh")]),
            [format!("environment DIWAN_TIME_ZONE: {expected}")]
        );
        assert!(mistakes("time_zone = \"Africa/Cairo\"", &[]).is_empty());
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_its_line() {
        assert!(mistakes("listen = ", &[])[0].contains("line 1"));
    }

    #[test]
    fn flags_beat_the_environment_and_that_beats_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        std::fs::write(
            folder.path().join("diwan.toml"),
            "listen = \"127.0.0.1:1\"\nlog.format = \"json\"\n[metrics]\nlisten = \"127.0.0.1:2\"\n",
        )
        .unwrap();
        let sources = Sources {
            file: None,
            environment: vec![
                ("DIWAN_METRICS_LISTEN".into(), "127.0.0.1:3".into()),
                ("DIWAN_LISTEN".into(), "127.0.0.1:4".into()),
            ],
            flags: vec![("--listen", "listen", "127.0.0.1:5".into()), ("--data", "data", data)],
        };
        let config = Config::load(&sources).unwrap();
        assert_eq!(
            (config.listen.port(), config.metrics_listen.map(|a| a.port()), config.log_format),
            (5, Some(3), LogFormat::Json)
        );
        assert_eq!(config.http.max_body_bytes, 8 * 1024 * 1024);
    }
}
