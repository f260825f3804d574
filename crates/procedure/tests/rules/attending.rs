//! Activities 3 to 5: assessed, waiting, escalated, solved (R11).

use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{Assigned, InProgress, Solved, Waiting};
use SupportLevel::{First, Second, Third};

#[test]
fn attending_begins_with_an_assessment_that_tells_when_to_expect_it() {
    let mut story = registered();
    story.when(DORA, assign_to(First, ANA)).gives("assigned");
    story.when(ANA, assess()).gives("assessed expected_by").is(InProgress);
    let four_hours_on = "2026-11-23T14:00:00-05:00".parse().expect("an instant");
    assert_eq!(story.case.expected_by, Some(four_hours_on), "lunch is not working time");
    let assessment = story.case.assessment.as_ref().expect("assessed");
    assert_eq!((assessment.level, assessment.mode, assessment.by), (First, AttentionMode::Remote, ANA));
}

#[test]
fn the_wait_grows_with_complexity_and_with_being_escalated() {
    let mut story = in_progress(ANA, First);
    let of = |complexity| Command::Assess {
        mode: AttentionMode::OnSite,
        complexity,
        expected_by: None,
        findings: text("Visita"),
    };
    let expected = |story: &Story| {
        let at = story.case.expected_by.expect("told");
        story.office.settings.calendar.zone().to_datetime(at).strftime("%F %H:%M").to_string()
    };
    story.when(ANA, of(Complexity::Medium)).gives("assessed expected_by");
    assert_eq!(expected(&story), "2026-11-25 09:00", "two days of eight hours");
    story.when(ANA, to_level(Second)).gives("escalated_to_level");
    story.when(DORA, assign_to(Second, BETO)).gives("assigned");
    story.when(BETO, of(Complexity::Low)).gives("assessed expected_by");
    assert_eq!(expected(&story), "2026-11-23 14:00", "an assignment is no escalation");
    story.when(BETO, to_level(Third)).gives("escalated_to_level");
    story.when(CELIA, Command::Take).gives("taken");
    story.when(CELIA, of(Complexity::Low)).gives("assessed expected_by");
    assert_eq!(expected(&story), "2026-11-24 09:00", "four hours more when it came up");
}

#[test]
fn an_agent_says_himself_when_to_expect_it() {
    let mut story = registered();
    story.when(DORA, assign_to(First, ANA)).gives("assigned");
    let by = |at: &str| Command::Assess {
        mode: AttentionMode::OnSite,
        complexity: Complexity::High,
        expected_by: Some(at.parse().expect("an instant")),
        findings: text("Visita"),
    };
    let past = Refusal::BadField { field: "expected_by", problem: Problem::InThePast };
    story.when(ANA, by("2026-11-23T09:00:00-05:00")).refuses(past);
    story.when(ANA, by("2026-11-27T10:30:00-05:00")).gives("assessed expected_by");
    story.when(ANA, by("2026-11-27T10:30:00-05:00")).gives("assessed");
}

#[test]
fn only_that_agent_attends_and_the_administrator_in_his_place() {
    for command in [assess(), wait(WaitingFor::Visit), to_level(Second), to_provider(C_009), solve()] {
        let mut story = in_progress(ANA, First);
        let refusal = Refusal::NotYourCase { agent: Some(id(ANA)) };
        story.when(ALDO, command.clone()).refuses(refusal);
        let role = Refusal::NotYourRole { action: command.action() };
        for actor in [RITA, SAUL, OSCAR, AUDIAS, SIXTO, EX, Actor::Provider(C_009), Actor::Clock] {
            story.when(actor, command.clone()).refuses(role.clone());
        }
        let came = story.when(DORA, command).came().expect("the administrator may");
        assert_eq!(came.acted.capacity, Capacity::DeskAdministrator);
    }
}

#[test]
fn waiting_stops_until_it_is_resumed_or_the_requester_answers() {
    let mut story = in_progress(ANA, First);
    story.when(ANA, wait(WaitingFor::Requester)).gives("waited").is(Waiting);
    story
        .when(WALTER, say(Audience::Requester))
        .refuses(Refusal::NotYourRole { action: Action::MessageRequester });
    story.when(ANA, say(Audience::Requester)).gives("said").is(Waiting);
    story.when(RITA, say(Audience::Requester)).gives("said resumed").is(InProgress);

    story.when(ANA, wait(WaitingFor::Parts)).gives("waited");
    story.when(RITA, say(Audience::Requester)).gives("said").is(Waiting);
    story.when(ANA, Command::Resume).gives("resumed").is(InProgress);
    story
        .when(ANA, Command::Resume)
        .refuses(Refusal::WrongState { action: Action::Resume, status: InProgress });
}

#[test]
fn supplying_what_was_asked_for_is_an_answer() {
    let mut story = in_progress(ANA, First);
    story.when(ANA, wait(WaitingFor::Requester)).gives("waited");
    let details = DetailsGiven { place: Some(text("Piso 3")), ..DetailsGiven::default() };
    story.when(RITA, Command::Complete { details }).gives("completed resumed").is(InProgress);
}

#[test]
fn a_watchers_word_is_no_answer_of_the_requester() {
    let mut story = in_progress(ANA, First);
    story.when(RITA, Command::AddWatcher { person: id(WALTER) }).gives("watcher_added");
    story.when(ANA, wait(WaitingFor::Requester)).gives("waited");
    story.when(WALTER, say(Audience::Requester)).gives_as(Capacity::Watcher, "said").is(Waiting);
}

#[test]
fn escalating_goes_to_the_next_level_only_and_each_level_assesses_anew() {
    let mut story = in_progress(ANA, First);
    story.when(ANA, to_level(Third)).refuses(Refusal::LevelNotNext { from: First, to: Third });
    story.when(ANA, to_level(First)).refuses(Refusal::LevelNotNext { from: First, to: First });
    story.when(ANA, to_level(Second)).gives("escalated_to_level").is(Assigned);
    assert_eq!(story.case.status, Status::Assigned { level: Second, group: SECOND, agent: None });
    story.when(BETO, Command::Take).gives("taken");
    let unassessed = Refusal::WrongState { action: Action::Solve, status: Assigned };
    story.when(BETO, solve()).refuses(unassessed);
    story.when(BETO, assess()).gives("assessed expected_by");
    story.when(BETO, solve()).gives("solved").is(Solved);
}

#[test]
fn escalating_can_name_the_agent_of_the_next_level() {
    let mut story = in_progress(ANA, First);
    let to =
        |agent: Actor| Command::EscalateToLevel { level: Second, agent: agent.person(), reason: text("Red") };
    story.when(ANA, to(ALDO)).refuses(Refusal::NotAnAgentOf { person: id(ALDO), group: SECOND });
    story.when(ANA, to(BETO)).gives("escalated_to_level");
    assert_eq!(story.case.status.agent(), Some(id(BETO)));
}

#[test]
fn third_level_goes_to_a_provider_only() {
    let mut story = in_progress(CELIA, Third);
    story.when(CELIA, to_level(Third)).refuses(Refusal::NoLevelAbove);
    assert!(!story.offered(CELIA).contains(&Action::EscalateToLevel));
    story.when(CELIA, to_provider(C_014)).gives("escalated_to_provider");
}

#[test]
fn escalating_says_why() {
    let mut story = in_progress(ANA, First);
    let missing = Refusal::BadField { field: "reason", problem: Problem::Missing };
    let silent = Command::EscalateToLevel { level: Second, agent: None, reason: text("") };
    story.when(ANA, silent).refuses(missing.clone());
    story.when(ANA, Command::EscalateToProvider { contract: C_009, reason: text(" ") }).refuses(missing);
}

#[test]
fn a_provider_did_not_solve_what_it_never_had() {
    let mut story = in_progress(ANA, First);
    let by_provider = Command::Solve { activities: text("Se cambió"), performed_by: Performer::Provider };
    story
        .when(ANA, by_provider)
        .refuses(Refusal::BadField { field: "performed_by", problem: Problem::OutOfRange });
}
