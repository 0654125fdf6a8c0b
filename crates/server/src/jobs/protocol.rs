//! What is said over the socket.

use std::io;

use diwan_cms::{Cms, CmsError, ImportProgress, ImportStatamic, WriteContext};
use serde::{Deserialize, Serialize};

/// Longest line of either side, in bytes: an import's report names every file.
pub(super) const LINE_MAX_BYTES: u64 = 256 * 1024 * 1024;

/// What a command asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// The version of the program that asks: another one may mean something else by the same words.
    pub(super) version: String,
    pub(super) job: Job,
}

/// Work that takes long.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Job {
    /// Import the entry files of a Statamic site.
    ImportStatamic(ImportStatamic),
}

/// What a job that is done leaves to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Done {
    /// Its report.
    pub(crate) report: String,
    /// How many things in it somebody should look at.
    pub(crate) to_look_at: usize,
}

/// Why a job that was handed over was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandOverError {
    /// Nobody takes jobs in this data folder.
    #[error("no server takes jobs in this data folder")]
    NobodyThere(#[source] io::Error),
    /// The server went away.
    #[error("the server ended before the job was done; what it had stored by then stays")]
    Lost(#[source] Option<io::Error>),
    /// The job failed there, for this reason, by line.
    #[error("{}", _0.join("; "))]
    Failed(Vec<String>),
}

/// What the serving process says of a job.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Word {
    /// How far it is.
    Progress(ImportProgress),
    /// It is done.
    Done(Done),
    /// It failed, for this reason, by line.
    Failed(Vec<String>),
}

impl Job {
    /// Does the work.
    ///
    /// # Errors
    /// What the verb says.
    pub(crate) async fn run(
        self,
        cms: &Cms,
        progress: impl Fn(ImportProgress) + Send + Sync,
    ) -> Result<Done, CmsError> {
        match self {
            Self::ImportStatamic(input) => {
                let report = cms.import_statamic(&WriteContext::system(), input, progress).await?;
                Ok(Done { report: report.to_string(), to_look_at: report.to_look_at() })
            }
        }
    }
}
