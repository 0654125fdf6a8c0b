//! Followers: what is made from the log of events, outside of the transactions that wrote them. Each is a file here and a line
//! in [`Cms::start_followers`]; one runner wakes them all, pauses after failures and ends them.

use diwan_assets::ReaderCommand;
use tokio::sync::watch;

use crate::{cms::Cms, error::CmsError};

pub(crate) mod attachments;
mod housekeeping;
pub(crate) mod making;
mod runner;
pub(crate) mod search;
mod texts;

pub use self::runner::Followers;
use self::{housekeeping::Housekeeping, search::Search, texts::Texts};

impl Cms {
    /// Starts everything that follows the log in a serving process. Without a command that reads documents, their text is
    /// not found by search.
    ///
    /// # Errors
    /// In a process without an index.
    pub fn start_followers(&self, text_reader: Option<ReaderCommand>) -> Result<Followers, CmsError> {
        let mut followers = Followers::new(self.clone());
        followers.start(Search::new(self.index()?.clone()));
        followers.start(Housekeeping);
        if let Some(command) = text_reader {
            followers.start(Texts::new(command));
        }
        Ok(followers)
    }
}

/// Told when the process ends: `true` from then on.
pub(crate) type Stop = watch::Receiver<bool>;
