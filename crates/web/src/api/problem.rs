//! What went wrong, as `application/problem+json` (RFC 9457) with the refusal's code.

use std::collections::BTreeMap;

use atiende_desk::{AttachError, DeskError};
use atiende_procedure::{Refusal, RefusalClass};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::refused::{field, sentence};
use crate::texts::Texts;

const PROBLEM: &str = "application/problem+json";

/// A problem.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    status: u16,
    title: String,
    /// Stable: what programs go by.
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is wrong with each field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
    /// The version at which the case, or what was to be set, is, when the one sent is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<Option<String>>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        let (detail, fields) = (detail.into(), BTreeMap::new());
        Problem { status: status.as_u16(), title, code: code.to_owned(), detail, fields, version: None }
    }

    /// Something in the body or the query cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", Some(detail.into()))
    }

    /// A field cannot be read; an empty name when it is not known which.
    pub(crate) fn unreadable_field(name: String, message: String) -> Problem {
        let mut problem = Problem::unreadable(message.clone());
        if !name.is_empty() {
            problem.fields.insert(name, message);
        }
        problem
    }

    /// A field is wrong.
    pub(crate) fn field(name: &str, message: String) -> Problem {
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-field", Some(message.clone()));
        problem.fields.insert(name.to_owned(), message);
        problem
    }

    /// Several fields are wrong; the first says what in the detail.
    pub(crate) fn fields(wrong: impl IntoIterator<Item = (String, String)>) -> Problem {
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-field", None);
        for (name, message) in wrong {
            problem.detail.get_or_insert_with(|| message.clone());
            problem.fields.entry(name).or_insert(message);
        }
        problem
    }

    pub(crate) fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", None)
    }

    /// A refusal, in the language that the caller asks for.
    pub(crate) fn refused(refusal: &Refusal, t: &Texts) -> Problem {
        let status = match refusal.class() {
            RefusalClass::Forbidden => StatusCode::FORBIDDEN,
            RefusalClass::State => StatusCode::CONFLICT,
            RefusalClass::Content => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let message = sentence(t, refusal);
        let mut problem = Problem::new(status, refusal.code(), Some(message.clone()));
        if refusal.class() == RefusalClass::Content
            && let Some(field) = field(refusal)
        {
            problem.fields.insert(field, message);
        }
        if let Refusal::Stale { version } = refusal {
            problem.version = Some(*version);
        }
        problem
    }

    /// Whatever the desk answered instead of doing it.
    pub(crate) fn of(error: &DeskError, t: &Texts) -> Problem {
        match error {
            DeskError::NoSuchCase => Problem::not_found(),
            DeskError::Refused(refusal) => Problem::refused(refusal, t),
            DeskError::Stale { version, .. } => Problem {
                version: Some(*version),
                ..Problem::new(StatusCode::CONFLICT, "stale", Some(t.get("oops-stale-text").to_owned()))
            },
            DeskError::ReadOnly => Problem::new(StatusCode::FORBIDDEN, "read-only-token", None),
            DeskError::Store(error) if error.is_bad_cursor() => {
                Problem::field("cursor", t.get("problem-cursor").to_owned())
            }
            DeskError::Store(error) => {
                tracing::error!(%error, "the store did not answer");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", None)
            }
        }
    }

    pub(crate) fn attach(error: &AttachError, t: &Texts) -> Problem {
        match error {
            AttachError::TooLarge { name } => Problem {
                status: StatusCode::PAYLOAD_TOO_LARGE.as_u16(),
                ..Problem::field("file", t.name("problem-file-too-large", name))
            },
            AttachError::Store(error) => {
                tracing::error!(%error, "the place for files did not answer");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", None)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(PROBLEM));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        (status, headers, serde_json::to_vec(&self).unwrap_or_default()).into_response()
    }
}

/// Gives whatever was refused before a handler heard of it (a method, a query, an origin) the shape that is promised.
pub(crate) async fn shaped(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ours = path == "/api/v1" || path.starts_with("/api/v1/");
    let response = next.run(request).await;
    let status = response.status();
    let shaped = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM);
    if !ours || shaped || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (status, code) = match status {
        StatusCode::BAD_REQUEST => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
        StatusCode::FORBIDDEN => (status, "another-origin"),
        StatusCode::NOT_FOUND => (status, "not-found"),
        StatusCode::METHOD_NOT_ALLOWED => (status, "method-not-allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => (status, "too-large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (status, "unsupported-media-type"),
        StatusCode::SERVICE_UNAVAILABLE => (status, "unavailable"),
        status if status.is_server_error() => (status, "internal"),
        status => (status, "refused"),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut shaped = Problem::new(status, code, None).into_response();
    shaped.headers_mut().extend(allow.map(|allow| (header::ALLOW, allow)));
    shaped
}

/// There is nothing at this path.
pub(crate) async fn nowhere() -> Problem {
    Problem::not_found()
}
