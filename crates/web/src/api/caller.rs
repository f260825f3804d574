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
use serde_json::Value;

use super::problem::Problem;
use crate::app::App;
use crate::attempt::Content;
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
        let token = bearer(&parts.headers);
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
    /// The name of this attempt: the same key of the same person with the same content is the same attempt, whatever
    /// node hears it.
    ///
    /// # Errors
    /// 422 when the key already named an attempt with another content.
    pub(crate) async fn attempt(&self, app: &App, content: Content) -> Result<CommandId, Problem> {
        let Some(key) = &self.key else { return Ok(app.desk.ambience().command_id()) };
        let id = content.under(&self.person.0.to_string(), key);
        match app.desk.is_other_attempt(id).await {
            Ok(false) => Ok(id),
            Ok(true) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                Some(self.t.get("api-key-reused").to_owned()),
            )),
            Err(error) => Err(self.problem(&error)),
        }
    }

    /// What the desk refused, in this caller's language.
    pub(crate) fn problem(&self, error: &DeskError) -> Problem {
        Problem::of(error, self.t)
    }
}

/// The token of an `Authorization: Bearer …`; the scheme's letters may be of either case (RFC 9110, 11.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A body of JSON. Whether it makes sense is told after whether its case may be seen.
#[derive(Debug)]
pub(crate) struct Sent<T> {
    pub(crate) read: Result<Body<T>, Problem>,
    pub(crate) content: Content,
}

/// What a body says, with the version of the case that the caller looked at.
#[derive(Debug)]
pub(crate) struct Body<T> {
    pub(crate) version: Option<u64>,
    pub(crate) said: T,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    version: Option<u64>,
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let content = Content::to(request.uri().path());
        let empty = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && request.headers().get(header::TRANSFER_ENCODING).is_none();
        if empty {
            return Ok(Sent { read: read(Value::Object(serde_json::Map::new())), content });
        }
        match Json::<Value>::from_request(request, app).await {
            Ok(Json(value)) => {
                let content = content.with(value.to_string().as_bytes());
                Ok(Sent { read: read(value), content })
            }
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", Some(rejection.body_text())))
            }
            Err(rejection) => {
                // A body of brackets makes a message as long as itself.
                let detail: String = rejection.body_text().chars().take(300).collect();
                Ok(Sent { read: Err(Problem::unreadable(detail)), content })
            }
        }
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<Body<T>, Problem> {
    if !value.is_object() {
        return Err(Problem::unreadable("the body is no JSON object"));
    }
    let value = without_nulls(value);
    let version: Version = typed(&value)?;
    Ok(Body { version: version.version, said: typed(&value)? })
}

/// A field that is null is one that is absent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        value => value,
    }
}

/// The problem names the field that cannot be read, where it is known.
fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (field, message) = (error.path().to_string(), error.inner().to_string());
        let field = if field.chars().any(char::is_alphanumeric) { field } else { missing_of(&message) };
        Problem::unreadable_field(field, message)
    })
}

/// The field that serde misses has no path, but it is named in its words.
fn missing_of(message: &str) -> String {
    let named = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    named.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_whatever_the_letters_of_its_scheme() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of("Bearer atd_x").as_deref(), Some("atd_x"));
        assert_eq!(of("bearer  atd_x ").as_deref(), Some("atd_x"));
        assert_eq!(of("Basic atd_x"), None);
        assert_eq!(of("Bearer"), None);
    }

    #[derive(Debug, Deserialize)]
    struct Move {
        level: atiende_procedure::SupportLevel,
        #[serde(default)]
        reason: String,
    }

    #[test]
    fn a_field_that_cannot_be_read_is_named() {
        let wrong = |json: &str| {
            let value = serde_json::from_str(json).expect("JSON");
            serde_json::to_value(read::<Move>(value).expect_err("wrong")).expect("a problem")
        };
        assert!(wrong(r#"{"level": "noveno"}"#)["fields"]["level"].is_string());
        assert!(wrong(r#"{"level": "first", "reason": 5}"#)["fields"]["reason"].is_string());
        assert!(wrong(r#"{"level": null}"#)["fields"]["level"].is_string());
        assert!(wrong(r#"{"level": "first", "version": "x"}"#)["fields"]["version"].is_string());
        let read = read::<Move>(serde_json::json!({ "level": "first", "reason": null })).expect("read");
        assert_eq!((read.said.level.to_string(), read.said.reason), ("first".to_owned(), String::new()));
    }
}
