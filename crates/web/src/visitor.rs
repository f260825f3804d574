//! Who a request comes from: a browser with a session, and how it wants its pages.

use std::sync::Arc;

use atiende_desk::{DeskError, SignedIn, Viewer};
use atiende_procedure::office::{Office, Person};
use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use crate::app::App;
use crate::frame::{Frame, Theme};
use crate::oops::Oops;
use crate::texts::Texts;

/// The cookie that holds a session's secret.
pub(crate) const SESSION: &str = "atiende_session";
/// The cookies of appearance and language.
pub(crate) const THEME: &str = "atiende_theme";
pub(crate) const LANGUAGE: &str = "atiende_language";

/// Somebody looking, signed in or not.
#[derive(Debug, Clone)]
pub(crate) struct Looker {
    pub(crate) t: &'static Texts,
    pub(crate) theme: Theme,
    pub(crate) path: String,
    pub(crate) done: Option<&'static str>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) viewer: Viewer,
    pub(crate) person: Arc<Person>,
    pub(crate) office: Arc<Office>,
    pub(crate) looker: Looker,
}

impl Looker {
    fn of(headers: &HeaderMap, path: &str, query: Option<&str>, person: Option<&Person>) -> Looker {
        let jar = CookieJar::from_headers(headers);
        let theme = jar.get(THEME).map_or(Theme::System, |cookie| Theme::of(cookie.value()));
        let asked =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let chosen = jar.get(LANGUAGE).map(|cookie| cookie.value().to_owned());
        let own =
            person.map(|person| person.profile.language.clone()).filter(|language| !language.is_empty());
        let lang = chosen.or(own).unwrap_or_else(|| asked.to_owned());
        let done = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("hecho=")));
        Looker { t: Texts::of(&lang), theme, path: path.to_owned(), done: done.and_then(done_text) }
    }

    /// Whoever sends a request.
    pub(crate) fn of_request(request: &axum::extract::Request) -> Looker {
        Looker::of(request.headers(), request.uri().path(), request.uri().query(), None)
    }

    /// The frame of a page for nobody in particular.
    pub(crate) fn frame(&self, app: &App) -> Frame {
        self.frame_for(app, &app.desk.office(), None)
    }

    fn frame_for(&self, app: &App, office: &Office, person: Option<&Person>) -> Frame {
        let now = app.desk.ambience().now();
        let frame = Frame::new(self.t, self.theme, office, person, now, self.path.clone());
        Frame { done: self.done, live: person.map(|_| app.desk.live_position()), ..frame }
    }
}

/// What a page says at its top after something was done: a fixed list, so that nobody puts words there.
fn done_text(word: &str) -> Option<&'static str> {
    Some(match word {
        "registrado" => "done-registered",
        "enviado" => "done-sent",
        "hecho" => "done-done",
        "guardado" => "done-saved",
        "confirmado" => "done-confirmed",
        "calificado" => "done-rated",
        "reabierto" => "done-reopened",
        verb => return done_move(verb),
    })
}

/// What a page says after a move of the desk.
fn done_move(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "classifications" => "done-classifications",
        "assignments" => "done-assignments",
        "takings" => "done-takings",
        "assessments" => "done-assessments",
        "waits" => "done-waits",
        "resumptions" => "done-resumptions",
        "escalations" => "done-escalations",
        "escalations-provider" => "done-escalations-provider",
        "follow-ups" => "done-follow-ups",
        "provider-reports" => "done-provider-reports",
        "provider-returns" => "done-provider-returns",
        "solutions" => "done-solutions",
        "closures" => "done-closures",
        "referrals" => "done-referrals",
        "acknowledgements" => "done-acknowledgements",
        "send-backs" => "done-send-backs",
        "conclusions" => "done-conclusions",
        "cancellations" => "done-cancellations",
        "mergers" => "done-mergers",
        "watchers" => "done-watchers",
        "details" => "done-details",
        _ => return None,
    })
}

impl Visitor {
    /// The frame of a page for him.
    pub(crate) fn frame(&self, app: &App) -> Frame {
        self.looker.frame_for(app, &self.office, Some(&self.person))
    }

    /// Who an attempt is signed in as, by the session's cookie.
    async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>, DeskError> {
        match CookieJar::from_headers(headers).get(SESSION) {
            Some(cookie) => Ok(app.desk.signed_in(cookie.value()).await?),
            None => Ok(None),
        }
    }
}

impl FromRequestParts<App> for Looker {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Looker::of(&parts.headers, parts.uri.path(), parts.uri.query(), None))
    }
}

impl OptionalFromRequestParts<App> for Visitor {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Self::Rejection> {
        let app = App::from_ref(app);
        let looker = Looker::of(&parts.headers, parts.uri.path(), parts.uri.query(), None);
        let oops = |error: DeskError| Oops::of(&app, &looker, &error).into_response();
        let Some(signed_in) = Visitor::signed_in(&app, &parts.headers).await.map_err(oops)? else {
            return Ok(None);
        };
        let office = app.desk.office();
        let Some(person) = office.people.get(&signed_in.person).cloned() else { return Ok(None) };
        let looker = Looker::of(&parts.headers, parts.uri.path(), parts.uri.query(), Some(&person));
        Ok(Some(Visitor { viewer: signed_in.viewer, person, office, looker }))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let visitor = <Visitor as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        let back = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let back = if parts.method == axum::http::Method::GET { back } else { "/" };
        visitor.ok_or_else(|| Redirect::to(&format!("/entrar?volver={}", encode(back))).into_response())
    }
}

/// A path inside a query.
pub(crate) fn encode(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
