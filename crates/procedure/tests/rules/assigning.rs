//! Activity 2: classified, assigned, taken (R6, R10).

use atiende_procedure::office::Change;
use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{Assigned, InProgress};
use SupportLevel::{First, Second, Third};

fn bad(field: &'static str, problem: Problem) -> Refusal {
    Refusal::BadField { field, problem }
}

#[test]
fn the_administrator_assigns_to_any_level() {
    for (level, agent, group) in [(First, ANA, FIRST), (Second, BETO, SECOND), (Third, CELIA, THIRD)] {
        let mut story = registered();
        story
            .when(DORA, assign_to(level, agent))
            .gives_as(Capacity::DeskAdministrator, "assigned")
            .is(Assigned);
        assert_eq!(story.case.status, Status::Assigned { level, group, agent: agent.person() });
    }
}

#[test]
fn an_agent_assigns_new_cases_and_within_his_own_level() {
    let mut story = registered();
    story.when(BETO, assign(First)).gives("assigned");
    story.when(BETO, assign(Second)).refuses(Refusal::NotYourLevel { level: First });
    story.when(ANA, assign(Second)).refuses(Refusal::NotYourLevel { level: Second });
    story.when(ANA, assign_to(First, ALDO)).gives("assigned");
    story.when(ANA, assign_to(First, ALDO)).refuses(Refusal::AlreadyThere);
}

#[test]
fn what_was_assigned_is_assigned_again_with_a_reason() {
    let mut story = registered();
    let without = |level| Command::Assign { level, group: None, agent: None, reason: None };
    story.when(DORA, without(First)).gives("assigned");
    story.when(DORA, without(Second)).refuses(bad("reason", Problem::Missing));
    let blank = Command::Assign { level: Second, group: None, agent: None, reason: Some(text(" ")) };
    story.when(DORA, blank).refuses(bad("reason", Problem::Missing));
    story.when(DORA, assign(Second)).gives("assigned");
}

#[test]
fn the_group_is_of_the_level_and_the_agent_is_of_the_group() {
    let mut story = registered();
    let to = |level, group, agent: Option<Actor>| Command::Assign {
        level,
        group,
        agent: agent.and_then(Actor::person),
        reason: None,
    };
    let wrong_level = Refusal::GroupNotOfLevel { group: FIRST, level: Second };
    story.when(DORA, to(Second, Some(FIRST), None)).refuses(wrong_level);
    story.when(DORA, to(First, Some(GroupId(99)), None)).refuses(bad("group", Problem::Unknown));
    let not_hers = Refusal::NotAnAgentOf { person: id(BETO), group: FIRST };
    story.when(DORA, to(First, None, Some(BETO))).refuses(not_hers);
    let left = Refusal::NotAnAgentOf { person: id(EX), group: FIRST };
    story.when(DORA, to(First, None, Some(EX))).refuses(left);
    story
        .when(DORA, to(First, None, Some(Actor::Person(PersonId(99)))))
        .refuses(bad("assignee", Problem::Unknown));
}

#[test]
fn the_catalogue_proposes_the_group() {
    let asked = Registration { service: Some(NETWORK), ..request(RITA) };
    let mut story = Story::begins(RITA, &asked).expect("offered");
    story.when(DORA, assign(Second)).gives("assigned");
    assert_eq!(story.case.status.group(), Some(SECOND));
    story.when(DORA, assign(Third)).gives("assigned");
    assert_eq!(story.case.status.group(), Some(THIRD), "not the service's, which is of another level");
}

#[test]
fn a_case_of_a_group_is_taken_by_one_of_it() {
    let mut story = registered();
    story.when(DORA, assign(First)).gives("assigned");
    story.when(BETO, Command::Take).refuses(Refusal::NotYourGroup { group: FIRST });
    story.when(DORA, Command::Take).refuses(Refusal::NotYourRole { action: Action::Take });
    story.when(ALDO, Command::Take).gives("taken").is(Assigned);
    assert_eq!(story.case.status.agent(), Some(id(ALDO)));
    story.when(ANA, Command::Take).refuses(Refusal::AlreadyTaken { agent: id(ALDO) });
}

#[test]
fn assigning_again_takes_the_case_back_from_whoever_had_it() {
    let mut story = in_progress(ANA, First);
    story.is(InProgress);
    story.when(ALDO, assign_to(First, ALDO)).gives("assigned").is(Assigned);
    story.when(ANA, assess()).refuses(Refusal::NotYourCase { agent: Some(id(ALDO)) });

    let mut story = with_provider(C_014);
    story.when(DORA, assign_to(Third, CELIA)).gives("assigned").is(Assigned);
    assert!(story.case.providers[0].ended.is_some(), "the provider has it no more");
    assert!(story.case.followed_turn().is_some(), "and its supervisor follows until it is solved");
}

#[test]
fn classifying_changes_what_is_said_and_keeps_the_rest() {
    let mut story = registered();
    let classify = |kind, service, impact, urgency| Command::Classify { kind, service, impact, urgency };
    story.when(ANA, classify(None, Some(SYSTEM), Some(Impact::High), None)).gives("classified");
    let case = &story.case;
    assert_eq!((case.kind, case.service), (Kind::ServiceRequest, Some(SYSTEM)), "a service brings its kind");
    assert_eq!(case.priority(), Priority::High);
    story.when(DORA, classify(Some(Kind::Advice), None, None, None)).gives("classified");
    assert_eq!(story.case.service, Some(SYSTEM));
    story.when(DORA, classify(Some(Kind::Advice), None, None, None)).gives("classified");
    story.when(DORA, classify(None, None, None, None)).refuses(Refusal::AlreadyThere);
    story
        .when(DORA, classify(None, Some(ServiceId(99)), None, None))
        .refuses(bad("service", Problem::Unknown));
    story
        .when(RITA, classify(Some(Kind::Incident), None, None, None))
        .refuses(Refusal::NotYourRole { action: Action::Classify });
}

#[test]
fn a_security_incident_is_referred_and_never_classified_so() {
    let mut story = registered();
    let kind = |kind, service| Command::Classify { kind, service, impact: None, urgency: None };
    story.when(ANA, kind(Some(Kind::SecurityIncident), None)).refuses(Refusal::SecurityIsReferred);
    story.when(ANA, kind(None, Some(BREACH))).refuses(Refusal::SecurityIsReferred);
}

#[test]
fn a_level_without_groups_cannot_be_assigned_to() {
    let mut story = registered();
    let mut group = story.office.groups[&THIRD].clone();
    group.active = false;
    story.office.services.remove(&SYSTEM);
    set(&mut story.office, &Change::SetGroup(group));
    story.when(DORA, assign(Third)).refuses(Refusal::NoGroupAtLevel { level: Third });
}
