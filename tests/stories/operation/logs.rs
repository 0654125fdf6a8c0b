//! A log that cannot be written stops nothing.

use std::{
    fs::OpenOptions,
    io::{self, Read as _},
    process::Stdio,
};

use diwan_content::rights::Role;

use super::program::{Program, run};

/// More requests than lines fit into a pipe.
const REQUESTS: usize = 1_500;

/// Asks for more than any pipe holds of lines, then for health, metrics and an orderly end.
async fn goes_on_serving(data: &str, errors: Stdio, loses: bool) {
    let server = Program::serve_with(data, &[], &[], Some(errors)).await;
    for _ in 0..REQUESTS {
        server.client.get("/v1/paths").await.of(200);
    }
    server.client.get("/livez").await.of(200);
    let role = Role::SystemAdmin.as_str();
    let made = run(&["--data", data, "key", "create", "--role", role], &[]);
    let key = made.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let metrics = server.client.with_token(key).get("/metrics").await.of(200);
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let lost = metrics.lines().find_map(|line| line.strip_prefix("diwan_log_lines_lost_total ")).unwrap();
    assert_eq!(lost.parse::<usize>().unwrap() > 0, loses, "{lost} lines are lost");
    server.stop().await;
}

#[tokio::test]
async fn a_log_on_a_full_disk_stops_nothing_and_no_start() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        goes_on_serving(folder.path().to_str().unwrap(), full.into(), true).await;
    }
}

#[tokio::test]
async fn a_log_whose_reader_is_gone_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    goes_on_serving(folder.path().to_str().unwrap(), writer.into(), true).await;
}

#[tokio::test]
async fn a_log_that_nobody_reads_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut reader, writer) = io::pipe().unwrap();
    // What the pipe does not hold waits in memory.
    goes_on_serving(folder.path().to_str().unwrap(), writer.into(), false).await;
    let mut text = Vec::new();
    reader.read_to_end(&mut text).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("serving"));
}
