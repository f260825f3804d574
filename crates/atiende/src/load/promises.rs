//! What the file says about calendars of other places, and about what is promised.

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::office::{Agreement, AgreementHours, Change, NamedCalendar, Settings};
use atiende_procedure::sla::{Attendant, Hours, Targets, Warning};
use atiende_procedure::{AgreementId, CalendarId, Kind, Priority};
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::form::{CalendarSection, Name, SettingsForm, date, date_if_any, yes};
use super::plan::{Draft, Planning, calendar, minutes, unknown};

/// A working calendar besides the office's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedCalendarForm {
    pub(crate) name: String,
    pub(crate) hours: Spanned<CalendarSection>,
}

/// A service level agreement. What it names narrows it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementForm {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) services: Vec<Name>,
    #[serde(default)]
    pub(crate) kinds: BTreeSet<Kind>,
    #[serde(default)]
    pub(crate) departments: Vec<Name>,
    #[serde(default)]
    pub(crate) sites: Vec<Name>,
    /// Working hours, by priority.
    pub(crate) targets: BTreeMap<Priority, TargetsForm>,
    /// `site` (the usual), `always`, or a calendar's name.
    pub(crate) hours: Option<Name>,
    /// Absent for the usual ones.
    pub(crate) warnings: Option<Vec<WarningForm>>,
    #[serde(deserialize_with = "date")]
    pub(crate) starts: Date,
    #[serde(default, deserialize_with = "date_if_any")]
    pub(crate) ends: Option<Date>,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// In hours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetsForm {
    pub(crate) assignment: Option<f64>,
    pub(crate) first_answer: Option<f64>,
    pub(crate) solution: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WarningForm {
    pub(crate) percent: u16,
    pub(crate) to: Attendant,
}

impl Draft {
    pub(super) fn named_calendar(&mut self, form: &Spanned<NamedCalendarForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.calendar_by_name(&said.name);
        let named = NamedCalendar {
            id: before.map_or(CalendarId(0), |before| before.id),
            name: said.name.clone(),
            calendar: calendar(&said.hours)?,
        };
        if before.is_some_and(|before| **before == named) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "calendar", &said.name, Change::SetCalendar(Box::new(named)))
    }

    pub(super) fn agreement(&mut self, form: &Spanned<AgreementForm>) -> Planning<()> {
        let said = form.get_ref();
        let before = self.office.agreement_by_name(&said.name);
        let agreement = Agreement {
            id: before.map_or(AgreementId(0), |before| before.id),
            version: before.map_or(1, |before| before.version),
            name: said.name.clone(),
            services: each(&said.services, "service", |code| Some(self.office.service_by_code(code)?.id))?,
            kinds: said.kinds.clone(),
            departments: each(&said.departments, "department", |code| {
                Some(self.office.department_by_code(code)?.id)
            })?,
            sites: each(&said.sites, "site", |code| Some(self.office.site_by_code(code)?.id))?,
            targets: said.targets.iter().map(|(priority, it)| (*priority, it.targets())).collect(),
            hours: self.hours(said.hours.as_ref())?,
            pauses: BTreeMap::new(),
            warnings: match &said.warnings {
                Some(warnings) => {
                    warnings.iter().map(|it| Warning { percent: it.percent, to: it.to }).collect()
                }
                None => Warning::usual(),
            },
            starts: said.starts,
            ends: said.ends,
            active: said.active,
        };
        if before.is_some_and(|before| **before == agreement) {
            return Ok(());
        }
        let new = before.is_none();
        self.change(form.span(), new, "agreement", &said.name, Change::SetAgreement(Box::new(agreement)))
    }

    fn hours(&self, name: Option<&Name>) -> Planning<AgreementHours> {
        let Some(name) = name else { return Ok(AgreementHours::Site) };
        match name.get_ref().as_str() {
            "site" => Ok(AgreementHours::Site),
            "always" => Ok(AgreementHours::Always),
            calendar => {
                let known =
                    self.office.calendar_by_name(calendar).ok_or_else(|| unknown("calendar", name))?;
                Ok(AgreementHours::Calendar(known.id))
            }
        }
    }
}

impl Draft {
    pub(super) fn contract_hours(&self, name: Option<&Name>) -> Planning<Option<Hours>> {
        Ok(match self.hours(name)? {
            AgreementHours::Always => Some(Hours::Always),
            AgreementHours::Calendar(id) => Some(Hours::Calendar(id)),
            AgreementHours::Site => None,
        })
    }

    /// The head of the office is a person, whom the same file may bring.
    pub(super) fn head(&mut self, form: &Spanned<SettingsForm>) -> Planning<()> {
        let Some(name) = &form.get_ref().head else { return Ok(()) };
        let head = self.office.person_by_email(name.get_ref()).map(|person| person.id);
        let head = Some(head.ok_or_else(|| unknown("person", name))?);
        if self.office.settings.head == head {
            return Ok(());
        }
        let settings = Settings { head, ..(*self.office.settings).clone() };
        self.change(name.span(), false, "head of", "the office", Change::SetSettings(Box::new(settings)))
    }
}

fn each<T: Ord>(names: &[Name], what: &str, find: impl Fn(&str) -> Option<T>) -> Planning<BTreeSet<T>> {
    names.iter().map(|name| find(name.get_ref()).ok_or_else(|| unknown(what, name))).collect()
}

impl TargetsForm {
    fn targets(&self) -> Targets {
        Targets {
            assignment: self.assignment.map(minutes),
            first_answer: self.first_answer.map(minutes),
            solution: self.solution.map(minutes),
        }
    }
}
