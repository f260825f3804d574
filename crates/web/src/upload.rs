//! Forms that bring files: multipart bodies read into fields and stored attachments.

use atiende_desk::{AttachError, Desk, LARGEST_FILE, Upload};
use atiende_procedure::{Attachment, MOST_ATTACHMENTS as MOST_FILES};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};

use crate::app::App;
use crate::lenient::{Fields, urlencoded};
use crate::oops::Oops;
use crate::promised::Wrong;
use crate::texts::Texts;
use crate::visitor::Looker;

/// The largest form without files, in bytes.
const LARGEST_FORM: usize = 1024 * 1024;

/// A form as it was filled in, with the files that came along. For who is signed in: files are stored as they come.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<Attachment>,
    pub(crate) refused: Option<RefusedFile>,
}

/// A form without files, for anybody.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    pub(crate) fields: Fields,
}

/// A file that was not taken.
#[derive(Debug)]
pub(crate) struct RefusedFile {
    name: String,
    /// The name of the text that says why.
    problem: &'static str,
}

impl RefusedFile {
    pub(crate) fn sentence(&self, t: &Texts) -> String {
        t.name(self.problem, &self.name)
    }

    /// What is wrong with the field that brought it.
    pub(crate) fn wrong(&self, field: &str) -> Wrong {
        Wrong::about(field, self.problem, &self.name)
    }
}

/// Why a form could not be read at all.
#[derive(Debug, Clone, Copy)]
enum Unread {
    TooLarge,
    Broken,
    Unavailable,
}

impl FromRequest<App> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let looker = Looker::of_request(&request);
        read(request, app, true).await.map_err(|unread| unread.said(&looker, app))
    }
}

impl FromRequest<App> for Typed {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let looker = Looker::of_request(&request);
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, LARGEST_FORM).await;
        let body = body.map_err(|_| Unread::TooLarge.said(&looker, app))?;
        let read = read(Request::from_parts(parts, body.into()), app, false).await;
        read.map(|Form { fields, .. }| Typed { fields }).map_err(|unread| unread.said(&looker, app))
    }
}

/// What was typed into a form, whose files are passed over.
pub(crate) async fn without_files(request: Request, app: &App) -> Result<Fields, Response> {
    let looker = Looker::of_request(&request);
    let read = read(request, app, false).await;
    read.map(|form| form.fields).map_err(|unread| unread.said(&looker, app))
}

impl Unread {
    fn said(self, looker: &Looker, app: &App) -> Response {
        let (status, name) = match self {
            Unread::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "oops-too-large"),
            Unread::Broken => (StatusCode::UNPROCESSABLE_ENTITY, "oops-broken-form"),
            Unread::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "oops-unavailable"),
        };
        Oops::said(looker.frame(app), status, name).into_response()
    }
}

async fn read(request: Request, app: &App, files: bool) -> Result<Form, Unread> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let body =
            axum::body::to_bytes(request.into_body(), LARGEST_FORM).await.map_err(|_| Unread::TooLarge)?;
        let fields = urlencoded(&body).ok_or(Unread::Broken)?;
        return Ok(Form { fields, ..Form::default() });
    }
    let mut parts = Multipart::from_request(request, app).await.map_err(|_| Unread::Broken)?;
    let mut form = Form::default();
    let mut typed = 0;
    while let Some(part) = parts.next_field().await.map_err(|error| unread(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(_) if !files => {}
            Some(file) => match take(&app.desk, &mut form, file.clone(), part).await {
                // The rest is not read, but what was typed before it was.
                Err(Unread::TooLarge) => {
                    form.refused = Some(RefusedFile { name: file, problem: "problem-file-too-large" });
                    break;
                }
                taken => taken?,
            },
            None => {
                let value = whole(part, LARGEST_FORM - typed).await.map_err(|error| unread(&error))?;
                let value = value.ok_or(Unread::TooLarge)?;
                typed += value.len();
                form.fields.put(name, &String::from_utf8(value.into()).map_err(|_| Unread::Broken)?);
            }
        }
    }
    Ok(form)
}

/// Stores a file, or remembers that it was not taken: what was typed beside it is worth more.
async fn take(desk: &Desk, form: &mut Form, name: String, part: Field<'_>) -> Result<(), Unread> {
    if form.files.len() == MOST_FILES {
        form.refused = Some(RefusedFile { name, problem: "problem-too-many-files" });
        return Ok(());
    }
    match whole(part, LARGEST_FILE).await.map_err(|error| unread(&error))? {
        None => form.refused = Some(RefusedFile { name, problem: "problem-file-too-large" }),
        Some(bytes) if bytes.is_empty() => {}
        Some(bytes) => match desk.attach(Upload { name, bytes }).await {
            Ok(attachment) => form.files.push(attachment),
            Err(AttachError::TooLarge { name }) => {
                form.refused = Some(RefusedFile { name, problem: "problem-file-too-large" });
            }
            Err(AttachError::Store(_)) => return Err(Unread::Unavailable),
        },
    }
    Ok(())
}

/// A part's bytes; nothing when there are more than `most`, of which no more is held.
pub(crate) async fn whole(mut part: Field<'_>, most: usize) -> Result<Option<Bytes>, MultipartError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = part.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes.freeze()))
}

fn unread(error: &MultipartError) -> Unread {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Unread::TooLarge,
        _ => Unread::Broken,
    }
}
