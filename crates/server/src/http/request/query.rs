//! A query string, split into names and values that are decoded once.

use diwan_content::{Expected, Fault, FaultCode, Pointer};

use crate::http::{percent::decode, problem::Problem};

/// Longest query string that is looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// A name with its value; each is absent where its percent signs encode nothing.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The name.
    pub(crate) name: Option<String>,
    /// The value.
    pub(crate) value: Option<String>,
    /// A declared parameter covers the name.
    pub(crate) is_read: bool,
}

/// Splits a raw query string.
///
/// # Errors
/// A query string that is too long to be looked at.
pub(crate) fn split(raw: Option<&str>) -> Result<Vec<Pair>, Problem> {
    let raw = raw.unwrap_or_default();
    if raw.len() > MAX_BYTES {
        let fault = Fault::new(Pointer::root().key("?"), FaultCode::InvalidParameter);
        return Err(Problem::parameters(vec![fault.expecting(Expected::QueryStringUpTo).with("max", MAX_BYTES)]));
    }
    let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Pair { name: decode(name), value: decode(value), is_read: false }
    });
    Ok(pairs.collect())
}
