//! What may go wrong, told for each operation by status, with the codes of the one table of problems.

use diwan_content::FaultCode;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::describe::IF_MATCH;
use crate::{delivery, http::problem::ProblemCode};

/// Operations that tell what was withdrawn from what never was.
const TELL_OF_GONE: [&str; 2] = ["get_content", "get_home"];

/// Adds the answers that tell of problems. `default` stays for the others: a method or a type that is not there, our own faults.
pub(super) fn describe_problems(document: &mut Value, needs_key: bool) {
    let mut used: Vec<StatusCode> = Vec::new();
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            let mut statuses = statuses(path, method, operation);
            if needs_key {
                statuses.push(StatusCode::FORBIDDEN);
            }
            let Some(responses) = operation["responses"].as_object_mut() else { continue };
            for status in statuses {
                responses.insert(
                    status.as_u16().to_string(),
                    json!({ "$ref": format!("#/components/responses/{}", name(status)) }),
                );
                if !used.contains(&status) {
                    used.push(status);
                }
            }
        }
    }
    let responses: Map<String, Value> = used.into_iter().map(|status| (name(status), response(status))).collect();
    document["components"]["responses"] = responses.into();
    let codes: Vec<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] = json!(codes);
    let codes: Vec<&str> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
    document["components"]["schemas"]["Fault"]["properties"]["code"]["enum"] = json!(codes);
}

fn statuses(path: &str, method: &str, operation: &Value) -> Vec<StatusCode> {
    let has_parameter = |wanted: &str| {
        operation["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["name"] == wanted)
    };
    let mut statuses = vec![StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED];
    if path.contains('{') || method != "get" {
        statuses.push(StatusCode::NOT_FOUND);
    }
    if TELL_OF_GONE.iter().any(|teller| operation["operationId"] == *teller) {
        statuses.extend([StatusCode::NOT_FOUND, StatusCode::GONE]);
    }
    if has_parameter(delivery::AS_OF.name()) {
        statuses.push(StatusCode::FORBIDDEN);
    }
    if method != "get" {
        statuses.extend([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY]);
    }
    if operation.get("requestBody").is_some() {
        statuses.extend([StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE]);
    }
    if has_parameter(IF_MATCH) {
        statuses.extend([StatusCode::PRECONDITION_FAILED, StatusCode::PRECONDITION_REQUIRED]);
    }
    statuses
}

/// `NotFound`.
fn name(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or_default().split([' ', '-']).collect()
}

fn response(status: StatusCode) -> Value {
    let codes: Vec<String> = ProblemCode::ALL
        .iter()
        .filter(|code| code.status() == status)
        .map(|code| format!("`{}`: {}", code.as_str(), code.title(diwan_content::Language::En)))
        .collect();
    json!({
        "description": codes.join("; "),
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{openapi::openapi_documents, schemas::embedded_registry};

    #[test]
    fn operations_name_the_statuses_that_their_callers_meet() {
        let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
        let told = |document: &Value, path: &str, method: &str| -> Vec<String> {
            document["paths"][path][method]["responses"].as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(told(&delivery, "/v1/search", "get"), ["200", "default", "400", "401"]);
        assert_eq!(told(&delivery, "/v1/content/{path}", "get"), ["200", "default", "400", "401", "404", "410", "403"]);
        assert_eq!(
            told(&management, "/manage/v1/entries/{id}/{locale}", "put"),
            ["200", "201", "default", "400", "401", "404", "409", "422", "413", "415", "412", "428", "403"]
        );
        assert_eq!(
            delivery["components"]["responses"]["Gone"]["description"],
            "`gone`: No longer available; `moved`: Moved"
        );
    }
}
