//! A calendar as it is edited: hours of the week, holidays, days with hours of their own.

use atiende_procedure::CalendarId;
use atiende_procedure::calendar::{CalendarForm, ExceptionForm, WorkingCalendar};
use atiende_procedure::holiday::{Falls, HolidayLaw, HolidayRule};
use atiende_procedure::office::{Change, NamedCalendar, Office, Settings, Subject};
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;

use super::parts::{Look, Part, Row, Section, filled_rows, rows_sent};
use super::sheet::{Link, Sent, Sheet, may_change, nowhere, save};
use super::{calendars, reads_office};
use crate::again::Posted;
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::shown;
use crate::pages::form::{Choice, Field, Input};
use crate::promised::Wrong;
use crate::promised::calendar::{CalendarBody, WEEK, WeekBody};
use crate::promised::written::{date, spans};
use crate::visitor::Visitor;

/// Empty rows for more, at the end of each list.
const SPARE: usize = 3;

/// The fields of a row of each list that are typed, so that a row without them is none.
const EXCEPTION: [&str; 3] = ["date", "name", "hours"];
const HOLIDAY: [&str; 5] = ["name", "day", "days", "from", "until"];

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    match may_change(&visitor) {
        true => shown(&sheet(&app, &visitor, None, &Fields::default())),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<CalendarId>) -> Response {
    match known(&visitor.office, id) && reads_office(&visitor) {
        true => shown(&sheet(&app, &visitor, Some(id), &Fields::default())),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn set(State(app): State<App>, Path(id): Path<CalendarId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, Some(id), &form.fields).await
}

fn known(office: &Office, id: CalendarId) -> bool {
    id == CalendarId::MAIN || office.calendars.contains_key(&id)
}

async fn sent(app: &App, visitor: &Visitor, id: Option<CalendarId>, typed: &Fields) -> Response {
    let office = &visitor.office;
    if !may_change(visitor) || !id.is_none_or(|id| known(office, id)) {
        return nowhere(app, visitor);
    }
    let sheet = sheet(app, visitor, id, typed);
    let name = typed.get("name").trim().to_owned();
    let change = read(typed).map(|calendar| change(office, id, &name, calendar));
    let place = |office: &Office| {
        let made = id.or_else(|| office.calendar_by_name(&name).map(|named| named.id));
        made.map_or_else(|| "/oficina/calendarios".to_owned(), |id| format!("/oficina/calendarios/{id}"))
    };
    let current = id.map_or_else(String::new, |id| format!("/oficina/calendarios/{id}/editar"));
    save(app, visitor, sheet, Sent::new(typed, id.map(subject), current), change, place).await
}

fn subject(id: CalendarId) -> Subject {
    if id == CalendarId::MAIN { Subject::Settings } else { Subject::Calendar(id) }
}

/// The office's own calendar is one of its settings.
pub(crate) fn change(
    office: &Office,
    id: Option<CalendarId>,
    name: &str,
    calendar: WorkingCalendar,
) -> Change {
    if id == Some(CalendarId::MAIN) {
        return Change::SetSettings(Box::new(Settings { calendar, ..(*office.settings).clone() }));
    }
    let id = id.unwrap_or(CalendarId(0));
    Change::SetCalendar(Box::new(NamedCalendar { id, name: name.to_owned(), calendar }))
}

fn sheet(app: &App, visitor: &Visitor, id: Option<CalendarId>, typed: &Fields) -> Sheet {
    let sheet = Sheet::new(app, visitor, id.map(subject)).up("/oficina/calendarios", "calendars-title");
    let frame = &sheet.frame;
    let t = frame.t;
    let calendar = visitor.office.calendar(id.unwrap_or(CalendarId::MAIN));
    let mut form = CalendarForm::from(calendar.clone());
    if id.is_none() {
        // Most calendars are the office's own with one thing changed; its exceptions are not theirs.
        form.exceptions.clear();
    }
    let section = |name: &str, parts| Section {
        title: t.get(name).to_owned(),
        lead: t.get(&format!("{name}-lead")).to_owned(),
        parts,
    };
    let sections = vec![
        Section { parts: own_fields(frame, &visitor.office, id, &form), ..Section::default() },
        section("calendar-exceptions", exception_rows(frame, &form, rows_sent(typed, "exceptions"))),
        section("calendar-local", holiday_rows(frame, &form, rows_sent(typed, "local_holidays"))),
    ];
    let title = match id {
        Some(id) => calendars::name(frame, &visitor.office, id),
        None => t.get("calendar-add").to_owned(),
    };
    let year = id.map(|id| Link {
        href: format!("/oficina/calendarios/{id}"),
        label: t.get("calendar-year").to_owned(),
        icon: "calendar-event",
    });
    sheet.of(title, sections).links(year.into_iter().collect())
}

fn own_fields(frame: &Frame, office: &Office, id: Option<CalendarId>, form: &CalendarForm) -> Vec<Part> {
    let t = frame.t;
    let named = id.and_then(|id| office.calendars.get(&id));
    let name = Field::new(Input::Line, "name", t.get("field-name"))
        .hint(t.get("calendar-name-hint"))
        .value(named.map_or("", |named| &named.name));
    let zone = Field::new(Input::Select, "time_zone", t.get("calendar-zone"))
        .hint(t.get("calendar-zone-hint"))
        .options(zones(&form.time_zone))
        .value(&form.time_zone);
    let law = Field::new(Input::Select, "law", t.get("calendar-law"))
        .words(t, "holiday-law", HolidayLaw::ALL)
        .value(form.holidays.as_str());
    let week = WEEK.iter().zip(calendars::week(form.clone())).map(|(day, hours)| {
        let label = t.of_word("weekday", day);
        Field::new(Input::Line, &format!("week.{day}"), label).value(hours.join(", ")).expected()
    });
    let hours = Row { legend: t.get("calendar-week").to_owned(), look: Look::Titled, fields: week.collect() };
    let main = id == Some(CalendarId::MAIN);
    let name = (!main).then_some(Part::Field(name));
    name.into_iter().chain([Part::Row(hours), Part::Field(law), Part::Field(zone)]).collect()
}

/// The zones of the continent, and the one that is set.
fn zones(current: &str) -> Vec<Choice> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.starts_with("America/") || name == current)
        .collect();
    if !names.iter().any(|name| name == current) {
        names.push(current.to_owned());
    }
    names.into_iter().map(|name| Choice::new(&name, name.replace('_', " "))).collect()
}

fn exception_rows(frame: &Frame, form: &CalendarForm, sent: usize) -> Vec<Part> {
    let t = frame.t;
    let rows = sent.max(form.exceptions.len() + SPARE);
    let row = |at: usize| {
        let before = form.exceptions.get(at);
        let field = |input, name: &str, label: &str, value: String| {
            Field::new(input, &format!("exceptions.{at}.{name}"), t.get(label)).value(value).expected()
        };
        let said = |pick: &dyn Fn(&ExceptionForm) -> String| before.map(pick).unwrap_or_default();
        Part::Row(Row {
            legend: t.count("calendar-exception", at + 1),
            look: Look::Listed,
            fields: vec![
                field(Input::Date, "date", "calendar-date", said(&|it| it.date.to_string())),
                field(Input::Line, "name", "calendar-day-name", said(&|it| it.name.clone())),
                field(Input::Line, "hours", "calendar-hours", said(&|it| it.hours.join(", "))),
            ],
        })
    };
    (0..rows).map(row).collect()
}

fn holiday_rows(frame: &Frame, form: &CalendarForm, sent: usize) -> Vec<Part> {
    let rows = sent.max(form.local_holidays.len() + SPARE - 1);
    (0..rows).map(|at| Part::Row(holiday_row(frame, at, form.local_holidays.get(at)))).collect()
}

fn holiday_row(frame: &Frame, at: usize, before: Option<&HolidayRule>) -> Row {
    let t = frame.t;
    let field = |input, name: &str, label: &str| {
        Field::new(input, &format!("local_holidays.{at}.{name}"), t.get(label)).expected()
    };
    let (falls, month, day, days) = match before.map(|rule| rule.falls) {
        Some(Falls::Fixed { month, day }) => ("fixed", month.to_string(), day.to_string(), String::new()),
        Some(Falls::Monday { month, day }) => ("monday", month.to_string(), day.to_string(), String::new()),
        Some(Falls::Easter { days }) => ("easter", "1".to_owned(), String::new(), days.to_string()),
        None => ("fixed", "1".to_owned(), String::new(), String::new()),
    };
    let months = (1..=12).filter_map(|month| Date::new(2024, month, 1).ok());
    let year = |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
    let fields = vec![
        field(Input::Line, "name", "calendar-holiday-name").value(before.map_or("", |rule| &rule.name)),
        field(Input::Select, "falls", "calendar-falls")
            .words(t, "falls", &["fixed", "monday", "easter"])
            .value(falls),
        field(Input::Number, "day", "calendar-day").value(day),
        field(Input::Select, "month", "calendar-month")
            .options(months.map(|it| Choice::new(it.month(), frame.spoken.month_name(it))).collect())
            .value(month),
        field(Input::Number, "days", "calendar-easter-days").value(days),
        field(Input::Number, "from", "calendar-from").value(year(before.and_then(|it| it.from))),
        field(Input::Number, "until", "calendar-until").value(year(before.and_then(|it| it.until))),
    ];
    Row { legend: t.count("calendar-holiday", at + 1), look: Look::Plain, fields }
}

/// The calendar that was typed, or all that is wrong with it.
fn read(typed: &Fields) -> Result<WorkingCalendar, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let (exception_rows, exceptions) = exceptions(typed, &mut wrong);
    let (holiday_rows, local_holidays) = local_holidays(typed, &mut wrong);
    let body = CalendarBody {
        name: String::new(),
        time_zone: typed.get("time_zone").to_owned(),
        week: WeekBody::of(WEEK.map(|day| spans(typed.get(&format!("week.{day}"))))),
        law: typed.get("law").parse().unwrap_or(HolidayLaw::Colombia),
        local_holidays,
        exceptions,
    };
    let read = body.read();
    for found in read.as_ref().err().into_iter().flatten() {
        let mut found = found.clone();
        in_its_row(&mut found, "exceptions", &exception_rows);
        in_its_row(&mut found, "local_holidays", &holiday_rows);
        wrong.push(found);
    }
    if wrong.is_empty() { read } else { Err(wrong) }
}

/// Empty rows are passed over, so the places of a list are not those of the form.
fn in_its_row(wrong: &mut Wrong, list: &str, rows: &[usize]) {
    let rest = wrong.field.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
    let Some((at, name)) = rest.and_then(|rest| rest.split_once('.')) else { return };
    if let Some(row) = at.parse().ok().and_then(|at: usize| rows.get(at)) {
        wrong.field = format!("{list}.{row}.{name}");
    }
}

fn exceptions(typed: &Fields, wrong: &mut Vec<Wrong>) -> (Vec<usize>, Vec<ExceptionForm>) {
    let mut read = (Vec::new(), Vec::new());
    for row in filled_rows(typed, "exceptions", &EXCEPTION) {
        let field = |name: &str| format!("exceptions.{row}.{name}");
        let Some(date) = date(typed.get(&field("date"))) else {
            wrong.push(Wrong::new(field("date"), "problem-date"));
            continue;
        };
        let name = typed.get(&field("name")).trim().to_owned();
        read.0.push(row);
        read.1.push(ExceptionForm { date, name, hours: spans(typed.get(&field("hours"))) });
    }
    read
}

fn local_holidays(typed: &Fields, wrong: &mut Vec<Wrong>) -> (Vec<usize>, Vec<HolidayRule>) {
    let mut read = (Vec::new(), Vec::new());
    for row in filled_rows(typed, "local_holidays", &HOLIDAY) {
        let field = |name: &str| format!("local_holidays.{row}.{name}");
        let said = |name: &str| typed.get(&field(name)).trim().to_owned();
        let mut year = |name: &str| match said(name).as_str() {
            "" => None,
            year => year.parse().map_err(|_| wrong.push(Wrong::new(field(name), "problem-year"))).ok(),
        };
        let (from, until) = (year("from"), year("until"));
        let day = said("day").parse().unwrap_or(0);
        let month = said("month").parse().unwrap_or(0);
        let falls = match said("falls").as_str() {
            "easter" => Falls::Easter { days: said("days").parse().unwrap_or(i32::MAX) },
            "monday" => Falls::Monday { month, day },
            _ => Falls::Fixed { month, day },
        };
        read.0.push(row);
        read.1.push(HolidayRule { name: said("name"), falls, from, until });
    }
    read
}
