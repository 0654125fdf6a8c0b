//! What all texts have in common: lengths, patterns, and characters that none may hold.

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{
        Reading,
        kind::{constraints, schema},
    },
    loading::Keys,
};

/// Limits of a text. Characters are Unicode scalar values, as JSON Schema counts them.
#[derive(Debug, Clone)]
pub struct TextRules {
    /// Fewest characters of a text that is not null.
    pub min_chars: usize,
    /// Most characters.
    pub max_chars: usize,
    /// Form that a text must have.
    pub pattern: Option<Pattern>,
}

/// A regular expression of a blueprint, in the syntax of the `regex` crate (linear time, no look-around). It matches
/// anywhere in the text unless it has anchors.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Longest pattern, and largest compiled form, in bytes.
    const MAX_BYTES: usize = 1_000;
    const MAX_COMPILED_BYTES: usize = 1 << 20;

    /// Compiles a pattern; the error says in one line what is wrong with it.
    pub fn parse(source: &str) -> Result<Self, String> {
        if source.len() > Self::MAX_BYTES {
            return Err(format!("is longer than {} bytes", Self::MAX_BYTES));
        }
        match RegexBuilder::new(source).size_limit(Self::MAX_COMPILED_BYTES).build() {
            Ok(regex) => Ok(Self(regex)),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                Err(format!("is no regular expression: {reason}"))
            }
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a text has the form.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl TextRules {
    /// Most characters that any blueprint may allow in one text.
    pub const MAX_CHARS: usize = 500_000;

    pub(crate) fn parse(keys: &mut Keys<'_>, default_min: usize, default_max: usize) -> Self {
        let min_chars = keys.count("min_chars", 0, Self::MAX_CHARS).unwrap_or(default_min);
        let max_chars = keys.count("max_chars", 1, Self::MAX_CHARS).unwrap_or(default_max);
        if min_chars > max_chars {
            keys.problem("min_chars", format!("is above max_chars ({max_chars})"));
        }
        let pattern = keys.text("pattern").and_then(|source| match Pattern::parse(&source) {
            Ok(pattern) => Some(pattern),
            Err(what) => {
                keys.problem("pattern", what);
                None
            }
        });
        Self { min_chars, max_chars, pattern }
    }

    /// Checks a text and keeps it exactly as it is written.
    pub(crate) fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::String(text) = value else {
            reading.wrong_type("string");
            return None;
        };
        if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
            reading.forbidden(character);
            return None;
        }
        let chars = text.chars().count();
        if chars > self.max_chars {
            reading.fault_with(FaultCode::TooLong, "max", self.max_chars);
            return None;
        }
        if chars < self.min_chars {
            reading.fault_with(FaultCode::TooShort, "min", self.min_chars);
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
            reading.fault_with(FaultCode::PatternMismatch, "pattern", pattern.as_str());
        }
        Some(value.clone())
    }

    /// Schema of a text that is written.
    pub(crate) fn input_schema(&self) -> Value {
        let min = if self.min_chars > 0 { json!(self.min_chars) } else { Value::Null };
        let pattern = json!(self.pattern.as_ref().map(Pattern::as_str));
        schema("string", [("minLength", min), ("maxLength", json!(self.max_chars)), ("pattern", pattern)])
    }

    pub(crate) fn describe(&self) -> Map<String, Value> {
        let min = if self.min_chars > 0 { json!(self.min_chars) } else { Value::Null };
        let pattern = json!(self.pattern.as_ref().map(Pattern::as_str));
        constraints([("min_chars", min), ("max_chars", json!(self.max_chars)), ("pattern", pattern)])
    }
}

/// A text as it is published: itself, or `null` when there is nothing to read in it.
pub(crate) fn present_text(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => value.clone(),
        Some(_) | None => Value::Null,
    }
}

/// Control characters other than line ends and tabs (PostgreSQL cannot store NUL), and Unicode's noncharacters.
pub(crate) fn is_forbidden(character: char) -> bool {
    let code = u32::from(character);
    let control = code < 0x20 && !matches!(character, '\n' | '\r' | '\t');
    control || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_bounded_and_say_what_is_wrong() {
        assert!(Pattern::parse(r"^\+?[0-9 ]{5,20}$").is_ok_and(|pattern| pattern.matches("+999 2 555")));
        for bad in ["(", r"(?=a)", "a{1000}{1000}{1000}", &"a".repeat(1_001)] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn control_and_non_characters_are_forbidden() {
        for bad in ['\0', '\u{1}', '\u{1b}', '\u{fdd0}', '\u{ffff}', '\u{1fffe}'] {
            assert!(is_forbidden(bad), "{bad:?}");
        }
        for good in ['\n', '\r', '\t', 'ا', '\u{200f}', '\u{fffd}', '\u{10fffd}'] {
            assert!(!is_forbidden(good), "{good:?}");
        }
    }
}
