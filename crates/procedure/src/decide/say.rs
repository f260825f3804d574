//! Messages: to the requester, among the desk, to a provider. What was said is never edited.

use super::{LONGEST_TEXT, bad, register::MOST_ATTACHMENTS, words_if_any};
use crate::{Attachment, Audience, Capacity, Case, Event, Problem, Refusal, Status, Text, WaitingFor};

pub(super) fn say(
    case: &Case,
    capacity: Capacity,
    audience: Audience,
    body: &Option<Text>,
    attachments: &[Attachment],
) -> Result<Vec<Event>, Refusal> {
    let body = words_if_any("body", body, LONGEST_TEXT)?;
    if body.is_none() && attachments.is_empty() {
        return Err(bad("body", Problem::Missing));
    }
    if attachments.len() > MOST_ATTACHMENTS {
        return Err(bad("attachments", Problem::OutOfRange));
    }
    let attachments = attachments.iter().map(Attachment::reference).collect();
    let mut events = vec![Event::Said { audience, body, attachments }];
    let answered = matches!(case.status, Status::Waiting { waiting_for: WaitingFor::Requester, .. });
    if answered && capacity == Capacity::Requester {
        events.push(Event::Resumed);
    }
    Ok(events)
}
