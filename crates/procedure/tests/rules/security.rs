//! A security incident leaves the desk for its own procedure (R8, R10).

use atiende_procedure::*;

use crate::office::*;
use crate::story::*;
use StatusName::{Closed, Referred, Registered};
use SupportLevel::{First, Second};

const OTHERS: [Actor; 9] = [WALTER, ANA, BETO, DORA, SAUL, AUDIAS, SIXTO, EX, Actor::Provider(C_009)];

fn reported() -> Story {
    let asked = Registration { kind: Some(Kind::SecurityIncident), ..request(RITA) };
    Story::begins(RITA, &asked).expect("anybody reports one")
}

#[test]
fn registered_as_one_it_is_the_officers_from_the_first_moment() {
    let mut story = reported();
    story.is(Referred);
    assert!(story.seen_by(RITA) && story.seen_by(OSCAR));
    for actor in OTHERS {
        assert!(!story.seen_by(actor), "{actor:?}");
        assert_eq!(story.offered(actor), [], "{actor:?}");
    }
    let by_service = Registration { service: Some(BREACH), ..request(RITA) };
    assert!(Story::begins(RITA, &by_service).expect("offered").case.security);
}

#[test]
fn whoever_registered_it_for_another_sees_it_no_more() {
    let asked = Registration { kind: Some(Kind::SecurityIncident), channel: Channel::Phone, ..request(RITA) };
    let story = Story::begins(ANA, &asked).expect("the desk registers");
    assert!(!story.seen_by(ANA) && story.seen_by(RITA));
}

#[test]
fn any_open_case_is_referred_from_the_desk() {
    let cases = [registered(), in_progress(ANA, First), with_provider(C_009)];
    for mut story in cases {
        story.when(RITA, refer()).refuses(Refusal::NotYourRole { action: Action::Refer });
        story.when(RITA, Command::AddWatcher { person: id(WALTER) }).gives("watcher_added");
        story.when(ALDO, refer()).gives("referred").is(Referred);
        assert_eq!((story.case.kind, story.case.security), (Kind::SecurityIncident, true));
        for actor in OTHERS {
            assert!(!story.seen_by(actor), "{actor:?}");
        }
        assert!(story.case.followed_turn().is_none(), "nobody is reminded of it");
        story.when(ALDO, send_back()).refuses(Refusal::NotYourRole { action: Action::SendBack });
    }
}

#[test]
fn the_officer_acknowledges_once_and_concludes() {
    let mut story = reported();
    story.when(RITA, Command::Acknowledge).refuses(Refusal::NotYourRole { action: Action::Acknowledge });
    story.when(OSCAR, Command::Acknowledge).gives_as(Capacity::SecurityOfficer, "acknowledged").is(Referred);
    story.when(OSCAR, Command::Acknowledge).refuses(Refusal::AlreadyAcknowledged);
    story.when(OSCAR, say(Audience::Internal)).gives("said");
    story.when(OSCAR, say(Audience::Requester)).gives("said");
    let silent = Command::Conclude { outcome: text("") };
    story.when(OSCAR, silent).refuses(Refusal::BadField { field: "outcome", problem: Problem::Missing });
    story.when(OSCAR, conclude()).gives("concluded").is(Closed);
    assert!(story.case.security && !story.seen_by(DORA), "it stays theirs when it is closed");
}

#[test]
fn sent_back_it_is_on_the_desk_again() {
    let mut story = with_provider(C_009);
    story.when(BETO, refer()).gives("referred");
    story.when(OSCAR, send_back()).gives("sent_back").is(Registered);
    assert_eq!((story.case.kind, story.case.security), (Kind::Incident, false));
    assert!(!story.seen_by(OSCAR) && story.seen_by(DORA));
    story.when(DORA, assign_to(Second, BETO)).gives("assigned");
}

#[test]
fn sent_back_it_is_again_what_its_service_proposes() {
    let asked = Registration { service: Some(SYSTEM), ..request(RITA) };
    let mut story = Story::begins(RITA, &asked).expect("offered");
    story.when(DORA, refer()).gives("referred");
    story.when(OSCAR, send_back()).gives("sent_back classified");
    assert_eq!(story.case.kind, Kind::ServiceRequest);
}

#[test]
fn an_officers_other_roles_open_no_ordinary_move_on_a_referred_case() {
    let mut story = reported();
    let roles = [Role::SecurityOfficer, Role::DeskAdministrator, Role::Agent];
    set(&mut story.office, &person(OSCAR.person(), "oscar", &roles, &[FIRST], true));
    for command in [assign(First), cancel(), solve(), refer(), say(Audience::Provider)] {
        let action = command.action();
        story.when(OSCAR, command).refuses(Refusal::NotYourRole { action });
    }
}
