//! A small office with somebody in every place of the procedure, built through its own door.

use atiende_procedure::calendar::{CalendarForm, WorkingCalendar};
use atiende_procedure::office::{
    Change, Contract, ContractKind, Department, Group, Office, OfficeRecorded, ProcedureVersion, Profile,
    Provider, Question, QuestionForm, Service, Settings, Site, administer, written,
};
use atiende_procedure::*;
use jiff::Timestamp;
use jiff::civil::date;

pub(crate) const RITA: Actor = Actor::Person(PersonId(1));
pub(crate) const WALTER: Actor = Actor::Person(PersonId(2));
pub(crate) const ANA: Actor = Actor::Person(PersonId(3));
pub(crate) const ALDO: Actor = Actor::Person(PersonId(4));
pub(crate) const BETO: Actor = Actor::Person(PersonId(5));
pub(crate) const CELIA: Actor = Actor::Person(PersonId(6));
pub(crate) const DORA: Actor = Actor::Person(PersonId(7));
pub(crate) const SAUL: Actor = Actor::Person(PersonId(8));
pub(crate) const DELIA: Actor = Actor::Person(PersonId(9));
pub(crate) const OSCAR: Actor = Actor::Person(PersonId(10));
pub(crate) const AUDIAS: Actor = Actor::Person(PersonId(11));
pub(crate) const SIXTO: Actor = Actor::Person(PersonId(12));
pub(crate) const NADIA: Actor = Actor::Person(PersonId(13));
/// Supervises another contract than Saúl.
pub(crate) const SONIA: Actor = Actor::Person(PersonId(14));
/// Has left the agency.
pub(crate) const EX: Actor = Actor::Person(PersonId(15));
pub(crate) const PEOPLE: i64 = 15;

pub(crate) const FIRST: GroupId = GroupId(1);
pub(crate) const SECOND: GroupId = GroupId(2);
pub(crate) const THIRD: GroupId = GroupId(3);

/// Every level, every service; Saúl and his deputy Delia.
pub(crate) const C_009: ContractId = ContractId(1);
/// Second and third level; Sonia.
pub(crate) const C_014: ContractId = ContractId(2);
/// Ended last year; Sonia.
pub(crate) const C_001: ContractId = ContractId(3);
pub(crate) const CONTRACTS: [ContractId; 3] = [C_009, C_014, C_001];

pub(crate) const COMPUTER: ServiceId = ServiceId(1);
pub(crate) const NETWORK: ServiceId = ServiceId(2);
pub(crate) const SYSTEM: ServiceId = ServiceId(3);
/// The desk's own planned work.
pub(crate) const UPKEEP: ServiceId = ServiceId(4);
pub(crate) const BREACH: ServiceId = ServiceId(5);

const LEVELS: [SupportLevel; 3] = [SupportLevel::First, SupportLevel::Second, SupportLevel::Third];

/// A Monday at nine in Bogotá.
pub(crate) fn monday() -> Timestamp {
    "2026-11-23T09:00:00-05:00".parse().expect("an instant")
}

/// The office as it is on that Monday.
pub(crate) fn office() -> Office {
    let mut office = Office::default();
    for change in changes() {
        set(&mut office, &change);
    }
    office
}

/// Lets the operator change the office.
pub(crate) fn set(office: &mut Office, change: &Change) {
    let now = Circumstances { actor: Actor::Operator, now: monday(), office, other: None };
    let done = administer(office, change, &now).unwrap_or_else(|refusal| panic!("{change:?}: {refusal:?}"));
    for event in done.events {
        let profile = done.texts.first().and_then(|text| serde_json::from_str(text.body()).ok());
        let (sequence, command) = (office.version + 1, CommandId([0; 16]));
        office.apply(&OfficeRecorded { sequence, at: monday(), acted: done.acted, command, event }, profile);
    }
}

fn changes() -> Vec<Change> {
    let calendar =
        WorkingCalendar::try_from(CalendarForm::from(WorkingCalendar::default())).expect("a calendar");
    let settings =
        Settings { agency: "Agencia".into(), prefix: "MS".into(), calendar, ..Settings::default() };
    let mut changes = vec![Change::SetSettings(Box::new(settings))];
    changes.push(Change::SetDepartment(Department {
        id: DepartmentId(0),
        code: "TI".into(),
        name: "Tecnologías".into(),
        active: true,
    }));
    changes.push(Change::SetSite(Site {
        id: SiteId(0),
        code: "SEDE".into(),
        name: "Sede principal".into(),
        municipality: String::new(),
        region: String::new(),
        calendar: None,
        active: true,
    }));
    changes.extend(groups());
    changes.extend(people());
    changes.extend(services());
    changes.extend(contracts());
    changes.push(Change::SetVersion(Box::new(version("2", date(2024, 1, 1)))));
    changes
}

fn groups() -> impl Iterator<Item = Change> {
    LEVELS.into_iter().map(|level| {
        let (code, name) = (level.as_str().to_uppercase(), format!("Grupo {level}"));
        Change::SetGroup(Group { id: GroupId(0), code, name, level, email: String::new(), active: true })
    })
}

fn people() -> impl Iterator<Item = Change> {
    use Role::*;
    let all: [(&str, &[Role], &[GroupId]); PEOPLE as usize] = [
        ("rita", &[], &[]),
        ("walter", &[], &[]),
        ("ana", &[Agent], &[FIRST]),
        ("aldo", &[Agent], &[FIRST]),
        ("beto", &[Agent], &[SECOND]),
        ("celia", &[Agent], &[THIRD]),
        ("dora", &[DeskAdministrator], &[]),
        ("saul", &[ContractSupervisor], &[]),
        ("delia", &[ContractSupervisor], &[]),
        ("oscar", &[SecurityOfficer], &[]),
        ("audias", &[Auditor], &[]),
        ("sixto", &[SystemAdministrator], &[]),
        ("nadia", &[], &[]),
        ("sonia", &[ContractSupervisor], &[]),
        ("ex", &[Agent, DeskAdministrator, SecurityOfficer], &[FIRST]),
    ];
    all.into_iter().map(|(name, roles, groups)| person(None, name, roles, groups, name != "ex"))
}

/// Sets somebody, known by the first half of his address.
pub(crate) fn person(
    id: Option<PersonId>,
    name: &str,
    roles: &[Role],
    groups: &[GroupId],
    active: bool,
) -> Change {
    let profile =
        Profile { name: name.into(), email: format!("{name}@agencia.example"), ..Profile::default() };
    Change::SetPerson { id, profile, salt: [1; 16], roles: roles.into(), groups: groups.into(), active }
}

fn services() -> [Change; 5] {
    let service = |code: &str, kind, level, group, on_portal| Service {
        id: ServiceId(0),
        code: code.into(),
        name: code.into(),
        description: String::new(),
        kind,
        level,
        group,
        conditions: String::new(),
        keywords: Vec::new(),
        impact: Impact::Medium,
        urgency: Urgency::Medium,
        questions: Vec::new(),
        on_portal,
        active: true,
    };
    let question = |code: &str, required, form| Question {
        code: code.into(),
        label: code.into(),
        help: String::new(),
        required,
        form,
    };
    let options = vec!["Enciende".into(), "No enciende".into()];
    let mut computer = service("EQ", Kind::Incident, SupportLevel::First, FIRST, true);
    computer.questions = vec![
        question("estado", true, QuestionForm::Choice { options }),
        question("placa", false, QuestionForm::Number),
        question("garantia", false, QuestionForm::YesNo),
    ];
    [
        computer,
        service("RED", Kind::Incident, SupportLevel::Second, SECOND, true),
        service("SIS", Kind::ServiceRequest, SupportLevel::Third, THIRD, true),
        service("MP", Kind::PreventiveMaintenance, SupportLevel::First, FIRST, false),
        service("SEG", Kind::SecurityIncident, SupportLevel::First, FIRST, true),
    ]
    .map(|service| Change::SetService(Box::new(service)))
}

fn contracts() -> Vec<Change> {
    let provider = |name: &str| {
        let (name, emails, phone) = (name.into(), vec![format!("casos@{name}.example")], String::new());
        Change::SetProvider(Provider { id: ProviderId(0), name, emails, phone, active: true })
    };
    let contract =
        |number: &str, provider, levels: &[SupportLevel], supervisor: Actor, deputy: Option<Actor>, ends| {
            Change::SetContract(Box::new(Contract {
                id: ContractId(0),
                number: number.into(),
                provider: ProviderId(provider),
                kind: if number == "C-009" { ContractKind::Rental } else { ContractKind::Specialised },
                object: "Soporte".into(),
                starts: date(2025, 1, 1),
                ends,
                supervisor: supervisor.person().expect("a person"),
                deputy: deputy.and_then(Actor::person),
                levels: levels.iter().copied().collect(),
                services: Default::default(),
                emails: Vec::new(),
                promise: String::new(),
                response: None,
                solution: None,
                hours: None,
                penalties: String::new(),
                documents: Vec::new(),
                active: true,
            }))
        };
    vec![
        provider("condor"),
        provider("quimbaya"),
        contract("C-009", 1, &LEVELS, SAUL, Some(DELIA), date(2028, 12, 31)),
        contract("C-014", 2, &LEVELS[1..], SONIA, None, date(2028, 12, 31)),
        contract("C-001", 2, &LEVELS, SONIA, None, date(2025, 12, 31)),
    ]
}

/// A version of the procedure with the program's own texts.
pub(crate) fn version(number: &str, in_force_from: jiff::civil::Date) -> ProcedureVersion {
    ProcedureVersion {
        id: VersionId(0),
        code: "GTI-PR-04".into(),
        version: number.into(),
        name: "Mesa de servicios".into(),
        objective: String::new(),
        scope: String::new(),
        legal_basis: Vec::new(),
        in_force_from,
        activities: written::activities(written::Tongue::Spanish).to_vec(),
        approvals: Vec::new(),
        change_log: Vec::new(),
        documents: Vec::new(),
    }
}
