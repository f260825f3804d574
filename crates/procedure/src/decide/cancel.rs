//! Cases that will not be attended by themselves: withdrawn, duplicates, merged. Nothing is deleted.

use super::{Circumstances, LONGEST_TEXT, words};
use crate::permission::Scope;
use crate::{Cancellation, Case, CaseId, Event, Refusal, StatusName, Text};

/// What happens to this case, and what to the other.
type Both = (Vec<Event>, Vec<Event>);

pub(super) fn cancel(
    case: &Case,
    reason: &Text,
    duplicate_of: Option<CaseId>,
    now: &Circumstances,
) -> Result<Both, Refusal> {
    let reason = Some(words("reason", reason, LONGEST_TEXT)?);
    match duplicate_of {
        None => Ok((vec![Event::Cancelled { why: Cancellation::Withdrawn, reason }], Vec::new())),
        Some(id) => {
            let other = other_case(case, id, now)?;
            let why = Cancellation::DuplicateOf { number: other.number.clone() };
            Ok((vec![Event::Cancelled { why, reason }], vec![absorbed(case)]))
        }
    }
}

pub(super) fn merge(case: &Case, into: CaseId, now: &Circumstances) -> Result<Both, Refusal> {
    let other = other_case(case, into, now)?;
    if !other.status.name().is_open() {
        return Err(Refusal::OtherCaseNotOpen);
    }
    let why = Cancellation::MergedInto { number: other.number.clone() };
    Ok((vec![Event::Cancelled { why, reason: None }], vec![absorbed(case)]))
}

fn absorbed(case: &Case) -> Event {
    Event::Absorbed { case: case.id, number: case.number.clone() }
}

/// The other case: another one, seen by whoever asks, on the desk, and not itself part of a third.
fn other_case<'a>(case: &Case, id: CaseId, now: &Circumstances<'a>) -> Result<&'a Case, Refusal> {
    if id == case.id {
        return Err(Refusal::SameCase);
    }
    let scope = Scope::of(now.actor, now.office);
    now.other
        .filter(|other| other.id == id && scope.contains(other))
        .filter(|other| !other.security && other.status.name() != StatusName::Cancelled)
        .ok_or(Refusal::OtherCaseNotOpen)
}
