//! Answers of an asset's bytes: range, entity tag, safe headers.

use std::{io, ops::Range};

use bytes::Bytes;
use diwan_cms::content_type;
use diwan_content::ContentHash;
use futures_util::{Stream, StreamExt as _};
use poem::{
    Body, Response, ResponseBuilder,
    http::{HeaderMap, StatusCode, header},
};

use super::{
    byte_range::{RangeOutcome, parse_range},
    disposition::content_disposition,
    is_known,
};
use crate::http::problem::{Problem, ProblemCode};

/// A file about to be answered.
pub(crate) struct File<'a> {
    /// File name.
    pub(crate) name: &'a str,
    /// Media type, as it was recognised and stored.
    pub(crate) media_type: &'a str,
    /// Size in bytes.
    pub(crate) size_bytes: u64,
    /// Hash of the bytes.
    pub(crate) hash: ContentHash,
}

/// What to do with a request for a file.
pub(crate) enum Wanted {
    /// Nothing to send: the client has it.
    Known,
    /// All of it.
    Whole,
    /// A part.
    Part(Range<u64>),
}

impl File<'_> {
    /// Strong tag: the hash of the bytes.
    pub(crate) fn tag(&self) -> String {
        format!("\"{}\"", self.hash)
    }

    /// What a request wants, by its conditions and range (RFC 9110, 13.2.2).
    pub(crate) fn wanted(&self, headers: &HeaderMap) -> Result<Wanted, Problem> {
        let tag = self.tag();
        if headers.contains_key(header::IF_NONE_MATCH) && is_known(headers, &tag) {
            return Ok(Wanted::Known);
        }
        let Some(range) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else {
            return Ok(Wanted::Whole);
        };
        // A range that was asked for under another tag is answered with the whole file.
        if headers.get(header::IF_RANGE).is_some_and(|value| value.as_bytes() != tag.as_bytes()) {
            return Ok(Wanted::Whole);
        }
        match parse_range(range, self.size_bytes) {
            RangeOutcome::Whole => Ok(Wanted::Whole),
            RangeOutcome::Part(range) => Ok(Wanted::Part(range)),
            RangeOutcome::Unsatisfiable => Err(Problem::new(ProblemCode::RangeNotSatisfiable)
                .with("size_bytes", self.size_bytes)
                .header(header::CONTENT_RANGE, &format!("bytes */{}", self.size_bytes))),
        }
    }

    /// Headers of every answer about the file. What a browser shows without running it is shown, all else is saved.
    pub(crate) fn headers(&self, builder: ResponseBuilder) -> ResponseBuilder {
        let shown = ["image/", "audio/", "video/"].iter().any(|start| self.media_type.starts_with(start))
            || self.media_type == "application/pdf";
        // What a browser's viewer of PDFs needs is a style and the document itself; it works in a sandbox.
        let policy = if self.media_type == "application/pdf" {
            "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; sandbox"
        } else {
            "default-src 'none'; sandbox"
        };
        builder
            .header(header::ETAG, self.tag())
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::CONTENT_DISPOSITION, content_disposition(self.name, shown))
            .header(header::CONTENT_SECURITY_POLICY, policy)
    }

    /// The answer with its bytes.
    pub(crate) fn respond<E>(
        &self,
        builder: ResponseBuilder,
        part: Option<&Range<u64>>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Response
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let content_type = content_type(self.media_type);
        let builder = self.headers(builder).header(header::CONTENT_TYPE, content_type.as_ref());
        let builder = match part {
            None => builder.header(header::CONTENT_LENGTH, self.size_bytes),
            Some(range) => builder
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_LENGTH, range.end - range.start)
                .header(header::CONTENT_RANGE, format!("bytes {}-{}/{}", range.start, range.end - 1, self.size_bytes)),
        };
        // The answer is sent after its request was handled.
        let span = tracing::Span::current();
        let bytes = bytes.map(move |piece| {
            piece.map_err(|error| {
                let _entered = span.enter();
                tracing::error!(error = &error as &dyn std::error::Error, "an asset broke off while it was read");
                io::Error::other(error)
            })
        });
        builder.body(Body::from_bytes_stream(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::stream;

    use super::*;

    fn file() -> File<'static> {
        File { name: "x.png", media_type: "image/png", size_bytes: 10, hash: ContentHash::of(b"x") }
    }

    fn wanted(headers: &[(header::HeaderName, String)]) -> String {
        let headers: HeaderMap = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        match file().wanted(&headers) {
            Ok(Wanted::Known) => "known".to_owned(),
            Ok(Wanted::Whole) => "whole".to_owned(),
            Ok(Wanted::Part(range)) => format!("{range:?}"),
            Err(problem) => problem.code.as_str().to_owned(),
        }
    }

    #[test]
    fn whatever_a_browser_shows_is_in_a_sandbox() {
        for media_type in ["application/pdf", "image/png", "text/html", "video/mp4"] {
            let response = File { media_type, ..file() }.headers(Response::builder()).finish();
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(
                policy.starts_with("default-src 'none'") && policy.ends_with("; sandbox"),
                "{media_type}: {policy}"
            );
        }
    }

    /// What is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn bytes_that_break_off_are_logged_with_the_id_of_their_request() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let _logging = tracing::subscriber::set_default(subscriber);
        let bytes = stream::iter([Ok(Bytes::from_static(b"x")), Err(io::Error::other("the disk is gone"))]);
        let request = tracing::info_span!("request", request.id = "r-7");
        let response = request.in_scope(|| file().respond(Response::builder(), None, bytes));
        drop(request);
        assert!(response.into_body().into_bytes().await.is_err());
        let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(&logged).unwrap();
        assert_eq!(line["fields"]["error"], "the disk is gone", "{logged}");
        assert_eq!(line["spans"][0]["request.id"], "r-7", "{logged}");
    }

    #[test]
    fn texts_name_their_encoding() {
        for (media_type, sent) in [
            ("text/csv", "text/csv; charset=utf-8"),
            ("text/csv; charset=windows-1256", "text/csv; charset=windows-1256"),
            ("image/png", "image/png"),
        ] {
            let bytes = futures_util::stream::empty::<Result<Bytes, io::Error>>();
            let response = File { media_type, ..file() }.respond(Response::builder(), None, bytes);
            assert_eq!(response.headers()[header::CONTENT_TYPE], sent);
        }
    }

    #[test]
    fn conditions_come_before_ranges() {
        let tag = file().tag();
        assert_eq!(wanted(&[]), "whole");
        assert_eq!(wanted(&[(header::RANGE, "bytes=2-3".into())]), "2..4");
        assert_eq!(wanted(&[(header::RANGE, "bytes=20-".into())]), "range_not_satisfiable");
        assert_eq!(wanted(&[(header::RANGE, "bytes=2-3".into()), (header::IF_NONE_MATCH, tag.clone())]), "known");
        assert_eq!(wanted(&[(header::RANGE, "bytes=2-3".into()), (header::IF_RANGE, tag)]), "2..4");
        assert_eq!(wanted(&[(header::RANGE, "bytes=2-3".into()), (header::IF_RANGE, "\"other\"".into())]), "whole");
    }
}
