//! The arithmetic of working calendars, row by row: `vie 16:50 + 30m = lun 08:20`. What the rows say was worked out apart
//! from this program, by a walk over minutes.

use atiende_procedure::calendar::{CalendarForm, ExceptionForm, WorkingCalendar};
use atiende_procedure::holiday::{Falls, HolidayLaw, HolidayRule};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use crate::words::{Named, WEEK, length, lines};

/// From Friday 20 November 2026, after a Monday that was a holiday.
const NAMED: Named = Named { first: date(2026, 11, 20) };

/// `America/Bogota; lun-vie 08:00-12:00 13:00-17:00; colombia; 24/11 closed; local monday 1/10`.
pub(crate) fn calendar(written: &str, named: Named) -> WorkingCalendar {
    let mut parts = written.split(';').map(str::trim);
    let mut week: [Vec<String>; 7] = Default::default();
    let time_zone = parts.next().expect("a zone").to_owned();
    let (mut law, mut local_holidays, mut exceptions) = (HolidayLaw::None, Vec::new(), Vec::new());
    for part in parts {
        let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
        let hours = || rest.split_whitespace().map(str::to_owned);
        let (from, to) = first.split_once('-').unwrap_or((first, first));
        let weekday = |name: &str| WEEK.iter().position(|known| *known == name);
        match (first, weekday(from).zip(weekday(to))) {
            ("colombia", _) => law = HolidayLaw::Colombia,
            ("local", _) => local_holidays.push(local(rest)),
            (_, Some((from, to))) => {
                let days = (0..7).map(|after| (from + after) % 7).take((to + 7 - from) % 7 + 1);
                days.for_each(|day| week[day].extend(hours()));
            }
            (day, None) => exceptions.push(ExceptionForm {
                date: named.date(day),
                name: rest.to_owned(),
                hours: hours().filter(|word| word != "closed").collect(),
            }),
        }
    }
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = week;
    let form = CalendarForm {
        time_zone,
        monday,
        tuesday,
        wednesday,
        thursday,
        friday,
        saturday,
        sunday,
        holidays: law,
        local_holidays,
        exceptions,
    };
    WorkingCalendar::try_from(form).unwrap_or_else(|wrong| panic!("{written}: {wrong}"))
}

/// `1/10`, `monday 24/11`, `easter 50`.
fn local(written: &str) -> HolidayRule {
    let (how, when) = written.split_once(' ').unwrap_or(("fixed", written));
    let falls = match when.split_once('/') {
        None => Falls::Easter { days: when.parse().expect("days after Easter") },
        Some((day, month)) => {
            let (day, month) = (day.parse().expect("a day"), month.parse().expect("a month"));
            if how == "monday" { Falls::Monday { month, day } } else { Falls::Fixed { month, day } }
        }
    };
    HolidayRule { name: written.to_owned(), falls, from: None, until: None }
}

fn check(calendar: &WorkingCalendar, row: &str, place: &str) {
    let at = |written: &str| NAMED.instant(written, calendar.zone());
    let say = |at: Timestamp| NAMED.say(at, calendar.zone());
    let (sum, expected) = row.split_once(" = ").unwrap_or_else(|| panic!("{place}: not a row: {row}"));
    if let Some((start, end)) = sum.split_once(" .. ") {
        assert_eq!(calendar.between(at(start), at(end)), length(expected), "{place}: {row}");
        return;
    }
    let (start, time) = sum.split_once(" + ").expect("start + time");
    let (start, expected) = (at(start), at(expected));
    if let Some(days) = time.strip_suffix(" días") {
        let end = calendar.after_working_days(start, days.parse().expect("days"));
        assert_eq!(end, expected, "{place}: {row}, not {}", say(end));
        return;
    }
    let time = length(time);
    let due = calendar.after_working_time(start, time);
    assert_eq!(due, expected, "{place}: {row}, not {}", say(due));
    assert_eq!(calendar.between(start, due), time, "{place}: {row}, and back");
    let before = due - SignedDuration::from_micros(1);
    assert!(before < start || time.is_zero() || calendar.between(start, before) < time, "{place}: too late");
}

/// Checks every row of a table, and answers how many there are.
fn check_all(name: &str, table: &str) -> usize {
    let (mut known, mut section, mut rows) = (None, "", 0);
    for (number, line) in lines(table) {
        if let Some(written) = line.strip_prefix("calendar ") {
            known = Some(calendar(written, NAMED));
        } else if let Some(title) = line.strip_prefix("== ") {
            section = title;
        } else {
            let calendar = known.as_ref().expect("a table begins with its calendar");
            check(calendar, line, &format!("{name}:{number}, {section}"));
            rows += 1;
        }
    }
    rows
}

macro_rules! tables {
    ($($test:ident: $file:literal;)+) => {$(
        #[test]
        fn $test() {
            let table = include_str!(concat!("tables/", $file));
            assert!(check_all($file, table) > 40, "rows of {}", $file);
        }
    )+};
}

tables! {
    an_office_with_a_lunch_and_a_weekend: "calendar-office.txt";
    holidays_half_days_and_closures: "calendar-days.txt";
    nights_shifts_and_day_and_night: "calendar-shifts.txt";
    zones_whose_clocks_are_moved: "calendar-zones.txt";
    months_years_and_whole_days_ahead: "calendar-ahead.txt";
}
