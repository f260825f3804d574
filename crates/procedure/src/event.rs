//! What has happened to a case. Events are facts in the past tense: stored for ever, never changed, holding no words
//! that people wrote but their commitments.

mod audience;
mod stored;

pub use stored::Unreadable;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::Details;
use crate::sla::{Attendant, ClockName, Promise, ProviderPromise};
use crate::{
    Acted, AttachmentRef, AttentionMode, Audience, Cancellation, CaseId, CaseNumber, Channel, CommandId,
    Complexity, ContractId, GroupId, Impact, Kind, Performer, PersonId, ServiceId, SupportLevel, TextRef,
    Urgency, VersionId, WaitingFor, Work,
};

/// An event with its place in the case's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// 1 for the first of its case.
    pub sequence: u64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub acted: Acted,
    /// The attempt that brought it; events of one command share it.
    pub command: CommandId,
    pub event: Event,
}

/// Something that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Registered(Box<Registered>),
    Classified {
        kind: Kind,
        service: Option<ServiceId>,
        impact: Impact,
        urgency: Urgency,
    },
    /// What R9 or the service's questions ask for has been supplied; holds the details as they then are.
    Completed {
        details: Details,
    },
    Assigned {
        level: SupportLevel,
        group: GroupId,
        agent: Option<PersonId>,
        reason: Option<TextRef>,
    },
    Taken,
    Assessed {
        level: SupportLevel,
        mode: AttentionMode,
        complexity: Complexity,
        findings: TextRef,
    },
    /// The waiting time that the requester is told (R11).
    ExpectedBy {
        at: Timestamp,
    },
    Said {
        audience: Audience,
        /// Whose thread it is in, when it is for or from a provider.
        contract: Option<ContractId>,
        body: Option<TextRef>,
        attachments: Vec<AttachmentRef>,
    },
    WatcherAdded {
        person: PersonId,
    },
    WatcherRemoved {
        person: PersonId,
    },
    Waited {
        waiting_for: WaitingFor,
        until: Option<Timestamp>,
        reason: TextRef,
    },
    Resumed,
    EscalatedToLevel {
        level: SupportLevel,
        group: GroupId,
        agent: Option<PersonId>,
        reason: TextRef,
    },
    EscalatedToProvider {
        contract: ContractId,
        reason: TextRef,
        follow_up_due: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<ProviderPromise>,
    },
    FollowedUp {
        contract: ContractId,
        note: TextRef,
        next_due: Timestamp,
    },
    /// The supervisor was reminded: the follow-up of this instant was not made (R13).
    FollowUpFellDue {
        contract: ContractId,
        due: Timestamp,
    },
    ProviderReported {
        contract: ContractId,
        report: TextRef,
        solved: bool,
        mode: AttentionMode,
    },
    TakenBack {
        contract: ContractId,
        reason: TextRef,
    },
    Solved {
        activities: TextRef,
        performed_by: Performer,
        grace_ends: Timestamp,
    },
    Confirmed,
    Reopened {
        reason: TextRef,
        work: Work,
    },
    Closed {
        how: Closing,
    },
    Rated {
        score: u8,
        comment: Option<TextRef>,
    },
    Referred {
        reason: TextRef,
    },
    Acknowledged,
    SentBack {
        reason: TextRef,
    },
    Concluded {
        outcome: TextRef,
    },
    Cancelled {
        why: Cancellation,
        reason: Option<TextRef>,
    },
    /// Another case became part of this one.
    Absorbed {
        case: CaseId,
        number: CaseNumber,
    },
    /// A notice that is evidence has left the building (R12, R14).
    Delivered {
        notice: EvidentialNotice,
        /// The event that it told of.
        event: u64,
    },
    /// What the desk promises for it by the agreement that holds (R3); absent when none does any more.
    Promised {
        promise: Option<Box<Promise>>,
    },
    /// Somebody's attention was drawn to a promise before or when it was broken.
    Warned {
        clock: ClockName,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contract: Option<ContractId>,
        percent: u16,
        to: Attendant,
        /// When the time was to be used up, as that was known then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
    },
    /// That notice came back: whoever it was for does not know.
    Bounced {
        notice: EvidentialNotice,
        /// The event that it told of.
        event: u64,
    },
}

/// The request as it entered (R9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub case: CaseId,
    pub number: CaseNumber,
    pub procedure: VersionId,
    pub channel: Channel,
    pub requester: PersonId,
    pub subject: TextRef,
    pub description: TextRef,
    pub details: Details,
    pub kind: Kind,
    pub service: Option<ServiceId>,
    pub impact: Impact,
    pub urgency: Urgency,
    pub attachments: Vec<AttachmentRef>,
    pub follows: Option<CaseId>,
}

/// How a solved case came to be closed (R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Closing {
    /// The requester said that it is well.
    Confirmed,
    /// The grace ended without a word; with a grace of 0 that is at once.
    GraceEnded,
    /// The desk closed it before, and says how the requester agreed.
    Agreed { agreed: TextRef },
}

/// The notices whose delivery is evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidentialNotice {
    /// The requester was told that it is solved and asked about the service (activity 8).
    Solved,
    /// The provider received the request (activity 6).
    ProviderRequest,
}
