//! The work stands still until something outside happens.

use jiff::Timestamp;

use super::{Circumstances, LONGEST_TEXT, ahead, words};
use crate::{Event, Refusal, Text, WaitingFor};

pub(super) fn wait(
    waiting_for: WaitingFor,
    until: Option<Timestamp>,
    reason: &Text,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let reason = words("reason", reason, LONGEST_TEXT)?;
    Ok(vec![Event::Waited { waiting_for, until: ahead("until", until, now.now)?, reason }])
}
