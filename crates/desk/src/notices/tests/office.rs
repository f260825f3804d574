//! An invented office, small enough to know by heart.

use std::sync::Arc;

use atiende_procedure::office::{
    Agreement, AgreementHours, Contract, ContractKind, Department, Group, Office, Person, ProcedureVersion,
    Profile, Provider, Question, QuestionForm, Service, Settings, Site,
};
use atiende_procedure::sla::{Targets, Warning};
use atiende_procedure::{
    AgreementId, ContractId, DepartmentId, GroupId, Impact, Kind, PersonId, Priority, ProviderId, Role,
    ServiceId, SiteId, SupportLevel, Urgency, VersionId,
};

pub(super) const REQUESTER: PersonId = PersonId(1);
pub(super) const WATCHER: PersonId = PersonId(2);
pub(super) const AGENT: PersonId = PersonId(3);
pub(super) const SECOND_AGENT: PersonId = PersonId(4);
pub(super) const SUPERVISOR: PersonId = PersonId(5);
pub(super) const DEPUTY: PersonId = PersonId(6);
pub(super) const OFFICER: PersonId = PersonId(7);
pub(super) const ADMIN: PersonId = PersonId(8);
pub(super) const GROUP: GroupId = GroupId(1);
pub(super) const CONTRACT: ContractId = ContractId(2);
const NETWORKS: GroupId = GroupId(2);

pub(super) fn office() -> Office {
    let mut office = Office::default();
    people(&mut office);
    places(&mut office);
    office.services.insert(ServiceId(1), Arc::new(printer()));
    contract(&mut office);
    office.agreements.insert(AgreementId(1), Arc::new(agreement()));
    let version = version();
    office.versions.insert(version.id, Arc::new(version));
    office.settings = Arc::new(Settings {
        agency: "Agencia de ejemplo".to_owned(),
        unit: "Mesa de servicios".to_owned(),
        mail_address: "mesa@agencia.example".to_owned(),
        phone: "(601) 555 0100".to_owned(),
        ..Settings::default()
    });
    office
}

fn people(office: &mut Office) {
    let everyone = [
        (REQUESTER, "Marta Lucía Ocampo", "marta", None, &[][..]),
        (WATCHER, "Rosalba Quiñones", "rosalba", None, &[]),
        (AGENT, "Nataly Guerrero", "nataly", Some(Role::Agent), &[GROUP]),
        (SECOND_AGENT, "Iván Darío Mosquera", "ivan", Some(Role::Agent), &[GROUP, NETWORKS]),
        (SUPERVISOR, "Hernán Castaño", "hernan", Some(Role::ContractSupervisor), &[]),
        (DEPUTY, "Beatriz Angulo", "beatriz", Some(Role::ContractSupervisor), &[]),
        (OFFICER, "Clara Inés Pabón", "clara", Some(Role::SecurityOfficer), &[]),
        (ADMIN, "Adela Rentería", "adela", Some(Role::DeskAdministrator), &[]),
    ];
    for (id, name, mail, role, groups) in everyone {
        let profile =
            Profile { name: name.to_owned(), email: format!("{mail}@agencia.example"), ..Profile::default() };
        let person = Person {
            id,
            profile,
            roles: role.into_iter().collect(),
            groups: groups.iter().copied().collect(),
            active: true,
        };
        office.people.insert(id, Arc::new(person));
    }
    for (id, name, level) in
        [(GROUP, "Soporte en sitio", SupportLevel::First), (NETWORKS, "Redes", SupportLevel::Second)]
    {
        let code = name.to_lowercase();
        let group = Group { id, code, name: name.to_owned(), level, email: String::new(), active: true };
        office.groups.insert(id, group);
    }
}

fn places(office: &mut Office) {
    let named = |name: &str| name.to_owned();
    let department =
        Department { id: DepartmentId(1), code: named("tal"), name: named("Talento humano"), active: true };
    office.departments.insert(department.id, department);
    let site = Site {
        id: SiteId(1),
        code: named("gua"),
        name: named("Sede Guayacán"),
        municipality: String::new(),
        region: String::new(),
        calendar: None,
        active: true,
    };
    office.sites.insert(site.id, site);
}

fn version() -> ProcedureVersion {
    let named = |name: &str| name.to_owned();
    ProcedureVersion {
        id: VersionId(1),
        code: named("GT-01"),
        version: named("2"),
        name: named("Soporte"),
        objective: String::new(),
        scope: String::new(),
        legal_basis: Vec::new(),
        in_force_from: jiff::civil::date(2024, 1, 1),
        activities: Vec::new(),
        approvals: Vec::new(),
        change_log: Vec::new(),
        documents: Vec::new(),
    }
}

fn printer() -> Service {
    let question = |code: &str, label: &str, required, form| Question {
        code: code.to_owned(),
        label: label.to_owned(),
        help: String::new(),
        required,
        form,
    };
    Service {
        id: ServiceId(1),
        code: "impresora".to_owned(),
        name: "Daño de una impresora".to_owned(),
        description: String::new(),
        kind: Kind::Incident,
        level: SupportLevel::First,
        group: GROUP,
        conditions: String::new(),
        keywords: Vec::new(),
        impact: Impact::Low,
        urgency: Urgency::Medium,
        questions: vec![
            question("code", "Código de la impresora", true, QuestionForm::Text),
            question("paper", "¿Tiene papel?", false, QuestionForm::YesNo),
            question("colour", "¿Imprime a color?", true, QuestionForm::YesNo),
        ],
        on_portal: true,
        active: true,
    }
}

fn contract(office: &mut Office) {
    let provider = Provider {
        id: ProviderId(1),
        name: "Rentas y Equipos S. A.".to_owned(),
        emails: vec!["soporte@rentas.example".to_owned(), "guardia@rentas.example".to_owned()],
        phone: String::new(),
        active: true,
    };
    office.providers.insert(provider.id, provider);
    let contract = Contract {
        id: CONTRACT,
        number: "C-014".to_owned(),
        provider: ProviderId(1),
        kind: ContractKind::Rental,
        object: String::new(),
        starts: jiff::civil::date(2026, 1, 1),
        ends: jiff::civil::date(2026, 12, 31),
        supervisor: SUPERVISOR,
        deputy: Some(DEPUTY),
        levels: SupportLevel::ALL.iter().copied().collect(),
        services: Default::default(),
        emails: Vec::new(),
        promise: "atención en sitio en 8 horas hábiles".to_owned(),
        response: Some(120),
        solution: Some(960),
        hours: None,
        penalties: String::new(),
        documents: Vec::new(),
        active: true,
    };
    office.contracts.insert(CONTRACT, Arc::new(contract));
}

/// Eight working hours for everything.
fn agreement() -> Agreement {
    let targets = Targets { solution: Some(480), ..Targets::default() };
    Agreement {
        id: AgreementId(1),
        version: 1,
        name: "ANS general".to_owned(),
        services: Default::default(),
        kinds: Default::default(),
        departments: Default::default(),
        sites: Default::default(),
        targets: Priority::ALL.iter().map(|priority| (*priority, targets)).collect(),
        hours: AgreementHours::Site,
        pauses: Default::default(),
        warnings: Warning::usual(),
        starts: jiff::civil::date(2026, 1, 1),
        ends: None,
        active: true,
    }
}
