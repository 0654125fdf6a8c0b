//! What all texts have in common: lengths, patterns, and characters that none may hold.

use diwan_arabic::is_blank;
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    model::{Reading, constraints, schema},
    values::{Pointer, find_refused, is_forbidden},
    yaml::Keys,
};

/// How many lines a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// One: a name, a title. It holds no line break and no character of [`find_refused`].
    One,
    /// Any number.
    Many,
}

/// Limits of a text. Characters are Unicode scalar values, as JSON Schema counts them.
#[derive(Debug, Clone)]
pub struct TextRules {
    /// Fewest characters of a text that is not blank; binds when publishing.
    pub min_chars: usize,
    /// Most characters.
    pub max_chars: usize,
    /// Form that a text must have.
    pub pattern: Option<Pattern>,
    /// How many lines it may have.
    pub lines: Lines,
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

    /// A text of any form, not longer than that.
    pub(crate) const fn of_length(max_chars: usize) -> Self {
        Self { min_chars: 0, max_chars, pattern: None, lines: Lines::Many }
    }

    /// The same for a text of one line.
    pub(crate) const fn line_of_length(max_chars: usize) -> Self {
        Self { min_chars: 0, max_chars, pattern: None, lines: Lines::One }
    }

    pub(crate) fn parse(keys: &mut Keys<'_>, lines: Lines, default_min: usize, default_max: usize) -> Self {
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
        Self { min_chars, max_chars, pattern, lines }
    }

    /// Checks a text and keeps it exactly as it is written. One that was there before keeps characters that no new text of
    /// one line may hold.
    pub(crate) fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::String(text) = value else {
            reading.wrong_type("string");
            return None;
        };
        if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
            reading.forbidden(character);
            return None;
        }
        if self.lines == Lines::One
            && let Some(character) = find_refused(text)
            && !reading.keeps(value)
        {
            reading.forbidden(character);
            return None;
        }
        if text.chars().count() > self.max_chars {
            reading.fault_with(FaultCode::TooLong, "max", self.max_chars);
            return None;
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
            reading.fault_with(FaultCode::PatternMismatch, "pattern", pattern.as_str());
        }
        Some(value.clone())
    }

    /// The fault of a text that is too short to be published.
    pub(crate) fn too_short(&self, text: &Value, at: &Pointer) -> Option<Fault> {
        let is_short = text.as_str().is_some_and(|text| text.chars().count() < self.min_chars);
        is_short.then(|| Fault::new(at.clone(), FaultCode::TooShort).with("min", self.min_chars))
    }

    /// Schema of a text that is written.
    pub(crate) fn input_schema(&self) -> Value {
        let pattern = json!(self.pattern.as_ref().map(Pattern::as_str));
        schema("string", [("maxLength", json!(self.max_chars)), ("pattern", pattern)])
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
        Some(text) if !is_blank(text) => value.clone(),
        Some(_) | None => Value::Null,
    }
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
}
