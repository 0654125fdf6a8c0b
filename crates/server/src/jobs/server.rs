//! The serving process's side.

use std::{
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use diwan_cms::{Cms, ImportProgress};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream, unix::OwnedWriteHalf},
    sync::{Mutex, watch},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::{
    protocol::{Job, Request, Word},
    socket,
};
use crate::error_text::lines_of_verb;

/// Longest request, in bytes.
const REQUEST_MAX_BYTES: u64 = 64 * 1024;
/// How long a command may take to say what it wants.
const REQUEST_DEADLINE: Duration = Duration::from_secs(10);
/// How often a command is told how far its job is.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// Pause after a connection could not be taken.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes jobs until it is told to stop.
#[derive(Debug)]
pub(crate) struct JobServer {
    data: PathBuf,
    task: JoinHandle<()>,
}

impl JobServer {
    /// Gives up the job at hand and ends.
    pub(crate) async fn stop(self) {
        self.task.abort();
        // It was aborted: that is no failure.
        let _ = self.task.await;
        socket::remove(&self.data);
    }
}

/// Takes jobs over a socket in the data folder, whose lock the caller holds; one at a time.
///
/// # Errors
/// When there can be no socket, on a read-only disk for one.
pub(crate) fn serve_jobs(data: &Path, cms: Cms) -> io::Result<JobServer> {
    let listener = socket::listen(data)?;
    let owner = std::fs::metadata(data)?.uid();
    let task = tokio::spawn(accept(listener, owner, cms));
    Ok(JobServer { data: data.to_owned(), task })
}

async fn accept(listener: UnixListener, owner: u32, cms: Cms) {
    let turn = Arc::new(Mutex::new(()));
    // They end with this task.
    let mut running = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (turn, cms) = (turn.clone(), cms.clone());
                running.spawn(async move {
                    if let Err(error) = answer(stream, owner, &turn, &cms).await {
                        tracing::info!(%error, "a command that had handed over a job went away");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a command's job could not be taken");
                sleep(PAUSE).await;
            }
        }
        while running.try_join_next().is_some() {}
    }
}

async fn answer(stream: UnixStream, owner: u32, turn: &Mutex<()>, cms: &Cms) -> io::Result<()> {
    let asker = stream.peer_cred()?.uid();
    let (reading, mut writing) = stream.into_split();
    if asker != owner && asker != 0 {
        return tell(&mut writing, &failed("only the owner of the data folder may hand over jobs")).await;
    }
    let mut reading = BufReader::new(reading);
    let mut line = Vec::new();
    timeout(REQUEST_DEADLINE, (&mut reading).take(REQUEST_MAX_BYTES).read_until(b'\n', &mut line)).await??;
    let job = match serde_json::from_slice(&line) {
        Ok(Request { version, job }) if version == env!("CARGO_PKG_VERSION") => job,
        Ok(Request { version, .. }) => {
            let ours = env!("CARGO_PKG_VERSION");
            return tell(&mut writing, &failed(format!("the server is of version {ours}, the command of {version}")))
                .await;
        }
        Err(error) => return tell(&mut writing, &failed(format!("the job is not understood: {error}"))).await,
    };
    let Ok(_turn) = turn.try_lock() else {
        return tell(&mut writing, &failed("another job is running; try again when it is done")).await;
    };
    tracing::info!(?job, "a job begins");
    let mut gone = Vec::new();
    tokio::select! {
        done = run(job, cms, &mut writing) => {
            let word = done?;
            tell(&mut writing, &word).await
        }
        // The command says nothing more: what comes is its end.
        _ = reading.read_to_end(&mut gone) => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Does a job and tells how far it is; answers the last word.
async fn run(job: Job, cms: &Cms, writing: &mut OwnedWriteHalf) -> io::Result<Word> {
    let (made, mut known) = watch::channel(ImportProgress::default());
    let work = job.run(cms, move |progress| {
        made.send_replace(progress);
    });
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                tracing::info!(succeeded = done.is_ok(), "a job ended");
                return Ok(done.map_or_else(|error| Word::Failed(lines_of_verb(&error)), Word::Done));
            }
            () = sleep(TELL_EVERY) => {
                if known.has_changed().unwrap_or(false) {
                    let progress = *known.borrow_and_update();
                    tell(writing, &Word::Progress(progress)).await?;
                }
            }
        }
    }
}

async fn tell(writing: &mut OwnedWriteHalf, word: &Word) -> io::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    writing.write_all(&line).await
}

fn failed(line: impl Into<String>) -> Word {
    Word::Failed(vec![line.into()])
}
