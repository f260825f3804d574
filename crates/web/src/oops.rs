//! Pages for what went wrong: calm, in words, with a way onward.

use askama::Template;
use atiende_desk::DeskError;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::again::Again;
use crate::app::App;
use crate::frame::Frame;
use crate::refused::sentence;
use crate::visitor::{Looker, Visitor};

/// A page about something that went wrong.
#[derive(Debug, Template)]
#[template(path = "oops.html")]
pub(crate) struct Oops {
    frame: Frame,
    status: StatusCode,
    title: String,
    text: String,
    again: Option<Again>,
}

impl Oops {
    /// The page for an error, for somebody looking.
    pub(crate) fn of(app: &App, looker: &Looker, error: &DeskError) -> Oops {
        Oops::in_frame(looker.frame(app), error)
    }

    /// The page for an error, for somebody signed in.
    pub(crate) fn to(app: &App, visitor: &Visitor, error: &DeskError) -> Oops {
        Oops::in_frame(visitor.frame(app), error)
    }

    /// The page for an error in a frame.
    pub(crate) fn in_frame(frame: Frame, error: &DeskError) -> Oops {
        let (status, title, text) = match error {
            DeskError::NoSuchCase => return Oops::not_found(frame),
            DeskError::Refused(refusal) => (StatusCode::CONFLICT, "oops-refused", sentence(frame.t, refusal)),
            DeskError::Stale { .. } => {
                (StatusCode::CONFLICT, "oops-stale", frame.t.get("oops-stale-text").to_owned())
            }
            DeskError::ReadOnly => {
                (StatusCode::FORBIDDEN, "oops-forbidden", frame.t.get("oops-forbidden-text").to_owned())
            }
            DeskError::Store(error) => {
                tracing::error!(%error, "the store did not answer");
                let text = frame.t.get("oops-unavailable-text").to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "oops-unavailable", text)
            }
        };
        let title = frame.t.get(title).to_owned();
        Oops { frame, status, title, text, again: None }
    }

    /// The same page with what was typed; to be sent again where that may help.
    pub(crate) fn with(self, again: Again) -> Oops {
        let to = if self.status == StatusCode::SERVICE_UNAVAILABLE { again.to } else { String::new() };
        Oops { again: Some(Again { to, fields: again.fields }), ..self }
    }

    /// There is no such page, or not for him.
    pub(crate) fn not_found(frame: Frame) -> Oops {
        Oops::said(frame, StatusCode::NOT_FOUND, "oops-not-found")
    }

    /// A page by the name of its text; its explanation has the same name with `-text`.
    pub(crate) fn said(frame: Frame, status: StatusCode, name: &'static str) -> Oops {
        let title = frame.t.get(name).to_owned();
        let text = frame.t.get(&format!("{name}-text")).to_owned();
        Oops { frame, status, title, text, again: None }
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        page(self.status, &self)
    }
}

/// A rendered page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A rendered page that answers what was asked for.
pub(crate) fn shown(template: &impl Template) -> Response {
    page(StatusCode::OK, template)
}
