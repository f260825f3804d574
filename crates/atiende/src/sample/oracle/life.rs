//! A case's clocks, told from its events alone by a plain walk: from which second on it stood still and for what, and when
//! what each clock measures was done.

use atiende_procedure::sla::{ClockName, ClockState, Stillness};
use atiende_procedure::{
    Actor, Audience, Capacity, ContractId, Event, Impact, Kind, Priority, Recorded, Urgency, WaitingFor,
};
use jiff::Timestamp;

use super::world::{About, By, Given, World};

/// A clock as it reads.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub(super) name: ClockName,
    pub(super) contract: Option<ContractId>,
    pub(super) began: i64,
    pub(super) target: i64,
    pub(super) state: ClockState,
    pub(super) used: i64,
    pub(super) due: Option<i64>,
    pub(super) ended: Option<i64>,
    pub(super) paused_by: Option<Stillness>,
}

/// How something ended: done, or given up.
type End = Option<(i64, bool)>;

/// From a second on: whether it ran, or for what it stood still.
type Phases = Vec<(i64, Option<Stillness>)>;

pub(super) struct Life {
    opened: i64,
    about: About,
    harm: (Impact, Urgency),
    pub(super) given: Option<Given>,
    phases: Phases,
    assigned: Option<i64>,
    answered: Option<i64>,
    solved: Option<i64>,
    over: Option<i64>,
    in_security: bool,
    /// The clocks of providers, oldest first.
    errands: Vec<Errand>,
}

/// What a provider has to do under one clock: once, or again after its report was not accepted.
struct Errand {
    contract: ContractId,
    /// Since when it has the case, and until when.
    turns: Vec<(i64, Option<i64>)>,
    answered: Option<i64>,
    reported: bool,
}

impl Errand {
    fn is_there(&self) -> bool {
        self.turns.last().is_some_and(|(_, until)| until.is_none())
    }

    fn leaves(&mut self, at: i64, reported: bool) {
        if let Some((_, until)) = self.turns.last_mut().filter(|(_, until)| until.is_none()) {
            *until = Some(at);
            self.reported = reported;
        }
    }
}

impl Life {
    /// A life that begins with the events of a registration.
    pub(super) fn begins(events: &[Recorded], world: &World) -> Life {
        let Event::Registered(registered) = &events[0].event else { panic!("a case begins otherwise") };
        let opened = second(events[0].at);
        let security = registered.kind == Kind::SecurityIncident;
        let mut life = Life {
            opened,
            about: About {
                service: registered.service,
                kind: registered.kind,
                priority: priority(registered.impact, registered.urgency),
                department: registered.details.department,
                site: registered.details.site,
            },
            harm: (registered.impact, registered.urgency),
            given: None,
            phases: vec![(opened, security.then_some(Stillness::Security))],
            assigned: None,
            answered: None,
            solved: None,
            over: None,
            in_security: security,
            errands: Vec::new(),
        };
        life.given = world.promised(&life.about, world_day(world, opened));
        life
    }

    /// The events of one move come.
    pub(super) fn goes_on(&mut self, events: &[Recorded], world: &World) {
        let before = self.about.clone();
        let returned = events.iter().any(|it| matches!(it.event, Event::SentBack { .. }));
        for recorded in events {
            self.happens(recorded);
        }
        let Some(first) = events.first().filter(|_| !self.in_security) else { return };
        let anew = world.promised(&self.about, world_day(world, second(first.at)));
        if returned {
            // It keeps what it had, unless it now falls under another agreement or other hours.
            let kept = |it: &Given| (it.agreement, it.hours);
            if anew.is_some() && anew.as_ref().map(kept) != self.given.as_ref().map(kept) {
                self.given = anew;
            }
        } else if self.about != before {
            self.given = anew;
        }
    }

    fn happens(&mut self, recorded: &Recorded) {
        let at = second(recorded.at);
        let desk = matches!(
            recorded.acted.capacity,
            Capacity::Agent | Capacity::DeskAdministrator | Capacity::SecurityOfficer
        );
        let mut answers = false;
        match &recorded.event {
            Event::Classified { kind, service, impact, urgency } => {
                (self.about.kind, self.about.service) = (*kind, *service);
                self.harm = (*impact, *urgency);
                self.about.priority = priority(*impact, *urgency);
            }
            Event::Completed { details } => {
                (self.about.department, self.about.site) = (details.department, details.site);
            }
            Event::Assigned { agent, .. } | Event::EscalatedToLevel { agent, .. } => {
                self.leaves_provider(at, false);
                self.stands(at, None);
                if agent.is_some() {
                    self.assigned.get_or_insert(at);
                }
            }
            Event::Taken => {
                self.assigned.get_or_insert(at);
            }
            Event::Assessed { .. } | Event::Resumed => self.stands(at, None),
            Event::ExpectedBy { .. } => answers = true,
            Event::Waited { waiting_for, .. } => {
                answers = *waiting_for == WaitingFor::Requester;
                self.stands(
                    at,
                    Some(match waiting_for {
                        WaitingFor::Requester => Stillness::Requester,
                        WaitingFor::Visit => Stillness::Visit,
                        WaitingFor::Parts => Stillness::Parts,
                    }),
                );
            }
            Event::Said { audience, contract, .. } => {
                answers = *audience == Audience::Requester;
                let there =
                    self.errands.last_mut().filter(|it| it.is_there() && Some(it.contract) == *contract);
                if let (Actor::Provider(_), Audience::Provider, Some(errand)) =
                    (recorded.acted.by, audience, there)
                {
                    errand.answered.get_or_insert(at);
                }
            }
            _ => self.moves(recorded, at, &mut answers),
        }
        if answers && desk {
            self.answered.get_or_insert(at);
        }
    }

    fn moves(&mut self, recorded: &Recorded, at: i64, answers: &mut bool) {
        match &recorded.event {
            Event::EscalatedToProvider { contract, .. } => {
                self.stands(at, Some(Stillness::Provider));
                match self.errands.last_mut().filter(|it| it.contract == *contract && it.reported) {
                    Some(again) => {
                        again.turns.push((at, None));
                        again.reported = false;
                    }
                    None => self.errands.push(Errand {
                        contract: *contract,
                        turns: vec![(at, None)],
                        answered: None,
                        reported: false,
                    }),
                }
            }
            Event::ProviderReported { solved, .. } => {
                if let Some(errand) = self.errands.last_mut() {
                    errand.answered.get_or_insert(at);
                }
                if *solved {
                    self.leaves_provider(at, true);
                    self.stands(at, None);
                }
            }
            Event::TakenBack { .. } => {
                self.leaves_provider(at, false);
                self.stands(at, None);
            }
            Event::Solved { .. } => {
                *answers = true;
                self.solved = Some(at);
                self.stands(at, Some(Stillness::Solved));
            }
            Event::Reopened { .. } => {
                self.solved = None;
                self.stands(at, None);
            }
            Event::Closed { .. } => self.over = Some(at),
            Event::Concluded { .. } | Event::Cancelled { .. } => {
                self.leaves_provider(at, false);
                self.stands(at, None);
                (self.over, self.solved) = (Some(at), None);
            }
            Event::Referred { .. } => {
                self.leaves_provider(at, false);
                self.stands(at, Some(Stillness::Security));
                (self.in_security, self.about.kind) = (true, Kind::SecurityIncident);
            }
            Event::SentBack { .. } => {
                self.stands(at, None);
                (self.in_security, self.about.kind) = (false, Kind::Incident);
            }
            _ => {}
        }
    }

    fn stands(&mut self, at: i64, why: Option<Stillness>) {
        self.phases.push((at, why));
    }

    fn leaves_provider(&mut self, at: i64, reported: bool) {
        if let Some(errand) = self.errands.last_mut() {
            errand.leaves(at, reported);
        }
    }

    /// All its clocks at a second: the desk's, then those of its providers.
    pub(super) fn read(&self, now: i64, world: &World) -> Vec<Read> {
        let names = [ClockName::Assignment, ClockName::FirstAnswer, ClockName::Solution];
        let mut all: Vec<Read> = names.into_iter().filter_map(|name| self.of_desk(name, now)).collect();
        all.extend(self.errands.iter().flat_map(|errand| of_provider(errand, now, world)));
        all
    }

    fn of_desk(&self, name: ClockName, now: i64) -> Option<Read> {
        let given = self.given.as_ref()?;
        let target = *given.targets.get(&name)?;
        let done = match name {
            ClockName::Assignment => self.assigned,
            ClockName::FirstAnswer => self.answered,
            _ => self.solved,
        };
        let end = done.map(|at| (at, true)).or(self.over.map(|at| (at, false)));
        let pauses = |why: Stillness| match given.pauses.get(&name) {
            _ if matches!(why, Stillness::Solved | Stillness::Security) => true,
            Some(agreed) => agreed.contains(&why),
            None => matches!(why, Stillness::Requester | Stillness::Visit),
        };
        let phases: Phases =
            self.phases.iter().map(|(from, why)| (*from, why.filter(|why| pauses(*why)))).collect();
        let mut read = told(&phases, end, &given.by, target, now);
        (read.name, read.began) = (name, self.opened);
        Some(read)
    }
}

fn of_provider(errand: &Errand, now: i64, world: &World) -> Vec<Read> {
    let (targets, by) = world.of_provider(errand.contract);
    let mut phases: Phases = Vec::new();
    for (since, until) in &errand.turns {
        phases.push((*since, None));
        phases.extend(until.map(|until| (until, Some(Stillness::Provider))));
    }
    let gone = errand.turns.last().and_then(|(_, until)| *until);
    let answered = errand.answered.map(|at| (at, true)).or(gone.map(|at| (at, false)));
    let solved = gone.map(|at| (at, errand.reported));
    let names = [ClockName::ProviderResponse, ClockName::ProviderSolution];
    let each = names.into_iter().zip(targets).zip([answered, solved]);
    each.filter_map(|((name, target), end)| {
        let mut read = told(&phases, end, &by, target?, now);
        (read.name, read.contract, read.began) = (name, Some(errand.contract), errand.turns[0].0);
        Some(read)
    })
    .collect()
}

/// Walks over the phases of a clock: counts the seconds in which it ran, and finds the one at which its time was up.
fn told(phases: &Phases, end: End, by: &By, target: i64, now: i64) -> Read {
    let (mut used, mut due) = (0, None);
    let ended = end.map(|(at, _)| at);
    for (nth, (from, still)) in phases.iter().enumerate() {
        if still.is_some() {
            continue;
        }
        let until = phases.get(nth + 1).map(|(next, _)| *next).into_iter().chain(ended).min();
        let worked = by.count(*from, until.unwrap_or(now));
        let left = target - used;
        if due.is_none() && (until.is_none() || worked >= left && worked > 0) {
            due = Some(by.due(*from, left));
        }
        used += worked;
    }
    let late = due.is_some_and(|due| due < ended.unwrap_or(now));
    let still = phases.last().and_then(|(_, still)| *still).filter(|_| end.is_none());
    let state = match (end, still) {
        _ if late => ClockState::Breached,
        (Some((_, true)), _) => ClockState::Met,
        (Some((_, false)), _) => ClockState::Void,
        (None, Some(_)) => ClockState::Paused,
        (None, None) => ClockState::Running,
    };
    let (name, contract, began) = (ClockName::Assignment, None, 0);
    Read { name, contract, began, target, state, used, due, ended, paused_by: still }
}

/// The matrix of impact and urgency as people read it.
fn priority(impact: Impact, urgency: Urgency) -> Priority {
    match (impact, urgency) {
        (Impact::High, Urgency::High) => Priority::Critical,
        (Impact::High, Urgency::Medium) | (Impact::Medium, Urgency::High) => Priority::High,
        (Impact::Low, Urgency::Low) => Priority::Low,
        _ => Priority::Medium,
    }
}

pub(super) fn second(at: Timestamp) -> i64 {
    assert_eq!(at.subsec_nanosecond(), 0, "the year is told in whole seconds");
    at.as_second()
}

/// The day of a second, where the office is.
fn world_day(world: &World, second: i64) -> jiff::civil::Date {
    let zone = world.office.settings.calendar.zone();
    zone.to_datetime(Timestamp::from_second(second).expect("in range")).date()
}
