//! Activities 3 to 5: the case goes one level up, or to a provider (R11).

use super::assign::{Target, group_for};
use super::{Circumstances, LONGEST_TEXT, bad, words};
use crate::{Case, ContractId, Event, PersonId, Problem, Refusal, SupportLevel, Text};

pub(super) fn to_level(
    case: &Case,
    level: SupportLevel,
    agent: Option<PersonId>,
    reason: &Text,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let from = case.status.level().unwrap_or(SupportLevel::First);
    if from.next() != Some(level) {
        return Err(Refusal::LevelNotNext { from, to: level });
    }
    let group = group_for(case, Target { level, group: None, agent }, now.office)?;
    let reason = words("reason", reason, LONGEST_TEXT)?;
    Ok(vec![Event::EscalatedToLevel { level, group, agent, reason }])
}

/// To a contract that holds today and is for such cases (R6, R12).
pub(super) fn to_provider(
    case: &Case,
    contract: ContractId,
    reason: &Text,
    now: &Circumstances,
) -> Result<Vec<Event>, Refusal> {
    let settings = &now.office.settings;
    let agreed = now.office.contracts.get(&contract).ok_or(bad("contract", Problem::Unknown))?;
    let day = settings.calendar.day_of(now.now);
    let level = case.status.level().unwrap_or(SupportLevel::First);
    let instead = || now.office.contracts_for(case.service, level, day).map(|it| it.number.clone()).collect();
    let provider_active = now.office.providers.get(&agreed.provider).is_some_and(|provider| provider.active);
    if !provider_active || !agreed.in_force(day) {
        return Err(Refusal::ContractNotInForce { contract, instead: instead() });
    }
    if !agreed.covers(case.service, level) {
        return Err(Refusal::ContractDoesNotCover { contract, instead: instead() });
    }
    let reason = words("reason", reason, LONGEST_TEXT)?;
    let follow_up_due = settings.calendar.after_working_days(now.now, settings.follow_up_days);
    let promise = agreed.promised();
    Ok(vec![Event::EscalatedToProvider { contract, reason, follow_up_due, promise }])
}
