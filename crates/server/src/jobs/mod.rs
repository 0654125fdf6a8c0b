//! Long work that a serving process does for commands: while a server runs, it alone writes. A command that finds the data
//! folder held sends its job over a socket in that folder, which only its owner may use, and shows how far the work is.
//!
//! Both sides exchange lines of JSON: one [`Request`], then any number of [`Word`]s, the last of which ends the job. Where the
//! command goes away, its job is given up; what it has stored by then stays, as with a command that is stopped.

#[cfg(unix)]
mod client;
#[cfg(not(unix))]
mod elsewhere;
mod protocol;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod socket;

#[cfg(not(unix))]
pub(crate) use self::elsewhere::{JobServer, hand_over, serve_jobs};
pub(crate) use self::protocol::{HandOverError, Job};
#[cfg(unix)]
pub(crate) use self::{
    client::hand_over,
    server::{JobServer, serve_jobs},
};
