//! Every holiday of Colombia from 2020 to 2040, against a table worked out from the laws without this program.

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::calendar::{DayKind, WorkingCalendar};
use atiende_procedure::holiday::{HolidayLaw, holidays};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

const TABLE: &str = include_str!("tables/holidays.txt");

const WEEK: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
const MONTHS: [&str; 12] =
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

/// A year of the table: how many days off its heading says there are, and the holidays by day.
#[derive(Default)]
struct Year {
    days_off: usize,
    days: BTreeMap<Date, BTreeSet<String>>,
}

fn table() -> BTreeMap<i16, Year> {
    let mut years: BTreeMap<i16, Year> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(": ") {
            None => {
                let (year, rest) = line.split_once(", ").expect("a heading");
                let (days_off, _) = rest.split_once(' ').expect("so many days off");
                let days_off = days_off.parse().expect("a number");
                years.insert(year.parse().expect("a year"), Year { days_off, ..Year::default() });
            }
            Some((day, name)) => {
                let mut last = years.last_entry().expect("a heading comes first");
                let day = day_of(*last.key(), day);
                last.get_mut().days.entry(day).or_default().insert(name.to_owned());
            }
        }
    }
    years
}

/// `lun 25 may`, which must be the weekday that it says.
fn day_of(year: i16, written: &str) -> Date {
    let [weekday, day, month] = written.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("no day: {written}")
    };
    let month = MONTHS.iter().position(|it| *it == month).expect("a month") + 1;
    let date = date(year, i8::try_from(month).expect("1 to 12"), day.parse().expect("a day"));
    let fell = WEEK[usize::try_from(date.weekday().to_monday_zero_offset()).expect("0 to 6")];
    assert_eq!(fell, weekday, "the table itself is wrong about {date}");
    date
}

#[test]
fn every_holiday_of_2020_to_2040_is_where_the_laws_have_it() {
    let table = table();
    assert!(table.keys().copied().eq(2020..=2040));
    for (year, written) in table {
        let found: BTreeMap<Date, BTreeSet<String>> = holidays(&HolidayLaw::Colombia.rules(), year)
            .into_iter()
            .map(|(day, names)| (day, names.split(" · ").map(str::to_owned).collect()))
            .collect();
        assert_eq!(found, written.days, "{year}");
        assert_eq!(found.len(), written.days_off, "{year}");
    }
}

#[test]
fn the_year_that_people_check_shows_each_and_nobody_works_on_it() {
    let calendar = WorkingCalendar::default();
    for (year, written) in table() {
        let days = calendar.year(year).into_iter().filter(|day| day.kind == DayKind::Holiday);
        let shown: Vec<Date> =
            days.inspect(|day| assert!(day.hours.is_empty())).map(|day| day.date).collect();
        assert!(shown.iter().eq(written.days.keys()), "{year}: {shown:?}");
    }
}

/// San Pedro and the Sacred Heart, each time: that week has lost one day, not two.
#[test]
fn two_on_one_monday_are_one_day_off() {
    let table = table();
    let both = table.values().flat_map(|year| &year.days).filter(|(_, names)| names.len() > 1);
    let days: Vec<Date> = both.map(|(day, _)| *day).collect();
    assert_eq!(days, [date(2025, 6, 30), date(2030, 7, 1), date(2038, 7, 5)]);
    let calendar = WorkingCalendar::default();
    for monday in days {
        let began = calendar.zone().to_timestamp(monday.at(0, 0, 0, 0)).expect("in range");
        let worked = calendar.between(began, began + SignedDuration::from_hours(7 * 24));
        assert_eq!(worked, SignedDuration::from_hours(4 * 8), "{monday}");
    }
}
