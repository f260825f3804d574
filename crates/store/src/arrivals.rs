//! Letters that arrived: each is kept before anything is made of it, once however often it arrives, and stays whatever
//! became of it. A claim is a lease, as in the outbox.

use atiende_procedure::{BlobHash, CaseId, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

/// A letter as it arrives.
#[derive(Debug, Clone)]
pub struct NewArrival {
    /// By what the same letter is recognised, however often and at how many mailboxes it arrives.
    pub identity: [u8; 32],
    /// The mailbox's name.
    pub mailbox: String,
    pub blob: BlobHash,
    /// In bytes.
    pub size: u64,
    /// The address that it claims to come from; empty when it claims none.
    pub sender: String,
    /// The addresses that it names, with commas.
    pub recipients: String,
    /// Only its head was fetched.
    pub too_large: bool,
}

/// What became of letters; the word is stored and filters lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not looked at yet.
    New,
    /// It moved a case, or made one.
    Taken,
    /// Somebody must decide: an unknown sender, one who is not who he says, one who writes too often.
    Held,
    /// Known and nothing to do: an automatic answer, a letter that came back, a word of thanks.
    Recorded,
    /// It cannot be read by this program, or made it fail.
    Unreadable,
    /// An administrator put it away.
    Discarded,
}

impl State {
    /// Every one.
    pub const ALL: [State; 6] =
        [State::New, State::Taken, State::Held, State::Recorded, State::Unreadable, State::Discarded];

    /// Its stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Taken => "taken",
            State::Held => "held",
            State::Recorded => "recorded",
            State::Unreadable => "unreadable",
            State::Discarded => "discarded",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

record! {
    /// A letter that arrived, and what became of it.
    pub struct Arrival {
        pub id: i64,
        pub mailbox: String,
        pub blob: BlobHash,
        pub size: u64,
        pub sender: String,
        pub recipients: String,
        pub arrived_at: Timestamp,
        /// A word of [`State`].
        pub state: String,
        /// Why, in a word that screens know, or in an error's own words.
        pub reason: String,
        pub case_id: Option<CaseId>,
        /// An administrator lets it in, whoever sent it.
        pub accepted: bool,
        /// For whom an administrator lets it in: it becomes this person's request, whoever sent it.
        pub requester: Option<PersonId>,
        pub attempts: u64,
        pub settled_at: Option<Timestamp>,
    }
}

/// Keeps a letter. False when it is known already.
pub fn receive(w: &mut Writer<'_>, letter: &NewArrival, now: Timestamp) -> Result<bool> {
    let query = Query::new(
        "INSERT INTO arrivals (identity, mailbox, blob, size, sender, recipients, arrived_at, state, reason, accepted,
            due_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0) ON CONFLICT DO NOTHING",
    );
    let (state, reason, due) = match letter.too_large {
        false => (State::New, "", Some(now)),
        true => (State::Unreadable, "too-large", None),
    };
    let query = query.with(letter.identity).with(letter.mailbox.as_str()).with(letter.blob).with(letter.size);
    let query = query.with(letter.sender.as_str()).with(letter.recipients.as_str()).with(now);
    let fresh = w.execute(&query.with(state.as_str()).with(reason).with(false).with(due))? == 1;
    if fresh {
        w.announce();
    }
    Ok(fresh)
}

/// Takes up to `most` letters that are due, in the order in which they arrived, for as long as `lease`.
pub fn claim(w: &mut Writer<'_>, now: Timestamp, lease: SignedDuration, most: u32) -> Result<Vec<Arrival>> {
    let lock = crate::dialect::skip_locked(w.dialect());
    let query = Query::new("UPDATE arrivals SET attempts = attempts + 1, due_at = ").bind(now + lease);
    let query =
        query.push(" WHERE id IN (SELECT id FROM arrivals WHERE due_at IS NOT NULL AND due_at <= ").bind(now);
    let query = query.push(" ORDER BY due_at, id LIMIT ").bind(i64::from(most)).push(lock);
    let mut letters: Vec<Arrival> = w.rows(&query.push(") RETURNING ").push(Arrival::COLUMNS))?;
    letters.sort_by_key(|letter| letter.id);
    Ok(letters)
}

/// When the next letter is due, if there is one.
pub fn next_due(r: &mut Reader<'_>) -> Result<Option<Timestamp>> {
    r.row(&Query::new("SELECT due_at FROM arrivals WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1"))
}

/// Notes what became of a letter.
pub fn settle(
    w: &mut Writer<'_>,
    id: i64,
    state: State,
    reason: &str,
    case: Option<CaseId>,
    now: Timestamp,
) -> Result<()> {
    let query =
        Query::new("UPDATE arrivals SET state = ").bind(state.as_str()).push(", reason = ").bind(reason);
    let query = query.push(", case_id = ").bind(case).push(", settled_at = ").bind(now);
    w.execute(&query.push(", due_at = NULL WHERE id = ").bind(id))?;
    Ok(())
}

/// Has a letter looked at again later, and says why it was not settled now.
pub fn again(w: &mut Writer<'_>, id: i64, reason: &str, due: Timestamp) -> Result<()> {
    let query = Query::new("UPDATE arrivals SET reason = ").bind(reason).push(", due_at = ").bind(due);
    w.execute(&query.push(" WHERE id = ").bind(id))?;
    Ok(())
}

/// Has a letter looked at again that was held, put away or could not be read; `accepted` lets it in whoever sent it.
/// False when there is none such.
pub fn revive(w: &mut Writer<'_>, id: i64, accepted: bool, now: Timestamp) -> Result<bool> {
    let query = Query::new(
        "UPDATE arrivals SET state = 'new', reason = '', attempts = 0, settled_at = NULL, requester = NULL, due_at = ",
    );
    let query = query.bind(now).push(", accepted = ").bind(accepted);
    w.announce();
    let query =
        query.push(" WHERE state IN ('held', 'unreadable', 'discarded', 'recorded') AND id = ").bind(id);
    Ok(w.execute(&query)? == 1)
}

/// Has a letter that was held looked at again, as a request of this person. False when there is none such.
pub fn revive_for(w: &mut Writer<'_>, id: i64, requester: PersonId, now: Timestamp) -> Result<bool> {
    let query =
        Query::new("UPDATE arrivals SET accepted = ").bind(true).push(", requester = ").bind(requester);
    let query =
        query.push(", state = 'new', reason = '', attempts = 0, settled_at = NULL, due_at = ").bind(now);
    w.announce();
    Ok(w.execute(&query.push(" WHERE state = 'held' AND id = ").bind(id))? == 1)
}

/// Puts a letter away that was held or could not be read; false when there is none such.
pub fn discard(w: &mut Writer<'_>, id: i64, now: Timestamp) -> Result<bool> {
    let query = Query::new("UPDATE arrivals SET state = 'discarded', due_at = NULL, settled_at = ").bind(now);
    Ok(w.execute(&query.push(" WHERE state IN ('held', 'unreadable') AND id = ").bind(id))? == 1)
}

/// The letter of this id.
pub fn by_id(r: &mut Reader<'_>, id: i64) -> Result<Option<Arrival>> {
    r.row(&Query::new("SELECT ").push(Arrival::COLUMNS).push(" FROM arrivals WHERE id = ").bind(id))
}

/// The newest letters, of one state or of all.
pub fn newest(r: &mut Reader<'_>, state: Option<State>, most: u32) -> Result<Vec<Arrival>> {
    let mut query = Query::new("SELECT ").push(Arrival::COLUMNS).push(" FROM arrivals");
    if let Some(state) = state {
        query = query.push(" WHERE state = ").bind(state.as_str());
    }
    r.rows(&query.push(" ORDER BY id DESC LIMIT ").bind(i64::from(most)))
}

/// A page of letters, of one state or of all, newest first: those before this one.
pub fn page(
    r: &mut Reader<'_>,
    state: Option<State>,
    before: Option<i64>,
    most: u32,
) -> Result<Vec<Arrival>> {
    let mut query = Query::new("SELECT ").push(Arrival::COLUMNS).push(" FROM arrivals WHERE id < ");
    query = query.bind(before.unwrap_or(i64::MAX));
    if let Some(state) = state {
        query = query.push(" AND state = ").bind(state.as_str());
    }
    r.rows(&query.push(" ORDER BY id DESC LIMIT ").bind(i64::from(most)))
}

/// The letters of a case, oldest first.
pub fn of_case(r: &mut Reader<'_>, case: CaseId) -> Result<Vec<Arrival>> {
    let query =
        Query::new("SELECT ").push(Arrival::COLUMNS).push(" FROM arrivals WHERE case_id = ").bind(case);
    r.rows(&query.push(" ORDER BY id"))
}

/// How many letters there are of each state.
pub fn counts(r: &mut Reader<'_>) -> Result<Vec<(String, i64)>> {
    r.rows(&Query::new("SELECT state, COUNT(*) FROM arrivals GROUP BY state ORDER BY state"))
}

/// How many letters arrived since an instant.
pub fn since(r: &mut Reader<'_>, instant: Timestamp) -> Result<i64> {
    let count = r.row(&Query::new("SELECT COUNT(*) FROM arrivals WHERE arrived_at >= $1").with(instant))?;
    Ok(count.unwrap_or_default())
}

/// How many letters came from an address since an instant.
pub fn from_sender(r: &mut Reader<'_>, sender: &str, since: Timestamp) -> Result<u64> {
    let query = Query::new("SELECT COUNT(*) FROM arrivals WHERE sender = $1 AND arrived_at >= $2");
    Ok(r.row(&query.with(sender).with(since))?.unwrap_or_default())
}

/// Remembers who stood beside the requester in a letter of his.
pub fn remember_beside(w: &mut Writer<'_>, case: CaseId, addresses: &[String]) -> Result<()> {
    for address in addresses {
        let query = Query::new(
            "INSERT INTO correspondents (case_id, address) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        );
        w.execute(&query.with(case).with(address.as_str()))?;
    }
    Ok(())
}

/// Whether this address stood beside the requester in a letter of his.
pub fn stood_beside(r: &mut Reader<'_>, case: CaseId, address: &str) -> Result<bool> {
    let query = Query::new("SELECT COUNT(*) FROM correspondents WHERE case_id = $1 AND address = $2");
    let found: Option<i64> = r.row(&query.with(case).with(address))?;
    Ok(found.unwrap_or_default() > 0)
}

/// Remembers a letter of a case by its Message-ID.
pub fn remember_name(w: &mut Writer<'_>, case: CaseId, message_id: &str) -> Result<()> {
    let query = Query::new("INSERT INTO letter_names (name, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    w.execute(&query.with(name(message_id)).with(case))?;
    Ok(())
}

/// The case of the letter of this Message-ID. Anybody can write a name twice: whose letter came first keeps it.
pub fn case_of_name(r: &mut Reader<'_>, message_id: &str) -> Result<Option<CaseId>> {
    let query = Query::new("SELECT case_id FROM letter_names WHERE name = ").bind(name(message_id));
    r.row(&query.push(" ORDER BY case_id LIMIT 1"))
}

fn name(message_id: &str) -> [u8; 32] {
    *blake3::hash(message_id.as_bytes()).as_bytes()
}
