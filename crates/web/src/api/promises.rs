//! When the office works, what it promises, and what its providers promised (R3, R12).

use std::collections::BTreeSet;

use atiende_procedure::CalendarId;
use atiende_procedure::calendar::CalendarForm;
use atiende_procedure::office::{Agreement, Contract, Office, Subject};
use atiende_procedure::sla::{ClockName, Hours};
use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;

use super::caller::Caller;
use super::json::{Items, person};
use super::office::staff;
use super::problem::Problem;
use crate::app::App;
use crate::texts::Texts;

/// The years whose holidays can be told.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// The working calendars; the office's own is the first, with the id 0.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "office", responses((status = 200, body = Items)))]
pub(crate) async fn calendars(caller: Caller) -> Json<Items> {
    let office = &caller.office;
    let ids = std::iter::once(CalendarId::MAIN).chain(office.calendars.keys().copied());
    Json(Items::all(ids.map(|id| calendar_now(office, caller.t, id)).collect()))
}

/// A calendar as it is. The version of the office's own is that of the settings, which hold it.
pub(super) fn calendar_now(office: &Office, t: &Texts, id: CalendarId) -> Value {
    let form = CalendarForm::from(office.calendar(id).clone());
    let named = office.calendars.get(&id);
    let subject = if named.is_some() { Subject::Calendar(id) } else { Subject::Settings };
    let working_by =
        |site: &&atiende_procedure::office::Site| site.calendar.unwrap_or(CalendarId::MAIN) == id;
    let sites = office.sites.values().filter(|site| site.active).filter(working_by);
    json!({
        "id": id,
        "version": office.revision(subject),
        "name": named.map_or(t.get("calendar-main"), |named| &named.name),
        "time_zone": form.time_zone,
        "week": {
            "monday": form.monday,
            "tuesday": form.tuesday,
            "wednesday": form.wednesday,
            "thursday": form.thursday,
            "friday": form.friday,
            "saturday": form.saturday,
            "sunday": form.sunday,
        },
        "law": form.holidays,
        "local_holidays": form.local_holidays,
        "exceptions": form.exceptions,
        "sites": sites.map(|site| &site.code).collect::<Vec<_>>(),
    })
}

/// Of which year.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct HolidaysQuery {
    /// The year, 1900 to 2999; this one unless said.
    year: Option<i16>,
}

/// A calendar's holidays of a year, in order; a date comes once, even when two holidays meet on it.
#[utoipa::path(get, path = "/api/v1/calendars/{id}/holidays", tag = "office", params(HolidaysQuery), responses((status = 200, body = Items), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn holidays(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<HolidaysQuery>,
) -> Result<Json<Items>, Problem> {
    let office = &caller.office;
    let id: CalendarId = id.parse().map_err(|_| Problem::not_found())?;
    let known = id == CalendarId::MAIN || office.calendars.contains_key(&id);
    let calendar = known.then(|| office.calendar(id)).ok_or_else(Problem::not_found)?;
    let year = query.year.unwrap_or_else(|| calendar.day_of(app.desk.ambience().now()).year());
    if !YEARS.contains(&year) {
        let label = caller.t.get("field-year");
        return Err(Problem::field("year", caller.t.name("problem-out-of-range", label)));
    }
    let days = calendar.holidays(year).into_iter();
    Ok(Json(Items::all(days.map(|(date, name)| json!({ "date": date, "name": name })).collect())))
}

/// What the desk promises, to whom and for what, for those who work here. Times are working minutes by `hours`.
#[utoipa::path(get, path = "/api/v1/agreements", tag = "office", responses((status = 200, body = Items), (status = 403, body = Problem)))]
pub(crate) async fn agreements(State(app): State<App>, caller: Caller) -> Result<Json<Items>, Problem> {
    staff(&caller)?;
    let office = &caller.office;
    let now = app.desk.ambience().now();
    let all = office.agreements.values();
    Ok(Json(Items::all(all.map(|it| agreement_now(office, it, now)).collect())))
}

pub(super) fn agreement_now(office: &Office, agreement: &Agreement, now: Timestamp) -> Value {
    let today = office.settings.calendar.day_of(now);
    let departments = agreement.departments.iter().filter_map(|id| office.departments.get(id));
    let sites = agreement.sites.iter().filter_map(|id| office.sites.get(id));
    let targets = agreement.targets.iter().map(|(priority, targets)| {
        let minutes = json!({
            "assignment_minutes": targets.assignment,
            "first_answer_minutes": targets.first_answer,
            "solution_minutes": targets.solution,
        });
        (priority.to_string(), minutes)
    });
    let pauses =
        ClockName::OF_THE_DESK.map(|clock| (clock.to_string(), json!(agreement.stands_still_for(clock))));
    json!({
        "id": agreement.id,
        "version": agreement.version,
        "name": agreement.name,
        "services": services(office, &agreement.services),
        "kinds": agreement.kinds,
        "departments": departments.map(|it| &it.code).collect::<Vec<_>>(),
        "sites": sites.map(|it| &it.code).collect::<Vec<_>>(),
        "targets": targets.collect::<Map<_, _>>(),
        "hours": agreement.hours,
        "pauses": Map::from_iter(pauses),
        "warnings": agreement.warnings,
        "starts": agreement.starts,
        "ends": agreement.ends,
        "active": agreement.active,
        "in_force": agreement.in_force(today),
    })
}

/// The contracts, for those who work here. Times are working minutes by `hours`.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "office", responses((status = 200, body = Items), (status = 403, body = Problem)))]
pub(crate) async fn contracts(State(app): State<App>, caller: Caller) -> Result<Json<Items>, Problem> {
    staff(&caller)?;
    let office = &caller.office;
    let now = app.desk.ambience().now();
    let all = office.contracts.values();
    Ok(Json(Items::all(all.map(|it| contract_now(office, it, now)).collect())))
}

pub(super) fn contract_now(office: &Office, contract: &Contract, now: Timestamp) -> Value {
    let today = office.settings.calendar.day_of(now);
    json!({
        "id": contract.id,
        "version": office.revision(Subject::Contract(contract.id)),
        "number": contract.number,
        "provider": office.providers.get(&contract.provider).map(|provider| &provider.name),
        "kind": contract.kind,
        "object": contract.object,
        "supervisor": contract.supervisor,
        "supervisor_name": person(office, contract.supervisor)["name"],
        "deputy": contract.deputy,
        "starts": contract.starts,
        "ends": contract.ends,
        "in_force": contract.in_force(today),
        "levels": contract.levels,
        "services": services(office, &contract.services),
        "emails": office.provider_addresses(contract),
        "response_minutes": contract.response,
        "solution_minutes": contract.solution,
        "hours": contract.hours.unwrap_or(Hours::Calendar(CalendarId::MAIN)),
        "promise": contract.promise,
        "penalties": contract.penalties,
        "active": contract.active,
    })
}

/// The codes of services; none stands for all.
fn services<'a>(office: &'a Office, ids: &BTreeSet<atiende_procedure::ServiceId>) -> Vec<&'a String> {
    ids.iter().filter_map(|id| office.services.get(id)).map(|service| &service.code).collect()
}
