//! A year of an office: many tales told at once, in the order of time, each move decided by the rules.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;

use atiende_procedure::office::Office;
use atiende_procedure::{
    Acted, Case, CaseId, CaseNumber, Channel, Circumstances, CommandId, Decision, Event, Recorded,
    Registration, StatusName, Text, decide, register,
};
use jiff::{SignedDuration, Timestamp};

use super::cast::Cast;
use super::dice::Dice;
use super::facts::facts;
use super::opening::{Asked, Opening};
use super::story::{Stories, Story};
use super::tale::{Move, Stage, Tale, Telling, is_security};

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chronicle {
    pub(crate) cases: usize,
    pub(crate) now: Timestamp,
    pub(crate) seed: u64,
    /// Of a thousand cases, how many stay open in each state that has open cases.
    pub(crate) open_per_mille: usize,
}

/// What one move wrote.
pub(crate) struct Written {
    pub(crate) before: Option<Case>,
    pub(crate) after: Case,
    pub(crate) events: Vec<Recorded>,
    pub(crate) texts: Vec<Text>,
}

/// Where a chronicle is kept: it numbers the cases and takes what is written, in the order of time.
pub(crate) trait Shelf {
    type Error;
    /// The next case of a year.
    fn number(&mut self, year: i16) -> Result<(CaseId, i64), Self::Error>;
    fn keep(&mut self, written: Written) -> Result<(), Self::Error>;
}

/// The states in which some cases stay, with their share of the open ones.
const OPEN: [(StatusName, usize); 7] = [
    (StatusName::Registered, 11),
    (StatusName::Assigned, 16),
    (StatusName::InProgress, 22),
    (StatusName::Waiting, 14),
    (StatusName::WithProvider, 16),
    (StatusName::Solved, 15),
    (StatusName::Referred, 6),
];

/// A case about to be opened.
struct Planned {
    opened: Timestamp,
    stay: Option<StatusName>,
    /// Whether the sample's own requester asks: whoever signs in as him finds a case in each state.
    lead: bool,
}

impl Chronicle {
    /// Tells it. Answers how many cases were opened; none when the office has nobody to play in it.
    pub(crate) fn tell<S: Shelf>(
        &self,
        office: &Arc<Office>,
        stories: &Stories,
        shelf: &mut S,
    ) -> Result<usize, S::Error> {
        let Some(cast) = Cast::of(office) else { return Ok(0) };
        let mut dice = Dice::new(self.seed);
        let mut openings: Vec<Planned> =
            (0..self.cases).map(|nth| self.planned(nth, office, &mut dice)).collect();
        let mut led = BTreeSet::new();
        for planned in &mut openings {
            planned.lead = planned.stay.is_some_and(|status| led.insert(status));
        }
        openings.sort_by_key(|planned| planned.opened);
        let mut narrator = Narrator {
            stage: Stage { cast: &cast, common: &stories.common },
            told: Vec::with_capacity(openings.len()),
            due: BinaryHeap::new(),
            times: vec![0; stories.all.len()],
            dice,
            shelf,
        };
        for planned in openings {
            narrator.until(planned.opened)?;
            narrator.open(&planned, stories)?;
        }
        narrator.until(self.now)?;
        Ok(narrator.told.len())
    }

    /// When the nth case is opened: most of them over the year, some lately so that they are open now.
    fn planned(&self, nth: usize, office: &Office, dice: &mut Dice) -> Planned {
        let place = nth * 1000 / self.cases.max(1);
        let share: usize = place * 100 / self.open_per_mille.max(1);
        let mut sum = 0;
        let stay = OPEN.iter().find(|(_, part)| {
            sum += part;
            share < sum
        });
        let stay = stay.filter(|_| place < self.open_per_mille).map(|(status, _)| *status);
        Planned { opened: self.opened(stay, office, dice), stay, lead: false }
    }

    /// When a case is opened that stays in this state, or in none: long enough ago to have come there, and what is solved
    /// not so long that its grace would be over.
    fn opened(&self, stay: Option<StatusName>, office: &Office, dice: &mut Dice) -> Timestamp {
        let (days, least, most) = match stay {
            Some(StatusName::Registered) => (1, 0, 4),
            Some(StatusName::Solved) => (5, 5, 15),
            Some(StatusName::WithProvider) => (9, 12, 60),
            Some(_) => (6, 3, 40),
            None => (364, 0, i64::MAX),
        };
        let calendar = &office.settings.calendar;
        let mut latest = self.now;
        for back in 0..400 {
            let back = if back < 40 { dice.between(0, days) } else { back - 40 };
            let day = self.now - SignedDuration::from_hours(24 * i64::from(back));
            let midnight = calendar.day_of(day).at(0, 0, 0, 0);
            let midnight = calendar.zone().to_ambiguous_timestamp(midnight).compatible().unwrap_or(day);
            let working = SignedDuration::from_secs(i64::from(dice.between(0, 9 * 3600)));
            latest = calendar.after_working_time(midnight, working);
            let since = if latest < self.now { calendar.between(latest, self.now).as_hours() } else { -1 };
            if (least..=most).contains(&since) {
                return latest;
            }
        }
        latest.min(self.now)
    }
}

/// A chronicle while it is being told.
struct Narrator<'a, S> {
    stage: Stage<'a>,
    told: Vec<Told<'a>>,
    due: BinaryHeap<Reverse<(Timestamp, Turn)>>,
    /// How often each story was told.
    times: Vec<u32>,
    dice: Dice,
    shelf: &'a mut S,
}

/// A tale, its case, and the move that it waits to make.
struct Told<'a> {
    tale: Tale<'a>,
    case: Case,
    next: Option<Move>,
}

/// What falls due: the next move of a tale, or the companion of one arriving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Move(usize),
    Companion(usize),
}

impl<'a, S: Shelf> Narrator<'a, S> {
    /// Tells what happens up to an instant.
    fn until(&mut self, until: Timestamp) -> Result<(), S::Error> {
        while let Some(Reverse((at, turn))) = self.due.peek().copied() {
            if at > until {
                break;
            }
            self.due.pop();
            match turn {
                Turn::Move(of) => self.moved(of)?,
                Turn::Companion(of) => self.companion(of, at)?,
            }
        }
        Ok(())
    }

    /// A story for a case: one of those told least.
    fn story(&mut self, planned: &Planned, stories: &'a Stories) -> Option<&'a Story> {
        let cast = self.stage.cast;
        let fits = |story: &Story| {
            planned.stay.is_none_or(|status| story.comes_by(status))
                && (!planned.lead || (cast.has_lead_for(story) && story.is_for_show(planned.stay)))
        };
        let fitting: Vec<usize> = (0..stories.all.len()).filter(|nth| fits(&stories.all[*nth])).collect();
        let least = fitting.iter().map(|nth| self.times[*nth]).min()?;
        let least: Vec<usize> = fitting.into_iter().filter(|nth| self.times[*nth] == least).collect();
        let nth = *self.dice.pick(&least)?;
        self.times[nth] += 1;
        stories.all.get(nth)
    }

    /// Opens the case of a new tale.
    fn open(&mut self, planned: &Planned, stories: &'a Stories) -> Result<(), S::Error> {
        let cast = self.stage.cast;
        let Some(story) = self.story(planned, stories) else { return Ok(()) };
        let Some(service) = cast.office.service_by_code(&story.service) else { return Ok(()) };
        let mut dice = Dice::new(self.dice.next());
        let lead = planned.lead || (planned.stay.is_none() && dice.chance(5));
        let Some(requester) = cast.requester(story, lead, &mut dice) else { return Ok(()) };
        let facts = facts(cast, story, &requester, planned.opened, &mut dice);
        let telling = dice.next();
        let asked = Asked { cast, story, service, requester: &requester, facts: &facts, telling };
        let opening = asked.opening(&story.subject, &story.description, is_security(service), &mut dice);
        let by_mail = opening.registration.channel == Channel::Mail;
        let Some(case) = self.registered(&opening, planned.opened)? else { return Ok(()) };
        let telling = Telling {
            story,
            service,
            facts,
            telling,
            dice,
            requester: requester.id,
            opened: planned.opened,
            stay: planned.stay,
        };
        let of = self.told.len();
        self.told.push(Told { tale: Tale::of(telling, by_mail, self.stage.common), case, next: None });
        self.look_ahead(of);
        if story.companion.is_some() && planned.stay.is_none() {
            let later = planned.opened + SignedDuration::from_mins(i64::from(self.dice.between(12, 50)));
            self.due.push(Reverse((later, Turn::Companion(of))));
        }
        Ok(())
    }

    /// A second case about the same thing arrives.
    fn companion(&mut self, of: usize, at: Timestamp) -> Result<(), S::Error> {
        let cast = self.stage.cast;
        let first = &self.told[of];
        let (story, partner) = (first.tale.story, first.case.id);
        let service = first.tale.service;
        let Some(companion) = &story.companion else { return Ok(()) };
        let mut dice = Dice::new(self.dice.next());
        let Some(same) = cast.office.people.get(&first.tale.requester).cloned() else { return Ok(()) };
        let requester = match companion.duplicate {
            Some(_) => cast.colleague(&same, &mut dice).unwrap_or(same),
            None => same,
        };
        let (facts, telling) = (first.tale.facts.clone(), first.tale.telling);
        let asked = Asked { cast, story, service, requester: &requester, facts: &facts, telling };
        let opening = asked.opening(&companion.subject, &companion.description, true, &mut dice);
        let Some(case) = self.registered(&opening, at)? else { return Ok(()) };
        let requester = requester.id;
        let telling = Telling { story, service, facts, telling, dice, requester, opened: at, stay: None };
        let of = self.told.len();
        self.told.push(Told { tale: Tale::companion(telling, partner), case, next: None });
        self.look_ahead(of);
        Ok(())
    }

    fn registered(&mut self, opening: &Opening, at: Timestamp) -> Result<Option<Case>, S::Error> {
        let office = &self.stage.cast.office;
        let settings = &office.settings;
        let year = settings.calendar.day_of(at).year();
        let now = Circumstances { actor: opening.actor, now: at, office, other: None };
        let asked: &Registration = &opening.registration;
        let probe = CaseNumber::new(settings.prefix.clone(), year, 0);
        if register(asked, CaseId(1), probe, &now).is_err() {
            return Ok(None);
        }
        let (id, sequence) = self.shelf.number(year)?;
        let number = CaseNumber::new(settings.prefix.clone(), year, sequence);
        let Ok(decision) = register(asked, id, number, &now) else { return Ok(None) };
        let command = CommandId(self.dice.bytes());
        let texts = asked.texts().into_iter().cloned().collect();
        let Some(written) = written(None, decision.acted, decision.events, command, at, texts) else {
            return Ok(None);
        };
        let case = written.after.clone();
        self.shelf.keep(written)?;
        Ok(Some(case))
    }

    /// Makes the move that a tale waits to make.
    fn moved(&mut self, of: usize) -> Result<(), S::Error> {
        let Some(made) = self.told[of].next.take() else { return Ok(()) };
        let partner = made.command.other_case();
        let other = partner.and_then(|id| self.told.iter().position(|told| told.case.id == id));
        let case = &self.told[of].case;
        let now = Circumstances {
            actor: made.actor,
            now: made.at,
            office: &self.stage.cast.office,
            other: other.map(|other| &self.told[other].case),
        };
        match decide(case, &made.command, &now) {
            Ok(decision) => {
                let command = CommandId(self.dice.bytes());
                let Decision { acted, events, other: touched } = decision;
                if let Some(other) = other.filter(|_| !touched.is_empty()) {
                    self.keep(other, acted, touched, command, made.at, Vec::new())?;
                }
                let texts = made.command.texts().into_iter().cloned().collect();
                self.keep(of, acted, events, command, made.at, texts)?;
            }
            Err(_) => self.told[of].tale.refused(),
        }
        self.look_ahead(of);
        Ok(())
    }

    fn keep(
        &mut self,
        of: usize,
        acted: Acted,
        events: Vec<Event>,
        command: CommandId,
        at: Timestamp,
        texts: Vec<Text>,
    ) -> Result<(), S::Error> {
        let before = self.told[of].case.clone();
        let Some(written) = written(Some(before), acted, events, command, at, texts) else { return Ok(()) };
        self.told[of].case = written.after.clone();
        self.shelf.keep(written)
    }

    fn look_ahead(&mut self, of: usize) {
        let told = &mut self.told[of];
        told.next = told.tale.next(&told.case, &self.stage);
        if let Some(next) = &told.next {
            self.due.push(Reverse((next.at, Turn::Move(of))));
        }
    }
}

/// What a decision writes; nothing when it says nothing.
fn written(
    before: Option<Case>,
    acted: Acted,
    events: Vec<Event>,
    command: CommandId,
    at: Timestamp,
    mut texts: Vec<Text>,
) -> Option<Written> {
    let first = before.as_ref().map_or(1, |case| case.version + 1);
    let mut after = before.clone();
    let mut recorded = Vec::with_capacity(events.len());
    for (sequence, event) in (first..).zip(events) {
        let happened = Recorded { sequence, at, acted, command, event };
        match &mut after {
            Some(case) => case.apply(&happened),
            None => after = Case::found(&happened),
        }
        recorded.push(happened);
    }
    let held: Vec<_> = recorded.iter().flat_map(|it| it.event.texts()).map(|(text, _)| text).collect();
    texts.retain(|text| held.contains(&text.reference()));
    Some(Written { before, after: after?, events: recorded, texts }).filter(|it| !it.events.is_empty())
}

#[cfg(test)]
mod tests;
