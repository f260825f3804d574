//! Supplying what R9 and the service's own questions ask for and the request lacks.

use super::say::resumed_by_answer;
use super::{Circumstances, LONGEST_LINE, bad, promise, words_if_any};
use crate::office::{Answer, Service};
use crate::{Capacity, Case, ContactRef, Details, DetailsGiven, Event, Problem, Refusal};

pub(super) fn complete(
    case: &Case,
    capacity: Capacity,
    given: &DetailsGiven,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let service = case.service.and_then(|id| now.office.services.get(&id));
    let details = merge(&case.details, given, service.map(|service| &**service), now)?;
    if details == case.details {
        return Err(bad("details", Problem::Missing));
    }
    let harm = (case.impact, case.urgency);
    let promised = promise::anew(case, promise::covered(case.service, case.kind, harm, &details), now);
    let mut events = vec![Event::Completed { details }];
    events.extend(promised.filter(|_| !case.security));
    events.extend(resumed_by_answer(case, capacity));
    Ok(events)
}

/// What was known with what is given now; each thing given must be known to the office and fit its question.
pub(super) fn merge(
    known: &Details,
    given: &DetailsGiven,
    service: Option<&Service>,
    now: &Circumstances,
) -> Result<Details, Refusal> {
    let office = now.office;
    if let Some(department) = given.department {
        usable("department", office.departments.get(&department).map(|department| department.active))?;
    }
    if let Some(site) = given.site {
        usable("site", office.sites.get(&site).map(|site| site.active))?;
    }
    let mut answers = known.answers.clone();
    for (code, answer) in &given.answers {
        let question =
            service.and_then(|service| service.questions.iter().find(|question| question.code == *code));
        let refuse = |problem| Refusal::BadAnswer { question: code.clone(), problem };
        let question = question.ok_or_else(|| refuse(Problem::Unknown))?;
        match question.form.check(answer.body()) {
            Answer::Fits if answer.body().trim().is_empty() => continue,
            Answer::Fits => answers.insert(code.clone(), answer.reference()),
            Answer::NotANumber => return Err(refuse(Problem::NotANumber)),
            Answer::NotYesOrNo => return Err(refuse(Problem::NotYesOrNo)),
            Answer::NotAnOption => return Err(refuse(Problem::NotAnOption)),
            Answer::TooLong => return Err(refuse(Problem::TooLong)),
        };
    }
    let line = |field, text, before| Ok(words_if_any(field, text, LONGEST_LINE)?.or(before));
    Ok(Details {
        department: given.department.or(known.department),
        site: given.site.or(known.site),
        place: line("place", &given.place, known.place)?,
        contact: ContactRef {
            name: line("contact.name", &given.contact_name, known.contact.name)?,
            email: line("contact.email", &given.contact_email, known.contact.email)?,
            phone: line("contact.phone", &given.contact_phone, known.contact.phone)?,
        },
        has_remote_support: given.has_remote_support.or(known.has_remote_support),
        remote_support_id: line("remote_support_id", &given.remote_support_id, known.remote_support_id)?,
        answers,
    })
}

fn usable(field: &'static str, active: Option<bool>) -> Result<(), Refusal> {
    match active {
        Some(true) => Ok(()),
        Some(false) => Err(bad(field, Problem::Inactive)),
        None => Err(bad(field, Problem::Unknown)),
    }
}
