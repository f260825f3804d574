//! Who is signed in. Only the hash of a session's secret is kept: whoever reads the database can be nobody with it.

use atiende_procedure::PersonId;
use jiff::Timestamp;

use crate::error::Result;
use crate::link::{Reader, Writer};
use crate::query::Query;
use crate::row::record;

/// The BLAKE3 of a secret that its bearer alone has.
pub type SecretHash = [u8; 32];

/// A session that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    pub hash: SecretHash,
    pub person: PersonId,
    pub created: Timestamp,
    pub expires: Timestamp,
    /// The browser, as it names itself.
    pub agent: String,
}

record! {
    /// Somebody signed in somewhere.
    pub struct SessionRow {
        pub id: i64,
        pub person: PersonId,
        pub created_at: Timestamp,
        pub seen_at: Timestamp,
        pub expires_at: Timestamp,
        pub agent: String,
    }
}

/// Begins a session and answers its id.
pub fn begin(w: &mut Writer<'_>, session: &NewSession) -> Result<i64> {
    let query =
        Query::new("INSERT INTO sessions (hash, person, created_at, seen_at, expires_at, agent) VALUES ");
    let query = query.bind_row([
        session.hash.into(),
        session.person.into(),
        session.created.into(),
        session.created.into(),
        session.expires.into(),
        session.agent.as_str().into(),
    ]);
    Ok(w.row(&query.push(" RETURNING id"))?.unwrap_or_default())
}

/// The session of this secret, if it is in force.
pub fn find(r: &mut Reader<'_>, hash: &SecretHash, now: Timestamp) -> Result<Option<SessionRow>> {
    let query =
        Query::new("SELECT ").push(SessionRow::COLUMNS).push(" FROM sessions WHERE hash = ").bind(*hash);
    r.row(&query.push(" AND expires_at > ").bind(now))
}

/// Notes that a session was used. To be called now and then, not with each request.
pub fn seen(w: &mut Writer<'_>, id: i64, now: Timestamp) -> Result<()> {
    w.execute(&Query::new("UPDATE sessions SET seen_at = $1 WHERE id = $2").with(now).with(id))?;
    Ok(())
}

/// Ends the session of this secret.
pub fn end(w: &mut Writer<'_>, hash: &SecretHash) -> Result<()> {
    w.execute(&Query::new("DELETE FROM sessions WHERE hash = $1").with(*hash))?;
    Ok(())
}

/// The sessions of a person that are in force, newest first.
pub fn of(r: &mut Reader<'_>, person: PersonId, now: Timestamp) -> Result<Vec<SessionRow>> {
    let query =
        Query::new("SELECT ").push(SessionRow::COLUMNS).push(" FROM sessions WHERE person = ").bind(person);
    r.rows(&query.push(" AND expires_at > ").bind(now).push(" ORDER BY id DESC"))
}

/// Ends one session of a person, or all of them: after a new password, or when he is deactivated. Says how many.
pub fn revoke(w: &mut Writer<'_>, person: PersonId, one: Option<i64>) -> Result<u64> {
    let query = Query::new("DELETE FROM sessions WHERE person = ").bind(person);
    w.execute(&match one {
        Some(id) => query.push(" AND id = ").bind(id),
        None => query,
    })
}

/// Notes that somebody tried to sign in and failed, under each of these keys: his address, the account he tried.
pub fn failed(w: &mut Writer<'_>, keys: &[String; 2], now: Timestamp) -> Result<()> {
    let query =
        Query::new("INSERT INTO failures (key, at) VALUES ").bind_row([keys[0].as_str().into(), now.into()]);
    w.execute(&query.push(", ").bind_row([keys[1].as_str().into(), now.into()]))?;
    Ok(())
}

/// How often somebody failed since an instant, under the key that failed most.
pub fn failures_since(r: &mut Reader<'_>, key: &str, since: Timestamp) -> Result<u32> {
    let query = Query::new("SELECT count(*) FROM failures WHERE key = $1 AND at >= $2");
    let count = r.row::<i64>(&query.with(key).with(since))?.unwrap_or(0);
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Forgets sessions that have ended and failures older than a day, and says how many rows went.
pub fn expire(w: &mut Writer<'_>, now: Timestamp) -> Result<u64> {
    let ended = w.execute(&Query::new("DELETE FROM sessions WHERE expires_at <= $1").with(now))?;
    let day_before = now - jiff::SignedDuration::from_hours(24);
    Ok(ended + w.execute(&Query::new("DELETE FROM failures WHERE at < $1").with(day_before))?)
}
