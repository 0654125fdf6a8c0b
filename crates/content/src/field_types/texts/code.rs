//! Source text: scripts, queries, samples of formats.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::{TextRules, answered_object, or_null, read_members, written_object},
    model::{FieldKind, Reading, constraints, schema},
    values::is_forbidden,
    yaml::Keys,
};

/// Source text with the name of its language, `{code, language}`; answered as it is written. The language may be `null`.
#[derive(Debug, Clone)]
pub struct CodeType {
    /// Languages that may be named; `None` for any short name.
    pub languages: Option<Vec<String>>,
    /// Most characters of the text.
    pub max_chars: usize,
}

const MEMBERS: [&str; 2] = ["code", "language"];
/// What the name of a language looks like.
const LANGUAGE: &str = "^[a-z0-9][a-z0-9_+#.-]{0,31}$";

impl CodeType {
    /// Most characters where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 20_000;
    /// Most languages that a blueprint may name.
    const MAX_LANGUAGES: usize = 50;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let languages = keys.texts("languages");
        for (place, language) in languages.iter().flatten().enumerate() {
            if !is_language(language) {
                keys.problem("languages", format!("{language:?} is no name of a language: it must match {LANGUAGE}"));
            }
            if languages.iter().flatten().take(place).any(|earlier| earlier == language) {
                keys.problem("languages", format!("{language} stands twice"));
            }
        }
        if languages.as_ref().is_some_and(|names| !(1..=Self::MAX_LANGUAGES).contains(&names.len())) {
            let what = format!("must name 1 to {} languages; leave it out for any", Self::MAX_LANGUAGES);
            keys.problem("languages", what);
        }
        let max_chars = keys.count("max_chars", 1, TextRules::MAX_CHARS).unwrap_or(Self::DEFAULT_MAX_CHARS);
        Self { languages, max_chars }
    }

    fn rules(&self) -> TextRules {
        TextRules::of_length(self.max_chars)
    }

    fn allows(&self, language: &str) -> bool {
        match &self.languages {
            Some(languages) => languages.iter().any(|known| known == language),
            None => is_language(language),
        }
    }

    fn read_language(&self, value: &Value, reading: &mut Reading<'_>) -> bool {
        let Value::String(language) = value else {
            if !value.is_null() {
                reading.wrong_type("string");
            }
            return value.is_null();
        };
        let allowed = self.allows(language);
        match &self.languages {
            Some(languages) if !allowed => {
                reading.fault_with(FaultCode::NotAnOption, "allowed", languages.clone());
            }
            None if !allowed => reading.fault_with(FaultCode::PatternMismatch, "pattern", LANGUAGE),
            Some(_) | None => {}
        }
        allowed
    }

    fn language_schema(&self) -> Value {
        or_null(match &self.languages {
            Some(languages) => schema("string", [("enum", json!(languages))]),
            None => schema("string", [("pattern", json!(LANGUAGE))]),
        })
    }
}

fn is_language(name: &str) -> bool {
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+#.-".contains(c);
    name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(sign)
}

impl FieldKind for CodeType {
    fn name(&self) -> &'static str {
        "code"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let [code, language] = read_members(value, MEMBERS, reading)?;
        let code_is_sound = code.is_null() || self.rules().read(code, &mut reading.member("code")).is_some();
        let language_is_sound = self.read_language(language, &mut reading.member("language"));
        (code_is_sound && language_is_sound).then(|| json!({"code": code, "language": language}))
    }

    fn is_empty(&self, value: &Value) -> bool {
        value.get("code").and_then(Value::as_str).is_none_or(is_blank)
    }

    fn present(&self, value: &Value) -> Value {
        if self.is_empty(value) || value["code"].as_str().is_some_and(|code| code.contains(is_forbidden)) {
            return Value::Null;
        }
        let language = value["language"].as_str().filter(|language| self.allows(language));
        json!({"code": value["code"], "language": language})
    }

    fn input_schema(&self) -> Value {
        written_object([("code", or_null(self.rules().input_schema())), ("language", self.language_schema())], &[])
    }

    fn answer_schema(&self) -> Value {
        answered_object([("code", json!({"type": "string"})), ("language", self.language_schema())])
    }

    fn describe(&self) -> Map<String, Value> {
        constraints([("languages", json!(self.languages)), ("max_chars", json!(self.max_chars))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::{rules::Pattern, testing::*};

    #[test]
    fn code_is_kept_with_its_language() {
        let field = field("type: code\nmax_chars: 20");
        let value = json!({"code": "SELECT 1;\n", "language": "sql"});
        check_read(&field, value.clone(), value.clone());
        check_present(&field, value.clone(), value);
        check_read(&field, json!({"code": "x"}), json!({"code": "x", "language": null}));
        check_present(&field, json!({"code": "x", "language": "No Such"}), json!({"code": "x", "language": null}));
        check_present(&field, json!({"code": " \n", "language": "sql"}), json!(null));
        check_present(&field, json!("SELECT 1"), json!(null));
        check_faults(&field, json!({"code": 1, "language": 2}), &["/f/code wrong_type", "/f/language wrong_type"]);
        check_faults(&field, json!({"language": "C++"}), &["/f/language pattern_mismatch"]);
        check_read(&field, json!({"language": "sql"}), json!({"code": null, "language": "sql"}));
        check_faults(&field, json!({"code": "x".repeat(21)}), &["/f/code too_long"]);
        check_faults(&field, json!({"code": "x", "lang": "c++"}), &["/f/lang unknown_field"]);
        check_faults(&field, json!("x"), &["/f wrong_type"]);
    }

    #[test]
    fn languages_may_be_declared() {
        let declared = field("type: code\nlanguages: [sql, json]");
        check_faults(&declared, json!({"code": "x", "language": "php"}), &["/f/language not_an_option"]);
        check_read(&declared, json!({"code": "x", "language": "json"}), json!({"code": "x", "language": "json"}));
        check_problem("type: code\nlanguages: []", "must name 1 to 50 languages; leave it out for any");
        check_problem("type: code\nlanguages: [sql, sql]", "sql stands twice");
        check_problem(
            "type: code\nlanguages: [No Such]",
            "is no name of a language: it must match ^[a-z0-9][a-z0-9_+#.-]{0,31}$",
        );
    }

    #[test]
    fn the_told_pattern_is_the_rule() {
        let pattern = Pattern::parse(LANGUAGE).unwrap();
        for name in
            ["c++", "c#", "objective-c", "", "-c", "é", "x y", &"a".repeat(32), &"a".repeat(33), "asp.net", "_c"]
        {
            assert_eq!(is_language(name), pattern.matches(name), "{name}");
        }
    }
}
