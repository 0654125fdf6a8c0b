//! Request heads whose lines end in CR LF. A line that ends in LF alone is read differently by servers and proxies, which
//! lets requests be smuggled past a proxy; hyper takes it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// As much of a header line as its name and a length need.
const MAX_LINE_START: usize = 64;

/// A stream whose bare line feeds in request heads become NUL, which hyper answers with 400.
///
/// After a request with `Transfer-Encoding` nothing more is looked at: its end is not known here. Such a request must be the
/// last one of its connection.
pub(crate) struct StrictHeads<T> {
    inner: T,
    place: Place,
    line: Line,
}

/// What the next byte belongs to.
enum Place {
    /// A head; `begun` after its first line.
    Head { begun: bool, body: Body },
    /// A body with bytes left.
    Body(u64),
    /// Bytes that are not looked at.
    Unchecked,
}

/// What follows a head.
#[derive(Clone, Copy)]
enum Body {
    Bytes(u64),
    Unknown,
}

/// What one header line says of the body.
enum Announced {
    Nothing,
    Bytes(u64),
    Chunks,
    /// A length that is no number.
    Nonsense,
}

/// The line being read: its beginning, its length and its last byte.
#[derive(Default)]
struct Line {
    start: Vec<u8>,
    bytes: usize,
    last: u8,
}

impl<T> StrictHeads<T> {
    /// Around a stream.
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, place: Place::head(), line: Line::default() }
    }

    fn check(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            match &mut self.place {
                Place::Unchecked => return,
                Place::Body(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= here as u64;
                    at += here;
                    if *left == 0 {
                        self.place = Place::head();
                    }
                }
                Place::Head { begun, body } => {
                    let (Some(byte), _) = (rest.first_mut(), at += 1) else { return };
                    if *byte != b'\n' {
                        self.line.add(*byte);
                    } else if self.line.last != b'\r' {
                        *byte = 0;
                        self.place = Place::Unchecked;
                    } else if self.line.bytes > 1 {
                        *begun = true;
                        match self.line.announces() {
                            Announced::Nothing => {}
                            Announced::Chunks => *body = Body::Unknown,
                            Announced::Bytes(count) if matches!(body, Body::Bytes(_)) => *body = Body::Bytes(count),
                            Announced::Bytes(_) => {}
                            Announced::Nonsense => {
                                *byte = 0;
                                self.place = Place::Unchecked;
                            }
                        }
                        self.line.clear();
                    } else {
                        self.line.clear();
                        if *begun {
                            self.place = Place::after_head(*body);
                        }
                    }
                }
            }
        }
    }
}

impl Place {
    fn head() -> Self {
        Self::Head { begun: false, body: Body::Bytes(0) }
    }

    fn after_head(body: Body) -> Self {
        match body {
            Body::Bytes(0) => Self::head(),
            Body::Bytes(count) => Self::Body(count),
            Body::Unknown => Self::Unchecked,
        }
    }
}

impl Line {
    fn add(&mut self, byte: u8) {
        if self.start.len() < MAX_LINE_START {
            self.start.push(byte);
        }
        self.bytes += 1;
        self.last = byte;
    }

    fn clear(&mut self) {
        self.start.clear();
        (self.bytes, self.last) = (0, 0);
    }

    /// What a header line says of the body.
    fn announces(&self) -> Announced {
        let Some(colon) = self.start.iter().position(|byte| *byte == b':') else { return Announced::Nothing };
        let (name, value) = self.start.split_at(colon);
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return Announced::Chunks;
        }
        if !name.eq_ignore_ascii_case(b"content-length") {
            return Announced::Nothing;
        }
        let digits = value.get(1..).and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default().trim();
        match digits.parse() {
            Ok(count) if self.bytes <= MAX_LINE_START => Announced::Bytes(count),
            Ok(_) | Err(_) => Announced::Nonsense,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for StrictHeads<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        if let Some(new) = buffer.filled_mut().get_mut(before..) {
            self.check(new);
        }
        result
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for StrictHeads<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What hyper gets, whatever pieces the bytes come in.
    fn seen(sent: &str) -> String {
        let mut whole = sent.as_bytes().to_vec();
        StrictHeads::new(()).check(&mut whole);
        for size in [1, 2, 7] {
            let mut pieces = sent.as_bytes().to_vec();
            let mut heads = StrictHeads::new(());
            pieces.chunks_mut(size).for_each(|piece| heads.check(piece));
            assert_eq!(pieces, whole, "in pieces of {size}");
        }
        String::from_utf8(whole).unwrap()
    }

    #[test]
    fn a_line_feed_alone_becomes_nul_in_every_head_of_a_connection() {
        let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for (sent, at) in [
            ("GET / HTTP/1.1\nHost: x\r\n\r\n".to_owned(), 14),
            ("GET / HTTP/1.1\r\nHost: x\n\r\n".to_owned(), 23),
            ("GET / HTTP/1.1\r\nHost: x\r\n\n".to_owned(), 25),
            ("\nGET / HTTP/1.1\r\n".to_owned(), 0),
            (format!("{get}\r\nGET /2 HTTP/1.1\nHost: x\r\n\r\n"), get.len() + 17),
            ("POST / HTTP/1.1\r\ncontent-LENGTH:  2 \r\n\r\n\n\nGET /\n".to_owned(), 47),
            ("POST / HTTP/1.1\r\nContent-Length: 2x\r\n\r\n".to_owned(), 36),
        ] {
            let mut wanted = sent.clone();
            wanted.replace_range(at..=at, "\0");
            assert_eq!(seen(&sent), wanted);
        }
    }

    #[test]
    fn bodies_are_left_alone() {
        for sent in [
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\nbGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\n\r\n",
            "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(seen(sent), sent);
        }
    }
}
