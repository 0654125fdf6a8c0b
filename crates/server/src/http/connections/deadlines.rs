//! A socket whose reader must keep up: a write that waits longer than its time fails.

use std::{
    future::Future as _,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// How the writes of a stream go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The reader takes nothing.
    Waits,
    /// The reader has taken this many bytes.
    Taken(usize),
    /// All that was to be written has been taken.
    Flushed,
}

/// A stream with a deadline for each wait of a write; `tell` hears how writes go on.
pub(crate) struct Patient<T, F> {
    inner: T,
    tell: F,
    time: Duration,
    waiting: bool,
    deadline: Pin<Box<Sleep>>,
}

impl<T, F: Fn(Progress)> Patient<T, F> {
    /// Around a stream.
    pub(crate) fn new(inner: T, time: Duration, tell: F) -> Self {
        Self { inner, tell, time, waiting: false, deadline: Box::pin(tokio::time::sleep(time)) }
    }

    fn watch_write(&mut self, result: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let taken = if let Poll::Ready(Ok(bytes)) = &result { *bytes } else { 0 };
        self.watch(result, taken, context)
    }

    fn watch<R>(
        &mut self,
        result: Poll<io::Result<R>>,
        taken: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<R>> {
        if result.is_ready() {
            if std::mem::take(&mut self.waiting) || taken > 0 {
                (self.tell)(Progress::Taken(taken));
            }
            return result;
        }
        if !self.waiting {
            self.waiting = true;
            (self.tell)(Progress::Waits);
            self.deadline.as_mut().reset(Instant::now() + self.time);
        }
        match self.deadline.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: AsyncRead + Unpin, F: Fn(Progress) + Unpin> AsyncRead for Patient<T, F> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin, F: Fn(Progress) + Unpin> AsyncWrite for Patient<T, F> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.watch_write(result, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.watch_write(result, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        if result.is_ready() {
            // Asked for once nothing is left to write.
            (self.tell)(Progress::Flushed);
        }
        self.watch(result, 0, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.watch(result, 0, context)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_does_not_read_is_given_up() {
        let (near, mut far) = tokio::io::duplex(8);
        let told = RefCell::new(Vec::new());
        let mut patient = Patient::new(near, Duration::from_secs(30), |progress| told.borrow_mut().push(progress));
        patient.write_all(b"12345678").await.unwrap();
        let mut taken = [0; 8];
        let (written, _) = tokio::join!(patient.write_all(b"9"), far.read_exact(&mut taken));
        written.unwrap();
        patient.flush().await.unwrap();
        let written = patient.write_all(b"12345678").await.map_err(|error| error.kind());
        assert_eq!(written, Err(io::ErrorKind::TimedOut));
        drop(patient);
        let expected = [
            Progress::Taken(8),
            Progress::Waits,
            Progress::Taken(1),
            Progress::Flushed,
            Progress::Taken(7),
            Progress::Waits,
        ];
        assert_eq!(told.into_inner(), expected);
    }
}
