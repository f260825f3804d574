//! What the office settles about how it works, each with a line on what it does and for whom.

use atiende_procedure::office::{Change, Office, Settings, Subject, WaitingTimes};
use axum::extract::State;
use axum::response::Response;

use super::agreement::typed_length;
use super::parts::{Check, Look, Part, Row, Section};
use super::reads_office;
use super::sheet::{Link, Sent, Sheet, may_change, nowhere, save};
use crate::again::Posted;
use crate::app::App;
use crate::lenient::Fields;
use crate::oops::shown;
use crate::pages::form::{Choice, Field, Input};
use crate::promised::Wrong;
use crate::promised::written::{as_length, several};
use crate::texts::Texts;
use crate::visitor::Visitor;

const PLACE: &str = "/oficina/ajustes";

pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    match reads_office(&visitor) {
        true => shown(&sheet(&app, &visitor)),
        false => nowhere(&app, &visitor),
    }
}

pub(crate) async fn set(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    if !may_change(&visitor) {
        return nowhere(&app, &visitor);
    }
    let sheet = sheet(&app, &visitor);
    let change =
        read(&visitor.office.settings, &form.fields).map(|settings| Change::SetSettings(Box::new(settings)));
    let sent = Sent::new(&form.fields, Some(Subject::Settings), PLACE.to_owned());
    save(&app, &visitor, sheet, sent, change, |_: &Office| PLACE.to_owned()).await
}

fn sheet(app: &App, visitor: &Visitor) -> Sheet {
    let sheet = Sheet::new(app, visitor, Some(Subject::Settings));
    let t = sheet.frame.t;
    let settings = &visitor.office.settings;
    let section = |name: &str, parts| Section {
        title: t.get(name).to_owned(),
        lead: t.find(&format!("{name}-lead")).unwrap_or_default().to_owned(),
        parts,
    };
    let sections = vec![
        section("settings-who", who(t, settings)),
        section("settings-reached", reached(t, settings)),
        section("settings-times", times(t, settings)),
        section("settings-waiting", vec![Part::Row(waiting(t, settings.waiting_times))]),
        section("settings-warnings", warnings(t, &visitor.office)),
    ];
    let link =
        |href: &str, label: &str, icon| Link { href: href.to_owned(), label: t.get(label).to_owned(), icon };
    let links = vec![link("/oficina/calendarios/0", "settings-calendar", "calendar-event")];
    sheet.of(t.get("office-settings").to_owned(), sections).links(links)
}

/// A field under its name, with the line that says what it does.
fn field(t: &Texts, input: Input, name: &str, value: impl std::fmt::Display) -> Field {
    let word = name.replace('_', "-");
    Field::new(input, name, t.of_word("setting", &word))
        .hint(t.of_word("setting-hint", &word))
        .value(value.to_string())
}

fn who(t: &Texts, settings: &Settings) -> Vec<Part> {
    vec![
        Part::Field(field(t, Input::Line, "agency", &settings.agency).optional()),
        Part::Field(field(t, Input::Line, "unit", &settings.unit).optional()),
        Part::Field(field(t, Input::Line, "prefix", &settings.prefix)),
    ]
}

fn reached(t: &Texts, settings: &Settings) -> Vec<Part> {
    vec![
        Part::Field(field(t, Input::Email, "mail_address", &settings.mail_address).optional()),
        Part::Field(field(t, Input::Line, "phone", &settings.phone).optional()),
        Part::Field(field(t, Input::Line, "counter", &settings.counter).optional()),
        Part::Field(field(t, Input::Area, "domains", settings.domains.join("\n")).optional()),
    ]
}

fn times(t: &Texts, settings: &Settings) -> Vec<Part> {
    vec![
        Part::Field(field(t, Input::Number, "grace_days", settings.grace_days)),
        Part::Field(field(t, Input::Number, "rating_days", settings.rating_days)),
        Part::Field(field(t, Input::Number, "follow_up_days", settings.follow_up_days)),
    ]
}

fn waiting(t: &Texts, times: WaitingTimes) -> Row {
    let fields =
        [("low", times.low), ("medium", times.medium), ("high", times.high), ("escalated", times.escalated)];
    let fields = fields.map(|(name, minutes)| {
        let label = t.of_word("waiting", name);
        Field::new(Input::Line, &format!("waiting_times.{name}"), label).value(as_length(minutes))
    });
    Row { legend: t.get("settings-waiting").to_owned(), look: Look::Plain, fields: fields.into() }
}

fn warnings(t: &Texts, office: &Office) -> Vec<Part> {
    let settings = &office.settings;
    let staff = office
        .people
        .values()
        .filter(|person| person.active && !person.roles.is_empty() || Some(person.id) == settings.head);
    let head = field(t, Input::Select, "head", "")
        .options(staff.map(|person| Choice::new(person.id, &person.profile.name)).collect())
        .with_blank(t.get("setting-no-head"))
        .value(settings.head.map_or_else(String::new, |head| head.to_string()))
        .optional();
    let quiet = Check {
        name: "quiet_hours",
        label: t.get("setting-quiet").to_owned(),
        hint: t.get("setting-hint-quiet").to_owned(),
        on: settings.quiet_hours,
    };
    vec![Part::Field(head), Part::Check(quiet)]
}

/// The settings that were typed, or all that is wrong with them. The calendar has a page of its own.
fn read(before: &Settings, typed: &Fields) -> Result<Settings, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let line = |name: &str| typed.get(name).trim().to_owned();
    let mut days = |name: &str| {
        let said = line(name);
        said.parse().unwrap_or_else(|_| {
            wrong.push(Wrong::about(name, "problem-days", &said));
            0
        })
    };
    let (grace_days, rating_days, follow_up_days) =
        (days("grace_days"), days("rating_days"), days("follow_up_days"));
    let mut length = |name: &str| {
        let name = format!("waiting_times.{name}");
        if typed.get(&name).trim().is_empty() {
            wrong.push(Wrong::about(&name, "problem-length", ""));
        }
        typed_length(typed, &name, &mut wrong).unwrap_or_default()
    };
    let waiting_times = WaitingTimes {
        low: length("low"),
        medium: length("medium"),
        high: length("high"),
        escalated: length("escalated"),
    };
    let settings = Settings {
        agency: line("agency"),
        unit: line("unit"),
        prefix: line("prefix"),
        calendar: before.calendar.clone(),
        grace_days,
        rating_days,
        follow_up_days,
        waiting_times,
        mail_address: line("mail_address"),
        phone: line("phone"),
        counter: line("counter"),
        domains: several(typed.get("domains")),
        head: typed.get("head").parse().ok(),
        quiet_hours: typed.0.contains_key("quiet_hours"),
    };
    if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
}
