//! What R9 and the service's own questions ask for and a request lacks.

use crate::Case;
use crate::office::Office;

/// The names of what is missing, as the API has them: `department`, `site`, `place`, `contact`, `remote_support_id`,
/// `answers.CODE`.
pub fn missing(case: &Case, office: &Office) -> Vec<String> {
    let details = &case.details;
    let contact = &details.contact;
    let remote = details.has_remote_support == Some(true) && details.remote_support_id.is_none();
    let asked = [
        ("department", details.department.is_none()),
        ("site", details.site.is_none()),
        ("place", details.place.is_none()),
        ("contact", contact.email.is_none() && contact.phone.is_none()),
        ("remote_support_id", remote),
    ];
    let service = case.service.and_then(|id| office.services.get(&id));
    let questions = service.into_iter().flat_map(|service| &service.questions);
    let unanswered = questions
        .filter(|question| question.required && !details.answers.contains_key(&question.code))
        .map(|question| format!("answers.{}", question.code));
    asked.into_iter().filter(|(_, lacks)| *lacks).map(|(name, _)| name.to_owned()).chain(unanswered).collect()
}
