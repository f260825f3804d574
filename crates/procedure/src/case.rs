//! The case: what is true of a request now. It is the sum of its events and nothing else.

mod apply;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sla::{Promise, ProviderPromise, Standstill, Warned};
use crate::{
    Actor, AttentionMode, CaseId, CaseNumber, Channel, Complexity, ContractId, DepartmentId, Impact, Kind,
    Performer, PersonId, Priority, ServiceId, SiteId, Status, SupportLevel, TextRef, Urgency, VersionId,
    Work,
};

/// A request for support and all that was done about it (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The stream of its events.
    pub id: CaseId,
    /// What people call it.
    pub number: CaseNumber,
    /// How many events it has; also guards against two people moving it at once.
    pub version: u64,
    /// The version of the procedure under which it was opened, for good (R5).
    pub procedure: VersionId,
    pub channel: Channel,
    pub kind: Kind,
    pub service: Option<ServiceId>,
    pub impact: Impact,
    pub urgency: Urgency,
    pub requester: PersonId,
    /// Who registered it, when it was not the requester.
    pub opened_by: Option<Actor>,
    pub opened_at: Timestamp,
    pub changed_at: Timestamp,
    pub subject: TextRef,
    pub description: TextRef,
    /// What R9 asks for, as far as it is known.
    pub details: Details,
    /// People who see what the requester sees.
    pub watchers: BTreeSet<PersonId>,
    pub status: Status,
    /// Belongs to the security procedure, or did when it was closed: only its officers and its requester see it (R10).
    pub security: bool,
    /// The assessment at the level that has it now; each level assesses anew (R11).
    pub assessment: Option<Assessment>,
    /// Whether it came to its level by escalation; the waiting time is then longer (R11).
    pub escalated: bool,
    /// What the requester was told to expect (R11).
    pub expected_by: Option<Timestamp>,
    /// Every turn with a provider, oldest first (R12, R13).
    pub providers: Vec<ProviderTurn>,
    /// The last solution, kept when the case is reopened.
    pub solution: Option<Solution>,
    pub survey: Option<Survey>,
    /// The closed case that this one follows.
    pub follows: Option<CaseId>,
    /// Cases merged into this one or marked as its duplicates: what was said there shows here.
    pub absorbed: BTreeSet<CaseId>,
    /// When it last was reopened.
    pub reopened_at: Option<Timestamp>,
    /// What the desk promised for it (R3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// When somebody in particular first had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Timestamp>,
    /// When the desk first answered its requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it stood still, oldest first; the last may still last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standstills: Vec<Standstill>,
    /// Whose attention was drawn to what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<Warned>,
}

/// What a request must say (R9). All of it may come later when it comes by mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub department: Option<DepartmentId>,
    pub site: Option<SiteId>,
    /// The spot inside the site: floor, desk.
    pub place: Option<TextRef>,
    pub contact: ContactRef,
    /// Whether the requester says that he has remote-support software; its ID is then required.
    pub has_remote_support: Option<bool>,
    pub remote_support_id: Option<TextRef>,
    /// Answers to the service's own questions, by the question's code.
    pub answers: BTreeMap<String, TextRef>,
}

/// How to reach the requester about this case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRef {
    pub name: Option<TextRef>,
    pub email: Option<TextRef>,
    pub phone: Option<TextRef>,
}

/// The agent's judgement before he attends (R11; control point of activities 3 to 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub level: SupportLevel,
    pub mode: AttentionMode,
    pub complexity: Complexity,
    pub findings: TextRef,
    pub by: Actor,
    pub at: Timestamp,
}

/// One stay with a provider, from the escalation to its report or the return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTurn {
    pub contract: ContractId,
    /// The escalation that began it.
    pub event: u64,
    pub since: Timestamp,
    /// When the request to the provider had left the building.
    pub told_at: Option<Timestamp>,
    /// When it reported the work solved or the case was taken back.
    pub ended: Option<Timestamp>,
    /// Follow-ups made during and after it, until solved (R13).
    pub follow_ups: u32,
    pub last_follow_up: Option<Timestamp>,
    /// When the next follow-up is due; none once the case is solved.
    pub follow_up_due: Option<Timestamp>,
    /// Whether the supervisor has been reminded of the one that is due.
    pub reminded: bool,
    /// What the provider promised by its contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<ProviderPromise>,
    /// When it first answered in this turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Whether the turn ended with its report that the work is solved.
    #[serde(default)]
    pub reported: bool,
    /// Whether it goes on with the turn before, whose report was not accepted: so does its clock.
    #[serde(default)]
    pub continues: bool,
}

/// What was done and by whom (R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    pub activities: TextRef,
    pub performed_by: Performer,
    pub work: Work,
    pub by: Actor,
    pub at: Timestamp,
    /// The event that holds it.
    pub event: u64,
    /// When the notice that says so had left the building.
    pub told_at: Option<Timestamp>,
}

/// The requester's judgement of the service (R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    pub comment: Option<TextRef>,
    pub at: Timestamp,
}

impl Case {
    /// The order in which it is attended.
    pub fn priority(&self) -> Priority {
        Priority::of(self.impact, self.urgency)
    }

    /// The turn with a provider that the supervisor must still follow: the last one, until the case is solved (R13).
    pub fn followed_turn(&self) -> Option<&ProviderTurn> {
        self.providers.last().filter(|turn| turn.follow_up_due.is_some())
    }
}
