//! Where the socket is.

use std::{
    io,
    os::{fd::AsRawFd as _, unix::fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// Its name in the data folder.
const NAME: &str = "jobs.socket";

/// Listens in a data folder whose lock the caller holds: a socket that is there was left behind.
pub(super) fn listen(data: &Path) -> io::Result<UnixListener> {
    let path = data.join(NAME);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = with_short_name(data, |name| UnixListener::bind(name))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Connects to the process that serves a data folder.
pub(super) async fn connect(data: &Path) -> io::Result<UnixStream> {
    let stream = with_short_name(data, |name| std::os::unix::net::UnixStream::connect(name))?;
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// Takes the socket away.
pub(super) fn remove(data: &Path) {
    // One that stays behind is replaced by the next server.
    let _ = std::fs::remove_file(data.join(NAME));
}

/// Names of sockets may have about 100 bytes, which folders easily exceed: it is named through the open folder.
fn with_short_name<T>(data: &Path, work: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let folder = std::fs::File::open(data)?;
    let through_folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    let name = if through_folder.exists() { through_folder.join(NAME) } else { data.join(NAME) };
    work(&name)
}
