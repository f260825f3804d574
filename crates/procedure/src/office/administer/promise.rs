//! Calendars and agreements: what can be worked by and kept (R3).

use super::checks::{bad, given, named, unique, unknown};
use crate::calendar::WorkingCalendar;
use crate::holiday::HolidayRule;
use crate::office::{Agreement, AgreementHours, NamedCalendar, Office, OfficeEvent};
use crate::sla::{Hours, Targets};
use crate::{CalendarId, Problem, Refusal};

/// The highest part of a promise at which somebody is told: ten times its length.
const MOST_PERCENT: u16 = 1_000;

/// The longest promise: a year of days and nights, in minutes.
const LONGEST: u32 = 366 * 24 * 60;

pub(super) fn set_calendar(office: &Office, calendar: &NamedCalendar) -> Result<OfficeEvent, Refusal> {
    let mut calendar = calendar.clone();
    named(&calendar.name)?;
    calendar.id.0 = given(calendar.id.0, &office.calendars, |id| id.0)?;
    let others = office.calendars.values().filter(|other| other.id != calendar.id);
    unique("name", &calendar.name, others.map(|other| &other.name))?;
    check_holidays(&calendar.calendar)?;
    Ok(OfficeEvent::CalendarSet { calendar: Box::new(calendar) })
}

pub(super) fn set_agreement(office: &Office, agreement: &Agreement) -> Result<OfficeEvent, Refusal> {
    let mut agreement = agreement.clone();
    named(&agreement.name)?;
    agreement.id.0 = given(agreement.id.0, &office.agreements, |id| id.0)?;
    agreement.version = office.agreements.get(&agreement.id).map_or(1, |before| before.version + 1);
    let others = office.agreements.values().filter(|other| other.id != agreement.id);
    unique("name", &agreement.name, others.map(|other| &other.name))?;
    if agreement.ends.is_some_and(|ends| ends < agreement.starts) {
        return Err(bad("ends", Problem::OutOfRange));
    }
    if agreement.targets.values().all(|targets| *targets == Targets::default()) {
        return Err(bad("targets", Problem::Missing));
    }
    agreement.targets.values().try_for_each(check_targets)?;
    if let AgreementHours::Calendar(id) = agreement.hours {
        check_calendar("hours", id, office)?;
    }
    if agreement.warnings.iter().any(|warning| warning.percent == 0 || warning.percent > MOST_PERCENT) {
        return Err(bad("warnings", Problem::OutOfRange));
    }
    check_names(office, &agreement)?;
    Ok(OfficeEvent::AgreementSet { agreement: Box::new(agreement) })
}

/// A holiday has a name and falls in some year.
pub(super) fn check_holidays(calendar: &WorkingCalendar) -> Result<(), Refusal> {
    let fit = calendar.local_holidays().iter().all(HolidayRule::can_fall);
    if fit { Ok(()) } else { Err(bad("local_holidays", Problem::Malformed)) }
}

fn check_targets(targets: &Targets) -> Result<(), Refusal> {
    let all = [targets.assignment, targets.first_answer, targets.solution];
    match all.into_iter().flatten().all(|minutes| (1..=LONGEST).contains(&minutes)) {
        true => Ok(()),
        false => Err(bad("targets", Problem::OutOfRange)),
    }
}

fn check_names(office: &Office, agreement: &Agreement) -> Result<(), Refusal> {
    if agreement.services.iter().any(|id| !office.services.contains_key(id)) {
        return Err(unknown("services"));
    }
    if agreement.departments.iter().any(|id| !office.departments.contains_key(id)) {
        return Err(unknown("departments"));
    }
    if agreement.sites.iter().any(|id| !office.sites.contains_key(id)) {
        return Err(unknown("sites"));
    }
    Ok(())
}

pub(super) fn check_calendar(field: &'static str, id: CalendarId, office: &Office) -> Result<(), Refusal> {
    let known = id == CalendarId::MAIN || office.calendars.contains_key(&id);
    if known { Ok(()) } else { Err(unknown(field)) }
}

/// What a contract promises can be kept.
pub(super) fn check_promise(
    office: &Office,
    hours: Option<Hours>,
    minutes: [(&'static str, Option<u32>); 2],
) -> Result<(), Refusal> {
    if let Some(Hours::Calendar(id)) = hours {
        check_calendar("hours", id, office)?;
    }
    let wrong = minutes.into_iter().find(|(_, it)| it.is_some_and(|it| !(1..=LONGEST).contains(&it)));
    wrong.map_or(Ok(()), |(field, _)| Err(bad(field, Problem::OutOfRange)))
}
