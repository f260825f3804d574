//! The clocks of a case, from what the case tells; and how they read at a moment.

use jiff::{SignedDuration, Timestamp};

use super::promise::minutes_long;
use super::{ClockName, Hours, Standstill, Stillness};
use crate::case::ProviderTurn;
use crate::office::Office;
use crate::{Case, ContractId, Status};

/// A time in which a clock runs; without an end it runs still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
}

/// How a clock came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Not yet.
    Open,
    /// What it measures was done.
    Done(Timestamp),
    /// It will never be done, and nobody waits for it.
    Void(Timestamp),
}

/// One clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub name: ClockName,
    /// Of a provider's clock, under which contract.
    pub contract: Option<ContractId>,
    /// The time promised.
    pub target: SignedDuration,
    pub hours: Hours,
    pub began: Timestamp,
    /// When it ran, oldest first, apart from each other.
    pub runs: Vec<Run>,
    /// For what it stood still, and stands.
    pub pauses: Vec<Standstill>,
    end: End,
}

crate::vocabulary::vocabulary! {
    /// How a clock stands.
    ClockState {
        Running = "running",
        Paused = "paused",
        /// Done in the time promised.
        Met = "met",
        /// Done late, or not done and late already.
        Breached = "breached",
        /// The case ended otherwise, in time.
        Void = "void",
    }
}

/// A clock as it reads at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub state: ClockState,
    /// The time used of what was promised, by the promise's hours.
    pub used: SignedDuration,
    /// What is left of it; below zero when working time has passed since it was due.
    pub left: SignedDuration,
    /// When the time is or was used up; absent while it stands still before that.
    pub due: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// For what it stands still.
    pub paused_by: Option<Stillness>,
}

/// The clocks of a case: the desk's, then those of each provider, oldest first. None when nothing was promised.
pub fn clocks(case: &Case) -> Vec<Clock> {
    let desk = [ClockName::Assignment, ClockName::FirstAnswer, ClockName::Solution];
    desk.into_iter().filter_map(|name| of_desk(case, name)).chain(of_providers(case)).collect()
}

fn of_desk(case: &Case, name: ClockName) -> Option<Clock> {
    let promise = case.promise.as_ref()?;
    let target = promise.target(name)?;
    let solved = case.solution.as_ref().map(|solution| solution.at);
    let done = match (name, &case.status) {
        (ClockName::Assignment, _) => case.assigned_at,
        (ClockName::FirstAnswer, _) => case.answered_at,
        // What the security officers closed was not solved, though it may have been before it was reopened.
        (_, Status::Solved { .. } | Status::Closed { .. }) => solved.filter(|_| !case.security),
        _ => None,
    };
    let end = match (done, &case.status) {
        (Some(at), _) => End::Done(at),
        (None, Status::Cancelled { at, .. } | Status::Closed { at }) => End::Void(*at),
        (None, _) => End::Open,
    };
    let until = end.at();
    // What it stood still for after its end is not its own.
    let own = |it: &&Standstill| promise.pauses(name, it.why) && until.is_none_or(|until| it.from < until);
    let cut = |it: &Standstill| Standstill { to: sooner(it.to, until), ..*it };
    let pauses: Vec<Standstill> = case.standstills.iter().filter(own).map(cut).collect();
    let runs = without(Run { from: case.opened_at, to: until }, &pauses);
    let (hours, began, contract) = (promise.hours, case.opened_at, None);
    Some(Clock { name, contract, target, hours, began, runs, pauses, end })
}

/// A provider that gets a case back whose report was not accepted goes on with the clock that it had.
fn of_providers(case: &Case) -> Vec<Clock> {
    let mut chains: Vec<&[ProviderTurn]> = Vec::new();
    let mut first = 0;
    for at in 0..case.providers.len() {
        let goes_on = case.providers.get(at + 1).is_some_and(|next| next.continues);
        if !goes_on {
            chains.push(&case.providers[first..=at]);
            first = at + 1;
        }
    }
    chains.into_iter().flat_map(of_chain).collect()
}

fn of_chain(turns: &[ProviderTurn]) -> Vec<Clock> {
    let (Some(first), Some(last)) = (turns.first(), turns.last()) else { return Vec::new() };
    let Some(promise) = first.promise else { return Vec::new() };
    let answered = turns.iter().find_map(|turn| turn.answered_at);
    let response = match (answered, last.ended) {
        (Some(at), _) => End::Done(at),
        (None, Some(at)) => End::Void(at),
        (None, None) => End::Open,
    };
    let solution = match last.ended {
        Some(at) if last.reported => End::Done(at),
        Some(at) => End::Void(at),
        None => End::Open,
    };
    let clock = |name, target: Option<u32>, end: End| {
        let runs = turns.iter().filter(|turn| end.at().is_none_or(|at| turn.since < at));
        let until = |turn: &ProviderTurn| sooner(turn.ended, end.at());
        Some(Clock {
            name,
            contract: Some(first.contract),
            target: minutes_long(target?),
            hours: promise.hours,
            began: first.since,
            runs: runs.map(|turn| Run { from: turn.since, to: until(turn) }).collect(),
            pauses: Vec::new(),
            end,
        })
    };
    let response = clock(ClockName::ProviderResponse, promise.response, response);
    let solution = clock(ClockName::ProviderSolution, promise.solution, solution);
    response.into_iter().chain(solution).collect()
}

/// The sooner of two ends, either of which may not have come.
fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// What is left of a run without these times, which come in order and may still last.
fn without(run: Run, pauses: &[Standstill]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut from = Some(run.from);
    for pause in pauses {
        let Some(start) = from else { break };
        if pause.from > start {
            runs.push(Run { from: start, to: Some(pause.from) });
        }
        from = pause.to;
    }
    if let Some(from) = from.filter(|from| run.to.is_none_or(|to| *from < to)) {
        runs.push(Run { from, to: run.to });
    }
    runs
}

impl End {
    fn at(self) -> Option<Timestamp> {
        match self {
            End::Open => None,
            End::Done(at) | End::Void(at) => Some(at),
        }
    }
}

impl Clock {
    /// Whether it has not ended.
    pub fn is_open(&self) -> bool {
        self.end == End::Open
    }

    /// When it ended, one way or another.
    pub fn ended(&self) -> Option<Timestamp> {
        self.end.at()
    }

    /// Whether what it measures will never be done.
    pub(super) fn is_void(&self) -> bool {
        matches!(self.end, End::Void(_))
    }

    /// When so much of its time was or will be used; nothing when it stands still before that, ended, or never comes
    /// to it.
    pub fn reaches(&self, office: &Office, time: SignedDuration) -> Option<Timestamp> {
        let mut before = SignedDuration::ZERO;
        for run in &self.runs {
            let Some(to) = run.to else {
                let at = self.hours.after(office, run.from, time - before);
                return Some(at).filter(|at| *at < Timestamp::MAX);
            };
            let length = self.hours.between(office, run.from, to);
            if before + length >= time {
                return Some(self.hours.after(office, run.from, time - before));
            }
            before += length;
        }
        None
    }

    /// When so many parts of a hundred of its time are used.
    pub fn reaches_percent(&self, office: &Office, percent: u16) -> Option<Timestamp> {
        let seconds = self.target.as_secs().saturating_mul(i64::from(percent)) / 100;
        self.reaches(office, SignedDuration::from_secs(seconds))
    }

    /// The time used until a moment.
    pub fn used(&self, office: &Office, now: Timestamp) -> SignedDuration {
        let length = |run: &Run| self.hours.between(office, run.from, run.to.unwrap_or(now).min(now));
        self.runs.iter().map(length).fold(SignedDuration::ZERO, |sum, length| sum + length)
    }

    /// How it reads at a moment. It is late once the instant at which it was due has passed, at night as well: work that
    /// is done after hours is not done in time, though no working time passed.
    pub fn read(&self, office: &Office, now: Timestamp) -> Reading {
        let used = self.used(office, now);
        let left = self.target - used;
        let due = self.reaches(office, self.target);
        let late = due.is_some_and(|due| due < self.end.at().unwrap_or(now));
        let paused_by = self.pauses.last().filter(|it| it.to.is_none() && self.is_open()).map(|it| it.why);
        let state = match (self.end, paused_by) {
            _ if late => ClockState::Breached,
            (End::Done(_), _) => ClockState::Met,
            (End::Void(_), _) => ClockState::Void,
            (End::Open, Some(_)) => ClockState::Paused,
            (End::Open, None) => ClockState::Running,
        };
        Reading { state, used, left, due, ended: self.end.at(), paused_by }
    }
}
