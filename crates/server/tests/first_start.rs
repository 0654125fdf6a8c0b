//! The first start as README tells it: in an empty folder, with the sample ministry.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

/// A program that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, target: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("the server listens");
    write!(socket, "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("the server reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("the server answers");
    answer
}

#[test]
fn the_samples_are_found_as_soon_as_the_address_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_diwan"));
    command.args(["serve", "--demo"]).env_clear().env("DIWAN_LISTEN", "127.0.0.1:0").current_dir(folder.path());
    command.stdout(Stdio::piped()).stderr(File::create(&log).expect("a file"));
    let mut server = Running(command.spawn().expect("the program starts"));

    let told = BufReader::new(server.0.stdout.take().expect("its output"));
    let address = told.lines().find_map(|line| {
        let line = line.expect("text");
        Some(line.trim().strip_prefix("http://")?.strip_suffix("/docs")?.to_owned())
    });
    let address = address.expect("the guide names the address");
    // الموازنة, the budget
    let found = get(&address, "/v1/search?q=%D8%A7%D9%84%D9%85%D9%88%D8%A7%D8%B2%D9%86%D8%A9");
    assert!(found.starts_with("HTTP/1.1 200"), "{found}");
    assert!(found.contains("<mark>"), "{found}");

    let log = fs::read_to_string(log).expect("the log");
    let of_migrations: Vec<&str> =
        log.lines().filter(|line| line.contains("migration") || line.contains("tables")).collect();
    assert_eq!(of_migrations.len(), 1, "{log}");
}
