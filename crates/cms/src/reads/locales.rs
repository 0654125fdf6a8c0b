//! Locales that parameters name.

use diwan_content::{Fault, FaultCode, Locale, Pointer};

/// Adds a fault where a parameter names a locale that is not there.
pub(super) fn check_locale(parameter: &str, locale: Option<&Locale>, there_are: &[Locale], faults: &mut Vec<Fault>) {
    if locale.is_some_and(|locale| !there_are.contains(locale)) {
        let allowed: Vec<&str> = there_are.iter().map(Locale::as_str).collect();
        faults.push(Fault::new(Pointer::root().key(parameter), FaultCode::NotAllowedHere).with("allowed", allowed));
    }
}
