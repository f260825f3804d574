//! What became of a letter, and what follows from that: a kind answer, a warning, who stood beside its sender.

use atiende_procedure::office::Office;
use atiende_procedure::{CaseId, CaseNumber, PersonId, Role};
use atiende_store::arrivals::{self, Arrival, State};
use atiende_store::outbox::{self, NewLetter};
use atiende_store::{StoreError, Writer, jobs, mailboxes};
use jiff::Timestamp;

use super::HOUR;
use crate::Desk;
use crate::notices::{FLOOD, Notice, Recipient};

/// What became of a letter, to be noted with what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) state: State,
    pub(super) reason: String,
    pub(super) case: Option<(CaseId, CaseNumber)>,
    /// The letter's own name.
    pub(super) message_id: Option<String>,
    /// Addresses beside the requester's.
    pub(super) beside: Vec<String>,
    pub(super) answer: Option<KindAnswer>,
}

impl Default for Settled {
    fn default() -> Self {
        Settled {
            state: State::Held,
            reason: String::new(),
            case: None,
            message_id: None,
            beside: Vec::new(),
            answer: None,
        }
    }
}

impl Settled {
    /// Nothing yet: it is looked at again.
    pub(super) fn later(reason: &str) -> Settled {
        Settled { state: State::New, reason: reason.to_owned(), ..Settled::default() }
    }

    /// The same, and what wrote it when that was no person: nothing is answered to it.
    pub(super) fn written_by(self, machine: Option<&str>) -> Settled {
        match machine {
            Some(machine) if self.state == State::Taken => Settled { reason: machine.to_owned(), ..self },
            _ => self,
        }
    }
}

/// To somebody of the desk whose order could not be carried out.
#[derive(Debug, Clone)]
pub(super) struct KindAnswer {
    /// The case's newest event when it was refused.
    pub(super) event: u64,
    pub(super) to: PersonId,
    /// The refusal's code.
    pub(super) why: String,
    pub(super) order: String,
}

/// Notes what became of a letter, and what follows from that, in one change.
pub(super) async fn note(desk: &Desk, arrival: Arrival, settled: Settled) -> Result<(), StoreError> {
    let now = desk.ambience().now();
    let office = desk.office();
    desk.db()
        .change(move |w| {
            if settled.state == State::New {
                let due = now + outbox::back_off(arrival.attempts);
                return arrivals::again(w, arrival.id, &settled.reason, due);
            }
            let case = settled.case.as_ref().map(|(id, _)| *id);
            arrivals::settle(w, arrival.id, settled.state, &settled.reason, case, now)?;
            if let Some(case) = case {
                arrivals::remember_beside(w, case, &settled.beside)?;
            }
            // Who got a copy of it answers it, not us.
            if let (State::Taken, Some(case), Some(id)) = (settled.state, case, &settled.message_id) {
                arrivals::remember_name(w, case, id)?;
            }
            if settled.state == State::Taken {
                // Who writes is reached.
                mailboxes::unmark_bounced(w, &arrival.sender)?;
            }
            if let (Some(answer), Some(case)) = (&settled.answer, case) {
                outbox::enqueue(w, &[answer.letter(case, now)], now)?;
            }
            if settled.reason == "too-many" {
                warn_of_flood(w, &office, &arrival.sender, now)?;
            }
            Ok(())
        })
        .await
}

impl KindAnswer {
    fn letter(&self, case: CaseId, now: Timestamp) -> NewLetter {
        NewLetter {
            topic: Notice::OrderRefused.as_str().to_owned(),
            stream: case.0,
            sequence: self.event,
            recipient: Recipient::Person(self.to).to_string(),
            payload: format!("{} {}", self.why, self.order),
            due: now,
        }
    }
}

/// Tells the administrators, once an hour, that somebody writes more than a person does: perhaps another program that
/// answers every letter.
fn warn_of_flood(
    w: &mut Writer<'_>,
    office: &Office,
    sender: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !jobs::turn(w, &format!("flood {sender}"), now, HOUR)? {
        return Ok(());
    }
    let administrators = office.people.values().filter(|person| person.is(Role::SystemAdministrator));
    let letter = |to: PersonId| NewLetter {
        topic: FLOOD.to_owned(),
        stream: 0,
        sequence: 0,
        recipient: Recipient::Person(to).to_string(),
        payload: sender.to_owned(),
        due: now,
    };
    let letters: Vec<NewLetter> = administrators.map(|person| letter(person.id)).collect();
    outbox::enqueue(w, &letters, now)
}
