//! Working time told second by second: a table with one entry for each second of some years, filled from the hours as they
//! are written and from the printed list of holidays.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use toml::Table;

/// The days off of 2020 to 2040, as the laws have them.
const HOLIDAYS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../procedure/tests/rules/tables/holidays.txt"));

/// What the table covers: the year that is told, and what falls due after it.
const FIRST: &str = "2025-11-01T00:00:00Z";
const LAST: &str = "2027-07-01T00:00:00Z";

const A_WORD: i64 = 64;

/// Which seconds are worked.
pub(super) struct Seconds {
    first: i64,
    /// A bit for each second.
    worked: Vec<u64>,
    /// How many seconds are worked before each word of them.
    before: Vec<i64>,
}

type Span = (i64, i64);

/// Hours as a file writes them, in minutes after midnight.
struct Written {
    zone: TimeZone,
    week: Vec<Vec<Span>>,
    exceptions: BTreeMap<Date, Vec<Span>>,
    off: BTreeSet<Date>,
}

impl Seconds {
    /// The table of a calendar as `office.calendar` or `calendars.hours` of an office's file has it.
    pub(super) fn of(hours: &Table) -> Seconds {
        let written = Written::of(hours);
        let [first, last] = [FIRST, LAST].map(|at| at.parse::<Timestamp>().expect("an instant").as_second());
        let words = usize::try_from((last - first) / A_WORD).expect("few years");
        let mut table = Seconds { first, worked: vec![0; words], before: Vec::with_capacity(words) };
        let last = first + i64::try_from(words).expect("few") * A_WORD;
        for minute in (first..last).step_by(60).filter(|minute| written.works(*minute)) {
            for second in minute..(minute + 60).min(last) {
                let nth = second - first;
                table.worked[usize::try_from(nth / A_WORD).expect("inside")] |= 1 << (nth % A_WORD);
            }
        }
        let mut sum = 0;
        for word in &table.worked {
            table.before.push(sum);
            sum += i64::from(word.count_ones());
        }
        table
    }

    /// How many seconds are worked from one until another.
    pub(super) fn count(&self, from: i64, to: i64) -> i64 {
        if to <= from { 0 } else { self.until(to) - self.until(from) }
    }

    fn until(&self, second: i64) -> i64 {
        let nth = second - self.first;
        let word = usize::try_from(nth / A_WORD).expect("the table begins early enough");
        let earlier = self.worked[word] & ((1 << (nth % A_WORD)) - 1);
        self.before[word] + i64::from(earlier.count_ones())
    }

    /// The end of the second that is the last of so many worked ones.
    pub(super) fn due(&self, from: i64, seconds: i64) -> i64 {
        let wanted = self.until(from) + seconds;
        let word = self.before.partition_point(|before| *before < wanted) - 1;
        let (mut left, mut bit) = (wanted - self.before[word], 0);
        loop {
            assert!(bit < A_WORD, "the table ends too early");
            left -= i64::from(self.worked[word] >> bit & 1 == 1);
            bit += 1;
            if left == 0 {
                return self.first + i64::try_from(word).expect("few") * A_WORD + bit;
            }
        }
    }
}

impl Written {
    fn of(hours: &Table) -> Written {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let zone = hours["time_zone"].as_str().expect("a zone");
        let law = hours["holidays"].as_str() == Some("colombia");
        let mut off = if law { days_off() } else { BTreeSet::new() };
        for local in hours.get("local_holidays").and_then(|it| it.as_array()).into_iter().flatten() {
            let part = |key: &str| i8::try_from(local[key].as_integer().expect("a number")).expect("few");
            off.extend((2025..2028).map(|year| date(year, part("month"), part("day"))));
        }
        let mut exceptions = BTreeMap::new();
        for day in hours.get("exceptions").and_then(|it| it.as_array()).into_iter().flatten() {
            let date = day["date"].as_datetime().expect("a date").to_string();
            exceptions.insert(date.parse().expect("a date"), spans(day.get("hours")));
        }
        Written {
            zone: TimeZone::get(zone).expect("a zone"),
            week: days.map(|day| spans(hours.get(day))).into(),
            exceptions,
            off,
        }
    }

    fn works(&self, second: i64) -> bool {
        let wall = self.zone.to_datetime(Timestamp::from_second(second).expect("in range"));
        let (day, minute) = (wall.date(), i64::from(wall.hour()) * 60 + i64::from(wall.minute()));
        let spans = match self.exceptions.get(&day) {
            Some(spans) => spans,
            None if self.off.contains(&day) => return false,
            None => &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6")],
        };
        spans.iter().any(|(from, to)| (*from..*to).contains(&minute))
    }
}

fn spans(written: Option<&toml::Value>) -> Vec<Span> {
    let minutes = |clock: &str| {
        let (hour, minute) = clock.split_once(':').expect("hh:mm");
        hour.parse::<i64>().expect("an hour") * 60 + minute.parse::<i64>().expect("a minute")
    };
    let spans = written.and_then(|it| it.as_array()).into_iter().flatten();
    spans
        .map(|span| {
            let (from, to) = span.as_str().expect("a span").split_once('-').expect("from-to");
            (minutes(from), minutes(to))
        })
        .collect()
}

/// Reads `2026, 19 days off` and, below it, `lun 12 ene: Día de los Reyes Magos`.
fn days_off() -> BTreeSet<Date> {
    let months = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    let (mut year, mut days) = (0, BTreeSet::new());
    for line in HOLIDAYS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((day, _)) = line.split_once(": ") else {
            year = line.split(',').next().and_then(|it| it.parse().ok()).expect("a year");
            continue;
        };
        let [_, day, month] = day.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        let month = months.iter().position(|it| *it == month).expect("a month") + 1;
        days.insert(date(year, i8::try_from(month).expect("1 to 12"), day.parse().expect("a day")));
    }
    days
}
