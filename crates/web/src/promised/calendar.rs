//! A working calendar.

use std::collections::BTreeSet;

use atiende_procedure::calendar::{
    BadCalendar, CalendarForm, ExceptionForm, WorkingCalendar, hours_as_written,
};
use atiende_procedure::holiday::{Falls, HolidayLaw, HolidayRule};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Wrong, checked};

/// When somewhere is worked, as reading a calendar gives it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CalendarBody {
    /// The office's own calendar has no name of its own: there it may be absent.
    #[serde(default)]
    pub(crate) name: String,
    /// An IANA name.
    #[schema(example = "America/Bogota")]
    pub(crate) time_zone: String,
    pub(crate) week: WeekBody,
    /// Whose law says which days are holidays.
    #[schema(value_type = String, example = "colombia")]
    pub(crate) law: HolidayLaw,
    /// Holidays that only this calendar has: `name`, `falls` (`fixed` or `monday` with `month` and `day`, `easter` with
    /// `days` after Easter Sunday), and perhaps the years `from` and `until`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub(crate) local_holidays: Vec<HolidayRule>,
    /// Days with hours of their own: `date`, `name` and `hours`; without hours the office is closed.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub(crate) exceptions: Vec<ExceptionForm>,
}

/// The hours of each weekday, such as `["08:00-12:00", "13:00-17:00"]`; none for a day of rest.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct WeekBody {
    monday: Vec<String>,
    tuesday: Vec<String>,
    wednesday: Vec<String>,
    thursday: Vec<String>,
    friday: Vec<String>,
    saturday: Vec<String>,
    sunday: Vec<String>,
}

/// The days of the week as the API names them.
pub(crate) const WEEK: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl WeekBody {
    /// Monday first.
    pub(crate) fn of(days: [Vec<String>; 7]) -> WeekBody {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = days;
        WeekBody { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }

    fn days(&self) -> [&Vec<String>; 7] {
        [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ]
    }
}

impl CalendarBody {
    /// The calendar, or all that is wrong with it.
    pub(crate) fn read(self) -> Result<WorkingCalendar, Vec<Wrong>> {
        let mut wrong = Vec::new();
        if TimeZone::get(&self.time_zone).is_err() {
            wrong.push(Wrong::about("time_zone", "problem-time-zone", &self.time_zone));
        }
        for (day, hours) in WEEK.iter().zip(self.week.days()) {
            wrong.extend(wrong_hours(format!("week.{day}"), hours));
        }
        if self.week.days().into_iter().all(Vec::is_empty) {
            wrong.push(Wrong::new("week", "problem-no-working-time"));
        }
        wrong.extend(wrong_exceptions(&self.exceptions));
        wrong.extend(self.local_holidays.iter().enumerate().filter_map(|(at, rule)| wrong_holiday(at, rule)));
        let WeekBody { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = self.week;
        let form = CalendarForm {
            time_zone: self.time_zone,
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
            holidays: self.law,
            local_holidays: self.local_holidays,
            exceptions: self.exceptions,
        };
        let form = checked(form, wrong)?;
        WorkingCalendar::try_from(form).map_err(|bad| vec![wrong_with("week", &bad)])
    }
}

fn wrong_hours(field: String, hours: &[String]) -> Option<Wrong> {
    hours_as_written(hours).err().map(|bad| wrong_with(field, &bad))
}

fn wrong_with(field: impl Into<String>, bad: &BadCalendar) -> Wrong {
    match bad {
        BadCalendar::BadHours(span) => Wrong::about(field, "problem-hours", span),
        BadCalendar::Overlap(span) => Wrong::about(field, "problem-hours-overlap", span),
        BadCalendar::UnknownZone(zone) => Wrong::about(field, "problem-time-zone", zone),
        BadCalendar::NoWorkingTime => Wrong::new(field, "problem-no-working-time"),
    }
}

/// A second exception of a date would silently take the place of the first.
fn wrong_exceptions(exceptions: &[ExceptionForm]) -> Vec<Wrong> {
    let mut dates = BTreeSet::new();
    let mut wrong = Vec::new();
    for (at, exception) in exceptions.iter().enumerate() {
        let field = |name: &str| format!("exceptions.{at}.{name}");
        if !dates.insert(exception.date) {
            wrong.push(Wrong::new(field("date"), "problem-date-twice"));
        }
        if exception.name.trim().is_empty() {
            wrong.push(Wrong::new(field("name"), "problem-exception-name"));
        }
        wrong.extend(wrong_hours(field("hours"), &exception.hours));
    }
    wrong
}

fn wrong_holiday(at: usize, rule: &HolidayRule) -> Option<Wrong> {
    let field = |name: &str| format!("local_holidays.{at}.{name}");
    if rule.can_fall() {
        return None;
    }
    Some(match rule {
        _ if rule.name.trim().is_empty() => Wrong::new(field("name"), "problem-holiday-name"),
        _ if rule.from.zip(rule.until).is_some_and(|(from, until)| from > until) => {
            Wrong::new(field("until"), "problem-holiday-years")
        }
        HolidayRule { falls: Falls::Easter { .. }, .. } => {
            Wrong::new(field("days"), "problem-holiday-easter")
        }
        _ => Wrong::new(field("day"), "problem-holiday-day"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body() -> Value {
        json!({
            "name": "Sedes", "time_zone": "America/Bogota", "law": "colombia",
            "week": { "monday": ["07:00-12:00", "13:00-17:00"] },
            "local_holidays": [{ "name": "Fundación", "falls": "fixed", "month": 7, "day": 28, "from": 2026 }],
            "exceptions": [{ "date": "2026-12-24", "name": "Nochebuena", "hours": ["07:00-12:00"] }],
        })
    }

    fn wrong(edit: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut said = body();
        edit(&mut said);
        let read: CalendarBody = serde_json::from_value(said).expect("a body");
        read.read().err().into_iter().flatten().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_by_its_place() {
        assert_eq!(wrong(|_| ()), Vec::<String>::new());
        let all = wrong(|it| {
            it["time_zone"] = json!("Bogota");
            it["week"]["monday"] = json!(["12:00-07:00"]);
            it["week"]["friday"] = json!(["07:00-12:00", "11:00-13:00"]);
            it["exceptions"] = json!([
                { "date": "2026-12-24", "name": "", "hours": [] },
                { "date": "2026-12-24", "name": "Otra vez", "hours": ["8"] },
            ]);
            it["local_holidays"][0]["day"] = json!(32);
        });
        let expected = [
            "time_zone",
            "week.monday",
            "week.friday",
            "exceptions.0.name",
            "exceptions.1.date",
            "exceptions.1.hours",
            "local_holidays.0.day",
        ];
        assert_eq!(all, expected);
        assert_eq!(wrong(|it| it["week"] = json!({})), ["week"]);
    }
}
