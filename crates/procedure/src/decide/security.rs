//! A security incident leaves the ordinary queue for its own procedure (R10).

use super::{Circumstances, LONGEST_TEXT, promise, words};
use crate::{Case, Event, Kind, Refusal, Text};

pub(super) fn refer(reason: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Referred { reason: words("reason", reason, LONGEST_TEXT)? }])
}

/// Back on the desk as an incident, or as what its service proposes, with what the desk promises for that.
pub(super) fn send_back(case: &Case, reason: &Text, now: &Circumstances) -> Result<Vec<Event>, Refusal> {
    let mut events = vec![Event::SentBack { reason: words("reason", reason, LONGEST_TEXT)? }];
    let service = case.service.and_then(|id| now.office.services.get(&id));
    let kind = service.map(|service| service.kind).filter(|kind| *kind != Kind::SecurityIncident);
    let kind = kind.unwrap_or(Kind::Incident);
    let (service, impact, urgency) = (case.service, case.impact, case.urgency);
    if kind != Kind::Incident {
        events.push(Event::Classified { kind, service, impact, urgency });
    }
    let covered = promise::covered(service, kind, (impact, urgency), &case.details);
    events.extend(promise::back(case, &covered, now));
    Ok(events)
}

pub(super) fn conclude(outcome: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Concluded { outcome: words("outcome", outcome, LONGEST_TEXT)? }])
}
