//! Bodies of requests, read with a limit and a deadline of their own.

use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use poem::{
    Body,
    http::{HeaderMap, header},
};
use tokio::time::{Instant, timeout_at};

use super::body_budget::BodyHold;
use crate::http::problem::{Problem, ProblemCode, ProblemDetail};

/// Why an upload stopped before its end, for those who read its stream elsewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadTrouble(Arc<OnceLock<ProblemCode>>);

impl UploadTrouble {
    /// What went wrong on the way in, if anything did.
    pub(crate) fn find(&self) -> Option<ProblemCode> {
        self.0.get().copied()
    }
}

/// Refuses encoded bodies: nothing here inflates what a client sends.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut sent = headers.get_all(header::CONTENT_ENCODING).iter();
    if sent.all(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity") || value.is_empty()) {
        Ok(())
    } else {
        Err(Problem::of(ProblemDetail::EncodedBody).header(header::ACCEPT_ENCODING, "identity"))
    }
}

/// Refuses what does not call itself JSON in UTF-8.
pub(crate) fn check_json_type(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = sent.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|kind| kind == "application/json");
    if is_json && parts.all(|part| part.is_empty() || part == "charset=utf-8" || part == "charset=\"utf-8\"") {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::UnsupportedMedia).with("expected", "application/json"))
    }
}

/// Reads a whole body of at most `max_bytes` within `time`; `hold` grows with what of it is in memory.
pub(crate) async fn read_all(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
    time: Duration,
    hold: &mut BodyHold,
) -> Result<Bytes, Problem> {
    let announced = announced_bytes(headers);
    if announced.is_some_and(|length| length > max_bytes as u64) {
        return Err(Problem::too_large(max_bytes));
    }
    let deadline = Instant::now() + time;
    let mut pieces = Box::pin(body.into_bytes_stream());
    let mut whole = BytesMut::new();
    loop {
        match timeout_at(deadline, pieces.next()).await {
            Err(_) => return Err(Problem::new(ProblemCode::RequestTimeout).header(header::CONNECTION, "close")),
            Ok(None) => return Ok(whole.freeze()),
            Ok(Some(Err(error))) => {
                return Err(Problem::new(ProblemCode::BadRequest).because(format!("the body broke off: {error}")));
            }
            Ok(Some(Ok(piece))) if whole.len() + piece.len() > max_bytes => return Err(Problem::too_large(max_bytes)),
            Ok(Some(Ok(piece))) => {
                hold.grow_to(whole.len() + piece.len())?;
                whole.extend_from_slice(&piece);
            }
        }
    }
}

/// The length that a request announces.
pub(crate) fn announced_bytes(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok())
}

/// An upload as a stream with deadlines: for each piece and for the whole.
pub(crate) fn stream(
    body: Body,
    piece_time: Duration,
    whole_time: Duration,
) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, UploadTrouble) {
    let trouble = UploadTrouble::default();
    let told = trouble.clone();
    let end = Instant::now() + whole_time;
    let pieces = Box::pin(body.into_bytes_stream());
    let stream = futures_util::stream::unfold(Some(pieces), move |pieces| {
        let told = told.clone();
        async move {
            let mut pieces = pieces?;
            let deadline = end.min(Instant::now() + piece_time);
            match timeout_at(deadline, pieces.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
                Ok(Some(Err(error))) => {
                    let _ = told.0.set(ProblemCode::UploadBrokeOff);
                    Some((Err(error), None))
                }
                Err(_) => {
                    let _ = told.0.set(ProblemCode::RequestTimeout);
                    Some((Err(io::ErrorKind::TimedOut.into()), None))
                }
            }
        }
    });
    (stream, trouble)
}

#[cfg(test)]
mod tests {
    use diwan_content::rights::ActorRef;

    use super::{super::body_budget::BodyBudget, *};
    use crate::http::{budgets::Client, client_address::ClientAddress};

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        [(name, value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn only_plain_json_is_taken() {
        for good in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
            assert!(check_json_type(&headers(header::CONTENT_TYPE, good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json; charset=latin1",
            "application/x-www-form-urlencoded",
            "application/jsonx",
        ] {
            assert!(check_json_type(&headers(header::CONTENT_TYPE, bad)).is_err(), "{bad}");
        }
        assert!(check_encoding(&headers(header::CONTENT_ENCODING, "identity")).is_ok());
        for bad in ["gzip", "br", "identity, gzip", "zstd"] {
            assert!(check_encoding(&headers(header::CONTENT_ENCODING, bad)).is_err(), "{bad}");
        }
    }

    fn hold(total: usize) -> BodyHold {
        let client = ClientAddress::new(std::net::Ipv4Addr::LOCALHOST.into());
        BodyBudget::new(total, total).hold(Client::new(ActorRef::Anonymous, client))
    }

    #[tokio::test]
    async fn a_body_beyond_the_limit_is_refused_with_and_without_a_length() {
        let time = Duration::from_secs(5);
        let code = |result: Result<Bytes, Problem>| result.map_err(|problem| problem.code).map(|bytes| bytes.len());
        let none = HeaderMap::new();
        let mut hold = hold(5);
        assert_eq!(code(read_all(&none, Body::from("12345"), 5, time, &mut hold).await), Ok(5));
        assert_eq!(code(read_all(&none, Body::from("123456"), 5, time, &mut hold).await), Err(ProblemCode::TooLarge));
        assert_eq!(
            code(read_all(&headers(header::CONTENT_LENGTH, "6"), Body::empty(), 5, time, &mut hold).await),
            Err(ProblemCode::TooLarge)
        );
        let long = "x".repeat(100_000);
        let answer = read_all(&none, Body::from(long), 200_000, time, &mut hold).await;
        assert_eq!(code(answer), Err(ProblemCode::Overloaded), "the budget is used up");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let endless = Body::from_bytes_stream(futures_util::stream::pending::<io::Result<Bytes>>());
        let result = read_all(&HeaderMap::new(), endless, 5, Duration::from_secs(30), &mut hold(5)).await;
        assert_eq!(result.map_err(|problem| problem.code), Err(ProblemCode::RequestTimeout));
    }
}
