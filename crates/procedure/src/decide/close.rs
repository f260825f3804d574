//! Activity 8, second half: the requester confirms or reopens, or the grace ends (R14).

use super::{LONGEST_TEXT, words};
use crate::{Action, Case, Closing, Event, Refusal, Text};

pub(super) fn confirm() -> Vec<Event> {
    vec![Event::Confirmed, Event::Closed { how: Closing::Confirmed }]
}

pub(super) fn reopen(case: &Case, reason: &Text) -> Result<Vec<Event>, Refusal> {
    let work = *case
        .status
        .work()
        .ok_or(Refusal::WrongState { action: Action::Reopen, status: case.status.name() })?;
    Ok(vec![Event::Reopened { reason: words("reason", reason, LONGEST_TEXT)?, work }])
}

pub(super) fn close(agreed: &Text) -> Result<Vec<Event>, Refusal> {
    let agreed = words("agreed", agreed, LONGEST_TEXT)?;
    Ok(vec![Event::Closed { how: Closing::Agreed { agreed } }])
}

pub(super) fn by_clock() -> Vec<Event> {
    vec![Event::Closed { how: Closing::GraceEnded }]
}
