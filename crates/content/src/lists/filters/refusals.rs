//! Faults of the parameters of a filter.

use crate::{
    faults::{Fault, FaultCode},
    values::Pointer,
};

/// Longest name that is told back, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A fault of a value that cannot be read.
pub(super) fn unreadable(parameter: &str) -> Fault {
    fault(parameter, FaultCode::InvalidParameter)
}

/// A fault of a parameter.
pub(super) fn fault(parameter: &str, code: FaultCode) -> Fault {
    // Names are told back: a long one is cut.
    Fault::new(Pointer::root().key(&parameter.chars().take(MAX_NAME_CHARS).collect::<String>()), code)
}
