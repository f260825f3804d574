//! What a letter's signed link opens, without signing in: an answer to a solution, missing details, a provider's report.
//! Looking changes nothing: programs that look at mail follow links too.

use askama::Template;
use atiende_desk::{DeskError, LinkPurpose, SeenCase, SignedLink, Viewer};
use atiende_procedure::{Action, AttentionMode, Command, Refusal, Status};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::case::{AskSolved, Wrong, missing_fields, solved_by, wrong_of};
use super::form::{Choice, Field, Input, blame, refill};
use super::moves::typed_details;
use super::new::command_id;
use super::portal_case::asks_rating;
use crate::again::Again;
use crate::app::App;
use crate::bodies::{Body, Confirmation, Making, ProviderReport, Reopening, SurveyBody};
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::{Oops, page};
use crate::query::Query;
use crate::upload::Typed;
use crate::visitor::Looker;

#[derive(Debug, Template)]
#[template(path = "link.html")]
struct Link {
    frame: Frame,
    number: String,
    subject: String,
    /// Whether whoever has the link may also see the case's page.
    own: bool,
    done: Option<String>,
    error: Option<String>,
    kept: Again,
    solved: Option<String>,
    rating: Option<String>,
    fields: Vec<Field>,
    action: &'static str,
    button: String,
    command: String,
}

/// What the letter's button already said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    #[serde(rename = "do")]
    what: String,
    score: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    looker: Looker,
    Path(token): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    let Some(link) = app.desk.open_link(&token) else { return ended(&app, &looker) };
    render(&app, &looker, &link, &said, StatusCode::OK, &Wrong::default()).await
}

pub(crate) async fn act(
    State(app): State<App>,
    looker: Looker,
    Path(token): Path<String>,
    form: Typed,
) -> Response {
    let Some(link) = app.desk.open_link(&token) else { return ended(&app, &looker) };
    let what = form.fields.get("do").to_owned();
    let said = Said { what: what.clone(), score: form.fields.get("score").to_owned() };
    let made = match command(&app, &link, &what, &form.fields) {
        Ok(Some(command)) => make(&app, &link, &form.fields, command).await,
        Ok(None) => {
            let frame = looker.frame(&app);
            let oops = Oops::said(frame, StatusCode::UNPROCESSABLE_ENTITY, "oops-broken-form");
            return oops.with(Again::to_read(&form.fields)).into_response();
        }
        Err(refusal) => Err(DeskError::Refused(refusal)),
    };
    match made {
        Ok(()) => Redirect::to(&format!("/l/{token}?hecho={}", done(&what))).into_response(),
        Err(error @ (DeskError::Refused(_) | DeskError::Stale { .. })) => {
            let wrong = wrong_of(looker.t, &error, &what, form.fields);
            render(&app, &looker, &link, &said, StatusCode::UNPROCESSABLE_ENTITY, &wrong).await
        }
        Err(error) => {
            let again = Again::of(&looker.path, &form.fields);
            Oops::of(&app, &looker, &error).with(again).into_response()
        }
    }
}

fn done(what: &str) -> &'static str {
    match what {
        "confirm" => "confirmado",
        "reopen" => "reabierto",
        "rate" => "calificado",
        _ => "hecho",
    }
}

/// The command that a link of this purpose may give; nothing for any other, or for a form that was changed.
fn command(app: &App, link: &SignedLink, what: &str, typed: &Fields) -> Result<Option<Command>, Refusal> {
    match (link.purpose, what) {
        (LinkPurpose::Answer, "confirm") => of_body::<Confirmation>(app, typed),
        (LinkPurpose::Answer, "reopen") => of_body::<Reopening>(app, typed),
        (LinkPurpose::Answer, "rate") => of_body::<SurveyBody>(app, typed),
        (LinkPurpose::Report, "report") => of_body::<ProviderReport>(app, typed),
        (LinkPurpose::Complete, "complete") => {
            let details = typed_details(typed).given(&app.desk.ambience().salter(), &app.desk.office())?;
            Ok(Some(Command::Complete { details }))
        }
        _ => Ok(None),
    }
}

fn of_body<B: Body>(app: &App, typed: &Fields) -> Result<Option<Command>, Refusal> {
    let Ok(body) = typed.body::<B>() else { return Ok(None) };
    let office = app.desk.office();
    let making = Making { salter: app.desk.ambience().salter(), office: &office, other: None };
    body.command(&making).map(Some)
}

async fn make(app: &App, link: &SignedLink, typed: &Fields, command: Command) -> Result<(), DeskError> {
    let number = app.desk.case_of_link(link).await?.case.number;
    let id = command_id(app, &format!("{:?}", link.actor), &number.to_string(), typed, &[]);
    app.desk.execute(Viewer::new(link.actor), id, number, None, command).await.map(drop)
}

fn ended(app: &App, looker: &Looker) -> Response {
    Oops::said(looker.frame(app), StatusCode::NOT_FOUND, "oops-link-ended").into_response()
}

async fn render(
    app: &App,
    looker: &Looker,
    link: &SignedLink,
    said: &Said,
    status: StatusCode,
    wrong: &Wrong,
) -> Response {
    let seen = match app.desk.case_of_link(link).await {
        Ok(seen) => seen,
        Err(error) => return Oops::of(app, looker, &error).into_response(),
    };
    let frame = looker.frame(app);
    let command = app.desk.ambience().command_id().to_string();
    let (mut fields, action, button) = asks(&frame, link, &seen);
    let mut error = wrong.general.clone();
    if let Some((name, message)) = &wrong.field {
        refill(&mut fields, &wrong.fields);
        if !blame(&mut fields, name, message) {
            error = Some(message.clone());
        }
    }
    let shown = fields.iter().any(|field| wrong.fields.0.contains_key(&field.name));
    let kept = Again::to_read(&wrong.fields).unless(shown);
    let answers = link.purpose == LinkPurpose::Answer;
    let rates = answers && seen.may(Action::Rate);
    let shown = Link {
        number: seen.case.number.to_string(),
        // A provider knows the request by its letter.
        subject: Some(seen.subject())
            .filter(|subject| !subject.is_empty())
            .map_or_else(|| frame.t.name("case-number", &seen.case.number.to_string()), str::to_owned),
        done: None,
        own: link.purpose != LinkPurpose::Report,
        error,
        kept,
        solved: asks_solved(&frame, &seen, said, &command).filter(|_| answers),
        rating: rates.then(|| asks_rating(&frame, String::new(), said.score.parse().unwrap_or(0), &command)),
        button: frame.t.get(button).to_owned(),
        fields,
        action,
        command,
        frame,
    };
    page(status, &shown)
}

/// The form of a link that is no answer.
fn asks(frame: &Frame, link: &SignedLink, seen: &SeenCase) -> (Vec<Field>, &'static str, &'static str) {
    let t = frame.t;
    match link.purpose {
        LinkPurpose::Complete => (missing_fields(frame, seen), "complete", "link-complete"),
        LinkPurpose::Report if seen.may(Action::ReportFromProvider) => {
            let yes_no = vec![Choice::new("true", t.get("yes")), Choice::new("false", t.get("not-yet"))];
            let modes = [AttentionMode::OnSite, AttentionMode::Remote];
            let fields = vec![
                Field::new(Input::Area, "report", t.get("field-report")),
                Field::new(Input::Radio, "solved", t.get("field-solved")).options(yes_no),
                Field::new(Input::Radio, "mode", t.get("field-mode")).words(t, "mode", &modes),
            ];
            (fields, "report", "link-report")
        }
        LinkPurpose::Report | LinkPurpose::Answer => (Vec::new(), "", "send"),
    }
}

fn asks_solved(frame: &Frame, seen: &SeenCase, said: &Said, command: &str) -> Option<String> {
    let Status::Solved { grace_ends, .. } = seen.case.status else { return None };
    if !seen.may(Action::Confirm) {
        return None;
    }
    let activities = seen.case.solution.as_ref().and_then(|solution| seen.words(solution.activities));
    let asked = AskSolved {
        frame,
        activities: activities.unwrap_or_default(),
        by: solved_by(frame, seen),
        confirm_to: String::new(),
        reopen_to: String::new(),
        may_reopen: seen.may(Action::Reopen),
        reopening: said.what == "reopen",
        closes: frame.t.name("solved-closes", &frame.in_full(&grace_ends)),
        command: command.to_owned(),
    };
    asked.render().ok()
}
