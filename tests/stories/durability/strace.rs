//! strace on a running server.

use std::{
    io::Read,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

/// The calls by which something becomes durable or gets its name. On some platforms not all of them exist.
pub(super) const DISK_CALLS: &str = "fsync,fdatasync,/^rename(at2?)?$";
/// How long strace may take to attach.
const ATTACH_DEADLINE: Duration = Duration::from_secs(20);
/// How often what was read is looked at.
const POLL: Duration = Duration::from_millis(1);

/// Attached to a process with all its threads, present and future.
pub(super) struct Strace {
    strace: Child,
    text: Arc<(Mutex<Text>, Condvar)>,
}

/// What strace wrote. Its lines are complete only when a call returns: a call that has begun stands there unfinished.
#[derive(Default)]
struct Text {
    written: String,
    ended: bool,
}

/// Why strace cannot be used here, if so.
pub(super) fn is_possible() -> Result<(), String> {
    let tried = Command::new("strace").args(["-e", "trace=fsync", "true"]).stdin(Stdio::null()).output();
    match tried {
        Err(error) => Err(format!("strace cannot be run: {error}")),
        Ok(output) if !output.status.success() => {
            Err(format!("strace: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }
        Ok(_) => Ok(()),
    }
}

impl Strace {
    /// Attaches to a process and waits until it is under watch.
    pub(super) fn attach(process: u32, options: &[&str]) -> Result<Self, String> {
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-p", &process.to_string()]).args(options);
        let mut strace = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let mut source = strace.stderr.take().unwrap();
        let text = Arc::new((Mutex::new(Text::default()), Condvar::new()));
        let reader = text.clone();
        std::thread::spawn(move || {
            let mut piece = [0; 16 * 1024];
            loop {
                let length = source.read(&mut piece).unwrap_or(0);
                let mut text = reader.0.lock().unwrap();
                text.written.push_str(&String::from_utf8_lossy(&piece[..length]));
                text.ended = length == 0;
                reader.1.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        let attached = Self { strace, text };
        attached.wait_for(ATTACH_DEADLINE, |text| text.ended || text.written.contains(" attached"));
        let text = attached.so_far();
        if text.contains(" attached") { Ok(attached) } else { Err(text.trim().to_owned()) }
    }

    /// Waits until so many calls have begun.
    pub(super) async fn calls_begun(&self, count: usize) {
        while begun(&self.text.0.lock().unwrap().written) < count {
            tokio::time::sleep(POLL).await;
        }
    }

    /// What was written until now.
    pub(super) fn so_far(&self) -> String {
        self.text.0.lock().unwrap().written.clone()
    }

    /// Waits for strace to end, which it does with the process that it watches.
    pub(super) fn end(mut self) {
        self.strace.wait().unwrap();
    }

    fn wait_for(&self, deadline: Duration, done: impl Fn(&Text) -> bool) {
        let begun_at = Instant::now();
        let mut text = self.text.0.lock().unwrap();
        while !done(&text) && begun_at.elapsed() < deadline {
            text = self.text.1.wait_timeout(text, Duration::from_millis(100)).unwrap().0;
        }
    }
}

/// How many calls have begun. The line of a call that is taken up again reads `<... fsync resumed>)`, without `fsync(`.
fn begun(text: &str) -> usize {
    ["fsync(", "fdatasync(", "rename(", "renameat(", "renameat2("].iter().map(|call| text.matches(call).count()).sum()
}

#[test]
fn a_call_counts_when_it_begins() {
    let text = "strace: Process 7 attached\n[pid 8] fsync(3</x> <unfinished ...>\n[pid 9] rename(\"a\", \"b\") = 0\n\
        [pid 8] <... fsync resumed>) = 0\n[pid 8] fdatasync(4";
    assert_eq!(begun(text), 3);
}
