//! Every address, and what surrounds them all.

use std::sync::Arc;
use std::time::Duration;

use atiende_desk::{Desk, LARGEST_FILE};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::{App, WebOptions};
use crate::oops::Oops;
use crate::visitor::Looker;
use crate::visitor::Visitor;
use crate::{api, assets, metrics, pages, security};

/// The largest body: a few files of the largest size.
const LARGEST_BODY: usize = 4 * LARGEST_FILE;
/// How long an answer may take, uploads included.
const LONGEST: Duration = Duration::from_secs(120);

/// The pages and the API of a desk.
pub fn router(desk: Desk, options: WebOptions) -> Router {
    let app = App { desk, options: Arc::new(options) };
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/entrar", get(pages::sign_in::form).post(pages::sign_in::enter))
        .route("/salir", post(pages::sign_in::leave))
        .route("/apariencia", post(pages::sign_in::appearance))
        .route("/invitacion/{token}", get(pages::invitation::form).post(pages::invitation::accept))
        .route("/nuevo", get(pages::new::form).post(pages::new::send))
        .route("/nuevo/propuestas", get(pages::home::proposals))
        .route("/mis-casos", get(pages::home::mine))
        .route("/c/{number}", get(pages::case::permalink))
        .route("/casos/{number}", get(pages::case::show))
        .route("/casos/{number}/archivos/{hash}", get(pages::case::file))
        .route("/casos/{number}/correos/{hash}", get(pages::original::show))
        .route("/casos/{number}/mensaje", post(pages::moves::message))
        .route("/casos/{number}/datos", post(pages::moves::details))
        .route("/casos/{number}/{verb}", post(pages::moves::act))
        .route("/l/{token}", get(pages::link::show).post(pages::link::act))
        .route("/mesa", get(pages::queue::show))
        .route("/ir", get(pages::palette::show))
        .route("/vivo", get(pages::live::listen))
        .route("/vivo/aqui", post(pages::live::here))
        .route("/agenda", get(pages::agenda::show))
        .route("/agenda/compartir", post(pages::agenda::share))
        .route("/agenda/no-compartir", post(pages::agenda::unshare))
        .route("/agenda/{name}", get(pages::agenda::feed::feed))
        .route("/proveedores", get(pages::providers::show))
        .route("/informes/ans", get(pages::reports::show))
        .route("/informes/ans.csv", get(pages::reports::csv))
        .route("/informes/ans.xlsx", get(pages::reports::xlsx))
        .route("/informes/ans/casos", get(pages::reports::cases))
        .route("/informes/ans/casos.csv", get(pages::reports::cases_csv))
        .route("/seguridad", get(pages::security::show))
        .route("/procedimiento", get(pages::procedure::show))
        .route("/oficina", get(pages::office::show))
        .merge(pages::office::routes())
        .route("/oficina/personas", get(pages::people::list))
        .route("/oficina/personas/nueva", get(pages::people::new).post(pages::people::create))
        .route("/oficina/personas/{id}", get(pages::people::edit).post(pages::people::save))
        .route("/oficina/personas/{id}/invitar", post(pages::people::invite))
        .route("/oficina/personas/{id}/sesiones", post(pages::people::end_sessions))
        .route("/oficina/envios", get(pages::deliveries::list))
        .route("/oficina/envios/{id}/reintentar", post(pages::deliveries::retry))
        .route("/oficina/correo", get(pages::mail::list))
        .route("/oficina/correo/cartas/{id}/registrar", post(pages::mail::assign))
        .route("/oficina/correo/cartas/{id}/{verb}", post(pages::mail::decide))
        .route("/oficina/correo/buzones/nuevo", get(pages::mailbox::new).post(pages::mailbox::create))
        .route("/oficina/correo/buzones/{id}", get(pages::mailbox::edit).post(pages::mailbox::save))
        .route("/metrics", get(metrics::show))
        .route("/demo/mail", get(pages::letters::list))
        .route("/demo/mail/{name}", get(pages::letters::show))
        .route("/demo/mail/{name}/html", get(pages::letters::html))
        .route("/api", get(pages::reference::show))
        .merge(api::router());
    #[cfg(debug_assertions)]
    let pages = pages.merge(api::simulated::router(&app));
    let pages = pages
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(security::same_origin))
        .layer(CompressionLayer::new())
        .with_state(app.clone());
    Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready).with_state(app))
        .merge(pages)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .layer(from_fn(api::shaped))
        .layer(from_fn(security::headers))
}

async fn ready(State(app): State<App>) -> Response {
    match app.desk.refresh_office().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response()
        }
    }
}

async fn nowhere(State(app): State<App>, looker: Looker, visitor: Option<Visitor>) -> Oops {
    let frame = visitor.map_or_else(|| looker.frame(&app), |visitor| visitor.frame(&app));
    Oops::not_found(frame)
}

fn panicked() -> Response {
    tracing::error!("a request panicked");
    let page = "<!doctype html><html lang=\"es-CO\"><meta charset=\"utf-8\"><title>Algo falló</title>\
        <h1>Algo falló de nuestro lado</h1><p>Lo que ya estaba guardado sigue guardado. Vuelva a intentarlo.</p>\
        <p><a href=\"/\">Ir al inicio</a></p></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, axum::response::Html(page)).into_response()
}
