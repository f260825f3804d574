//! When the office works, and arithmetic over it: exact, over any span, as quick over ten years as over a day.

mod form;
mod work;
mod year;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::holiday::{HolidayLaw, HolidayRule, holidays};

pub use form::{BadCalendar, CalendarForm, ExceptionForm, hours_as_written};
use work::Years;
pub use year::{CalendarDay, DayKind};

/// Working hours in a time zone: several spans a weekday, holidays by law and of the office, exceptions by date.
/// Always has working time in some week, so its arithmetic always ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "CalendarForm", into = "CalendarForm")]
pub struct WorkingCalendar {
    zone: TimeZone,
    /// Monday first; spans in order, apart from each other.
    week: [Vec<Hours>; 7],
    law: HolidayLaw,
    local: Vec<HolidayRule>,
    exceptions: BTreeMap<Date, Exception>,
    years: Years,
}

/// A span of a day in minutes after midnight, `from < to <= 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    from: u16,
    to: u16,
}

/// A day with hours of its own: none for a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    name: String,
    hours: Vec<Hours>,
}

/// What would fall due later than so many years from its start never does.
const YEARS_AHEAD: i64 = 100;

impl Default for WorkingCalendar {
    /// Bogotá, Monday to Friday, 8 to 12 and 1 to 5, with Colombia's holidays.
    fn default() -> Self {
        let day = vec![Hours { from: 8 * 60, to: 12 * 60 }, Hours { from: 13 * 60, to: 17 * 60 }];
        let mut week: [Vec<Hours>; 7] = Default::default();
        week[..5].fill(day);
        let zone = TimeZone::get("America/Bogota").unwrap_or(TimeZone::UTC);
        WorkingCalendar {
            zone,
            week,
            law: HolidayLaw::Colombia,
            local: Vec::new(),
            exceptions: BTreeMap::new(),
            years: Years::default(),
        }
    }
}

impl WorkingCalendar {
    /// The time zone of the hours.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The holidays that only this calendar has.
    pub fn local_holidays(&self) -> &[HolidayRule] {
        &self.local
    }

    /// The day of an instant, here.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// When the day of an instant ends.
    pub fn end_of_day(&self, at: Timestamp) -> Timestamp {
        self.at(tomorrow(self.day_of(at)), 0)
    }

    /// The holidays of a year by law and of the office, each date once.
    pub fn holidays(&self, year: i16) -> BTreeMap<Date, String> {
        holidays(self.law.rules().iter().chain(&self.local), year)
    }

    /// The end of the working day that is so many working days after the day of `start`: a grace of two days that
    /// begins on a Tuesday ends when Thursday's work ends. The day itself counts as none.
    pub fn after_working_days(&self, start: Timestamp, days: u32) -> Timestamp {
        let mut day = self.day_of(start);
        let last = years_ahead(day);
        let mut left = days;
        loop {
            let end = self.work_ends(day);
            if let Some(end) = end.filter(|end| left == 0 && *end > start) {
                return end;
            }
            day = tomorrow(day);
            if day >= last {
                return Timestamp::MAX;
            }
            left -= u32::from(left > 0 && self.work_ends(day).is_some());
        }
    }

    /// The hours of a day: its exception's, none on a holiday, else the weekday's.
    fn hours(&self, day: Date, holidays: &[Date]) -> &[Hours] {
        match self.exceptions.get(&day) {
            Some(exception) => &exception.hours,
            None if holidays.binary_search(&day).is_ok() => &[],
            None => self.usual(day),
        }
    }

    /// The hours of a day's weekday.
    fn usual(&self, day: Date) -> &[Hours] {
        &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)]
    }

    /// When the work of a day ends, if there is any: hours that a moved clock skips are none.
    fn work_ends(&self, day: Date) -> Option<Timestamp> {
        let (dawn, night) = (self.at(day, 0), self.at(day, 1440));
        self.in_year(day.year(), |year| year.last_begun(dawn, night))
    }

    /// The instant so many minutes into a day, at most 1440, by the clock on the wall.
    fn at(&self, day: Date, minutes: u16) -> Timestamp {
        let (day, minutes) = if minutes == 1440 { (tomorrow(day), 0) } else { (day, minutes) };
        let hour = i8::try_from(minutes / 60).unwrap_or(0);
        let minute = i8::try_from(minutes % 60).unwrap_or(0);
        self.instant(day.at(hour, minute, 0, 0))
    }

    /// The first moment, from an instant on, at which a clock is moved.
    fn clock_moved(&self, from: Timestamp) -> Timestamp {
        let before = from.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(from);
        self.zone.following(before).next().map_or(Timestamp::MAX, |moved| moved.timestamp())
    }

    /// When the clock on the wall shows this. A time that a clock moved forward skips is the moment of the move, so
    /// that hours which do not exist last no time; one that comes twice is the first.
    fn instant(&self, wall: DateTime) -> Timestamp {
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let moved = || ambiguous.earlier().ok().and_then(|before| self.zone.following(before).next());
        match skipped.then(moved).flatten() {
            Some(moved) => moved.timestamp(),
            None => ambiguous.compatible().unwrap_or(Timestamp::MAX),
        }
    }
}

/// The days of a year, in order; none of a year that has no first of January.
fn days_of(year: i16) -> impl Iterator<Item = Date> {
    std::iter::successors(Date::new(year, 1, 1).ok(), |day| day.tomorrow().ok())
        .take_while(move |day| day.year() == year)
}

fn years_ahead(day: Date) -> Date {
    day.checked_add(jiff::Span::new().years(YEARS_AHEAD)).unwrap_or(Date::MAX)
}

fn tomorrow(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests;
