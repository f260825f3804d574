//! What must leave the building: small rows written with the event that causes them, delivered afterwards.
//!
//! Delivery is at least once. A claim is a lease: a node that dies with a letter in hand gives it up when the lease ends.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

/// What is to be told, of what, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// Which notice it is.
    pub topic: String,
    /// The case's id; 0 for the office.
    pub stream: i64,
    /// The event that causes it.
    pub sequence: u64,
    /// To whom: whatever the sender understands.
    pub recipient: String,
    /// What else the sender needs, as JSON; empty for nothing.
    pub payload: String,
    /// When it may leave.
    pub due: Timestamp,
}

record! {
    /// A letter on its way out.
    pub struct Letter {
        pub id: i64,
        pub topic: String,
        pub stream: i64,
        pub sequence: u64,
        pub recipient: String,
        pub payload: String,
        pub created_at: Timestamp,
        /// When it is tried next; absent once it has left, was given up or withheld.
        pub due_at: Option<Timestamp>,
        /// Tries so far, this one included.
        pub attempts: u64,
        pub last_error: Option<String>,
        pub delivered_at: Option<Timestamp>,
        /// When it was given up.
        pub died_at: Option<Timestamp>,
        /// When it last came back.
        pub bounced_at: Option<Timestamp>,
        /// Why it came back, or which addresses refused it; nothing once it is sent again.
        pub bounce: Option<String>,
        /// What its addresses said so far, in whatever words the sender understands; nothing when all said the same.
        pub heard: Option<String>,
    }
}

/// Puts letters into the outbox.
pub fn enqueue(w: &mut Writer<'_>, letters: &[NewLetter], now: Timestamp) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let mut insert = Query::new(
        "INSERT INTO outbox (topic, stream, sequence, recipient, payload, created_at, due_at, attempts) VALUES ",
    );
    for (n, letter) in letters.iter().enumerate() {
        insert = insert.push(if n == 0 { "" } else { ", " }).bind_row([
            letter.topic.as_str().into(),
            letter.stream.into(),
            letter.sequence.into(),
            letter.recipient.as_str().into(),
            letter.payload.as_str().into(),
            now.into(),
            letter.due.into(),
            0_i64.into(),
        ]);
    }
    w.execute(&insert)?;
    w.announce();
    Ok(())
}

/// Takes up to `most` letters that are due, oldest first, for as long as `lease`. No other node gets them meanwhile.
pub fn claim(w: &mut Writer<'_>, now: Timestamp, lease: SignedDuration, most: u32) -> Result<Vec<Letter>> {
    let lock = crate::dialect::skip_locked(w.dialect());
    let query = Query::new("UPDATE outbox SET attempts = attempts + 1, due_at = ").bind(now + lease);
    let query =
        query.push(" WHERE id IN (SELECT id FROM outbox WHERE due_at IS NOT NULL AND due_at <= ").bind(now);
    let query = query.push(" ORDER BY due_at, id LIMIT ").bind(i64::from(most)).push(lock);
    let mut letters: Vec<Letter> = w.rows(&query.push(") RETURNING ").push(Letter::COLUMNS))?;
    letters.sort_by_key(|letter| letter.id);
    Ok(letters)
}

/// Marks a letter as gone out; false when it had been marked before.
pub fn delivered(w: &mut Writer<'_>, id: i64, now: Timestamp) -> Result<bool> {
    let query =
        Query::new("UPDATE outbox SET delivered_at = $1, due_at = NULL, last_error = NULL, died_at = NULL");
    Ok(w.execute(&query.push(" WHERE id = $2 AND delivered_at IS NULL").with(now).with(id))? == 1)
}

/// Notes what the addresses of a letter said so far.
pub fn heard(w: &mut Writer<'_>, id: i64, heard: &str) -> Result<()> {
    w.execute(&Query::new("UPDATE outbox SET heard = ").bind(heard).push(" WHERE id = ").bind(id))?;
    Ok(())
}

/// Marks a letter as gone out to some of its addresses; at `again` it is tried at the others, if at all.
pub fn delivered_in_part(
    w: &mut Writer<'_>,
    id: i64,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let query = Query::new("UPDATE outbox SET last_error = NULL, died_at = NULL, due_at = ").bind(again);
    let query = query.push(", delivered_at = coalesce(delivered_at, ").bind(now);
    w.execute(&query.push(") WHERE id = ").bind(id))?;
    Ok(())
}

/// Says why a letter did not go out. It is tried again at `again`, or given up when that is absent.
pub fn failed(
    w: &mut Writer<'_>,
    id: i64,
    error: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let query = Query::new("UPDATE outbox SET last_error = ").bind(error).push(", due_at = ").bind(again);
    let query = query.push(", died_at = ").bind(again.is_none().then_some(now));
    w.execute(&query.push(" WHERE delivered_at IS NULL AND id = ").bind(id))?;
    Ok(())
}

/// Says why a letter need not go out after all: its reader may no longer know. It is neither tried again nor given up.
pub fn withheld(w: &mut Writer<'_>, id: i64, why: &str) -> Result<()> {
    let query = Query::new("UPDATE outbox SET due_at = NULL, last_error = ").bind(why);
    w.execute(&query.push(" WHERE delivered_at IS NULL AND id = ").bind(id))?;
    Ok(())
}

/// The letter about an event to a recipient that left, if there is one.
pub fn sent(r: &mut Reader<'_>, stream: i64, sequence: u64, topic: &str, to: &str) -> Result<Option<Letter>> {
    let query =
        Query::new("SELECT ").push(Letter::COLUMNS).push(" FROM outbox WHERE delivered_at IS NOT NULL");
    let query = query.push(" AND stream = ").bind(stream).push(" AND sequence = ").bind(sequence);
    let query = query.push(" AND topic = ").bind(topic).push(" AND recipient = ").bind(to);
    r.row(&query.push(" ORDER BY id DESC LIMIT 1"))
}

/// Says that a letter came back, and why.
pub fn bounced(w: &mut Writer<'_>, id: i64, why: &str, now: Timestamp) -> Result<()> {
    let query = Query::new("UPDATE outbox SET bounced_at = ").bind(now).push(", bounce = ").bind(why);
    w.execute(&query.push(" WHERE id = ").bind(id))?;
    Ok(())
}

/// Letters that wait to leave, and that were given up.
pub fn counts(r: &mut Reader<'_>) -> Result<(i64, i64)> {
    let waiting = r.row(&Query::new("SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL"))?;
    let dead = r.row(&Query::new("SELECT COUNT(*) FROM outbox WHERE died_at IS NOT NULL"))?;
    Ok((waiting.unwrap_or_default(), dead.unwrap_or_default()))
}

/// When the next letter is due, if there is one.
pub fn next_due(r: &mut Reader<'_>) -> Result<Option<Timestamp>> {
    r.row(&Query::new("SELECT due_at FROM outbox WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1"))
}

/// Letters that were given up or came back, newest first.
pub fn dead(r: &mut Reader<'_>, most: u32) -> Result<Vec<Letter>> {
    let query = Query::new("SELECT ").push(Letter::COLUMNS);
    let query = query.push(" FROM outbox WHERE died_at IS NOT NULL OR bounce IS NOT NULL ORDER BY ");
    let query = query.push("coalesce(bounced_at, died_at) DESC, id DESC LIMIT ");
    r.rows(&query.bind(i64::from(most)))
}

/// Gives a letter that was given up or came back another chance; false when there is none such.
pub fn revive(w: &mut Writer<'_>, id: i64, now: Timestamp) -> Result<bool> {
    let query = Query::new(
        "UPDATE outbox SET died_at = NULL, delivered_at = NULL, bounce = NULL, heard = NULL, attempts = 0, due_at = ",
    );
    w.announce();
    let query = query.bind(now).push(" WHERE (died_at IS NOT NULL OR bounce IS NOT NULL) AND id = ").bind(id);
    Ok(w.execute(&query)? == 1)
}

/// The letters of a case, oldest first: who was told what, and whether it went out.
pub fn of_stream(r: &mut Reader<'_>, stream: i64) -> Result<Vec<Letter>> {
    let query = Query::new("SELECT ").push(Letter::COLUMNS).push(" FROM outbox WHERE stream = ").bind(stream);
    r.rows(&query.push(" ORDER BY id"))
}

/// How long to wait before the next try: a minute, doubled with each try, at most six hours.
pub fn back_off(attempts: u64) -> SignedDuration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(9);
    SignedDuration::from_mins(1_i64 << doublings).min(SignedDuration::from_hours(6))
}
