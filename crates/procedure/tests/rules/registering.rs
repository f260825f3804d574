//! Activity 1: the request enters (R2, R5, R7, R9).

use std::collections::BTreeMap;

use atiende_procedure::office::Change;
use atiende_procedure::*;
use jiff::civil::date;

use crate::office::*;
use crate::story::*;

#[test]
fn anybody_asks_for_himself() {
    let story = Story::begins(NADIA, &request(NADIA)).expect("she may");
    assert_eq!(story.case.status, Status::Registered);
    assert_eq!(story.case.opened_by, None);
    assert_eq!(story.last().acted, Acted { by: NADIA, capacity: Capacity::Requester });
    assert_eq!((story.case.kind, story.case.priority()), (Kind::Incident, Priority::Medium));
}

#[test]
fn the_desk_registers_for_whoever_phones_or_comes_in() {
    for (channel, actor, capacity) in [
        (Channel::Phone, ANA, Capacity::Agent),
        (Channel::InPerson, DORA, Capacity::DeskAdministrator),
        (Channel::Planned, ANA, Capacity::Agent),
    ] {
        let story = Story::begins(actor, &Registration { channel, ..request(RITA) }).expect("the desk may");
        assert_eq!(story.case.opened_by, Some(actor));
        assert_eq!(story.last().acted.capacity, capacity);
    }
}

#[test]
fn nobody_else_asks_for_another_nor_says_that_somebody_phoned() {
    let refused = Err(Refusal::NotYourRole { action: Action::Register });
    let came = |actor, asked: &Registration| Story::begins(actor, asked).map(|story| story.case.number);
    for actor in [RITA, SAUL, OSCAR, AUDIAS, SIXTO, EX, Actor::Clock, Actor::Provider(C_009)] {
        assert_eq!(came(actor, &request(NADIA)), refused, "{actor:?}");
    }
    for channel in [Channel::Phone, Channel::InPerson, Channel::Planned] {
        assert_eq!(came(RITA, &Registration { channel, ..request(RITA) }), refused, "{channel}");
    }
}

#[test]
fn planned_work_is_the_desks_even_when_an_agent_asks_it_of_himself() {
    let planned = Registration { channel: Channel::Planned, service: Some(UPKEEP), ..request(ANA) };
    let story = Story::begins(ANA, &planned).expect("planned work");
    assert_eq!(
        (story.case.kind, story.last().acted.capacity),
        (Kind::PreventiveMaintenance, Capacity::Agent)
    );
    let from_the_portal = Registration { service: Some(UPKEEP), ..request(RITA) };
    assert_eq!(Story::begins(RITA, &from_the_portal).err(), Some(Refusal::ServiceNotOffered));
}

#[test]
fn somebody_who_left_is_not_registered_for() {
    let refusal = Story::begins(DORA, &request(EX)).err();
    assert_eq!(refusal, Some(Refusal::BadField { field: "on_behalf_of", problem: Problem::Inactive }));
}

#[test]
fn the_catalogue_proposes_and_what_is_said_prevails() {
    let proposed =
        Story::begins(RITA, &Registration { service: Some(SYSTEM), ..request(RITA) }).expect("offered");
    assert_eq!((proposed.case.kind, proposed.case.impact), (Kind::ServiceRequest, Impact::Medium));
    let said = Registration {
        service: Some(SYSTEM),
        kind: Some(Kind::Training),
        impact: Some(Impact::High),
        urgency: Some(Urgency::High),
        ..request(RITA)
    };
    let said = Story::begins(RITA, &said).expect("offered");
    assert_eq!((said.case.kind, said.case.priority()), (Kind::Training, Priority::Critical));
}

#[test]
fn a_request_says_what_it_is_about_in_words_that_fit() {
    let came = |asked: Registration| Story::begins(RITA, &asked).err();
    let missing = |field| Some(Refusal::BadField { field, problem: Problem::Missing });
    let too_long = |field| Some(Refusal::BadField { field, problem: Problem::TooLong });
    assert_eq!(came(Registration { subject: text("  \n"), ..request(RITA) }), missing("subject"));
    assert_eq!(came(Registration { description: text(""), ..request(RITA) }), missing("description"));
    assert_eq!(came(Registration { subject: text(&"ñ".repeat(251)), ..request(RITA) }), too_long("subject"));
    assert_eq!(came(Registration { subject: text(&"ñ".repeat(250)), ..request(RITA) }), None);
}

#[test]
fn what_is_missing_is_asked_for_and_the_case_exists_meanwhile() {
    let by_mail = Registration { channel: Channel::Mail, service: Some(COMPUTER), ..request(RITA) };
    let mut story = Story::begins(RITA, &by_mail).expect("by mail");
    let lacks = |story: &Story| missing(&story.case, &story.office);
    assert_eq!(lacks(&story), ["department", "site", "place", "contact", "answers.estado"]);

    let details = DetailsGiven {
        department: Some(DepartmentId(1)),
        site: Some(SiteId(1)),
        place: Some(text("Piso 2")),
        contact_phone: Some(text("601 555 0100")),
        has_remote_support: Some(true),
        answers: BTreeMap::from([("estado".to_owned(), text("No enciende"))]),
        ..DetailsGiven::default()
    };
    story.when(RITA, Command::Complete { details }).gives("completed");
    assert_eq!(lacks(&story), ["remote_support_id"], "having the software makes its ID required");

    let details = DetailsGiven { remote_support_id: Some(text("123 456 789")), ..DetailsGiven::default() };
    story.when(ANA, Command::Complete { details: details.clone() }).gives("completed");
    assert!(lacks(&story).is_empty());
    let nothing_new = Refusal::BadField { field: "details", problem: Problem::Missing };
    story.when(ANA, Command::Complete { details }).refuses(nothing_new);
}

#[test]
fn answers_fit_their_questions() {
    let asked = |code: &str, answer: &str| {
        let answers = BTreeMap::from([(code.to_owned(), text(answer))]);
        let details = DetailsGiven { answers, ..DetailsGiven::default() };
        Story::begins(RITA, &Registration { service: Some(COMPUTER), details, ..request(RITA) }).err()
    };
    let refused = |question: &str, problem| Some(Refusal::BadAnswer { question: question.into(), problem });
    assert_eq!(asked("estado", "Enciende"), None);
    assert_eq!(asked("estado", "A veces"), refused("estado", Problem::NotAnOption));
    assert_eq!(asked("placa", "1.204,5"), refused("placa", Problem::NotANumber));
    assert_eq!(asked("placa", "1204,5"), None);
    assert_eq!(asked("garantia", "tal vez"), refused("garantia", Problem::NotYesOrNo));
    assert_eq!(asked("color", "azul"), refused("color", Problem::Unknown));
}

#[test]
fn a_case_belongs_to_the_version_under_which_it_was_opened() {
    let mut office = office();
    set(&mut office, &Change::SetVersion(Box::new(version("3", date(2026, 11, 23)))));
    set(&mut office, &Change::SetVersion(Box::new(version("4", date(2026, 11, 24)))));
    let story = Story::begins_in(office.clone(), RITA, &request(RITA)).expect("a version is in force");
    assert_eq!(office.versions[&story.case.procedure].version, "3", "tomorrow's does not hold yet");
    office.versions.clear();
    let refusal = Story::begins_in(office, RITA, &request(RITA)).err();
    assert_eq!(refusal, Some(Refusal::NoProcedureInForce));
}

#[test]
fn files_come_along_in_reasonable_numbers() {
    let file = |name: &str| Attachment {
        blob: BlobHash([3; 32]),
        name: text(name),
        media_type: "image/png".into(),
        size: 10,
    };
    let came = |attachments| Story::begins(RITA, &Registration { attachments, ..request(RITA) }).err();
    let refused = |problem| Some(Refusal::BadField { field: "attachments", problem });
    assert_eq!(came(vec![file("foto.png"); 20]), None);
    assert_eq!(came(vec![file("foto.png"); 21]), refused(Problem::OutOfRange));
    assert_eq!(came(vec![file("")]), refused(Problem::Missing));
    assert_eq!(came(vec![file(&"x".repeat(251))]), refused(Problem::TooLong));
}
