//! Where there are no such sockets, nobody takes jobs: commands work while no server runs.

use std::{io, path::Path};

use diwan_cms::{Cms, ImportProgress};

use super::protocol::{Done, HandOverError, Job};

/// Never there.
#[derive(Debug)]
pub(crate) enum JobServer {}

impl JobServer {
    /// Never called.
    pub(crate) async fn stop(self) {
        match self {}
    }
}

/// Takes no jobs.
///
/// # Errors
/// Always.
pub(crate) fn serve_jobs(_: &Path, _: Cms) -> io::Result<JobServer> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Finds nobody.
pub(crate) async fn hand_over(_: &Path, _: Job, _: impl Fn(ImportProgress)) -> Result<Done, HandOverError> {
    Err(HandOverError::NobodyThere(io::ErrorKind::Unsupported.into()))
}
