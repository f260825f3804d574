//! Who calls: by a bearer token, or by the session of a browser that reads the API's own page.

use std::sync::Arc;

use atiende_desk::{DeskError, Viewer};
use atiende_procedure::office::Office;
use atiende_procedure::{CommandId, PersonId};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::app::App;
use crate::texts::Texts;
use crate::visitor::SESSION;

/// Somebody who calls the API.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) viewer: Viewer,
    pub(crate) person: PersonId,
    pub(crate) office: Arc<Office>,
    pub(crate) t: &'static Texts,
    key: Option<String>,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let t = Texts::of(text("accept-language").unwrap_or_default());
        let token = text("authorization").and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let found = match (token, CookieJar::from_headers(&parts.headers).get(SESSION)) {
            (Some(token), _) => app.desk.bearer(token).await,
            (None, Some(session)) => app.desk.signed_in(session.value()).await,
            (None, None) => Ok(None),
        };
        let found = found.map_err(|error| Problem::of(&DeskError::from(error), t))?;
        let unknown = || {
            Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", Some(t.get("api-unauthorized").to_owned()))
        };
        let signed_in = found.ok_or_else(unknown)?;
        let key = idempotency_key(&parts.headers)?;
        let office = app.desk.office();
        Ok(Caller { viewer: signed_in.viewer, person: signed_in.person, office, t, key })
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::unreadable("Idempotency-Key: 1 to 255 visible characters")),
    }
}

impl Caller {
    /// The name of this attempt: the same key of the same person is the same attempt, whatever node hears it.
    pub(crate) fn command_id(&self, app: &App) -> CommandId {
        let Some(key) = &self.key else { return app.desk.ambience().command_id() };
        let mut hasher = blake3::Hasher::new_derive_key("atiende 2026-11 idempotency key");
        hasher.update(&self.person.0.to_be_bytes());
        hasher.update(key.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        CommandId(id)
    }

    /// What the desk refused, in this caller's language.
    pub(crate) fn problem(&self, error: &DeskError) -> Problem {
        Problem::of(error, self.t)
    }
}

/// A body of JSON, with the version of the case that the caller looked at.
#[derive(Debug)]
pub(crate) struct Sent<T> {
    pub(crate) version: Option<u64>,
    pub(crate) body: T,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    version: Option<u64>,
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let empty = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && request.headers().get(header::TRANSFER_ENCODING).is_none();
        let value = if empty {
            serde_json::Value::Object(serde_json::Map::new())
        } else {
            let read = Json::<serde_json::Value>::from_request(request, app).await;
            read.map_err(|rejection| {
                let status = match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                Problem::new(status, "unreadable", Some(rejection.body_text()))
            })?
            .0
        };
        if !value.is_object() {
            return Err(Problem::unreadable("the body is no JSON object"));
        }
        let unreadable = |error: serde_json::Error| Problem::unreadable(error.to_string());
        let version = Version::deserialize(&value).map_err(unreadable)?.version;
        Ok(Sent { version, body: serde_json::from_value(value).map_err(unreadable)? })
    }
}
