//! When the office works, and arithmetic over it: exact, over any span, without walking ordinary days one by one.

mod form;
mod year;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::holiday::{HolidayLaw, HolidayRule, holidays};

pub use form::{BadCalendar, CalendarForm, ExceptionForm, hours_as_written};
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

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

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
        self.instant(tomorrow(self.day_of(at)).at(0, 0, 0, 0))
    }

    /// The holidays of a year by law and of the office, each date once.
    pub fn holidays(&self, year: i16) -> BTreeMap<Date, String> {
        holidays(self.law.rules().iter().chain(&self.local), year)
    }

    /// The instant at which so much working time has passed since `start`; with none, the next working instant. More
    /// than a century ahead it is [`Timestamp::MAX`]: never.
    pub fn after_working_time(&self, start: Timestamp, time: SignedDuration) -> Timestamp {
        let mut left = time.max(SignedDuration::ZERO);
        let mut day = self.day_of(start);
        let last = years_ahead(day);
        let mut years = Years::new(self);
        loop {
            for (from, to) in self.spans(day, &mut years) {
                let from = from.max(start);
                let length = to.duration_since(from);
                if length > SignedDuration::ZERO && left <= length {
                    return from.checked_add(left).unwrap_or(to);
                }
                left -= length.max(SignedDuration::ZERO);
            }
            day = tomorrow(day);
            let (weeks, spent) = self.whole_weeks(day, left, &mut years);
            left -= spent;
            day = day.checked_add(jiff::Span::new().weeks(weeks)).unwrap_or(Date::MAX);
            if day >= last {
                return Timestamp::MAX;
            }
        }
    }

    /// As [`Self::after_working_time`], in minutes.
    pub fn after_working_minutes(&self, start: Timestamp, minutes: u32) -> Timestamp {
        self.after_working_time(start, SignedDuration::from_mins(i64::from(minutes)))
    }

    /// The end of the working day that is so many working days after the day of `start`: a grace of two days that
    /// begins on a Tuesday ends when Thursday's work ends. The day itself counts as none.
    pub fn after_working_days(&self, start: Timestamp, days: u32) -> Timestamp {
        let mut years = Years::new(self);
        let mut day = self.day_of(start);
        let last = years_ahead(day);
        let mut left = days;
        loop {
            if left == 0
                && let Some((_, end)) = self.spans(day, &mut years).pop()
                && end > start
            {
                return end;
            }
            day = tomorrow(day);
            if day >= last {
                return Timestamp::MAX;
            }
            if !self.hours(day, &mut years).is_empty() {
                left = left.saturating_sub(1);
            }
        }
    }

    /// The working time between two instants; zero when they are in the other order.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> SignedDuration {
        let mut total = SignedDuration::ZERO;
        let mut day = self.day_of(start);
        let last = self.day_of(end);
        let mut years = Years::new(self);
        while day <= last {
            for (from, to) in self.spans(day, &mut years) {
                let length = to.min(end).duration_since(from.max(start));
                total += length.max(SignedDuration::ZERO);
            }
            day = tomorrow(day);
            let weeks = (day.until(last).map_or(0, |span| span.get_days()) / 7).max(0);
            let (weeks, spent) = self.whole_weeks_within(day, i64::from(weeks), &mut years);
            total += spent;
            day = day.checked_add(jiff::Span::new().weeks(weeks)).unwrap_or(Date::MAX);
            if day == Date::MAX {
                break;
            }
        }
        total
    }

    /// How many ordinary weeks from a day on can be skipped while `left` is not used up, and what they use.
    fn whole_weeks(&self, day: Date, left: SignedDuration, years: &mut Years) -> (i64, SignedDuration) {
        let week = self.week_time().as_secs();
        let fit = if week == 0 { 0 } else { ((left.as_secs() - 1) / week).max(0) };
        self.whole_weeks_within(day, fit, years)
    }

    /// How many ordinary weeks from a day on, at most so many, have no day unlike the others, and their working time.
    fn whole_weeks_within(&self, day: Date, most: i64, years: &mut Years) -> (i64, SignedDuration) {
        if most <= 0 {
            return (0, SignedDuration::ZERO);
        }
        let odd = years.next_odd_day(day);
        let clear = odd.map_or(most, |odd| i64::from(day.until(odd).map_or(0, |span| span.get_days())) / 7);
        let weeks = clear.min(most);
        let seconds = self.week_time().as_secs().saturating_mul(weeks);
        (weeks, SignedDuration::from_secs(seconds))
    }

    /// The working time of a week without odd days.
    fn week_time(&self) -> SignedDuration {
        let minutes = self.week.iter().flatten().map(|hours| i64::from(hours.to - hours.from)).sum();
        SignedDuration::from_mins(minutes)
    }

    /// The hours of a day: its exception's, none on a holiday, else the weekday's.
    fn hours(&self, day: Date, years: &mut Years) -> Vec<Hours> {
        if let Some(exception) = self.exceptions.get(&day) {
            return exception.hours.clone();
        }
        if years.is_holiday(day) {
            return Vec::new();
        }
        self.usual(day).to_vec()
    }

    /// The hours of a day's weekday.
    fn usual(&self, day: Date) -> &[Hours] {
        &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)]
    }

    /// The working instants of a day, in order. A moved clock shortens or lengthens what it falls into.
    fn spans(&self, day: Date, years: &mut Years) -> Vec<(Timestamp, Timestamp)> {
        let at = |minutes: u16| {
            let (day, minutes) = if minutes == 1440 { (tomorrow(day), 0) } else { (day, minutes) };
            let hour = i8::try_from(minutes / 60).unwrap_or(0);
            let minute = i8::try_from(minutes % 60).unwrap_or(0);
            self.instant(day.at(hour, minute, 0, 0))
        };
        self.hours(day, years).iter().map(|hours| (at(hours.from), at(hours.to))).collect()
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

fn years_ahead(day: Date) -> Date {
    day.checked_add(jiff::Span::new().years(YEARS_AHEAD)).unwrap_or(Date::MAX)
}

fn tomorrow(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

/// The days unlike others, year by year as an arithmetic comes to them: holidays, exceptions, moved clocks.
struct Years<'a> {
    calendar: &'a WorkingCalendar,
    rules: Vec<HolidayRule>,
    holidays: BTreeMap<i16, Vec<Date>>,
}

impl<'a> Years<'a> {
    fn new(calendar: &'a WorkingCalendar) -> Years<'a> {
        let rules = calendar.law.rules().into_iter().chain(calendar.local.iter().cloned()).collect();
        Years { calendar, rules, holidays: BTreeMap::new() }
    }

    fn of(&mut self, year: i16) -> &[Date] {
        let rules = &self.rules;
        self.holidays.entry(year).or_insert_with(|| holidays(rules, year).into_keys().collect())
    }

    fn is_holiday(&mut self, day: Date) -> bool {
        self.of(day.year()).binary_search(&day).is_ok()
    }

    /// The first day on or after this one that is a holiday, an exception, or has a clock moved on it.
    fn next_odd_day(&mut self, day: Date) -> Option<Date> {
        let exception = self.calendar.exceptions.range(day..).next().map(|(day, _)| *day);
        let clock = self.next_moved_clock(day);
        let holiday = (0..2).find_map(|ahead| {
            let year = day.year().saturating_add(ahead);
            self.of(year).iter().copied().find(|holiday| *holiday >= day)
        });
        let far = day.checked_add(jiff::Span::new().years(1)).ok();
        [exception, clock, holiday.or(far)].into_iter().flatten().min()
    }

    fn next_moved_clock(&self, day: Date) -> Option<Date> {
        let zone = &self.calendar.zone;
        let midnight = zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()?;
        let before = midnight.checked_sub(A_DAY).ok()?;
        zone.following(before).next().map(|moved| zone.to_datetime(moved.timestamp()).date().max(day))
    }
}

#[cfg(test)]
mod tests;
