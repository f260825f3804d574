//! What was promised and kept (R3, R17), with the cases behind each number.

use atiende_desk::view::reports::{
    BehindPage, BehindRequest, BehindRow, Group, GroupBy, ReportFilter, Tally,
};
use axum::Json;
use axum::extract::{Query, State};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::caller::Caller;
use super::json::Items;
use super::problem::Problem;
use crate::app::App;
use crate::listing::ListingError;
use crate::reporting::{Page, Reporting};
use crate::texts::Texts;

fn refused(caller: &Caller, error: ListingError) -> Problem {
    Problem::field(error.field, caller.t.name(error.problem, error.field))
}

fn asked(app: &App, caller: &Caller, asked: &Reporting) -> Result<(ReportFilter, GroupBy), Problem> {
    let now = app.desk.ambience().now();
    asked.request(&caller.office, now).map_err(|error| refused(caller, error))
}

/// Promises that came to an end in some days, kept or broken, by group. Those who see the whole desk read of every case but
/// security's; supervisors of contracts read of what their providers promised; for others there are no reports.
#[utoipa::path(get, path = "/api/v1/reports/sla", tag = "reports", params(Reporting),
    responses((status = 200, description = "The report", body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn sla(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Reporting>,
) -> Result<Json<Value>, Problem> {
    let (filter, by) = asked(&app, &caller, &query)?;
    let (from, to) = (filter.from, filter.to);
    let report = app.desk.sla_report(caller.viewer, filter, by).await;
    let report = report.map_err(|error| caller.problem(&error))?;
    let items = report.rows.iter().map(|row| {
        let mut item = tally(&row.tally);
        item["key"] = json!(row.group.key());
        item["name"] = json!(name(caller.t, &row.group));
        item
    });
    Ok(Json(json!({
        "from": from,
        "to": to,
        "group_by": by.as_str(),
        "items": items.collect::<Vec<_>>(),
        "total": tally(&report.total),
        "before": tally(&report.before),
        "complete": !report.counting,
    })))
}

fn tally(tally: &Tally) -> Value {
    json!({
        "met": tally.met,
        "breached": tally.breached,
        "kept": tally.kept(),
        "average_minutes": tally.average().map(minutes),
        "open_late": tally.open_late,
    })
}

/// To a tenth.
fn minutes(time: SignedDuration) -> f64 {
    (time.as_secs_f64() / 6.0).round() / 10.0
}

/// What a group is called; a month by itself.
fn name(t: &Texts, group: &Group) -> String {
    match group {
        Group::Month(_) => group.key(),
        Group::Word { family, word, .. } => t.of_word(&format!("report-{family}"), word).to_owned(),
        Group::Named { name, .. } => name.clone(),
        Group::Absent => t.get("report-absent").to_owned(),
    }
}

/// The cases behind a number of that report, the promise that came to an end last first: a case comes once for each of its
/// clocks.
#[utoipa::path(get, path = "/api/v1/reports/sla/cases", tag = "reports", params(Reporting, Page),
    responses((status = 200, body = Items), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn sla_cases(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Reporting>,
    Query(page): Query<Page>,
) -> Result<Json<Items>, Problem> {
    let (filter, _) = asked(&app, &caller, &query)?;
    let (met, limit) = page.read().map_err(|error| refused(&caller, error))?;
    let request = BehindRequest { filter, met, cursor: page.cursor(), limit };
    let page = app.desk.sla_cases(caller.viewer, request).await.map_err(|error| caller.problem(&error))?;
    let items = page.rows.iter().map(|row| behind(&page, row)).collect();
    Ok(Json(Items { items, next_cursor: page.next_cursor.clone() }))
}

fn behind(page: &BehindPage, row: &BehindRow) -> Value {
    let (office, case) = (&page.office, &row.case);
    let contract = row.contract.and_then(|id| office.contracts.get(&id));
    let provider = contract.and_then(|contract| office.providers.get(&contract.provider));
    json!({
        "number": case.number,
        "subject": case.subject,
        "status": case.status,
        "kind": case.kind,
        "priority": case.priority,
        "service": case.service.and_then(|id| office.services.get(&id)).map(|it| &it.code),
        "department": case.department.and_then(|id| office.departments.get(&id)).map(|it| &it.code),
        "site": case.site.and_then(|id| office.sites.get(&id)).map(|it| &it.code),
        "clock": row.clock,
        "contract": row.contract,
        "provider": provider.map(|provider| &provider.name),
        "outcome": if row.met { "met" } else { "breached" },
        "opened_at": case.opened_at,
        "ended_at": row.ended_at,
        "used_minutes": minutes(row.used),
        "target_minutes": minutes(row.target),
    })
}
