//! Setting what the office promises and by which hours, for its system administrator: the shapes are those of reading.

use std::sync::Arc;

use atiende_desk::{AdministerError, DeskError};
use atiende_procedure::office::{Change, Contract, Office, TokenScope};
use atiende_procedure::{Action, AgreementId, CalendarId, ContractId, Refusal, Role};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::caller::{Body, Caller, Sent};
use super::problem::Problem;
use super::promises::{agreement_now, calendar_now, contract_now};
use crate::app::App;
use crate::attempt::Content;
use crate::pages::office::calendar::change;
use crate::promised::Wrong;
use crate::promised::agreement::AgreementBody;
use crate::promised::calendar::CalendarBody;
use crate::promised::contract::ContractBody;

/// Only the system administrator sets these, and not by a token that may only read.
fn administers(caller: &Caller) -> Result<(), Problem> {
    if caller.viewer.scope == TokenScope::Read {
        return Err(caller.problem(&DeskError::ReadOnly));
    }
    let person = caller.office.people.get(&caller.person);
    match person.is_some_and(|person| person.is(Role::SystemAdministrator)) {
        true => Ok(()),
        false => Err(Problem::refused(&Refusal::NotYourRole { action: Action::Administer }, caller.t)),
    }
}

fn unreadable(caller: &Caller, wrong: &[Wrong]) -> Problem {
    Problem::fields(wrong.iter().map(|wrong| (wrong.field.clone(), wrong.sentence(caller.t))))
}

/// Makes the change, unless what it sets is of another version than the one looked at: the caller's, or else the one
/// from which the change was made.
async fn set(
    app: &App,
    caller: &Caller,
    content: Content,
    version: Option<u64>,
    change: Change,
) -> Result<Arc<Office>, Problem> {
    let id = caller.attempt(app, content).await?;
    let known = change.subject().map_or(0, |subject| caller.office.revision(subject));
    let change = change.if_unchanged(version.unwrap_or(known));
    match app.desk.administer(caller.viewer, id, vec![change]).await {
        Ok((office, _)) => Ok(office),
        Err(AdministerError::Refused { refusal, .. }) => Err(Problem::refused(&named(refusal), caller.t)),
        Err(AdministerError::ReadOnly) => Err(caller.problem(&DeskError::ReadOnly)),
        Err(AdministerError::Store(error)) => Err(caller.problem(&error.into())),
    }
}

/// The field as these bodies name it.
fn named(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::BadField { field: "response", problem } => {
            Refusal::BadField { field: "response_minutes", problem }
        }
        Refusal::BadField { field: "solution", problem } => {
            Refusal::BadField { field: "solution_minutes", problem }
        }
        refusal => refusal,
    }
}

fn created(place: &str, body: Value) -> Response {
    (StatusCode::CREATED, [(header::LOCATION, place.to_owned())], Json(body)).into_response()
}

/// What was made, by the name that no other has; it can only be absent when a repeat comes after it was renamed.
fn made<T>(found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(Problem::not_found)
}

/// Adds a working calendar.
#[utoipa::path(post, path = "/api/v1/calendars", tag = "office", request_body = CalendarBody, responses((status = 201, body = Value), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add_calendar(
    State(app): State<App>,
    caller: Caller,
    sent: Sent<CalendarBody>,
) -> Result<Response, Problem> {
    administers(&caller)?;
    let Body { said, .. } = sent.read?;
    let name = said.name.trim().to_owned();
    let calendar = said.read().map_err(|wrong| unreadable(&caller, &wrong))?;
    let change = change(&caller.office, None, &name, calendar);
    let office = set(&app, &caller, sent.content, None, change).await?;
    let id = made(office.calendar_by_name(&name))?.id;
    Ok(created(&format!("/api/v1/calendars/{id}"), calendar_now(&office, caller.t, id)))
}

/// Sets a working calendar; that of id 0 is the office's own, which keeps its name.
#[utoipa::path(put, path = "/api/v1/calendars/{id}", tag = "office", params(("id" = i64, Path)), request_body = CalendarBody, responses((status = 200, body = Value), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_calendar(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent<CalendarBody>,
) -> Result<Json<Value>, Problem> {
    administers(&caller)?;
    let id: CalendarId = id.parse().map_err(|_| Problem::not_found())?;
    if id != CalendarId::MAIN && !caller.office.calendars.contains_key(&id) {
        return Err(Problem::not_found());
    }
    let Body { version, said } = sent.read?;
    let name = said.name.trim().to_owned();
    let calendar = said.read().map_err(|wrong| unreadable(&caller, &wrong))?;
    let change = change(&caller.office, Some(id), &name, calendar);
    let office = set(&app, &caller, sent.content, version, change).await?;
    Ok(Json(calendar_now(&office, caller.t, id)))
}

/// Adds an agreement. The cases that it covers are given it from its first day on.
#[utoipa::path(post, path = "/api/v1/agreements", tag = "office", request_body = AgreementBody, responses((status = 201, body = Value), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add_agreement(
    State(app): State<App>,
    caller: Caller,
    sent: Sent<AgreementBody>,
) -> Result<Response, Problem> {
    administers(&caller)?;
    let Body { said, .. } = sent.read?;
    let read = said.read(&caller.office, AgreementId(0)).map_err(|wrong| unreadable(&caller, &wrong))?;
    let name = read.name.clone();
    let office = set(&app, &caller, sent.content, None, Change::SetAgreement(Box::new(read))).await?;
    let agreement = made(office.agreement_by_name(&name))?;
    let place = format!("/api/v1/agreements/{}", agreement.id);
    Ok(created(&place, agreement_now(&office, agreement, app.desk.ambience().now())))
}

/// Sets an agreement. Cases keep the version that they were given.
#[utoipa::path(put, path = "/api/v1/agreements/{id}", tag = "office", params(("id" = i64, Path)), request_body = AgreementBody, responses((status = 200, body = Value), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_agreement(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent<AgreementBody>,
) -> Result<Json<Value>, Problem> {
    administers(&caller)?;
    let id: AgreementId = id.parse().map_err(|_| Problem::not_found())?;
    caller.office.agreements.get(&id).ok_or_else(Problem::not_found)?;
    let Body { version, said } = sent.read?;
    let read = said.read(&caller.office, id).map_err(|wrong| unreadable(&caller, &wrong))?;
    let office = set(&app, &caller, sent.content, version, Change::SetAgreement(Box::new(read))).await?;
    let agreement = made(office.agreements.get(&id))?;
    Ok(Json(agreement_now(&office, agreement, app.desk.ambience().now())))
}

/// Adds a contract (R12). Its documents are added on its page.
#[utoipa::path(post, path = "/api/v1/contracts", tag = "office", request_body = ContractBody, responses((status = 201, body = Value), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add_contract(
    State(app): State<App>,
    caller: Caller,
    sent: Sent<ContractBody>,
) -> Result<Response, Problem> {
    administers(&caller)?;
    let Body { said, .. } = sent.read?;
    let read = said.read(&caller.office, None).map_err(|wrong| unreadable(&caller, &wrong))?;
    let number = read.number.clone();
    let office = set(&app, &caller, sent.content, None, Change::SetContract(Box::new(read))).await?;
    let contract = made(office.contract_by_number(&number))?;
    let place = format!("/api/v1/contracts/{}", contract.id);
    Ok(created(&place, contract_now(&office, contract, app.desk.ambience().now())))
}

/// Sets a contract; its documents stay.
#[utoipa::path(put, path = "/api/v1/contracts/{id}", tag = "office", params(("id" = i64, Path)), request_body = ContractBody, responses((status = 200, body = Value), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_contract(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent<ContractBody>,
) -> Result<Json<Value>, Problem> {
    administers(&caller)?;
    let id: ContractId = id.parse().map_err(|_| Problem::not_found())?;
    let before: &Contract = caller.office.contracts.get(&id).ok_or_else(Problem::not_found)?;
    let Body { version, said } = sent.read?;
    let read = said.read(&caller.office, Some(before)).map_err(|wrong| unreadable(&caller, &wrong))?;
    let office = set(&app, &caller, sent.content, version, Change::SetContract(Box::new(read))).await?;
    let contract = made(office.contracts.get(&id))?;
    Ok(Json(contract_now(&office, contract, app.desk.ambience().now())))
}
