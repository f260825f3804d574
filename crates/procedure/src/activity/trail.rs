//! One walk over a case's events that marks what the activities ask about.

use jiff::Timestamp;

use super::Deviation;
use crate::{Actor, ContractId, Event, EvidentialNotice, Recorded, ServiceId, SupportLevel};

/// Who did something, when, in which event.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) event: u64,
    pub(super) at: Timestamp,
    pub(super) by: Actor,
}

/// A time at one level, from the assignment or escalation to the next.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) level: SupportLevel,
    pub(super) event: u64,
    pub(super) since: Timestamp,
    pub(super) ended: Option<Timestamp>,
    pub(super) by: Option<Actor>,
    pub(super) assessments: Vec<u64>,
    /// Whether something was done there that needs an assessment.
    pub(super) worked: bool,
}

/// An escalation to a provider, with what it was about.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) event: u64,
    pub(super) contract: ContractId,
    pub(super) service: Option<ServiceId>,
    pub(super) level: SupportLevel,
}

#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) registered: Option<u64>,
    pub(super) assigned: Option<Mark>,
    pub(super) stays: Vec<Stay>,
    pub(super) sent_to_provider: Option<u64>,
    /// Each time with a provider, and what was sent to it.
    pub(super) sent: Vec<Sent>,
    service: Option<ServiceId>,
    pub(super) provider_reports: Vec<u64>,
    pub(super) follow_ups: Vec<u64>,
    pub(super) followed_by: Option<Actor>,
    /// When the next follow-up is due, while the case is followed.
    follow_up_due: Option<Timestamp>,
    /// Whether it was solved, or went to the next provider, without a follow-up that was due by then (R13).
    pub(super) unfollowed: bool,
    pub(super) solved: Option<u64>,
    /// That the requester agrees with the latest solution: whoever confirms has been told.
    pub(super) confirmed: Option<u64>,
    pub(super) closed: Option<u64>,
    pub(super) closed_by: Option<Actor>,
    pub(super) deviations: Vec<Deviation>,
    delivered: Vec<Delivery>,
    anew: bool,
}

/// A notice that arrived, as far as is known.
#[derive(Debug)]
struct Delivery {
    notice: EvidentialNotice,
    /// The event that it told of.
    of: u64,
    /// The event that says so.
    event: u64,
}

impl Trail {
    pub(super) fn of(events: &[Recorded]) -> Trail {
        let mut trail = Trail::default();
        for event in events {
            trail.take(event);
        }
        trail
    }

    pub(super) fn deliveries(&self, notice: EvidentialNotice) -> Vec<u64> {
        self.delivered.iter().filter(|it| it.notice == notice).map(|it| it.event).collect()
    }

    fn take(&mut self, recorded: &Recorded) {
        let Recorded { sequence: event, at, acted, .. } = *recorded;
        match &recorded.event {
            Event::Registered(request) => {
                self.registered = Some(event);
                self.service = request.service;
            }
            Event::Classified { service, .. } => self.service = *service,
            Event::Assigned { level, agent, .. } => {
                self.deviates(*level, event);
                self.assigned.get_or_insert(Mark { event, at, by: acted.by });
                self.arrives(*level, *agent, event, at);
            }
            Event::EscalatedToLevel { level, agent, .. } => {
                self.works(acted.by);
                self.arrives(*level, *agent, event, at);
            }
            Event::Taken => self.here().map_or((), |stay| stay.by = Some(acted.by)),
            Event::Assessed { .. } => {
                if let Some(stay) = self.here() {
                    stay.assessments.push(event);
                    stay.by = Some(acted.by);
                }
            }
            Event::EscalatedToProvider { contract, follow_up_due, .. } => {
                self.works(acted.by);
                let level = self.stays.last().map_or(SupportLevel::First, |stay| stay.level);
                self.sent.push(Sent { event, contract: *contract, service: self.service, level });
                self.sent_to_provider = Some(event);
                self.followed_no_more(at);
                self.follow_up_due = Some(*follow_up_due);
            }
            Event::ProviderReported { .. } => self.provider_reports.push(event),
            Event::FollowedUp { next_due, .. } => {
                self.follow_ups.push(event);
                self.followed_by = Some(acted.by);
                self.follow_up_due = Some(*next_due);
            }
            Event::Warned { contract: Some(_), .. } => {
                self.follow_up_due = self.follow_up_due.map(|due| due.min(at));
            }
            Event::FollowUpFellDue { .. } => self.deviations.push(Deviation::FollowUpLate { event }),
            Event::Solved { .. } => {
                self.works(acted.by);
                self.leaves(at);
                self.solved = Some(event);
                self.confirmed = None;
                self.followed_no_more(at);
            }
            Event::Confirmed => self.confirmed = Some(event),
            Event::Reopened { work, .. } => self.arrives(work.level, Some(work.agent), event, at),
            Event::Closed { .. } | Event::Concluded { .. } => {
                self.closed = Some(event);
                self.closed_by = Some(acted.by);
            }
            Event::Referred { .. } => {
                self.assigned.get_or_insert(Mark { event, at, by: acted.by });
                self.leaves(at);
                self.follow_up_due = None;
            }
            // Back on the desk it is assigned anew, as if for the first time.
            Event::SentBack { .. } => {
                self.assigned = None;
                self.anew = true;
            }
            Event::Cancelled { .. } => self.leaves(at),
            Event::Delivered { notice, event: of } => {
                self.delivered.push(Delivery { notice: *notice, of: *of, event });
            }
            Event::Bounced { notice, event: of } => {
                self.delivered.retain(|it| (it.notice, it.of) != (*notice, *of));
            }
            _ => {}
        }
    }

    fn here(&mut self) -> Option<&mut Stay> {
        self.stays.last_mut().filter(|stay| stay.ended.is_none())
    }

    fn followed_no_more(&mut self, at: Timestamp) {
        self.unfollowed |= self.follow_up_due.take().is_some_and(|due| due < at);
    }

    fn works(&mut self, by: Actor) {
        if let Some(stay) = self.here() {
            stay.worked = true;
            stay.by.get_or_insert(by);
        }
    }

    fn leaves(&mut self, at: Timestamp) {
        if let Some(stay) = self.here() {
            stay.ended = Some(at);
        }
    }

    fn arrives(&mut self, level: SupportLevel, agent: Option<crate::PersonId>, event: u64, at: Timestamp) {
        self.leaves(at);
        let by = agent.map(Actor::Person);
        self.stays.push(Stay {
            level,
            event,
            since: at,
            ended: None,
            by,
            assessments: Vec::new(),
            worked: false,
        });
    }

    /// An assignment to another level than the next is a deviation that shows, with its reason.
    fn deviates(&mut self, to: SupportLevel, event: u64) {
        let before = self.stays.last().filter(|_| !self.anew).map(|stay| stay.level);
        self.anew = false;
        let Some(from) = before else { return };
        if to < from {
            self.deviations.push(Deviation::LevelReturned { from, to, event });
        } else if to > from && from.next() != Some(to) {
            self.deviations.push(Deviation::LevelSkipped { from, to, event });
        }
    }
}
