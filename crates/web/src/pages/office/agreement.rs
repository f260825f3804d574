//! An agreement as it is edited: what it covers, what it promises by priority, what stops its clocks, who is warned (R3).

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::office::{Agreement, AgreementHours, Change, Office, Subject};
use atiende_procedure::sla::{Attendant, ClockName, Stillness, Warning};
use atiende_procedure::{AgreementId, Kind, Priority};
use axum::extract::{Path, State};
use axum::response::Response;

use super::agreements::target;
use super::parts::{Check, Look, Part, Row, Section, Tick, Ticks, filled_rows, rows_sent, ticked};
use super::sheet::{Sent, Sheet, may_change, nowhere, save};
use super::{calendars, reads_office};
use crate::again::Posted;
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::shown;
use crate::pages::form::{Choice, Field, Input};
use crate::promised::Wrong;
use crate::promised::agreement::{AgreementBody, TargetsBody};
use crate::promised::written::{as_length, date, length};
use crate::visitor::Visitor;

/// Empty rows for more warnings.
const SPARE: usize = 2;

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    match may_change(&visitor) {
        true => shown(&sheet(&app, &visitor, None, &Fields::default())),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<AgreementId>) -> Response {
    match visitor.office.agreements.get(&id).filter(|_| reads_office(&visitor)) {
        Some(agreement) => shown(&sheet(&app, &visitor, Some(agreement), &Fields::default())),
        None => nowhere(&app, &visitor),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn set(State(app): State<App>, Path(id): Path<AgreementId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    match visitor.office.agreements.get(&id).cloned() {
        Some(agreement) => sent(&app, &visitor, Some(&agreement), &form.fields).await,
        None => nowhere(&app, &visitor),
    }
}

async fn sent(app: &App, visitor: &Visitor, before: Option<&Agreement>, typed: &Fields) -> Response {
    if !may_change(visitor) {
        return nowhere(app, visitor);
    }
    let sheet = sheet(app, visitor, before, typed);
    let id = before.map_or(AgreementId(0), |before| before.id);
    let change = read(&visitor.office, id, typed).map(|agreement| Change::SetAgreement(Box::new(agreement)));
    let subject = before.map(|before| Subject::Agreement(before.id));
    let current = before.map_or_else(String::new, |before| format!("/oficina/acuerdos/{}", before.id));
    let place = |_: &Office| "/oficina/acuerdos".to_owned();
    save(app, visitor, sheet, Sent::new(typed, subject, current), change, place).await
}

fn sheet(app: &App, visitor: &Visitor, before: Option<&Agreement>, typed: &Fields) -> Sheet {
    let sheet = Sheet::new(app, visitor, before.map(|before| Subject::Agreement(before.id)));
    let sheet = sheet.up("/oficina/acuerdos", "agreements-title");
    let frame = &sheet.frame;
    let t = frame.t;
    let office = &visitor.office;
    let section = |name: &str, parts| Section {
        title: t.get(name).to_owned(),
        lead: t.get(&format!("{name}-lead")).to_owned(),
        parts,
    };
    let warnings = before.map_or_else(Warning::usual, |before| before.warnings.clone());
    let sections = vec![
        Section { parts: own_fields(frame, office, before), ..Section::default() },
        section("agreement-targets", target_rows(frame, before)),
        section("agreement-hours", vec![Part::Field(hours_field(frame, office, before))]),
        section("agreement-covers", cover_ticks(frame, office, before)),
        section("agreement-pauses", pause_ticks(frame, before)),
        section("agreement-warnings", warning_rows(frame, &warnings, rows_sent(typed, "warnings"))),
    ];
    let title = before.map_or_else(|| t.get("agreement-add").to_owned(), |before| before.name.clone());
    let lead = t.get("agreement-kept").to_owned();
    sheet.of(title, sections).lead(lead)
}

fn own_fields(frame: &Frame, office: &Office, before: Option<&Agreement>) -> Vec<Part> {
    let t = frame.t;
    let today = office.settings.calendar.day_of(frame.now);
    let name = Field::new(Input::Line, "name", t.get("field-name")).value(before.map_or("", |it| &it.name));
    let starts = Field::new(Input::Date, "starts", t.get("agreement-starts"))
        .hint(t.get("agreement-starts-hint"))
        .value(before.map_or(today, |it| it.starts).to_string());
    let ends = Field::new(Input::Date, "ends", t.get("agreement-ends"))
        .hint(t.get("agreement-ends-hint"))
        .value(before.and_then(|it| it.ends).map_or_else(String::new, |ends| ends.to_string()))
        .optional();
    let active = Check {
        name: "active",
        label: t.get("agreement-active").to_owned(),
        hint: t.get("agreement-active-hint").to_owned(),
        on: before.is_none_or(|it| it.active),
    };
    let dates =
        Row { legend: t.get("agreement-dates").to_owned(), look: Look::Plain, fields: vec![starts, ends] };
    vec![Part::Field(name), Part::Row(dates), Part::Check(active)]
}

fn cover_ticks(frame: &Frame, office: &Office, before: Option<&Agreement>) -> Vec<Part> {
    let t = frame.t;
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::SecurityIncident);
    let kinds = kinds.map(|kind| {
        Tick::new(kind, frame.word("kind", kind), before.is_some_and(|it| it.kinds.contains(kind)))
    });
    let departments = office.departments.values().map(|it| {
        let on = before.is_some_and(|before| before.departments.contains(&it.id));
        (it.active || on).then(|| Tick::new(&it.code, &it.name, on))
    });
    let sites = office.sites.values().map(|it| {
        let on = before.is_some_and(|before| before.sites.contains(&it.id));
        (it.active || on).then(|| Tick::new(&it.code, &it.name, on))
    });
    let services = before.map(|before| &before.services);
    vec![
        Part::Ticks(service_ticks(frame, office, services)),
        Part::Ticks(Ticks::new("kinds", t.get("agreement-kinds"), kinds)),
        Part::Ticks(Ticks::new("departments", t.get("office-departments"), departments.flatten())),
        Part::Ticks(Ticks::new("sites", t.get("office-sites"), sites.flatten())),
    ]
}

/// The services that are offered, and those that were chosen before they were taken out.
pub(super) fn service_ticks(
    frame: &Frame,
    office: &Office,
    chosen: Option<&BTreeSet<atiende_procedure::ServiceId>>,
) -> Ticks {
    let boxes = office.services.values().filter_map(|service| {
        let on = chosen.is_some_and(|chosen| chosen.contains(&service.id));
        (service.active || on).then(|| Tick::new(&service.code, &service.name, on))
    });
    Ticks::new("services", frame.t.get("field-services"), boxes)
}

fn target_rows(frame: &Frame, before: Option<&Agreement>) -> Vec<Part> {
    let row = |priority: &Priority| {
        let targets = before.and_then(|before| before.targets.get(priority));
        let fields = ClockName::OF_THE_DESK.into_iter().map(|clock| {
            let name = format!("targets.{priority}.{clock}_minutes");
            let minutes = targets.and_then(|targets| target(targets, clock));
            Field::new(Input::Line, &name, frame.t.of_word("target", clock.as_str()))
                .value(minutes.map_or_else(String::new, as_length))
                .expected()
        });
        let legend = frame.t.name("agreement-priority", &frame.word("priority", priority));
        Part::Row(Row { legend, look: Look::Titled, fields: fields.collect() })
    };
    Priority::ALL.iter().rev().map(row).collect()
}

fn hours_field(frame: &Frame, office: &Office, before: Option<&Agreement>) -> Field {
    let t = frame.t;
    let mut options = vec![Choice::new("site", t.get("hours-site"))];
    options.extend(
        calendars::ids(office)
            .map(|id| Choice::new(format!("calendar.{id}"), calendars::name(frame, office, id))),
    );
    options.push(Choice::new("always", t.get("hours-always")));
    let value = match before.map(|before| before.hours).unwrap_or_default() {
        AgreementHours::Site => "site".to_owned(),
        AgreementHours::Always => "always".to_owned(),
        AgreementHours::Calendar(id) => format!("calendar.{id}"),
    };
    Field::new(Input::Select, "hours", t.get("field-hours")).options(options).value(value)
}

fn pause_ticks(frame: &Frame, before: Option<&Agreement>) -> Vec<Part> {
    let of = |clock: ClockName| {
        let holds = before.map_or_else(|| Stillness::USUAL.into(), |before| before.stands_still_for(clock));
        let boxes = Stillness::AGREED
            .into_iter()
            .map(|why| Tick::new(why, frame.t.of_word("pause", why.as_str()), holds.contains(&why)));
        let legend = frame.t.of_word("target", clock.as_str());
        Part::Ticks(Ticks::new(&format!("pauses.{clock}"), legend, boxes))
    };
    ClockName::OF_THE_DESK.into_iter().map(of).collect()
}

fn warning_rows(frame: &Frame, warnings: &[Warning], sent: usize) -> Vec<Part> {
    let t = frame.t;
    let whom = [Attendant::Agent, Attendant::DeskAdministrator, Attendant::Head];
    let row = |at: usize| {
        let before = warnings.get(at);
        let percent = Field::new(Input::Number, &format!("warnings.{at}.percent"), t.get("warning-percent"))
            .value(before.map_or_else(String::new, |it| it.percent.to_string()))
            .expected();
        let to = Field::new(Input::Select, &format!("warnings.{at}.to"), t.get("warning-to"))
            .words(t, "attendant", &whom)
            .value(before.map_or("agent", |it| it.to.as_str()))
            .expected();
        let legend = t.count("warning-number", at + 1);
        Part::Row(Row { legend, look: Look::Listed, fields: vec![percent, to] })
    };
    (0..sent.max(warnings.len() + SPARE)).map(row).collect()
}

/// The agreement that was typed, or all that is wrong with it.
fn read(office: &Office, id: AgreementId, typed: &Fields) -> Result<Agreement, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let starts = date(typed.get("starts"));
    if starts.is_none() {
        wrong.push(Wrong::new("starts", "problem-date"));
    }
    let ends = typed.get("ends").trim();
    let last = if ends.is_empty() { None } else { date(ends) };
    if !ends.is_empty() && last.is_none() {
        wrong.push(Wrong::new("ends", "problem-date"));
    }
    let targets = targets(typed, &mut wrong);
    let warnings = warnings(typed, &mut wrong);
    let codes = |name| ticked(typed, name).map(str::to_owned).collect();
    let Some(starts) = starts.filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let body = AgreementBody {
        name: typed.get("name").to_owned(),
        services: codes("services"),
        kinds: ticked(typed, "kinds").filter_map(|kind| kind.parse().ok()).collect(),
        departments: codes("departments"),
        sites: codes("sites"),
        targets,
        hours: hours(typed.get("hours")),
        pauses: ClockName::OF_THE_DESK.into_iter().map(|clock| (clock, pauses(typed, clock))).collect(),
        warnings: Some(warnings),
        starts,
        ends: last,
        active: typed.0.contains_key("active"),
    };
    body.read(office, id)
}

fn targets(typed: &Fields, wrong: &mut Vec<Wrong>) -> BTreeMap<Priority, TargetsBody> {
    let mut of = |priority: Priority, clock: ClockName| {
        let name = format!("targets.{priority}.{clock}_minutes");
        typed_length(typed, &name, wrong)
    };
    let targets = Priority::ALL.iter().map(|priority| {
        let targets = TargetsBody {
            assignment_minutes: of(*priority, ClockName::Assignment),
            first_answer_minutes: of(*priority, ClockName::FirstAnswer),
            solution_minutes: of(*priority, ClockName::Solution),
        };
        (*priority, targets)
    });
    targets.collect()
}

/// Working time that was typed into a field; nothing when it was left empty.
pub(super) fn typed_length(typed: &Fields, name: &str, wrong: &mut Vec<Wrong>) -> Option<u32> {
    let said = typed.get(name).trim();
    let read = length(said);
    if read.is_none() && !said.is_empty() {
        wrong.push(Wrong::about(name, "problem-length", said));
    }
    read
}

fn hours(said: &str) -> AgreementHours {
    match said {
        "always" => AgreementHours::Always,
        said => said
            .strip_prefix("calendar.")
            .and_then(|id| id.parse().ok())
            .map_or(AgreementHours::Site, AgreementHours::Calendar),
    }
}

fn pauses(typed: &Fields, clock: ClockName) -> BTreeSet<Stillness> {
    ticked(typed, &format!("pauses.{clock}")).filter_map(|why| why.parse().ok()).collect()
}

fn warnings(typed: &Fields, wrong: &mut Vec<Wrong>) -> Vec<Warning> {
    let mut read = Vec::new();
    for row in filled_rows(typed, "warnings", &["percent"]) {
        let name = format!("warnings.{row}.percent");
        let said = typed.get(&name).trim().trim_end_matches('%').trim_end();
        let to = typed.get(&format!("warnings.{row}.to")).parse().unwrap_or(Attendant::Agent);
        match said.parse() {
            Ok(percent) => read.push(Warning { percent, to }),
            Err(_) => wrong.push(Wrong::about(name, "problem-percent", said)),
        }
    }
    read
}
