//! What can be asked of a case: the rows of the procedure's table of moves, with the words that come along.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Action, Attachment, AttentionMode, Audience, CaseId, Channel, Complexity, ContractId, DepartmentId,
    EvidentialNotice, GroupId, Impact, Kind, Performer, PersonId, ServiceId, SiteId, SupportLevel, Text,
    Urgency, WaitingFor,
};

/// A new request (R7, R9). A kind that is absent is proposed from the service, or is an incident.
#[derive(Debug, Clone)]
pub struct Registration {
    pub channel: Channel,
    pub requester: PersonId,
    pub subject: Text,
    pub description: Text,
    pub details: DetailsGiven,
    pub kind: Option<Kind>,
    pub service: Option<ServiceId>,
    pub impact: Option<Impact>,
    pub urgency: Option<Urgency>,
    pub attachments: Vec<Attachment>,
    /// The closed case of which this is the continuation.
    pub follows: Option<CaseId>,
}

/// What R9 asks for, as somebody gives it. What is absent stays as it was.
#[derive(Debug, Clone, Default)]
pub struct DetailsGiven {
    pub department: Option<DepartmentId>,
    pub site: Option<SiteId>,
    pub place: Option<Text>,
    pub contact_name: Option<Text>,
    pub contact_email: Option<Text>,
    pub contact_phone: Option<Text>,
    pub has_remote_support: Option<bool>,
    pub remote_support_id: Option<Text>,
    pub answers: BTreeMap<String, Text>,
}

/// A move.
#[derive(Debug, Clone)]
pub enum Command {
    /// What is absent stays as it is; a service brings its own kind unless one is said.
    Classify {
        kind: Option<Kind>,
        service: Option<ServiceId>,
        impact: Option<Impact>,
        urgency: Option<Urgency>,
    },
    /// Supplies what the request lacks (R9).
    Complete {
        details: DetailsGiven,
    },
    /// An absent group is the service's, if it is of that level, else the level's first.
    Assign {
        level: SupportLevel,
        group: Option<GroupId>,
        agent: Option<PersonId>,
        reason: Option<Text>,
    },
    Take,
    /// An absent `expected_by` is proposed from the complexity and the working calendar.
    Assess {
        mode: AttentionMode,
        complexity: Complexity,
        expected_by: Option<Timestamp>,
        findings: Text,
    },
    /// Words, files or both.
    Say {
        audience: Audience,
        body: Option<Text>,
        attachments: Vec<Attachment>,
    },
    AddWatcher {
        person: PersonId,
    },
    RemoveWatcher {
        person: PersonId,
    },
    Wait {
        waiting_for: WaitingFor,
        until: Option<Timestamp>,
        reason: Text,
    },
    Resume,
    EscalateToLevel {
        level: SupportLevel,
        agent: Option<PersonId>,
        reason: Text,
    },
    EscalateToProvider {
        contract: ContractId,
        reason: Text,
    },
    FollowUp {
        note: Text,
    },
    ReportFromProvider {
        report: Text,
        solved: bool,
        mode: AttentionMode,
    },
    TakeBack {
        reason: Text,
    },
    Solve {
        activities: Text,
        performed_by: Performer,
    },
    Confirm,
    Reopen {
        reason: Text,
    },
    Close {
        agreed: Text,
    },
    Rate {
        score: u8,
        comment: Option<Text>,
    },
    Refer {
        reason: Text,
    },
    Acknowledge,
    SendBack {
        reason: Text,
    },
    Conclude {
        outcome: Text,
    },
    /// With `duplicate_of`, the other case shows what was said here.
    Cancel {
        reason: Text,
        duplicate_of: Option<CaseId>,
    },
    Merge {
        into: CaseId,
    },
    /// The clock's: the grace has ended.
    CloseByClock,
    /// The clock's: a follow-up fell due.
    RemindFollowUp,
    /// The clock's: promises are about to be broken, or were.
    Warn,
    /// The desk's own: a notice that is evidence has left the building.
    RecordDelivery {
        notice: EvidentialNotice,
        /// The event that it told of.
        event: u64,
    },
    /// The desk's own: such a notice came back.
    RecordBounce {
        notice: EvidentialNotice,
        /// The event that it told of.
        event: u64,
    },
}

impl Command {
    /// The row of the table that this is.
    pub fn action(&self) -> Action {
        match self {
            Command::Classify { .. } => Action::Classify,
            Command::Complete { .. } => Action::Complete,
            Command::Assign { .. } => Action::Assign,
            Command::Take => Action::Take,
            Command::Assess { .. } => Action::Assess,
            Command::Say { audience: Audience::Requester, .. } => Action::MessageRequester,
            Command::Say { audience: Audience::Internal, .. } => Action::MessageInternal,
            Command::Say { audience: Audience::Provider, .. } => Action::MessageProvider,
            Command::AddWatcher { .. } | Command::RemoveWatcher { .. } => Action::Watch,
            Command::Wait { .. } => Action::Wait,
            Command::Resume => Action::Resume,
            Command::EscalateToLevel { .. } => Action::EscalateToLevel,
            Command::EscalateToProvider { .. } => Action::EscalateToProvider,
            Command::FollowUp { .. } => Action::FollowUp,
            Command::ReportFromProvider { .. } => Action::ReportFromProvider,
            Command::TakeBack { .. } => Action::TakeBack,
            Command::Solve { .. } => Action::Solve,
            Command::Confirm => Action::Confirm,
            Command::Reopen { .. } => Action::Reopen,
            Command::Close { .. } => Action::Close,
            Command::Rate { .. } => Action::Rate,
            Command::Refer { .. } => Action::Refer,
            Command::Acknowledge => Action::Acknowledge,
            Command::SendBack { .. } => Action::SendBack,
            Command::Conclude { .. } => Action::Conclude,
            Command::Cancel { duplicate_of: Some(_), .. } | Command::Merge { .. } => Action::Merge,
            Command::Cancel { .. } => Action::Cancel,
            Command::CloseByClock => Action::CloseByClock,
            Command::RemindFollowUp => Action::RemindFollowUp,
            Command::Warn => Action::Warn,
            Command::RecordDelivery { .. } => Action::RecordDelivery,
            Command::RecordBounce { .. } => Action::RecordBounce,
        }
    }

    /// The other case that this move touches, loaded and written in the same transaction.
    pub fn other_case(&self) -> Option<CaseId> {
        match self {
            Command::Cancel { duplicate_of, .. } => *duplicate_of,
            Command::Merge { into } => Some(*into),
            _ => None,
        }
    }

    /// The words that come along, to be stored beside the events.
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Command::Complete { details } => details.texts(),
            Command::Assign { reason, .. } => reason.iter().collect(),
            Command::Say { body, attachments, .. } => {
                body.iter().chain(attachments.iter().map(|a| &a.name)).collect()
            }
            Command::Assess { findings: text, .. }
            | Command::Wait { reason: text, .. }
            | Command::EscalateToLevel { reason: text, .. }
            | Command::EscalateToProvider { reason: text, .. }
            | Command::FollowUp { note: text }
            | Command::ReportFromProvider { report: text, .. }
            | Command::TakeBack { reason: text }
            | Command::Solve { activities: text, .. }
            | Command::Reopen { reason: text }
            | Command::Close { agreed: text }
            | Command::Refer { reason: text }
            | Command::SendBack { reason: text }
            | Command::Conclude { outcome: text }
            | Command::Cancel { reason: text, .. } => vec![text],
            Command::Rate { comment, .. } => comment.iter().collect(),
            Command::Classify { .. }
            | Command::Take
            | Command::AddWatcher { .. }
            | Command::RemoveWatcher { .. }
            | Command::Resume
            | Command::Confirm
            | Command::Acknowledge
            | Command::Merge { .. }
            | Command::CloseByClock
            | Command::RemindFollowUp
            | Command::Warn
            | Command::RecordDelivery { .. }
            | Command::RecordBounce { .. } => Vec::new(),
        }
    }
}

impl DetailsGiven {
    /// The words among the details.
    pub fn texts(&self) -> Vec<&Text> {
        [&self.place, &self.contact_name, &self.contact_email, &self.contact_phone, &self.remote_support_id]
            .into_iter()
            .flatten()
            .chain(self.answers.values())
            .collect()
    }
}

impl Registration {
    /// The words that come along, to be stored beside the event.
    pub fn texts(&self) -> Vec<&Text> {
        let mut texts = vec![&self.subject, &self.description];
        texts.extend(self.details.texts());
        texts.extend(self.attachments.iter().map(|attachment| &attachment.name));
        texts
    }
}
