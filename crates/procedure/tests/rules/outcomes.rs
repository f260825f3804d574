//! What reports count: each clock that ended, as the case itself says that it ended.

use atiende_procedure::office::{Change, Office};
use atiende_procedure::sla::{Outcome, ended};
use atiende_procedure::*;

use crate::clocks::{long, promising};
use crate::moves::{at, tell, with};
use crate::office::*;
use crate::story::*;

/// `assignment met 0h45 of 1h00`, with the contract where there is one.
fn said(outcome: &Outcome) -> String {
    let contract = outcome.contract.map_or(String::new(), |contract| format!(" of {contract}"));
    let (used, target) = (long(outcome.used), long(outcome.target));
    format!("{}{contract} {} {used}/{target}", outcome.clock, outcome.state)
}

fn told(case: &Case, office: &Office) -> Vec<String> {
    ended(case).iter().map(|clock| said(&clock.outcome(office).expect("it ended"))).collect()
}

#[track_caller]
fn check(moves: &[&str], expected: &[&str]) {
    let story = tell(promising(|_| {}), moves);
    assert_eq!(told(&story.case, &story.office), expected, "{moves:?}");
}

/// A contract with an hour to answer and eight to solve, beside another without times.
fn with_provider_times() -> Office {
    let mut office = promising(|_| {});
    let mut contract = (*office.contracts[&C_009]).clone();
    (contract.response, contract.solution) = (Some(60), Some(8 * 60));
    office = with(office, &Change::SetContract(Box::new(contract)));
    office
}

#[test]
fn a_clock_counts_when_it_has_ended_and_not_before() {
    check(&[], &[]);
    check(&["lun 09:45 assign"], &["assignment met 0h45/1h00"]);
    check(&["lun 10:00 assign"], &["assignment met 1h00/1h00"]);
    check(&["lun 10:01 assign"], &["assignment breached 1h01/1h00"]);
    check(
        &["lun 09:45 assign", "lun 13:30 assess", "mié 09:30 solve"],
        &["assignment met 0h45/1h00", "first_answer breached 3h30/2h00", "solution breached 16h30/16h00"],
    );
}

#[test]
fn a_second_too_late_is_too_late() {
    let mut story = tell(promising(|_| {}), &[]);
    let late = at("lun 10:00") + jiff::SignedDuration::from_micros(1);
    story.at(&late.to_string()).when(DORA, assign_to(SupportLevel::First, ANA)).gives("assigned");
    let clocks = ended(&story.case);
    let outcome = clocks[0].outcome(&story.office).expect("it ended");
    assert_eq!(outcome.state, sla::ClockState::Breached);
    assert_eq!(outcome.used.as_secs(), 3601, "a begun second is counted");
}

#[test]
fn reopening_takes_the_solution_back_until_it_is_solved_again() {
    let solved = ["lun 09:10 assign", "lun 09:30 assess", "lun 11:00 solve"];
    let first = ["assignment met 0h10/1h00", "first_answer met 0h30/2h00"];
    check(&solved, &[&first[..], &["solution met 2h00/16h00"]].concat());
    let reopened = [&solved[..], &["mar 09:00 reopen"]].concat();
    check(&reopened, &first);
    let again = [&reopened[..], &["mar 10:30 assess", "mar 11:00 solve"]].concat();
    check(&again, &[&first[..], &["solution met 4h00/16h00"]].concat());
}

#[test]
fn what_nobody_waits_for_any_more_is_void_unless_it_was_late_already() {
    let void = ["assignment void 0h20/1h00", "first_answer void 0h20/2h00", "solution void 0h20/16h00"];
    check(&["lun 09:20 cancel"], &void);
    let late = ["assignment breached 1h30/1h00", "first_answer void 1h30/2h00", "solution void 1h30/16h00"];
    check(&["lun 10:30 cancel"], &late);
}

#[test]
fn a_new_promise_measures_what_had_ended_by_the_old_one() {
    let office = promising(|it| {
        let quick = sla::Targets { assignment: Some(15), ..it.targets[&Priority::Low] };
        it.targets.insert(Priority::Critical, quick);
    });
    let before = tell(office.clone(), &["lun 09:30 assign"]);
    let after = tell(office, &["lun 09:30 assign", "lun 09:40 priority critical"]);
    assert_eq!(told(&before.case, &before.office), ["assignment met 0h30/1h00"]);
    assert_eq!(told(&after.case, &after.office), ["assignment breached 0h30/0h15"]);
    assert!(!ended(&before.case)[0].measures_as(&ended(&after.case)[0]));
}

#[test]
fn what_happens_after_its_end_leaves_a_clock_as_it_was() {
    let before = tell(promising(|_| {}), &["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 wait"]);
    let moves = ["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 wait", "mar 10:00 resume"];
    let after = tell(promising(|_| {}), &moves);
    let (before, after) = (ended(&before.case), ended(&after.case));
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(before.iter().zip(&after).all(|(before, after)| before.measures_as(after)));
}

#[test]
fn nobody_learns_of_security_cases_from_a_count() {
    let mut story = tell(promising(|_| {}), &["lun 09:10 assign", "lun 09:30 assess"]);
    story.when(ANA, Command::Refer { reason: text("Parece suplantación") }).gives("referred");
    assert_eq!(told(&story.case, &story.office), [""; 0]);
    story.case.security = false;
    assert_eq!(told(&story.case, &story.office).len(), 2, "sent back, it counts again");
}

#[test]
fn a_provider_answers_for_its_own_time() {
    let there = ["lun 09:10 assign", "lun 09:30 assess", "lun 10:00 provider"];
    let desks = ["assignment met 0h10/1h00", "first_answer met 0h30/2h00"];
    let check = |more: &[&str], expected: &[&str]| {
        let story = tell(with_provider_times(), &[&there[..], more].concat());
        assert_eq!(told(&story.case, &story.office), [&desks[..], expected].concat(), "{more:?}");
    };
    let contract = |words: &str| words.replace("of it", &format!("of {C_009}"));
    let [answered, reported] =
        ["provider_response of it met 0h40/1h00", "provider_solution of it met 1h00/8h00"].map(contract);
    check(&[], &[]);
    check(&["lun 10:40 says"], &[&answered]);
    check(&["lun 10:40 says", "lun 11:00 reports"], &[&answered, &reported]);
    // Its report was not accepted: it goes on with the clock that it had.
    check(&["lun 10:40 says", "lun 11:00 reports", "lun 15:00 provider"], &[&answered]);
    // Taken back in time, nothing is asked of it any more; taken back too late, it was late.
    let [void, response, solution] = [
        "provider_solution of it void 1h00/8h00",
        "provider_response of it breached 10h00/1h00",
        "provider_solution of it breached 10h00/8h00",
    ]
    .map(contract);
    check(&["lun 10:40 says", "lun 11:00 back"], &[&answered, &void]);
    check(&["mar 12:00 back"], &[&response, &solution]);
}

#[test]
fn the_level_that_counts_is_the_one_that_has_it_or_had_it_last() {
    let level = |moves: &[&str]| tell(promising(|_| {}), moves).case.last_level();
    assert_eq!(level(&[]), None);
    assert_eq!(level(&["lun 09:10 assign"]), Some(SupportLevel::First));
    assert_eq!(
        level(&["lun 09:10 assign", "lun 09:30 assess", "lun 11:00 solve"]),
        Some(SupportLevel::First)
    );
    assert_eq!(
        level(&["lun 09:10 assign", "lun 09:30 assess", "lun 11:00 cancel"]),
        Some(SupportLevel::First)
    );
}
