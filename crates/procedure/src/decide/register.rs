//! Activity 1: the request enters (R7, R9). What is missing is asked for later; the case exists meanwhile.

use super::say::files;
use super::{Circumstances, Decision, LONGEST_LINE, LONGEST_TEXT, bad, complete, promise, words};
use crate::{
    Acted, Action, Capacity, CaseId, CaseNumber, Channel, Details, Event, Impact, Kind, Problem, Refusal,
    Registered, Registration, Role, Urgency,
};

/// Decides whether a request enters, and as what. A requester asks for himself; agents and administrators register for
/// somebody who phones or comes in, and open the desk's planned work (R7).
///
/// # Errors
/// See [`Refusal`].
pub fn register(
    asked: &Registration,
    case: CaseId,
    number: CaseNumber,
    now: &Circumstances,
) -> Result<Decision, Refusal> {
    let capacity = capacity(asked, now).ok_or(Refusal::NotYourRole { action: Action::Register })?;
    match now.office.people.get(&asked.requester) {
        None => return Err(bad("on_behalf_of", Problem::Unknown)),
        Some(requester) if !requester.active => return Err(bad("on_behalf_of", Problem::Inactive)),
        Some(_) => {}
    }
    let procedure = now.office.version_in_force(now.now).ok_or(Refusal::NoProcedureInForce)?.id;
    let service = match asked.service {
        Some(id) => Some(now.office.services.get(&id).ok_or(bad("service", Problem::Unknown))?),
        None => None,
    };
    if service.is_some_and(|service| !service.active) {
        return Err(bad("service", Problem::Inactive));
    }
    if capacity == Capacity::Requester && service.is_some_and(|service| !service.on_portal) {
        return Err(Refusal::ServiceNotOffered);
    }
    let details = complete::merge(&Details::default(), &asked.details, service.map(|s| &**s), now)?;
    let registered = Registered {
        case,
        number,
        procedure,
        channel: asked.channel,
        requester: asked.requester,
        subject: words("subject", &asked.subject, LONGEST_LINE)?,
        description: words("description", &asked.description, LONGEST_TEXT)?,
        details,
        kind: asked.kind.or(service.map(|service| service.kind)).unwrap_or(Kind::Incident),
        service: asked.service,
        impact: asked.impact.or(service.map(|service| service.impact)).unwrap_or(Impact::Low),
        urgency: asked.urgency.or(service.map(|service| service.urgency)).unwrap_or(Urgency::Medium),
        attachments: files(&asked.attachments)?,
        follows: asked.follows,
    };
    let acted = Acted { by: now.actor, capacity };
    let harm = (registered.impact, registered.urgency);
    let covered = promise::covered(registered.service, registered.kind, harm, &registered.details);
    let promised = promise::given(covered, now);
    let events = std::iter::once(Event::Registered(Box::new(registered))).chain(promised).collect();
    Ok(Decision { acted, events, other: Vec::new() })
}

/// By himself one asks through the portal, by mail or over the API; the other ways in are the desk's to say, and so is
/// asking for somebody else (R7).
fn capacity(asked: &Registration, now: &Circumstances) -> Option<Capacity> {
    let person = now.office.people.get(&now.actor.person()?).filter(|person| person.active)?;
    let by_himself = matches!(asked.channel, Channel::Portal | Channel::Mail | Channel::Api);
    if person.id == asked.requester && by_himself {
        Some(Capacity::Requester)
    } else if person.is(Role::DeskAdministrator) {
        Some(Capacity::DeskAdministrator)
    } else if person.is(Role::Agent) {
        Some(Capacity::Agent)
    } else {
        None
    }
}
