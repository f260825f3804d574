//! Who may do what: one table, row by row as the written procedure has it, and the scope of what one may see.
//!
//! Pages ask it dry for the moves to offer; decisions begin with the same question.

use crate::decide::Circumstances;
use crate::office::{Contract, Office};
use crate::{
    Action, Actor, Audience, Capacity, Case, ContractId, PersonId, Refusal, Role, Status, StatusName,
};

use StatusName::{Assigned, Closed, InProgress, Referred, Registered, Solved, Waiting, WithProvider};

/// Somebody's place in relation to a case, as the table's column "by" names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Requester,
    Watcher,
    /// "That agent": the one in charge.
    InCharge,
    /// Any agent of the desk.
    Agent,
    Administrator,
    /// The supervisor of a contract under which the case was, or his deputy.
    Supervisor,
    Officer,
    /// The provider that has the case, or once had it.
    Provider,
    Clock,
}

struct Row {
    action: Action,
    from: &'static [StatusName],
    by: &'static [Who],
}

const ON_THE_DESK: &[StatusName] = &[Registered, Assigned, InProgress, Waiting, WithProvider];
const OPEN: &[StatusName] = &[Registered, Assigned, InProgress, Waiting, WithProvider, Referred];
const NOT_CANCELLED: &[StatusName] =
    &[Registered, Assigned, InProgress, Waiting, WithProvider, Solved, Closed, Referred];

const fn row(action: Action, from: &'static [StatusName], by: &'static [Who]) -> Row {
    Row { action, from, by }
}

/// The table of moves. The order inside "by" decides in which capacity somebody with several acts.
const TABLE: &[Row] = &[
    row(Action::Classify, ON_THE_DESK, &[Who::InCharge, Who::Agent, Who::Administrator]),
    row(
        Action::Complete,
        OPEN,
        &[Who::Requester, Who::InCharge, Who::Agent, Who::Administrator, Who::Officer],
    ),
    row(Action::Assign, ON_THE_DESK, &[Who::Administrator, Who::Agent]),
    row(Action::Take, &[Assigned], &[Who::Agent]),
    row(Action::Assess, &[Assigned, InProgress], &[Who::InCharge, Who::Administrator]),
    row(
        Action::MessageRequester,
        NOT_CANCELLED,
        &[
            Who::Requester,
            Who::InCharge,
            Who::Agent,
            Who::Administrator,
            Who::Supervisor,
            Who::Officer,
            Who::Watcher,
        ],
    ),
    row(
        Action::MessageInternal,
        NOT_CANCELLED,
        &[Who::InCharge, Who::Agent, Who::Administrator, Who::Supervisor, Who::Officer],
    ),
    row(
        Action::MessageProvider,
        NOT_CANCELLED,
        &[Who::Provider, Who::InCharge, Who::Agent, Who::Administrator, Who::Supervisor],
    ),
    row(
        Action::Watch,
        NOT_CANCELLED,
        &[Who::Requester, Who::InCharge, Who::Agent, Who::Administrator, Who::Watcher],
    ),
    row(Action::Wait, &[InProgress], &[Who::InCharge, Who::Administrator]),
    row(Action::Resume, &[Waiting], &[Who::InCharge, Who::Administrator]),
    row(Action::EscalateToLevel, &[InProgress, Waiting], &[Who::InCharge, Who::Administrator]),
    row(Action::EscalateToProvider, &[InProgress, Waiting], &[Who::InCharge, Who::Administrator]),
    row(
        Action::FollowUp,
        &[Assigned, InProgress, Waiting, WithProvider],
        &[Who::Supervisor, Who::InCharge, Who::Administrator],
    ),
    row(Action::ReportFromProvider, &[WithProvider], &[Who::Provider, Who::InCharge, Who::Administrator]),
    row(Action::TakeBack, &[WithProvider], &[Who::InCharge, Who::Administrator]),
    row(Action::Solve, &[InProgress], &[Who::InCharge, Who::Administrator]),
    row(Action::Confirm, &[Solved], &[Who::Requester]),
    row(Action::Reopen, &[Solved], &[Who::Requester]),
    row(Action::Close, &[Solved], &[Who::InCharge, Who::Agent, Who::Administrator]),
    row(Action::Rate, &[Solved, Closed], &[Who::Requester]),
    row(Action::Refer, ON_THE_DESK, &[Who::InCharge, Who::Agent, Who::Administrator]),
    row(Action::Acknowledge, &[Referred], &[Who::Officer]),
    row(Action::SendBack, &[Referred], &[Who::Officer]),
    row(Action::Conclude, &[Referred], &[Who::Officer]),
    row(Action::Cancel, ON_THE_DESK, &[Who::Requester, Who::Administrator]),
    row(Action::Merge, ON_THE_DESK, &[Who::InCharge, Who::Agent, Who::Administrator]),
    row(Action::CloseByClock, &[Solved], &[Who::Clock]),
    row(Action::RemindFollowUp, &[Assigned, InProgress, Waiting, WithProvider], &[Who::Clock]),
    row(Action::RecordDelivery, NOT_CANCELLED, &[Who::Clock]),
];

/// Whether this move may be made now by whoever asks, and in which capacity. First the role, then the state, then the
/// relation to the case: so a refusal says the most lasting reason.
pub fn permitted(case: &Case, action: Action, now: &Circumstances) -> Result<Capacity, Refusal> {
    let Some(row) = TABLE.iter().find(|row| row.action == action) else {
        return Err(Refusal::NotYourRole { action });
    };
    let standing = Standing { case, actor: now.actor, office: now.office };
    if !row.by.iter().any(|who| standing.could_be(*who)) {
        return Err(if row.by == [Who::Requester] {
            Refusal::NotTheRequester
        } else {
            Refusal::NotYourRole { action }
        });
    }
    let status = case.status.name();
    if !row.from.contains(&status) {
        return Err(match status {
            Closed => Refusal::AlreadyClosed,
            status => Refusal::WrongState { action, status },
        });
    }
    let capacity = row.by.iter().find(|who| standing.is(**who)).map(|who| standing.capacity(*who));
    let capacity = capacity.ok_or(match action {
        Action::FollowUp => {
            case.followed_turn().map(|turn| Refusal::NotYourContract { contract: turn.contract })
        }
        _ => None,
    });
    let capacity =
        capacity.map_err(|refusal| refusal.unwrap_or(Refusal::NotYourCase { agent: case.status.agent() }))?;
    ready(case, action, capacity, now)?;
    Ok(capacity)
}

/// The moves that whoever asks may make now, in the order of the table.
pub fn offered(case: &Case, now: &Circumstances) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| permitted(case, *action, now).is_ok()).collect()
}

/// What a move needs of the case's own facts, beyond the name of its state.
fn ready(case: &Case, action: Action, capacity: Capacity, now: &Circumstances) -> Result<(), Refusal> {
    match action {
        Action::Assign if capacity == Capacity::Agent => match case.status.level() {
            None => Ok(()),
            Some(level) if is_of_level(now, level) => Ok(()),
            Some(level) => Err(Refusal::NotYourLevel { level }),
        },
        Action::Take => takeable(case, now),
        Action::Assess if case.status.agent().is_none() => {
            Err(Refusal::WrongState { action, status: case.status.name() })
        }
        Action::MessageProvider if case.providers.is_empty() => {
            Err(Refusal::NoProviderYet { audience: Audience::Provider })
        }
        Action::EscalateToLevel => match case.status.level() {
            Some(level) if level.next().is_none() => Err(Refusal::NoLevelAbove),
            _ => Ok(()),
        },
        Action::FollowUp if case.followed_turn().is_none() => {
            Err(Refusal::WrongState { action, status: case.status.name() })
        }
        Action::RemindFollowUp => match case.followed_turn() {
            Some(turn) if !turn.reminded && turn.follow_up_due.is_some_and(|due| due <= now.now) => Ok(()),
            _ => Err(Refusal::NoFollowUpDue),
        },
        Action::Solve => match (&case.assessment, case.status.level()) {
            (Some(assessment), Some(level)) if assessment.level == level => Ok(()),
            (_, Some(level)) => Err(Refusal::NotAssessed { level }),
            _ => Ok(()),
        },
        Action::Reopen | Action::CloseByClock => grace(case, action, now),
        Action::Rate => ratable(case, now),
        Action::Acknowledge if matches!(case.status, Status::Referred { acknowledged: Some(_), .. }) => {
            Err(Refusal::AlreadyAcknowledged)
        }
        Action::Cancel if capacity == Capacity::Requester => match case.status.name() {
            Registered | Assigned => Ok(()),
            status => Err(Refusal::WrongState { action, status }),
        },
        _ => Ok(()),
    }
}

fn is_of_level(now: &Circumstances, level: crate::SupportLevel) -> bool {
    let person = now.actor.person().and_then(|id| now.office.people.get(&id));
    person.is_some_and(|person| {
        person
            .groups
            .iter()
            .any(|group| now.office.groups.get(group).is_some_and(|group| group.level == level))
    })
}

fn takeable(case: &Case, now: &Circumstances) -> Result<(), Refusal> {
    let Status::Assigned { group, agent, .. } = &case.status else { return Ok(()) };
    if let Some(agent) = agent {
        return Err(Refusal::AlreadyTaken { agent: *agent });
    }
    let person = now.actor.person().and_then(|id| now.office.people.get(&id));
    match person {
        Some(person) if person.groups.contains(group) => Ok(()),
        _ => Err(Refusal::NotYourGroup { group: *group }),
    }
}

fn grace(case: &Case, action: Action, now: &Circumstances) -> Result<(), Refusal> {
    let Status::Solved { grace_ends, .. } = case.status else { return Ok(()) };
    match action {
        Action::Reopen if grace_ends <= now.now => Err(Refusal::GraceOver { ended: grace_ends }),
        Action::CloseByClock if grace_ends > now.now => Err(Refusal::GraceRunning { ends: grace_ends }),
        _ => Ok(()),
    }
}

fn ratable(case: &Case, now: &Circumstances) -> Result<(), Refusal> {
    let Some(solution) = &case.solution else {
        return Err(Refusal::WrongState { action: Action::Rate, status: case.status.name() });
    };
    if case.survey.is_some() {
        return Err(Refusal::AlreadyRated);
    }
    let days = i64::from(now.office.settings.rating_days);
    let ended =
        solution.at.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(jiff::Timestamp::MAX);
    if ended < now.now { Err(Refusal::RatingOver { ended }) } else { Ok(()) }
}

/// Whoever asks, beside a case.
struct Standing<'a> {
    case: &'a Case,
    actor: Actor,
    office: &'a Office,
}

impl Standing<'_> {
    fn has(&self, role: Role) -> bool {
        self.actor.person().and_then(|id| self.office.people.get(&id)).is_some_and(|person| person.is(role))
    }

    /// Whether he may ever be this on this case, whatever its state.
    fn could_be(&self, who: Who) -> bool {
        match who {
            Who::InCharge => !self.case.security && self.has(Role::Agent),
            who => self.is(who),
        }
    }

    /// Whether he is this on this case now. A security case has left the desk: it knows its officers and its requester.
    fn is(&self, who: Who) -> bool {
        let case = self.case;
        match who {
            Who::Requester => self.actor == Actor::Person(case.requester),
            Who::Watcher => {
                !case.security && self.actor.person().is_some_and(|id| case.watchers.contains(&id))
            }
            Who::InCharge => {
                self.could_be(who) && case.status.agent().is_some_and(|id| self.actor.person() == Some(id))
            }
            Who::Agent => !case.security && self.has(Role::Agent),
            Who::Administrator => !case.security && self.has(Role::DeskAdministrator),
            Who::Supervisor => {
                !case.security
                    && self.has(Role::ContractSupervisor)
                    && case.providers.iter().any(|turn| self.supervises(turn.contract))
            }
            Who::Officer => case.security && self.has(Role::SecurityOfficer),
            Who::Provider => match self.actor {
                Actor::Provider(contract) => {
                    !case.security && case.providers.iter().any(|turn| turn.contract == contract)
                }
                _ => false,
            },
            Who::Clock => self.actor == Actor::Clock,
        }
    }

    fn supervises(&self, contract: ContractId) -> bool {
        let contract = self.office.contracts.get(&contract);
        self.actor.person().zip(contract).is_some_and(|(person, contract)| contract.is_supervised_by(person))
    }

    fn capacity(&self, who: Who) -> Capacity {
        match who {
            Who::Requester => Capacity::Requester,
            Who::Watcher => Capacity::Watcher,
            Who::InCharge | Who::Agent => Capacity::Agent,
            Who::Administrator => Capacity::DeskAdministrator,
            Who::Supervisor => Capacity::ContractSupervisor,
            Who::Officer => Capacity::SecurityOfficer,
            Who::Provider => Capacity::Provider,
            Who::Clock => Capacity::Clock,
        }
    }
}

/// Which cases somebody may see. The store turns exactly this into indexed predicates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Every case of the desk: all but security cases.
    pub desk: bool,
    /// Every security case.
    pub security: bool,
    /// The cases of this requester, and those he watches that are no security cases.
    pub person: Option<PersonId>,
    /// The cases that ever were under one of these contracts, except security cases.
    pub contracts: Vec<ContractId>,
}

impl Scope {
    /// What this actor may see.
    pub fn of(actor: Actor, office: &Office) -> Scope {
        let person = match actor {
            Actor::Person(id) => match office.people.get(&id) {
                Some(person) if person.active => person,
                _ => return Scope::default(),
            },
            Actor::Provider(contract) => return Scope { contracts: vec![contract], ..Scope::default() },
            Actor::Clock | Actor::Operator => {
                return Scope { desk: true, security: true, ..Scope::default() };
            }
        };
        let supervised = |contract: &&std::sync::Arc<Contract>| contract.is_supervised_by(person.id);
        Scope {
            desk: [Role::Agent, Role::DeskAdministrator, Role::Auditor].iter().any(|role| person.is(*role)),
            security: person.is(Role::SecurityOfficer),
            person: Some(person.id),
            contracts: match person.is(Role::ContractSupervisor) {
                true => office.contracts.values().filter(supervised).map(|contract| contract.id).collect(),
                false => Vec::new(),
            },
        }
    }

    /// Whether this case may be seen.
    pub fn contains(&self, case: &Case) -> bool {
        let takes_part = self.person.is_some_and(|person| {
            case.requester == person || (!case.security && case.watchers.contains(&person))
        });
        let supervised = || case.providers.iter().any(|turn| self.contracts.contains(&turn.contract));
        takes_part || if case.security { self.security } else { self.desk || supervised() }
    }
}

/// The audiences whose words this actor may read in this case, which he may see.
pub fn audiences(actor: Actor, case: &Case, office: &Office) -> &'static [Audience] {
    const REQUESTER: &[Audience] = &[Audience::Requester];
    const PROVIDER: &[Audience] = &[Audience::Provider];
    let person = match actor {
        Actor::Person(id) => office.people.get(&id),
        Actor::Provider(_) => return PROVIDER,
        Actor::Clock | Actor::Operator => return Audience::ALL,
    };
    let scope = Scope { person: None, ..Scope::of(actor, office) };
    if person.is_some() && scope.contains(case) { Audience::ALL } else { REQUESTER }
}
