//! Letters leave the building: at least once, with the same Message-ID each time, so that a repeat is recognised. What
//! is evidence when it has left becomes an event of the case (R12, R14).

use std::sync::Arc;

use atiende_mail::{SendError, Transport};
use atiende_procedure::office::Office;
use atiende_procedure::{Actor, Case, CaseId, Command, EvidentialNotice, Recorded};
use atiende_store::outbox::{self, Letter};
use atiende_store::{StoreError, Writer, cases, events, texts};
use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use super::command_id;
use crate::notices::{Chronicle, Notice, Recipient, Stationery, Told, Written, write};
use crate::{Desk, DeskError, Viewer};

/// Letters in hand at once, and for how long nobody else takes them.
const IN_HAND: u32 = 20;
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// Letters under way at the same time.
const AT_ONCE: usize = 8;

/// Tries before a letter is given up: about three days of them.
const MOST_TRIES: u64 = 20;

/// What became of one letter.
enum Outcome {
    Left,
    Withheld(&'static str),
    Later(String),
    Never(String),
}

/// Sends every letter that is due, and answers how many were looked at.
///
/// # Errors
/// When the memory does not answer; what was in hand is tried again when its lease ends.
pub async fn deliver(desk: &Desk, transport: &Transport) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        match deliver_some(desk, transport).await? {
            0 => return Ok(count),
            some => count += some,
        }
    }
}

/// Sends some of the letters that are due; none when there are none.
pub(super) async fn deliver_some(desk: &Desk, transport: &Transport) -> Result<usize, StoreError> {
    let now = desk.ambience().now();
    if desk.db().read(outbox::next_due).await?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let letters = desk.db().change(move |w| outbox::claim(w, now, LEASE, IN_HAND)).await?;
    let count = letters.len();
    let sent = stream::iter(letters).map(|letter| one(desk.clone(), transport.clone(), letter));
    // All of them, before the first failure is told: one that left must not be sent again for another's sake.
    let results: Vec<Result<(Letter, Outcome), StoreError>> = sent.buffer_unordered(AT_ONCE).collect().await;
    let (sent, failed): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    settle(desk, sent.into_iter().flatten().collect()).await?;
    failed.into_iter().try_for_each(|failed| failed.map(drop))?;
    Ok(count)
}

async fn one(desk: Desk, transport: Transport, letter: Letter) -> Result<(Letter, Outcome), StoreError> {
    let outcome = send(&desk, &transport, &letter).await?;
    Ok((letter, outcome))
}

async fn send(desk: &Desk, transport: &Transport, row: &Letter) -> Result<Outcome, StoreError> {
    let (Some(notice), Some(to)) = (Notice::of_word(&row.topic), Recipient::of_word(&row.recipient)) else {
        return Ok(Outcome::Never(format!("no letter of this program: {} to {}", row.topic, row.recipient)));
    };
    let told = Told { notice, event: row.sequence, to };
    let Some(page) = look(desk, CaseId(row.stream)).await? else {
        return Ok(Outcome::Never("there is no such case".to_owned()));
    };
    let letter = match page.write(desk, told) {
        Ok(Written::Letter(letter)) => letter,
        Ok(Written::Withheld(why)) => return Ok(Outcome::Withheld(why)),
        Err(error) => return Ok(Outcome::Later(error.to_string())),
    };
    let transport = transport.clone();
    let sent = tokio::task::spawn_blocking(move || transport.send(&letter)).await;
    Ok(match sent {
        Ok(Ok(())) => {
            record(desk, row, told, &page.case).await?;
            Outcome::Left
        }
        Ok(Err(SendError::Later(why))) => Outcome::Later(why),
        Ok(Err(SendError::Never(why))) => Outcome::Never(why),
        Err(panic) => Outcome::Later(panic.to_string()),
    })
}

/// What a letter is written from, as of one moment.
struct Page {
    office: Arc<Office>,
    case: Case,
    events: Vec<Recorded>,
    words: texts::Texts,
}

async fn look(desk: &Desk, id: CaseId) -> Result<Option<Page>, StoreError> {
    let reading = desk.clone();
    desk.db()
        .read(move |r| {
            let office = reading.office_in(r)?;
            let Some(case) = cases::load(r, id)? else { return Ok(None) };
            let events = events::of_case(r, id)?;
            let words = texts::of_case(r, id)?;
            Ok(Some(Page { office, case, events, words }))
        })
        .await
}

impl Page {
    fn write(&self, desk: &Desk, told: Told) -> Result<Written, crate::notices::WriteError> {
        let threads = desk.secret().thread_key();
        let with = Stationery {
            office: &self.office,
            public_url: desk.public_url(),
            secret: desk.secret(),
            threads: &threads,
        };
        write(told, &Chronicle { now: &self.case, events: &self.events, words: &self.words }, &with)
    }
}

/// That the requester or the provider was told is evidence, not a belief.
async fn record(desk: &Desk, row: &Letter, told: Told, case: &Case) -> Result<(), StoreError> {
    let notice = match (told.notice, told.to) {
        (Notice::Solved, Recipient::Person(person)) if person == case.requester => EvidentialNotice::Solved,
        (Notice::ProviderRequest, _) => EvidentialNotice::ProviderRequest,
        _ => return Ok(()),
    };
    let command = Command::RecordDelivery { notice, event: told.event };
    let id = command_id("delivered", row.id, 0);
    match desk.execute(Viewer::new(Actor::Clock), id, case.number.clone(), None, command).await {
        Ok(_) => Ok(()),
        Err(DeskError::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::debug!(case = %case.number, %refusal, "the delivery was recorded before");
            Ok(())
        }
    }
}

/// Notes what became of each.
async fn settle(desk: &Desk, sent: Vec<(Letter, Outcome)>) -> Result<(), StoreError> {
    let now = desk.ambience().now();
    for (Letter { id, attempts, .. }, outcome) in &sent {
        match outcome {
            Outcome::Later(why) => tracing::warn!(letter = id, attempts, %why, "a letter did not leave"),
            Outcome::Never(why) => tracing::warn!(letter = id, %why, "a letter will never leave"),
            Outcome::Left | Outcome::Withheld(_) => {}
        }
    }
    desk.db().change(move |w| sent.iter().try_for_each(|(row, outcome)| note(w, row, outcome, now))).await
}

fn note(w: &mut Writer<'_>, row: &Letter, outcome: &Outcome, now: Timestamp) -> Result<(), StoreError> {
    let (id, tries) = (row.id, row.attempts);
    match outcome {
        Outcome::Left => outbox::delivered(w, id, now).map(drop),
        Outcome::Withheld(why) => outbox::withheld(w, id, why),
        Outcome::Later(why) => {
            let again = (tries < MOST_TRIES).then(|| now + outbox::back_off(tries));
            outbox::failed(w, id, why, again, now)
        }
        Outcome::Never(why) => outbox::failed(w, id, why, None, now),
    }
}
