//! The cases behind a number of a report.

use askama::Template;
use atiende_desk::DeskError;
use atiende_desk::view::SeenPage;
use atiende_desk::view::reports::{BehindPage, BehindRequest, BehindRow};
use atiende_procedure::office::Office;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{PATH, Wanted, length, span};
use crate::app::App;
use crate::frame::Frame;
use crate::listing::ListingError;
use crate::oops::{Oops, page};
use crate::pages::queue;
use crate::query::Query;
use crate::reporting::{Page, Reporting};
use crate::visitor::{Visitor, encode};

#[derive(Debug, Template)]
#[template(path = "report_cases.html")]
struct Cases {
    frame: Frame,
    /// What number it is: which promise, which outcome, of what, when.
    about: Vec<String>,
    error: Option<String>,
    rows: Vec<Ended>,
    back: String,
    csv: String,
    first_href: Option<String>,
    next_href: Option<String>,
}

/// A case and the promise that came to an end.
#[derive(Debug)]
struct Ended {
    case: queue::Row,
    clock: String,
    met: bool,
    used: String,
    target: String,
    when: String,
    when_in_full: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<Reporting>,
    Query(asked): Query<Page>,
) -> Response {
    let frame = visitor.frame(&app);
    let Some(wanted) = Wanted::of(&app, &visitor, given) else {
        return Oops::not_found(frame).into_response();
    };
    let (read, mut error) = match asked.read() {
        Ok(read) => (read, wanted.error.clone()),
        Err(ListingError { field, problem }) => ((None, 50), Some(frame.t.name(problem, field))),
    };
    let request =
        BehindRequest { filter: wanted.filter.clone(), met: read.0, cursor: asked.cursor(), limit: read.1 };
    let seen = match app.desk.sla_cases(visitor.viewer, request.clone()).await {
        Err(DeskError::Store(bad)) if bad.is_bad_cursor() => {
            error = Some(frame.t.get("problem-cursor").to_owned());
            app.desk.sla_cases(visitor.viewer, BehindRequest { cursor: None, ..request }).await
        }
        seen => seen,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match seen {
        Ok(seen) => page(status, &cases(frame, &wanted, read.0, &asked, error, seen)),
        Err(error) => Oops::to(&app, &visitor, &error).into_response(),
    }
}

fn cases(
    frame: Frame,
    wanted: &Wanted,
    met: Option<bool>,
    asked: &Page,
    error: Option<String>,
    seen: BehindPage,
) -> Cases {
    let outcome = met.map_or("", |met| if met { "met" } else { "breached" });
    let here = wanted.given.address(&format!("{PATH}/casos"), &[("outcome", outcome)]);
    let about = about(&frame, wanted, met, &seen.office);
    let shown = |row: &BehindRow, case| Ended {
        case,
        clock: frame.t.of_word("report-clock", row.clock.as_str()).to_owned(),
        met: row.met,
        used: length(frame.t, row.used),
        target: length(frame.t, row.target),
        when: frame.spoken.brief(row.ended_at),
        when_in_full: frame.in_full(&row.ended_at),
    };
    let as_list = SeenPage {
        now: seen.now,
        office: seen.office.clone(),
        rows: seen.rows.iter().map(|row| row.case.clone()).collect(),
        next_cursor: None,
        cut: false,
    };
    let listed = queue::rows(&frame, &as_list);
    let rows = seen.rows.iter().zip(listed).map(|(row, case)| shown(row, case)).collect();
    Cases {
        about,
        error,
        rows,
        back: wanted.given.address(PATH, &[]),
        csv: wanted.given.address(&format!("{PATH}/casos.csv"), &[("outcome", outcome)]),
        first_href: asked.cursor().map(|_| here.clone()),
        next_href: seen.next_cursor.map(|cursor| format!("{here}&cursor={}", encode(&cursor))),
        frame,
    }
}

/// What the number says, in words.
fn about(frame: &Frame, wanted: &Wanted, met: Option<bool>, office: &Office) -> Vec<String> {
    let (t, filter) = (frame.t, &wanted.filter);
    let outcome = match met {
        Some(true) => "report-outcome-met",
        Some(false) => "report-outcome-breached",
        None => "report-outcome-both",
    };
    let clock = match filter.clock {
        Some(clock) => t.of_word("report-clock", clock.as_str()),
        None => t.get("report-every-clock"),
    };
    let mut about = vec![t.get(outcome).to_owned(), clock.to_owned(), span(frame, filter)];
    let absent = |name: &str| t.get(&format!("report-absent-{name}")).to_owned();
    let named = |id: Option<String>, name: &str| id.unwrap_or_else(|| absent(name));
    about.extend(
        filter
            .service
            .map(|id| named(id.and_then(|id| office.services.get(&id)).map(|it| it.name.clone()), "service")),
    );
    about.extend(
        filter.level.map(|level| {
            named(level.map(|level| t.of_word("level-full", level.as_str()).to_owned()), "level")
        }),
    );
    about.extend(filter.department.map(|id| {
        named(id.and_then(|id| office.departments.get(&id)).map(|it| it.name.clone()), "department")
    }));
    about.extend(
        filter
            .site
            .map(|id| named(id.and_then(|id| office.sites.get(&id)).map(|it| it.name.clone()), "site")),
    );
    about.extend(filter.agreement.map(|id| {
        named(id.and_then(|id| office.agreements.get(&id)).map(|it| it.name.clone()), "agreement")
    }));
    about.extend(filter.kind.map(|kind| frame.word("kind", kind)));
    about.extend(filter.priority.map(|priority| {
        format!("{}: {}", t.get("report-by-priority"), frame.word("priority", priority).to_lowercase())
    }));
    about.extend(filter.provider.and_then(|id| office.providers.get(&id)).map(|it| it.name.clone()));
    about.extend(filter.contract.and_then(|id| office.contracts.get(&id)).map(|it| it.number.clone()));
    about
}
