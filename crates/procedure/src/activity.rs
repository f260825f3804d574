//! Where a case stands among the eight numbered activities, and what evidence each of them has (R15, R16).

mod trail;

use jiff::Timestamp;
use serde::Serialize;

use crate::office::Office;
use crate::{Actor, Case, ContractId, EvidentialNotice, Recorded, Status, StatusName, SupportLevel};
use trail::{Sent, Trail};

crate::vocabulary::vocabulary! {
    /// How an activity stands.
    ActivityStatus {
        /// It happened and left its evidence.
        Done = "done",
        /// It is where the case is.
        Current = "current",
        /// It happened, or should have, and lacks its evidence.
        Missing = "missing",
        /// The case did not need it, or not yet.
        NotNeeded = "not_needed",
    }
}

crate::vocabulary::vocabulary! {
    /// What evidence lacks.
    Lack {
        /// The level attended without an assessment (R11).
        Assessment = "assessment",
        /// No follow-up was made of the provider's handling (R13).
        FollowUp = "follow_up",
        /// The follow-up that fell due was not made (R13).
        DueFollowUp = "due_follow_up",
        /// The request has not reached the provider (R12).
        ProviderTold = "provider_told",
        /// The requester has not been told that it is solved, and has not confirmed it himself (R14).
        RequesterTold = "requester_told",
    }
}

/// One activity of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// 1 to 8.
    pub number: u8,
    pub status: ActivityStatus,
    pub began_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub responsible: Option<Actor>,
    /// The event that is its record.
    pub record: Option<u64>,
    pub control_point: bool,
    /// The events that prove its control point.
    pub evidence: Vec<u64>,
    pub lacks: Option<Lack>,
}

/// Something done otherwise than the procedure writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "deviation", rename_all = "snake_case")]
pub enum Deviation {
    /// Assigned past the next level.
    LevelSkipped { from: SupportLevel, to: SupportLevel, event: u64 },
    /// Assigned back to a level below.
    LevelReturned { from: SupportLevel, to: SupportLevel, event: u64 },
    /// Sent to a provider whose contract is not for that service at that level (R6).
    OutsideContract { contract: ContractId, event: u64 },
    /// Solved, and the provider's handling was never followed up (R13).
    NotFollowedUp,
    /// A follow-up fell due and was made late or not at all (R13).
    FollowUpLate { event: u64 },
    /// Closed, and the notice that says so never left the building (R14).
    RequesterNotTold,
}

/// What a case can prove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// All eight, in order.
    pub items: [Activity; 8],
    pub deviations: Vec<Deviation>,
}

/// The eight activities of a case with their evidence, from its events. Which of them are control points is said by the
/// version of the procedure to which the case belongs (R15).
pub fn evidence(case: &Case, events: &[Recorded], office: &Office, now: Timestamp) -> Evidence {
    let trail = Trail::of(events);
    let mut items = [
        request(case, &trail),
        assignment(case, &trail),
        attention(SupportLevel::First, case, &trail),
        attention(SupportLevel::Second, case, &trail),
        attention(SupportLevel::Third, case, &trail),
        provider(case, &trail),
        follow_up(case, &trail, office, now),
        closing(case, &trail),
    ];
    let version = office.versions.get(&case.procedure);
    for (item, text) in items.iter_mut().zip(version.into_iter().flat_map(|version| &version.activities)) {
        item.control_point = text.control_point.is_some();
    }
    let mut deviations = trail.deviations.clone();
    deviations.extend(trail.sent.iter().filter(|sent| outside(sent, office)).map(|sent| {
        let Sent { contract, event, .. } = *sent;
        Deviation::OutsideContract { contract, event }
    }));
    if items[6].lacks == Some(Lack::FollowUp) {
        deviations.push(Deviation::NotFollowedUp);
    }
    if items[7].lacks.is_some() && case.status.name() == StatusName::Closed {
        deviations.push(Deviation::RequesterNotTold);
    }
    Evidence { items, deviations }
}

fn outside(sent: &Sent, office: &Office) -> bool {
    let contract = office.contracts.get(&sent.contract);
    contract.is_some_and(|contract| !contract.covers(sent.service, sent.level))
}

fn activity(number: u8, status: ActivityStatus) -> Activity {
    Activity {
        number,
        status,
        began_at: None,
        ended_at: None,
        responsible: None,
        record: None,
        control_point: false,
        evidence: Vec::new(),
        lacks: None,
    }
}

fn request(case: &Case, trail: &Trail) -> Activity {
    Activity {
        began_at: Some(case.opened_at),
        ended_at: Some(case.opened_at),
        responsible: Some(case.opened_by.unwrap_or(Actor::Person(case.requester))),
        record: trail.registered,
        ..activity(1, ActivityStatus::Done)
    }
}

fn assignment(case: &Case, trail: &Trail) -> Activity {
    let began_at = Some(case.opened_at);
    match (&trail.assigned, case.status.name()) {
        (Some(mark), _) => Activity {
            began_at,
            ended_at: Some(mark.at),
            responsible: Some(mark.by),
            record: Some(mark.event),
            ..activity(2, ActivityStatus::Done)
        },
        (None, StatusName::Cancelled | StatusName::Closed) => activity(2, ActivityStatus::NotNeeded),
        (None, StatusName::Referred) => {
            Activity { began_at, record: trail.registered, ..activity(2, ActivityStatus::Done) }
        }
        (None, _) => Activity { began_at, ..activity(2, ActivityStatus::Current) },
    }
}

fn attention(level: SupportLevel, case: &Case, trail: &Trail) -> Activity {
    let number = level.activity();
    let Some(stay) = trail.stays.iter().rev().find(|stay| stay.level == level) else {
        return activity(number, ActivityStatus::NotNeeded);
    };
    let assessments: Vec<u64> = trail
        .stays
        .iter()
        .filter(|stay| stay.level == level)
        .flat_map(|stay| stay.assessments.clone())
        .collect();
    let here = case.status.level() == Some(level)
        && !matches!(case.status, Status::WithProvider { .. } | Status::Solved { .. });
    let attended = stay.worked || !assessments.is_empty();
    let (status, lacks) = match (here, assessments.is_empty()) {
        (true, true) => (ActivityStatus::Current, Some(Lack::Assessment)),
        (true, false) => (ActivityStatus::Current, None),
        (false, false) => (ActivityStatus::Done, None),
        (false, true) if attended => (ActivityStatus::Missing, Some(Lack::Assessment)),
        (false, true) => (ActivityStatus::NotNeeded, None),
    };
    Activity {
        began_at: trail.stays.iter().find(|stay| stay.level == level).map(|stay| stay.since),
        ended_at: stay.ended.filter(|_| !here),
        responsible: stay.by,
        record: assessments.last().copied().or(Some(stay.event)),
        evidence: assessments,
        lacks,
        ..activity(number, status)
    }
}

fn provider(case: &Case, trail: &Trail) -> Activity {
    let (Some(first), Some(turn)) = (case.providers.first(), case.providers.last()) else {
        return activity(6, ActivityStatus::NotNeeded);
    };
    let there = case.status.contract().is_some();
    Activity {
        began_at: Some(first.since),
        ended_at: turn.ended.filter(|_| !there),
        responsible: Some(Actor::Provider(turn.contract)),
        record: trail.provider_reports.last().copied().or(trail.sent_to_provider),
        evidence: trail.deliveries(EvidentialNotice::ProviderRequest),
        lacks: turn.told_at.is_none().then_some(Lack::ProviderTold),
        ..activity(6, if there { ActivityStatus::Current } else { ActivityStatus::Done })
    }
}

fn follow_up(case: &Case, trail: &Trail, office: &Office, now: Timestamp) -> Activity {
    let Some(first) = case.providers.first() else {
        return activity(7, ActivityStatus::NotNeeded);
    };
    let contract = case.providers.last().and_then(|turn| office.contracts.get(&turn.contract));
    let supervisor = contract.map(|contract| Actor::Person(contract.supervisor));
    let due = case.followed_turn().and_then(|turn| turn.follow_up_due);
    let (status, lacks) = match (due, case.status.name()) {
        (Some(due), _) if due < now => (ActivityStatus::Missing, Some(Lack::DueFollowUp)),
        (Some(_), _) => (ActivityStatus::Current, None),
        (None, StatusName::Cancelled | StatusName::Referred) if trail.follow_ups.is_empty() => {
            (ActivityStatus::NotNeeded, None)
        }
        (None, _) if trail.follow_ups.is_empty() => (ActivityStatus::Missing, Some(Lack::FollowUp)),
        (None, _) if trail.unfollowed => (ActivityStatus::Missing, Some(Lack::DueFollowUp)),
        (None, _) => (ActivityStatus::Done, None),
    };
    Activity {
        began_at: Some(first.since),
        ended_at: case.solution.as_ref().map(|solution| solution.at).filter(|_| due.is_none()),
        responsible: trail.followed_by.or(supervisor),
        record: trail.follow_ups.last().copied(),
        evidence: trail.follow_ups.clone(),
        lacks,
        ..activity(7, status)
    }
}

fn closing(case: &Case, trail: &Trail) -> Activity {
    let solution = case.solution.as_ref();
    let untold = solution.is_some_and(|solution| solution.told_at.is_none()) && trail.confirmed.is_none();
    let lacks = untold.then_some(Lack::RequesterTold);
    let (status, ended_at) = match case.status {
        Status::Closed { at } if untold => (ActivityStatus::Missing, Some(at)),
        Status::Closed { at } => (ActivityStatus::Done, Some(at)),
        Status::Solved { .. } => (ActivityStatus::Current, None),
        _ => return activity(8, ActivityStatus::NotNeeded),
    };
    Activity {
        began_at: solution.map(|solution| solution.at).or(ended_at),
        ended_at,
        responsible: solution.map(|solution| solution.by).or(trail.closed_by),
        record: trail.closed.or(trail.solved),
        evidence: trail.deliveries(EvidentialNotice::Solved).into_iter().chain(trail.confirmed).collect(),
        lacks,
        ..activity(8, status)
    }
}
