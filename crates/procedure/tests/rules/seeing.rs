//! Who may see what (R8): the scope of lists, and the audiences inside a case.

use atiende_procedure::permission::{Scope, audiences, knows};
use atiende_procedure::*;

use crate::office::*;
use crate::story::*;

#[test]
fn each_role_has_its_scope() {
    let office = office();
    let of = |actor| Scope::of(actor, &office);
    let own = |actor: Actor| Scope { person: actor.person(), ..Scope::default() };
    for actor in [ANA, BETO, DORA, AUDIAS] {
        assert_eq!(of(actor), Scope { desk: true, ..own(actor) }, "{actor:?}");
    }
    for actor in [RITA, SIXTO] {
        assert_eq!(of(actor), own(actor), "{actor:?}: administering the system reads no case");
    }
    assert_eq!(of(OSCAR), Scope { security: true, ..own(OSCAR) });
    assert_eq!(of(SAUL), Scope { contracts: vec![C_009], ..own(SAUL) });
    assert_eq!(of(SONIA), Scope { contracts: vec![C_014, C_001], ..own(SONIA) });
    assert_eq!(of(Actor::Provider(C_014)), Scope { contracts: vec![C_014], ..Scope::default() });
    for nobody in [EX, Actor::Person(PersonId(99))] {
        assert_eq!(of(nobody), Scope::default(), "{nobody:?}");
    }
}

#[test]
fn a_supervisor_sees_what_was_ever_with_his_contract() {
    let mut story = in_progress(BETO, SupportLevel::Second);
    assert!(!story.seen_by(SAUL));
    story.when(BETO, to_provider(C_009)).gives("escalated_to_provider");
    assert!(story.seen_by(SAUL) && story.seen_by(DELIA) && !story.seen_by(SONIA));
    story.when(BETO, take_back()).gives("taken_back");
    story.when(BETO, solve()).gives("solved");
    assert!(story.seen_by(SAUL), "also afterwards");
}

#[test]
fn internal_words_never_leave_the_desk() {
    let mut story = with_provider(C_009);
    story.when(BETO, say(Audience::Internal)).gives("said");
    story.when(RITA, Command::AddWatcher { person: id(WALTER) }).gives("watcher_added");
    let reads = |actor| audiences(actor, &story.case, &story.office);
    for actor in [ANA, DORA, AUDIAS, SAUL] {
        assert_eq!(reads(actor), Audience::ALL, "{actor:?}");
    }
    for actor in [RITA, WALTER, SIXTO] {
        assert_eq!(reads(actor), [Audience::Requester], "{actor:?}");
    }
    assert_eq!(reads(Actor::Provider(C_009)), [Audience::Provider]);
    let known = |actor| {
        let known = story.events.iter().filter(|event| knows(actor, reads(actor), &event.event));
        known.map(|event| name(&event.event)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(known(RITA), "registered assigned expected_by escalated_to_provider watcher_added");
    assert_eq!(known(Actor::Provider(C_009)), "escalated_to_provider");
}

#[test]
fn an_officer_reads_all_of_a_security_case_and_its_requester_his_part() {
    let mut story = in_progress(BETO, SupportLevel::Second);
    story.when(BETO, refer()).gives("referred");
    assert_eq!(audiences(OSCAR, &story.case, &story.office), Audience::ALL);
    assert_eq!(audiences(RITA, &story.case, &story.office), [Audience::Requester]);
}

#[test]
fn an_agent_who_asked_reads_his_security_case_as_a_requester() {
    let asked = Registration { kind: Some(Kind::SecurityIncident), ..request(ANA) };
    let story = Story::begins(ANA, &asked).expect("she may");
    assert!(story.seen_by(ANA));
    assert_eq!(audiences(ANA, &story.case, &story.office), [Audience::Requester]);
}

#[test]
fn somebody_deactivated_sees_and_does_nothing() {
    let mut story = Story::begins(ANA, &request(ANA)).expect("she may");
    set(&mut story.office, &person(ANA.person(), "ana", &[Role::Agent], &[FIRST], false));
    assert!(!story.seen_by(ANA));
    assert_eq!(story.offered(ANA), []);
}
