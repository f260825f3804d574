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
    let pending = match notice {
        EvidentialNotice::Solved => {
            case.solution.iter().any(|solution| solution.event == event && solution.told_at.is_none())
        }
        EvidentialNotice::ProviderRequest => {
            case.providers.iter().any(|turn| turn.event == event && turn.told_at.is_none())
        }
    };
    if pending { Ok(vec![Event::Delivered { notice, event }]) } else { Err(Refusal::AlreadyRecorded) }
}
