//! Errors as commands tell them.

use std::error::Error;

use diwan_cms::CmsError;
use diwan_content::Language;

/// What a verb refused or why it failed, by line.
pub(crate) fn lines_of_verb(error: &CmsError) -> Vec<String> {
    if let CmsError::Faults(faults) | CmsError::BadParameters(faults) = error {
        return faults.iter().map(|fault| format!("error: {}: {}", fault.pointer, fault.text(Language::En))).collect();
    }
    vec![with_causes(error)]
}

/// An error with its causes, on one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors tell their cause in their own words.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    format!("error: {text}")
}
