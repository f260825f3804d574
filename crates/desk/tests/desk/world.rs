//! A desk on each engine, with a small office, a clock that is moved and an entropy that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use atiende_desk::view::QueueRequest;
use atiende_desk::{Ambience, Backlog, Desk, DeskError, Opening, SeenCase, Viewer};
use atiende_mail::SenderCheck;
use atiende_procedure::office::{
    Change, Contract, ContractKind, Department, Group, ProcedureVersion, Profile, Provider, Service,
    Settings, Site, written,
};
use atiende_procedure::*;
use atiende_store::verify::verify;
use atiende_store::{Blobs, Db, Location};
use jiff::{SignedDuration, Timestamp};

/// Declares tests that run on both engines.
macro_rules! on_both {
    ($(async fn $name:ident($world:ident: World) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn check($world: World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check(World::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match World::postgres().await {
                    Ok(world) => check(world).await,
                    Err(why) => eprintln!("skipped: {why:#}"),
                }
            }
        }
    )+};
}
pub(crate) use on_both;

pub const MARTA: PersonId = PersonId(1);
pub const ROSALBA: PersonId = PersonId(2);
pub const NATALY: PersonId = PersonId(3);
pub const IVAN: PersonId = PersonId(4);
pub const HERNAN: PersonId = PersonId(5);
pub const CLARA: PersonId = PersonId(6);
pub const ADMIN: PersonId = PersonId(7);
pub const AUDITOR: PersonId = PersonId(8);
pub const CONTRACT: ContractId = ContractId(1);

/// A running desk, and the folder that goes with the test.
pub struct World {
    pub desk: Desk,
    pub location: Location,
    pub folder: std::path::PathBuf,
    clock: Arc<AtomicI64>,
}

static COUNT: AtomicU64 = AtomicU64::new(1);

impl World {
    pub async fn sqlite() -> World {
        let folder = folder();
        World::at(Location::Folder(folder.clone()), folder).await
    }

    pub async fn postgres() -> anyhow::Result<World> {
        let url = tokio::task::spawn_blocking(atiende_testkit::postgres::database).await??;
        Ok(World::at(Location::Postgres(url), folder()).await)
    }

    async fn at(location: Location, folder: std::path::PathBuf) -> World {
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(AtomicI64::new(instant("2026-11-17T13:00:00Z").as_microsecond()));
        let desk = open(&location, &folder, &clock, SenderCheck::off()).await;
        let world = World { desk, location, folder, clock };
        world.administer(office()).await;
        world
    }

    /// Another node on the same database.
    pub async fn another_node(&self) -> Desk {
        self.node_asking(SenderCheck::off()).await
    }

    /// Another node, which checks the senders of letters.
    pub async fn node_asking(&self, senders: SenderCheck) -> Desk {
        open(&self.location, &self.folder, &self.clock, senders).await
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub fn pass(&self, time: SignedDuration) {
        self.clock.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
    }

    /// What verifying the whole memory finds.
    pub async fn findings(&self) -> Vec<String> {
        let db = Db::open(&self.location).await.unwrap();
        let blobs = Blobs::open(&self.folder).unwrap();
        let mut findings = Vec::new();
        verify(&db, &blobs, |finding| findings.push(finding.to_string())).await.unwrap();
        findings
    }

    pub async fn administer(&self, changes: Vec<Change>) {
        let id = self.desk.ambience().command_id();
        self.desk.administer(Viewer::new(Actor::Operator), id, changes).await.unwrap();
    }

    /// Changes one person of the directory.
    pub async fn set_person(
        &self,
        id: PersonId,
        change: impl FnOnce(&mut atiende_procedure::office::Person),
    ) {
        self.desk.refresh_office().await.unwrap();
        let mut person = (*self.desk.office().people[&id]).clone();
        change(&mut person);
        let change = Change::SetPerson {
            id: Some(id),
            profile: person.profile,
            salt: self.desk.ambience().random(),
            roles: person.roles.into_iter().collect(),
            groups: person.groups.into_iter().collect(),
            active: person.active,
        };
        self.administer(vec![change]).await;
    }

    pub async fn registers(&self, who: PersonId, kind: Kind) -> CaseNumber {
        let id = self.desk.ambience().command_id();
        let request = self.request(who, kind);
        self.desk.register(viewer(who), id, request).await.unwrap().case.number
    }

    pub fn request(&self, who: PersonId, kind: Kind) -> Registration {
        Registration {
            channel: Channel::Portal,
            requester: who,
            subject: self.text("La impresora no imprime"),
            description: self.text("Desde ayer saca hojas en blanco, código IMP-0231."),
            details: DetailsGiven {
                department: Some(DepartmentId(1)),
                site: Some(SiteId(1)),
                place: Some(self.text("Piso 2, puesto 14")),
                contact_phone: Some(self.text("ext. 2014")),
                ..DetailsGiven::default()
            },
            kind: Some(kind),
            service: Some(ServiceId(1)),
            impact: None,
            urgency: None,
            attachments: Vec::new(),
            follows: None,
        }
    }

    pub fn text(&self, words: &str) -> Text {
        self.desk.ambience().salter().text(words)
    }

    /// Makes a move a minute later; it must be accepted.
    pub async fn does(&self, actor: Actor, number: &CaseNumber, command: Command) -> Case {
        self.tries(actor, number, command).await.unwrap()
    }

    pub async fn tries(
        &self,
        actor: Actor,
        number: &CaseNumber,
        command: Command,
    ) -> Result<Case, DeskError> {
        self.pass(SignedDuration::from_mins(1));
        let id = self.desk.ambience().command_id();
        let executed = self.desk.execute(Viewer::new(actor), id, number.clone(), None, command).await?;
        Ok(executed.case)
    }

    pub async fn sees(&self, who: PersonId, number: &CaseNumber) -> Option<SeenCase> {
        match self.desk.case_seen_by(viewer(who), number.clone()).await {
            Ok(seen) => Some(seen),
            Err(DeskError::NoSuchCase) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// To Nataly, assessed: in progress at the first level.
    pub async fn in_progress(&self, number: &CaseNumber) {
        self.does(person(ADMIN), number, assign(SupportLevel::First, Some(NATALY))).await;
        self.does(person(NATALY), number, self.assess()).await;
    }

    pub async fn with_provider(&self, number: &CaseNumber) {
        self.in_progress(number).await;
        let reason = self.text("Está en garantía.");
        self.does(person(NATALY), number, Command::EscalateToProvider { contract: CONTRACT, reason }).await;
    }

    pub async fn solved(&self, number: &CaseNumber) {
        self.in_progress(number).await;
        self.does(person(NATALY), number, self.solve(Performer::Agent)).await;
    }

    pub fn assess(&self) -> Command {
        Command::Assess {
            mode: AttentionMode::OnSite,
            complexity: Complexity::Low,
            expected_by: None,
            findings: self.text("El fusor está gastado."),
        }
    }

    pub fn solve(&self, performed_by: Performer) -> Command {
        Command::Solve { activities: self.text("Se cambió el fusor."), performed_by }
    }

    pub fn say(&self, audience: Audience, words: &str) -> Command {
        Command::Say { audience, body: Some(self.text(words)), attachments: Vec::new() }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A thread of the database may still hold it; the system's own cleaning takes the rest.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How many cases stand where, and how many are his, as he sees it.
pub async fn backlog(world: &World, who: PersonId) -> Option<(Backlog, u64)> {
    world.desk.queue_and_backlog_seen_by(viewer(who), QueueRequest::default()).await.unwrap().1
}

pub fn person(id: PersonId) -> Actor {
    Actor::Person(id)
}

pub fn viewer(id: PersonId) -> Viewer {
    Viewer::new(Actor::Person(id))
}

pub fn assign(level: SupportLevel, agent: Option<PersonId>) -> Command {
    Command::Assign { level, group: None, agent, reason: None }
}

pub fn instant(written: &str) -> Timestamp {
    written.parse().unwrap()
}

fn folder() -> std::path::PathBuf {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("atiende-desk-{}-{count}", std::process::id()))
}

async fn open(
    location: &Location,
    folder: &std::path::Path,
    clock: &Arc<AtomicI64>,
    senders: SenderCheck,
) -> Desk {
    let clock = clock.clone();
    let now = move || Timestamp::from_microsecond(clock.load(Ordering::Relaxed)).unwrap();
    let entropy = |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&blake3::hash(&count.to_be_bytes()).as_bytes()[..chunk.len()]);
        }
    };
    let opening = Opening {
        db: Db::open(location).await.unwrap(),
        blobs: Blobs::open(folder).unwrap(),
        ambience: Ambience::new(Arc::new(now), Arc::new(entropy)),
        public_url: "https://mesa.agencia.example".to_owned(),
        senders,
    };
    Desk::open(opening).await.unwrap()
}

fn office() -> Vec<Change> {
    let named = |name: &str| name.to_owned();
    let settings = Settings {
        agency: named("Agencia de ejemplo"),
        unit: named("Mesa de servicios"),
        mail_address: named("mesa@agencia.example"),
        domains: vec![named("agencia.example")],
        ..Settings::default()
    };
    let mut changes = vec![Change::SetSettings(Box::new(settings)), Change::SetVersion(Box::new(version()))];
    for (name, level) in [("Soporte en sitio", SupportLevel::First), ("Redes", SupportLevel::Second)] {
        let code = name.to_lowercase().replace(' ', "-");
        let (name, email) = (named(name), String::new());
        changes.push(Change::SetGroup(Group { id: GroupId(0), code, name, level, email, active: true }));
    }
    let code = named("tal");
    let department = Department { id: DepartmentId(0), code, name: named("Talento humano"), active: true };
    changes.push(Change::SetDepartment(department));
    changes.push(Change::SetSite(Site {
        id: SiteId(0),
        code: named("gua"),
        name: named("Sede Guayacán"),
        municipality: String::new(),
        region: String::new(),
        calendar: None,
        active: true,
    }));
    changes.push(Change::SetService(Box::new(service())));
    changes.extend(people());
    changes.push(Change::SetProvider(Provider {
        id: ProviderId(0),
        name: named("Rentas y Equipos S. A."),
        emails: vec![named("soporte@rentas.example")],
        phone: String::new(),
        active: true,
    }));
    changes.push(Change::SetContract(Box::new(contract())));
    changes
}

fn people() -> Vec<Change> {
    let first = [GroupId(1)];
    let second = [GroupId(1), GroupId(2)];
    let people: [(&str, &[Role], &[GroupId]); 8] = [
        ("Marta Ocampo", &[], &[]),
        ("Rosalba Quiñones", &[], &[]),
        ("Nataly Guerrero", &[Role::Agent], &first),
        ("Iván Mosquera", &[Role::Agent], &second),
        ("Hernán Castaño", &[Role::ContractSupervisor], &[]),
        ("Clara Pabón", &[Role::SecurityOfficer], &[]),
        ("Adela Rentería", &[Role::DeskAdministrator, Role::SystemAdministrator], &[]),
        ("Álvaro Tovar", &[Role::Auditor], &[]),
    ];
    let change = |(at, (name, roles, groups)): (usize, (&str, &[Role], &[GroupId]))| Change::SetPerson {
        id: None,
        profile: Profile {
            name: name.to_owned(),
            email: format!("persona{}@agencia.example", at + 1),
            ..Profile::default()
        },
        salt: [u8::try_from(at).unwrap(); 16],
        roles: roles.to_vec(),
        groups: groups.to_vec(),
        active: true,
    };
    people.into_iter().enumerate().map(change).collect()
}

fn version() -> ProcedureVersion {
    let named = |name: &str| name.to_owned();
    ProcedureVersion {
        id: VersionId(0),
        code: named("GT-01"),
        version: named("1"),
        name: named("Soporte"),
        objective: named("Atender"),
        scope: named("Todo"),
        legal_basis: Vec::new(),
        in_force_from: jiff::civil::date(2024, 1, 1),
        activities: written::activities(written::Tongue::Spanish).to_vec(),
        approvals: Vec::new(),
        change_log: Vec::new(),
        documents: Vec::new(),
    }
}

fn service() -> Service {
    let named = |name: &str| name.to_owned();
    Service {
        id: ServiceId(0),
        code: named("impresora"),
        name: named("Daño de una impresora"),
        description: String::new(),
        kind: Kind::Incident,
        level: SupportLevel::First,
        group: GroupId(1),
        conditions: String::new(),
        keywords: vec![named("imprimir")],
        impact: Impact::Low,
        urgency: Urgency::Medium,
        questions: Vec::new(),
        on_portal: true,
        active: true,
    }
}

fn contract() -> Contract {
    Contract {
        id: ContractId(0),
        number: "C-014".to_owned(),
        provider: ProviderId(1),
        kind: ContractKind::Rental,
        object: "Renta de equipos".to_owned(),
        starts: jiff::civil::date(2026, 1, 1),
        ends: jiff::civil::date(2027, 12, 31),
        supervisor: HERNAN,
        deputy: None,
        levels: SupportLevel::ALL.iter().copied().collect(),
        services: Default::default(),
        emails: Vec::new(),
        promise: String::new(),
        response: None,
        solution: None,
        hours: None,
        penalties: String::new(),
        documents: Vec::new(),
        active: true,
    }
}
