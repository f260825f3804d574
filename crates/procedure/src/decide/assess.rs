//! Activities 3 to 5, the control point: on site or remotely, how complex, and when to expect it (R11).

use jiff::Timestamp;

use super::{Circumstances, LONGEST_TEXT, ahead, words};
use crate::{AttentionMode, Case, Complexity, Event, Refusal, SupportLevel, Text};

pub(super) fn assess(
    case: &Case,
    mode: AttentionMode,
    complexity: Complexity,
    expected_by: Option<Timestamp>,
    findings: &Text,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let findings = words("findings", findings, LONGEST_TEXT)?;
    let at = ahead("expected_by", expected_by, now.now)?.unwrap_or_else(|| propose(case, complexity, now));
    let level = case.status.level().unwrap_or(SupportLevel::First);
    let mut events = vec![Event::Assessed { level, mode, complexity, findings }];
    if case.expected_by != Some(at) {
        events.push(Event::ExpectedBy { at });
    }
    Ok(events)
}

/// The waiting time by complexity, longer for a case that came up from another level.
fn propose(case: &Case, complexity: Complexity, now: &Circumstances) -> Timestamp {
    let minutes = now.office.settings.waiting_times.minutes(complexity, case.escalated);
    now.office.settings.calendar.after_working_minutes(now.now, minutes)
}
