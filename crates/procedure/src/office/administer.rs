//! Changing the office: who may, and what is refused. Every change is an event with its author (R8).

mod checks;
mod mailbox;
mod people;
mod promise;
mod service;
mod settings;

use super::{Change, Office, OfficeEvent, Token};
use crate::{Acted, Action, Actor, Capacity, Circumstances, PersonId, Problem, Refusal, Role, Text, TokenId};
use checks::{bad, given, named, unique, unknown};

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
        Change::SetPerson { .. } => {
            let (event, profile) = people::set_person(office, change, now)?;
            texts.push(profile);
            event
        }
        Change::SetGroup(group) => people::set_group(office, group)?,
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
            site.calendar.map_or(Ok(()), |id| promise::check_calendar("calendar", id, office))?;
            OfficeEvent::SiteSet { site }
        }
        Change::SetService(service) => service::set_service(office, service)?,
        Change::SetProvider(provider) => service::set_provider(office, provider)?,
        Change::SetContract(contract) => service::set_contract(office, contract)?,
        Change::SetVersion(version) => set_version(office, version)?,
        Change::SetSettings(settings) => settings::set_settings(office, settings)?,
        Change::SetPassword { person } => {
            office.people.get(person).ok_or(unknown("person"))?;
            OfficeEvent::PasswordSet { person: *person }
        }
        Change::IssueToken { .. } => issue_token(office, change, now)?,
        Change::RevokeToken { token } => {
            office.tokens.get(token).ok_or(unknown("token"))?;
            OfficeEvent::TokenRevoked { token: *token }
        }
        Change::SetMailbox(mailbox) => mailbox::set_mailbox(office, mailbox)?,
        Change::SetAgreement(agreement) => promise::set_agreement(office, agreement)?,
        Change::SetCalendar(calendar) => promise::set_calendar(office, calendar)?,
        Change::IfUnchanged { revision, change } => {
            let version = change.subject().map_or(0, |subject| office.revision(subject));
            if version != *revision {
                return Err(Refusal::Stale { version });
            }
            return administer(office, change, now);
        }
    };
    Ok(Administered { acted, events: vec![event], texts })
}

/// The system administrator changes everything; anybody his own password and tokens; the operator at the machine all.
/// Who writes from the agency's own domains becomes a requester by it: then the desk itself adds him (R7).
fn capacity(office: &Office, change: &Change, actor: Actor) -> Result<Capacity, Refusal> {
    let own = |person: &PersonId| actor == Actor::Person(*person);
    let person = match actor {
        Actor::Operator => return Ok(Capacity::Operator),
        Actor::Clock if people::is_new_requester(office, change) => return Ok(Capacity::Clock),
        Actor::Person(id) => office.people.get(&id).filter(|person| person.active),
        _ => None,
    };
    let person = person.ok_or(Refusal::NotYourRole { action: Action::Administer })?;
    if person.is(Role::SystemAdministrator) {
        return Ok(Capacity::SystemAdministrator);
    }
    let his_own = match change {
        Change::SetPassword { person } | Change::IssueToken { person, .. } => own(person),
        Change::RevokeToken { token } => office.tokens.get(token).is_some_and(|token| own(&token.person)),
        _ => false,
    };
    if his_own { Ok(Capacity::Requester) } else { Err(Refusal::NotYourRole { action: Action::Administer }) }
}

fn set_version(office: &Office, version: &super::ProcedureVersion) -> Result<OfficeEvent, Refusal> {
    let mut version = version.clone();
    version.id.0 = given(version.id.0, &office.versions, |id| id.0)?;
    named(&version.name)?;
    for (field, words) in [("code", &version.code), ("version", &version.version)] {
        if words.trim().is_empty() {
            return Err(bad(field, Problem::Missing));
        }
    }
    if !version.activities.iter().map(|activity| activity.number).eq(1..=8) {
        return Err(bad("activities", Problem::OutOfRange));
    }
    Ok(OfficeEvent::VersionSet { version: Box::new(version) })
}

fn issue_token(office: &Office, change: &Change, now: &Circumstances) -> Result<OfficeEvent, Refusal> {
    let Change::IssueToken { person, scope, name, expires } = change else { return Err(unknown("token")) };
    let of = office.people.get(person).ok_or(unknown("person"))?;
    if !of.active {
        return Err(Refusal::PersonNotActive { person: *person });
    }
    if expires.is_some_and(|expires| expires <= now.now) {
        return Err(bad("expires", Problem::InThePast));
    }
    let id = TokenId(i64::try_from(office.version).unwrap_or(i64::MAX - 1) + 1);
    let token = Token { id, person: *person, scope: *scope, name: name.clone(), expires: *expires };
    Ok(OfficeEvent::TokenIssued { token })
}
