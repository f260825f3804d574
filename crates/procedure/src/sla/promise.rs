//! What a case was promised, kept with it for good.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::office::Office;
use crate::{AgreementId, CalendarId, ContractId, Status, WaitingFor};

crate::vocabulary::vocabulary! {
    /// What is measured.
    ClockName {
        /// Until somebody in particular has it.
        Assignment = "assignment",
        /// Until the desk first answers the requester.
        FirstAnswer = "first_answer",
        /// Until it is solved.
        Solution = "solution",
        /// Until the provider first answers.
        ProviderResponse = "provider_response",
        /// Until the provider reports the work solved.
        ProviderSolution = "provider_solution",
    }
}

crate::vocabulary::vocabulary! {
    /// Why a case stands still.
    Stillness {
        Requester = "requester",
        Visit = "visit",
        Parts = "parts",
        Provider = "provider",
        /// It is solved, and may be reopened. Every clock stands still for it.
        Solved = "solved",
        /// It is in the security procedure. Every clock stands still for it.
        Security = "security",
    }
}

crate::vocabulary::vocabulary! {
    /// Whose attention is drawn.
    Attendant {
        Agent = "agent",
        DeskAdministrator = "desk_administrator",
        /// Whom the settings name as head of the office.
        Head = "head",
        /// The supervisor of the contract.
        Supervisor = "supervisor",
    }
}

/// Working minutes until each end; an absent one is not promised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    #[serde(default)]
    pub assignment: Option<u32>,
    #[serde(default)]
    pub first_answer: Option<u32>,
    #[serde(default)]
    pub solution: Option<u32>,
}

/// The hours by which a promise counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "calendar", rename_all = "snake_case")]
pub enum Hours {
    Calendar(CalendarId),
    /// Day and night.
    Always,
}

/// At which part of a promise whose attention is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Of the time promised; 100 is the breach.
    pub percent: u16,
    pub to: Attendant,
}

/// What a case was promised, by the agreement that held when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub agreement: AgreementId,
    pub version: u64,
    pub targets: Targets,
    pub hours: Hours,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pauses: BTreeMap<ClockName, BTreeSet<Stillness>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// What a provider promised by its contract (R12), beside what the desk promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderPromise {
    /// Minutes until it first answers.
    #[serde(default)]
    pub response: Option<u32>,
    /// Minutes until it reports the work solved.
    #[serde(default)]
    pub solution: Option<u32>,
    pub hours: Hours,
}

/// A time in which a case stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standstill {
    pub why: Stillness,
    pub from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// A warning that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    pub clock: ClockName,
    /// Of the provider's clocks, under which contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    pub percent: u16,
}

impl Promise {
    /// What is promised for one of the desk's clocks.
    pub(super) fn target(&self, clock: ClockName) -> Option<SignedDuration> {
        let minutes = match clock {
            ClockName::Assignment => self.targets.assignment,
            ClockName::FirstAnswer => self.targets.first_answer,
            ClockName::Solution => self.targets.solution,
            ClockName::ProviderResponse | ClockName::ProviderSolution => None,
        };
        minutes.map(minutes_long)
    }

    /// Whether a clock stands still for a reason. Usually it does for what the requester has in his hands; spare parts and
    /// providers are the desk's own affair.
    pub(super) fn pauses(&self, clock: ClockName, why: Stillness) -> bool {
        match (why, self.pauses.get(&clock)) {
            (Stillness::Solved | Stillness::Security, _) => true,
            (why, Some(named)) => named.contains(&why),
            (why, None) => Stillness::USUAL.contains(&why),
        }
    }
}

pub(super) fn minutes_long(minutes: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(minutes))
}

impl Stillness {
    /// What a clock stands still for when nothing else is agreed.
    pub const USUAL: [Stillness; 2] = [Stillness::Requester, Stillness::Visit];

    /// What may be agreed; the others make every clock stand still.
    pub const AGREED: [Stillness; 4] =
        [Stillness::Requester, Stillness::Visit, Stillness::Parts, Stillness::Provider];

    /// Why a case in this state stands still, if it does.
    pub(crate) fn of(status: &Status) -> Option<Stillness> {
        match status {
            Status::Waiting { waiting_for: WaitingFor::Requester, .. } => Some(Stillness::Requester),
            Status::Waiting { waiting_for: WaitingFor::Visit, .. } => Some(Stillness::Visit),
            Status::Waiting { waiting_for: WaitingFor::Parts, .. } => Some(Stillness::Parts),
            Status::WithProvider { .. } => Some(Stillness::Provider),
            Status::Solved { .. } => Some(Stillness::Solved),
            Status::Referred { .. } => Some(Stillness::Security),
            _ => None,
        }
    }
}

impl Hours {
    /// The instant at which so much time has passed since `start`.
    pub(super) fn after(self, office: &Office, start: Timestamp, time: SignedDuration) -> Timestamp {
        match self {
            Hours::Always => start.checked_add(time).unwrap_or(Timestamp::MAX),
            Hours::Calendar(id) => office.calendar(id).after_working_time(start, time),
        }
    }

    /// The time between two instants.
    pub fn between(self, office: &Office, start: Timestamp, end: Timestamp) -> SignedDuration {
        match self {
            Hours::Always => end.duration_since(start).max(SignedDuration::ZERO),
            Hours::Calendar(id) => office.calendar(id).between(start, end),
        }
    }
}
