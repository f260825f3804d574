//! The stored form of every event, frozen: these bytes are hashed and read for ever. A change here that is no addition
//! needs a new version of the form, with the old one still read.

use std::collections::{BTreeMap, BTreeSet};

use atiende_procedure::office::{
    Agreement, AgreementHours, ContractDocument, MailSecurity, MailServer, Mailbox, NamedCalendar,
    OAuthClient, OfficeEvent, OfficeRecorded, Receiving, Token, TokenScope,
};
use atiende_procedure::sla::{
    Attendant, ClockName, Hours, Promise, ProviderPromise, Stillness, Targets, Warning,
};
use atiende_procedure::*;
use jiff::Timestamp;

use crate::office::*;
use crate::story::name;

fn words(byte: u8) -> TextRef {
    TextRef([byte; 32])
}

fn instant(words: &str) -> Timestamp {
    words.parse().expect("an instant")
}

fn details() -> Details {
    Details {
        department: Some(DepartmentId(1)),
        site: Some(SiteId(2)),
        place: Some(words(3)),
        contact: ContactRef { name: Some(words(4)), email: Some(words(5)), phone: Some(words(6)) },
        has_remote_support: Some(true),
        remote_support_id: Some(words(7)),
        answers: BTreeMap::from([("estado".to_owned(), words(8)), ("placa".to_owned(), words(9))]),
    }
}

fn file() -> AttachmentRef {
    AttachmentRef { blob: BlobHash([10; 32]), name: words(11), media_type: "image/png".into(), size: 2_048 }
}

fn registered(full: bool) -> Event {
    Event::Registered(Box::new(Registered {
        case: CaseId(1),
        number: CaseNumber::new("MS", 2026, 1),
        procedure: VersionId(1),
        channel: Channel::Portal,
        requester: PersonId(1),
        subject: words(1),
        description: words(2),
        details: if full { details() } else { Details::default() },
        kind: Kind::ServiceRequest,
        service: full.then_some(ServiceId(3)),
        impact: Impact::High,
        urgency: Urgency::Low,
        attachments: if full { vec![file()] } else { Vec::new() },
        follows: full.then_some(CaseId(9)),
    }))
}

fn promise() -> Promise {
    Promise {
        agreement: AgreementId(1),
        version: 2,
        targets: Targets { assignment: Some(30), first_answer: None, solution: Some(960) },
        hours: Hours::Always,
        pauses: BTreeMap::from([(ClockName::Solution, BTreeSet::from([Stillness::Visit]))]),
        warnings: vec![Warning { percent: 75, to: Attendant::Agent }],
    }
}

fn events() -> Vec<Event> {
    [events_of_the_table(), events_of_promises()].concat()
}

fn events_of_the_table() -> Vec<Event> {
    let (due, reason) = (instant("2026-11-25T22:00:00Z"), words(12));
    let (level, group, agent) = (SupportLevel::Second, GroupId(2), Some(PersonId(5)));
    let (contract, person) = (ContractId(2), PersonId(2));
    let work = Work { level, group, agent: PersonId(5) };
    let mode = AttentionMode::OnSite;
    let number = CaseNumber::new("MS", 2026, 7);
    vec![
        registered(false),
        registered(true),
        Event::Classified { kind: Kind::Advice, service: None, impact: Impact::Low, urgency: Urgency::High },
        Event::Completed { details: details() },
        Event::Assigned { level, group, agent: None, reason: None },
        Event::Assigned { level, group, agent, reason: Some(reason) },
        Event::Taken,
        Event::Assessed { level, mode, complexity: Complexity::Medium, findings: words(13) },
        Event::ExpectedBy { at: instant("2026-11-25T15:30:00.25Z") },
        Event::Said {
            audience: Audience::Requester,
            contract: None,
            body: Some(words(14)),
            attachments: Vec::new(),
        },
        Event::Said {
            audience: Audience::Provider,
            contract: Some(contract),
            body: None,
            attachments: vec![file()],
        },
        Event::WatcherAdded { person },
        Event::WatcherRemoved { person },
        Event::Waited { waiting_for: WaitingFor::Requester, until: None, reason },
        Event::Waited { waiting_for: WaitingFor::Parts, until: Some(due), reason },
        Event::Resumed,
        Event::EscalatedToLevel { level, group, agent, reason },
        Event::EscalatedToProvider { contract, reason, follow_up_due: due, promise: None },
        Event::FollowedUp { contract, note: words(15), next_due: due },
        Event::FollowUpFellDue { contract, due },
        Event::ProviderReported { contract, report: words(16), solved: true, mode },
        Event::TakenBack { contract, reason },
        Event::Solved { activities: words(17), performed_by: Performer::Provider, grace_ends: due },
        Event::Confirmed,
        Event::Reopened { reason, work },
        Event::Closed { how: Closing::Confirmed },
        Event::Closed { how: Closing::GraceEnded },
        Event::Closed { how: Closing::Agreed { agreed: words(18) } },
        Event::Rated { score: 5, comment: None },
        Event::Rated { score: 1, comment: Some(words(19)) },
        Event::Referred { reason },
        Event::Acknowledged,
        Event::SentBack { reason },
        Event::Concluded { outcome: words(20) },
        Event::Cancelled { why: Cancellation::Withdrawn, reason: Some(reason) },
        Event::Cancelled { why: Cancellation::DuplicateOf { number: number.clone() }, reason: Some(reason) },
        Event::Cancelled { why: Cancellation::MergedInto { number: number.clone() }, reason: None },
        Event::Absorbed { case: CaseId(7), number },
        Event::Delivered { notice: EvidentialNotice::Solved, event: 12 },
        Event::Delivered { notice: EvidentialNotice::ProviderRequest, event: 6 },
        Event::Bounced { notice: EvidentialNotice::ProviderRequest, event: 6 },
    ]
}

/// What has been added since promises are kept (R3).
fn events_of_promises() -> Vec<Event> {
    let (contract, due) = (ContractId(2), instant("2026-11-25T22:00:00Z"));
    vec![
        Event::EscalatedToProvider {
            contract,
            reason: words(12),
            follow_up_due: due,
            promise: Some(ProviderPromise {
                response: Some(60),
                solution: None,
                hours: Hours::Calendar(CalendarId(2)),
            }),
        },
        Event::Promised { promise: None },
        Event::Promised { promise: Some(Box::new(promise())) },
        Event::Warned {
            clock: ClockName::Solution,
            contract: None,
            percent: 75,
            to: Attendant::Agent,
            due: Some(due),
        },
        Event::Warned {
            clock: ClockName::ProviderSolution,
            contract: Some(contract),
            percent: 100,
            to: Attendant::Supervisor,
            due: None,
        },
    ]
}

const COMMAND: CommandId = CommandId([0xAB; 16]);

fn recorded() -> Vec<Recorded> {
    let by = [
        Acted { by: RITA, capacity: Capacity::Requester },
        Acted { by: Actor::Provider(C_014), capacity: Capacity::Provider },
        Acted { by: Actor::Clock, capacity: Capacity::Clock },
        Acted { by: Actor::Operator, capacity: Capacity::Operator },
    ];
    let at = instant("2026-11-23T14:00:00.123456Z");
    let stamp = |(event, acted): (Event, &Acted)| (event, *acted);
    (1..)
        .zip(events().into_iter().zip(by.iter().cycle()).map(stamp))
        .map(|(sequence, (event, acted))| Recorded { sequence, at, acted, command: COMMAND, event })
        .collect()
}

fn agreement() -> Agreement {
    let Promise { agreement: id, version, targets, pauses, warnings, .. } = promise();
    Agreement {
        id,
        version,
        name: "Equipos".into(),
        services: BTreeSet::from([ServiceId(1)]),
        kinds: BTreeSet::from([Kind::Incident]),
        departments: BTreeSet::from([DepartmentId(1)]),
        sites: BTreeSet::from([SiteId(1)]),
        targets: BTreeMap::from([(Priority::High, targets)]),
        hours: AgreementHours::Calendar(CalendarId(1)),
        pauses,
        warnings,
        starts: jiff::civil::date(2026, 1, 1),
        ends: None,
        active: true,
    }
}

fn office_recorded() -> Vec<OfficeRecorded> {
    let (id, name) = (CalendarId(1), "Sedes".to_owned());
    let calendar = NamedCalendar { id, name, calendar: Default::default() };
    let office = office();
    let mut contract = (*office.contracts[&C_009]).clone();
    contract.documents = vec![ContractDocument {
        blob: BlobHash([10; 32]),
        name: "Contrato.pdf".into(),
        media_type: "application/pdf".into(),
        size: 2_048,
    }];
    let token = Token {
        id: TokenId(3),
        person: PersonId(1),
        scope: TokenScope::Read,
        name: "tablero".into(),
        expires: Some(instant("2027-01-01T05:00:00Z")),
    };
    let mut version = version("2", jiff::civil::date(2024, 1, 1));
    version.id = VersionId(1);
    for text in &mut version.activities {
        // The program's words may be improved; the form is what is frozen.
        (text.name, text.description) = ("…".into(), "…".into());
        (text.responsible, text.record) = ("…".into(), "…".into());
        text.control_point = text.control_point.take().map(|_| "…".into());
    }
    let events = vec![
        OfficeEvent::PersonSet {
            person: PersonId(3),
            profile: words(1),
            roles: vec![Role::Agent, Role::DeskAdministrator],
            groups: vec![FIRST],
            active: true,
        },
        OfficeEvent::GroupSet { group: office.groups[&FIRST].clone() },
        OfficeEvent::DepartmentSet { department: office.departments[&DepartmentId(1)].clone() },
        OfficeEvent::SiteSet { site: office.sites[&SiteId(1)].clone() },
        OfficeEvent::ServiceSet { service: Box::new((*office.services[&COMPUTER]).clone()) },
        OfficeEvent::ProviderSet { provider: office.providers[&ProviderId(1)].clone() },
        OfficeEvent::ContractSet { contract: Box::new((*office.contracts[&C_009]).clone()) },
        OfficeEvent::VersionSet { version: Box::new(version) },
        OfficeEvent::SettingsSet { settings: Box::new((*office.settings).clone()) },
        OfficeEvent::PasswordSet { person: PersonId(3) },
        OfficeEvent::TokenIssued { token },
        OfficeEvent::TokenRevoked { token: TokenId(3) },
        OfficeEvent::MailboxSet { mailbox: Box::new(mailbox()) },
        OfficeEvent::AgreementSet { agreement: Box::new(agreement()) },
        OfficeEvent::CalendarSet { calendar: Box::new(calendar) },
        OfficeEvent::ContractSet { contract: Box::new(contract) },
    ];
    let acted = Acted { by: SIXTO, capacity: Capacity::SystemAdministrator };
    (1..)
        .zip(events)
        .map(|(sequence, event)| OfficeRecorded { sequence, at: monday(), acted, command: COMMAND, event })
        .collect()
}

fn mailbox() -> Mailbox {
    let server = |host: &str, port| MailServer {
        host: host.into(),
        port,
        security: MailSecurity::Tls,
        user: "soporte@agencia.example".into(),
        oauth: Some(OAuthClient {
            token_url: "https://entrada.example/token".into(),
            client_id: "0f3a".into(),
            scope: "correo".into(),
        }),
    };
    Mailbox {
        id: MailboxId(1),
        name: "soporte".into(),
        address: "soporte@agencia.example".into(),
        receives: Some(Receiving {
            server: server("imap.example", 993),
            folder: "INBOX".into(),
            processed: "Atendidos".into(),
            failed: String::new(),
        }),
        sends: Some(server("smtp.example", 465)),
        authserv_id: "mx.agencia.example".into(),
        plus_addresses: true,
        active: true,
    }
}

fn lines(stored: impl Iterator<Item = Vec<u8>>) -> String {
    stored.map(|bytes| String::from_utf8(bytes).expect("JSON is UTF-8") + "\n").collect()
}

#[test]
fn the_stored_form_of_a_cases_events_is_frozen() {
    insta::assert_snapshot!("case_events", lines(recorded().iter().map(Recorded::to_bytes)));
}

#[test]
fn the_stored_form_of_the_offices_events_is_frozen() {
    insta::assert_snapshot!("office_events", lines(office_recorded().iter().map(OfficeRecorded::to_bytes)));
}

#[test]
fn every_event_is_in_the_frozen_list() {
    let named: BTreeSet<String> = events().iter().map(name).collect();
    assert_eq!(named.len(), 33, "one of each: {named:?}");
    // No arm for the rest: an event that is added must be added above too.
    for event in events() {
        match event {
            Event::Registered(_)
            | Event::Classified { .. }
            | Event::Completed { .. }
            | Event::Assigned { .. }
            | Event::Taken
            | Event::Assessed { .. }
            | Event::ExpectedBy { .. }
            | Event::Said { .. }
            | Event::WatcherAdded { .. }
            | Event::WatcherRemoved { .. }
            | Event::Waited { .. }
            | Event::Resumed
            | Event::EscalatedToLevel { .. }
            | Event::EscalatedToProvider { .. }
            | Event::FollowedUp { .. }
            | Event::FollowUpFellDue { .. }
            | Event::ProviderReported { .. }
            | Event::TakenBack { .. }
            | Event::Solved { .. }
            | Event::Confirmed
            | Event::Reopened { .. }
            | Event::Closed { .. }
            | Event::Rated { .. }
            | Event::Referred { .. }
            | Event::Acknowledged
            | Event::SentBack { .. }
            | Event::Concluded { .. }
            | Event::Cancelled { .. }
            | Event::Absorbed { .. }
            | Event::Promised { .. }
            | Event::Warned { .. }
            | Event::Delivered { .. }
            | Event::Bounced { .. } => {}
        }
    }
}

#[test]
fn what_is_stored_is_read_back_to_the_byte() {
    for event in recorded() {
        let read = Recorded::from_bytes(&event.to_bytes()).expect("readable");
        assert_eq!((&read, read.to_bytes()), (&event, event.to_bytes()));
    }
    for event in office_recorded() {
        let read = OfficeRecorded::from_bytes(&event.to_bytes()).expect("readable");
        assert_eq!((&read, read.to_bytes()), (&event, event.to_bytes()));
    }
}

#[test]
fn what_is_none_of_ours_is_not_read() {
    let ours = String::from_utf8(recorded()[6].to_bytes()).expect("JSON");
    let newer = ours.replacen("\"v\":1", "\"v\":2", 1);
    assert_eq!(Recorded::from_bytes(newer.as_bytes()).map_err(|e| e.to_string()).err().as_deref(), {
        Some("stored event of version 2, this program reads up to 1")
    });
    let mangled =
        [ours.replace("taken", "stolen"), ours.replace("sequence", "sequel"), "{}".into(), "\u{feff}".into()];
    for bytes in mangled {
        assert!(Recorded::from_bytes(bytes.as_bytes()).is_err(), "{bytes}");
    }
}

#[test]
fn an_event_holds_no_words_but_their_commitments() {
    for recorded in recorded() {
        let stored = lines(std::iter::once(recorded.to_bytes()));
        for (text, _) in recorded.event.texts() {
            assert!(stored.contains(&text.to_string()), "{stored}");
        }
        let digests = stored.split('"').filter(|part| part.len() == 64 && hex::decode(part).is_ok()).count();
        let blobs = stored.matches("\"blob\"").count();
        assert_eq!(
            digests - blobs,
            recorded.event.texts().len(),
            "every commitment is known to have an audience: {stored}"
        );
    }
}
