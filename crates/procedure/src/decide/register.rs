//! Activity 1: the request enters (R7, R9). What is missing is asked for later; the case exists meanwhile.

use super::{
    Circumstances, Decision, LONGEST_LINE, LONGEST_TEXT, active_person, bad, capacity_to_register, complete,
    words,
};
use crate::{
    Acted, Action, Capacity, CaseId, CaseNumber, Channel, Details, Event, Impact, Kind, Problem, Refusal,
    Registered, Registration, Urgency,
};

/// The most files that one message or request brings.
pub(super) const MOST_ATTACHMENTS: usize = 20;

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
    let capacity = capacity_to_register(now.actor, asked.requester, now.office)
        .ok_or(Refusal::NotYourRole { action: Action::Complete })?;
    active_person(asked.requester, now.office)?;
    if capacity == Capacity::Requester && asked.channel == Channel::Planned {
        return Err(Refusal::NotYourRole { action: Action::Assign });
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
    if asked.attachments.len() > MOST_ATTACHMENTS {
        return Err(bad("attachments", Problem::OutOfRange));
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
        attachments: asked.attachments.iter().map(crate::Attachment::reference).collect(),
        follows: asked.follows,
    };
    let acted = Acted { by: now.actor, capacity };
    Ok(Decision { acted, events: vec![Event::Registered(Box::new(registered))], other: Vec::new() })
}
