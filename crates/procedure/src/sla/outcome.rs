//! What became of promises: each clock that ended, as it read then. Reports count these, so that a report says of a case
//! what the case says of itself.

use jiff::{SignedDuration, Timestamp};

use super::{Clock, ClockName, ClockState, clocks};
use crate::office::Office;
use crate::{Case, ContractId, SupportLevel};

/// A clock that ended, as it read when it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub clock: ClockName,
    pub contract: Option<ContractId>,
    pub ended: Timestamp,
    /// Met, breached, or void, which counts for nothing.
    pub state: ClockState,
    /// In whole seconds, begun ones counted: at or above the target when the promise was broken: work that is done after hours is late too.
    pub used: SignedDuration,
    pub target: SignedDuration,
}

/// The clocks of a case that ended. None of a case of the security procedure, whose numbers nobody else may know (R10).
pub fn ended(case: &Case) -> Vec<Clock> {
    let mut clocks = if case.security { Vec::new() } else { clocks(case) };
    clocks.retain(|clock| !clock.is_open());
    clocks
}

impl Clock {
    /// What became of it by the calendars of an office; nothing while it is open.
    pub fn outcome(&self, office: &Office) -> Option<Outcome> {
        let ended = self.ended()?;
        let reading = self.read(office, ended);
        let begun = i64::from(reading.used.subsec_nanos() > 0);
        Some(Outcome {
            clock: self.name,
            contract: self.contract,
            ended,
            state: reading.state,
            used: SignedDuration::from_secs(reading.used.as_secs() + begun),
            target: self.target,
        })
    }

    /// Whether another clock measures the same time for the same promise, so that it reads the same by the same calendars.
    pub fn measures_as(&self, other: &Clock) -> bool {
        let kind = |it: &Clock| (it.name, it.contract, it.target, it.hours, it.is_void());
        kind(self) == kind(other) && self.ended() == other.ended() && self.runs == other.runs
    }
}

impl Case {
    /// The level that has it, or the last one that is known to have had it.
    pub fn last_level(&self) -> Option<SupportLevel> {
        let solved = self.solution.as_ref().map(|solution| solution.work.level);
        let assessed = self.assessment.as_ref().map(|assessment| assessment.level);
        self.status.level().or(solved).or(assessed)
    }
}
