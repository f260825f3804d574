//! Activity 8, first half: it is done; the requester is told what was done and by whom, and asked how it was (R14).

use super::{Circumstances, LONGEST_TEXT, bad, words};
use crate::{Case, Closing, Event, EvidentialNotice, Performer, Problem, Refusal, Text};

pub(super) fn solve(
    case: &Case,
    activities: &Text,
    performed_by: Performer,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let activities = words("activities", activities, LONGEST_TEXT)?;
    if performed_by == Performer::Provider && case.providers.is_empty() {
        return Err(bad("performed_by", Problem::OutOfRange));
    }
    let settings = &now.office.settings;
    if settings.grace_days == 0 {
        let solved = Event::Solved { activities, performed_by, grace_ends: now.now };
        return Ok(vec![solved, Event::Closed { how: Closing::GraceEnded }]);
    }
    let grace_ends = settings.calendar.after_working_days(now.now, settings.grace_days);
    Ok(vec![Event::Solved { activities, performed_by, grace_ends }])
}

/// The notice that says so has left the building: a record, not a belief.
pub(super) fn record_delivery(
    case: &Case,
    notice: EvidentialNotice,
    event: u64,
) -> Result<Vec<Event>, Refusal> {
    match told(case, notice, event) {
        Some(false) => Ok(vec![Event::Delivered { notice, event }]),
        _ => Err(Refusal::AlreadyRecorded),
    }
}

/// It came back: whoever it was for has not been told after all.
pub(super) fn record_bounce(
    case: &Case,
    notice: EvidentialNotice,
    event: u64,
) -> Result<Vec<Event>, Refusal> {
    match told(case, notice, event) {
        Some(true) => Ok(vec![Event::Bounced { notice, event }]),
        _ => Err(Refusal::AlreadyRecorded),
    }
}

/// Whether the notice of this event is known to have arrived; nothing when the case has long moved on from it.
fn told(case: &Case, notice: EvidentialNotice, event: u64) -> Option<bool> {
    let told_at = match notice {
        EvidentialNotice::Solved => {
            case.solution.iter().find(|solution| solution.event == event).map(|solution| solution.told_at)
        }
        EvidentialNotice::ProviderRequest => {
            case.providers.iter().find(|turn| turn.event == event).map(|turn| turn.told_at)
        }
    };
    told_at.map(|at| at.is_some())
}
