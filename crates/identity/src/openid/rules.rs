//! From claims to roles: rules of an installation, applied again at each sign-in.

use std::{fmt, str::FromStr};

use serde_json::Value;

/// Where a claim is: the name of a claim (`groups`), or a JSON Pointer (RFC 6901) into a claim that is an object
/// (`/realm_access/roles`).
///
/// A name may hold dots and slashes but at its start, because claims are named by URLs too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimPath(String);

/// A text that is neither the name of a claim nor a JSON Pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a claim: a name such as `groups` or a JSON Pointer such as `/realm_access/roles`")]
pub struct NotAClaimPath;

/// Who has `value` in the claim gets `grant`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule<G> {
    /// Where to look.
    pub claim: ClaimPath,
    /// What to find: the claim itself, or a member where it is a list. Compared by its bytes; `true`, `false` and whole
    /// numbers as JSON writes them.
    pub value: String,
    /// What is given, such as a role on a department.
    pub grant: G,
}

/// The rules that hold for the claims of a verified ID token, in their order. A claim that is absent matches no rule.
pub fn matching_rules<'a, G>(rules: &'a [ClaimRule<G>], claims: &Value) -> Vec<&'a ClaimRule<G>> {
    rules.iter().filter(|rule| rule.claim.find(claims).is_some_and(|claim| has_value(claim, &rule.value))).collect()
}

impl ClaimPath {
    fn find<'a>(&self, claims: &'a Value) -> Option<&'a Value> {
        if self.0.starts_with('/') { claims.pointer(&self.0) } else { claims.get(&self.0) }
    }
}

impl FromStr for ClaimPath {
    type Err = NotAClaimPath;

    fn from_str(text: &str) -> Result<Self, NotAClaimPath> {
        // In a pointer, `~` stands only before 0 and 1.
        let is_escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        let is_pointer = text.strip_prefix('/').is_some_and(|rest| !rest.is_empty()) && is_escaped;
        let is_name = !text.is_empty() && !text.starts_with('/');
        if is_name || is_pointer { Ok(Self(text.to_owned())) } else { Err(NotAClaimPath) }
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Members of lists are compared, but not the lists and objects in them.
fn has_value(claim: &Value, value: &str) -> bool {
    match claim {
        Value::Array(members) => members.iter().any(|member| is_value(member, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => is_value(claim, value),
    }
}

fn is_value(claim: &Value, value: &str) -> bool {
    match claim {
        Value::String(text) => text == value,
        Value::Bool(claim) => value == if *claim { "true" } else { "false" },
        Value::Number(number) => (number.is_i64() || number.is_u64()) && number.to_string() == value,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(path: &str, value: &str) -> bool {
        let claims = json!({
            "groups": ["publishers", "كتّاب", ["inner"], { "a": "b" }, null, 7, true],
            "role": "editor",
            "staff": true,
            "level": 3,
            "share": 1.5,
            "realm_access": { "roles": ["admin"], "a/b": "slash" },
            "https://ministry.example/claims/roles": ["author"],
            "nothing": null,
        });
        let rule = ClaimRule { claim: path.parse().unwrap(), value: value.to_owned(), grant: () };
        matching_rules(std::slice::from_ref(&rule), &claims).len() == 1
    }

    #[test]
    fn a_rule_finds_texts_and_members() {
        for (path, value) in [
            ("groups", "publishers"),
            ("groups", "كتّاب"),
            ("groups", "7"),
            ("groups", "true"),
            ("role", "editor"),
            ("staff", "true"),
            ("level", "3"),
            ("/realm_access/roles", "admin"),
            ("/realm_access/a~1b", "slash"),
            ("/realm_access/roles/0", "admin"),
            ("https://ministry.example/claims/roles", "author"),
        ] {
            assert!(matches(path, value), "{path} {value}");
        }
        for (path, value) in [
            ("groups", "publisher"),
            ("groups", "Publishers"),
            ("groups", "inner"),
            ("groups", "b"),
            ("groups", "null"),
            ("groups", ""),
            ("role", "edit"),
            ("staff", "false"),
            ("share", "1.5"),
            ("realm_access", "admin"),
            ("realm_access.roles", "admin"),
            ("nothing", "null"),
            ("nowhere", ""),
        ] {
            assert!(!matches(path, value), "{path} {value}");
        }
    }

    #[test]
    fn rules_hold_in_their_order() {
        let rule = |value: &str, grant| ClaimRule { claim: "g".parse().unwrap(), value: value.to_owned(), grant };
        let rules = [rule("b", 1), rule("a", 2), rule("c", 3), rule("a", 4)];
        let grants = |claims| matching_rules(&rules, &claims).iter().map(|rule| rule.grant).collect::<Vec<_>>();
        assert_eq!(grants(json!({ "g": ["a", "b"] })), [1, 2, 4]);
        assert_eq!(grants(json!({ "g": "c" })), [3]);
        for none in [json!({}), json!(null), json!([]), json!({ "g": {} })] {
            assert_eq!(grants(none), [0; 0]);
        }
    }

    #[test]
    fn a_path_is_a_name_or_a_pointer() {
        for path in ["groups", "a.b", "a~b", "https://x.example/roles", "/a/b", "/a~0b/~1"] {
            assert_eq!(path.parse::<ClaimPath>().map(|path| path.to_string()), Ok(path.to_owned()));
        }
        for path in ["", "/", "/a~", "/a~2"] {
            assert_eq!(path.parse::<ClaimPath>(), Err(NotAClaimPath), "{path}");
        }
    }
}
