//! How a calendar is written: in settings, in an office's file, over the API.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::work::Years;
use super::{Exception, Hours, WorkingCalendar};
use crate::holiday::{HolidayLaw, HolidayRule};

/// A calendar as people write it. Hours are `"08:00-12:00"`, and `24:00` ends a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarForm {
    /// An IANA name, such as `America/Bogota`.
    pub time_zone: String,
    #[serde(default)]
    pub monday: Vec<String>,
    #[serde(default)]
    pub tuesday: Vec<String>,
    #[serde(default)]
    pub wednesday: Vec<String>,
    #[serde(default)]
    pub thursday: Vec<String>,
    #[serde(default)]
    pub friday: Vec<String>,
    #[serde(default)]
    pub saturday: Vec<String>,
    #[serde(default)]
    pub sunday: Vec<String>,
    pub holidays: HolidayLaw,
    /// Holidays that only this office has.
    #[serde(default)]
    pub local_holidays: Vec<HolidayRule>,
    #[serde(default)]
    pub exceptions: Vec<ExceptionForm>,
}

/// A day with hours of its own; with none it is a closure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionForm {
    pub date: Date,
    pub name: String,
    #[serde(default)]
    pub hours: Vec<String>,
}

/// Why a calendar cannot be worked by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// The name is not of the time zone database.
    #[error("unknown time zone {0:?}")]
    UnknownZone(String),
    /// Not of the form `08:00-12:00`, or it ends before it begins.
    #[error("not a span of hours: {0:?}, write for example 08:00-12:00")]
    BadHours(String),
    /// Two spans of one day run into each other.
    #[error("the hours of one day overlap at {0:?}")]
    Overlap(String),
    /// No weekday has hours: nothing would ever fall due.
    #[error("no day of the week has working hours")]
    NoWorkingTime,
}

impl TryFrom<CalendarForm> for WorkingCalendar {
    type Error = BadCalendar;

    fn try_from(form: CalendarForm) -> Result<Self, BadCalendar> {
        let zone =
            TimeZone::get(&form.time_zone).map_err(|_| BadCalendar::UnknownZone(form.time_zone.clone()))?;
        let days = [
            form.monday,
            form.tuesday,
            form.wednesday,
            form.thursday,
            form.friday,
            form.saturday,
            form.sunday,
        ];
        let mut week: [Vec<Hours>; 7] = Default::default();
        for (hours, written) in week.iter_mut().zip(&days) {
            *hours = read(written)?;
        }
        if week.iter().all(Vec::is_empty) {
            return Err(BadCalendar::NoWorkingTime);
        }
        let mut exceptions = BTreeMap::new();
        for exception in form.exceptions {
            exceptions
                .insert(exception.date, Exception { hours: read(&exception.hours)?, name: exception.name });
        }
        Ok(WorkingCalendar {
            zone,
            week,
            law: form.holidays,
            local: form.local_holidays,
            exceptions,
            years: Years::default(),
        })
    }
}

impl From<WorkingCalendar> for CalendarForm {
    fn from(calendar: WorkingCalendar) -> Self {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            calendar.week.map(|hours| write(&hours));
        CalendarForm {
            time_zone: calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
            holidays: calendar.law,
            local_holidays: calendar.local,
            exceptions: calendar
                .exceptions
                .into_iter()
                .map(|(date, day)| ExceptionForm { date, hours: write(&day.hours), name: day.name })
                .collect(),
        }
    }
}

/// The hours of one day in order, as they are written back: `8:00 - 12:00` becomes `08:00-12:00`.
///
/// # Errors
/// When a span is none, or two run into each other.
pub fn hours_as_written(written: &[String]) -> Result<Vec<String>, BadCalendar> {
    read(written).map(|hours| write(&hours))
}

fn read(written: &[String]) -> Result<Vec<Hours>, BadCalendar> {
    let mut spans = Vec::new();
    for text in written {
        let wrong = || BadCalendar::BadHours(text.clone());
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let (from, to) = (minutes(from).ok_or_else(wrong)?, minutes(to).ok_or_else(wrong)?);
        if from >= to {
            return Err(wrong());
        }
        spans.push(Hours { from, to });
    }
    spans.sort_unstable();
    match spans.windows(2).find(|pair| pair[0].to > pair[1].from) {
        Some(pair) => Err(BadCalendar::Overlap(write(&pair[1..]).concat())),
        None => Ok(spans),
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (hour <= 24 && minute < 60 && total <= 1440).then_some(total)
}

pub(super) fn write(hours: &[Hours]) -> Vec<String> {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    hours.iter().map(|hours| format!("{}-{}", clock(hours.from), clock(hours.to))).collect()
}
