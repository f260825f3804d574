//! Activities 6 and 7: the provider attends, the contract's supervisor follows until it is solved (R12, R13).

use atiende_procedure::permission::{audiences, knows};
use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{InProgress, Solved, WithProvider};
use SupportLevel::{First, Second};

const CONDOR: Actor = Actor::Provider(C_009);
const QUIMBAYA: Actor = Actor::Provider(C_014);

#[test]
fn a_contract_in_force_takes_it() {
    let mut story = in_progress(ANA, First);
    story
        .when(ANA, to_provider(C_001))
        .refuses(Refusal::ContractNotInForce { contract: C_001, instead: vec!["C-009".into()] });
    let unknown = Refusal::BadField { field: "contract", problem: Problem::Unknown };
    story.when(ANA, to_provider(ContractId(99))).refuses(unknown);
    story.when(ANA, to_provider(C_009)).gives("escalated_to_provider").is(WithProvider);
    assert_eq!(story.case.status.agent(), Some(id(ANA)), "the agent stays in charge");
    assert_eq!(story.evidence().deviations, []);
}

#[test]
fn a_contract_that_does_not_cover_the_level_is_refused_with_those_that_do() {
    let mut story = in_progress(ANA, First);
    let refusal = Refusal::ContractDoesNotCover { contract: C_014, instead: vec!["C-009".into()] };
    story.when(ANA, to_provider(C_014)).refuses(refusal);
    story.when(ANA, to_provider(C_009)).gives("escalated_to_provider");
}

#[test]
fn a_contract_holds_through_its_last_day_in_the_offices_time() {
    let mut story = in_progress(ANA, First);
    story.at("2029-01-01T04:59:59Z").when(ANA, to_provider(C_009)).gives("escalated_to_provider");
    let mut story = in_progress(ANA, First);
    let ended = Refusal::ContractNotInForce { contract: C_009, instead: Vec::new() };
    story.at("2029-01-01T05:00:00Z").when(ANA, to_provider(C_009)).refuses(ended);
}

#[test]
fn the_provider_reports_and_the_agent_checks_before_solving() {
    let mut story = with_provider(C_014);
    story.when(QUIMBAYA, report(false)).gives_as(Capacity::Provider, "provider_reported").is(WithProvider);
    story.when(QUIMBAYA, report(true)).gives("provider_reported").is(InProgress);
    assert!(story.case.providers[0].ended.is_some());
    let solve = Command::Solve { activities: text("Se cambió el fusor"), performed_by: Performer::Provider };
    story.when(BETO, solve).gives("solved").is(Solved);
}

#[test]
fn that_agent_reports_for_the_provider() {
    let mut story = with_provider(C_014);
    let refusal = Refusal::NotYourCase { agent: Some(id(BETO)) };
    story.when(ANA, report(true)).refuses(refusal);
    story.when(BETO, report(true)).gives_as(Capacity::Agent, "provider_reported").is(InProgress);
}

#[test]
fn another_provider_neither_reports_nor_writes() {
    let mut story = with_provider(C_014);
    story.when(CONDOR, report(true)).refuses(Refusal::NotYourRole { action: Action::ReportFromProvider });
    story
        .when(CONDOR, say(Audience::Provider))
        .refuses(Refusal::NotYourRole { action: Action::MessageProvider });
}

#[test]
fn a_provider_that_once_had_it_does_not_report_on_anothers_turn() {
    let mut story = with_provider(C_014);
    story.when(BETO, take_back()).gives("taken_back").is(InProgress);
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    story.when(QUIMBAYA, report(true)).refuses(Refusal::NotYourContract { contract: C_009 });
    assert!(!story.offered(QUIMBAYA).contains(&Action::ReportFromProvider));
}

#[test]
fn each_provider_knows_of_its_own_thread_alone() {
    let mut story = with_provider(C_014);
    story.when(BETO, say(Audience::Provider)).gives("said");
    story.when(QUIMBAYA, say(Audience::Provider)).gives("said");
    story.when(SONIA, follow_up()).gives("followed_up");
    story.when(BETO, say(Audience::Internal)).gives("said");
    story.when(BETO, take_back()).gives("taken_back");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    story.when(BETO, say(Audience::Provider)).gives("said");
    let known = |provider| {
        let reads = audiences(provider, &story.case, &story.office);
        let known = story.events.iter().filter(|event| knows(provider, reads, &event.event));
        known.map(|event| event.sequence).collect::<Vec<_>>()
    };
    assert_eq!(known(QUIMBAYA), [5, 6, 7, 10], "{}", story.told());
    assert_eq!(known(CONDOR), [11, 12], "{}", story.told());
}

#[test]
fn nobody_writes_to_a_provider_that_never_had_it() {
    let mut story = in_progress(ANA, First);
    let refusal = Refusal::NoProviderYet { audience: Audience::Provider };
    story.when(ANA, say(Audience::Provider)).refuses(refusal);
}

#[test]
fn the_supervisor_follows_until_it_is_solved_and_not_merely_reported() {
    let mut story = with_provider(C_009);
    story.when(SAUL, follow_up()).gives_as(Capacity::ContractSupervisor, "followed_up");
    story.when(DELIA, follow_up()).gives_as(Capacity::ContractSupervisor, "followed_up");
    story.when(CONDOR, report(true)).gives("provider_reported");
    story.when(SAUL, follow_up()).gives("followed_up");
    story.when(BETO, solve()).gives("solved");
    let over = Refusal::WrongState { action: Action::FollowUp, status: Solved };
    story.when(SAUL, follow_up()).refuses(over);
    assert_eq!(story.case.providers[0].follow_ups, 3);
}

#[test]
fn follow_ups_are_the_supervisors_the_agents_in_charge_and_the_administrators() {
    let mut story = with_provider(C_009);
    story.when(BETO, follow_up()).gives_as(Capacity::Agent, "followed_up");
    story.when(DORA, follow_up()).gives_as(Capacity::DeskAdministrator, "followed_up");
    story.when(ANA, follow_up()).refuses(Refusal::NotYourContract { contract: C_009 });
    story.when(SONIA, follow_up()).refuses(Refusal::NotYourRole { action: Action::FollowUp });
    story.when(CONDOR, follow_up()).refuses(Refusal::NotYourRole { action: Action::FollowUp });
}

#[test]
fn an_earlier_contracts_supervisor_does_not_follow_the_next_ones() {
    let mut story = with_provider(C_014);
    story.when(BETO, take_back()).gives("taken_back");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    story.when(SONIA, follow_up()).refuses(Refusal::NotYourContract { contract: C_009 });
    story.when(SAUL, follow_up()).gives("followed_up");
    assert!(story.case.providers[0].follow_up_due.is_none());
}

#[test]
fn the_clock_reminds_once_of_each_follow_up_that_falls_due() {
    let mut story = with_provider(C_009);
    story.when(Actor::Clock, Command::RemindFollowUp).refuses(Refusal::NoFollowUpDue);
    assert_eq!(sla::wakes_at(&story.case, &story.office), "2026-11-25T17:00:00-05:00".parse().ok());
    story
        .at("2026-11-25T17:00:00-05:00")
        .when(Actor::Clock, Command::RemindFollowUp)
        .gives("follow_up_fell_due");
    assert_eq!(sla::wakes_at(&story.case, &story.office), None);
    story.when(Actor::Clock, Command::RemindFollowUp).refuses(Refusal::NoFollowUpDue);
    story.when(SAUL, follow_up()).gives("followed_up");
    assert_eq!(sla::wakes_at(&story.case, &story.office), "2026-11-27T17:00:00-05:00".parse().ok());
    story
        .when(SAUL, Command::RemindFollowUp)
        .refuses(Refusal::NotYourRole { action: Action::RemindFollowUp });
}

#[test]
fn what_is_solved_without_the_follow_up_that_was_due_shows_it_for_good() {
    let lacks = |story: &Story| story.evidence().items[6].lacks;
    let mut story = with_provider(C_009);
    story.when(SAUL, follow_up()).gives("followed_up");
    story.when(CONDOR, report(true)).gives("provider_reported");
    assert_eq!(lacks(&story), None);
    story.at("2026-11-25T17:00:01-05:00");
    assert_eq!(lacks(&story), Some(Lack::DueFollowUp), "the follow-up of two days later");
    story.when(BETO, solve()).gives("solved");
    assert_eq!(lacks(&story), Some(Lack::DueFollowUp));
    assert_eq!(story.evidence().items[6].status, ActivityStatus::Missing);

    let mut story = with_provider(C_009);
    story.when(SAUL, follow_up()).gives("followed_up");
    story.at("2026-11-25T16:59:59-05:00").when(CONDOR, report(true)).gives("provider_reported");
    story.when(BETO, solve()).gives("solved");
    assert_eq!(lacks(&story), None, "nothing was due yet");

    let mut story = with_provider(C_014);
    story.when(SONIA, follow_up()).gives("followed_up");
    story.at("2026-11-26T08:00:00-05:00").when(BETO, take_back()).gives("taken_back");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    story.when(SAUL, follow_up()).gives("followed_up");
    assert_eq!(lacks(&story), None, "what can still be done comes first");
    story.when(CONDOR, report(true)).gives("provider_reported");
    story.when(BETO, solve()).gives("solved");
    assert_eq!(lacks(&story), Some(Lack::DueFollowUp), "nobody followed the first provider when it was due");
}

#[test]
fn taking_back_says_why_and_leaves_the_agent_at_work() {
    let mut story = with_provider(C_014);
    story.when(SONIA, take_back()).refuses(Refusal::NotYourRole { action: Action::TakeBack });
    let silent = Command::TakeBack { reason: text("") };
    story.when(BETO, silent).refuses(Refusal::BadField { field: "reason", problem: Problem::Missing });
    story.when(DORA, take_back()).gives_as(Capacity::DeskAdministrator, "taken_back").is(InProgress);
    assert_eq!(story.case.status.level(), Some(Second));
}

#[test]
fn that_the_request_reached_the_provider_is_recorded_of_the_turn_it_was_about() {
    let mut story = with_provider(C_014);
    let told = |event| Command::RecordDelivery { notice: EvidentialNotice::ProviderRequest, event };
    let first = story.last().sequence;
    story.when(BETO, take_back()).gives("taken_back");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    let second = story.last().sequence;
    story.when(Actor::Clock, told(first)).gives("delivered");
    let reached: Vec<bool> = story.case.providers.iter().map(|turn| turn.told_at.is_some()).collect();
    assert_eq!(reached, [true, false]);
    story.when(Actor::Clock, told(first)).refuses(Refusal::AlreadyRecorded);
    story.when(Actor::Clock, told(second)).gives("delivered");
    let returned = |event| Command::RecordBounce { notice: EvidentialNotice::ProviderRequest, event };
    story.when(Actor::Clock, returned(second)).gives("bounced");
    assert_eq!(story.case.providers[1].told_at, None, "who was not reached was not told");
    story.when(Actor::Clock, returned(second)).refuses(Refusal::AlreadyRecorded);
    story.when(Actor::Clock, told(second)).gives("delivered");
    story.when(BETO, returned(second)).refuses(Refusal::NotYourRole { action: Action::RecordBounce });
    story.when(BETO, told(second)).refuses(Refusal::NotYourRole { action: Action::RecordDelivery });
}
