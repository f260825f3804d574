//! Watchers: people who see what the requester sees. A watcher can only leave by himself.

use super::{Circumstances, active_person, bad};
use crate::{Action, Capacity, Case, Event, PersonId, Problem, Refusal};

pub(super) fn add(
    case: &Case,
    capacity: Capacity,
    person: PersonId,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    if capacity == Capacity::Watcher {
        return Err(Refusal::NotYourRole { action: Action::Watch });
    }
    active_person(person, now.office)?;
    if person == case.requester || case.watchers.contains(&person) {
        return Err(Refusal::AlreadyThere);
    }
    Ok(vec![Event::WatcherAdded { person }])
}

pub(super) fn remove(
    case: &Case,
    capacity: Capacity,
    person: PersonId,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    if capacity == Capacity::Watcher && now.actor.person() != Some(person) {
        return Err(Refusal::NotYourRole { action: Action::Watch });
    }
    if !case.watchers.contains(&person) {
        return Err(bad("person", Problem::Unknown));
    }
    Ok(vec![Event::WatcherRemoved { person }])
}
