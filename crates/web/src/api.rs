//! The REST API under `/api/v1`: JSON, bearer tokens, problem+json, keyset cursors. A verb is a resource.

mod caller;
mod cases;
mod json;
mod moves;
mod office;
mod problem;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use utoipa::openapi::RefOr;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
pub(crate) use caller::bearer;
pub(crate) use problem::shaped;

#[derive(OpenApi)]
#[openapi(
    info(title = "Atiende", description = "A service desk that carries out a written procedure.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    security(("token" = [])),
    modifiers(&Bearer),
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The API with its own description.
pub(crate) fn router() -> Router<App> {
    let (router, mut document) = described().split_for_parts();
    say_what_answers_mean(&mut document);
    let document = document.to_pretty_json().expect("the description has string keys only");
    let serve = move || {
        let document = document.clone();
        async move { ([("content-type", "application/json")], document) }
    };
    router
        .route("/api/v1/openapi.json", get(serve))
        .route("/api/v1/{*rest}", get(problem::nowhere).fallback(problem::nowhere))
}

/// OpenAPI wants each answer described; those whose status says it all have no words of their own.
fn say_what_answers_mean(document: &mut utoipa::openapi::OpenApi) {
    let items = document.paths.paths.values_mut();
    let operations = items.flat_map(|item| item.get.iter_mut().chain(&mut item.post));
    for (status, answer) in operations.flat_map(|operation| &mut operation.responses.responses) {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            let reason =
                StatusCode::from_bytes(status.as_bytes()).ok().and_then(|status| status.canonical_reason());
            answer.description = reason.unwrap_or(status).to_owned();
        }
    }
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(cases::list, cases::create))
        .routes(routes!(cases::show))
        .routes(routes!(cases::events))
        .routes(routes!(cases::messages))
        .routes(routes!(cases::evidence))
        .routes(routes!(cases::attach))
        .routes(routes!(cases::file))
        .routes(routes!(moves::details))
        .merge(moves::router())
        .routes(routes!(office::me))
        .routes(routes!(office::procedure))
        .routes(routes!(office::catalogue))
        .routes(routes!(office::departments))
        .routes(routes!(office::sites))
        .routes(routes!(office::people))
        .routes(routes!(office::groups))
        .routes(routes!(office::providers))
        .routes(routes!(office::contracts))
}

/// The API's description, for its own page.
pub(crate) fn description() -> serde_json::Value {
    let mut document = described().into_openapi();
    say_what_answers_mean(&mut document);
    serde_json::to_value(document).expect("the description has string keys only")
}
