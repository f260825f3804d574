//! One-time links: the first administrator, and anybody who sets his password.

use askama::Template;
use atiende_desk::{AdministerError, DeskError, Viewer};
use atiende_procedure::office::{Change, Profile};
use atiende_procedure::{Actor, PersonId, Role};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::form::{Field, Input, blame, refill};
use super::sign_in::session_cookie;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, page, shown};
use crate::refused::{field, sentence};
use crate::upload::Typed;
use crate::visitor::Looker;

#[derive(Debug, Template)]
#[template(path = "invitation.html")]
struct Invitation {
    frame: Frame,
    title: String,
    lead: String,
    fields: Vec<Field>,
    error: Option<String>,
}

impl Invitation {
    fn new(app: &App, looker: &Looker, person: Option<PersonId>) -> Invitation {
        let frame = looker.frame(app);
        let t = frame.t;
        let password =
            Field::new(Input::NewPassword, "password", t.get("field-password")).hint(t.get("password-hint"));
        let office = app.desk.office();
        match person.and_then(|id| office.people.get(&id)) {
            Some(person) => Invitation {
                title: t.name("invitation-title", &person.profile.name),
                lead: t.name("invitation-lead", &person.profile.email),
                fields: vec![password],
                frame,
                error: None,
            },
            None => Invitation {
                title: t.get("first-title").to_owned(),
                lead: t.get("first-lead").to_owned(),
                fields: vec![
                    Field::new(Input::Line, "name", t.get("field-name")),
                    Field::new(Input::Email, "email", t.get("field-email")),
                    password,
                ],
                frame,
                error: None,
            },
        }
    }
}

fn ended(app: &App, looker: &Looker) -> Response {
    Oops::said(looker.frame(app), StatusCode::NOT_FOUND, "oops-invitation").into_response()
}

async fn opened(app: &App, looker: &Looker, token: &str) -> Result<Option<PersonId>, Response> {
    match app.desk.invitation(token).await {
        Ok(Some(person)) => Ok(person),
        Ok(None) => Err(ended(app, looker)),
        Err(error) => Err(Oops::of(app, looker, &error.into()).into_response()),
    }
}

pub(crate) async fn form(State(app): State<App>, looker: Looker, Path(token): Path<String>) -> Response {
    match opened(&app, &looker, &token).await {
        Ok(person) => shown(&Invitation::new(&app, &looker, person)),
        Err(response) => response,
    }
}

pub(crate) async fn accept(
    State(app): State<App>,
    looker: Looker,
    Path(token): Path<String>,
    jar: CookieJar,
    form: Typed,
) -> Response {
    let person = match opened(&app, &looker, &token).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    match take(&app, &token, person, &form).await {
        Ok(None) => ended(&app, &looker),
        Ok(Some(secret)) => (jar.add(session_cookie(&app, secret)), Redirect::to("/")).into_response(),
        Err(AdministerError::Refused { refusal, .. }) => {
            let mut again = Invitation::new(&app, &looker, person);
            refill(&mut again.fields, &form.fields);
            let message = match field(&refusal).as_deref() {
                Some("password") => looker.t.get("password-short").to_owned(),
                _ => sentence(looker.t, &refusal),
            };
            if !field(&refusal).is_some_and(|name| blame(&mut again.fields, &name, &message)) {
                again.error = Some(message);
            }
            page(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(AdministerError::ReadOnly) => Oops::of(&app, &looker, &DeskError::ReadOnly).into_response(),
        Err(AdministerError::Store(error)) => Oops::of(&app, &looker, &error.into()).into_response(),
    }
}

/// Sets the password, uses the link up, and signs him in. The first administrator is made here.
async fn take(
    app: &App,
    token: &str,
    person: Option<PersonId>,
    form: &Typed,
) -> Result<Option<String>, AdministerError> {
    let operator = Viewer::new(Actor::Operator);
    atiende_desk::check_password(form.fields.get("password"))?;
    let person = match person {
        Some(person) => person,
        None => {
            let profile = Profile {
                name: form.fields.get("name").trim().to_owned(),
                email: form.fields.get("email").trim().to_owned(),
                ..Profile::default()
            };
            let salt = app.desk.ambience().random();
            let roles = vec![Role::SystemAdministrator];
            let change =
                Change::SetPerson { id: None, profile, salt, roles, groups: Vec::new(), active: true };
            let id = app.desk.ambience().command_id();
            let (office, _) = app.desk.administer(operator, id, vec![change]).await?;
            office.person_by_email(form.fields.get("email")).map_or(PersonId(0), |person| person.id)
        }
    };
    if !app.desk.use_invitation(token).await? {
        return Ok(None);
    }
    app.desk.set_password(operator, person, form.fields.get("password")).await?;
    Ok(Some(app.desk.begin_session(person, "invitation").await?))
}
