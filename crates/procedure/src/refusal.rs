//! Why something may not be done: a fact with a stable code. Its sentence lives in the message catalogues.

use jiff::Timestamp;
use serde::Serialize;

use crate::{Action, Audience, ContractId, GroupId, PersonId, StatusName, SupportLevel};

/// What a refusal means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// He may never make this move on this case (403).
    Forbidden,
    /// The case's state does not allow it now (409).
    State,
    /// What came along is wrong (422).
    Content,
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// None of his roles makes this move.
    NotYourRole { action: Action },
    /// Only the agent in charge (or an administrator) makes this move.
    NotYourCase { agent: Option<PersonId> },
    /// Only the requester makes this move.
    NotTheRequester,
    /// Only the contract's supervisor, his deputy or the agent in charge follows up (R13).
    NotYourContract { contract: ContractId },
    /// An agent assigns new cases, or within his own level; the rest is the administrator's (R10).
    NotYourLevel { level: SupportLevel },
    /// To take a case one belongs to its group.
    NotYourGroup { group: GroupId },
    /// The procedure does not allow this move in this state.
    WrongState { action: Action, status: StatusName },
    /// Closed is final: what comes after opens a new case.
    AlreadyClosed,
    /// It already has an agent.
    AlreadyTaken { agent: PersonId },
    /// The state lets words for this audience not be said: a provider has never had it.
    NoProviderYet { audience: Audience },
    /// Solving needs an assessment at this level first (R11).
    NotAssessed { level: SupportLevel },
    /// The time in which a solved case may be reopened has ended.
    GraceOver { ended: Timestamp },
    /// The grace has not ended yet.
    GraceRunning { ends: Timestamp },
    /// Rating happens once.
    AlreadyRated,
    /// The time in which the service may be rated has ended.
    RatingOver { ended: Timestamp },
    /// The receipt was already acknowledged.
    AlreadyAcknowledged,
    /// The follow-up is not due, or was already reminded of.
    NoFollowUpDue,
    /// Nothing that time brings is due.
    NothingDue,
    /// That delivery is already recorded.
    AlreadyRecorded,
    /// An escalation goes to the next level only; another level is an assignment (R11).
    LevelNotNext { from: SupportLevel, to: SupportLevel },
    /// The third level escalates to providers only (R11).
    NoLevelAbove,
    /// The group is not of this level.
    GroupNotOfLevel { group: GroupId, level: SupportLevel },
    /// No active group attends this level.
    NoGroupAtLevel { level: SupportLevel },
    /// The person is not an active agent of this group.
    NotAnAgentOf { person: PersonId, group: GroupId },
    /// The contract is not in force today; those of these numbers are, and are for such cases.
    ContractNotInForce { contract: ContractId, instead: Vec<String> },
    /// The contract is not for cases of this service at this level; these are (R6).
    ContractDoesNotCover { contract: ContractId, instead: Vec<String> },
    /// It is already with the same agent, group and level.
    AlreadyThere,
    /// Something needed is absent or out of bounds.
    BadField { field: &'static str, problem: Problem },
    /// A service's question is not answered as it asks.
    BadAnswer { question: String, problem: Problem },
    /// A case is not its own duplicate, nor merged into itself.
    SameCase,
    /// The other case is cancelled or closed, or not to be seen by whoever asks.
    OtherCaseNotOpen,
    /// The requester may not ask for this service.
    ServiceNotOffered,
    /// A deactivated person is not registered for.
    PersonNotActive { person: PersonId },
    /// A security incident is referred, not classified (R10).
    SecurityIsReferred,
    /// Somebody else set it since it was looked at; it is of this version now.
    Stale { version: u64 },
    /// Nobody could administer any more (R8).
    LastAdministrator,
    /// No version of the procedure is in force: nothing can be registered under it (R5).
    NoProcedureInForce,
}

/// What is wrong with something that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    Missing,
    TooLong,
    Unknown,
    Inactive,
    Taken,
    InThePast,
    OutOfRange,
    NotANumber,
    NotYesOrNo,
    NotAnOption,
    Malformed,
    /// Something that is in force still needs it.
    InUse,
}

impl Refusal {
    /// The stable code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotYourRole { .. } => "not-your-role",
            Refusal::NotYourCase { .. } => "not-your-case",
            Refusal::NotTheRequester => "not-the-requester",
            Refusal::NotYourContract { .. } => "not-your-contract",
            Refusal::NotYourLevel { .. } => "not-your-level",
            Refusal::NotYourGroup { .. } => "not-your-group",
            Refusal::WrongState { .. } => "wrong-state",
            Refusal::AlreadyClosed => "already-closed",
            Refusal::AlreadyTaken { .. } => "already-taken",
            Refusal::NoProviderYet { .. } => "no-provider-yet",
            Refusal::NotAssessed { .. } => "not-assessed",
            Refusal::GraceOver { .. } => "grace-over",
            Refusal::GraceRunning { .. } => "grace-running",
            Refusal::AlreadyRated => "already-rated",
            Refusal::RatingOver { .. } => "rating-over",
            Refusal::AlreadyAcknowledged => "already-acknowledged",
            Refusal::NoFollowUpDue => "no-follow-up-due",
            Refusal::NothingDue => "nothing-due",
            Refusal::AlreadyRecorded => "already-recorded",
            Refusal::LevelNotNext { .. } => "level-not-next",
            Refusal::NoLevelAbove => "no-level-above",
            Refusal::GroupNotOfLevel { .. } => "group-not-of-level",
            Refusal::NoGroupAtLevel { .. } => "no-group-at-level",
            Refusal::NotAnAgentOf { .. } => "not-an-agent-of",
            Refusal::ContractNotInForce { .. } => "contract-not-in-force",
            Refusal::ContractDoesNotCover { .. } => "contract-does-not-cover",
            Refusal::AlreadyThere => "already-there",
            Refusal::BadField { .. } => "bad-field",
            Refusal::BadAnswer { .. } => "bad-answer",
            Refusal::SameCase => "same-case",
            Refusal::OtherCaseNotOpen => "other-case-not-open",
            Refusal::ServiceNotOffered => "service-not-offered",
            Refusal::PersonNotActive { .. } => "person-not-active",
            Refusal::SecurityIsReferred => "security-is-referred",
            Refusal::Stale { .. } => "stale",
            Refusal::LastAdministrator => "last-administrator",
            Refusal::NoProcedureInForce => "no-procedure-in-force",
        }
    }

    /// What it means for whoever asked.
    pub fn class(&self) -> RefusalClass {
        match self {
            Refusal::NotYourRole { .. }
            | Refusal::NotYourCase { .. }
            | Refusal::NotTheRequester
            | Refusal::NotYourContract { .. }
            | Refusal::NotYourLevel { .. }
            | Refusal::NotYourGroup { .. } => RefusalClass::Forbidden,
            Refusal::WrongState { .. }
            | Refusal::AlreadyClosed
            | Refusal::AlreadyTaken { .. }
            | Refusal::NoProviderYet { .. }
            | Refusal::NotAssessed { .. }
            | Refusal::GraceOver { .. }
            | Refusal::GraceRunning { .. }
            | Refusal::AlreadyRated
            | Refusal::RatingOver { .. }
            | Refusal::AlreadyAcknowledged
            | Refusal::NoFollowUpDue
            | Refusal::NothingDue
            | Refusal::AlreadyRecorded
            | Refusal::Stale { .. }
            | Refusal::LastAdministrator
            | Refusal::NoProcedureInForce => RefusalClass::State,
            _ => RefusalClass::Content,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}
