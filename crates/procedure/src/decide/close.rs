//! Activity 8, second half: the requester confirms or reopens, or the grace ends (R14).

use super::{Circumstances, LONGEST_TEXT, words};
use crate::{Action, Case, Closing, Event, Refusal, Role, Text, Work};

pub(super) fn confirm() -> Vec<Event> {
    vec![Event::Confirmed, Event::Closed { how: Closing::Confirmed }]
}

/// Back to who solved it; to his group when he attends there no more.
pub(super) fn reopen(case: &Case, reason: &Text, now: &Circumstances) -> Result<Vec<Event>, Refusal> {
    let work = *case
        .status
        .work()
        .ok_or(Refusal::WrongState { action: Action::Reopen, status: case.status.name() })?;
    let reason = words("reason", reason, LONGEST_TEXT)?;
    let mut events = vec![Event::Reopened { reason, work }];
    let solver = now.office.people.get(&work.agent);
    if !solver.is_some_and(|person| person.is(Role::Agent) && person.groups.contains(&work.group)) {
        let Work { level, group, .. } = work;
        events.push(Event::Assigned { level, group, agent: None, reason: None });
    }
    Ok(events)
}

pub(super) fn close(agreed: &Text) -> Result<Vec<Event>, Refusal> {
    let agreed = words("agreed", agreed, LONGEST_TEXT)?;
    Ok(vec![Event::Closed { how: Closing::Agreed { agreed } }])
}

pub(super) fn by_clock() -> Vec<Event> {
    vec![Event::Closed { how: Closing::GraceEnded }]
}
