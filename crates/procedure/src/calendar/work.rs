//! The work of a calendar, year by year. Each year is worked out once, when it is first asked for; after that a sum over
//! any span is a search at both of its ends.

use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{WorkingCalendar, days_of};

/// The years that are kept once worked out, so that nobody fills the memory with far ones.
const FIRST_KEPT: i16 = 1970;
const KEPT: usize = 250;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A stretch of working time without a break.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    /// The work of the year before it.
    before: SignedDuration,
}

/// What is worked in a year.
#[derive(Debug)]
pub(super) struct YearOfWork {
    /// In order, apart from each other.
    stretches: Vec<Stretch>,
    total: SignedDuration,
    /// When the next year begins.
    ends: Timestamp,
}

/// The years of one calendar. They follow from it: calendars are the same whichever years were asked of them.
#[derive(Clone)]
pub(super) struct Years(Arc<[OnceLock<Box<YearOfWork>>]>);

impl Default for Years {
    fn default() -> Self {
        Years((0..KEPT).map(|_| OnceLock::new()).collect())
    }
}

impl PartialEq for Years {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Years {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Years").finish_non_exhaustive()
    }
}

impl Stretch {
    fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

impl YearOfWork {
    fn of(calendar: &WorkingCalendar, year: i16) -> YearOfWork {
        let holidays: Vec<Date> = calendar.holidays(year).into_keys().collect();
        let mut stretches = Vec::new();
        let mut total = SignedDuration::ZERO;
        let mut moved = Timestamp::MIN;
        for day in days_of(year) {
            let hours = calendar.hours(day, &holidays);
            if hours.is_empty() {
                continue;
            }
            let midnight = calendar.at(day, 0);
            if moved < midnight {
                moved = calendar.clock_moved(midnight);
            }
            // On most days no clock is moved: their hours are so many minutes after midnight.
            let at = |minutes: u16| match moved.duration_since(midnight) > A_DAY {
                true => midnight + SignedDuration::from_mins(i64::from(minutes)),
                false => calendar.at(day, minutes),
            };
            for hours in hours {
                let (from, to) = (at(hours.from), at(hours.to));
                if from < to {
                    stretches.push(Stretch { from, to, before: total });
                    total += to.duration_since(from);
                }
            }
        }
        let ends = Date::new(year.saturating_add(1), 1, 1);
        let ends = ends.map_or(Timestamp::MAX, |day| calendar.at(day, 0));
        YearOfWork { stretches, total, ends }
    }

    /// When the last of the stretches that begin between two instants ends.
    pub(super) fn last_begun(&self, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        let begun = self.stretches.partition_point(|stretch| stretch.from < to);
        let last = begun.checked_sub(1).and_then(|last| self.stretches.get(last));
        last.filter(|stretch| stretch.from >= from).map(|stretch| stretch.to)
    }

    /// The work from its beginning until an instant.
    fn until(&self, at: Timestamp) -> SignedDuration {
        let begun = self.stretches.partition_point(|stretch| stretch.from <= at);
        let last = begun.checked_sub(1).and_then(|last| self.stretches.get(last));
        last.map_or(SignedDuration::ZERO, |it| it.before + at.min(it.to).duration_since(it.from))
    }

    /// The first instant not before `start` until which so much was worked in it; without it, what is then still to be
    /// worked in the next.
    fn reaches(&self, start: Timestamp, work: SignedDuration) -> Result<Timestamp, SignedDuration> {
        let early = |it: &Stretch| it.to <= start || it.before + it.length() < work;
        match self.stretches.get(self.stretches.partition_point(early)) {
            Some(it) => Ok(it.from.checked_add(work - it.before).unwrap_or(it.to).max(it.from)),
            None => Err(work - self.total),
        }
    }
}

impl WorkingCalendar {
    /// Reads a year, which is worked out if it was not yet.
    pub(super) fn in_year<T>(&self, year: i16, read: impl FnOnce(&YearOfWork) -> T) -> T {
        let nth = usize::try_from(i32::from(year) - i32::from(FIRST_KEPT)).ok();
        match nth.and_then(|nth| self.years.0.get(nth)) {
            Some(kept) => read(kept.get_or_init(|| Box::new(YearOfWork::of(self, year)))),
            None => read(&YearOfWork::of(self, year)),
        }
    }

    /// The year to whose days an instant belongs, here.
    fn year_of(&self, at: Timestamp) -> i16 {
        let year = self.day_of(at).year();
        if self.in_year(year, |it| at < it.ends) { year } else { year.saturating_add(1) }
    }

    /// The working time between two instants; zero when they are in the other order.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> SignedDuration {
        if end <= start {
            return SignedDuration::ZERO;
        }
        let (first, last) = (self.year_of(start), self.year_of(end));
        let whole = (first..last).map(|year| self.in_year(year, |it| it.total));
        let whole = whole.fold(SignedDuration::ZERO, SignedDuration::saturating_add);
        let before = self.in_year(first, |it| it.until(start));
        whole + self.in_year(last, |it| it.until(end)) - before
    }

    /// The instant at which so much working time has passed since `start`; with none, the next working instant. More
    /// than a century ahead it is [`Timestamp::MAX`]: never.
    pub fn after_working_time(&self, start: Timestamp, time: SignedDuration) -> Timestamp {
        let last = self.at(super::years_ahead(self.day_of(start)), 0);
        let mut year = self.year_of(start);
        let mut work =
            self.in_year(year, |it| it.until(start)).saturating_add(time.max(SignedDuration::ZERO));
        loop {
            match self.in_year(year, |it| (it.reaches(start, work), it.ends)) {
                (Ok(at), _) => return if at <= last { at } else { Timestamp::MAX },
                (Err(_), ends) if ends >= last => return Timestamp::MAX,
                (Err(left), _) => work = left,
            }
            year = year.saturating_add(1);
        }
    }

    /// As [`Self::after_working_time`], in minutes.
    pub fn after_working_minutes(&self, start: Timestamp, minutes: u32) -> Timestamp {
        self.after_working_time(start, SignedDuration::from_mins(i64::from(minutes)))
    }
}
