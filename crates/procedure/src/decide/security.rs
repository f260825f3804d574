//! A security incident leaves the ordinary queue for its own procedure (R10).

use super::{Circumstances, LONGEST_TEXT, words};
use crate::{Case, Event, Kind, Refusal, Text};

pub(super) fn refer(reason: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Referred { reason: words("reason", reason, LONGEST_TEXT)? }])
}

/// Back on the desk as an incident, or as what its service proposes.
pub(super) fn send_back(case: &Case, reason: &Text, now: &Circumstances) -> Result<Vec<Event>, Refusal> {
    let mut events = vec![Event::SentBack { reason: words("reason", reason, LONGEST_TEXT)? }];
    let service = case.service.and_then(|id| now.office.services.get(&id));
    if let Some(kind) = service.map(|service| service.kind)
        && !matches!(kind, Kind::Incident | Kind::SecurityIncident)
    {
        let (service, impact, urgency) = (case.service, case.impact, case.urgency);
        events.push(Event::Classified { kind, service, impact, urgency });
    }
    Ok(events)
}

pub(super) fn conclude(outcome: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Concluded { outcome: words("outcome", outcome, LONGEST_TEXT)? }])
}
