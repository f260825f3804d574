//! Cases: lists, one, its events, messages, evidence and files; and new ones.

use atiende_desk::view::queue::QueueRequest;
use atiende_desk::{AttachError, DeskError, LARGEST_FILE, SeenCase, Upload};
use atiende_procedure::office::TokenScope;
use atiende_procedure::{Attachment, Audience, BlobHash, CaseNumber, Channel, Command, MOST_ATTACHMENTS};
use axum::Json;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json as object};

use super::caller::{Caller, Sent};
use super::json::{self, Items};
use super::moves::carry_out;
use super::problem::Problem;
use crate::app::App;
use crate::attempt::Content;
use crate::listing::{Listing, ListingError};
use crate::request::Request;
use crate::upload::whole;

/// The cases that the caller may see, newest change first unless `sort` says otherwise.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(Listing),
    responses((status = 200, body = Items), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(listing): Query<Listing>,
) -> Result<Json<Items>, Problem> {
    let request: QueueRequest = listing.request(&caller.office, caller.viewer).map_err(|error| {
        let ListingError { field, problem } = error;
        Problem::field(field, caller.t.name(problem, field))
    })?;
    let page =
        app.desk.queue_seen_by(caller.viewer, request).await.map_err(|error| caller.problem(&error))?;
    Ok(Json(json::rows(&page)))
}

/// Registers a request (R9). What is absent is listed in `missing`.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = Request,
    responses((status = 201, description = "The case", body = Value), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    sent: Sent<Request>,
) -> Result<Response, Problem> {
    let salter = app.desk.ambience().salter();
    let Sent { read, content } = sent;
    let asked = read?.said.registration(&salter, &caller.office, caller.person, Channel::Api, Vec::new());
    let registration = asked.map_err(|refusal| Problem::refused(&refusal, caller.t))?;
    let id = caller.attempt(&app, content).await?;
    let made =
        app.desk.register(caller.viewer, id, registration).await.map_err(|error| caller.problem(&error))?;
    let number = made.case.number.clone();
    let body = match app.desk.case_seen_by(caller.viewer, number.clone()).await {
        Ok(seen) => json::case(&seen),
        Err(DeskError::NoSuchCase) => {
            object!({ "number": number, "version": made.case.version, "status": made.case.status.name(), "missing": [] })
        }
        Err(error) => return Err(caller.problem(&error)),
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/api/v1/cases/{number}"))], Json(body))
        .into_response())
}

pub(super) async fn seen(app: &App, caller: &Caller, number: &str) -> Result<SeenCase, Problem> {
    let number: CaseNumber = number.parse().map_err(|_| Problem::not_found())?;
    app.desk.case_seen_by(caller.viewer, number).await.map_err(|error| caller.problem(&error))
}

/// One case.
#[utoipa::path(get, path = "/api/v1/cases/{number}", tag = "cases", params(("number" = String, Path)),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json::case(&seen(&app, &caller, &number).await?)))
}

/// What happened to a case, as far as the caller may know.
#[utoipa::path(get, path = "/api/v1/cases/{number}/events", tag = "cases", params(("number" = String, Path)),
    responses((status = 200, body = Items), (status = 404, body = Problem)))]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Items>, Problem> {
    let seen = seen(&app, &caller, &number).await?;
    let own = seen.events.iter().filter(|event| event.from.is_none());
    Ok(Json(Items::all(own.map(|event| json::event(&seen, &event.recorded)).collect())))
}

/// What was said in a case, as far as the caller may read it.
#[utoipa::path(get, path = "/api/v1/cases/{number}/messages", tag = "cases", params(("number" = String, Path)),
    responses((status = 200, body = Items), (status = 404, body = Problem)))]
pub(crate) async fn messages(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Items>, Problem> {
    Ok(Json(Items::all(json::messages(&seen(&app, &caller, &number).await?))))
}

/// The eight activities with their evidence (R15, R16).
#[utoipa::path(get, path = "/api/v1/cases/{number}/evidence", tag = "cases", params(("number" = String, Path)),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub(crate) async fn evidence(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json::evidence(&seen(&app, &caller, &number).await?)))
}

/// Adds files to a case: `file` parts, and perhaps `audience` (requester unless said) and `body`.
#[utoipa::path(post, path = "/api/v1/cases/{number}/attachments", tag = "moves", params(("number" = String, Path)),
    request_body(content_type = "multipart/form-data", content = Value),
    responses((status = 200, body = Value), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn attach(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Problem> {
    seen(&app, &caller, &number).await?;
    if caller.viewer.scope != TokenScope::All {
        return Err(caller.problem(&DeskError::ReadOnly));
    }
    let parts = parts.map_err(|rejection| Problem::unreadable(rejection.body_text()))?;
    let Brought { audience, body, version, files } = brought(&app, &caller, parts).await?;
    let mut content = Content::to(&format!("/api/v1/cases/{number}/attachments"))
        .with(audience.to_string().as_bytes())
        .with(body.as_deref().unwrap_or_default().as_bytes());
    for file in &files {
        content = content.with(&file.blob.0).with(file.name.body().as_bytes());
    }
    let body = app.desk.ambience().salter().text_if_any(body.as_deref());
    let command = Command::Say { audience, body, attachments: files };
    carry_out(&app, &caller, &number, content, version, command).await
}

/// What a multipart body brings.
struct Brought {
    audience: Audience,
    body: Option<String>,
    version: Option<u64>,
    files: Vec<Attachment>,
}

async fn brought(app: &App, caller: &Caller, mut parts: Multipart) -> Result<Brought, Problem> {
    let mut brought = Brought { audience: Audience::Requester, body: None, version: None, files: Vec::new() };
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", Some(error.body_text()))
        }
        _ => Problem::unreadable(error.body_text()),
    };
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file) = part.file_name().map(str::to_owned) {
            if brought.files.len() == MOST_ATTACHMENTS {
                return Err(Problem::field("file", caller.t.name("problem-too-many-files", &file)));
            }
            let bytes = whole(part, LARGEST_FILE).await.map_err(unreadable)?;
            let bytes = bytes.ok_or(AttachError::TooLarge { name: file.clone() });
            let attached = match bytes {
                Ok(bytes) => app.desk.attach(Upload { name: file, bytes }).await,
                Err(error) => Err(error),
            };
            brought.files.push(attached.map_err(|error| Problem::attach(&error, caller.t))?);
            continue;
        }
        let value = part.text().await.map_err(unreadable)?;
        let unknown = |name: &str| Problem::field(name, caller.t.name("problem-unknown", name));
        match name.as_str() {
            "audience" => brought.audience = value.trim().parse().map_err(|_| unknown("audience"))?,
            "body" => brought.body = Some(value),
            "version" => brought.version = Some(value.trim().parse().map_err(|_| unknown("version"))?),
            _ => {}
        }
    }
    if brought.files.is_empty() {
        return Err(Problem::field("file", caller.t.name("problem-missing", "file")));
    }
    Ok(brought)
}

/// A file's bytes.
#[utoipa::path(get, path = "/api/v1/cases/{number}/attachments/{hash}", tag = "cases",
    params(("number" = String, Path), ("hash" = String, Path)),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(crate) async fn file(
    State(app): State<App>,
    caller: Caller,
    Path((number, hash)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let number: CaseNumber = number.parse().map_err(|_| Problem::not_found())?;
    let hash: BlobHash = hash.parse().map_err(|_| Problem::not_found())?;
    let found =
        app.desk.file_seen_by(caller.viewer, number, hash).await.map_err(|error| caller.problem(&error))?;
    Ok(crate::download::response(&found.0.media_type, &found.1, found.2))
}
