//! Who may do what: one table, row by row as the written procedure has it, and the scope of what one may see.
//!
//! Pages ask it dry for the moves to offer; decisions begin with the same question.

use crate::decide::Circumstances;
mod scope;

pub use scope::{Scope, audiences, knows};

use crate::office::{Office, Person};
use crate::sla::due_warnings;
use crate::{Action, Actor, Audience, Capacity, Case, ContractId, Refusal, Role, Status, StatusName};

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
    row(Action::Classify, ON_THE_DESK, &[Who::Agent, Who::Administrator]),
    row(Action::Complete, OPEN, &[Who::Requester, Who::Agent, Who::Administrator, Who::Officer]),
    row(Action::Assign, ON_THE_DESK, &[Who::Administrator, Who::Agent]),
    row(Action::Take, &[Assigned], &[Who::Agent]),
    row(Action::Assess, &[Assigned, InProgress], &[Who::InCharge, Who::Administrator]),
    row(
        Action::MessageRequester,
        NOT_CANCELLED,
        &[Who::Requester, Who::Agent, Who::Administrator, Who::Supervisor, Who::Officer, Who::Watcher],
    ),
    row(
        Action::MessageInternal,
        NOT_CANCELLED,
        &[Who::Agent, Who::Administrator, Who::Supervisor, Who::Officer],
    ),
    row(
        Action::MessageProvider,
        NOT_CANCELLED,
        &[Who::Provider, Who::Agent, Who::Administrator, Who::Supervisor],
    ),
    row(Action::Watch, NOT_CANCELLED, &[Who::Requester, Who::Agent, Who::Administrator, Who::Watcher]),
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
    row(Action::Close, &[Solved], &[Who::Agent, Who::Administrator]),
    row(Action::Rate, &[Solved, Closed], &[Who::Requester]),
    row(Action::Refer, ON_THE_DESK, &[Who::Agent, Who::Administrator]),
    row(Action::Acknowledge, &[Referred], &[Who::Officer]),
    row(Action::SendBack, &[Referred], &[Who::Officer]),
    row(Action::Conclude, &[Referred], &[Who::Officer]),
    row(Action::Cancel, ON_THE_DESK, &[Who::Requester, Who::Administrator]),
    row(Action::Merge, ON_THE_DESK, &[Who::Agent, Who::Administrator]),
    row(Action::CloseByClock, &[Solved], &[Who::Clock]),
    row(Action::RemindFollowUp, &[Assigned, InProgress, Waiting, WithProvider], &[Who::Clock]),
    row(Action::Warn, ON_THE_DESK, &[Who::Clock]),
    row(Action::RecordDelivery, StatusName::ALL, &[Who::Clock]),
    row(Action::RecordBounce, StatusName::ALL, &[Who::Clock]),
];

/// Whether this move may be made now by whoever asks, and in which capacity: the first of his that allows it. First the
/// role, then the state, then the relation to the case: so a refusal says the most lasting reason.
///
/// # Errors
/// See [`Refusal`].
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
    let mut refused = None;
    for who in row.by.iter().filter(|who| standing.is(**who)) {
        let capacity = standing.capacity(*who);
        match ready(case, action, capacity, now) {
            Ok(()) => return Ok(capacity),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Err(refused.unwrap_or(match case.followed_turn() {
        Some(turn) if action == Action::FollowUp => Refusal::NotYourContract { contract: turn.contract },
        _ => Refusal::NotYourCase { agent: case.status.agent() },
    }))
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
        Action::FollowUp => followable(case, capacity, now),
        Action::ReportFromProvider => match (now.actor, case.status.contract()) {
            (Actor::Provider(own), Some(contract)) if own != contract => {
                Err(Refusal::NotYourContract { contract })
            }
            _ => Ok(()),
        },
        Action::RemindFollowUp => match case.followed_turn() {
            Some(turn) if !turn.reminded && turn.follow_up_due.is_some_and(|due| due <= now.now) => Ok(()),
            _ => Err(Refusal::NoFollowUpDue),
        },
        Action::Warn if due_warnings(case, now.office, now.now).is_empty() => Err(Refusal::NothingDue),
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
            .any(|group| now.office.groups.get(group).is_some_and(|it| it.active && it.level == level))
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

/// Until it is solved, by whoever supervises the contract that has it, not by the supervisor of an earlier one (R13).
fn followable(case: &Case, capacity: Capacity, now: &Circumstances) -> Result<(), Refusal> {
    let Some(turn) = case.followed_turn() else {
        return Err(Refusal::WrongState { action: Action::FollowUp, status: case.status.name() });
    };
    let contract = now.office.contracts.get(&turn.contract);
    let supervises = now.actor.person().zip(contract).is_some_and(|(person, it)| it.is_supervised_by(person));
    if capacity == Capacity::ContractSupervisor && !supervises {
        return Err(Refusal::NotYourContract { contract: turn.contract });
    }
    Ok(())
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
    fn active(&self) -> Option<&Person> {
        let person = self.office.people.get(&self.actor.person()?)?;
        person.active.then_some(person)
    }

    fn has(&self, role: Role) -> bool {
        self.active().is_some_and(|person| person.is(role))
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
            Who::Requester => self.active().is_some_and(|person| person.id == case.requester),
            Who::Watcher => {
                !case.security && self.active().is_some_and(|person| case.watchers.contains(&person.id))
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
