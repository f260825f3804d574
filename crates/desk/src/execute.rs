//! The door for a case that exists: load, decide, commit, in one transaction. The only place where the three meet.

use std::collections::BTreeMap;
use std::sync::Arc;

use atiende_procedure::office::{Office, TokenScope};
use atiende_procedure::permission::{Scope, audiences, knows};
use atiende_procedure::{
    Acted, Actor, Case, CaseId, CaseNumber, Circumstances, Command, CommandId, Event, Recorded, Text, decide,
};
use atiende_store::cases::{self, Held};
use atiende_store::outbox::{self, NewLetter};
use atiende_store::{Reader, StoreError, Writer, commands, events};
use jiff::Timestamp;

use crate::view::{SeenCase, Viewer, case::seen};
use crate::{Desk, DeskError, notices};

/// What a command led to.
#[derive(Debug, Clone)]
pub struct Executed {
    /// The case as the command left it.
    pub case: Case,
}

/// Who asks, when, by which attempt: what every event of one command shares.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) id: CommandId,
    pub(crate) acted: Acted,
    pub(crate) at: Timestamp,
}

impl Desk {
    /// Carries out a command on a case. `expected` is the version that the asker looked at; absent, the newest is meant.
    /// The same `id` sent again does nothing more and answers the same.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn execute(
        &self,
        viewer: Viewer,
        id: CommandId,
        number: CaseNumber,
        expected: Option<u64>,
        command: Command,
    ) -> Result<Executed, DeskError> {
        if viewer.scope != TokenScope::All {
            return Err(DeskError::ReadOnly);
        }
        let desk = self.clone();
        let command = Arc::new(command);
        let attempt =
            self.db().write(id, move |w| desk.moved(w, viewer.actor, id, &number, expected, &command));
        Ok(Executed { case: attempt.await? })
    }

    /// As [`Self::execute`], and shows the case to whoever moved it.
    ///
    /// # Errors
    /// See [`DeskError`]; a case that the move takes out of his sight is [`DeskError::NoSuchCase`].
    pub async fn execute_and_see(
        &self,
        viewer: Viewer,
        id: CommandId,
        number: CaseNumber,
        expected: Option<u64>,
        command: Command,
    ) -> Result<SeenCase, DeskError> {
        self.execute(viewer, id, number.clone(), expected, command).await?;
        seen(self, viewer, number).await?.ok_or(DeskError::NoSuchCase)
    }

    /// Whether an attempt that begins like this one, by the same key of the same person, brought something else.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn is_other_attempt(&self, id: CommandId) -> Result<bool, DeskError> {
        self.db().read(move |r| Ok(commands::other_of_key(r, id)?)).await
    }

    fn moved(
        &self,
        w: &mut Writer<'_>,
        actor: Actor,
        id: CommandId,
        number: &CaseNumber,
        expected: Option<u64>,
        command: &Command,
    ) -> Result<Case, DeskError> {
        let (held, other) = hold(w, number, command)?;
        // After the lock: a role that was taken away while this waited counts.
        let office = self.newest(w)?;
        let scope = Scope::of(actor, &office);
        let held = held.filter(|held| scope.contains(held.case())).ok_or(DeskError::NoSuchCase)?;
        let other = other.filter(|other| scope.contains(other.case()));
        up_to_date(w, actor, &office, held.case(), expected)?;
        let now = self.ambience().now().max(held.case().changed_at);
        let other_case = other.as_ref().map(Held::case);
        let circumstances = Circumstances { actor, now, office: &office, other: other_case };
        let decision = decide(held.case(), command, &circumstances)?;
        let attempt = Attempt { id, acted: decision.acted, at: now };
        if let Some(other) = other.filter(|_| !decision.other.is_empty()) {
            self.commit(w, &office, Some(&other), decision.other, attempt, &[])?;
        }
        Ok(self.commit(w, &office, Some(&held), decision.events, attempt, &command.texts())?)
    }

    /// Writes what was decided: events, the case as it then is, the words, the letters. All or nothing.
    pub(crate) fn commit(
        &self,
        w: &mut Writer<'_>,
        office: &Office,
        before: Option<&Held>,
        happened: Vec<Event>,
        attempt: Attempt,
        texts: &[&Text],
    ) -> Result<Case, StoreError> {
        let Attempt { id: command, acted, at } = attempt;
        let first = before.map_or(1, |held| held.case().version + 1);
        let recorded = |(sequence, event)| Recorded { sequence, at, acted, command, event };
        let events: Vec<Recorded> = (first..).zip(happened).map(recorded).collect();
        let after = match before {
            Some(held) => cases::advance(w, office, held, &events, texts)?,
            None => cases::found(w, office, &events, texts)?,
        };
        let told = notices::told(before.map(Held::case), &after, &events, office);
        let letter = |told: notices::Told| NewLetter {
            topic: told.notice.as_str().to_owned(),
            stream: after.id.0,
            sequence: told.event,
            recipient: told.to.to_string(),
            payload: String::new(),
            due: at,
        };
        let letters: Vec<NewLetter> = told.into_iter().map(letter).collect();
        outbox::enqueue(w, &letters, at)?;
        Ok(after)
    }
}

/// The case with the other one that the command touches, locked in the order of their ids, so that two merges never
/// wait for each other.
fn hold(
    w: &mut Writer<'_>,
    number: &CaseNumber,
    command: &Command,
) -> Result<(Option<Held>, Option<Held>), StoreError> {
    let Some(id) = cases::id_of(w, number)? else { return Ok((None, None)) };
    let other = command.other_case();
    let mut wanted: Vec<CaseId> = [Some(id), other].into_iter().flatten().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut held = BTreeMap::new();
    for id in wanted {
        if let Some(case) = cases::hold(w, id)? {
            held.insert(id, case);
        }
    }
    let case = held.remove(&id);
    Ok((case, other.and_then(|other| held.remove(&other))))
}

/// Refuses when somebody moved the case since it was looked at. That a letter left is nobody's move.
fn up_to_date(
    r: &mut Reader<'_>,
    actor: Actor,
    office: &Office,
    case: &Case,
    expected: Option<u64>,
) -> Result<(), DeskError> {
    let Some(expected) = expected.filter(|expected| *expected != case.version) else { return Ok(()) };
    let mut since = events::of_case(r, case.id)?;
    since.retain(|recorded| {
        recorded.sequence > expected && !matches!(recorded.event, Event::Delivered { .. })
    });
    if since.is_empty() && expected < case.version {
        return Ok(());
    }
    let audiences = audiences(actor, case, office);
    since.retain(|recorded| knows(actor, audiences, &recorded.event));
    Err(DeskError::Stale { number: case.number.clone(), version: case.version, since })
}
