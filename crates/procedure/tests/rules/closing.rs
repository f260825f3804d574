//! Activity 8: told, asked, confirmed or reopened, closed, rated (R14).

use atiende_procedure::office::Change;
use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{Assigned, Closed, Solved};
use SupportLevel::{First, Second};

fn with_grace(days: u32) -> Story {
    let mut story = in_progress(ANA, First);
    let mut settings = (*story.office.settings).clone();
    settings.grace_days = days;
    set(&mut story.office, &Change::SetSettings(Box::new(settings)));
    story
}

#[test]
fn a_case_walks_through_all_eight_activities() {
    let mut story = in_progress(ANA, First);
    story.when(ANA, to_level(Second)).gives("escalated_to_level");
    story.when(BETO, Command::Take).gives("taken");
    story.when(BETO, assess()).gives("assessed expected_by");
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    let sent = story.last().sequence;
    story
        .when(
            Actor::Clock,
            Command::RecordDelivery { notice: EvidentialNotice::ProviderRequest, event: sent },
        )
        .gives("delivered");
    story.when(SAUL, follow_up()).gives("followed_up");
    story.when(Actor::Provider(C_009), report(true)).gives("provider_reported");
    let performed_by = Performer::Provider;
    story.when(BETO, Command::Solve { activities: text("Se cambió el fusor"), performed_by }).gives("solved");
    let solved = story.last().sequence;
    story
        .when(Actor::Clock, Command::RecordDelivery { notice: EvidentialNotice::Solved, event: solved })
        .gives("delivered");
    story.when(RITA, rate(5)).gives("rated").is(Solved);
    story.when(RITA, Command::Confirm).gives("confirmed closed").is(Closed);
}

#[test]
fn the_grace_is_working_days_and_then_the_clock_closes() {
    let mut story = solved();
    assert_eq!(sla::wakes_at(&story.case, &story.office), "2026-11-25T17:00:00-05:00".parse().ok());
    let ends = sla::wakes_at(&story.case, &story.office).expect("a grace");
    story.when(Actor::Clock, Command::CloseByClock).refuses(Refusal::GraceRunning { ends });
    story.when(RITA, Command::CloseByClock).refuses(Refusal::NotYourRole { action: Action::CloseByClock });
    story.at("2026-11-25T17:00:00-05:00");
    story.when(RITA, reopen()).refuses(Refusal::GraceOver { ended: ends });
    story.when(Actor::Clock, Command::CloseByClock).gives_as(Capacity::Clock, "closed").is(Closed);
}

#[test]
fn a_grace_of_nothing_closes_at_once() {
    let mut story = with_grace(0);
    story.when(ANA, solve()).gives("solved closed").is(Closed);
    story.when(RITA, reopen()).refuses(Refusal::AlreadyClosed);
    story.when(RITA, rate(4)).gives("rated");
}

#[test]
fn reopened_within_the_grace_it_goes_back_to_who_solved_it() {
    let mut story = solved();
    for actor in [ANA, DORA, NADIA, WALTER] {
        story.when(actor, reopen()).refuses(Refusal::NotTheRequester);
        story.when(actor, Command::Confirm).refuses(Refusal::NotTheRequester);
        story.when(actor, rate(1)).refuses(Refusal::NotTheRequester);
    }
    story.when(RITA, reopen()).gives("reopened").is(Assigned);
    assert_eq!(story.case.status, Status::Assigned { level: First, group: FIRST, agent: ANA.person() });
    story.after_hours(1).when(ANA, assess()).gives("assessed expected_by");
    story.when(ANA, solve()).gives("solved").is(Solved);
}

#[test]
fn reopened_it_goes_to_the_group_when_who_solved_it_has_left() {
    let mut story = solved();
    set(&mut story.office, &person(ANA.person(), "ana", &[], &[], false));
    story.when(RITA, reopen()).gives("reopened assigned");
    assert_eq!(story.case.status, Status::Assigned { level: First, group: FIRST, agent: None });
    story.when(ALDO, Command::Take).gives("taken");
}

#[test]
fn the_desk_closes_before_saying_how_the_requester_agreed() {
    let mut story = solved();
    story.when(RITA, close()).refuses(Refusal::NotYourRole { action: Action::Close });
    let silent = Command::Close { agreed: text("") };
    story.when(ALDO, silent).refuses(Refusal::BadField { field: "agreed", problem: Problem::Missing });
    story.when(ALDO, close()).gives_as(Capacity::Agent, "closed").is(Closed);
}

#[test]
fn closed_is_final() {
    let mut story = solved();
    story.when(RITA, Command::Confirm).gives("confirmed closed");
    for command in [reopen(), Command::Confirm, cancel()] {
        story.when(RITA, command).refuses(Refusal::AlreadyClosed);
    }
    for command in [assign(First), close(), refer(), assess(), solve()] {
        story.when(DORA, command).refuses(Refusal::AlreadyClosed);
    }
    story.when(RITA, say(Audience::Requester)).gives("said").is(Closed);
}

#[test]
fn the_service_is_rated_once_within_thirty_days() {
    let mut story = solved();
    let out = Refusal::BadField { field: "score", problem: Problem::OutOfRange };
    story.when(RITA, rate(0)).refuses(out.clone());
    story.when(RITA, rate(6)).refuses(out);
    let mut late = story.clone();
    story.after_hours(24 * 30).when(RITA, rate(3)).gives("rated");
    story.when(RITA, rate(5)).refuses(Refusal::AlreadyRated);
    let ended = late.now.checked_add(jiff::SignedDuration::from_hours(24 * 30)).expect("in range");
    late.after_hours(24 * 30 + 1).when(RITA, rate(3)).refuses(Refusal::RatingOver { ended });
}

#[test]
fn what_is_not_solved_is_neither_confirmed_nor_rated() {
    let mut story = in_progress(ANA, First);
    let status = StatusName::InProgress;
    for command in [Command::Confirm, reopen(), rate(5)] {
        let action = command.action();
        story.when(RITA, command).refuses(Refusal::WrongState { action, status });
    }
}

#[test]
fn each_solution_is_told_by_its_own_letter() {
    let mut story = solved();
    let first = story.last().sequence;
    story.when(RITA, reopen()).gives("reopened");
    story.after_hours(1).when(ANA, assess()).gives("assessed expected_by");
    story.when(ANA, solve()).gives("solved");
    let told = |event| Command::RecordDelivery { notice: EvidentialNotice::Solved, event };
    story.when(Actor::Clock, told(first)).refuses(Refusal::AlreadyRecorded);
    let second = story.last().sequence;
    story.when(Actor::Clock, told(second)).gives("delivered");
    assert!(story.case.solution.as_ref().is_some_and(|solution| solution.told_at.is_some()));
}
