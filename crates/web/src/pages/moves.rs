//! The moves as forms send them: the same bodies and the same door as the API.

use atiende_desk::DeskError;
use atiende_procedure::{Audience, CaseId, CaseNumber, Command, Refusal};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::case::{Asked, Wrong, render, wrong_of};
use super::new::command_id;
use super::sign_in::own_path;
use crate::again::{Again, Posted};
use crate::app::App;
use crate::bodies::{
    Acknowledging, AssessmentBody, Assignment, Body, CancellationBody, Classification, Closure, Conclusion,
    Confirmation, Escalation, FollowUpBody, Making, Merger, ProviderReport, ProviderReturn, Referral,
    Reopening, Resumption, SendBackBody, SolutionBody, SurveyBody, Taking, Wait, WatcherBody,
};
use crate::lenient::Fields;
use crate::oops::Oops;
use crate::request::{Contact, RequestDetails};
use crate::visitor::Visitor;

/// Why a form's move was not made: refused, or not even understood.
enum NotMade {
    Desk(DeskError),
    /// A choice that is none of ours, which only a changed form can send.
    Unreadable,
    Nowhere,
}

impl From<DeskError> for NotMade {
    fn from(error: DeskError) -> Self {
        NotMade::Desk(error)
    }
}

impl From<Refusal> for NotMade {
    fn from(refusal: Refusal) -> Self {
        NotMade::Desk(DeskError::Refused(refusal))
    }
}

async fn command<B: Body>(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Command, NotMade> {
    let body: B = fields.body().map_err(|_| NotMade::Unreadable)?;
    let other: Option<CaseId> = match body.other().map(|number| number.trim().parse::<CaseNumber>()) {
        Some(Ok(number)) => match app.desk.case_seen_by(visitor.viewer, number).await {
            Ok(seen) => Some(seen.case.id),
            Err(DeskError::NoSuchCase) => None,
            Err(error) => return Err(error.into()),
        },
        _ => None,
    };
    let making = Making { salter: app.desk.ambience().salter(), office: &visitor.office, other };
    Ok(body.command(&making)?)
}

async fn read(app: &App, visitor: &Visitor, verb: &str, form: &Fields) -> Result<Command, NotMade> {
    let mut provider = form.clone();
    provider.0.insert("to".to_owned(), "provider".to_owned());
    match verb {
        "classifications" => command::<Classification>(app, visitor, form).await,
        "assignments" => command::<Assignment>(app, visitor, form).await,
        "takings" => command::<Taking>(app, visitor, form).await,
        "assessments" => command::<AssessmentBody>(app, visitor, form).await,
        "waits" => command::<Wait>(app, visitor, form).await,
        "resumptions" => command::<Resumption>(app, visitor, form).await,
        "escalations" => command::<Escalation>(app, visitor, form).await,
        "escalations-provider" => command::<Escalation>(app, visitor, &provider).await,
        "follow-ups" => command::<FollowUpBody>(app, visitor, form).await,
        "provider-reports" => command::<ProviderReport>(app, visitor, form).await,
        "provider-returns" => command::<ProviderReturn>(app, visitor, form).await,
        "solutions" => command::<SolutionBody>(app, visitor, form).await,
        "confirmations" => command::<Confirmation>(app, visitor, form).await,
        "reopenings" => command::<Reopening>(app, visitor, form).await,
        "closures" => command::<Closure>(app, visitor, form).await,
        "surveys" => command::<SurveyBody>(app, visitor, form).await,
        "referrals" => command::<Referral>(app, visitor, form).await,
        "acknowledgements" => command::<Acknowledging>(app, visitor, form).await,
        "send-backs" => command::<SendBackBody>(app, visitor, form).await,
        "conclusions" => command::<Conclusion>(app, visitor, form).await,
        "cancellations" => command::<CancellationBody>(app, visitor, form).await,
        "mergers" => command::<Merger>(app, visitor, form).await,
        "watchers" => command::<WatcherBody>(app, visitor, form).await,
        "details" => details_given(app, visitor, form).map_err(NotMade::from),
        _ => Err(NotMade::Nowhere),
    }
}

pub(crate) async fn act(
    State(app): State<App>,
    Path((number, verb)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let Posted { visitor, form } = posted;
    let command = read(&app, &visitor, &verb, &form.fields).await;
    finish(&app, &visitor, &number, &verb, form.fields, command).await
}

pub(crate) async fn message(State(app): State<App>, Path(number): Path<String>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    if let Some(file) = &form.refused {
        let general = Some(file.sentence(visitor.looker.t));
        let wrong = Wrong { general, fields: form.fields, ..Wrong::default() };
        return render(&app, &visitor, &number, &Asked::default(), StatusCode::PAYLOAD_TOO_LARGE, &wrong)
            .await;
    }
    let audience = form.fields.get("audience").parse::<Audience>().unwrap_or(Audience::Requester);
    let body = app.desk.ambience().salter().text_if_any(Some(form.fields.get("body")));
    let command = Command::Say { audience, body, attachments: form.files };
    finish(&app, &visitor, &number, "mensaje", form.fields, Ok(command)).await
}

pub(crate) async fn details(State(app): State<App>, Path(number): Path<String>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    let command = details_given(&app, &visitor, &form.fields).map_err(NotMade::from);
    finish(&app, &visitor, &number, "details", form.fields, command).await
}

fn details_given(app: &App, visitor: &Visitor, typed: &Fields) -> Result<Command, Refusal> {
    let details = typed_details(typed).given(&app.desk.ambience().salter(), &visitor.office)?;
    Ok(Command::Complete { details })
}

/// What a form of missing details says.
pub(crate) fn typed_details(typed: &Fields) -> RequestDetails {
    let filled = |name: &str| Some(typed.get(name).trim().to_owned()).filter(|value| !value.is_empty());
    let answers = typed
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("answers.")?.to_owned(), value.clone().into())));
    RequestDetails {
        department: filled("department"),
        site: filled("site"),
        place: filled("place"),
        contact: Contact { name: None, email: filled("contact.email"), phone: filled("contact.phone") },
        has_remote_support: None,
        remote_support_id: filled("remote_support_id"),
        answers: answers.collect(),
    }
}

/// Carries the command out and goes back to the case, or shows the case with what went wrong and what was typed.
async fn finish(
    app: &App,
    visitor: &Visitor,
    number: &str,
    verb: &str,
    typed: Fields,
    command: Result<Command, NotMade>,
) -> Response {
    let Ok(parsed) = number.parse::<CaseNumber>() else {
        return Oops::not_found(visitor.frame(app)).into_response();
    };
    let made = match command {
        Ok(command) => {
            let expected = typed.get("version").parse().ok();
            let files = match &command {
                Command::Say { attachments, .. } => attachments.as_slice(),
                _ => &[],
            };
            let place = format!("{parsed}/{verb}");
            let id = command_id(app, &visitor.person.id.to_string(), &place, &typed, files);
            app.desk.execute(visitor.viewer, id, parsed, expected, command).await.map_err(NotMade::from)
        }
        Err(not_made) => Err(not_made),
    };
    match made {
        Ok(executed) => Redirect::to(&onward(app, visitor, verb, &typed, &executed.case)).into_response(),
        Err(NotMade::Desk(error @ (DeskError::Refused(_) | DeskError::Stale { .. }))) => {
            let status = match &error {
                DeskError::Refused(refusal) => status_of(refusal),
                _ => StatusCode::CONFLICT,
            };
            let asked = Asked { para: typed.get("audience").to_owned(), ..Asked::default() };
            let wrong = wrong_of(visitor.looker.t, &error, verb, typed);
            render(app, visitor, number, &asked, status, &wrong).await
        }
        Err(NotMade::Desk(error)) => {
            let again = Again::of(&visitor.looker.path, &typed);
            Oops::to(app, visitor, &error).with(again).into_response()
        }
        Err(NotMade::Unreadable) => {
            let general = Some(visitor.looker.t.get("problem-choice").to_owned());
            let wrong = Wrong { general, verb: verb.to_owned(), fields: typed, field: None };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render(app, visitor, number, &Asked::default(), status, &wrong).await
        }
        Err(NotMade::Nowhere) => Oops::not_found(visitor.frame(app)).into_response(),
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal.class() {
        atiende_procedure::RefusalClass::Forbidden => StatusCode::FORBIDDEN,
        atiende_procedure::RefusalClass::State => StatusCode::CONFLICT,
        atiende_procedure::RefusalClass::Content => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Where one goes after a move: back to the case, or to the list when the case has left his sight.
fn onward(
    app: &App,
    visitor: &Visitor,
    verb: &str,
    typed: &Fields,
    case: &atiende_procedure::Case,
) -> String {
    let done = match verb {
        "mensaje" => "enviado",
        "confirmations" => "confirmado",
        "surveys" => "calificado",
        "reopenings" => "reabierto",
        verb => verb,
    };
    let scope = atiende_procedure::permission::Scope::of(visitor.viewer.actor, &app.desk.office());
    let back = own_path(typed.get("volver"));
    let place = match (back, scope.contains(case)) {
        (_, false) => "/".to_owned(),
        ("/", true) => format!("/casos/{}", case.number),
        (back, true) => back.to_owned(),
    };
    let joint = if place.contains('?') { '&' } else { '?' };
    format!("{place}{joint}hecho={done}")
}
