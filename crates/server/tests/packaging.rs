//! The files of `packaging/`, without a container engine: the steps of the container file are done in a plain folder.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use diwan_server::config::SETTINGS;

const PACKAGING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging");

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(PACKAGING).join(file)).expect("a file of packaging/")
}

/// Lays out this build below a folder, as the container file and an operator do.
fn install(root: &Path) {
    let script = Path::new(PACKAGING).join("install");
    let status = Command::new(script).arg(env!("CARGO_BIN_EXE_diwan")).arg(root).status().expect("the script starts");
    assert!(status.success());
}

/// Instructions of the last stage of the container file, whole lines: name and words.
fn last_stage() -> Vec<(String, String)> {
    let text = read("Containerfile").replace("\\\n", " ");
    let mut stage = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, rest) = line.split_once(' ').expect("an instruction has words");
        if name == "FROM" {
            stage.clear();
        }
        stage.push((name.to_owned(), rest.trim().to_owned()));
    }
    stage
}

fn find<'a>(stage: &'a [(String, String)], name: &str) -> &'a str {
    let found: Vec<&str> = stage.iter().filter(|(known, _)| known == name).map(|(_, words)| words.as_str()).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

/// The words of `["a", "b"]`.
fn words(list: &str) -> Vec<String> {
    serde_json::from_str(list).expect("a list of words")
}

/// A program of the image, as it would run in it: paths are below the root, and it sees nothing but its own environment.
fn in_image(root: &Path, program: &[String], environment: &[(String, String)]) -> Command {
    let below = |path: &str| root.join(path.trim_start_matches('/'));
    let mut command = Command::new(below(&program[0]));
    command.args(&program[1..]).env_clear();
    for (name, value) in environment {
        match value.starts_with('/') {
            true => command.env(name, below(value)),
            false => command.env(name, value),
        };
    }
    command
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_script_lays_out_binary_unit_and_private_data_folder() {
    let root = tempfile::tempdir().expect("a temporary folder");
    install(root.path());
    let mode = |path: &str| {
        let metadata = fs::metadata(root.path().join(path)).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("usr/bin/diwan"), 0o755);
    assert_eq!(mode("usr/lib/systemd/system/diwan.service"), 0o644);
    assert_eq!(mode("var/lib/diwan"), 0o700);
    // Once more over what is there: an upgrade.
    install(root.path());
    let script = Path::new(PACKAGING).join("install");
    let refused = Command::new(script).arg("/nothing/diwan").arg(root.path()).output().expect("the script starts");
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn what_the_image_starts_serves_is_healthy_and_stops() {
    let root = tempfile::tempdir().expect("a temporary folder");
    install(root.path());
    let stage = last_stage();
    for (name, words) in stage.iter().filter(|(name, _)| name == "COPY") {
        let mut paths = words.split(' ').filter(|word| !word.starts_with("--"));
        let source = paths.next().expect("a source").strip_prefix("/image/").expect("what the script laid out");
        assert_eq!(paths.next().map(|to| to.trim_start_matches('/')), Some(source), "{name} {words}");
        assert!(root.path().join(source).exists(), "{source}");
    }
    let user = find(&stage, "USER");
    let ids: Vec<u32> = user.split(':').map(|id| id.parse().expect("a number")).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| *id >= 1_000), "{user} may not be root");

    let mut environment: Vec<(String, String)> = stage
        .iter()
        .filter(|(name, _)| name == "ENV")
        .map(|(_, words)| words.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("NAME=value"))
        .collect();
    assert!(environment.iter().any(|(name, value)| name == "DIWAN_DATA" && value == find(&stage, "VOLUME")));
    assert!(environment.iter().any(|(name, value)| name == "DIWAN_LISTEN" && value.starts_with("0.0.0.0:")));
    // A port that is free, on the local address alone.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    environment.retain(|(name, _)| name != "DIWAN_LISTEN");
    environment.push(("DIWAN_LISTEN".to_owned(), free.to_string()));

    let check = find(&stage, "HEALTHCHECK");
    let check = words(check.split_once("CMD ").expect("a command").1);
    let healthy = || in_image(root.path(), &check, &environment).output().expect("it starts");
    assert_eq!(healthy().status.code(), Some(1), "nothing runs yet");

    let program = [words(find(&stage, "ENTRYPOINT")), words(find(&stage, "CMD"))].concat();
    let child = in_image(root.path(), &program, &environment).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut running = Running(child);
    let log = BufReader::new(running.0.stderr.take().expect("standard error"));
    let mut lines = log.lines().map(|line| line.expect("a line of log"));
    assert!(lines.any(|line| line.contains("\"serving\"")), "it ended before it served");
    let answer = healthy();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));

    assert_eq!(find(&stage, "STOPSIGNAL"), "SIGTERM");
    let status = Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().expect("kill starts");
    assert!(status.success());
    // The log ends when the process does.
    assert!(lines.any(|line| line.contains("\"shutting down\"")));
    lines.for_each(drop);
    assert!(running.0.wait().expect("it ends").success());
    assert_eq!(healthy().status.code(), Some(1));
    let written: Vec<_> = fs::read_dir(root.path().join("var/lib/diwan")).expect("the volume").collect();
    assert!(!written.is_empty(), "the data are in the volume");
}

/// Whether a build of the image gets a file of the repository, by the simple patterns of `.dockerignore`.
fn is_admitted(patterns: &[&str], path: &str) -> bool {
    let mut admitted = true;
    for pattern in patterns {
        match (pattern.strip_prefix('!'), pattern.strip_prefix("**/")) {
            (Some(kept), _) if Path::new(path).starts_with(kept) => admitted = true,
            (Some(_), _) => {}
            (None, Some(name)) => admitted &= Path::new(path).iter().all(|part| part != name),
            (None, None) => {
                assert_eq!(*pattern, "*");
                admitted = false;
            }
        }
    }
    admitted
}

#[test]
fn a_build_of_the_image_gets_what_cargo_needs_and_no_data() {
    let root = Path::new(PACKAGING).join("../../..");
    let text = fs::read_to_string(root.join(".dockerignore")).expect("it is there");
    let patterns: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    for kept_out in [
        ".git/config",
        "target/debug/diwan",
        "diwan-data/diwan.db",
        "crates/server/diwan-data/diwan.db",
        "fuzz/target/x",
        "tests/front_end/node_modules/x",
        "diwan.toml",
        ".env",
    ] {
        assert!(!is_admitted(&patterns, kept_out), "{kept_out}");
    }
    let context = tempfile::tempdir().expect("a temporary folder");
    let listed = Command::new("git").arg("-C").arg(&root).args(["ls-files", "-z"]).output().expect("git starts");
    if !listed.status.success() {
        // Not a clone.
        return;
    }
    let listed = String::from_utf8(listed.stdout).expect("names in UTF-8");
    for file in listed.split('\0').filter(|file| !file.is_empty() && is_admitted(&patterns, file)) {
        let to = context.path().join(file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("it can be made");
        fs::copy(root.join(file), to).expect("it can be copied");
    }
    let mut cargo = Command::new(env!("CARGO"));
    let read = cargo.args(["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"]);
    let read = read.current_dir(context.path()).output().expect("cargo starts");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn the_unit_is_sound_and_waits_longer_than_the_server_does() {
    let unit = read("diwan.service");
    let values = |key: &str| -> Vec<String> {
        unit.lines().filter_map(|line| line.strip_prefix(&format!("{key}="))).map(str::to_owned).collect()
    };
    for (key, value) in [
        ("DynamicUser", "yes"),
        ("StateDirectory", "diwan"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ExecStart", "/usr/bin/diwan serve"),
    ] {
        assert_eq!(values(key), [value], "{key}");
    }
    assert!(!values("SystemCallFilter").is_empty() && values("MemoryMax").len() == 1);
    let own = SETTINGS.iter().find(|setting| setting.key == "http.shutdown_timeout_ms").expect("a setting");
    let own: u64 = own.default.expect("a default").parse().expect("milliseconds");
    let stop: u64 = values("TimeoutStopSec")[0].strip_suffix('s').expect("seconds").parse().expect("a number");
    assert!(stop * 1_000 >= own + 5_000, "{stop} s");
    verify_unit();
}

/// By systemd itself, where it is: it checks that programs are there, so the paths of the unit are put below the root.
fn verify_unit() {
    let root = tempfile::tempdir().expect("a temporary folder");
    install(root.path());
    let installed = root.path().join("usr/lib/systemd/system/diwan.service");
    let unit = fs::read_to_string(&installed).expect("the unit").replace("/usr/bin/diwan", &below(root.path()));
    fs::write(&installed, unit).expect("it is ours");
    match Command::new("systemd-analyze").arg("verify").arg("--man=no").arg(&installed).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && !said.contains("diwan.service:"), "{said}");
        }
        // Not by the test's own output, which is shown only where it fails.
        Err(error) => writeln!(std::io::stderr(), "skipped: systemd-analyze verify: {error}").expect("standard error"),
    }
}

fn below(root: &Path) -> String {
    let binary: PathBuf = root.join("usr/bin/diwan");
    binary.display().to_string()
}
