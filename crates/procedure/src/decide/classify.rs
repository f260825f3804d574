//! Activity 2, first half: what it is about, and how much it hurts (R10). The catalogue proposes, a person decides.

use super::{Circumstances, bad, promise};
use crate::{Case, Event, Impact, Kind, Problem, Refusal, ServiceId, Urgency};

pub(super) fn classify(
    case: &Case,
    kind: Option<Kind>,
    service: Option<ServiceId>,
    impact: Option<Impact>,
    urgency: Option<Urgency>,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    if kind == Some(Kind::SecurityIncident) {
        return Err(Refusal::SecurityIsReferred);
    }
    // Confirming what was proposed is a decision, and is kept; saying nothing is none.
    if kind.is_none() && service.is_none() && impact.is_none() && urgency.is_none() {
        return Err(Refusal::AlreadyThere);
    }
    let chosen = match service {
        Some(id) => Some(now.office.services.get(&id).ok_or(bad("service", Problem::Unknown))?),
        None => None,
    };
    if chosen.is_some_and(|service| !service.active) {
        return Err(bad("service", Problem::Inactive));
    }
    let service_changes = chosen.filter(|_| service != case.service);
    let kind = kind.or(service_changes.map(|service| service.kind)).unwrap_or(case.kind);
    if kind == Kind::SecurityIncident {
        return Err(Refusal::SecurityIsReferred);
    }
    let service = service.or(case.service);
    let (impact, urgency) = (impact.unwrap_or(case.impact), urgency.unwrap_or(case.urgency));
    let covered = promise::covered(service, kind, (impact, urgency), &case.details);
    let classified = Event::Classified { kind, service, impact, urgency };
    Ok(std::iter::once(classified).chain(promise::anew(case, covered, now)).collect())
}
