//! Letters that arrive. Each is kept as it travelled before anything is made of it, then taken in by a job: who wrote it,
//! to which conversation it belongs, what that asks of the procedure. One letter never stops the others.

mod bounce;
mod carry;
mod course;
mod inside;
mod note;
mod publish;
mod quotes;
mod sender;
mod staff;
mod thread;
mod words;

pub use atiende_store::arrivals::State;
pub(crate) use carry::name_of;
pub(crate) use course::is_machine;
pub use words::LETTER;

use std::collections::BTreeMap;
use std::sync::Arc;

use atiende_mail::incoming::Unreadable;
use atiende_mail::{Authenticity, Incoming, Mailbox, NoAnswer, authenticity, take_apart};
use atiende_procedure::office::Office;
use atiende_procedure::permission::audiences;
use atiende_procedure::{Actor, Audience, BlobHash, Cancellation, Case, CaseId, Status};
use atiende_store::arrivals::{self, Arrival, NewArrival};
use atiende_store::{Blobs, Reader, StoreError, cases, outbox};
use bytes::Bytes;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use crate::notices::{Notice, Told};
use crate::{Desk, DeskError};
use carry::InHand;
use course::{Course, Facts, NO_ANSWER};
use note::Settled;
use quotes::Quotes;
use sender::Sender;
use thread::{Answered, Thread};

/// Letters in hand at once, and for how long nobody else takes them.
const IN_HAND: u32 = 32;
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// Senders whose letters are taken in at the same time.
const AT_ONCE: usize = 8;

/// Tries before a letter that makes the program fail is put aside.
const MOST_TRIES: u64 = 5;

/// Times that the DNS is asked about a sender before his letter is put to somebody: about two hours of them.
const MOST_QUESTIONS: u64 = 8;

/// More letters than this in an hour are not one person's.
const MOST_AN_HOUR: u64 = 60;

/// Over which a sender's letters are counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A letter as it is handed over.
#[derive(Debug, Clone)]
pub struct Arriving {
    pub bytes: Bytes,
    /// These are only its first bytes: it is too large to be taken in.
    pub cut: bool,
}

/// What is known of a letter once it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// False when it had arrived before, here or at another mailbox.
    pub fresh: bool,
    /// False when this program can make nothing of it: it is kept, and shown to the administrators.
    pub readable: bool,
}

/// Stores a letter's bytes, and looks at its envelope.
async fn put(blobs: &Blobs, mailbox: &str, letter: Arriving) -> Result<(NewArrival, bool), StoreError> {
    let Arriving { bytes, cut } = letter;
    let size = bytes.len() as u64;
    let (letter, bytes) = taken_apart(bytes).await;
    let letter = letter.ok();
    let identity = identity(letter.as_ref(), &bytes);
    let blob = blobs.put_whole(bytes).await?.hash;
    let sender = letter.as_ref().and_then(|letter| letter.from.as_ref());
    let recipients = letter.iter().flat_map(|letter| letter.to.iter().chain(&letter.cc));
    let recipients: Vec<&str> = recipients.map(Mailbox::address).take(20).collect();
    let new = NewArrival {
        identity,
        mailbox: mailbox.to_owned(),
        blob,
        size,
        sender: sender.map(|from| from.address().to_lowercase()).unwrap_or_default(),
        recipients: recipients.join(", "),
        too_large: cut,
    };
    Ok((new, letter.is_some() && !cut))
}

impl Desk {
    /// Keeps letters that arrived at a mailbox, in their order; from then on they cannot be lost. One that arrives twice,
    /// or at two mailboxes, is one.
    ///
    /// # Errors
    /// When the memory does not answer: they must be handed over again.
    pub async fn receive(&self, mailbox: &str, letters: Vec<Arriving>) -> Result<Vec<Received>, StoreError> {
        let put = letters.into_iter().map(|letter| put(self.blobs(), mailbox, letter));
        let put = futures_util::future::try_join_all(put).await?;
        let now = self.ambience().now();
        self.db()
            .change(move |w| {
                let keep = |(new, readable): &(NewArrival, bool)| {
                    let fresh = arrivals::receive(w, new, now)?;
                    Ok(Received { fresh, readable: *readable })
                };
                put.iter().map(keep).collect()
            })
            .await
    }

    /// Whether a letter's author is who he says: by the word of the mailbox's own server where that is believed and said
    /// one, else by asking his domain.
    async fn authenticity(
        &self,
        arrival: &Arrival,
        bytes: &[u8],
        author: &Mailbox,
    ) -> Result<Authenticity, NoAnswer> {
        let office = self.office();
        let server = office.mailbox_by_name(&arrival.mailbox).map_or("", |mailbox| &mailbox.authserv_id);
        match authenticity(bytes, server) {
            Some(found) => Ok(found),
            None => self.sender_by_dns(bytes, author).await,
        }
    }

    /// Whether an address is one of the desk's own.
    pub(crate) fn is_own_address(&self, address: &str) -> bool {
        let office = self.office();
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let plain = format!("{}@{domain}", local.split('+').next().unwrap_or_default());
        let mut own =
            office.mailboxes.values().map(|mailbox| &mailbox.address).chain([&office.settings.mail_address]);
        own.any(|own| own.eq_ignore_ascii_case(&plain))
    }
}

/// By what the same letter is recognised, at whichever mailbox: what its sender's program wrote, not what the servers
/// added on the way.
fn identity(letter: Option<&Incoming>, bytes: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("Atiende 2026-11 identity of letters");
    match letter {
        Some(Incoming { message_id: Some(id), from, date, subject, .. }) => {
            let from = from.as_ref().map_or("", |from| from.address());
            for part in [id.as_str(), from, subject] {
                hasher.update(part.as_bytes()).update(&[0]);
            }
            hasher.update(&date.map_or(0, Timestamp::as_microsecond).to_be_bytes());
        }
        // Without a name of its own it is known by all that did not come along on the way.
        Some(Incoming { date: Some(date), from, subject, .. }) => {
            hasher.update(from.as_ref().map_or("", |from| from.address()).as_bytes()).update(&[0]);
            hasher.update(subject.as_bytes()).update(&[0]).update(&date.as_microsecond().to_be_bytes());
            hasher.update(body(bytes));
        }
        _ => {
            hasher.update(bytes);
        }
    }
    *hasher.finalize().as_bytes()
}

/// What follows the first empty line.
fn body(bytes: &[u8]) -> &[u8] {
    let after = |line: &[u8]| bytes.windows(line.len()).position(|it| it == line).map(|at| at + line.len());
    let at = after(b"\r\n\r\n").into_iter().chain(after(b"\n\n")).min();
    at.and_then(|at| bytes.get(at..)).unwrap_or(bytes)
}

/// Reads a letter away from the tasks that must not wait; a program that fails over it does not take the desk along.
async fn taken_apart(bytes: Bytes) -> (Result<Incoming, String>, Bytes) {
    let reading = bytes.clone();
    let why = |error| match error {
        Unreadable::Empty => "empty".to_owned(),
        Unreadable::NoHead => "no-head".to_owned(),
    };
    let read = tokio::task::spawn_blocking(move || take_apart(&reading).map_err(why)).await;
    (read.unwrap_or_else(|panic| Err(format!("reading it failed: {panic}"))), bytes)
}

/// Takes in every letter that is due, and answers how many were looked at.
///
/// # Errors
/// When the memory does not answer; what was in hand is taken up again when its lease ends.
pub async fn take_in(desk: &Desk) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        match take_in_some(desk).await? {
            0 => return Ok(count),
            some => count += some,
        }
    }
}

/// Takes in some of the letters that are due; none when there are none. Those of one sender in the order in which they
/// arrived.
pub(crate) async fn take_in_some(desk: &Desk) -> Result<usize, StoreError> {
    let now = desk.ambience().now();
    if desk.db().read(arrivals::next_due).await?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let letters = desk.db().change(move |w| arrivals::claim(w, now, LEASE, IN_HAND)).await?;
    let count = letters.len();
    let mut by_sender: BTreeMap<String, Vec<Arrival>> = BTreeMap::new();
    for letter in letters {
        by_sender.entry(letter.sender.clone()).or_default().push(letter);
    }
    let all =
        futures_util::stream::iter(by_sender.into_values()).map(|letters| in_order(desk.clone(), letters));
    let results: Vec<Result<(), StoreError>> = all.buffer_unordered(AT_ONCE).collect().await;
    results.into_iter().collect::<Result<(), _>>()?;
    Ok(count)
}

async fn in_order(desk: Desk, letters: Vec<Arrival>) -> Result<(), StoreError> {
    for letter in letters {
        one(&desk, letter).await?;
    }
    Ok(())
}

async fn one(desk: &Desk, arrival: Arrival) -> Result<(), StoreError> {
    let id = arrival.id;
    let (taking, letter) = (desk.clone(), arrival.clone());
    // In a task of its own: should it fail, this letter alone is put aside.
    let settled = tokio::spawn(async move { take(&taking, &letter).await }).await;
    let settled = match settled {
        Ok(Ok(settled)) => settled,
        Ok(Err(DeskError::Store(error))) => return Err(error),
        Ok(Err(refused)) => {
            tracing::warn!(letter = id, %refused, "a letter asks for what is refused");
            Settled::held("refused")
        }
        Err(_) if arrival.attempts < MOST_TRIES => return later(desk, id).await,
        Err(panic) => Settled { state: State::Unreadable, reason: panic.to_string(), ..Settled::default() },
    };
    tracing::info!(
        letter = id,
        state = settled.state.as_str(),
        reason = settled.reason,
        "a letter was taken in"
    );
    note::note(desk, arrival, settled).await
}

async fn later(desk: &Desk, id: i64) -> Result<(), StoreError> {
    let due = desk.ambience().now() + SignedDuration::from_mins(1);
    desk.db().change(move |w| arrivals::again(w, id, "it made the program fail", due)).await
}

/// Decides about a letter and does what follows.
async fn take(desk: &Desk, arrival: &Arrival) -> Result<Settled, DeskError> {
    let Some(bytes) = whole(desk, arrival.blob).await? else {
        return Ok(Settled {
            state: State::Unreadable,
            reason: "its bytes are gone".to_owned(),
            ..Settled::default()
        });
    };
    let (letter, bytes) = match taken_apart(bytes).await {
        (Ok(letter), bytes) => (letter, bytes),
        (Err(why), _) => return Ok(Settled { state: State::Unreadable, reason: why, ..Settled::default() }),
    };
    let authentic = match &letter.from {
        Some(author) => desk.authenticity(arrival, &bytes, author).await,
        None => Ok(Authenticity::Unknown),
    };
    let looked = look(desk, arrival, &letter).await?;
    let case = looked.case.as_ref();
    let sender = Sender::of(&letter, &looked.office);
    let quotes = looked.quotes(&sender, arrival.requester.is_some());
    let facts = Facts {
        office: &looked.office,
        letter: &letter,
        sender: sender.clone(),
        thread: &looked.thread,
        case,
        notice: looked.told.as_ref().map(|(_, told, _)| told.notice),
        beside: looked.beside,
        authentic: authentic.as_ref().is_ok_and(|it| *it != Authenticity::Fail),
        unanswered: authentic.is_err(),
        flood: looked.from_sender > MOST_AN_HOUR,
        own: letter.from.as_ref().is_some_and(|from| desk.is_own_address(from.address())),
        own_list: letter.lists.iter().any(|address| desk.is_own_address(address)),
        accepted: arrival.accepted,
    };
    let course = match arrival.requester {
        Some(_) => Course::Request { follows: true },
        None => facts.course(),
    };
    let machine = facts.machine();
    let in_hand = InHand { desk, arrival, letter: &letter, sender, quotes };
    let settled = match course {
        Course::Request { follows } => {
            in_hand.request(case.filter(|_| follows)).await.map(|settled| settled.written_by(machine))
        }
        Course::Answer(part) => match case {
            Some(case) => in_hand.answer(case, part).await,
            None => in_hand.request(None).await,
        },
        Course::Bounce => bounce::attach(desk, &letter).await,
        Course::Record(reason) => Ok(Settled::recorded(reason, case)),
        Course::Hold(NO_ANSWER) if arrival.attempts < MOST_QUESTIONS => Ok(Settled::later(NO_ANSWER)),
        Course::Hold(reason) => Ok(Settled::held(reason)),
    };
    Ok(Settled { message_id: letter.message_id, ..settled? })
}

/// What the memory knows about a letter's surroundings.
struct Looked {
    office: Arc<Office>,
    thread: Thread,
    case: Option<Case>,
    /// The notice that is answered, of which case, with what its row says besides.
    told: Option<(CaseId, Told, String)>,
    beside: bool,
    from_sender: u64,
}

impl Looked {
    /// What the letter may quote. Of what the case's requester does not read: what its sender reads, or was written as to
    /// one who does.
    fn quotes(&self, sender: &Sender, for_another: bool) -> Quotes {
        let notice = self.told.clone();
        let reads_inside = match (sender, &self.case) {
            (Sender::Person(person), Some(case)) => {
                audiences(Actor::Person(*person), case, &self.office).contains(&Audience::Internal)
            }
            _ => false,
        };
        let for_all = |(_, told, _): &(CaseId, Told, String)| told.notice.audience() == Audience::Requester;
        let answers_inside =
            matches!(self.thread, Thread::Answer(_)) && !self.told.as_ref().is_some_and(for_all);
        let known = matches!(sender, Sender::Person(_)) || for_another;
        Quotes { inside: reads_inside || answers_inside && known, reads_inside, notice }
    }
}

async fn look(desk: &Desk, arrival: &Arrival, letter: &Incoming) -> Result<Looked, StoreError> {
    let reading = desk.clone();
    let (letter, sender) = (letter.clone(), arrival.sender.clone());
    let since = desk.ambience().now() - HOUR;
    desk.db()
        .read(move |r| {
            let office = reading.office_in(r)?;
            let thread = thread::thread_of(&letter, &reading.secret().thread_key(), &office);
            let thread = match thread {
                Thread::Answer(_) => thread,
                other => thread::beside(r, &letter)?.map_or(other, Thread::Beside),
            };
            let number = match &thread {
                Thread::Answer(it) => Some(&it.case),
                Thread::Mention(number) | Thread::Beside(number) => Some(number),
                Thread::New => None,
            };
            let case = match number {
                Some(number) => cases::by_number(r, number)?,
                None => None,
            };
            let told = match (&case, &thread) {
                (Some(case), Thread::Answer(answered)) => told_of(r, case, answered)?,
                _ => None,
            };
            let case = match case {
                Some(case) => Some(gone_into(r, case)?),
                None => None,
            };
            let beside = match &case {
                Some(case) => arrivals::stood_beside(r, case.id, &sender)?,
                None => false,
            };
            let from_sender = if sender.is_empty() { 0 } else { arrivals::from_sender(r, &sender, since)? };
            Ok(Looked { office, thread, case, told, beside, from_sender })
        })
        .await
}

/// The notice that is answered. Where two told this recipient of the event, and it is not known which of them it was, the
/// one whose answer is read by the fewest.
fn told_of(
    r: &mut Reader<'_>,
    case: &Case,
    answered: &Answered,
) -> Result<Option<(CaseId, Told, String)>, StoreError> {
    let (to, Some(event)) = (answered.to, answered.event) else { return Ok(None) };
    let mut letters = outbox::of_stream(r, case.id.0)?;
    letters.retain(|letter| letter.sequence == event && letter.recipient == to.to_string());
    let told = letters.into_iter().filter_map(|letter| {
        let notice = Notice::of_word(&letter.topic)?;
        let known = answered.notice.is_none_or(|known| known == notice);
        known.then_some((case.id, Told { notice, event, to }, letter.payload))
    });
    Ok(told.min_by_key(|(_, told, _)| told.notice.answer()))
}

/// The case in which it goes on, when it became part of another.
fn gone_into(r: &mut Reader<'_>, case: Case) -> Result<Case, StoreError> {
    let mut case = case;
    // As often as cases can be merged in a row by people; a circle cannot be made.
    for _ in 0..10 {
        let Status::Cancelled { why: Cancellation::MergedInto { number }, .. } = &case.status else { break };
        let Some(next) = cases::by_number(r, &number.clone())? else { break };
        // Who asked in one may not see the other; then his answer asks anew.
        if next.requester != case.requester || next.security != case.security {
            break;
        }
        case = next;
    }
    Ok(case)
}

pub(crate) async fn whole(desk: &Desk, blob: BlobHash) -> Result<Option<Bytes>, StoreError> {
    let Some(mut stream) = desk.blobs().get(blob).await?.map(Box::pin) else { return Ok(None) };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(Some(bytes.into()))
}
