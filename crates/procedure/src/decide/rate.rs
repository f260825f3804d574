//! The requester's judgement of the service: once, with or without words (R14).

use super::{LONGEST_TEXT, bad, words_if_any};
use crate::{Event, Problem, Refusal, Text};

pub(super) fn rate(score: u8, comment: &Option<Text>) -> Result<Vec<Event>, Refusal> {
    if !(1..=5).contains(&score) {
        return Err(bad("score", Problem::OutOfRange));
    }
    Ok(vec![Event::Rated { score, comment: words_if_any("comment", comment, LONGEST_TEXT)? }])
}
