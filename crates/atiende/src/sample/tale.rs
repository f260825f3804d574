//! One telling of a story: looks at its case and says what happens next, by whom and when.

use std::collections::VecDeque;

use atiende_procedure::office::Service;
use atiende_procedure::{
    Actor, Case, CaseId, Channel, Command, EvidentialNotice, Kind, PersonId, Status, StatusName,
    SupportLevel, Text, sla,
};
use jiff::{SignedDuration, Timestamp};

use super::cast::Cast;
use super::dice::Dice;
use super::facts::{Facts, first_name};
use super::phrase::fill;
use super::story::{Common, Rating, Step, Story};

/// A move about to be made.
pub(crate) struct Move {
    pub(crate) at: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) command: Command,
}

/// Something that is to happen.
#[derive(Debug, Clone)]
pub(super) enum Beat {
    Told(Step),
    /// The agent's question has been put: the work waits for its answer.
    AwaitAnswer,
    /// What came by mail is given its service.
    Classify,
    Reassign(String),
    Nudge(String),
    Duplicate(String),
    Merge,
}

/// What a tale needs of the world around it.
pub(crate) struct Stage<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) common: &'a Common,
}

/// A story as it happens to one case.
pub(crate) struct Tale<'a> {
    pub(super) story: &'a Story,
    pub(super) service: &'a Service,
    pub(super) facts: Facts,
    pub(super) telling: u64,
    pub(super) dice: Dice,
    pub(super) requester: PersonId,
    /// The case of which this one is a companion.
    pub(super) partner: Option<CaseId>,
    beats: VecDeque<Beat>,
    /// Moves already thought of, when time passing came before them.
    ready: VecDeque<Move>,
    /// When something last happened.
    at: Timestamp,
    /// Nothing happens before; a companion needs time to arrive.
    not_before: Timestamp,
    /// The state in which it stays for now.
    stay: Option<StatusName>,
    /// Whether it has come to that state, where nothing hurries any more.
    arrived: bool,
    ended: bool,
    refused: u32,
}

/// How a tale is to be told.
pub(crate) struct Telling<'a> {
    pub(crate) story: &'a Story,
    pub(crate) service: &'a Service,
    pub(crate) facts: Facts,
    pub(crate) telling: u64,
    pub(crate) dice: Dice,
    pub(crate) requester: PersonId,
    pub(crate) opened: Timestamp,
    pub(crate) stay: Option<StatusName>,
}

impl<'a> Tale<'a> {
    /// The story itself.
    pub(crate) fn of(telling: Telling<'a>, by_mail: bool, common: &Common) -> Tale<'a> {
        let mut beats: VecDeque<Beat> = telling.story.steps.iter().cloned().map(Beat::Told).collect();
        if by_mail {
            beats.push_front(Beat::Classify);
        }
        let mut tale = Tale::with(telling, beats, None);
        if tale.story.companion.is_some() {
            tale.not_before = tale.at + SignedDuration::from_hours(2);
        }
        tale.vary(common);
        tale
    }

    /// The case that the story's companion opens.
    pub(crate) fn companion(telling: Telling<'a>, partner: CaseId) -> Tale<'a> {
        let duplicate = telling.story.companion.as_ref().and_then(|companion| companion.duplicate.clone());
        let beat = duplicate.map_or(Beat::Merge, Beat::Duplicate);
        Tale::with(telling, VecDeque::from([beat]), Some(partner))
    }

    fn with(telling: Telling<'a>, beats: VecDeque<Beat>, partner: Option<CaseId>) -> Tale<'a> {
        let Telling { story, service, facts, telling, dice, requester, opened, stay } = telling;
        Tale {
            story,
            service,
            facts,
            telling,
            dice,
            requester,
            partner,
            beats,
            ready: VecDeque::new(),
            at: opened,
            not_before: opened,
            stay,
            arrived: false,
            ended: false,
            refused: 0,
        }
    }

    /// Small things that happen in some tellings only.
    fn vary(&mut self, common: &Common) {
        if self.dice.chance(5)
            && let Some(reason) = self.dice.pick(&common.reassigned).cloned()
        {
            self.beats.push_front(Beat::Reassign(reason));
        }
        let slow = |beat: &Beat| {
            matches!(beat, Beat::Told(Step::Resume | Step::Report(_) | Step::ProviderSolved(_)))
        };
        if let Some(place) = self.beats.iter().position(slow).filter(|_| self.dice.chance(20))
            && let Some(words) = self.dice.pick(&common.nudges).cloned()
        {
            self.beats.insert(place, Beat::Nudge(words));
        }
    }

    /// What happens next to the case, if anything does.
    pub(crate) fn next(&mut self, case: &Case, stage: &Stage) -> Option<Move> {
        if self.refused > 8 {
            return None;
        }
        let own = match delivery(case) {
            Some(command) => {
                let at = self.at + SignedDuration::from_secs(i64::from(self.dice.between(20, 110)));
                Some(Move { at, actor: Actor::Clock, command })
            }
            None if self.stay == Some(case.status.name()) && !self.goes_on_there() => None,
            None => self.ready.pop_front().or_else(|| self.own(case, stage)),
        };
        let made = self.clock(case, own, stage)?;
        self.at = made.at;
        Some(made)
    }

    /// Whether what comes next leaves the case in the state in which it stays.
    fn goes_on_there(&mut self) -> bool {
        let talk = self.stay == Some(StatusName::WithProvider)
            && matches!(
                self.beats.front(),
                Some(Beat::Told(
                    Step::Follow(_)
                        | Step::FromProvider(_)
                        | Step::ToProvider(_)
                        | Step::Tell(_)
                        | Step::Note(_)
                ))
            );
        self.arrived |= talk;
        talk || !self.ready.is_empty()
    }

    /// The move could not be made: the tale goes on without it.
    pub(crate) fn refused(&mut self) {
        self.refused += 1;
    }

    /// Time passing comes first: a grace that ends, a follow-up that falls due. The tale's own move then waits.
    fn clock(&mut self, case: &Case, own: Option<Move>, stage: &Stage) -> Option<Move> {
        let steps = sla::steps_of_time(case, &stage.cast.office).into_iter();
        let step = steps.min_by_key(|(at, _)| *at);
        let Some((at, step)) = step.filter(|(at, _)| own.as_ref().is_none_or(|own| *at <= own.at)) else {
            return own;
        };
        let command = match step {
            sla::Step::Close => Command::CloseByClock,
            sla::Step::Remind => Command::RemindFollowUp,
            sla::Step::Warn { .. } => Command::Warn,
        };
        let at = at.max(self.at);
        let late = matches!(command, Command::RemindFollowUp)
            .then(|| self.late_follow_up(case, at, stage))
            .flatten();
        let before = |late: &Move| own.as_ref().is_none_or(|own| late.at < own.at);
        let late = late.filter(before);
        for made in [own, late].into_iter().flatten() {
            self.ready.push_front(made);
        }
        Some(Move { at, actor: Actor::Clock, command })
    }

    /// The follow-up that somebody makes after he was reminded of it; sometimes nobody does.
    fn late_follow_up(&mut self, case: &Case, reminded: Timestamp, stage: &Stage) -> Option<Move> {
        if self.dice.chance(if self.stay.is_some() { 70 } else { 40 }) {
            return None;
        }
        let note = self.dice.pick(&stage.common.overdue_follow_ups).cloned()?;
        let supervisor = stage.cast.supervisor(case.followed_turn()?.contract, &mut self.dice)?;
        let note = self.words(&note, None, stage);
        let pause = SignedDuration::from_mins(i64::from(self.dice.between(20, 200)));
        let at = stage.cast.office.settings.calendar.after_working_time(reminded, pause);
        Some(Move { at, actor: Actor::Person(supervisor), command: Command::FollowUp { note } })
    }

    /// The next move of the story itself.
    fn own(&mut self, case: &Case, stage: &Stage) -> Option<Move> {
        loop {
            if self.beats.is_empty() && !self.ended && case.status.name() == StatusName::Solved {
                self.ended = true;
                self.end(stage);
            }
            let beat = self.beats.front()?.clone();
            if let Beat::Told(Step::Expire) = beat {
                if case.status.name() == StatusName::Solved {
                    return None;
                }
                self.beats.pop_front();
                continue;
            }
            if needs_agent(&beat) && case.status.agent().is_none() {
                match self.placed(case, stage) {
                    Some((minutes, actor, command)) => {
                        return Some(Move { at: self.later(minutes, stage), actor, command });
                    }
                    None => return None,
                }
            }
            self.beats.pop_front();
            let Some((actor, command)) = self.play(&beat, case, stage) else { continue };
            return Some(Move { at: self.later(self.pace(&beat), stage), actor, command });
        }
    }

    /// How the requester takes the solution.
    fn end(&mut self, stage: &Stage) {
        let common = stage.common;
        let (step, rates) = match self.dice.between(1, 100) {
            1..=55 => (Step::Confirm, 65),
            56..=86 => (Step::Expire, 15),
            _ => (Step::Close(self.dice.pick(&common.agreed).cloned().unwrap_or_default()), 25),
        };
        self.beats.push_back(Beat::Told(step));
        if self.dice.chance(rates) {
            let score = match self.dice.between(1, 100) {
                1..=58 => 5,
                59..=83 => 4,
                84..=92 => 3,
                93..=97 => 2,
                _ => 1,
            };
            let ratings = common.ratings.iter().find(|ratings| ratings.score == score);
            let text = ratings.and_then(|ratings| self.dice.pick(&ratings.texts)).cloned();
            self.beats.push_back(Beat::Told(Step::Rate(Rating { score, text: text.unwrap_or_default() })));
        }
    }

    /// For when a visit or a delivery is agreed: a full hour of one of the next working days.
    pub(super) fn agreed(&self, case: &Case, stage: &Stage) -> Timestamp {
        let calendar = &stage.cast.office.settings.calendar;
        let own = u32::try_from(case.id.0.rem_euclid(24)).unwrap_or_default();
        calendar.after_working_minutes(calendar.after_working_days(self.at, own % 4), 60 * (own / 4))
    }

    /// To a group and a person, as the desk does it: by its administrator, or taken by an agent.
    fn placed(&mut self, case: &Case, stage: &Stage) -> Option<((u32, u32), Actor, Command)> {
        let cast = stage.cast;
        match case.status {
            Status::Registered => {
                let level = if self.story.first { SupportLevel::First } else { self.service.level };
                let mesa = cast.office.group_by_code("N1-MESA").map(|group| group.id);
                let sites = cast.office.group_by_code("N1-SEDES").map(|group| group.id);
                let regional =
                    cast.office.people.get(&self.requester).is_some_and(|person| cast.is_regional(person));
                let group = match level {
                    SupportLevel::First if self.story.first => mesa?,
                    SupportLevel::First if regional && self.dice.chance(40) => sites?,
                    _ => self.service.group,
                };
                let agent = if self.dice.chance(55) { cast.agent(group, None, &mut self.dice) } else { None };
                let actor =
                    Actor::Person(agent.filter(|_| self.dice.chance(20)).unwrap_or(cast.administrator()));
                let command = Command::Assign { level, group: Some(group), agent, reason: None };
                Some(((4, 55), actor, command))
            }
            Status::Assigned { group, agent: None, .. } => {
                let agent = cast.agent(group, None, &mut self.dice)?;
                Some(((5, 90), Actor::Person(agent), Command::Take))
            }
            _ => None,
        }
    }

    fn later(&mut self, (low, high): (u32, u32), stage: &Stage) -> Timestamp {
        let mut seconds = i64::from(self.dice.between(low * 60, high * 60 + 59));
        let at_once = matches!(self.story.channel, Some(Channel::Phone | Channel::InPerson));
        if at_once || (self.stay.is_some() && !self.arrived) {
            seconds /= 6;
        }
        let from = self.at.max(self.not_before);
        let calendar = &stage.cast.office.settings.calendar;
        calendar.after_working_time(from, SignedDuration::from_secs(seconds)).max(self.at)
    }

    /// What somebody writes in this telling. `agent` is the one who has the case.
    pub(super) fn words(&mut self, template: &str, agent: Option<PersonId>, stage: &Stage) -> Text {
        let name = || {
            let agent = agent.and_then(|id| stage.cast.office.people.get(&id))?;
            Some(first_name(&agent.profile.name))
        };
        let fact = |word: &str| if word == "a" { name() } else { self.facts.get(word).cloned() };
        let words = fill(template, self.telling, &fact);
        Text::new(self.dice.bytes(), words)
    }

    pub(super) fn await_answer(&mut self) {
        self.beats.push_front(Beat::AwaitAnswer);
    }
}

/// The letter that is evidence leaves a minute after what it tells.
fn delivery(case: &Case) -> Option<Command> {
    let notice = match &case.status {
        Status::Solved { .. } if case.solution.as_ref().is_some_and(|it| it.told_at.is_none()) => {
            EvidentialNotice::Solved
        }
        Status::WithProvider { .. } if case.providers.last().is_some_and(|turn| turn.told_at.is_none()) => {
            EvidentialNotice::ProviderRequest
        }
        _ => return None,
    };
    Some(Command::RecordDelivery { notice, event: case.version })
}

fn needs_agent(beat: &Beat) -> bool {
    matches!(beat, Beat::Told(Step::Remote(_) | Step::OnSite(_)) | Beat::Reassign(_))
}

/// Whether a case of this kind goes to the security officers at once.
pub(crate) fn is_security(service: &Service) -> bool {
    service.kind == Kind::SecurityIncident
}
