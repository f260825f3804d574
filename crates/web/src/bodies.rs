//! What comes along with each move, as programs send it and forms fill it in; and the command that it makes.

use atiende_desk::Salter;
use atiende_procedure::office::Office;
use atiende_procedure::{
    AttentionMode, Audience, CaseId, Command, Complexity, ContractId, GroupId, Impact, Kind, Performer,
    PersonId, Problem, Refusal, SupportLevel, Text, Urgency, WaitingFor,
};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::lenient::{given, maybe, yes_no};

/// What a body needs to become a command.
pub(crate) struct Making<'a> {
    pub(crate) salter: Salter,
    pub(crate) office: &'a Office,
    /// The other case that the body names by number, looked up.
    pub(crate) other: Option<CaseId>,
}

impl Making<'_> {
    /// Words; absent ones are empty and the rules refuse them with the field's name.
    fn text(&self, words: &str) -> Text {
        self.salter.text(words)
    }

    fn text_if_any(&self, words: Option<&str>) -> Option<Text> {
        self.salter.text_if_any(words)
    }

    /// An instant with its offset, or a wall-clock time of the office.
    pub(crate) fn instant(
        &self,
        field: &'static str,
        words: Option<&str>,
    ) -> Result<Option<Timestamp>, Refusal> {
        let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) else { return Ok(None) };
        let wall = |words: &str| {
            let wall: DateTime = words.parse().ok()?;
            self.office.settings.calendar.zone().to_ambiguous_timestamp(wall).compatible().ok()
        };
        let instant = words.parse().ok().or_else(|| wall(words));
        let micros = instant
            .map(|at: Timestamp| at.as_microsecond())
            .and_then(|at| Timestamp::from_microsecond(at).ok());
        micros.map(Some).ok_or(Refusal::BadField { field, problem: Problem::Malformed })
    }

    /// A group by its code or its id.
    fn group(&self, named: Option<&str>) -> Result<Option<GroupId>, Refusal> {
        let Some(named) = named.map(str::trim).filter(|named| !named.is_empty()) else { return Ok(None) };
        let by_code = self.office.group_by_code(named).map(|group| group.id);
        let by_id = || named.parse().ok().map(GroupId).filter(|id| self.office.groups.contains_key(id));
        by_code
            .or_else(by_id)
            .map(Some)
            .ok_or(Refusal::BadField { field: "group", problem: Problem::Unknown })
    }
}

/// A body that becomes a command.
pub(crate) trait Body: serde::de::DeserializeOwned {
    /// The command, with its words bound to fresh salts.
    fn command(self, making: &Making) -> Result<Command, Refusal>;

    /// The number of the other case that it names.
    fn other(&self) -> Option<&str> {
        None
    }
}

/// Declares the bodies that carry nothing.
macro_rules! bare {
    ($($(#[$meta:meta])* $name:ident => $command:expr),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Deserialize, ToSchema)]
        pub(crate) struct $name {}
        impl Body for $name {
            fn command(self, _: &Making) -> Result<Command, Refusal> {
                Ok($command)
            }
        }
    )+};
}

bare! {
    /// Takes the case.
    Taking => Command::Take,
    /// Goes on with the work.
    Resumption => Command::Resume,
    /// It is well.
    Confirmation => Command::Confirm,
    /// The security officer has received it.
    Acknowledging => Command::Acknowledge,
}

/// What it is about. What is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Classification {
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    kind: Option<Kind>,
    /// A code of the catalogue.
    #[serde(default)]
    service: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    impact: Option<Impact>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
}

impl Body for Classification {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let Classification { kind, service, impact, urgency } = self;
        let service = match service.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => Some(
                making
                    .office
                    .service_by_code(code)
                    .ok_or(Refusal::BadField { field: "service", problem: Problem::Unknown })?
                    .id,
            ),
            None => None,
        };
        Ok(Command::Classify { kind, service, impact, urgency })
    }
}

/// Where it goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Assignment {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, example = "first")]
    level: SupportLevel,
    /// A group's code or id.
    #[serde(default, deserialize_with = "maybe")]
    group: Option<String>,
    /// A person's id.
    #[serde(default, deserialize_with = "maybe")]
    assignee: Option<i64>,
    /// Required when it already was assigned.
    #[serde(default)]
    reason: Option<String>,
}

impl Body for Assignment {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let group = making.group(self.group.as_deref())?;
        let reason = making.text_if_any(self.reason.as_deref());
        Ok(Command::Assign { level: self.level, group, agent: self.assignee.map(PersonId), reason })
    }
}

/// The agent's judgement before he attends.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AssessmentBody {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, example = "remote")]
    mode: AttentionMode,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, example = "low")]
    complexity: Complexity,
    /// RFC 3339; absent, it is proposed from the complexity.
    #[serde(default)]
    expected_by: Option<String>,
    #[serde(default)]
    findings: String,
}

impl Body for AssessmentBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let expected_by = making.instant("expected_by", self.expected_by.as_deref())?;
        let findings = making.text(&self.findings);
        Ok(Command::Assess { mode: self.mode, complexity: self.complexity, expected_by, findings })
    }
}

/// Words for somebody.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MessageBody {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, example = "requester")]
    audience: Audience,
    #[serde(default)]
    body: String,
}

impl Body for MessageBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let body = making.text_if_any(Some(&self.body));
        Ok(Command::Say { audience: self.audience, body, attachments: Vec::new() })
    }
}

/// What the work waits for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Wait {
    #[serde(rename = "for", deserialize_with = "given")]
    #[schema(value_type = String, example = "requester")]
    waiting_for: WaitingFor,
    /// RFC 3339.
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    reason: String,
}

impl Body for Wait {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let until = making.instant("until", self.until.as_deref())?;
        Ok(Command::Wait { waiting_for: self.waiting_for, until, reason: making.text(&self.reason) })
    }
}

/// To the next level or to a provider.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Escalation {
    /// `second`, `third` or `provider`.
    to: String,
    /// A contract's id, for a provider.
    #[serde(default, deserialize_with = "maybe")]
    contract: Option<i64>,
    /// A person's id, for a level.
    #[serde(default, deserialize_with = "maybe")]
    assignee: Option<i64>,
    #[serde(default)]
    reason: String,
}

impl Body for Escalation {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let reason = making.text(&self.reason);
        if self.to == "provider" {
            let missing = Refusal::BadField { field: "contract", problem: Problem::Missing };
            return Ok(Command::EscalateToProvider {
                contract: ContractId(self.contract.ok_or(missing)?),
                reason,
            });
        }
        let level =
            self.to.parse().map_err(|_| Refusal::BadField { field: "to", problem: Problem::Unknown })?;
        Ok(Command::EscalateToLevel { level, agent: self.assignee.map(PersonId), reason })
    }
}

/// What a follow-up found.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FollowUpBody {
    #[serde(default)]
    note: String,
}

impl Body for FollowUpBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        Ok(Command::FollowUp { note: making.text(&self.note) })
    }
}

/// What the provider says that it did.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProviderReport {
    #[serde(default)]
    report: String,
    #[serde(default, deserialize_with = "yes_no")]
    solved: Option<bool>,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>, example = "on_site")]
    mode: Option<AttentionMode>,
}

impl Body for ProviderReport {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let solved = self.solved.ok_or(Refusal::BadField { field: "solved", problem: Problem::Missing })?;
        let mode = self.mode.unwrap_or(AttentionMode::ByProvider);
        Ok(Command::ReportFromProvider { report: making.text(&self.report), solved, mode })
    }
}

/// What was done and by whom.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SolutionBody {
    #[serde(default)]
    activities: String,
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>, example = "agent")]
    performed_by: Option<Performer>,
}

impl Body for SolutionBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let performed_by = self.performed_by.unwrap_or(Performer::Agent);
        Ok(Command::Solve { activities: making.text(&self.activities), performed_by })
    }
}

/// Declares the bodies that carry one text.
macro_rules! one_text {
    ($($(#[$meta:meta])* $name:ident { $field:ident } => |$text:ident| $command:expr),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Deserialize, ToSchema)]
        pub(crate) struct $name {
            #[serde(default)]
            $field: String,
        }
        impl Body for $name {
            fn command(self, making: &Making) -> Result<Command, Refusal> {
                let $text = making.text(&self.$field);
                Ok($command)
            }
        }
    )+};
}

one_text! {
    /// Why it comes back from the provider.
    ProviderReturn { reason } => |reason| Command::TakeBack { reason },
    /// Why it is not solved after all.
    Reopening { reason } => |reason| Command::Reopen { reason },
    /// How the requester agreed to the closing.
    Closure { agreed } => |agreed| Command::Close { agreed },
    /// Why it is a security incident.
    Referral { reason } => |reason| Command::Refer { reason },
    /// Why it is none.
    SendBackBody { reason } => |reason| Command::SendBack { reason },
    /// How the security incident ended.
    Conclusion { outcome } => |outcome| Command::Conclude { outcome },
}

/// How the service was.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SurveyBody {
    /// 1 to 5.
    #[serde(default, deserialize_with = "maybe")]
    score: Option<u8>,
    #[serde(default)]
    comment: Option<String>,
}

impl Body for SurveyBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let score = self.score.ok_or(Refusal::BadField { field: "score", problem: Problem::Missing })?;
        Ok(Command::Rate { score, comment: making.text_if_any(self.comment.as_deref()) })
    }
}

/// Why it will not be attended.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CancellationBody {
    #[serde(default)]
    reason: String,
    /// The number of the case that already asks for it.
    #[serde(default, deserialize_with = "maybe")]
    duplicate_of: Option<String>,
}

impl Body for CancellationBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        if self.duplicate_of.is_some() && making.other.is_none() {
            return Err(Refusal::OtherCaseNotOpen);
        }
        Ok(Command::Cancel { reason: making.text(&self.reason), duplicate_of: making.other })
    }

    fn other(&self) -> Option<&str> {
        self.duplicate_of.as_deref()
    }
}

/// The case that this one becomes part of.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Merger {
    /// Its number.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String)]
    into: String,
}

impl Body for Merger {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        making.other.map(|into| Command::Merge { into }).ok_or(Refusal::OtherCaseNotOpen)
    }

    fn other(&self) -> Option<&str> {
        Some(&self.into)
    }
}

/// Somebody who will see what the requester sees, or no longer.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct WatcherBody {
    /// A person's id.
    #[serde(default, deserialize_with = "maybe")]
    person: Option<i64>,
    /// Or his e-mail.
    #[serde(default)]
    email: Option<String>,
    #[serde(default, deserialize_with = "yes_no")]
    remove: Option<bool>,
}

impl Body for WatcherBody {
    fn command(self, making: &Making) -> Result<Command, Refusal> {
        let by_email = self.email.as_deref().and_then(|email| making.office.person_by_email(email));
        let person = self.person.map(PersonId).or(by_email.map(|person| person.id));
        let person = person.ok_or(Refusal::BadField { field: "email", problem: Problem::Unknown })?;
        Ok(match self.remove {
            Some(true) => Command::RemoveWatcher { person },
            _ => Command::AddWatcher { person },
        })
    }
}
