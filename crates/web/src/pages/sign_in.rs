//! Signing in and out, and how pages look.

use askama::Template;
use atiende_desk::SignInError;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;
use std::net::SocketAddr;

use super::form::{Field, Input};
use crate::again::{Again, StillToSend};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, page, shown};
use crate::query::Query;
use crate::upload::Typed;
use crate::visitor::{LANGUAGE, Looker, SESSION, THEME, Visitor};

#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    fields: Vec<Field>,
    error: Option<String>,
    back: String,
    again: Option<Again>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    volver: String,
}

impl SignIn {
    fn new(frame: Frame, email: &str, back: String, error: Option<String>, again: Option<Again>) -> SignIn {
        let fields = vec![
            Field::new(Input::Email, "email", frame.t.get("field-email")).value(email),
            Field::new(Input::Password, "password", frame.t.get("field-password")),
        ];
        SignIn { frame, fields, error, back, again }
    }
}

/// Only paths of ours: nobody is sent elsewhere after signing in.
pub(crate) fn own_path(path: &str) -> &str {
    // Browsers drop tabs and line ends from an address, and no header holds other signs than these.
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let ours = path.starts_with('/') && !path.starts_with("//") && plain;
    if ours { path } else { "/" }
}

pub(crate) async fn form(
    State(app): State<App>,
    looker: Looker,
    visitor: Option<Visitor>,
    Query(back): Query<Back>,
) -> Response {
    match visitor {
        Some(_) => Redirect::to(own_path(&back.volver)).into_response(),
        None => shown(&SignIn::new(looker.frame(&app), "", back.volver, None, None)),
    }
}

pub(crate) async fn enter(
    State(app): State<App>,
    looker: Looker,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    jar: CookieJar,
    form: Typed,
) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let address =
        address.map_or_else(String::new, |Extension(ConnectInfo(address))| address.ip().to_string());
    let email = form.fields.get("email");
    let back = own_path(form.fields.get("volver")).to_owned();
    let again = Again::carried(&form.fields);
    let refuse = |status, text: &str| {
        let error = Some(looker.t.get(text).to_owned());
        page(status, &SignIn::new(looker.frame(&app), email, back.clone(), error, again.clone()))
    };
    match app.desk.sign_in(email, form.fields.get("password"), &address, agent).await {
        Ok(secret) => {
            let jar = jar.add(session_cookie(&app, secret));
            let still = again.map(|again| shown(&StillToSend { frame: looker.frame(&app), again }));
            (jar, still.unwrap_or_else(|| Redirect::to(&back).into_response())).into_response()
        }
        Err(SignInError::Wrong) => refuse(StatusCode::UNPROCESSABLE_ENTITY, "sign-in-wrong"),
        Err(SignInError::TooMany) => refuse(StatusCode::TOO_MANY_REQUESTS, "sign-in-too-many"),
        Err(SignInError::Store(error)) => Oops::of(&app, &looker, &error.into()).into_response(),
    }
}

/// The form of signing in, for somebody whose session ended while he wrote.
pub(crate) fn asked_to_sign_in(app: &App, looker: &Looker, again: Again) -> Response {
    let error = Some(looker.t.get("again-session-ended").to_owned());
    let asked = SignIn::new(looker.frame(app), "", "/".to_owned(), error, Some(again));
    page(StatusCode::UNAUTHORIZED, &asked)
}

/// The cookie of a session: scripts do not read it and other sites do not send it.
pub(crate) fn session_cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build((SESSION, secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.options.https)
        .build()
}

pub(crate) async fn leave(State(app): State<App>, looker: Looker, jar: CookieJar) -> Response {
    if let Some(cookie) = jar.get(SESSION)
        && let Err(error) = app.desk.sign_out(cookie.value()).await
    {
        return Oops::of(&app, &looker, &error.into()).into_response();
    }
    let gone = Cookie::build((SESSION, "")).path("/").build();
    (jar.remove(gone), Redirect::to("/entrar")).into_response()
}

pub(crate) async fn appearance(State(app): State<App>, jar: CookieJar, form: Typed) -> Response {
    let keep = |name: &'static str, value: &str| {
        Cookie::build((name, value.to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(app.options.https)
            .permanent()
            .build()
    };
    let mut jar = jar;
    if let theme @ ("auto" | "claro" | "oscuro") = form.fields.get("tema") {
        jar = jar.add(keep(THEME, theme));
    }
    if let language @ ("es-CO" | "en") = form.fields.get("idioma") {
        jar = jar.add(keep(LANGUAGE, language));
    }
    (jar, Redirect::to(own_path(form.fields.get("volver")))).into_response()
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(own_path("/casos/MS-2026-1"), "/casos/MS-2026-1");
        for elsewhere in
            ["//mal.example", "https://mal.example", "/\\mal.example", "", "/a\r\nb", "/\t/mal.example", "/ñ"]
        {
            assert_eq!(own_path(elsewhere), "/");
        }
    }
}
