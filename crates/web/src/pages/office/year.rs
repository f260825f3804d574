//! A year of a calendar, day by day, for whoever checks whether it is right.

use askama::Template;
use atiende_procedure::CalendarId;
use atiende_procedure::calendar::{CalendarDay, DayKind};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::calendars;
use super::reads_office;
use super::sheet::{may_change, nowhere};
use crate::api::YEARS;
use crate::app::App;
use crate::frame::Frame;
use crate::oops::shown;
use crate::promised::calendar::WEEK;
use crate::promised::written::amount;
use crate::query::Query;
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "office_year.html")]
struct YearPage {
    frame: Frame,
    title: String,
    id: CalendarId,
    year: i16,
    before: Option<i16>,
    next: Option<i16>,
    total: String,
    week: Vec<String>,
    used_by: Vec<String>,
    weekdays: Vec<(String, String)>,
    months: Vec<Month>,
    legend: Vec<Mark>,
    named: Vec<Named>,
    may_change: bool,
}

#[derive(Debug)]
struct Month {
    name: &'static str,
    total: String,
    /// Rows of seven; nothing where the day is of another month.
    weeks: Vec<[Option<Day>; 7]>,
}

#[derive(Debug)]
struct Day {
    number: i8,
    mark: Mark,
    name: String,
}

/// How a kind of day is told apart, by more than its colour.
#[derive(Debug, Clone)]
struct Mark {
    class: &'static str,
    sign: &'static str,
    label: String,
}

/// A day that has a name.
#[derive(Debug)]
struct Named {
    date: String,
    mark: Mark,
    name: String,
    hours: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    #[serde(rename = "año")]
    year: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    Query(asked): Query<Asked>,
) -> Response {
    let office = &visitor.office;
    let known = id == CalendarId::MAIN || office.calendars.contains_key(&id);
    if !known || !reads_office(&visitor) {
        return nowhere(&app, &visitor);
    }
    let frame = visitor.frame(&app);
    let calendar = office.calendar(id);
    let this_year = calendar.day_of(frame.now).year();
    let year = asked.year.trim().parse().ok().filter(|year| YEARS.contains(year)).unwrap_or(this_year);
    let days = calendar.year(year);
    let title = calendars::name(&frame, office, id);
    let kinds = [
        DayKind::Working,
        DayKind::Rest,
        DayKind::Holiday,
        DayKind::Shorter,
        DayKind::Closed,
        DayKind::Other,
    ];
    let weekday = |day: &&str| {
        let name = frame.t.of_word("weekday", day);
        (name.to_owned(), name.chars().take(2).collect())
    };
    shown(&YearPage {
        title,
        id,
        year,
        before: Some(year - 1).filter(|year| YEARS.contains(year)),
        next: Some(year + 1).filter(|year| YEARS.contains(year)),
        total: total(&frame, &days),
        week: calendars::week_in_words(&frame, calendar),
        used_by: calendars::used_by(&frame, office, id),
        weekdays: WEEK.iter().map(weekday).collect(),
        months: days.chunk_by(|a, b| a.date.month() == b.date.month()).map(|it| month(&frame, it)).collect(),
        legend: kinds.into_iter().map(|kind| mark(&frame, kind)).collect(),
        named: days.iter().filter(|day| !day.name.is_empty()).map(|day| named(&frame, day)).collect(),
        may_change: may_change(&visitor),
        frame,
    })
}

fn mark(frame: &Frame, kind: DayKind) -> Mark {
    let (class, sign) = match kind {
        DayKind::Working => ("working", ""),
        DayKind::Rest => ("rest", "·"),
        DayKind::Holiday => ("holiday", "★"),
        DayKind::Shorter => ("shorter", "½"),
        DayKind::Closed => ("closed", "×"),
        DayKind::Other => ("other", "+"),
    };
    Mark { class, sign, label: frame.t.of_word("day", class).to_owned() }
}

/// How many days are worked, and for how long.
fn total(frame: &Frame, days: &[CalendarDay]) -> String {
    let worked = days.iter().filter(|day| day.minutes > 0).count();
    let hours = amount(days.iter().map(|day| day.minutes).sum());
    format!("{} · {hours}", frame.t.count("year-days", worked))
}

fn month(frame: &Frame, days: &[CalendarDay]) -> Month {
    let mut weeks = vec![<[Option<Day>; 7]>::default()];
    for day in days {
        let column = usize::try_from(day.date.weekday().to_monday_zero_offset()).unwrap_or(0);
        if column == 0 && day.date.day() > 1 {
            weeks.push(Default::default());
        }
        let shown = Day { number: day.date.day(), mark: mark(frame, day.kind), name: day.name.clone() };
        if let Some(place) = weeks.last_mut().and_then(|week| week.get_mut(column)) {
            *place = Some(shown);
        }
    }
    let name = days.first().map_or("", |day| frame.spoken.month_name(day.date));
    Month { name, total: total(frame, days), weeks }
}

fn named(frame: &Frame, day: &CalendarDay) -> Named {
    let hours = match day.hours.is_empty() {
        true => frame.t.get("week-rest").to_owned(),
        false => day.hours.join(", "),
    };
    let date = format!("{} {}", frame.spoken.weekday(day.date), frame.spoken.date(day.date));
    Named { date, mark: mark(frame, day.kind), name: day.name.clone(), hours }
}
