//! The log's way to standard error: a queue of bounded size, emptied by a thread of its own.
//!
//! Standard error can be a file on a full disk, a pipe without a reader, or a pipe that nobody empties. A write of the log
//! never fails, never waits and never panics; lines that cannot be written are dropped and counted.

use std::{
    collections::VecDeque,
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::fmt::MakeWriter;

/// Most bytes that wait for standard error; about 5,000 lines.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;

/// A handle to the queue. Every call of `write` takes one whole line and succeeds at once.
#[derive(Clone)]
pub(crate) struct LogWriter(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    lost: Counter,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// The thread has lines in its hands that are not written yet.
    writing: bool,
    /// Lines lost since the last report of lost lines.
    unreported: u64,
}

impl LogWriter {
    /// Starts the thread that writes to `out`. Lost lines are added to `lost`; once `out` takes a line again, `report` gets
    /// their number.
    pub(crate) fn start(
        out: impl Write + Send + 'static,
        lost: Counter,
        report: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new(), lost });
        let queue = shared.clone();
        thread::Builder::new().name("log".to_owned()).spawn(move || queue.empty_into(out, report))?;
        Ok(Self(shared))
    }

    /// Waits until all lines are written or lost, at most for `time`: standard error may be stuck.
    pub(crate) fn flush_within(&self, time: Duration) {
        let pending = |queue: &mut Queue| queue.writing || !queue.lines.is_empty();
        let (queue, _) =
            self.0.changed.wait_timeout_while(self.0.lock(), time, pending).unwrap_or_else(PoisonError::into_inner);
        drop(queue);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut queue = self.lock();
        if queue.bytes + line.len() > MAX_QUEUED_BYTES {
            queue.unreported += 1;
            self.lost.inc();
            return;
        }
        queue.bytes += line.len();
        queue.lines.push_back(line.to_vec());
        drop(queue);
        self.changed.notify_all();
    }

    fn empty_into(&self, mut out: impl Write, report: impl Fn(u64)) {
        let mut torn = false;
        loop {
            let lines = self.next_lines();
            for line in lines {
                match write_line(&mut out, &line, &mut torn) {
                    Ok(()) => {
                        let lost = mem::take(&mut self.lock().unreported);
                        if lost > 0 {
                            report(lost);
                        }
                    }
                    Err(_) => {
                        self.lock().unreported += 1;
                        self.lost.inc();
                    }
                }
                self.lock().bytes -= line.len();
            }
        }
    }

    /// Waits for lines. They count as queued until they are written.
    fn next_lines(&self) -> VecDeque<Vec<u8>> {
        let mut queue = self.lock();
        queue.writing = false;
        self.changed.notify_all();
        let mut queue =
            self.changed.wait_while(queue, |queue| queue.lines.is_empty()).unwrap_or_else(PoisonError::into_inner);
        queue.writing = true;
        mem::take(&mut queue.lines)
    }
}

/// Writes a line. After a line that was written in part, the next one begins on a line of its own.
fn write_line(out: &mut impl Write, line: &[u8], torn: &mut bool) -> io::Result<()> {
    if *torn {
        out.write_all(b"\n")?;
        *torn = false;
    }
    let mut rest = line;
    while !rest.is_empty() {
        match out.write(rest) {
            Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            refused => {
                *torn = rest.len() < line.len();
                return Err(refused.err().unwrap_or_else(|| io::ErrorKind::WriteZero.into()));
            }
        }
    }
    Ok(())
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// What standard error does with one write.
    enum Answer {
        Take,
        Refuse(io::ErrorKind),
        TakePart(usize),
    }

    /// Standard error that answers as it is told, one answer a write.
    struct Played {
        answers: mpsc::Receiver<Answer>,
        taken: mpsc::Sender<String>,
    }

    impl Write for Played {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = match self.answers.recv().unwrap_or(Answer::Take) {
                Answer::Take => bytes.len(),
                Answer::TakePart(count) => count,
                Answer::Refuse(kind) => return Err(kind.into()),
            };
            self.taken.send(String::from_utf8(bytes[..count].to_vec()).unwrap()).unwrap();
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Scene {
        writer: LogWriter,
        answers: mpsc::Sender<Answer>,
        taken: mpsc::Receiver<String>,
        reports: mpsc::Receiver<u64>,
        lost: Counter,
    }

    fn scene() -> Scene {
        let (answers, played) = mpsc::channel();
        let (taken_by, taken) = mpsc::channel();
        let (reported_by, reports) = mpsc::channel();
        let lost = Counter::default();
        let out = Played { answers: played, taken: taken_by };
        let report = move |count| reported_by.send(count).unwrap();
        let writer = LogWriter::start(out, lost.clone(), report).unwrap();
        Scene { writer, answers, taken, reports, lost }
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted_and_reported_once_one_can() {
        let mut scene = scene();
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe] {
            scene.answers.send(Answer::Refuse(kind)).unwrap();
            scene.writer.write_all(b"lost\n").unwrap();
        }
        scene.writer.flush_within(PATIENCE);
        assert_eq!((scene.lost.get(), scene.reports.try_recv().ok()), (2, None));
        scene.answers.send(Answer::Take).unwrap();
        scene.writer.write_all(b"kept\n").unwrap();
        assert_eq!(scene.taken.recv_timeout(PATIENCE).unwrap(), "kept\n");
        assert_eq!(scene.reports.recv_timeout(PATIENCE).unwrap(), 2);
    }

    #[test]
    fn a_reader_that_stops_reading_costs_bounded_memory_and_nobody_waits() {
        let mut scene = scene();
        let line = [b'x'; 1024];
        // Nothing is answered: the first write hangs, and all of these return all the same.
        for _ in 0..2_000 {
            scene.writer.write_all(&line).unwrap();
        }
        assert_eq!(scene.lost.get(), 2_000 - (MAX_QUEUED_BYTES / line.len()) as u64);
        assert!(scene.writer.0.lock().bytes <= MAX_QUEUED_BYTES);
        scene.writer.flush_within(Duration::from_millis(1));
        drop(scene.answers);
        assert_eq!(scene.reports.recv_timeout(PATIENCE).unwrap(), scene.lost.get());
        scene.writer.flush_within(PATIENCE);
        assert_eq!(scene.taken.try_iter().count(), MAX_QUEUED_BYTES / line.len());
        assert_eq!(scene.writer.0.lock().bytes, 0);
    }

    #[test]
    fn a_line_after_a_torn_one_begins_on_its_own() {
        let mut scene = scene();
        for answer in [Answer::TakePart(2), Answer::Refuse(io::ErrorKind::StorageFull), Answer::Take, Answer::Take] {
            scene.answers.send(answer).unwrap();
        }
        scene.writer.write_all(b"torn\n").unwrap();
        scene.writer.write_all(b"whole\n").unwrap();
        scene.writer.flush_within(PATIENCE);
        assert_eq!(scene.taken.try_iter().collect::<String>(), "to\nwhole\n");
    }
}
