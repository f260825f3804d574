//! People, their roles and groups: who may do what, and who stands where (R8).

use super::checks::{bad, check_email, given, line, named, next, unique, unknown};
use crate::office::{Change, Group, Office, OfficeEvent, Profile};
use crate::{Circumstances, GroupId, PersonId, Problem, Refusal, Role, Text};

/// Somebody as he is from now on, and his profile as a text.
pub(super) fn set_person(
    office: &Office,
    change: &Change,
    now: &Circumstances,
) -> Result<(OfficeEvent, Text), Refusal> {
    let Change::SetPerson { id, profile, salt, roles, groups, active } = change else {
        return Err(unknown("person"));
    };
    let person = id.unwrap_or_else(|| PersonId(next(&office.people, |id| id.0)));
    if id.is_some() && !office.people.contains_key(&person) {
        return Err(unknown("person"));
    }
    check_profile(office, person, profile)?;
    check_groups(office, roles, groups)?;
    keeps_an_administrator(office, person, roles, *active)?;
    keeps_supervisors(office, person, roles, *active, now)?;
    let text = Text::new(*salt, serde_json::to_string(profile).unwrap_or_default());
    let (mut roles, mut groups) = (roles.clone(), groups.clone());
    roles.sort_unstable();
    roles.dedup();
    groups.sort_unstable();
    groups.dedup();
    let event = OfficeEvent::PersonSet { person, profile: text.reference(), roles, groups, active: *active };
    Ok((event, text))
}

/// Somebody new of the agency, with no role: all that the desk adds by itself.
pub(super) fn is_new_requester(office: &Office, change: &Change) -> bool {
    let Change::SetPerson { id: None, profile, roles, groups, active: true, .. } = change else {
        return false;
    };
    roles.is_empty() && groups.is_empty() && office.is_own_domain(&profile.email)
}

/// A group keeps the level of the services that propose it, and stays while they do.
pub(super) fn set_group(office: &Office, group: &Group) -> Result<OfficeEvent, Refusal> {
    let mut group = group.clone();
    named(&group.name)?;
    group.id = GroupId(given(group.id.0, &office.groups, |id| id.0)?);
    unique("code", &group.code, office.groups.values().filter(|g| g.id != group.id).map(|g| &g.code))?;
    if !group.email.is_empty() {
        check_email("email", &group.email)?;
    }
    let mut services = office.services.values().filter(|s| s.active && s.group == group.id);
    if services.any(|service| !group.active || service.level != group.level) {
        return Err(bad(if group.active { "level" } else { "active" }, Problem::InUse));
    }
    Ok(OfficeEvent::GroupSet { group })
}

fn check_profile(office: &Office, person: PersonId, profile: &Profile) -> Result<(), Refusal> {
    named(&profile.name)?;
    check_email("email", &profile.email)?;
    for (field, words) in [("phone", &profile.phone), ("job", &profile.job), ("place", &profile.place)] {
        line(field, words)?;
    }
    if office.person_by_email(&profile.email).is_some_and(|other| other.id != person) {
        return Err(bad("email", Problem::Taken));
    }
    if profile.department.is_some_and(|id| !office.departments.contains_key(&id)) {
        return Err(unknown("department"));
    }
    if profile.site.is_some_and(|id| !office.sites.contains_key(&id)) {
        return Err(unknown("site"));
    }
    Ok(())
}

fn check_groups(office: &Office, roles: &[Role], groups: &[GroupId]) -> Result<(), Refusal> {
    if groups.iter().any(|id| !office.groups.contains_key(id)) {
        return Err(unknown("groups"));
    }
    let agent = roles.contains(&Role::Agent);
    if agent && groups.is_empty() { Err(bad("groups", Problem::Missing)) } else { Ok(()) }
}

/// Somebody must remain who can administer, once there is anybody (R8).
fn keeps_an_administrator(
    office: &Office,
    person: PersonId,
    roles: &[Role],
    active: bool,
) -> Result<(), Refusal> {
    let was = office.people.get(&person).is_some_and(|person| person.is(Role::SystemAdministrator));
    let stays = active && roles.contains(&Role::SystemAdministrator);
    let others = || office.people.values().any(|p| p.id != person && p.is(Role::SystemAdministrator));
    if was && !stays && !others() { Err(Refusal::LastAdministrator) } else { Ok(()) }
}

/// A contract in force always has somebody who follows it up (R13): another is named first.
fn keeps_supervisors(
    office: &Office,
    person: PersonId,
    roles: &[Role],
    active: bool,
    now: &Circumstances,
) -> Result<(), Refusal> {
    if active && roles.contains(&Role::ContractSupervisor) {
        return Ok(());
    }
    let today = office.settings.calendar.day_of(now.now);
    let mut contracts =
        office.contracts.values().filter(|contract| contract.active && contract.ends >= today);
    match contracts.any(|contract| contract.is_supervised_by(person)) {
        true => Err(bad("roles", Problem::InUse)),
        false => Ok(()),
    }
}
