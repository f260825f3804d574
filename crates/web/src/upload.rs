//! Forms that bring files: multipart bodies read into fields and stored attachments.

use atiende_desk::{AttachError, Desk, Upload};
use atiende_procedure::Attachment;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::lenient::{Fields, urlencoded};
use crate::oops::Oops;
use crate::visitor::Looker;

/// The largest form without files, in bytes.
const LARGEST_FORM: usize = 1024 * 1024;

/// A form as it was filled in, with the files that came along.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<Attachment>,
    /// The name of a file that was not taken.
    pub(crate) refused: Option<String>,
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
        let (mut parts, body) = request.into_parts();
        let looker =
            match <Looker as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app).await
            {
                Ok(looker) => looker,
                Err(never) => match never {},
            };
        let request = Request::from_parts(parts, body);
        read(request, app).await.map_err(|unread| {
            let frame = looker.frame(app);
            let (status, name) = match unread {
                Unread::TooLarge => (axum::http::StatusCode::PAYLOAD_TOO_LARGE, "oops-too-large"),
                Unread::Broken => (axum::http::StatusCode::UNPROCESSABLE_ENTITY, "oops-broken-form"),
                Unread::Unavailable => (axum::http::StatusCode::SERVICE_UNAVAILABLE, "oops-unavailable"),
            };
            Oops::said(frame, status, name).into_response()
        })
    }
}

async fn read(request: Request, app: &App) -> Result<Form, Unread> {
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
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| unread(&error))?;
        match file {
            Some(file) if !bytes.is_empty() => {
                take(&app.desk, &mut form, Upload { name: file, bytes }).await?;
            }
            Some(_) => {}
            None => {
                typed += bytes.len();
                let value = String::from_utf8(bytes.to_vec()).map_err(|_| Unread::Broken)?;
                form.fields.0.insert(name, value);
            }
        }
        if typed > LARGEST_FORM {
            return Err(Unread::TooLarge);
        }
    }
    Ok(form)
}

async fn take(desk: &Desk, form: &mut Form, upload: Upload) -> Result<(), Unread> {
    match desk.attach(upload).await {
        Ok(attachment) => form.files.push(attachment),
        Err(AttachError::TooLarge { name }) => form.refused = Some(name),
        Err(AttachError::Store(_)) => return Err(Unread::Unavailable),
    }
    Ok(())
}

fn unread(error: &axum::extract::multipart::MultipartError) -> Unread {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Unread::TooLarge,
        _ => Unread::Broken,
    }
}
