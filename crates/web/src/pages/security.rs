//! The security officers' queue (R10).

use askama::Template;
use atiende_desk::QueueFilter;
use atiende_desk::view::QueueRequest;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, Kind};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::queue::{Row, rows};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::{Visitor, encode};

#[derive(Debug, Template)]
#[template(path = "security.html")]
struct Security {
    frame: Frame,
    rows: Vec<Row>,
    next_href: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Page {
    cursor: Option<String>,
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Page>) -> Response {
    if !Scope::of(Actor::Person(visitor.person.id), &visitor.office).security {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    let filter = QueueFilter { kind: Some(Kind::SecurityIncident), ..QueueFilter::default() };
    let request = QueueRequest { filter, cursor: asked.cursor, ..QueueRequest::default() };
    match app.desk.queue_seen_by(visitor.viewer, request).await {
        Ok(page) => {
            let frame = visitor.frame(&app);
            let rows = rows(&frame, &page);
            let next_href = page.next_cursor.map(|cursor| format!("/seguridad?cursor={}", encode(&cursor)));
            shown(&Security { frame, rows, next_href })
        }
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}
