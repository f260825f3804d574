//! A clock that tests move from outside. Only builds with debug assertions have it, and only when they are started with
//! `ATIENDE_SIMULATED_CLOCK`.

use atiende_procedure::Role;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Caller, Sent};
use super::problem::Problem;
use crate::app::App;

/// The place of the clock, on a desk whose clock can be moved.
pub(crate) fn router(app: &App) -> Router<App> {
    match app.desk.ambience().is_movable() {
        true => Router::new().route("/api/v1/simulated-clock", get(now).post(turn)),
        false => Router::new(),
    }
}

/// Where to move it: to an instant, or so many seconds on.
#[derive(Debug, Deserialize)]
struct Turn {
    to: Option<Timestamp>,
    forward_seconds: Option<i64>,
}

async fn now(State(app): State<App>, _: Caller) -> Json<Value> {
    Json(json!({ "now": app.desk.ambience().now() }))
}

async fn turn(State(app): State<App>, caller: Caller, sent: Sent<Turn>) -> Result<Json<Value>, Problem> {
    let administers =
        caller.office.people.get(&caller.person).is_some_and(|it| it.is(Role::SystemAdministrator));
    if !administers {
        return Err(Problem::not_found());
    }
    let ambience = app.desk.ambience();
    let turn = sent.read?.said;
    let on = turn.to.map(|to| to.duration_since(ambience.now()));
    ambience.move_clock(on.unwrap_or(SignedDuration::from_secs(turn.forward_seconds.unwrap_or_default())));
    Ok(Json(json!({ "now": ambience.now() })))
}
