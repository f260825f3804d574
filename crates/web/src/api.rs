//! The REST API under `/api/v1`: JSON, bearer tokens, problem+json, keyset cursors. A verb is a resource.

mod caller;
mod cases;
mod description;
mod json;
mod moves;
mod office;
mod problem;
mod promises;
mod reports;
mod setting;
#[cfg(debug_assertions)]
pub(crate) mod simulated;

use axum::Router;
use axum::routing::get;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
pub(crate) use caller::{Caller, bearer};
pub(crate) use problem::shaped;
pub(crate) use promises::YEARS;

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
    let (router, document) = described().split_for_parts();
    let document = format!("{:#}", description::complete(&document));
    let serve = move || {
        let document = document.clone();
        async move { ([("content-type", "application/json")], document) }
    };
    router
        .route("/api/v1/openapi.json", get(serve))
        .route("/api/v1/{*rest}", get(problem::nowhere).fallback(problem::nowhere))
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
        .routes(routes!(promises::contracts, setting::add_contract))
        .routes(routes!(setting::set_contract))
        .routes(routes!(promises::calendars, setting::add_calendar))
        .routes(routes!(setting::set_calendar))
        .routes(routes!(promises::holidays))
        .routes(routes!(promises::agreements, setting::add_agreement))
        .routes(routes!(setting::set_agreement))
        .routes(routes!(reports::sla))
        .routes(routes!(reports::sla_cases))
}

/// The API's description, for its own page.
pub(crate) fn description() -> serde_json::Value {
    description::complete(&described().into_openapi())
}
