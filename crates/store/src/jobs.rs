//! Work that time brings: single jobs, and recurring ones that one node at a time does.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::link::Writer;
use crate::query::Query;
use crate::row::record;

record! {
    /// A job in somebody's hands.
    pub struct Job {
        pub id: i64,
        pub kind: String,
        pub payload: String,
        /// Tries so far, this one included.
        pub attempts: u64,
    }
}

/// Puts a job in line. It can run twice: what it does must bear that.
pub fn put(w: &mut Writer<'_>, kind: &str, payload: &str, due: Timestamp) -> Result<()> {
    let query = Query::new("INSERT INTO jobs (kind, payload, due_at, attempts) VALUES ($1, $2, $3, 0)");
    w.execute(&query.with(kind).with(payload).with(due))?;
    w.announce();
    Ok(())
}

/// Takes up to `most` jobs that are due, for as long as `lease`.
pub fn claim(w: &mut Writer<'_>, now: Timestamp, lease: SignedDuration, most: u32) -> Result<Vec<Job>> {
    let lock = crate::dialect::skip_locked(w.dialect());
    let query = Query::new("UPDATE jobs SET attempts = attempts + 1, due_at = ").bind(now + lease);
    let query =
        query.push(" WHERE id IN (SELECT id FROM jobs WHERE due_at IS NOT NULL AND due_at <= ").bind(now);
    let query = query.push(" AND name IS NULL ORDER BY due_at, id LIMIT ").bind(i64::from(most)).push(lock);
    let mut jobs: Vec<Job> = w.rows(&query.push(") RETURNING ").push(Job::COLUMNS))?;
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

/// Forgets a job that is done.
pub fn done(w: &mut Writer<'_>, id: i64) -> Result<()> {
    w.execute(&Query::new("DELETE FROM jobs WHERE id = $1 AND name IS NULL").with(id))?;
    Ok(())
}

/// Says why a job failed. It is tried again at `again`, or given up when that is absent.
pub fn failed(
    w: &mut Writer<'_>,
    id: i64,
    error: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let query = Query::new("UPDATE jobs SET last_error = ").bind(error).push(", due_at = ").bind(again);
    let query = query.push(", died_at = ").bind(again.is_none().then_some(now));
    w.execute(&query.push(" WHERE id = ").bind(id))?;
    Ok(())
}

/// Whether it is this node's turn at a recurring job: nobody has had it within `every`. The turn is taken by asking.
pub fn turn(w: &mut Writer<'_>, name: &str, now: Timestamp, every: SignedDuration) -> Result<bool> {
    let query = Query::new(
        "INSERT INTO jobs (kind, name, payload, due_at, attempts) VALUES ('recurring', $1, '', $2, 1)
         ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, attempts = jobs.attempts + 1
         WHERE jobs.due_at <= $3",
    );
    Ok(w.execute(&query.with(name).with(now + every).with(now))? == 1)
}
