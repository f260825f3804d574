//! Cases to which anything happens that the rules allow, in any order: what no story would tell.

use std::sync::Arc;

use atiende_procedure::office::Office;
use atiende_procedure::{
    Actor, AttentionMode, Audience, Case, CaseId, CaseNumber, Channel, Circumstances, Command, CommandId,
    Complexity, ContractId, Decision, DepartmentId, DetailsGiven, GroupId, Impact, Kind, Performer, PersonId,
    Recorded, Registration, Role, ServiceId, SiteId, SupportLevel, Text, Urgency, WaitingFor, decide,
    register,
};
use jiff::{SignedDuration, Timestamp};

use crate::sample::dice::Dice;

/// How often something happens to a case, or is tried.
const MOVES: usize = 40;

type Seen<'a> = dyn FnMut(&Case, &[Recorded]) + 'a;

/// Tells so many cases, opened all over the year, each to its end.
pub(super) fn tell(cases: i64, office: &Arc<Office>, seen: &mut Seen) {
    let cast = Cast::of(office);
    let mut dice = Dice::new(99);
    let mut told: Vec<Case> = Vec::new();
    for nth in 1..=cases {
        let first: Timestamp = "2025-11-24T13:00:00Z".parse().expect("an instant");
        let mut now = first + SignedDuration::from_secs(i64::from(dice.between(0, 300 * 86_400)));
        let asked = cast.request(&mut dice);
        let circumstances = Circumstances { actor: cast.administrator, now, office, other: None };
        let number = CaseNumber::new("MS", 2026, nth);
        let decision = register(&asked, CaseId(nth), number, &circumstances).expect("an administrator may");
        let mut case = None;
        happen(&mut case, &decision, decision.events.clone(), now, seen);
        let mut case = case.expect("it was registered");
        for _ in 0..MOVES {
            now += SignedDuration::from_secs(pause(&mut dice));
            let (actor, command) = cast.anything(&case, &told, &mut dice);
            let other = command.other_case().and_then(|id| told.iter().position(|it| it.id == id));
            let circumstances = Circumstances { actor, now, office, other: other.map(|other| &told[other]) };
            if let Ok(decision) = decide(&case, &command, &circumstances) {
                let mut after = Some(case);
                happen(&mut after, &decision, decision.events.clone(), now, seen);
                case = after.expect("it is still there");
            }
        }
        told.push(case);
    }
}

/// At once, within the hour, or after days.
fn pause(dice: &mut Dice) -> i64 {
    i64::from(match dice.between(1, 10) {
        1 | 2 => 0,
        3..=7 => dice.between(1, 5_000),
        8 | 9 => dice.between(1, 40_000),
        _ => dice.between(1, 500_000),
    })
}

fn happen(
    case: &mut Option<Case>,
    decision: &Decision,
    events: Vec<atiende_procedure::Event>,
    at: Timestamp,
    seen: &mut Seen,
) {
    let first = case.as_ref().map_or(1, |case| case.version + 1);
    let stamp = |(sequence, event)| Recorded {
        sequence,
        at,
        acted: decision.acted,
        command: CommandId([0; 16]),
        event,
    };
    let recorded: Vec<Recorded> = (first..).zip(events).map(stamp).collect();
    for event in &recorded {
        match case {
            Some(case) => case.apply(event),
            None => *case = Case::found(event),
        }
    }
    if let Some(case) = case.as_ref().filter(|_| !recorded.is_empty()) {
        seen(case, &recorded);
    }
}

/// Who and what there is to choose from.
struct Cast {
    administrator: Actor,
    officer: Actor,
    requesters: Vec<PersonId>,
    agents: Vec<(PersonId, GroupId, SupportLevel)>,
    contracts: Vec<ContractId>,
    services: Vec<ServiceId>,
    sites: Vec<SiteId>,
    departments: Vec<DepartmentId>,
}

impl Cast {
    fn of(office: &Office) -> Cast {
        let with = |role| office.people.values().find(|person| person.is(role)).expect("somebody").id;
        let agents = office.people.values().filter(|person| person.is(Role::Agent));
        let place = |id: &GroupId| (*id, office.groups[id].level);
        Cast {
            administrator: Actor::Person(with(Role::DeskAdministrator)),
            officer: Actor::Person(with(Role::SecurityOfficer)),
            requesters: office.people.values().filter(|it| it.roles.is_empty()).map(|it| it.id).collect(),
            agents: agents
                .flat_map(|agent| {
                    agent.groups.iter().map(place).map(|(group, level)| (agent.id, group, level))
                })
                .collect(),
            contracts: office.contracts.keys().copied().collect(),
            services: office.services.keys().copied().collect(),
            sites: office.sites.keys().copied().collect(),
            departments: office.departments.keys().copied().collect(),
        }
    }

    fn request(&self, dice: &mut Dice) -> Registration {
        let maybe = |dice: &mut Dice| dice.chance(60);
        let service = dice.pick(&self.services).copied().filter(|_| maybe(dice));
        let details = DetailsGiven {
            site: dice.pick(&self.sites).copied().filter(|_| maybe(dice)),
            department: dice.pick(&self.departments).copied().filter(|_| maybe(dice)),
            ..DetailsGiven::default()
        };
        Registration {
            channel: Channel::Phone,
            requester: *dice.pick(&self.requesters).expect("somebody"),
            subject: words("Asunto"),
            description: words("Descripción"),
            details,
            kind: dice.pick(Kind::ALL).copied().filter(|_| dice.chance(25)),
            service,
            impact: dice.pick(Impact::ALL).copied(),
            urgency: dice.pick(Urgency::ALL).copied(),
            attachments: Vec::new(),
            follows: None,
        }
    }

    /// Something that somebody tries; often it cannot be done.
    fn anything(&self, case: &Case, told: &[Case], dice: &mut Dice) -> (Actor, Command) {
        let agent = case.status.agent().map_or(self.administrator, Actor::Person);
        let requester = Actor::Person(case.requester);
        let contract = *dice.pick(&self.contracts).expect("some contract");
        match dice.between(1, 30) {
            1..=3 => (self.administrator, self.assignment(dice)),
            4 => (Actor::Person(dice.pick(&self.agents).expect("an agent").0), Command::Take),
            5..=7 => (agent, assessment(dice)),
            8 => (agent, say(Audience::Requester)),
            9 => (requester, say(Audience::Requester)),
            10 => (self.officer, say(Audience::Requester)),
            11 => {
                let turn = dice.pick(&case.providers).map_or(contract, |turn| turn.contract);
                (Actor::Provider(turn), say(Audience::Provider))
            }
            12..=14 => {
                let waiting_for = *dice.pick(WaitingFor::ALL).expect("a reason");
                (agent, Command::Wait { waiting_for, until: None, reason: words("Falta algo") })
            }
            15 => (agent, Command::Resume),
            16 => match case.status.level().and_then(SupportLevel::next) {
                Some(level) => {
                    (agent, Command::EscalateToLevel { level, agent: None, reason: words("Es de otros") })
                }
                None => (agent, Command::Resume),
            },
            17..=19 => (agent, Command::EscalateToProvider { contract, reason: words("Está en garantía") }),
            20 => {
                let (report, mode) = (words("Se cambió"), AttentionMode::OnSite);
                (agent, Command::ReportFromProvider { report, solved: dice.chance(70), mode })
            }
            21 => (agent, Command::TakeBack { reason: words("No llegó") }),
            22 | 23 => {
                let (activities, performed_by) = (words("Se hizo"), Performer::Agent);
                (agent, Command::Solve { activities, performed_by })
            }
            24 => (requester, Command::Reopen { reason: words("Sigue igual") }),
            25 | 26 => (self.administrator, self.classification(dice)),
            27 => (requester, self.details(dice)),
            28 => (self.administrator, Command::Refer { reason: words("Parece un ataque") }),
            29 if dice.chance(85) => (self.officer, Command::SendBack { reason: words("No lo es") }),
            29 => (self.officer, Command::Conclude { outcome: words("Se bloqueó") }),
            _ => self.end(case, told, dice),
        }
    }

    fn end(&self, case: &Case, told: &[Case], dice: &mut Dice) -> (Actor, Command) {
        match (dice.between(1, 12), dice.pick(told)) {
            (1, _) => (self.administrator, Command::Cancel { reason: words("Ya no"), duplicate_of: None }),
            (2, Some(other)) => (self.administrator, Command::Merge { into: other.id }),
            (3, Some(other)) => {
                let duplicate_of = Some(other.id);
                (self.administrator, Command::Cancel { reason: words("Es el mismo"), duplicate_of })
            }
            (4, _) => (Actor::Person(case.requester), Command::Confirm),
            (5, _) => (self.administrator, Command::Close { agreed: words("Por teléfono") }),
            (6..=8, _) => (Actor::Clock, Command::CloseByClock),
            _ => (Actor::Clock, Command::Warn),
        }
    }

    fn assignment(&self, dice: &mut Dice) -> Command {
        let (agent, group, level) = *dice.pick(&self.agents).expect("an agent");
        let agent = Some(agent).filter(|_| dice.chance(75));
        Command::Assign { level, group: Some(group), agent, reason: Some(words("Le corresponde")) }
    }

    fn classification(&self, dice: &mut Dice) -> Command {
        let one = |dice: &mut Dice| dice.chance(50);
        Command::Classify {
            kind: dice.pick(Kind::ALL).copied().filter(|_| dice.chance(15)),
            service: dice.pick(&self.services).copied().filter(|_| dice.chance(25)),
            impact: dice.pick(Impact::ALL).copied().filter(|_| one(dice)),
            urgency: dice.pick(Urgency::ALL).copied().filter(|_| one(dice)),
        }
    }

    fn details(&self, dice: &mut Dice) -> Command {
        let details = DetailsGiven {
            site: dice.pick(&self.sites).copied().filter(|_| dice.chance(60)),
            department: dice.pick(&self.departments).copied(),
            ..DetailsGiven::default()
        };
        Command::Complete { details }
    }
}

fn assessment(dice: &mut Dice) -> Command {
    let complexity = *dice.pick(Complexity::ALL).expect("a complexity");
    let findings = words("Se revisa");
    Command::Assess { mode: AttentionMode::Remote, complexity, expected_by: None, findings }
}

fn say(audience: Audience) -> Command {
    Command::Say { audience, body: Some(words("Buenos días")), attachments: Vec::new() }
}

fn words(said: &str) -> Text {
    Text::new([7; 16], said)
}
