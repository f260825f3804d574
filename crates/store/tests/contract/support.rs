//! A database of each engine for each test, and cases to put into it.

use std::sync::atomic::{AtomicU64, Ordering};

use atiende_procedure::office::Office;
use atiende_procedure::sla::{Hours, Promise, Targets};
use atiende_procedure::{
    Acted, Actor, AgreementId, Attachment, Audience, CalendarId, Capacity, Case, CaseId, CaseNumber, Channel,
    CommandId, ContractId, Details, Event, GroupId, Impact, Kind, Performer, PersonId, Recorded, Registered,
    ServiceId, SupportLevel, Text, Urgency, VersionId, Work,
};
use atiende_store::{Db, Location, StoreError, Writer, cases, numbers};
use jiff::{SignedDuration, Timestamp};

/// Declares tests that run on both engines.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn check($world: World) $body

            #[tokio::test]
            async fn sqlite() {
                check(World::sqlite().await).await;
            }

            #[tokio::test]
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

/// A database, and the folder that goes with the test.
pub struct World {
    pub db: Db,
    pub location: Location,
    folder: std::path::PathBuf,
}

static COUNT: AtomicU64 = AtomicU64::new(1);

fn fresh() -> u64 {
    COUNT.fetch_add(1, Ordering::Relaxed)
}

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
        World { db: Db::open(&location).await.unwrap(), location, folder }
    }

    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Registers a case and answers it.
    pub async fn case(&self, request: Request) -> Case {
        self.db.write(command(), move |w| register(w, &request)).await.unwrap()
    }

    /// Lets events happen to a case.
    pub async fn happen(&self, id: CaseId, events: Vec<(Event, Vec<Text>)>) -> Case {
        let at = clock();
        self.db.write(command(), move |w| advance(w, id, &events, at)).await.unwrap()
    }

    /// The rows of a table, counted behind the store's back.
    pub async fn count(&self, table: &str) -> u64 {
        let (location, sql) = (self.location.clone(), format!("SELECT count(*) FROM {table}"));
        let count: i64 = tokio::task::spawn_blocking(move || match location {
            Location::Folder(folder) => {
                let connection = rusqlite::Connection::open(folder.join("atiende.db")).unwrap();
                connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            }
            Location::Postgres(url) => {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().query_one(&sql, &[]).unwrap().get(0)
            }
        })
        .await
        .unwrap();
        count as u64
    }

    pub async fn load(&self, id: CaseId) -> Case {
        self.db.read(move |r| cases::load(r, id)).await.unwrap().unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A thread of the database may still hold it; the system's own cleaning takes the rest.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn folder() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("atiende-store-{}-{}", std::process::id(), fresh()))
}

pub fn command() -> CommandId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&fresh().to_be_bytes());
    CommandId(id)
}

/// Each call is a second later.
pub fn clock() -> Timestamp {
    "2026-03-02T13:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(fresh() as i64)
}

pub fn text(body: &str) -> Text {
    let mut salt = [7; 16];
    salt[..8].copy_from_slice(&fresh().to_be_bytes());
    Text::new(salt, body)
}

/// A request, as far as a test cares.
#[derive(Debug, Clone)]
pub struct Request {
    pub requester: PersonId,
    pub kind: Kind,
    pub impact: Impact,
    pub subject: Text,
    pub description: Text,
    pub details: Details,
    pub attachments: Vec<Attachment>,
    pub follows: Option<CaseId>,
    pub at: Timestamp,
}

pub fn request(requester: i64) -> Request {
    Request {
        requester: PersonId(requester),
        kind: Kind::Incident,
        impact: Impact::Medium,
        subject: text("No imprime"),
        description: text("Las impresoras del piso 3 no tienen conexión"),
        details: Details::default(),
        attachments: Vec::new(),
        follows: None,
        at: clock(),
    }
}

impl Request {
    pub fn security(mut self) -> Request {
        self.kind = Kind::SecurityIncident;
        self
    }
    pub fn about(mut self, subject: &str, description: &str) -> Request {
        (self.subject, self.description) = (text(subject), text(description));
        self
    }
}

pub fn register(w: &mut Writer<'_>, request: &Request) -> Result<Case, StoreError> {
    let (id, sequence) = numbers::next(w, 2026)?;
    let event = Event::Registered(Box::new(Registered {
        case: id,
        number: CaseNumber::new("MS", 2026, sequence),
        procedure: VersionId(1),
        channel: Channel::Portal,
        requester: request.requester,
        subject: request.subject.reference(),
        description: request.description.reference(),
        details: request.details.clone(),
        kind: request.kind,
        service: None,
        impact: request.impact,
        urgency: Urgency::Medium,
        attachments: request.attachments.iter().map(Attachment::reference).collect(),
        follows: request.follows,
    }));
    let acted = Acted { by: Actor::Person(request.requester), capacity: Capacity::Requester };
    let recorded = Recorded { sequence: 1, at: request.at, acted, command: command(), event };
    let mut words = vec![&request.subject, &request.description];
    words.extend(request.attachments.iter().map(|file| &file.name));
    cases::found(w, &Office::default(), &[recorded], &words)
}

pub fn advance(
    w: &mut Writer<'_>,
    id: CaseId,
    events: &[(Event, Vec<Text>)],
    at: Timestamp,
) -> Result<Case, StoreError> {
    advance_in(w, &Office::default(), id, events, at)
}

pub fn advance_in(
    w: &mut Writer<'_>,
    office: &Office,
    id: CaseId,
    events: &[(Event, Vec<Text>)],
    at: Timestamp,
) -> Result<Case, StoreError> {
    let held = cases::hold(w, id)?.expect("the case of the test");
    let version = held.case().version;
    let acted = Acted { by: Actor::Person(PersonId(1)), capacity: Capacity::Agent };
    let recorded: Vec<Recorded> = (version + 1..)
        .zip(events)
        .map(|(sequence, (event, _))| Recorded {
            sequence,
            at,
            acted,
            command: command(),
            event: event.clone(),
        })
        .collect();
    let words: Vec<&Text> = events.iter().flat_map(|(_, words)| words).collect();
    cases::advance(w, office, &held, &recorded, &words)
}

pub fn assigned(level: SupportLevel, group: i64, agent: Option<i64>) -> (Event, Vec<Text>) {
    let event = Event::Assigned { level, group: GroupId(group), agent: agent.map(PersonId), reason: None };
    (event, Vec::new())
}

pub fn assessed(level: SupportLevel) -> (Event, Vec<Text>) {
    let findings = text("El rodillo está gastado");
    let event = Event::Assessed {
        level,
        mode: atiende_procedure::AttentionMode::OnSite,
        complexity: atiende_procedure::Complexity::Low,
        findings: findings.reference(),
    };
    (event, vec![findings])
}

pub fn to_provider(contract: i64) -> (Event, Vec<Text>) {
    let reason = text("Hay que cambiar una pieza");
    let event = Event::EscalatedToProvider {
        contract: ContractId(contract),
        reason: reason.reference(),
        follow_up_due: clock(),
        promise: None,
    };
    (event, vec![reason])
}

/// A promise of so many working minutes to assign it and to solve it.
pub fn promised(assignment: u32, solution: u32) -> (Event, Vec<Text>) {
    let targets = Targets { assignment: Some(assignment), first_answer: None, solution: Some(solution) };
    let promise = Promise {
        agreement: AgreementId(1),
        version: 1,
        targets,
        hours: Hours::Calendar(CalendarId::MAIN),
        pauses: Default::default(),
        warnings: Vec::new(),
    };
    (Event::Promised { promise: Some(Box::new(promise)) }, Vec::new())
}

pub fn classified(service: Option<ServiceId>) -> Event {
    Event::Classified { kind: Kind::Incident, service, impact: Impact::Medium, urgency: Urgency::Medium }
}

pub fn solved() -> (Event, Vec<Text>) {
    let activities = text("Se cambió el rodillo");
    let event = Event::Solved {
        activities: activities.reference(),
        performed_by: Performer::Agent,
        grace_ends: clock(),
    };
    (event, vec![activities])
}

pub fn reopened(level: SupportLevel, agent: i64) -> (Event, Vec<Text>) {
    let reason = text("Sigue igual");
    let work = Work { level, group: GroupId(1), agent: PersonId(agent) };
    (Event::Reopened { reason: reason.reference(), work }, vec![reason])
}

pub fn said(audience: Audience, body: &str) -> (Event, Vec<Text>) {
    let body = text(body);
    (
        Event::Said { audience, body: Some(body.reference()), attachments: Vec::new(), contract: None },
        vec![body],
    )
}

pub fn watched(person: i64) -> (Event, Vec<Text>) {
    (Event::WatcherAdded { person: PersonId(person) }, Vec::new())
}

pub fn referred() -> (Event, Vec<Text>) {
    let reason = text("Parece suplantación");
    (Event::Referred { reason: reason.reference() }, vec![reason])
}

pub fn sent_back() -> (Event, Vec<Text>) {
    let reason = text("No lo era");
    (Event::SentBack { reason: reason.reference() }, vec![reason])
}
