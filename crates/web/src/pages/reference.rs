//! The API's own page: each operation with its fields, from the same description that programs read.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use crate::api;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::shown;
use crate::visitor::{Looker, Visitor};

#[derive(Debug, Template)]
#[template(path = "reference.html")]
struct Reference {
    frame: Frame,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    summary: String,
    fields: String,
}

pub(crate) async fn show(State(app): State<App>, looker: Looker, visitor: Option<Visitor>) -> Response {
    let frame = visitor.map_or_else(|| looker.frame(&app), |visitor| visitor.frame(&app));
    shown(&Reference { frame, operations: operations(&api::description()) })
}

fn operations(document: &Value) -> Vec<Operation> {
    let empty = serde_json::Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    let mut operations = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap_or(&empty) {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: operation["summary"].as_str().unwrap_or_default().to_owned(),
                fields: fields(document, operation),
            });
        }
    }
    operations
}

fn fields(document: &Value, operation: &Value) -> String {
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let name = body["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
    let properties = document["components"]["schemas"][name]["properties"].as_object();
    let parameters = operation["parameters"].as_array();
    let queried = parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let names = queried.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
    properties.into_iter().flatten().map(|(name, _)| name.clone()).chain(names).collect::<Vec<_>>().join(", ")
}
