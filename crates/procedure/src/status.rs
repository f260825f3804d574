//! Where a case stands. Each state carries its own facts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Actor, CaseNumber, ContractId, GroupId, PersonId, StatusName, SupportLevel, WaitingFor};

/// The state of a case (the table of moves in the procedure).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Status {
    /// Asked for; nobody has it yet.
    Registered,
    /// Given to a group, and perhaps to an agent of it.
    Assigned { level: SupportLevel, group: GroupId, agent: Option<PersonId> },
    /// An agent has assessed it and works on it.
    InProgress { work: Work },
    /// The work stands still until something outside happens.
    Waiting { work: Work, waiting_for: WaitingFor, until: Option<Timestamp>, since: Timestamp },
    /// A provider attends under its contract (R12); the agent stays in charge.
    WithProvider { work: Work, contract: ContractId, since: Timestamp },
    /// Done, and the requester has been told; he may reopen until the grace ends.
    Solved { work: Work, at: Timestamp, grace_ends: Timestamp },
    /// Final: what comes after opens a new case.
    Closed { at: Timestamp },
    /// In the security procedure (R10).
    Referred { since: Timestamp, acknowledged: Option<Acknowledgement> },
    /// Will not be attended; nothing is deleted.
    Cancelled { at: Timestamp, why: Cancellation },
}

/// Who works on a case and for which level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The level of support at which it is done.
    pub level: SupportLevel,
    /// The group in charge.
    pub group: GroupId,
    /// The agent in charge.
    pub agent: PersonId,
}

/// A security officer's receipt, which is a record (R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The officer.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Why a case was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Cancellation {
    /// It is no longer wanted.
    Withdrawn,
    /// Another case already asks for it.
    DuplicateOf { number: CaseNumber },
    /// It goes on inside another case.
    MergedInto { number: CaseNumber },
}

impl Status {
    /// The state's name, without its facts.
    pub fn name(&self) -> StatusName {
        match self {
            Status::Registered => StatusName::Registered,
            Status::Assigned { .. } => StatusName::Assigned,
            Status::InProgress { .. } => StatusName::InProgress,
            Status::Waiting { .. } => StatusName::Waiting,
            Status::WithProvider { .. } => StatusName::WithProvider,
            Status::Solved { .. } => StatusName::Solved,
            Status::Closed { .. } => StatusName::Closed,
            Status::Referred { .. } => StatusName::Referred,
            Status::Cancelled { .. } => StatusName::Cancelled,
        }
    }

    /// The level in charge, while there is one.
    pub fn level(&self) -> Option<SupportLevel> {
        match self {
            Status::Assigned { level, .. } => Some(*level),
            _ => self.work().map(|work| work.level),
        }
    }

    /// The group in charge, while there is one.
    pub fn group(&self) -> Option<GroupId> {
        match self {
            Status::Assigned { group, .. } => Some(*group),
            _ => self.work().map(|work| work.group),
        }
    }

    /// The agent in charge, while there is one.
    pub fn agent(&self) -> Option<PersonId> {
        match self {
            Status::Assigned { agent, .. } => *agent,
            _ => self.work().map(|work| work.agent),
        }
    }

    /// The work under way or just done: in progress, waiting, with a provider, solved.
    pub fn work(&self) -> Option<&Work> {
        match self {
            Status::InProgress { work }
            | Status::Waiting { work, .. }
            | Status::WithProvider { work, .. }
            | Status::Solved { work, .. } => Some(work),
            _ => None,
        }
    }

    /// The contract under which a provider has it now.
    pub fn contract(&self) -> Option<ContractId> {
        match self {
            Status::WithProvider { contract, .. } => Some(*contract),
            _ => None,
        }
    }
}
