//! Kills do not show what a power loss does: a kill leaves to the system what was written. So here the order of the
//! server's calls is read: each acknowledgement follows the flush of the database's log, of the blob and of its folders.

use std::{collections::HashMap, time::Duration};

use diwan_content::ContentHash;

use super::{
    child::ChildServer,
    ledger::{Page, Writers},
    strace::{self, Strace},
};
use crate::harness::{Keys, settle, skipped};

/// Upload, creation, publish, save, publish.
const ACKNOWLEDGEMENTS: usize = 5;
/// What the acknowledgement of a change begins with.
const ACKNOWLEDGED: &str = "\"HTTP/1.1 2";
const CALLS: &str = "trace=fsync,fdatasync,/^rename(at2?)?$,/^link(at)?$,/^p?write(64|v|v2)?$,/^send(to|msg|mmsg)$";

/// One call of the server. Numbers are places in the log of calls.
struct Call {
    name: String,
    arguments: String,
    begun: usize,
    /// Where it returned without an error.
    ended: Option<usize>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_follows_the_flush_of_all_that_it_promises() {
    if let Err(reason) = strace::is_possible() {
        return skipped(&reason);
    }
    let data = tempfile::tempdir().unwrap();
    let server = ChildServer::start(data.path()).await;
    let keys = Keys::make_beside(data.path()).await;
    let writers = Writers::prepare(&server.client, &keys).await;
    settle(&server.client).await;
    let strace = match Strace::attach(server.id(), &["-s", "32", "-e", CALLS]) {
        Ok(strace) => strace,
        Err(reason) => return skipped(&reason),
    };
    let mut page = Page::new("powerloss");
    writers.write(&server.client, &mut page).await.unwrap();
    while strace.so_far().matches(ACKNOWLEDGED).count() < ACKNOWLEDGEMENTS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let calls = read_calls(&strace.so_far());
    drop(server);
    strace.end();

    let acknowledgements: Vec<usize> =
        calls.iter().filter(|call| call.arguments.contains(ACKNOWLEDGED)).map(|call| call.begun).collect();
    assert_eq!(acknowledgements.len(), ACKNOWLEDGEMENTS);
    let mut before = 0;
    for acknowledged in &acknowledgements {
        assert_log_is_flushed(&calls, before, *acknowledged);
        before = *acknowledged;
    }
    assert_blob_is_flushed(&calls, &ContentHash::of(page.picture()).to_string(), acknowledgements[0]);
}

/// Between two acknowledgements the database's log was written, and nothing of it waits to be flushed.
fn assert_log_is_flushed(calls: &[Call], before: usize, acknowledged: usize) {
    let on_log = |call: &&Call| call.arguments.contains(".db-wal>") && call.begun > before && call.begun < acknowledged;
    let last_write =
        calls.iter().filter(on_log).filter(|call| call.name.contains("write")).map(|call| call.begun).max();
    let last_write = last_write.expect("a change that is acknowledged was written to the log");
    let flushed = calls
        .iter()
        .filter(on_log)
        .any(|call| is_flush(call) && call.begun > last_write && ended_by(call, acknowledged));
    assert!(
        flushed,
        "the log was written at {last_write} and not flushed before the acknowledgement at {acknowledged}"
    );
}

/// The blob's bytes were flushed before it got its name, its folders after that, and the log was written last.
fn assert_blob_is_flushed(calls: &[Call], hash: &str, acknowledged: usize) {
    let named = calls.iter().find(|call| {
        let target = call.arguments.rsplit(", ").next().unwrap_or_default();
        (call.name.starts_with("rename") || call.name.starts_with("link"))
            && target.contains(hash)
            && !target.contains('#')
    });
    let named = named.expect("the blob got its name");
    let named_at = named.ended.expect("naming the blob worked");
    let (_, target) = named.arguments.trim_end_matches('"').rsplit_once('"').unwrap();

    let staged = |call: &&Call| call.begun < named.begun && call.arguments.contains(&format!("{hash}#"));
    let written = calls.iter().filter(staged).filter(|call| call.name.contains("write")).map(|call| call.begun).max();
    let written = written.expect("the blob was written under another name first");
    let flushed =
        calls.iter().filter(staged).any(|call| is_flush(call) && call.begun > written && ended_by(call, named.begun));
    assert!(flushed, "the blob got its name before its bytes were flushed");

    let log_written = calls.iter().find(|call| call.arguments.contains(".db-wal>") && call.name.contains("write"));
    let log_written = log_written.expect("the upload was written to the log").begun;
    assert!(log_written < acknowledged);
    let mut folder = target;
    // Folders are made on the way: `blobs/ab/cd/<hash>`.
    for _ in 0..3 {
        folder = folder.rsplit_once('/').unwrap().0;
        let argument = format!("<{folder}>");
        let of_folder = |call: &&Call| call.arguments.contains(&argument) && call.begun > named_at;
        let flushed = calls.iter().filter(of_folder).any(|call| is_flush(call) && ended_by(call, log_written));
        assert!(flushed, "{folder} was not flushed between the blob's name and its row");
    }
}

fn is_flush(call: &Call) -> bool {
    call.name == "fsync" || call.name == "fdatasync"
}

fn ended_by(call: &Call, place: usize) -> bool {
    call.ended.is_some_and(|ended| ended < place)
}

/// Calls in the order in which they began. A call during which another thread was busy stands on two lines.
fn read_calls(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut unfinished: HashMap<&str, usize> = HashMap::new();
    for (place, line) in text.lines().enumerate() {
        let (thread, rest) = match line.strip_prefix("[pid ").and_then(|line| line.split_once("] ")) {
            Some((thread, rest)) => (thread.trim(), rest),
            None => ("", line),
        };
        let worked = rest.rsplit_once(" = ").is_some_and(|(_, result)| !result.starts_with('-'));
        if rest.starts_with("<... ") {
            if let Some(index) = unfinished.remove(thread) {
                calls[index].ended = worked.then_some(place);
            }
            continue;
        }
        let Some((name, arguments)) = rest.split_once('(') else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            continue;
        }
        let open = arguments.strip_suffix(" <unfinished ...>");
        let closed = || arguments.rsplit_once(" = ").map_or(arguments, |(arguments, _)| arguments);
        let arguments = open.unwrap_or_else(|| closed().trim_end().trim_end_matches(')')).to_owned();
        if open.is_some() {
            unfinished.insert(thread, calls.len());
        }
        calls.push(Call {
            name: name.to_owned(),
            arguments,
            begun: place,
            ended: (open.is_none() && worked).then_some(place),
        });
    }
    calls
}

#[test]
fn a_call_ends_where_it_is_taken_up_again() {
    let text = "[pid  8] fsync(3</d/x> <unfinished ...>\n[pid  9] rename(\"/a\", \"/b\") = 0\n\
        [pid  8] <... fsync resumed>)        = 0\n[pid  9] fsync(4</d>)   = -1 EIO (Input/output error)\n";
    let calls = read_calls(text);
    let seen: Vec<_> = calls.iter().map(|c| (c.name.as_str(), c.arguments.as_str(), c.begun, c.ended)).collect();
    assert_eq!(
        seen,
        [("fsync", "3</d/x>", 0, Some(2)), ("rename", "\"/a\", \"/b\"", 1, Some(1)), ("fsync", "4</d>", 3, None),]
    );
}
