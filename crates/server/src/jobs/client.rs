//! The command's side.

use std::{io, path::Path};

use diwan_cms::ImportProgress;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

use super::{
    protocol::{Done, HandOverError, Job, LINE_MAX_BYTES, Request, Word},
    socket::connect,
};

/// Has the process that serves a data folder do a job; answers what is to be told of it.
pub(crate) async fn hand_over(data: &Path, job: Job, progress: impl Fn(ImportProgress)) -> Result<Done, HandOverError> {
    let stream = connect(data).await.map_err(HandOverError::NobodyThere)?;
    let lost = |error: io::Error| HandOverError::Lost(Some(error));
    let (reading, mut writing) = stream.into_split();
    let request = Request { version: env!("CARGO_PKG_VERSION").to_owned(), job };
    let mut line = serde_json::to_vec(&request).map_err(|error| lost(error.into()))?;
    line.push(b'\n');
    writing.write_all(&line).await.map_err(lost)?;
    let mut words = BufReader::new(reading);
    loop {
        let mut line = Vec::new();
        (&mut words).take(LINE_MAX_BYTES).read_until(b'\n', &mut line).await.map_err(lost)?;
        if line.is_empty() {
            return Err(HandOverError::Lost(None));
        }
        match serde_json::from_slice(&line).map_err(|error| lost(error.into()))? {
            Word::Progress(made) => progress(made),
            Word::Done(done) => return Ok(done),
            Word::Failed(lines) => return Err(HandOverError::Failed(lines)),
        }
    }
}
