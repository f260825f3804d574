//! Messages: to the requester, among the desk, to a provider. What was said is never edited.

use super::{LONGEST_LINE, LONGEST_TEXT, bad, words, words_if_any};
use crate::{
    Acted, Actor, Attachment, AttachmentRef, Audience, Capacity, Case, Event, Problem, Refusal, Status, Text,
    WaitingFor,
};

/// The most files that one message or request brings.
pub const MOST_ATTACHMENTS: usize = 20;

pub(super) fn say(
    case: &Case,
    acted: Acted,
    audience: Audience,
    body: &Option<Text>,
    attachments: &[Attachment],
) -> Result<Vec<Event>, Refusal> {
    let body = words_if_any("body", body, LONGEST_TEXT)?;
    if body.is_none() && attachments.is_empty() {
        return Err(bad("body", Problem::Missing));
    }
    let attachments = files(attachments)?;
    let contract = match (audience, acted.by) {
        (Audience::Provider, Actor::Provider(contract)) => Some(contract),
        (Audience::Provider, _) => case.providers.last().map(|turn| turn.contract),
        _ => None,
    };
    let mut events = vec![Event::Said { audience, contract, body, attachments }];
    events.extend(resumed_by_answer(case, acted.capacity));
    Ok(events)
}

/// A requester's answer resumes by itself what waits for it.
pub(super) fn resumed_by_answer(case: &Case, capacity: Capacity) -> Option<Event> {
    let awaited = matches!(case.status, Status::Waiting { waiting_for: WaitingFor::Requester, .. });
    (awaited && capacity == Capacity::Requester).then_some(Event::Resumed)
}

/// Files that come along: few enough, each with a name that fits.
pub(super) fn files(attachments: &[Attachment]) -> Result<Vec<AttachmentRef>, Refusal> {
    if attachments.len() > MOST_ATTACHMENTS {
        return Err(bad("attachments", Problem::OutOfRange));
    }
    for file in attachments {
        words("attachments", &file.name, LONGEST_LINE)?;
    }
    Ok(attachments.iter().map(Attachment::reference).collect())
}
