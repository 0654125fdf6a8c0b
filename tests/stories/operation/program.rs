//! The command line in a process of its own: this test binary, started again.

use std::{
    env,
    fs::{self, File},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use diwan_server::cli;
use tempfile::TempDir;

use crate::harness::client::Client;

/// Holds the arguments, a line each, for the process that is to be the program.
const ARGUMENTS: &str = "DIWAN_TEST_ARGUMENTS";
/// The test that becomes the program.
const PROGRAM_TEST: &str = "operation::program::the_program_in_a_process_of_its_own";
/// How long anything may take, on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);

#[test]
fn the_program_in_a_process_of_its_own() -> ExitCode {
    let Ok(arguments) = env::var(ARGUMENTS) else { return ExitCode::SUCCESS };
    cli::run(std::iter::once("diwan").chain(arguments.lines()).map(Into::into).collect())
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) good: bool,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let done = command(arguments).envs(environment.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { good: done.status.success(), output: text(done.stdout), errors: text(done.stderr) }
}

/// A server that runs; killed when dropped.
pub(super) struct Program {
    process: Child,
    notes: TempDir,
    /// Where it listens.
    pub(super) address: String,
    /// Somebody anonymous.
    pub(super) client: Client,
}

impl Program {
    /// Starts a server on a data folder and waits until it says where it listens.
    pub(super) async fn serve(data: &str, flags: &[&str]) -> Self {
        Self::serve_with(data, flags, &[], None).await
    }

    /// The same with variables of its environment, and perhaps with another standard error than a file.
    pub(super) async fn serve_with(
        data: &str,
        flags: &[&str],
        environment: &[(&str, &str)],
        errors: Option<Stdio>,
    ) -> Self {
        let notes = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(notes.path().join(name)).unwrap();
        let arguments = [&["--data", data, "serve", "--listen", "127.0.0.1:0"], flags].concat();
        let errors_file = file("errors");
        let errors = errors.unwrap_or_else(|| errors_file.into());
        let mut command = command(&arguments);
        let process = command.envs(environment.iter().copied()).stdout(file("output")).stderr(errors).spawn().unwrap();
        let client = Client::new("");
        let mut program = Self { process, notes, address: String::new(), client };
        let begun_at = Instant::now();
        while program.address.is_empty() {
            let ended = program.process.try_wait().unwrap();
            assert!(ended.is_none() && begun_at.elapsed() < DEADLINE, "it does not start: {}", program.read("errors"));
            tokio::time::sleep(POLL).await;
            program.address = first_address(&program.output()).unwrap_or_default();
        }
        program.client = Client::new(program.client_base());
        program
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(super) fn client_base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it printed so far.
    pub(super) fn output(&self) -> String {
        self.read("output")
    }

    /// Asks it to stop, as service managers do.
    pub(super) fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap().success());
    }

    /// Waits until its log contains a text.
    pub(super) async fn says(&self, text: &str) {
        let begun_at = Instant::now();
        while !self.read("errors").contains(text) {
            assert!(begun_at.elapsed() < DEADLINE, "it does not say {text}: {}", self.read("errors"));
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until nobody can connect any more.
    pub(super) async fn no_longer_listens(&self) {
        let begun_at = Instant::now();
        while tokio::net::TcpStream::connect(&self.address).await.is_ok() {
            assert!(begun_at.elapsed() < DEADLINE, "it goes on listening");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Stops it and gives its whole log.
    pub(super) async fn stopped_log(mut self) -> String {
        self.terminate();
        self.ends_well().await;
        self.read("errors")
    }

    /// Waits for its end, which must be an orderly one.
    pub(super) async fn ended_well(mut self) {
        self.ends_well().await;
    }

    async fn ends_well(&mut self) {
        let begun_at = Instant::now();
        let ended = loop {
            if let Some(ended) = self.process.try_wait().unwrap() {
                break ended;
            }
            assert!(begun_at.elapsed() < DEADLINE, "it does not end: {}", self.read("errors"));
            tokio::time::sleep(POLL).await;
        };
        assert!(ended.success(), "{ended}: {}", self.read("errors"));
    }

    /// Asks it to stop and waits for its end.
    pub(super) async fn stop(self) {
        self.terminate();
        self.ended_well().await;
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.notes.path().join(name)).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", PROGRAM_TEST, "--nocapture"]).env(ARGUMENTS, arguments.join("\n")).stdin(Stdio::null());
    // No load balancer watches a story's server, so nothing needs time to notice that it stops.
    command.env("DIWAN_HTTP_SHUTDOWN_DELAY_MS", "0");
    command
}

/// Printed text may be read half: an address counts once its line is whole, and all lines with it.
fn first_address(output: &str) -> Option<String> {
    let (_, rest) = output.split_once("http://")?;
    let (line, _) = rest.split_once('\n')?;
    Some(line.split('/').next()?.to_owned())
}
