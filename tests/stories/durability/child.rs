//! The server in a process of its own, so that it can be killed: this test binary, started again.

use std::{
    env,
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use diwan_cms::{DataFolderLock, ProcessRole};
use diwan_server::{
    Surroundings,
    config::{Config, Sources},
    embedded_registry, open_installation, start,
};
use tempfile::TempDir;

use crate::harness::client::Client;

/// Names the file in which the process that is to be a server says where it listens.
const ADDRESS_FILE: &str = "DIWAN_TEST_ADDRESS_FILE";
/// The test that becomes the server.
const SERVER_TEST: &str = "durability::a_server_in_a_process_of_its_own";
/// How long a start may take, on a machine that does much else.
const START_DEADLINE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

/// Becomes a server, with all that makes it durable, when another story started this process for that. Returns otherwise.
pub(super) fn serve_if_asked() {
    let Ok(address_file) = env::var(ADDRESS_FILE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let config =
            Config::load(&Sources { file: None, environment: env::vars().collect(), flags: Vec::new() }).unwrap();
        let _lock = DataFolderLock::acquire(&config.data, None, "a story").unwrap();
        let surroundings = Surroundings::default();
        let cms =
            open_installation(&config, embedded_registry().unwrap(), &surroundings, ProcessRole::Holder).await.unwrap();
        cms.sweep_uploads().await.unwrap();
        let server = start(&config, cms, &surroundings).await.unwrap();
        // Written whole before it has its name, so that nobody reads half an address.
        fs::write(format!("{address_file}.new"), server.address.to_string()).unwrap();
        fs::rename(format!("{address_file}.new"), &address_file).unwrap();
        std::future::pending::<()>().await;
    });
}

/// A running server; killed when dropped.
pub(crate) struct ChildServer {
    process: Child,
    _notes: TempDir,
    /// Somebody anonymous.
    pub(crate) client: Client,
}

impl ChildServer {
    /// Starts it on a data folder and waits until it listens.
    pub(crate) async fn start(data: &Path) -> Self {
        let notes = tempfile::tempdir().unwrap();
        let (address_file, log) = (notes.path().join("address"), notes.path().join("log"));
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", SERVER_TEST, "--nocapture"])
            .env(ADDRESS_FILE, &address_file)
            .env("DIWAN_DATA", data)
            .env("DIWAN_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let begun_at = Instant::now();
        while !address_file.exists() {
            let ended = process.try_wait().unwrap();
            let log = || fs::read_to_string(&log).unwrap();
            assert!(ended.is_none(), "the server did not start: {}", log());
            assert!(begun_at.elapsed() < START_DEADLINE, "the server does not start: {}", log());
            tokio::time::sleep(POLL).await;
        }
        let address: SocketAddr = fs::read_to_string(&address_file).unwrap().parse().unwrap();
        Self { process, _notes: notes, client: Client::new(format!("http://{address}")) }
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Kills it at once, so that it can put nothing in order, and waits until it is gone.
    pub(super) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for ChildServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
