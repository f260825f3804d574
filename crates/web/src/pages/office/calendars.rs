//! The working calendars: the office's own first, then the others, with who works by each.

use askama::Template;
use atiende_procedure::CalendarId;
use atiende_procedure::calendar::{CalendarForm, WorkingCalendar};
use atiende_procedure::office::{AgreementHours, Office};
use atiende_procedure::sla::Hours;
use axum::extract::State;
use axum::response::Response;

use super::reads_office;
use super::sheet::{may_change, nowhere};
use crate::app::App;
use crate::frame::Frame;
use crate::oops::shown;
use crate::promised::calendar::WEEK;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office_calendars.html")]
struct Calendars {
    frame: Frame,
    rows: Vec<Row>,
    may_change: bool,
}

#[derive(Debug)]
struct Row {
    id: CalendarId,
    name: String,
    zone: String,
    week: Vec<String>,
    used_by: Vec<String>,
}

pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    if !reads_office(&visitor) {
        return nowhere(&app, &visitor);
    }
    let frame = visitor.frame(&app);
    let office = &visitor.office;
    let rows = ids(office).map(|id| Row {
        id,
        name: name(&frame, office, id),
        zone: office.calendar(id).zone().iana_name().unwrap_or("UTC").to_owned(),
        week: week_in_words(&frame, office.calendar(id)),
        used_by: used_by(&frame, office, id),
    });
    shown(&Calendars { rows: rows.collect(), may_change: may_change(&visitor), frame })
}

/// The office's own and the others.
pub(super) fn ids(office: &Office) -> impl Iterator<Item = CalendarId> {
    std::iter::once(CalendarId::MAIN).chain(office.calendars.keys().copied())
}

/// What a calendar is called.
pub(super) fn name(frame: &Frame, office: &Office, id: CalendarId) -> String {
    match office.calendars.get(&id) {
        Some(named) => named.name.clone(),
        None => frame.t.get("calendar-main").to_owned(),
    }
}

/// The hours of the week, days of the same hours together: `lunes a jueves: 07:00-12:00, 13:00-17:00`.
pub(super) fn week_in_words(frame: &Frame, calendar: &WorkingCalendar) -> Vec<String> {
    let form = CalendarForm::from(calendar.clone());
    let days = week(form);
    let weekday = |at: usize| frame.t.of_word("weekday", WEEK[at]);
    let mut lines = Vec::new();
    let mut first = 0;
    for at in 1..=days.len() {
        if days.get(at) == Some(&days[first]) {
            continue;
        }
        let last = at - 1;
        let which = match last - first {
            0 => weekday(first).to_owned(),
            1 => frame.t.with("week-two", &[("from", weekday(first)), ("to", weekday(last))]),
            _ => frame.t.with("week-span", &[("from", weekday(first)), ("to", weekday(last))]),
        };
        let hours = match days[first].is_empty() {
            true => frame.t.get("week-rest").to_owned(),
            false => days[first].join(", "),
        };
        lines.push(format!("{which}: {hours}"));
        first = at;
    }
    lines
}

/// The hours of each weekday, Monday first.
pub(super) fn week(form: CalendarForm) -> [Vec<String>; 7] {
    [form.monday, form.tuesday, form.wednesday, form.thursday, form.friday, form.saturday, form.sunday]
}

/// Sites, agreements and contracts that count by it, a line for each kind.
pub(super) fn used_by(frame: &Frame, office: &Office, id: CalendarId) -> Vec<String> {
    let sites = office.sites.values().filter(|site| site.active);
    let sites = sites.filter(|site| site.calendar.unwrap_or(CalendarId::MAIN) == id);
    let agreements = office.agreements.values().filter(|it| it.active);
    let agreements = agreements.filter(|it| it.hours == AgreementHours::Calendar(id));
    let contracts = office.contracts.values().filter(|it| it.active && it.promised().is_some());
    let contracts =
        contracts.filter(|it| it.hours.unwrap_or(Hours::Calendar(CalendarId::MAIN)) == Hours::Calendar(id));
    let names: [(&str, Vec<&str>); 3] = [
        ("used-by-sites", sites.map(|site| site.name.as_str()).collect()),
        ("used-by-agreements", agreements.map(|it| it.name.as_str()).collect()),
        ("used-by-contracts", contracts.map(|it| it.number.as_str()).collect()),
    ];
    let used = names.iter().filter(|(_, names)| !names.is_empty());
    used.map(|(kind, names)| frame.t.name(kind, &names.join(", "))).collect()
}
