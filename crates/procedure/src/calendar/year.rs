//! A year of a calendar, day by day, for people who check whether it is right.

use jiff::civil::Date;

use super::form::write;
use super::{Hours, WorkingCalendar, days_of};

/// What a day of the calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// Worked by its weekday's hours.
    Working,
    /// Its weekday has no hours.
    Rest,
    /// A holiday by law or of the office.
    Holiday,
    /// An exception with less working time than its weekday has, such as a half day.
    Shorter,
    /// An exception with no working time.
    Closed,
    /// Any other exception: work on a holiday or on a Sunday, or at other hours.
    Other,
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    pub date: Date,
    pub kind: DayKind,
    /// Of the holiday or the exception; empty for other days.
    pub name: String,
    /// Its working hours, as `08:00-12:00`.
    pub hours: Vec<String>,
    /// Their sum by the clock on the wall, in minutes.
    pub minutes: u32,
}

impl WorkingCalendar {
    /// Every day of a year, in order; none of a year that has no first of January.
    pub fn year(&self, year: i16) -> Vec<CalendarDay> {
        let holidays = self.holidays(year);
        let dates: Vec<Date> = holidays.keys().copied().collect();
        let mut days = Vec::with_capacity(366);
        for date in days_of(year) {
            let hours = self.hours(date, &dates);
            let exception = self.exceptions.get(&date);
            let holiday = holidays.get(&date);
            let kind = match (exception, holiday) {
                (Some(_), _) if hours.is_empty() => DayKind::Closed,
                (Some(_), None) if minutes(hours) < minutes(self.usual(date)) => DayKind::Shorter,
                (Some(_), _) => DayKind::Other,
                (None, Some(_)) => DayKind::Holiday,
                (None, None) if hours.is_empty() => DayKind::Rest,
                (None, None) => DayKind::Working,
            };
            let name = exception.map(|it| &it.name).or(holiday).cloned().unwrap_or_default();
            days.push(CalendarDay { date, kind, name, minutes: minutes(hours), hours: write(hours) });
        }
        days
    }
}

fn minutes(hours: &[Hours]) -> u32 {
    hours.iter().map(|hours| u32::from(hours.to - hours.from)).sum()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::{CalendarForm, ExceptionForm};

    fn calendar() -> WorkingCalendar {
        let day = |date, name: &str, hours: &[&str]| ExceptionForm {
            date,
            name: name.to_owned(),
            hours: hours.iter().map(|it| (*it).to_owned()).collect(),
        };
        let mut form = CalendarForm::from(WorkingCalendar::default());
        form.exceptions = vec![
            day(date(2026, 12, 24), "Nochebuena", &["08:00-12:00"]),
            day(date(2026, 12, 28), "Inventario", &[]),
            day(date(2026, 12, 25), "Turno de Navidad", &["08:00-12:00"]),
            day(date(2026, 12, 12), "Jornada de sábado", &["08:00-12:00"]),
        ];
        form.try_into().expect("a calendar")
    }

    #[test]
    fn each_day_is_what_it_is() {
        let year = calendar().year(2026);
        assert_eq!(year.len(), 365);
        let day = |date| year.iter().find(|day| day.date == date).expect("a day of the year");
        for (date, kind, name) in [
            (date(2026, 12, 7), DayKind::Working, ""),
            (date(2026, 12, 6), DayKind::Rest, ""),
            (date(2026, 12, 8), DayKind::Holiday, "Inmaculada Concepción"),
            (date(2026, 12, 24), DayKind::Shorter, "Nochebuena"),
            (date(2026, 12, 28), DayKind::Closed, "Inventario"),
            (date(2026, 12, 25), DayKind::Other, "Turno de Navidad"),
            (date(2026, 12, 12), DayKind::Other, "Jornada de sábado"),
        ] {
            assert_eq!((day(date).kind, day(date).name.as_str()), (kind, name), "{date}");
        }
        assert_eq!(day(date(2026, 12, 7)).hours, ["08:00-12:00", "13:00-17:00"]);
        assert_eq!(day(date(2026, 12, 24)).hours, ["08:00-12:00"]);
        let minutes = |on| day(on).minutes;
        assert_eq!([7, 8, 24].map(|on| minutes(date(2026, 12, on))), [480, 0, 240]);
    }

    #[test]
    fn a_year_has_all_its_days_and_the_last_one_ends() {
        assert_eq!(calendar().year(2028).len(), 366);
        assert_eq!(calendar().year(9999).len(), 365);
        assert_eq!(calendar().year(10_000), Vec::new());
    }
}
