//! Replaying: how each event changes a case. Never fails and never decides.

use jiff::Timestamp;

use crate::{
    Acknowledgement, Actor, Assessment, Case, Event, EvidentialNotice, Kind, ProviderTurn, Recorded,
    Registered, Solution, Status, Survey, Work,
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
        })
    }

    /// Takes the next event in.
    pub fn apply(&mut self, recorded: &Recorded) {
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
            Event::Said { .. } => {}
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
            Event::EscalatedToProvider { contract, follow_up_due, .. } => {
                self.followed_no_more();
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
                });
                if let Some(work) = work {
                    self.status = Status::WithProvider { work, contract: *contract, since: at };
                }
            }
            Event::ProviderReported { solved: false, .. } => {}
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

fn referred(since: Timestamp) -> Status {
    Status::Referred { since, acknowledged: None }
}
