//! Activities 6 and 7: the provider reports, the supervisor follows up until the case is solved (R12, R13).

use super::{Circumstances, LONGEST_TEXT, words};
use crate::{AttentionMode, Case, ContractId, Event, Refusal, Text};

pub(super) fn follow_up(case: &Case, note: &Text, now: &Circumstances) -> Result<Vec<Event>, Refusal> {
    let contract = case.followed_turn().ok_or(Refusal::NoFollowUpDue)?.contract;
    let note = words("note", note, LONGEST_TEXT)?;
    let settings = &now.office.settings;
    let next_due = settings.calendar.after_working_days(now.now, settings.follow_up_days);
    Ok(vec![Event::FollowedUp { contract, note, next_due }])
}

pub(super) fn remind(case: &Case) -> Result<Vec<Event>, Refusal> {
    let turn = case.followed_turn().ok_or(Refusal::NoFollowUpDue)?;
    let due = turn.follow_up_due.ok_or(Refusal::NoFollowUpDue)?;
    Ok(vec![Event::FollowUpFellDue { contract: turn.contract, due }])
}

pub(super) fn report(
    case: &Case,
    report: &Text,
    solved: bool,
    mode: AttentionMode,
) -> Result<Vec<Event>, Refusal> {
    let contract = with_provider(case)?;
    Ok(vec![Event::ProviderReported {
        contract,
        report: words("report", report, LONGEST_TEXT)?,
        solved,
        mode,
    }])
}

pub(super) fn take_back(case: &Case, reason: &Text) -> Result<Vec<Event>, Refusal> {
    let contract = with_provider(case)?;
    Ok(vec![Event::TakenBack { contract, reason: words("reason", reason, LONGEST_TEXT)? }])
}

fn with_provider(case: &Case) -> Result<ContractId, Refusal> {
    case.status
        .contract()
        .ok_or(Refusal::WrongState { action: crate::Action::ReportFromProvider, status: case.status.name() })
}
