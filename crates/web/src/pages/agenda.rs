//! The month of an agent, or of the whole desk: visits agreed, parts awaited, and what requesters were told to expect.

pub(crate) mod feed;

use std::collections::BTreeMap;

use askama::Template;
use atiende_desk::DeskError;
use atiende_desk::view::AgendaSeen;
use atiende_desk::view::agenda::{Agreed, Entry, MOST, shares};
use atiende_procedure::calendar::{CalendarDay, DayKind};
use atiende_procedure::office::Office;
use atiende_procedure::permission::Scope;
use atiende_procedure::{Actor, PersonId, Role, WaitingFor};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};
use serde::Deserialize;

use super::form::Choice;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::{Oops, page};
use crate::query::Query;
use crate::visitor::{Visitor, encode};

#[derive(Debug, Template)]
#[template(path = "agenda.html")]
struct Agenda {
    frame: Frame,
    title: String,
    /// Whose: `mia`, `mesa`, or an agent's id.
    whose: String,
    whoses: Vec<Choice>,
    month: String,
    /// The chosen day, when one is.
    day: Option<Date>,
    before: String,
    after: String,
    today: String,
    weekdays: [&'static str; 7],
    days: Vec<Day>,
    total: usize,
    cut: bool,
    /// The address of the agenda for a calendar elsewhere, right after it was made.
    shared: Option<String>,
    is_shared: bool,
}

/// A day of the month; those of its neighbours fill its weeks.
#[derive(Debug)]
struct Day {
    number: i8,
    /// In full, for who does not see the grid.
    name: String,
    class: String,
    /// Of a holiday or an exception.
    note: String,
    entries: Vec<Appointment>,
    more: usize,
    href: String,
    now: bool,
}

#[derive(Debug)]
struct Appointment {
    number: String,
    subject: String,
    hour: String,
    icon: &'static str,
    class: &'static str,
    what: String,
    agent: String,
    site: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    mes: String,
    dia: String,
    de: String,
}

/// What a cell of the month shows before the rest is a link.
const IN_A_CELL: usize = 5;

/// The days that a page is about.
#[derive(Debug, Clone, Copy)]
struct Days {
    first: Date,
    last: Date,
    /// The month in the middle.
    month: Date,
    day: Option<Date>,
}

impl Days {
    /// Those asked for, by `2026-11` or `2026-11-17`; today's month unless said, or when it cannot be read.
    fn of(asked: &Asked, today: Date) -> Days {
        let day = asked.dia.parse::<Date>().ok().filter(|day| (1900..=2999).contains(&day.year()));
        let month =
            format!("{}-01", asked.mes).parse::<Date>().ok().filter(|it| (1900..=2999).contains(&it.year()));
        let month = day.or(month).unwrap_or(today).first_of_month();
        let (first, last) = match day {
            Some(day) => (day, day),
            None => {
                let last = month.last_of_month();
                let before = i64::from(month.weekday().to_monday_zero_offset());
                let after = i64::from(6 - last.weekday().to_monday_zero_offset());
                (moved(month, Span::new().days(-before)), moved(last, Span::new().days(after)))
            }
        };
        Days { first, last, month, day }
    }

    /// The address of what lies before or after.
    fn beside(self, whose: &str, step: i64) -> String {
        let whose = encode(whose);
        match self.day {
            Some(day) => format!("/agenda?de={whose}&dia={}", moved(day, Span::new().days(step))),
            None => {
                let month = moved(self.month, Span::new().months(step));
                format!("/agenda?de={whose}&mes={}", month.strftime("%Y-%m"))
            }
        }
    }

    fn instants(self, office: &Office) -> (Timestamp, Timestamp) {
        let zone = office.settings.calendar.zone();
        let at = |day: Date| zone.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MAX);
        (at(self.first), at(moved(self.last, Span::new().days(1))))
    }
}

fn moved(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(day)
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    shown(&app, &visitor, &asked, None).await
}

/// Makes the address by which a calendar elsewhere reads one's own agenda, and shows it this once.
pub(crate) async fn share(State(app): State<App>, visitor: Visitor) -> Response {
    if !works_at_desk(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    match app.desk.share_agenda(visitor.viewer, visitor.person.id).await {
        Ok(secret) => {
            let address = format!("{}/agenda/{secret}.ics", app.desk.public_url());
            shown(&app, &visitor, &Asked::default(), Some(address)).await
        }
        Err(error) => Oops::to(&app, &visitor, &error.into()).into_response(),
    }
}

/// Ends that address.
pub(crate) async fn unshare(State(app): State<App>, visitor: Visitor) -> Response {
    match app.desk.unshare_agenda(visitor.viewer, visitor.person.id).await {
        Ok(()) => Redirect::to("/agenda?hecho=hecho").into_response(),
        Err(error) => Oops::to(&app, &visitor, &error.into()).into_response(),
    }
}

fn works_at_desk(visitor: &Visitor) -> bool {
    Scope::of(Actor::Person(visitor.person.id), &visitor.office).desk
}

async fn shown(app: &App, visitor: &Visitor, asked: &Asked, shared: Option<String>) -> Response {
    match agenda(app, visitor, asked, shared).await {
        Ok(Some(agenda)) => page(StatusCode::OK, &agenda),
        Ok(None) => Oops::not_found(visitor.frame(app)).into_response(),
        Err(error) => Oops::to(app, visitor, &error).into_response(),
    }
}

async fn agenda(
    app: &App,
    visitor: &Visitor,
    asked: &Asked,
    shared: Option<String>,
) -> Result<Option<Agenda>, DeskError> {
    let frame = visitor.frame(app);
    let office = &visitor.office;
    let whoses = whoses(&frame, visitor);
    let first = if visitor.person.is(Role::Agent) { OWN } else { DESK };
    let whose =
        whoses.iter().find(|choice| choice.value == asked.de).map_or(first, |it| &it.value).to_owned();
    let of = match whose.as_str() {
        OWN => Some(visitor.person.id),
        DESK => None,
        id => id.parse::<PersonId>().ok(),
    };
    let today = office.settings.calendar.day_of(frame.now);
    let days = Days::of(asked, today);
    let seen = app.desk.agenda_seen_by(visitor.viewer, of, days.instants(office)).await?;
    let Some(seen) = seen else { return Ok(None) };
    Ok(Some(Agenda {
        title: match days.day {
            Some(day) => frame.spoken.day_of_date(day),
            None => frame.spoken.month(days.month),
        },
        month: days.month.strftime("%Y-%m").to_string(),
        day: days.day,
        before: days.beside(&whose, -1),
        after: days.beside(&whose, 1),
        today: format!("/agenda?de={}", encode(&whose)),
        weekdays: frame.spoken.weekdays(),
        total: seen.entries.len(),
        cut: seen.entries.len() >= MOST,
        days: grid(&frame, &seen, days, &whose, today),
        is_shared: shared.is_some() || !shares(&app.desk.office(), visitor.person.id).is_empty(),
        shared,
        whose,
        whoses,
        frame,
    }))
}

const OWN: &str = "mia";
const DESK: &str = "mesa";

fn whoses(frame: &Frame, visitor: &Visitor) -> Vec<Choice> {
    let agents = visitor.office.people.values().filter(|person| person.active && person.is(Role::Agent));
    let mut agents: Vec<_> =
        agents.map(|person| Choice::new(person.id, person.profile.name.clone())).collect();
    agents.sort_by_key(|choice| choice.label.to_lowercase());
    let mut whoses = vec![Choice::new(DESK, frame.t.get("agenda-desk"))];
    if visitor.person.is(Role::Agent) {
        whoses.insert(0, Choice::new(OWN, frame.t.get("agenda-own")));
    }
    whoses.extend(agents);
    whoses
}

fn grid(frame: &Frame, seen: &AgendaSeen, days: Days, whose: &str, today: Date) -> Vec<Day> {
    let calendar = &seen.office.settings.calendar;
    let mut by_day: BTreeMap<Date, Vec<&Entry>> = BTreeMap::new();
    for entry in &seen.entries {
        by_day.entry(calendar.day_of(entry.at)).or_default().push(entry);
    }
    let years = [days.first.year(), days.last.year()];
    let known: BTreeMap<Date, CalendarDay> =
        years.into_iter().flat_map(|year| calendar.year(year)).map(|day| (day.date, day)).collect();
    let dates = days.first.series(Span::new().days(1)).take_while(|date| *date <= days.last);
    let day = |date: Date| {
        let entries = by_day.get(&date).map_or(&[][..], Vec::as_slice);
        let most = if days.day.is_some() { entries.len() } else { IN_A_CELL };
        let rest =
            days.day.is_none() && (date.year(), date.month()) != (days.month.year(), days.month.month());
        let known = known.get(&date);
        let free =
            known.is_some_and(|day| matches!(day.kind, DayKind::Rest | DayKind::Holiday | DayKind::Closed));
        let classes = [(rest, "rest"), (free, "free"), (entries.is_empty(), "none")];
        let classes = classes.into_iter().filter(|(is, _)| *is).map(|(_, class)| class);
        Day {
            number: date.day(),
            name: frame.spoken.day_of_date(date),
            class: classes.collect::<Vec<_>>().join(" "),
            note: known.map_or_else(String::new, |day| day.name.clone()),
            entries: entries.iter().take(most).map(|entry| appointment(frame, seen, entry)).collect(),
            more: entries.len().saturating_sub(most),
            href: format!("/agenda?de={}&dia={date}", encode(whose)),
            now: date == today,
        }
    };
    dates.map(day).collect()
}

fn appointment(frame: &Frame, seen: &AgendaSeen, entry: &Entry) -> Appointment {
    let late = entry.at < seen.now;
    let (icon, what) = match entry.what {
        Agreed::Awaited(WaitingFor::Visit) => ("map-pin", "agenda-visit"),
        Agreed::Awaited(_) => ("tool", "agenda-parts"),
        Agreed::Expected => ("clock", "agenda-expected"),
    };
    let name = |id: PersonId| seen.office.people.get(&id).map(|person| person.profile.name.clone());
    Appointment {
        number: entry.number.to_string(),
        subject: entry.subject.clone(),
        hour: frame.spoken.hour(entry.at),
        icon: if late { "clock-exclamation" } else { icon },
        class: if late { "late" } else { "" },
        what: frame.t.get(what).to_owned(),
        agent: match (entry.agent, seen.of) {
            (Some(agent), None) => name(agent).unwrap_or_default(),
            _ => String::new(),
        },
        site: entry
            .site
            .and_then(|id| seen.office.sites.get(&id))
            .map_or_else(String::new, |it| it.name.clone()),
    }
}
