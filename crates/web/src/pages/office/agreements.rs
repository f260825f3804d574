//! What the desk promises: each agreement, whether it is in force, and what it covers in words (R3).

use askama::Template;
use atiende_procedure::office::{Agreement, AgreementHours, Office};
use atiende_procedure::sla::{ClockName, Targets};
use atiende_procedure::{AgreementId, Priority};
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;

use super::sheet::{may_change, nowhere};
use super::{calendars, reads_office};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::shown;
use crate::promised::written::amount;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office_agreements.html")]
struct Agreements {
    frame: Frame,
    rows: Vec<Row>,
    may_change: bool,
}

#[derive(Debug)]
struct Row {
    id: AgreementId,
    name: String,
    version: String,
    covers: String,
    promises: Vec<String>,
    hours: String,
    state: Force,
}

/// Whether cases are given it today.
#[derive(Debug)]
pub(super) struct Force {
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
    pub(super) words: String,
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    if !reads_office(&visitor) {
        return nowhere(&app, &visitor);
    }
    let frame = visitor.frame(&app);
    let office = &visitor.office;
    let today = office.settings.calendar.day_of(frame.now);
    let rows = office.agreements.values().map(|agreement| Row {
        id: agreement.id,
        name: agreement.name.clone(),
        version: frame.t.name("agreement-version", &agreement.version.to_string()),
        covers: covers(&frame, office, agreement),
        promises: promises(&frame, agreement),
        hours: hours(&frame, office, agreement.hours),
        state: in_force(&frame, today, agreement.active, agreement.starts, agreement.ends),
    });
    shown(&Agreements { rows: rows.collect(), may_change: may_change(&visitor), frame })
}

/// In force, not yet, no longer, or taken out.
pub(super) fn in_force(frame: &Frame, today: Date, active: bool, starts: Date, ends: Option<Date>) -> Force {
    let t = frame.t;
    let (icon, class, words) = match () {
        () if !active => ("ban", "text-secondary", t.get("force-inactive").to_owned()),
        () if today < starts => ("clock", "", t.name("force-from", &frame.spoken.date(starts))),
        () => match ends {
            Some(ends) if ends < today => {
                ("clock-exclamation", "late", t.name("force-ended", &frame.spoken.date(ends)))
            }
            Some(ends) => ("circle-check", "ok", t.name("force-until", &frame.spoken.date(ends))),
            None => ("circle-check", "ok", t.get("force-now").to_owned()),
        },
    };
    Force { icon, class, words }
}

fn covers(frame: &Frame, office: &Office, agreement: &Agreement) -> String {
    let services = agreement.services.iter().filter_map(|id| office.services.get(id));
    let departments = agreement.departments.iter().filter_map(|id| office.departments.get(id));
    let sites = agreement.sites.iter().filter_map(|id| office.sites.get(id));
    let parts: Vec<String> = [
        services.map(|it| it.name.clone()).collect::<Vec<_>>(),
        agreement.kinds.iter().map(|kind| frame.word("kind", kind)).collect(),
        departments.map(|it| it.name.clone()).collect(),
        sites.map(|it| it.name.clone()).collect(),
    ]
    .into_iter()
    .filter(|names| !names.is_empty())
    .map(|names| names.join(", "))
    .collect();
    match parts.is_empty() {
        true => frame.t.get("agreement-covers-all").to_owned(),
        false => parts.join(" · "),
    }
}

/// The promised minutes of one of the desk's clocks.
pub(super) fn target(targets: &Targets, clock: ClockName) -> Option<u32> {
    match clock {
        ClockName::Assignment => targets.assignment,
        ClockName::FirstAnswer => targets.first_answer,
        ClockName::Solution => targets.solution,
        ClockName::ProviderResponse | ClockName::ProviderSolution => None,
    }
}

fn promises(frame: &Frame, agreement: &Agreement) -> Vec<String> {
    let of = |priority: &Priority| {
        let targets = agreement.targets.get(priority)?;
        let said = ClockName::OF_THE_DESK.into_iter().filter_map(|clock| {
            let minutes = target(targets, clock)?;
            Some(format!("{} {}", frame.t.of_word("target-short", clock.as_str()), amount(minutes)))
        });
        let said: Vec<String> = said.collect();
        Some(format!("{}: {}", frame.word("priority", priority), said.join(", ")))
    };
    Priority::ALL.iter().rev().filter_map(of).collect()
}

/// By which hours it counts, in words.
pub(super) fn hours(frame: &Frame, office: &Office, hours: AgreementHours) -> String {
    match hours {
        AgreementHours::Site => frame.t.get("hours-site").to_owned(),
        AgreementHours::Always => frame.t.get("hours-always").to_owned(),
        AgreementHours::Calendar(id) => calendars::name(frame, office, id),
    }
}
