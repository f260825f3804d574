//! What the description of every operation says besides its own: who may be refused and how, attempts under a key,
//! versions, and what a case looks like.

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// What a case looks like; a state adds facts of its own, and what somebody may not read is null or absent.
const CASE: &str = include_str!("case.json");

/// The document as it is served.
pub(super) fn complete(document: &OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("the description has string keys only");
    let paths: Vec<String> =
        document["paths"].as_object().into_iter().flatten().map(|it| it.0.clone()).collect();
    for path in paths {
        for method in ["get", "post", "put"] {
            let Some(operation) = document["paths"][&path].get_mut(method) else { continue };
            refusals(operation, &path, method);
            parameters(operation, method);
            answers(operation);
            let versioned = method == "put" || method == "post" && path.contains("{number}");
            if let Some(body) = body_of(operation).filter(|_| versioned) {
                version(&mut document["components"]["schemas"][body]);
            }
        }
    }
    document["components"]["schemas"]["Case"] = serde_json::from_str(CASE).expect("case.json is JSON");
    document
}

fn refusals(operation: &mut Value, path: &str, method: &str) {
    let mut statuses = vec![(401, "No valid token")];
    if path.contains("{number}") {
        statuses.push((404, "No such case for the caller"));
    }
    if method != "get" {
        statuses.push((403, "The token may only read, or a move that the caller may never make here"));
        statuses.push((409, "The state refuses it, or the version is stale"));
        statuses.push((422, "Bad content; `fields` says of which field"));
    }
    let problem =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    for (status, description) in statuses {
        let answer = &mut operation["responses"][status.to_string()];
        if answer.is_null() {
            *answer = json!({ "description": description, "content": problem });
        }
    }
    let responses = operation["responses"].as_object_mut().into_iter().flatten();
    for (status, answer) in responses {
        if answer["description"].as_str().is_none_or(str::is_empty) {
            let reason = StatusCode::from_bytes(status.as_bytes()).ok().and_then(|it| it.canonical_reason());
            answer["description"] = json!(reason.unwrap_or(status));
        }
        if status.starts_with(['4', '5']) {
            answer["content"] = problem.clone();
        }
    }
}

fn parameters(operation: &mut Value, method: &str) {
    let mut described: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in described.iter_mut().filter(|parameter| parameter["in"] == "path") {
        let (description, example) = match parameter["name"].as_str() {
            Some("id") => ("The id, as its list gives it", json!(0)),
            Some("hash") => ("The file's hash, as the case's messages give it", Value::Null),
            _ => ("The case's number", json!("MS-2026-120")),
        };
        parameter["description"] = json!(description);
        if !example.is_null() {
            parameter["example"] = example;
        }
    }
    if method != "get" {
        described.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Names this attempt: sent again with the same content it is done once, with another it is refused",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if !described.is_empty() {
        operation["parameters"] = Value::Array(described);
    }
}

/// What answers a case says so; what is no more than JSON is an object.
fn answers(operation: &mut Value) {
    let is_case = operation["tag"] == "moves"
        || operation["tags"] == json!(["moves"])
        || ["create", "show"].iter().any(|name| operation["operationId"] == *name);
    for status in ["200", "201"] {
        let place = format!("/responses/{status}/content/application~1json");
        let Some(answer) = operation.pointer_mut(&place) else { continue };
        if answer.get("schema").is_none_or(|schema| schema == &json!({})) {
            let schema = if is_case {
                json!({ "$ref": "#/components/schemas/Case" })
            } else {
                json!({ "type": "object" })
            };
            answer["schema"] = schema;
        }
    }
}

fn body_of(operation: &Value) -> Option<String> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    schema["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// Each move takes the version that its sender looked at.
fn version(schema: &mut Value) {
    let description = "The version that the sender looked at; refused when somebody has moved on since";
    let properties = schema.as_object_mut().map(|schema| schema.entry("properties").or_insert(json!({})));
    if let Some(Value::Object(properties)) = properties {
        properties
            .insert("version".to_owned(), json!({ "type": ["integer", "null"], "description": description }));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn each(document: &Value, mut look: impl FnMut(&str, &str, &Map<String, Value>)) {
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                look(path, method, operation.as_object().expect("an operation"));
            }
        }
    }

    #[test]
    fn every_operation_says_how_it_answers_and_refuses() {
        let document = crate::api::description();
        each(&document, |path, method, operation| {
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.contains_key("401"), "{method} {path}");
            for (status, answer) in responses {
                assert!(
                    answer["description"].as_str().is_some_and(|said| !said.is_empty()),
                    "{path} {status}"
                );
                let content = answer["content"].as_object().expect("content");
                for (kind, content) in content {
                    assert_eq!(
                        status.starts_with('4'),
                        kind == "application/problem+json",
                        "{path} {status}"
                    );
                    let bytes = kind == "application/octet-stream";
                    assert!(bytes || content["schema"].is_object(), "{method} {path} {status}: no schema");
                }
            }
            if method != "get" {
                let parameters = operation["parameters"].as_array().expect("parameters");
                assert!(parameters.iter().any(|it| it["name"] == "Idempotency-Key"), "{path}");
            }
            for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{path}: {parameter}");
            }
        });
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        assert!(schemas["Taking"]["properties"]["version"].is_object());
        assert!(schemas["Case"]["properties"]["number"].is_object());
    }
}
