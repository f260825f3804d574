//! Replaying: how each event changes a case. Never fails and never decides.

use jiff::Timestamp;

use crate::sla::{Standstill, Stillness, Warned};
use crate::{
    Acknowledgement, Actor, Assessment, Audience, Capacity, Case, Event, EvidentialNotice, Kind,
    ProviderTurn, Recorded, Registered, Solution, Status, Survey, WaitingFor, Work,
};

impl Case {
    /// The case as its first event founds it; `None` for any other event.
    pub fn found(recorded: &Recorded) -> Option<Case> {
        let Event::Registered(registered) = &recorded.event else { return None };
        let Registered { case, number, procedure, channel, requester, subject, description, .. } =
            &**registered;
        let security = registered.kind == Kind::SecurityIncident;
        Some(Case {
            id: *case,
            number: number.clone(),
            version: recorded.sequence,
            procedure: *procedure,
            channel: *channel,
            kind: registered.kind,
            service: registered.service,
            impact: registered.impact,
            urgency: registered.urgency,
            requester: *requester,
            opened_by: Some(recorded.acted.by).filter(|by| *by != Actor::Person(*requester)),
            opened_at: recorded.at,
            changed_at: recorded.at,
            subject: *subject,
            description: *description,
            details: registered.details.clone(),
            watchers: Default::default(),
            status: if security { referred(recorded.at) } else { Status::Registered },
            security,
            assessment: None,
            escalated: false,
            expected_by: None,
            providers: Vec::new(),
            solution: None,
            survey: None,
            follows: registered.follows,
            absorbed: Default::default(),
            reopened_at: None,
            promise: None,
            assigned_at: None,
            answered_at: None,
            standstills: security
                .then_some(Standstill { why: Stillness::Security, from: recorded.at, to: None })
                .into_iter()
                .collect(),
            warned: Vec::new(),
        })
    }

    /// Takes the next event in.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.take(recorded);
        self.told_of_time(recorded);
    }

    /// What the event says about promises: who had it first, when the requester was first answered, when it stood still.
    fn told_of_time(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        if self.assigned_at.is_none() && self.status.agent().is_some() {
            self.assigned_at = Some(at);
        }
        if self.answered_at.is_none() && answers_requester(recorded) {
            self.answered_at = Some(at);
        }
        let why = Stillness::of(&self.status);
        let last = self.standstills.last_mut().filter(|it| it.to.is_none());
        if last.as_ref().map(|it| it.why) != why {
            if let Some(last) = last {
                last.to = Some(at);
            }
            self.standstills.extend(why.map(|why| Standstill { why, from: at, to: None }));
        }
    }

    fn take(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        self.version = recorded.sequence;
        self.changed_at = at;
        match &recorded.event {
            Event::Registered(_) | Event::Confirmed => {}
            Event::Classified { kind, service, impact, urgency } => {
                (self.kind, self.service, self.impact, self.urgency) = (*kind, *service, *impact, *urgency);
            }
            Event::Completed { details } => self.details = details.clone(),
            Event::ExpectedBy { at } => self.expected_by = Some(*at),
            Event::Said { audience: Audience::Provider, contract, .. }
                if matches!(recorded.acted.by, Actor::Provider(_)) =>
            {
                // What it says of a turn that is over, or of another's, answers nothing.
                let has_it =
                    |turn: &&mut ProviderTurn| Some(turn.contract) == *contract && turn.ended.is_none();
                if let Some(turn) = self.providers.last_mut().filter(has_it) {
                    turn.answered_at.get_or_insert(at);
                }
            }
            Event::Said { .. } => {}
            Event::Promised { promise } => {
                self.promise = promise.as_deref().cloned();
                // What is promised anew may be warned of anew.
                self.warned.retain(|warned| warned.contract.is_some());
            }
            Event::Warned { clock, contract, percent, .. } => {
                self.warned.push(Warned { clock: *clock, contract: *contract, percent: *percent });
                if let Some(turn) = self.providers.last_mut().filter(|_| contract.is_some()) {
                    turn.follow_up_due = turn.follow_up_due.map(|due| due.min(at));
                    turn.reminded = true;
                }
            }
            Event::WatcherAdded { person } => {
                self.watchers.insert(*person);
            }
            Event::WatcherRemoved { person } => {
                self.watchers.remove(person);
            }
            Event::Rated { score, comment } => {
                self.survey = Some(Survey { score: *score, comment: *comment, at });
            }
            Event::Absorbed { case, .. } => {
                self.absorbed.insert(*case);
            }
            Event::Delivered { notice, event } => {
                if let Some(told_at) = self.told_at(*notice, *event) {
                    told_at.get_or_insert(at);
                }
            }
            Event::Bounced { notice, event } => {
                if let Some(told_at) = self.told_at(*notice, *event) {
                    *told_at = None;
                }
            }
            Event::FollowedUp { next_due, .. } => {
                if let Some(turn) = self.providers.last_mut() {
                    turn.follow_ups += 1;
                    turn.last_follow_up = Some(at);
                    turn.follow_up_due = Some(*next_due);
                    turn.reminded = false;
                }
            }
            Event::FollowUpFellDue { .. } => {
                if let Some(turn) = self.providers.last_mut() {
                    turn.reminded = true;
                }
            }
            _ => self.moved(recorded),
        }
    }

    /// The events that change the state: first those of the desk, activities 2 to 5.
    fn moved(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let work = self.status.work().copied();
        match &recorded.event {
            Event::Assigned { level, group, agent, .. }
            | Event::EscalatedToLevel { level, group, agent, .. } => {
                self.turn_ended(at);
                self.escalated = matches!(recorded.event, Event::EscalatedToLevel { .. });
                self.status = Status::Assigned { level: *level, group: *group, agent: *agent };
            }
            Event::Taken => {
                if let (Status::Assigned { agent, .. }, Some(person)) =
                    (&mut self.status, recorded.acted.by.person())
                {
                    *agent = Some(person);
                }
            }
            Event::Assessed { level, mode, complexity, findings } => {
                let (mode, complexity, findings) = (*mode, *complexity, *findings);
                let by = recorded.acted.by;
                self.assessment = Some(Assessment { level: *level, mode, complexity, findings, by, at });
                if let Status::Assigned { level, group, agent: Some(agent) } = self.status {
                    self.status = Status::InProgress { work: Work { level, group, agent } };
                }
            }
            Event::Waited { waiting_for, until, .. } => {
                if let Some(work) = work {
                    let (waiting_for, until) = (*waiting_for, *until);
                    self.status = Status::Waiting { work, waiting_for, until, since: at };
                }
            }
            Event::Resumed => self.in_progress(work),
            Event::EscalatedToProvider { .. } | Event::ProviderReported { .. } | Event::TakenBack { .. } => {
                self.provided(recorded, work);
            }
            Event::Referred { .. } | Event::Acknowledged | Event::SentBack { .. } => self.guarded(recorded),
            _ => self.ended(recorded, work),
        }
    }

    /// Activity 6: to a provider and back.
    fn provided(&mut self, recorded: &Recorded, work: Option<Work>) {
        let at = recorded.at;
        match &recorded.event {
            Event::EscalatedToProvider { contract, follow_up_due, promise, .. } => {
                self.followed_no_more();
                let before = self.providers.last();
                let continues = before.is_some_and(|turn| turn.contract == *contract && turn.reported);
                let promise = if continues { before.and_then(|turn| turn.promise) } else { *promise };
                if !continues {
                    // A new clock may be warned of anew.
                    self.warned.retain(|warned| warned.contract != Some(*contract));
                }
                self.providers.push(ProviderTurn {
                    contract: *contract,
                    event: recorded.sequence,
                    since: at,
                    told_at: None,
                    ended: None,
                    follow_ups: 0,
                    last_follow_up: None,
                    follow_up_due: Some(*follow_up_due),
                    reminded: false,
                    promise,
                    answered_at: None,
                    reported: false,
                    continues,
                });
                if let Some(work) = work {
                    self.status = Status::WithProvider { work, contract: *contract, since: at };
                }
            }
            Event::ProviderReported { solved, .. } => {
                if let Some(turn) = self.providers.last_mut() {
                    turn.answered_at.get_or_insert(at);
                    turn.reported = *solved;
                }
                if *solved {
                    self.turn_ended(at);
                    self.in_progress(work);
                }
            }
            _ => {
                self.turn_ended(at);
                self.in_progress(work);
            }
        }
    }

    /// To the security procedure and back.
    fn guarded(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Referred { .. } => {
                self.turn_ended(recorded.at);
                self.followed_no_more();
                self.security = true;
                self.kind = Kind::SecurityIncident;
                self.status = referred(recorded.at);
            }
            Event::Acknowledged => {
                if let Status::Referred { acknowledged, .. } = &mut self.status {
                    *acknowledged = Some(Acknowledgement { by: recorded.acted.by, at: recorded.at });
                }
            }
            _ => {
                self.security = false;
                self.escalated = false;
                self.kind = Kind::Incident;
                self.status = Status::Registered;
            }
        }
    }

    /// Activity 8, and the other ways in which a case ends.
    fn ended(&mut self, recorded: &Recorded, work: Option<Work>) {
        let at = recorded.at;
        match &recorded.event {
            Event::Solved { activities, performed_by, grace_ends } => {
                if let Some(work) = work {
                    self.solution = Some(Solution {
                        activities: *activities,
                        performed_by: *performed_by,
                        work,
                        by: recorded.acted.by,
                        at,
                        event: recorded.sequence,
                        told_at: None,
                    });
                    self.status = Status::Solved { work, at, grace_ends: *grace_ends };
                }
                self.followed_no_more();
            }
            Event::Reopened { work, .. } => {
                self.reopened_at = Some(at);
                let Work { level, group, agent } = *work;
                self.status = Status::Assigned { level, group, agent: Some(agent) };
            }
            Event::Closed { .. } | Event::Concluded { .. } => self.status = Status::Closed { at },
            Event::Cancelled { why, .. } => {
                self.turn_ended(at);
                self.followed_no_more();
                self.status = Status::Cancelled { at, why: why.clone() };
            }
            _ => {}
        }
    }

    fn in_progress(&mut self, work: Option<Work>) {
        if let Some(work) = work {
            self.status = Status::InProgress { work };
        }
    }

    fn turn_ended(&mut self, at: Timestamp) {
        if let Some(turn) = self.providers.last_mut() {
            turn.ended.get_or_insert(at);
        }
    }

    fn followed_no_more(&mut self) {
        if let Some(turn) = self.providers.last_mut() {
            turn.follow_up_due = None;
        }
    }

    /// When the notice of this event is known to have arrived.
    fn told_at(&mut self, notice: EvidentialNotice, event: u64) -> Option<&mut Option<Timestamp>> {
        match notice {
            EvidentialNotice::Solved => {
                self.solution.as_mut().filter(|solution| solution.event == event).map(|it| &mut it.told_at)
            }
            EvidentialNotice::ProviderRequest => {
                self.providers.iter_mut().find(|turn| turn.event == event).map(|turn| &mut turn.told_at)
            }
        }
    }
}

/// Whether the requester hears from the desk by it, from a person and not from the desk's own receipts.
fn answers_requester(recorded: &Recorded) -> bool {
    let of_desk = matches!(
        recorded.acted.capacity,
        Capacity::Agent | Capacity::DeskAdministrator | Capacity::SecurityOfficer
    );
    of_desk
        && match &recorded.event {
            Event::Said { audience, .. } => *audience == Audience::Requester,
            Event::Waited { waiting_for, .. } => *waiting_for == WaitingFor::Requester,
            Event::ExpectedBy { .. } | Event::Solved { .. } => true,
            _ => false,
        }
}

fn referred(since: Timestamp) -> Status {
    Status::Referred { since, acknowledged: None }
}
