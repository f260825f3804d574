//! Changing the office: who may, and what is refused. Every change is an event with its author (R8).

use std::collections::BTreeMap;

use super::{Change, Office, OfficeEvent, Profile, Token};
use crate::{
    Acted, Action, Actor, Capacity, Circumstances, GroupId, PersonId, Problem, Refusal, Role, Text, TokenId,
};

/// What a change brought about, with the words to be stored beside its events.
pub struct Administered {
    pub acted: Acted,
    pub events: Vec<OfficeEvent>,
    pub texts: Vec<Text>,
}

/// Decides a change of the office. A new thing has the id 0 and is given the next one.
///
/// # Errors
/// See [`Refusal`].
pub fn administer(office: &Office, change: &Change, now: &Circumstances) -> Result<Administered, Refusal> {
    let acted = Acted { by: now.actor, capacity: capacity(office, change, now.actor)? };
    let mut texts = Vec::new();
    let event = match change {
        Change::SetPerson { id, profile, salt, roles, groups, active } => {
            let person = id.unwrap_or_else(|| PersonId(next(&office.people, |id| id.0)));
            if id.is_some() && !office.people.contains_key(&person) {
                return Err(unknown("person"));
            }
            check_profile(office, person, profile)?;
            check_groups(office, roles, groups)?;
            keeps_an_administrator(office, person, roles, *active)?;
            let text = Text::new(*salt, serde_json::to_string(profile).unwrap_or_default());
            let profile = text.reference();
            texts.push(text);
            let (mut roles, groups) = (roles.clone(), groups.clone());
            roles.sort_unstable();
            roles.dedup();
            OfficeEvent::PersonSet { person, profile, roles, groups, active: *active }
        }
        Change::SetGroup(group) => {
            let mut group = group.clone();
            named(&group.name)?;
            group.id = GroupId(given(group.id.0, &office.groups, |id| id.0)?);
            unique(
                "code",
                &group.code,
                office.groups.values().filter(|g| g.id != group.id).map(|g| &g.code),
            )?;
            OfficeEvent::GroupSet { group }
        }
        Change::SetDepartment(department) => {
            let mut department = department.clone();
            named(&department.name)?;
            department.id.0 = given(department.id.0, &office.departments, |id| id.0)?;
            let others = office.departments.values().filter(|d| d.id != department.id);
            unique("code", &department.code, others.map(|d| &d.code))?;
            OfficeEvent::DepartmentSet { department }
        }
        Change::SetSite(site) => {
            let mut site = site.clone();
            named(&site.name)?;
            site.id.0 = given(site.id.0, &office.sites, |id| id.0)?;
            unique("code", &site.code, office.sites.values().filter(|s| s.id != site.id).map(|s| &s.code))?;
            OfficeEvent::SiteSet { site }
        }
        Change::SetService(service) => {
            let mut service = service.clone();
            named(&service.name)?;
            service.id.0 = given(service.id.0, &office.services, |id| id.0)?;
            let group = office.groups.get(&service.group).ok_or(unknown("group"))?;
            if group.level != service.level {
                return Err(Refusal::GroupNotOfLevel { group: group.id, level: service.level });
            }
            let others = office.services.values().filter(|s| s.id != service.id);
            unique("code", &service.code, others.map(|s| &s.code))?;
            let mut codes: Vec<_> = service.questions.iter().map(|question| &question.code).collect();
            codes.sort_unstable();
            if codes.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(bad("questions", Problem::Taken));
            }
            OfficeEvent::ServiceSet { service }
        }
        Change::SetProvider(provider) => {
            let mut provider = provider.clone();
            named(&provider.name)?;
            provider.id.0 = given(provider.id.0, &office.providers, |id| id.0)?;
            provider.emails.iter().try_for_each(|email| check_email("emails", email))?;
            OfficeEvent::ProviderSet { provider }
        }
        Change::SetContract(contract) => {
            let mut contract = contract.clone();
            contract.id.0 = given(contract.id.0, &office.contracts, |id| id.0)?;
            check_contract(office, &contract)?;
            OfficeEvent::ContractSet { contract }
        }
        Change::SetVersion(version) => {
            let mut version = version.clone();
            version.id.0 = given(version.id.0, &office.versions, |id| id.0)?;
            if !version.activities.iter().map(|activity| activity.number).eq(1..=8) {
                return Err(bad("activities", Problem::OutOfRange));
            }
            OfficeEvent::VersionSet { version }
        }
        Change::SetSettings(settings) => {
            let prefix = &settings.prefix;
            let letters = prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if !(1..=12).contains(&prefix.len()) || !letters {
                return Err(bad("prefix", Problem::Malformed));
            }
            if settings.grace_days > 60 || settings.follow_up_days == 0 || settings.follow_up_days > 60 {
                return Err(bad("grace_days", Problem::OutOfRange));
            }
            OfficeEvent::SettingsSet { settings: settings.clone() }
        }
        Change::SetPassword { person } => {
            office.people.get(person).ok_or(unknown("person"))?;
            OfficeEvent::PasswordSet { person: *person }
        }
        Change::IssueToken { person, scope, name, expires } => {
            let of = office.people.get(person).ok_or(unknown("person"))?;
            if !of.active {
                return Err(Refusal::PersonNotActive { person: *person });
            }
            if expires.is_some_and(|expires| expires <= now.now) {
                return Err(bad("expires", Problem::InThePast));
            }
            let id = TokenId(i64::try_from(office.version).unwrap_or(i64::MAX) + 1);
            let token = Token { id, person: *person, scope: *scope, name: name.clone(), expires: *expires };
            OfficeEvent::TokenIssued { token }
        }
        Change::RevokeToken { token } => {
            office.tokens.get(token).ok_or(unknown("token"))?;
            OfficeEvent::TokenRevoked { token: *token }
        }
    };
    Ok(Administered { acted, events: vec![event], texts })
}

/// The system administrator changes everything; anybody his own password and tokens; the operator at the machine all.
fn capacity(office: &Office, change: &Change, actor: Actor) -> Result<Capacity, Refusal> {
    let own = |person: &PersonId| actor == Actor::Person(*person);
    let person = match actor {
        Actor::Operator => return Ok(Capacity::Operator),
        Actor::Person(id) => office.people.get(&id).filter(|person| person.active),
        _ => None,
    };
    let person = person.ok_or(Refusal::NotYourRole { action: Action::Assign })?;
    if person.is(Role::SystemAdministrator) {
        return Ok(Capacity::SystemAdministrator);
    }
    let his_own = match change {
        Change::SetPassword { person } | Change::IssueToken { person, .. } => own(person),
        Change::RevokeToken { token } => office.tokens.get(token).is_some_and(|token| own(&token.person)),
        _ => false,
    };
    if his_own { Ok(Capacity::Requester) } else { Err(Refusal::NotYourRole { action: Action::Assign }) }
}

fn check_profile(office: &Office, person: PersonId, profile: &Profile) -> Result<(), Refusal> {
    named(&profile.name)?;
    check_email("email", &profile.email)?;
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

fn check_contract(office: &Office, contract: &super::Contract) -> Result<(), Refusal> {
    office.providers.get(&contract.provider).ok_or(unknown("provider"))?;
    let others = office.contracts.values().filter(|c| c.id != contract.id);
    unique("number", &contract.number, others.map(|c| &c.number))?;
    if contract.ends < contract.starts {
        return Err(bad("ends", Problem::OutOfRange));
    }
    if contract.levels.is_empty() {
        return Err(bad("levels", Problem::Missing));
    }
    if contract.services.iter().any(|id| !office.services.contains_key(id)) {
        return Err(unknown("services"));
    }
    for person in [Some(contract.supervisor), contract.deputy].into_iter().flatten() {
        let person = office.people.get(&person).ok_or(unknown("supervisor"))?;
        if !person.is(Role::ContractSupervisor) {
            return Err(bad("supervisor", Problem::OutOfRange));
        }
    }
    contract.emails.iter().try_for_each(|email| check_email("emails", email))
}

fn check_email(field: &'static str, email: &str) -> Result<(), Refusal> {
    let well_formed = email.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace) && email.len() <= 254
    });
    if well_formed { Ok(()) } else { Err(bad(field, Problem::Malformed)) }
}

fn named(name: &str) -> Result<(), Refusal> {
    match name.trim().chars().count() {
        0 => Err(bad("name", Problem::Missing)),
        1..=250 => Ok(()),
        _ => Err(bad("name", Problem::TooLong)),
    }
}

fn unique<'a>(
    field: &'static str,
    code: &str,
    others: impl Iterator<Item = &'a String>,
) -> Result<(), Refusal> {
    if code.trim().is_empty() {
        return Err(bad(field, Problem::Missing));
    }
    let mut others = others;
    if others.any(|other| other == code) { Err(bad(field, Problem::Taken)) } else { Ok(()) }
}

/// The id of something that is set: the next one for something new, its own for what is known.
fn given<K: Ord + Copy, V>(
    id: i64,
    known: &BTreeMap<K, V>,
    number: impl Fn(&K) -> i64,
) -> Result<i64, Refusal> {
    if id == 0 {
        Ok(next(known, number))
    } else if known.keys().any(|key| number(key) == id) {
        Ok(id)
    } else {
        Err(unknown("id"))
    }
}

fn next<K: Ord, V>(known: &BTreeMap<K, V>, number: impl Fn(&K) -> i64) -> i64 {
    known.last_key_value().map_or(1, |(key, _)| number(key) + 1)
}

fn bad(field: &'static str, problem: Problem) -> Refusal {
    Refusal::BadField { field, problem }
}

fn unknown(field: &'static str) -> Refusal {
    bad(field, Problem::Unknown)
}
