//! Letters leave the building: at least once, with the same Message-ID each time, so that a repeat is recognised. What
//! is evidence when it has left becomes an event of the case (R12, R14).

use std::sync::Arc;

use atiende_procedure::office::Office;
use atiende_procedure::{Actor, Case, CaseId, Channel, Command, EvidentialNotice, Recorded};
use atiende_store::mailboxes::{self, BouncedAddress};
use atiende_store::outbox::{self, Letter};
use atiende_store::{StoreError, Writer, arrivals, cases, events, texts};
use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};

use super::addresses::{Became, Heard};
use super::command_id;
use crate::intake::{State, is_machine};
use crate::mailing::Post;
use crate::notices::{
    Chronicle, Notice, OfficeTold, Recipient, Stationery, Told, WriteError, Written, write, write_to_office,
};
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
    /// As its addresses say.
    Sent(Box<Became>),
    Withheld(&'static str),
    Later(String),
    Never(String),
}

/// Sends every letter that is due, and answers how many were looked at.
///
/// # Errors
/// When the memory does not answer; what was in hand is tried again when its lease ends.
pub async fn deliver(desk: &Desk, post: &Post) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        match deliver_some(desk, post).await? {
            0 => return Ok(count),
            some => count += some,
        }
    }
}

/// Sends some of the letters that are due; none when there are none.
pub(super) async fn deliver_some(desk: &Desk, post: &Post) -> Result<usize, StoreError> {
    let now = desk.ambience().now();
    if desk.db().read(outbox::next_due).await?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let letters = desk.db().change(move |w| outbox::claim(w, now, LEASE, IN_HAND)).await?;
    let count = letters.len();
    let sent = stream::iter(letters).map(|letter| one(desk.clone(), post.clone(), letter));
    // All of them, before the first failure is told: one that left must not be sent again for another's sake.
    let results: Vec<Result<(Letter, Outcome), StoreError>> = sent.buffer_unordered(AT_ONCE).collect().await;
    let (sent, failed): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    settle(desk, sent.into_iter().flatten().collect()).await?;
    failed.into_iter().try_for_each(|failed| failed.map(drop))?;
    Ok(count)
}

async fn one(desk: Desk, post: Post, letter: Letter) -> Result<(Letter, Outcome), StoreError> {
    let outcome = send(&desk, &post, &letter).await?;
    Ok((letter, outcome))
}

async fn send(desk: &Desk, post: &Post, row: &Letter) -> Result<Outcome, StoreError> {
    let unknown =
        || Ok(Outcome::Never(format!("no letter of this program: {} to {}", row.topic, row.recipient)));
    let Some(to) = Recipient::of_word(&row.recipient) else { return unknown() };
    let office_s_own = row.stream == 0;
    let (written, evidence) = if office_s_own {
        (of_the_office(desk, row, to), None)
    } else {
        let Some(notice) = Notice::of_word(&row.topic) else { return unknown() };
        let told = Told { notice, event: row.sequence, to };
        let Some(page) = look(desk, CaseId(row.stream)).await? else {
            return Ok(Outcome::Never("there is no such case".to_owned()));
        };
        (page.write(desk, told, &row.payload), Some((told, page.case)))
    };
    let (letter, mailbox) = match written {
        Ok(Written::Letter(letter, mailbox)) => (letter, mailbox),
        Ok(Written::Withheld(why)) => return Ok(Outcome::Withheld(why)),
        Err(error) => return Ok(Outcome::Later(error.to_string())),
    };
    let Some(way) = post.way(desk, mailbox).await? else {
        return Ok(Outcome::Later("no mailbox of the office sends yet".to_owned()));
    };
    let (mut letter, heard) = (*letter, Heard::of(row.heard.as_deref()));
    letter.to.retain(|to| !heard.knows(to.address()));
    if letter.to.is_empty() && !heard.arrived() {
        return Ok(Outcome::Never("no recipient".to_owned()));
    }
    let mut became = Became::of(way.send(&letter).await, heard);
    if row.attempts >= MOST_TRIES {
        became.give_up();
    }
    if let (true, Some((told, case))) = (row.delivered_at.is_none() && became.heard.arrived(), &evidence) {
        record(desk, row, *told, case).await?;
    }
    Ok(Outcome::Sent(Box::new(became)))
}

/// What a letter is written from, as of one moment.
struct Page {
    office: Arc<Office>,
    case: Case,
    events: Vec<Recorded>,
    words: texts::Texts,
    /// The mailbox at which it came in.
    mailbox: Option<String>,
    /// No person of the requester's side has written yet: a machine did, or a list.
    by_machine: bool,
}

async fn look(desk: &Desk, id: CaseId) -> Result<Option<Page>, StoreError> {
    let reading = desk.clone();
    desk.db()
        .read(move |r| {
            let office = reading.office_in(r)?;
            let Some(case) = cases::load(r, id)? else { return Ok(None) };
            let events = events::of_case(r, id)?;
            let words = texts::of_case(r, id)?;
            let letters = match case.channel {
                Channel::Mail => arrivals::of_case(r, id)?,
                _ => Vec::new(),
            };
            let by_machine = letters.first().is_some_and(|letter| is_machine(&letter.reason))
                && !letters
                    .iter()
                    .any(|letter| letter.state == State::Taken.as_str() && letter.reason.is_empty());
            let mailbox = letters.into_iter().next().map(|letter| letter.mailbox);
            Ok(Some(Page { office, case, events, words, mailbox, by_machine }))
        })
        .await
}

impl Page {
    fn write(&self, desk: &Desk, told: Told, payload: &str) -> Result<Written, WriteError> {
        // What somebody of the desk says himself is no automatic answer (RFC 3834 §2).
        let said = matches!(told.notice, Notice::Message | Notice::Waiting);
        if self.by_machine && told.to == Recipient::Person(self.case.requester) && !said {
            return Ok(Written::Withheld("no machine and no list is answered"));
        }
        let threads = desk.secret().thread_key();
        let with = Stationery {
            office: &self.office,
            public_url: desk.public_url(),
            secret: desk.secret(),
            threads: &threads,
            mailbox: self.mailbox.as_deref(),
            payload,
        };
        write(told, &Chronicle { now: &self.case, events: &self.events, words: &self.words }, &with)
    }
}

/// Writes a letter of no case.
fn of_the_office(desk: &Desk, row: &Letter, to: Recipient) -> Result<Written, WriteError> {
    let (office, threads) = (desk.office(), desk.secret().thread_key());
    let with = Stationery {
        office: &office,
        public_url: desk.public_url(),
        secret: desk.secret(),
        threads: &threads,
        mailbox: None,
        payload: &row.payload,
    };
    let told = OfficeTold { id: row.id, topic: &row.topic, to, payload: &row.payload, at: row.created_at };
    write_to_office(&told, &with)
}

/// That the requester or the provider was told is evidence, not a belief.
async fn record(desk: &Desk, row: &Letter, told: Told, case: &Case) -> Result<(), StoreError> {
    let notice = match (told.notice, told.to) {
        (Notice::Solved, Recipient::Person(person)) if person == case.requester => EvidentialNotice::Solved,
        (Notice::ProviderRequest, _) => EvidentialNotice::ProviderRequest,
        _ => return Ok(()),
    };
    let command = Command::RecordDelivery { notice, event: told.event };
    // One that came back and was sent again arrives a second time.
    let came_back = row.bounced_at.map_or(0, |at| at.as_microsecond().unsigned_abs());
    let id = command_id("delivered", row.id, came_back);
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
        let (later, never) = match outcome {
            Outcome::Later(why) => (Some(why.clone()), None),
            Outcome::Never(why) => (None, Some(why.clone())),
            Outcome::Sent(became) => (why(&became.later), became.heard.refusals()),
            Outcome::Withheld(_) => (None, None),
        };
        if let Some(why) = later {
            tracing::warn!(letter = id, attempts, %why, "a letter did not leave");
        }
        if let Some(why) = never {
            tracing::warn!(letter = id, %why, "a letter will never leave");
        }
    }
    desk.db().change(move |w| sent.iter().try_for_each(|(row, outcome)| note(w, row, outcome, now))).await
}

fn why(addresses: &[(String, String)]) -> Option<String> {
    addresses.first().map(|(_, why)| why.clone())
}

fn note(w: &mut Writer<'_>, row: &Letter, outcome: &Outcome, now: Timestamp) -> Result<(), StoreError> {
    let (id, tries) = (row.id, row.attempts);
    let again = || (tries < MOST_TRIES).then(|| now + outbox::back_off(tries));
    match outcome {
        Outcome::Sent(became) => note_addresses(w, row, became, again(), now),
        Outcome::Withheld(why) => outbox::withheld(w, id, why),
        Outcome::Later(why) => outbox::failed(w, id, why, again(), now),
        Outcome::Never(why) => outbox::failed(w, id, why, None, now),
    }
}

fn note_addresses(
    w: &mut Writer<'_>,
    row: &Letter,
    became: &Became,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = row.id;
    if became.plainly {
        return outbox::delivered(w, id, now).map(drop);
    }
    for (address, reason) in &became.dead {
        let (address, reason) = (address.clone(), reason.clone());
        mailboxes::mark_bounced(w, &BouncedAddress { address, permanent: true, reason, bounced_at: now })?;
    }
    outbox::heard(w, id, &became.heard.to_kept())?;
    let (later, refusals) = (why(&became.later), became.heard.refusals());
    let again = again.filter(|_| later.is_some());
    if !became.heard.arrived() {
        let why = later.or(refusals).unwrap_or_default();
        return outbox::failed(w, id, &why, again, now);
    }
    outbox::delivered_in_part(w, id, again, now)?;
    match refusals {
        Some(refusals) => outbox::bounced(w, id, &refusals, now),
        None => Ok(()),
    }
}
