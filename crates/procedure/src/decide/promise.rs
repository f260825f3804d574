//! What the desk promises (R3): given with the request, anew when what decides it changes; and time that draws attention
//! to it.

use super::Circumstances;
use crate::office::Covered;
use crate::sla::{Promise, Step, Warned, due_warnings};
use crate::{Case, Details, Event, Impact, Kind, Priority, ServiceId, Urgency};

/// What is promised for a request that enters. The security procedure has promises of its own (R10).
pub(super) fn given(covered: Covered, now: &Circumstances) -> Option<Event> {
    promise(&covered, now).map(|promise| Event::Promised { promise: Some(Box::new(promise)) })
}

/// What is promised after a change of what decides it. One that decides nothing leaves a case the promise that it was
/// given, however the agreement reads by now.
pub(super) fn anew(case: &Case, covered: Covered, now: &Circumstances) -> Option<Event> {
    if covered == of(case) {
        return None;
    }
    let promise = promise(&covered, now);
    (promise != case.promise).then(|| Event::Promised { promise: promise.map(Box::new) })
}

/// What is promised for a case that comes back from the security procedure: what it was promised before, unless another
/// agreement, or other hours, hold for what it now is.
pub(super) fn back(case: &Case, covered: &Covered, now: &Circumstances) -> Option<Event> {
    let promise = promise(covered, now)?;
    let by = |promise: &Promise| (promise.agreement, promise.hours);
    let known = case.promise.as_ref().is_some_and(|known| by(known) == by(&promise));
    (!known).then(|| Event::Promised { promise: Some(Box::new(promise)) })
}

fn promise(covered: &Covered, now: &Circumstances) -> Option<Promise> {
    let day = now.office.settings.calendar.day_of(now.now);
    now.office.promise_for(covered, day).filter(|_| covered.kind != Kind::SecurityIncident)
}

fn of(case: &Case) -> Covered {
    covered(case.service, case.kind, (case.impact, case.urgency), &case.details)
}

pub(super) fn covered(
    service: Option<ServiceId>,
    kind: Kind,
    (impact, urgency): (Impact, Urgency),
    details: &Details,
) -> Covered {
    let priority = Priority::of(impact, urgency);
    Covered { service, kind, priority, department: details.department, site: details.site }
}

/// Everything that is due at once, each kept by itself.
pub(super) fn warn(case: &Case, now: &Circumstances) -> Vec<Event> {
    let warned = |step| match step {
        Step::Warn { warned, to, due } => {
            let Warned { clock, contract, percent } = warned;
            Some(Event::Warned { clock, contract, percent, to, due })
        }
        Step::Close | Step::Remind => None,
    };
    due_warnings(case, now.office, now.now).into_iter().filter_map(warned).collect()
}
