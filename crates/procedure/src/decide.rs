//! May it happen, and what then has happened: one file for each command, or for a few that are one conversation.
//!
//! Every decision begins with the table of [`crate::permission`]; what follows it judges what came along.

mod assess;
mod assign;
mod cancel;
mod classify;
mod close;
mod complete;
mod escalate;
mod promise;
mod provider;
mod rate;
mod register;
mod say;
mod security;
mod solve;
mod wait;
mod watch;

pub use register::register;
pub use say::MOST_ATTACHMENTS;

use jiff::Timestamp;

use crate::office::Office;
use crate::permission::permitted;
use crate::{Acted, Actor, Case, Command, Event, Problem, Refusal, Text, TextRef};

/// What a decision needs to know besides the case and the command.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Who asks.
    pub actor: Actor,
    /// When, to the microsecond.
    pub now: Timestamp,
    /// The office as it is at that moment.
    pub office: &'a Office,
    /// The other case of a merge or a duplicate, when the asker may see it.
    pub other: Option<&'a Case>,
}

/// What a command brought about.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Who did it, and in which capacity.
    pub acted: Acted,
    /// What happened to the case, in order.
    pub events: Vec<Event>,
    /// What happened to the other case of a merge or a duplicate.
    pub other: Vec<Event>,
}

/// Decides a command on a case.
///
/// # Errors
/// The refusal says why not, and its class what that means for whoever asked.
pub fn decide(case: &Case, command: &Command, now: &Circumstances) -> Result<Decision, Refusal> {
    let capacity = permitted(case, command.action(), now)?;
    let acted = Acted { by: now.actor, capacity };
    let mut other = Vec::new();
    let events = match command {
        Command::Classify { kind, service, impact, urgency } => {
            classify::classify(case, *kind, *service, *impact, *urgency, now)?
        }
        Command::Complete { details } => complete::complete(case, capacity, details, now)?,
        Command::Assign { level, group, agent, reason } => assign::assign(
            case,
            capacity,
            assign::Target { level: *level, group: *group, agent: *agent },
            reason,
            now,
        )?,
        Command::Take => vec![Event::Taken],
        Command::Assess { mode, complexity, expected_by, findings } => {
            assess::assess(case, *mode, *complexity, *expected_by, findings, now)?
        }
        Command::Say { audience, body, attachments } => say::say(case, acted, *audience, body, attachments)?,
        Command::AddWatcher { person } => watch::add(case, capacity, *person, now)?,
        Command::RemoveWatcher { person } => watch::remove(case, capacity, *person, now)?,
        Command::Wait { waiting_for, until, reason } => wait::wait(*waiting_for, *until, reason, now)?,
        Command::Resume => vec![Event::Resumed],
        Command::EscalateToLevel { level, agent, reason } => {
            escalate::to_level(case, *level, *agent, reason, now)?
        }
        Command::EscalateToProvider { contract, reason } => {
            escalate::to_provider(case, *contract, reason, now)?
        }
        Command::FollowUp { note } => provider::follow_up(case, note, now)?,
        Command::ReportFromProvider { report, solved, mode } => {
            provider::report(case, report, *solved, *mode)?
        }
        Command::TakeBack { reason } => provider::take_back(case, reason)?,
        Command::Solve { activities, performed_by } => solve::solve(case, activities, *performed_by, now)?,
        Command::Confirm => close::confirm(),
        Command::Reopen { reason } => close::reopen(case, reason, now)?,
        Command::Close { agreed } => close::close(agreed)?,
        Command::CloseByClock => close::by_clock(),
        Command::Rate { score, comment } => rate::rate(*score, comment)?,
        Command::Refer { reason } => security::refer(reason)?,
        Command::Acknowledge => vec![Event::Acknowledged],
        Command::SendBack { reason } => security::send_back(case, reason, now)?,
        Command::Conclude { outcome } => security::conclude(outcome)?,
        Command::Cancel { reason, duplicate_of } => {
            let (here, there) = cancel::cancel(case, reason, *duplicate_of, now)?;
            other = there;
            here
        }
        Command::Merge { into } => {
            let (here, there) = cancel::merge(case, *into, now)?;
            other = there;
            here
        }
        Command::RemindFollowUp => provider::remind(case)?,
        Command::Warn => promise::warn(case, now),
        Command::RecordDelivery { notice, event } => solve::record_delivery(case, *notice, *event)?,
        Command::RecordBounce { notice, event } => solve::record_bounce(case, *notice, *event)?,
    };
    Ok(Decision { acted, events, other })
}

/// The longest text that a person writes in one go, in characters.
pub const LONGEST_TEXT: usize = 50_000;

/// The longest line: a subject, a name, a place.
pub const LONGEST_LINE: usize = 250;

/// Words that must be there and fit.
fn words(field: &'static str, text: &Text, longest: usize) -> Result<TextRef, Refusal> {
    if text.body().trim().is_empty() {
        return Err(Refusal::BadField { field, problem: Problem::Missing });
    }
    if text.body().chars().count() > longest {
        return Err(Refusal::BadField { field, problem: Problem::TooLong });
    }
    Ok(text.reference())
}

/// Words that may be absent but must fit.
fn words_if_any(
    field: &'static str,
    text: &Option<Text>,
    longest: usize,
) -> Result<Option<TextRef>, Refusal> {
    match text {
        Some(text) if !text.body().trim().is_empty() => words(field, text, longest).map(Some),
        _ => Ok(None),
    }
}

/// An instant that must lie ahead.
fn ahead(field: &'static str, at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
    match at {
        Some(at) if at <= now => Err(Refusal::BadField { field, problem: Problem::InThePast }),
        at => Ok(at),
    }
}

fn bad(field: &'static str, problem: Problem) -> Refusal {
    Refusal::BadField { field, problem }
}

/// A person who can be named in a case.
fn active_person(id: crate::PersonId, office: &Office) -> Result<(), Refusal> {
    match office.people.get(&id) {
        Some(person) if person.active => Ok(()),
        _ => Err(Refusal::PersonNotActive { person: id }),
    }
}
