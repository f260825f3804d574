//! The written procedure: activities, responsible, control points, version, legal basis, approval, change log (R5, R18).

use std::sync::Arc;

use askama::Template;
use atiende_procedure::office::ProcedureVersion;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, shown};
use crate::query::Query;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "procedure.html")]
struct Procedure {
    frame: Frame,
    version: Arc<ProcedureVersion>,
    since: String,
    others: Vec<Arc<ProcedureVersion>>,
}

/// The same, in the portal's frame, for whoever only asks for help.
#[derive(Debug, Template)]
#[template(path = "procedure_portal.html")]
struct PlainProcedure {
    frame: Frame,
    version: Arc<ProcedureVersion>,
    since: String,
    others: Vec<Arc<ProcedureVersion>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    version: Option<i64>,
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let office = &visitor.office;
    let frame = visitor.frame(&app);
    let chosen = asked.version.and_then(|id| office.versions.get(&atiende_procedure::VersionId(id)));
    let Some(version) = chosen.or_else(|| office.version_in_force(frame.now)).cloned() else {
        return Oops::said(frame, axum::http::StatusCode::NOT_FOUND, "oops-no-procedure").into_response();
    };
    let since = frame.t.name("procedure-since", &frame.spoken.date(version.in_force_from));
    let others = office.versions.values().cloned().collect();
    if visitor.person.roles.is_empty() {
        return shown(&PlainProcedure { frame, version, since, others });
    }
    shown(&Procedure { frame, version, since, others })
}
