//! A report to take along: the same numbers, with the cases behind them.

use atiende_desk::DeskError;
use atiende_desk::view::reports::{BehindPage, BehindRequest, BehindRow, GroupBy, Report, Tally};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;

use super::table::{Cell, Custom, Table, csv as as_csv, xlsx as as_xlsx};
use super::{Wanted, label, span};
use crate::app::App;
use crate::download::disposition;
use crate::frame::Frame;
use crate::oops::Oops;
use crate::query::Query;
use crate::reporting::{Page, Reporting};
use crate::visitor::Visitor;

/// Cases that one file holds.
const MOST_CASES: usize = 5_000;

/// Cases asked for at once.
const AT_ONCE: usize = 200;

pub(crate) async fn csv(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<Reporting>,
) -> Response {
    let frame = visitor.frame(&app);
    let Some(wanted) = Wanted::of(&app, &visitor, given) else {
        return Oops::not_found(frame).into_response();
    };
    match app.desk.sla_report(visitor.viewer, wanted.filter.clone(), wanted.by).await {
        Ok(report) => file_of(&frame, &wanted, &summary(&frame, wanted.by, &report), "report-file"),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

pub(crate) async fn cases_csv(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<Reporting>,
    Query(page): Query<Page>,
) -> Response {
    let frame = visitor.frame(&app);
    let Some(wanted) = Wanted::of(&app, &visitor, given) else {
        return Oops::not_found(frame).into_response();
    };
    let met = page.read().map_or(None, |(met, _)| met);
    match every_case(&app, &visitor, &wanted, met).await {
        Ok(pages) => file_of(&frame, &wanted, &cases(&frame, &pages), "report-file-cases"),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

pub(crate) async fn xlsx(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<Reporting>,
) -> Response {
    let frame = visitor.frame(&app);
    let Some(wanted) = Wanted::of(&app, &visitor, given) else {
        return Oops::not_found(frame).into_response();
    };
    let report = app.desk.sla_report(visitor.viewer, wanted.filter.clone(), wanted.by).await;
    let cases_of = every_case(&app, &visitor, &wanted, None).await;
    let (report, pages) = match (report, cases_of) {
        (Ok(report), Ok(pages)) => (report, pages),
        (Err(error), _) | (_, Err(error)) => return Oops::to(&app, &visitor, &error).into_response(),
    };
    let tables = [
        summary(&frame, wanted.by, &report),
        cases(&frame, &pages),
        asked(&frame, &wanted, report.total.ended()),
    ];
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    // Some thousand rows take their time, in which others are answered.
    match tokio::task::spawn_blocking(move || as_xlsx(&tables)).await {
        Ok(Ok(bytes)) => file(&name(&frame, &wanted, "report-file"), "xlsx", XLSX, bytes),
        Ok(Err(error)) => broken(&app, &visitor, &error),
        Err(error) => broken(&app, &visitor, &error),
    }
}

fn broken(app: &App, visitor: &Visitor, error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a report could not be written");
    let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    Oops::said(visitor.frame(app), status, "oops-unavailable").into_response()
}

fn file_of(frame: &Frame, wanted: &Wanted, table: &Table, named: &str) -> Response {
    let custom = if frame.t.lang.starts_with("en") { Custom::Point } else { Custom::Comma };
    match as_csv(table, custom) {
        Ok(bytes) => file(&name(frame, wanted, named), "csv", "text/csv; charset=utf-8", bytes),
        Err(error) => {
            tracing::error!(%error, "a table could not be written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn name(frame: &Frame, wanted: &Wanted, named: &str) -> String {
    let (from, to) = (wanted.filter.from.to_string(), wanted.filter.to.to_string());
    frame.t.with(named, &[("from", &from), ("to", &to)])
}

fn file(name: &str, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&disposition("attachment", &format!("{name}.{ending}"))) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    (headers, bytes).into_response()
}

/// The cases behind a report, as many as a file holds.
async fn every_case(
    app: &App,
    visitor: &Visitor,
    wanted: &Wanted,
    met: Option<bool>,
) -> Result<Vec<BehindPage>, DeskError> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_CASES / AT_ONCE {
        let request = BehindRequest { filter: wanted.filter.clone(), met, cursor, limit: AT_ONCE };
        let page = app.desk.sla_cases(visitor.viewer, request).await?;
        cursor = page.next_cursor.clone();
        pages.push(page);
        if cursor.is_none() {
            break;
        }
    }
    Ok(pages)
}

fn hours(time: SignedDuration) -> Cell {
    Cell::Hours(time.as_secs_f64() / 3600.0)
}

fn summary(frame: &Frame, by: GroupBy, report: &Report) -> Table {
    let t = frame.t;
    let row = |label: String, tally: &Tally| {
        vec![
            Cell::Text(label),
            Cell::Count(tally.met),
            Cell::Count(tally.breached),
            Cell::Count(tally.ended()),
            tally.kept().map_or(Cell::Empty, Cell::Share),
            tally.average().map_or(Cell::Empty, hours),
            tally.open_late.map_or(Cell::Empty, Cell::Count),
        ]
    };
    let rows = report.rows.iter().map(|it| row(label(frame, by, &it.group), &it.tally));
    let total = row(t.get("report-total").to_owned(), &report.total);
    let heads = [
        t.of_word("report-by", by.as_str()),
        t.get("report-column-met"),
        t.get("report-column-breached"),
        t.get("report-column-ended"),
        t.get("report-column-kept"),
        t.get("report-column-average-hours"),
        t.get("report-column-open-late"),
    ];
    Table {
        name: t.get("report-sheet-report").to_owned(),
        heads: heads.map(str::to_owned).into(),
        rows: rows.chain([total]).collect(),
    }
}

fn cases(frame: &Frame, pages: &[BehindPage]) -> Table {
    let t = frame.t;
    let heads = [
        "column-case",
        "column-subject",
        "report-by-service",
        "report-by-department",
        "report-by-level",
        "column-priority",
        "column-state",
        "report-clock",
        "report-column-provider",
        "report-column-outcome",
        "report-column-opened-at",
        "report-column-ended-at",
        "report-column-used-hours",
        "report-column-target-hours",
    ];
    let rows = pages.iter().flat_map(|page| page.rows.iter().map(move |row| case(frame, page, row)));
    Table {
        name: t.get("report-sheet-cases").to_owned(),
        heads: heads.map(|head| t.get(head).to_owned()).into(),
        rows: rows.collect(),
    }
}

fn case(frame: &Frame, page: &BehindPage, row: &BehindRow) -> Vec<Cell> {
    let (t, office, case) = (frame.t, &page.office, &row.case);
    let zone = office.settings.calendar.zone();
    let service = case.service.and_then(|id| office.services.get(&id)).map(|it| it.name.as_str());
    let department = case.department.and_then(|id| office.departments.get(&id)).map(|it| it.name.as_str());
    let contract = row.contract.and_then(|id| office.contracts.get(&id));
    let provider = contract.and_then(|it| office.providers.get(&it.provider)).map(|it| it.name.as_str());
    let level = case.level.map_or("", |level| t.of_word("level-full", level.as_str()));
    vec![
        Cell::text(case.number.to_string()),
        Cell::text(case.subject.as_str()),
        Cell::text(service.unwrap_or_default()),
        Cell::text(department.unwrap_or_default()),
        Cell::text(level),
        Cell::text(t.of_word("priority", case.priority.as_str())),
        Cell::text(t.of_word("status", case.status.as_str())),
        Cell::text(t.of_word("report-clock", row.clock.as_str())),
        Cell::text(provider.unwrap_or_default()),
        Cell::text(t.get(if row.met { "report-outcome-met" } else { "report-outcome-breached" })),
        Cell::Moment(zone.to_datetime(case.opened_at)),
        Cell::Moment(zone.to_datetime(row.ended_at)),
        hours(row.used),
        hours(row.target),
    ]
}

/// What was asked, so that a sheet found later says what it is.
fn asked(frame: &Frame, wanted: &Wanted, ended: u64) -> Table {
    let t = frame.t;
    let given = &wanted.given;
    let clock = match wanted.filter.clock {
        Some(clock) => t.of_word("report-clock", clock.as_str()),
        None => t.get("report-every-clock"),
    };
    let mut rows = vec![
        (t.get("report-title"), frame.agency.clone()),
        (t.get("report-period"), span(frame, &wanted.filter)),
        (t.get("report-clock"), clock.to_owned()),
        (t.get("report-by"), t.of_word("report-by", wanted.by.as_str()).to_owned()),
    ];
    let narrowed = [
        ("report-by-service", &given.service),
        ("report-by-level", &given.level),
        ("report-by-department", &given.department),
        ("report-by-site", &given.site),
        ("report-by-priority", &given.priority),
        ("report-by-kind", &given.kind),
        ("report-by-provider", &given.provider),
        ("report-by-contract", &given.contract),
    ];
    let narrowed = narrowed.into_iter().filter_map(|(label, value)| Some((t.get(label), value.clone()?)));
    rows.extend(narrowed.filter(|(_, value)| !value.is_empty()));
    rows.push((t.get("report-made-at"), frame.in_full(&frame.now)));
    if ended > MOST_CASES as u64 {
        rows.push((t.get("report-sheet-cases"), t.count("report-cases-cut", MOST_CASES)));
    }
    let heads = [t.get("report-asked"), t.get("report-asked-value")];
    Table {
        name: t.get("report-sheet-asked").to_owned(),
        heads: heads.map(str::to_owned).into(),
        rows: rows.into_iter().map(|(label, value)| vec![Cell::text(label), Cell::Text(value)]).collect(),
    }
}
