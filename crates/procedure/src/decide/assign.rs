//! Activity 2, second half: to a group and a person, at a level (R10).

use super::{Circumstances, LONGEST_TEXT, bad, words, words_if_any};
use crate::office::Office;
use crate::{Capacity, Case, Event, GroupId, PersonId, Problem, Refusal, Role, Status, SupportLevel, Text};

/// Where a case goes.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) level: SupportLevel,
    pub(super) group: Option<GroupId>,
    pub(super) agent: Option<PersonId>,
}

pub(super) fn assign(
    case: &Case,
    capacity: Capacity,
    to: Target,
    reason: &Option<Text>,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    if capacity == Capacity::Agent && case.status.level().is_some_and(|level| level != to.level) {
        return Err(Refusal::NotYourLevel { level: to.level });
    }
    let group = group_for(case, to, now.office)?;
    let reason = match (&case.status, reason) {
        (Status::Registered, reason) => words_if_any("reason", reason, LONGEST_TEXT)?,
        (_, Some(reason)) => Some(words("reason", reason, LONGEST_TEXT)?),
        (_, None) => return Err(bad("reason", Problem::Missing)),
    };
    if let Status::Assigned { level, group: now_in, agent } = case.status
        && (level, now_in, agent) == (to.level, group, to.agent)
    {
        return Err(Refusal::AlreadyThere);
    }
    Ok(vec![Event::Assigned { level: to.level, group, agent: to.agent, reason }])
}

/// The group that takes a case at a level: the one named, else one of the agent named, else the service's if it is of
/// that level, else the level's first. The agent, if any, must be an active agent of it.
pub(super) fn group_for(case: &Case, to: Target, office: &Office) -> Result<GroupId, Refusal> {
    let of_level =
        |id: &GroupId| office.groups.get(id).is_some_and(|group| group.active && group.level == to.level);
    let named = match to.group {
        Some(id) if !office.groups.contains_key(&id) => return Err(bad("group", Problem::Unknown)),
        Some(id) if !of_level(&id) => return Err(Refusal::GroupNotOfLevel { group: id, level: to.level }),
        named => named,
    };
    let agent = match to.agent {
        Some(id) => Some(office.people.get(&id).ok_or(bad("assignee", Problem::Unknown))?),
        None => None,
    };
    let service = || case.service.and_then(|id| office.services.get(&id)).map(|service| service.group);
    let belongs = |id: &GroupId| agent.is_none_or(|agent| agent.groups.contains(id));
    let group = named
        .or_else(|| service().filter(|id| of_level(id) && belongs(id)))
        .or_else(|| agent.and_then(|agent| agent.groups.iter().copied().find(of_level)))
        .or_else(|| office.groups_at(to.level).next().map(|group| group.id))
        .ok_or(Refusal::NoGroupAtLevel { level: to.level })?;
    match agent {
        Some(agent) if !agent.is(Role::Agent) || !agent.groups.contains(&group) => {
            Err(Refusal::NotAnAgentOf { person: agent.id, group })
        }
        _ => Ok(group),
    }
}
