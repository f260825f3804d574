//! A security incident leaves the ordinary queue for its own procedure (R10).

use super::{LONGEST_TEXT, words};
use crate::{Event, Refusal, Text};

pub(super) fn refer(reason: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Referred { reason: words("reason", reason, LONGEST_TEXT)? }])
}

pub(super) fn send_back(reason: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::SentBack { reason: words("reason", reason, LONGEST_TEXT)? }])
}

pub(super) fn conclude(outcome: &Text) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Concluded { outcome: words("outcome", outcome, LONGEST_TEXT)? }])
}
