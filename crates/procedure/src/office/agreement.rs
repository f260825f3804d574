//! What the desk promises, to whom, for what (R3). What a case was promised is copied into it: an agreement that changes
//! changes no promise that was given.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Office;
use crate::sla::{Attendant, ClockName, Hours, Promise, Stillness, Targets, Warning};
use crate::{AgreementId, CalendarId, DepartmentId, Kind, Priority, ServiceId, SiteId};

/// A service level agreement (ANS). What it names narrows it; what it leaves empty holds for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub id: AgreementId,
    /// 1 when it was made, one more with each change.
    pub version: u64,
    pub name: String,
    #[serde(default)]
    pub services: BTreeSet<ServiceId>,
    #[serde(default)]
    pub kinds: BTreeSet<Kind>,
    /// The requester's.
    #[serde(default)]
    pub departments: BTreeSet<DepartmentId>,
    /// The requester's.
    #[serde(default)]
    pub sites: BTreeSet<SiteId>,
    /// Nothing is promised for a priority that is not here.
    pub targets: BTreeMap<Priority, Targets>,
    #[serde(default)]
    pub hours: AgreementHours,
    /// What each clock stands still for; a clock that is not here stands still for what is usual.
    #[serde(default)]
    pub pauses: BTreeMap<ClockName, BTreeSet<Stillness>>,
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// The first day on which cases are given it.
    pub starts: Date,
    /// The last such day.
    #[serde(default)]
    pub ends: Option<Date>,
    pub active: bool,
}

/// By which hours an agreement counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "calendar", rename_all = "snake_case")]
pub enum AgreementHours {
    /// Those of the requester's site, or else the office's own.
    #[default]
    Site,
    /// Those of one calendar.
    Calendar(CalendarId),
    /// Day and night.
    Always,
}

/// What of a case decides which agreement holds for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) service: Option<ServiceId>,
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    pub(crate) department: Option<DepartmentId>,
    pub(crate) site: Option<SiteId>,
}

impl Agreement {
    fn holds(&self, of: &Covered, day: Date) -> bool {
        fn names<T: Ord>(set: &BTreeSet<T>, one: Option<T>) -> bool {
            set.is_empty() || one.is_some_and(|one| set.contains(&one))
        }
        self.in_force(day)
            && self.targets.contains_key(&of.priority)
            && names(&self.services, of.service)
            && names(&self.sites, of.site)
            && names(&self.departments, of.department)
            && names(&self.kinds, Some(of.kind))
    }

    /// Whether cases are given it on a day.
    pub fn in_force(&self, day: Date) -> bool {
        self.active && self.starts <= day && self.ends.is_none_or(|ends| day <= ends)
    }

    /// What one of the desk's clocks stands still for, besides a case that is solved or in the security procedure.
    pub fn stands_still_for(&self, clock: ClockName) -> BTreeSet<Stillness> {
        self.pauses.get(&clock).cloned().unwrap_or_else(|| Stillness::USUAL.into())
    }

    /// Of two that hold, the one that says more: first of the service, then of the site, the department, the kind.
    fn precision(&self) -> [bool; 4] {
        let empty = [
            self.services.is_empty(),
            self.sites.is_empty(),
            self.departments.is_empty(),
            self.kinds.is_empty(),
        ];
        empty.map(|empty| !empty)
    }

    fn promise(&self, of: &Covered, office: &Office) -> Option<Promise> {
        let site = || of.site.and_then(|id| office.sites.get(&id)).and_then(|site| site.calendar);
        let hours = match self.hours {
            AgreementHours::Always => Hours::Always,
            AgreementHours::Calendar(calendar) => Hours::Calendar(calendar),
            AgreementHours::Site => Hours::Calendar(site().unwrap_or(CalendarId::MAIN)),
        };
        Some(Promise {
            agreement: self.id,
            version: self.version,
            targets: *self.targets.get(&of.priority)?,
            hours,
            pauses: self.pauses.clone(),
            warnings: self.warnings.clone(),
        })
    }
}

impl ClockName {
    /// Those that an agreement promises.
    pub const OF_THE_DESK: [ClockName; 3] =
        [ClockName::Assignment, ClockName::FirstAnswer, ClockName::Solution];
}

impl Office {
    /// What is promised on a day for a case of this kind; nothing when no agreement holds.
    pub(crate) fn promise_for(&self, of: &Covered, day: Date) -> Option<Promise> {
        let holding = self.agreements.values().filter(|agreement| agreement.holds(of, day));
        let best = holding.max_by_key(|it| (it.precision(), std::cmp::Reverse(it.id)))?;
        best.promise(of, self)
    }
}

impl Warning {
    /// The usual ones: the agent at three quarters, the administrators of the desk shortly before the end, the head of
    /// the office when it has passed.
    pub fn usual() -> Vec<Warning> {
        let warning = |percent, to| Warning { percent, to };
        vec![
            warning(75, Attendant::Agent),
            warning(90, Attendant::DeskAdministrator),
            warning(100, Attendant::Head),
        ]
    }
}
